"""What a run worked out of attributions, and the entities it found, as rows and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from onrecord.model import UNKNOWN, Entity, Evidence, Extraction, Meaning, Span, When
from onrecord.store import schema as t
from onrecord.store.packing import from_json, to_json

NAMELESS = ("unnamed", "collective")
"""Kinds of entity that are nobody by name."""

_OF_REPORT = (
    select(t.meanings, t.attributions.c.id)
    .join(t.attributions, t.attributions.c.seq == t.meanings.c.attribution_seq)
    .where(t.attributions.c.report_seq == bindparam("report"), t.meanings.c.run_seq == bindparam("run"))
)
_ENTITIES = (
    select(t.entities)
    .where(t.entities.c.report_seq == bindparam("report"), t.entities.c.run_seq == bindparam("run"))
    .order_by(t.entities.c.n)
)


def add(connection: Connection, extraction: Extraction, report_seq: int, run_seq: int, seqs: Mapping[str, int]) -> None:
    """Write a run's entities, and what it worked out of the attributions with these `seq`s."""
    named = {e.id: e for e in extraction.entities}
    entities = [
        {"report_seq": report_seq, "run_seq": run_seq, "n": n, "id": e.id, "data": _entity_json(e)}
        for n, e in enumerate(extraction.entities)
    ]
    meanings = [
        {"attribution_seq": seqs[a.id], "run_seq": run_seq, **meaning_row(a.meaning, named)}
        for a in {a.id: a for a in extraction.attributions}.values()
        if a.meaning != UNKNOWN
    ]
    if entities:
        connection.execute(insert(t.entities), entities)
    if meanings:
        connection.execute(insert(t.meanings), meanings)


def meaning_row(meaning: Meaning, named: Mapping[str, Entity]) -> dict[str, Any]:
    """The row of `meanings` but for what it belongs to.

    `name` and `name_kind` are the source's entity; `means` are words for the index: `actdeny voicenamed …`.
    """
    source = named.get(meaning.entity) if meaning.entity else None
    voice = None if source is None else source.kind if source.kind in NAMELESS else "named"
    words = [
        word_of("act", meaning.act),
        word_of("modality", meaning.modality),
        word_of("voice", voice),
        word_of("distance", "yes" if meaning.distance else None),
        *(word_of("evidence", e.type) for e in meaning.evidence),
    ]
    return {
        "name": source.name if source else None,
        "name_kind": source.kind if source else None,
        "within": meaning.within,
        "means": " ".join(dict.fromkeys(w for w in words if w)),
        "data": to_json(asdict(meaning)),
    }


def word_of(field: str, value: str | None) -> str:
    """A value as one word of the index, letters only, so that no stemming parts two of them."""
    return f"x{field}{value}x".replace("_", "") if value else ""


def meaning_of(data: str) -> Meaning:
    """The meaning again. Raises ValueError, KeyError or TypeError where it is damaged."""
    held = from_json(data)
    return Meaning(
        act=held["act"],
        modality=held["modality"],
        entity=held["entity"],
        candidates=tuple((who, score) for who, score in held["candidates"]),
        distance=tuple(Span(**s) for s in held["distance"]),
        evidence=tuple(Evidence(Span(**e["span"]), e["type"]) for e in held["evidence"]),
        within=held["within"],
        about=held["about"],
        addressee=Span(**held["addressee"]) if held["addressee"] else None,
        venue=Span(**held["venue"]) if held["venue"] else None,
        said_on=held["said_on"],
        content_when=tuple(When(Span(**w["span"]), w["value"]) for w in held["content_when"]),
        scores=tuple((name, score) for name, score in held["scores"]),
    )


def meanings(connection: Connection, report_seq: int, run_seq: int) -> dict[str, Meaning]:
    """What a run worked out of a report's attributions, by their ids."""
    rows = connection.execute(_OF_REPORT, {"report": report_seq, "run": run_seq})
    return {row.id: meaning_of(row.data) for row in rows}


def entities(connection: Connection, report_seq: int, run_seq: int, report_id: str) -> tuple[Entity, ...]:
    """The entities a run found in a report, in its order."""
    rows = connection.execute(_ENTITIES, {"report": report_seq, "run": run_seq})
    return tuple(_entity_of(row.data, report_id) for row in rows)


def said_of(connection: Connection, report_seq: int, run_seq: int) -> list[list[Any]]:
    """All that a run worked out of a report, as it stands in the tables; empty where it worked out nothing."""
    asked = {"report": report_seq, "run": run_seq}
    held = [[r.id, r.name, r.name_kind, r.within, r.means, r.data] for r in connection.execute(_OF_REPORT, asked)]
    return sorted(held) + [[r.n, r.id, r.data] for r in connection.execute(_ENTITIES, asked)]


def problems(connection: Connection, report: Row[Any]) -> Iterator[str]:
    """What of a report's meanings and entities does not fit its text, its attributions, or each other."""
    runs = connection.execute(select(t.sightings.c.run_seq).join(t.attributions).filter_by(report_seq=report.seq))
    for run_seq in sorted(set(runs.scalars())):
        found = entities(connection, report.seq, run_seq, report.id)
        named = {e.id: e for e in found}
        spans = [m for e in found for m in e.mentions]
        asked = {"report": report.seq, "run": run_seq}
        rows = connection.execute(_OF_REPORT, asked).all()
        here = set(connection.execute(select(t.attributions.c.id).filter_by(report_seq=report.seq)).scalars())
        for row in rows:
            m = meaning_of(row.data)
            spans += [*m.distance, *(e.span for e in m.evidence), *(w.span for w in m.content_when)]
            spans += [s for s in (m.addressee, m.venue) if s]
            if meaning_row(m, named).items() - row._asdict().items():
                yield f"what run {run_seq} worked out of attribution {row.id} is altered"
            if {m.within, m.about} - here - {None} or {m.entity, *(w for w, _ in m.candidates)} - set(named) - {None}:
                yield f"attribution {row.id} names a row that is not in its report"
        if any(span.end > len(report.text) for span in spans):
            yield f"run {run_seq} has a span outside the text"
        for held, entity in zip(connection.execute(_ENTITIES, asked), found, strict=True):
            if held.id != entity.id:
                yield f"entity {held.id} is altered: its id does not follow from its first mention"


def _entity_json(entity: Entity) -> str:
    row = asdict(entity)
    del row["report_id"]
    return to_json(row)


def _entity_of(data: str, report_id: str) -> Entity:
    held = from_json(data)
    mentions = tuple(Span(**m) for m in held["mentions"])
    return Entity(report_id, held["name"], held["kind"], mentions, held["role"], held["of"], held["score"])
