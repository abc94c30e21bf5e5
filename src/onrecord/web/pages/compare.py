"""Compare: two publishers, two people or two days, claim by claim."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.answer import Record
from onrecord.errors import OnRecordError
from onrecord.store.claim_rows import Position
from onrecord.web.pages.lines import Quotation, Texts, quotation, texts_of

SHOWN = 60
EACH = 2


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A claim and what either has on it, a few quotations each; `more`: how many are not shown."""

    claim: str
    wording: str
    differ: bool
    one: tuple[Quotation, ...]
    other: tuple[Quotation, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What was asked, and the claims: those on which they differ first, then those on which both are on record
    (`differing` and `shared` count them), then what one alone speaks of. `problem`: why there is no comparison."""

    one: str
    other: str
    words: str
    between: str | None = None
    lines: tuple[ComparedLine, ...] = ()
    differing: int = 0
    shared: int = 0
    problem: str | None = None
    publishers: tuple[tuple[str, int], ...] = ()


def compare_page(record: Record, one: str, other: str, words: str = "") -> ComparePage:
    """Both given: the comparison; else the form alone."""
    publishers = tuple(record.publishers())
    if not (one.strip() and other.strip()):
        return ComparePage(one, other, words, publishers=publishers)
    try:
        found = record.compare(one.strip(), other.strip(), words=words)
    except OnRecordError as error:
        return ComparePage(one, other, words, problem=str(error), publishers=publishers)
    texts = texts_of(record)
    return ComparePage(
        found.one,
        found.other,
        words,
        found.between,
        tuple(
            ComparedLine(
                c.claim, c.wording, c.differ, _some(c.one, texts), _some(c.other, texts), _hidden(c.one, c.other)
            )
            for c in sorted(found.claims, key=lambda c: (not c.differ, not (c.one and c.other)))[:SHOWN]
        ),
        sum(c.differ for c in found.claims),
        sum(bool(c.one and c.other) for c in found.claims),
        publishers=publishers,
    )


def _some(positions: tuple[Position, ...], texts: Texts) -> tuple[Quotation, ...]:
    return tuple(quotation(p, texts) for p in positions[:EACH])


def _hidden(one: tuple[Position, ...], other: tuple[Position, ...]) -> int:
    return max(0, len(one) - EACH) + max(0, len(other) - EACH)
