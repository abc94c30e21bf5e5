"""Spans as a form has them: rows of role, start, end and words → spans of a text, or a sentence that helps. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onrecord.errors import UsageError
from onrecord.model import Span
from onrecord.reviewing import trimmed
from onrecord.store.review_rows import Spans, checked

ROLES = ("source", "cue", "content")
MOST_ROWS = 60
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form, as it was typed. All but `role` may be blank."""

    role: str
    start: str = ""
    end: str = ""
    words: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was given."""
        return not (self.start.strip() or self.end.strip() or self.words.strip())


def rows_of(spans: Spans, text: str) -> list[Row]:
    """Spans as lines of the form."""
    every = [("source", spans.source), ("cue", spans.cue), *(("content", span) for span in spans.content)]
    return [Row(role, str(s.start), str(s.end), s.of(text)) for role, s in every if s]


def spans_of(text: str, rows: Sequence[Row], near: int = 0) -> Spans:
    """The spans that the rows give; with words alone, those nearest to the character `near`. Raises UsageError."""
    given = [row for row in rows if not row.blank]
    if len(given) > MOST_ROWS:
        raise UsageError(f"{len(given)} spans are more than one attribution has.", advice="Mark fewer.")
    found: dict[str, list[Span]] = {role: [] for role in ROLES}
    for row in given:
        if row.role not in found:
            raise UsageError("that is no role.", which=row.role, advice=f"Give {', '.join(ROLES)}.")
        found[row.role].append(_span(text, row, near))
    for role in ("source", "cue"):
        if len(found[role]) > 1:
            raise UsageError(
                f"there are two spans of the {role}.", which=role, advice="Mark one; contents may be many."
            )
    source, cue = (next(iter(found[role]), None) for role in ("source", "cue"))
    return checked(text, trimmed(text, Spans(source, cue, tuple(found["content"]))))


def _span(text: str, row: Row, near: int) -> Span:
    words = row.words.replace("\r\n", "\n")
    if not row.start.strip() and not row.end.strip():
        return _sought(text, row.role, words, near)
    start, end = _number(row.role, row.start), _number(row.role, row.end)
    here = f"{row.role} {start}–{end}"
    if not 0 <= start < end:
        raise UsageError("the end comes after the start.", which=here, advice="Count characters from 0.")
    if end > len(text):
        raise UsageError(f"the text has {len(text)} characters only.", which=here, advice="Select words in it.")
    if words.strip() and _plain(words) != _plain(text[start:end]):
        raise UsageError(
            f"there stands “{_short(text[start:end])}”, not “{_short(words)}”.",
            which=here,
            advice="Change the numbers or the words, or give words alone.",
        )
    return Span(start, end)


def _sought(text: str, role: str, words: str, near: int) -> Span:
    pattern = r"\s+".join(map(re.escape, words.split()))
    places = [m.span() for m in re.finditer(pattern, text)]
    if not places:
        raise UsageError(
            "these words are not in the text.", which=f"{role} “{_short(words)}”", advice="Copy them from it."
        )
    return Span(*min(places, key=lambda place: abs(place[0] - near)))


def _number(role: str, given: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", given.strip()):
        raise UsageError("that is no place in the text.", which=f"{role} {given!r}", advice="Give two whole numbers.")
    return int(given)


def _plain(words: str) -> str:
    return _BLANKS.sub(" ", words).strip()


def _short(words: str) -> str:
    told = _plain(words)
    return told if len(told) <= 60 else f"{told[:60]}…"


def zipped(columns: Iterable[Sequence[str]]) -> list[Row]:
    """Rows from the columns of a posted form. Raises UsageError where they are not of one length."""
    held = [list(column) for column in columns]
    if len({len(column) for column in held}) > 1:
        raise UsageError("that form is broken.", advice="Load the page again.")
    return [Row(*values) for values in zip(*held, strict=True)]
