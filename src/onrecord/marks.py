"""What to mark in a report's text, whoever draws it; and how hostile characters are made visible. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from onrecord.model import Attribution, Report, SetAside, Span

Role = Literal["source", "cue", "content", "headline", "aside"]

NO_SOURCE = "(no source named)"
NO_CUE = "(no cue)"

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
_BLANKS = re.compile(r"[ \t\n\u2028\u2029]+")


def on_whose_word(voices: Sequence[str | None]) -> str:
    """` (in the words of Kim, of the ministry)`: the voices around one that stands in others' contents, or nothing."""
    named = ", of ".join(one_line(voice) if voice else "somebody not named" for voice in voices)
    return f" (in the words of {named})" if voices else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start … end` of a text that are all marked alike.

    `ends` are the numbers (from 1) of the attributions of which a span ends here; `opens` and `closes` the roles whose
    span starts or ends with this piece; `reason` says why a set-aside part that ends here was set aside.
    """

    start: int
    end: int
    roles: frozenset[Role]
    opens: tuple[Role, ...] = ()
    closes: tuple[Role, ...] = ()
    ends: tuple[int, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    span: Span
    role: Role
    number: int | None = None
    reason: str | None = None


def pieces(report: Report, attributions: Sequence[Attribution], set_aside: Iterable[SetAside] = ()) -> Iterator[Piece]:
    """The whole text of `report` cut where marking changes: the pieces put together are the text, always."""
    waiting = sorted(_marks(report, attributions, set_aside), key=lambda m: m.span, reverse=True)
    cuts = sorted({0, len(report.text), *(m.span.start for m in waiting), *(m.span.end for m in waiting)})
    here: list[_Mark] = []
    for start, end in pairwise(cuts):
        here = [m for m in here if m.span.end > start]
        while waiting and waiting[-1].span.start == start:
            here.append(waiting.pop())
        ending = [m for m in here if m.span.end == end]
        yield Piece(
            start,
            end,
            roles=frozenset(m.role for m in here),
            opens=_ordered(m for m in here if m.span.start == start),
            closes=_ordered(ending)[::-1],
            ends=tuple(sorted({m.number for m in ending if m.number is not None})),
            reason=next((m.reason for m in ending if m.reason), None),
        )


def visible(text: str) -> str:
    """`text` with every character that could steer a terminal or turn the reading order written out as `\\u202e`.

    Letters of every script, combining marks, joiners, tabs and line ends stay as they are.
    """
    return _HIDDEN.sub(lambda m: _written_out(m.group()), text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`visible`, on one line: runs of blanks and line ends become one blank."""
    return visible(_BLANKS.sub(" ", text).strip())


def _marks(report: Report, attributions: Sequence[Attribution], set_aside: Iterable[SetAside]) -> Iterator[_Mark]:
    if report.headline_span:
        yield _Mark(report.headline_span, "headline")
    for number, a in enumerate(attributions, 1):
        if a.source:
            yield _Mark(a.source, "source", number)
        if a.cue:
            yield _Mark(a.cue, "cue", number)
        for span in a.content:
            yield _Mark(span, "content", number)
    for part in set_aside:
        if part.start is not None and part.end is not None and part.start < part.end:
            yield _Mark(Span(part.start, part.end), "aside", reason=part.reason)


def _ordered(marks: Iterable[_Mark]) -> tuple[Role, ...]:
    """Roles outermost first: longer spans hold shorter ones."""
    return tuple(m.role for m in sorted(marks, key=lambda m: m.span.start - m.span.end))


def _written_out(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
