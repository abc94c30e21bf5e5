"""Asking who is quoted over all reports, and comparing those who speak: queries on what `identities` derives."""
# ruff: noqa: S608 - the SQL is put together from names written here; what people type goes in as parameters

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from onrecord.errors import NotFound, UsageError
from onrecord.store import derived, identities, judged, meanings
from onrecord.store import schema as t
from onrecord.store.fold import fold
from onrecord.store.packing import from_json
from onrecord.store.rows import Identity, Judgement, Speakers, Voice
from onrecord.store.search import check_limit

CANDIDATES = 5
"""How many ids a NotFound names where a prefix fits several."""
MOST_MEMBERS = 1000
"""Members that an answer names; one who is quoted in more reports has more."""

_TO_COMPARE = """SELECT r.seq, r.id, e.run_seq FROM reports r JOIN (
    SELECT g.report_seq, max(x.run_seq) AS run_seq FROM examinations x JOIN readings g ON g.seq = x.reading_seq
    WHERE g.report_seq > :after GROUP BY g.report_seq) e ON e.report_seq = r.seq
    LEFT JOIN compared k ON k.report_seq = r.seq AND k.run_seq = e.run_seq
        AND k.by_seq = (SELECT seq FROM runs WHERE id = :by)
    WHERE r.seq > :after AND (k.by_seq IS NOT NULL) = :compared ORDER BY r.seq LIMIT :limit"""
_NEWEST_RUN = """SELECT max(x.run_seq) FROM examinations x JOIN readings g ON g.seq = x.reading_seq
    WHERE g.report_seq = :report"""


def speakers(connection: Connection, by: str, *, compared: bool, after: int, limit: int) -> tuple[list[Speakers], int]:
    """The next reports in order of recording that the comparing run has, or has not, compared; and where to go on."""
    asked = {"by": by, "compared": compared, "after": after, "limit": limit}
    found = []
    for report_seq, report_id, run_seq in connection.execute(text(_TO_COMPARE), asked).all():
        said = meanings.meanings(connection, report_seq, run_seq)
        who = {m.entity for m in said.values()}
        named = meanings.entities(connection, report_seq, run_seq, report_id)
        found.append(Speakers(report_id, tuple(e for e in named if e.id in who)))
        after = report_seq
    return found, after


def compare(connection: Connection, batch: Sequence[tuple[str, Sequence[Judgement]]], run_seq: int) -> None:
    """Write what a run judged of reports' speakers, and that it compared them."""
    rows: set[str] = set()
    for report_id, judgements in batch:
        for judgement in judgements:
            judged.judge(connection, judgement)
            rows |= {judgement.a, judgement.b}
        report_seq = connection.execute(select(t.reports.c.seq).filter_by(id=report_id)).scalar_one()
        newest = connection.execute(text(_NEWEST_RUN), {"report": report_seq}).scalar_one()
        same = {"report_seq": report_seq, "run_seq": newest, "by_seq": run_seq}
        if connection.execute(select(t.compared).filter_by(**same)).first() is None:
            connection.execute(insert(t.compared), same)
    if rows:
        derived.judged(connection, rows)


def identities_of(
    connection: Connection, words: str, kind: str | None, voice: Voice | None, limit: int, offset: int
) -> list[Identity]:
    """Who is quoted, most attributions first; with words, those of whose names have every one. Raises UsageError."""
    check_limit(limit)
    asked = fold(words).split()
    if words.strip() and not asked:
        raise UsageError("there is no letter or digit to look for.", which=f"name {words!r}", advice="Give a word.")
    where = [f"folded LIKE :w{k}" for k in range(len(asked))]
    values: dict[str, Any] = {f"w{k}": f"% {word} %" for k, word in enumerate(asked)}
    if kind:
        where.append("kind = :kind")
    if voice:
        where.append("entity LIKE 'entity-%'" if voice == "named" else "kind = :voice")
    sql = f"""SELECT * FROM entity_counts WHERE {" AND ".join(where) or "TRUE"}
        ORDER BY attributions DESC, name, entity LIMIT :limit OFFSET :offset"""
    values |= {"kind": kind, "voice": voice, "limit": limit, "offset": max(0, offset)}
    return [_identity(row) for row in connection.execute(text(sql), values).all()]


def identity(connection: Connection, entity: str) -> Identity:
    """The one that an id, or the beginning of one, of an entity or of any of its members leads to. Raises NotFound."""
    stem = "entity-sha256-"
    digits = entity.removeprefix(stem).lower()
    found: list[str] = []
    if digits and set(digits) <= set("0123456789abcdef"):
        span = {"low": stem + digits, "high": stem + digits + "g", "limit": CANDIDATES + 1}
        sql = """SELECT id FROM entities WHERE id >= :low AND id < :high UNION
            SELECT member FROM voices WHERE member >= :low AND member < :high ORDER BY 1 LIMIT :limit"""
        found = list(connection.execute(text(sql), span).scalars())
    if not found:
        advice = "`onrecord sources` lists who is quoted."
        raise NotFound("nobody of that name or id is quoted in the record.", which=entity, advice=advice)
    leads = {_leads_to(connection, row) for row in found}
    if len(leads) > 1 and stem + digits not in found:
        more = f"this fits several entities: {', '.join(found[:CANDIDATES])}."
        raise NotFound(more, which=entity, advice="Give more digits.")
    cluster = _leads_to(connection, stem + digits) if stem + digits in found else leads.pop()
    row = connection.execute(text("SELECT * FROM entity_counts WHERE entity = :e"), {"e": cluster}).first()
    if row is None:
        raise NotFound("that entity is quoted nowhere.", which=entity, advice="Name one that says something.")
    return _detailed(connection, _identity(row))


def _leads_to(connection: Connection, entity: str) -> str:
    """Who an entity of a report is: by the id that its voices go by, since another of its mentions may be judged."""
    sql = """SELECT v.member FROM entities e JOIN meanings m ON json_extract(m.data, '$.entity') = e.id
        JOIN attributions a ON a.seq = m.attribution_seq AND a.report_seq = e.report_seq
        JOIN voices v ON v.attribution_seq = a.seq WHERE e.id = :e AND v.member <> :e LIMIT 1"""
    held = connection.execute(text("SELECT 1 FROM voices WHERE member = :e LIMIT 1"), {"e": entity}).first()
    if not held:
        entity = connection.execute(text(sql), {"e": entity}).scalar() or entity
    return identities.cluster_of(connection, entity)


def _identity(row: Row[Any]) -> Identity:
    names = tuple(name for name, _ in from_json(row.names))
    id_ = row.entity if row.entity.startswith("entity-") else None
    kind = None if row.kind == identities.UNKNOWN else row.kind
    publishers = tuple(from_json(row.publishers))
    return Identity(id_, row.name, kind, names, row.attributions, row.reports, publishers, row.first, row.last)


def _detailed(connection: Connection, one: Identity) -> Identity:
    """With its members, and what the last of its reports that tells it says of its role."""
    sql = """SELECT DISTINCT v.member, v.report_seq FROM voices v
        WHERE v.member IN (SELECT member FROM clusters WHERE cluster = :e UNION SELECT :e)
        ORDER BY v.report_seq DESC LIMIT :limit"""
    cluster = """SELECT member FROM clusters WHERE cluster = :e LIMIT :limit"""
    asked = {"e": one.id, "limit": MOST_MEMBERS}
    quoted = list(dict.fromkeys(connection.execute(text(sql), asked).scalars()))
    members = dict.fromkeys([*quoted, *connection.execute(text(cluster), asked).scalars()])
    for member in quoted:
        data = connection.execute(select(t.entities.c.data).where(t.entities.c.id == member)).scalars().all()
        for held in map(from_json, reversed(data)):
            if held["role"]:
                return replace(one, members=tuple(members), role=held["role"], of=held["of"])
    return replace(one, members=tuple(members))
