"""Which attributions of real reports are of one claim: FNC-1's training reports by topic, as readers sorted them.

`annotations/topics.jsonl` has a topic a line: `bodies` (numbers), `claims` [{`text`, `positions` [[body, attribution,
stance]]}] and `contradicts` [[k, j]] of claims that cannot both hold. Attributions are those of `annotations/bodies.jsonl`;
their words come out of the data folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from onrecord.extraction import check
from onrecord.link.statements import Statement, statements
from onrecord.model import Entity, Meaning, Proposal, Proposed, Report, Run, Span

ANNOTATIONS = Path(__file__).parent / "annotations"
RUN = Run("annotation", "1")
LONGEST_NAME = 60


def stated(text: str, row: Mapping[str, Any]) -> dict[str, Statement]:
    """What each annotated attribution of a report states, by its name there ("S3"); those that put nothing forward, or
    whose claim another within them carries, are left out."""
    report = Report(text, "0" * 64, str(row["body"]))
    entities = tuple(_entities(text, report.id, row))
    said = row["attributions"]
    at = {a["id"]: k for k, a in enumerate(said)}
    proposals = tuple(_proposal(a, at, entities) for a in said)
    found = check(report, Proposed(proposals, entities), RUN)
    names = {(_pairs(a["cue"]), _pairs(a["content"]), _pairs(a["source"])): a["id"] for a in said}
    by_id = {
        a.id: names.get((_of(a.cue), tuple((s.start, s.end) for s in a.content), _of(a.source)))
        for a in found.attributions
    }
    return {str(by_id[s.attribution]): s for s in statements(found) if by_id[s.attribution]}


def _of(span: Span | None) -> tuple[tuple[int, int], ...]:
    return ((span.start, span.end),) if span else ()


def _pairs(spans: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(a), int(b)) for a, b in spans))


def _entities(text: str, report_id: str, row: Mapping[str, Any]) -> Iterator[Entity]:
    for held in row.get("entities", ()):
        mentions = tuple(sorted({Span(a, b) for a, b in held["mentions"]}))
        words = [m.of(text) for m in mentions]
        named = [
            w
            for w in words
            if w[:1].isupper() and len(w) <= LONGEST_NAME and w.split()[0] not in ("He", "She", "It", "They")
        ]
        kind = "collective" if held["kind"] == "group" else held["kind"]
        if mentions and (named or words):
            yield Entity(report_id, max(named or words, key=len), kind, mentions)


def _proposal(a: Mapping[str, Any], at: Mapping[str, int], entities: Sequence[Entity]) -> Proposal:
    source, cue = (Span(*a[name][0]) if a[name] else None for name in ("source", "cue"))
    mine = [k for k, e in enumerate(entities) if source and any(m.overlaps(source) for m in e.mentions)]
    return Proposal(
        source,
        cue,
        tuple(Span(*c) for c in a["content"]),
        1.0,
        meaning=Meaning(act=a["act"], modality=a.get("modality", "plain")),
        entity=mine[0] if mine else None,
        within=at.get(a.get("within", "")),
        about=at.get(a.get("about", "")),
    )
