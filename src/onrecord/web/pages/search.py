"""Search: claims, words, people and reports at once."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.answer import Record
from onrecord.errors import UsageError
from onrecord.store import Head, Hit, Identity
from onrecord.store.claim_rows import ClaimLine
from onrecord.web.pages.lines import Quotation, said_line, texts_of

MOST_WORDS = 40
FEW, MANY = 5, 25
PARTS = ("claims", "words", "people", "reports")


@dataclass(frozen=True, slots=True)
class FoundReport:
    """A report and where the words stand in it, cut into parts that do and do not answer them."""

    head: Head
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was asked, and what was found: a few of everything, or many of one `part`. `cut`: how many words were left
    out, where a question had more than are looked for; `problem`: why nothing could be looked for."""

    words: str
    part: str
    claims: tuple[ClaimLine, ...] = ()
    said: tuple[Quotation, ...] = ()
    people: tuple[Identity, ...] = ()
    reports: tuple[FoundReport, ...] = ()
    cursor: str | None = None
    cut: int = 0
    problem: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.claims or self.said or self.people or self.reports)


def search_page(record: Record, words: str, part: str = "", cursor: str | None = None) -> SearchPage:
    """Look for words everywhere, or in one part."""
    every = words.split()
    asked = " ".join(every[:MOST_WORDS])
    cut = max(0, len(every) - MOST_WORDS)
    if not asked:
        return SearchPage(words, part)
    limit = MANY if part else FEW
    try:
        return _found(record, asked, part if part in PARTS else "", cursor, limit, cut)
    except UsageError as error:
        return SearchPage(asked, part, cut=cut, problem=str(error))


def _found(record: Record, words: str, part: str, cursor: str | None, limit: int, cut: int) -> SearchPage:
    texts = texts_of(record)
    said = record.search(words, limit=limit, cursor=cursor) if part in ("", "words") else None
    reports = record.search(words, field="text", limit=limit, cursor=cursor) if part in ("", "reports") else None
    last = (said or reports) if part else None
    return SearchPage(
        words,
        part,
        tuple(record.claim_lines(words, limit=limit)) if part in ("", "claims") else (),
        tuple(said_line(hit.said, texts) for hit in said if hit.said) if said else (),
        tuple(record.entities(words, limit=limit)) if part in ("", "people") else (),
        tuple(FoundReport(hit.report, _cut(hit)) for hit in reports) if reports else (),
        last.cursor if last is not None else None,
        cut,
    )


def _cut(hit: Hit) -> tuple[tuple[str, bool], ...]:
    at, made = 0, []
    for mark in hit.marks:
        made += [(hit.snippet[at : mark.start], False), (hit.snippet[mark.start : mark.end], True)]
        at = mark.end
    return tuple(part for part in (*made, (hit.snippet[at:], False)) if part[0])
