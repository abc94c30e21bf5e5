"""The spans of an attribution with their roles, as every format of marks has them; and an attribution made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onrecord.model import Attribution, Kind, Span


@dataclass(frozen=True, slots=True)
class Marked:
    """Characters with their role: `source`, `cue`, `content`, `distance`, `evidence`, `addressee`, `venue` or
    `content_when`; `more` is the type of evidence, or the value of a time."""

    role: str
    span: Span
    more: str | None = None


def marked(attribution: Attribution) -> Iterator[Marked]:
    """Every span of an attribution."""
    meaning = attribution.meaning
    if attribution.source:
        yield Marked("source", attribution.source)
    if attribution.cue:
        yield Marked("cue", attribution.cue)
    yield from (Marked("content", span) for span in attribution.content)
    yield from (Marked("distance", span) for span in meaning.distance)
    yield from (Marked("evidence", evidence.span, evidence.type) for evidence in meaning.evidence)
    if meaning.addressee:
        yield Marked("addressee", meaning.addressee)
    if meaning.venue:
        yield Marked("venue", meaning.venue)
    yield from (Marked("content_when", when.span, when.value) for when in meaning.content_when)


def attribution_of(report_id: str, marks: Iterable[Marked], kind: Kind = "indirect", score: float = 1.0) -> Attribution:
    """The attribution of a report that has these spans; its id follows from them."""
    by_role: dict[str, list[Span]] = {}
    for mark in marks:
        by_role.setdefault(mark.role, []).append(mark.span)
    source, cue = (next(iter(by_role.get(role, ())), None) for role in ("source", "cue"))
    return Attribution(report_id, source, cue, tuple(sorted(by_role.get("content", ()))), kind, score)
