"""The record seen from afar: which engines worked on it, and who is quoted by whom and when. Queries only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

from onrecord.model import Run
from onrecord.store.claim_rows import Stance
from onrecord.store.fold import fold
from onrecord.store.meanings import NAMELESS
from onrecord.store.overview_rows import Quoted, RoleRow, RunRow
from onrecord.store.packing import from_json, moment
from onrecord.store.rows import Voice
from onrecord.store.search import check_limit, day_bound

_RUNS = """SELECT r.id, r.engine, r.version, r.settings, count(x.seq) AS reports, min(x.at) AS first, max(x.at) AS last
    FROM runs r LEFT JOIN examinations x ON x.run_seq = r.seq GROUP BY r.seq ORDER BY last DESC, r.seq DESC"""

_MOST = """SELECT coalesce(c.cluster, v.member) AS entity FROM voices v JOIN reports r ON r.seq = v.report_seq
        LEFT JOIN clusters c ON c.member = v.member
        LEFT JOIN entity_counts e ON e.entity = coalesce(c.cluster, v.member){where}
    GROUP BY 1 ORDER BY count(*) DESC, min(coalesce(e.given, e.name, v.name)), 1 LIMIT :limit"""
_MOST_OF_ALL = """SELECT entity FROM entity_counts e
    ORDER BY attributions DESC, coalesce(given, name), entity LIMIT :limit"""
"""The same over everything, from sums that are kept."""
_QUOTED = """SELECT coalesce(c.cluster, v.member) AS entity, coalesce(e.given, e.name, v.name) AS name, v.kind,
        r.publisher, substr(r.published, 1, 7) AS month, count(*) AS n, count(DISTINCT v.report_seq) AS reports
    FROM voices v JOIN reports r ON r.seq = v.report_seq LEFT JOIN clusters c ON c.member = v.member
        LEFT JOIN entity_counts e ON e.entity = coalesce(c.cluster, v.member)
    WHERE v.member IN (SELECT member FROM clusters WHERE cluster IN :entities UNION SELECT entity FROM entity_counts
        WHERE entity IN :entities){where}
    GROUP BY 1, r.publisher, month"""

_OF_VOICE: dict[Voice, str] = {
    "named": "v.kind NOT IN ('unnamed', 'collective', 'unknown')",
    "unnamed": "v.kind = 'unnamed'",
    "collective": "v.kind = 'collective'",
}


def runs(connection: Connection) -> list[RunRow]:
    """The engines that worked on the record, the one that worked last first."""
    return [
        RunRow(Run(row.engine, row.version, from_json(row.settings)), row.reports, moment(row.first), moment(row.last))
        for row in connection.execute(text(_RUNS))
    ]


def quoted(
    connection: Connection,
    words: str,
    voice: Voice | None,
    publisher: str,
    since: str | None,
    until: str | None,
    limit: int,
) -> list[Quoted]:
    """Who is quoted, most often first; see `protocol.Store`. Raises UsageError."""
    check_limit(limit)
    where, asked = [], dict[str, Any]()
    if voice:
        where.append(_OF_VOICE[voice])
    if publisher:
        where.append("lower(r.publisher) = lower(:publisher)")
        asked["publisher"] = publisher
    if since:
        where.append("r.published >= :since")
        asked["since"] = day_bound("since", since)
    if until:
        where.append("substr(r.published, 1, 10) <= :until")
        asked["until"] = day_bound("until", until)
    for k, word in enumerate(fold(words).split()):
        where.append(f"instr(coalesce(e.folded, fold(v.name)), :word{k})")
        asked[f"word{k}"] = f" {word} "
    most = _MOST.format(where=f" WHERE {' AND '.join(where)}") if where else _MOST_OF_ALL
    order = connection.execute(text(most), {**asked, "limit": limit}).scalars().all()
    sql = text(_QUOTED.format(where="".join(f" AND {each}" for each in where)))
    detail = sql.bindparams(bindparam("entities", expanding=True))
    found: dict[str, list[Any]] = {entity: [] for entity in order}
    for k in range(0, len(order), _PART):
        for row in connection.execute(detail, {**asked, "entities": order[k : k + _PART]}):
            found[row.entity].append(row)
    return [_of(rows) for rows in found.values() if rows]


def _of(rows: Sequence[Any]) -> Quoted:
    months: Counter[str] = Counter()
    for row in rows:
        if row.month:
            months[row.month] += row.n
    first = rows[0]
    return Quoted(
        first.name,
        None if first.kind in (*NAMELESS, "unknown") else first.entity,
        first.kind,
        sum(row.n for row in rows),
        sum(row.reports for row in rows),
        tuple(sorted({row.publisher for row in rows if row.publisher})),
        tuple(sorted(months.items())),
    )


def publishers(connection: Connection, limit: int) -> list[tuple[str, int]]:
    """Publishers and how many of their reports are on record, most first."""
    sql = """SELECT publisher, count(*) AS n FROM reports WHERE publisher IS NOT NULL GROUP BY publisher
        ORDER BY n DESC, publisher LIMIT :limit"""
    return [(row.publisher, row.n) for row in connection.execute(text(sql), {"limit": limit})]


_ROLES = """SELECT e.data, r.id AS report_id, r.publisher, r.published, max(e.run_seq) FROM entities e
    JOIN reports r ON r.seq = e.report_seq WHERE e.id IN (SELECT member FROM clusters WHERE cluster = :entity)
        OR e.id = :entity GROUP BY r.seq ORDER BY r.published, r.seq LIMIT :limit"""


def roles(connection: Connection, entity: str, limit: int) -> list[RoleRow]:
    """What reports call somebody, in order of publication."""
    check_limit(limit)
    found = []
    for row in connection.execute(text(_ROLES), {"entity": entity, "limit": limit}):
        held = from_json(row.data)
        day = row.published[:10] if row.published else None
        found.append(RoleRow(day, row.report_id, row.publisher, held["name"], held.get("role"), held.get("of")))
    return found


_STANCES = """SELECT a.id, p.claim, p.stance, s.attributions FROM attributions a
    JOIN positions p ON p.attribution_seq = a.seq JOIN claim_sizes s ON s.claim = p.claim WHERE a.id IN :ids"""
_PART = 500


def stances(connection: Connection, attributions: Sequence[str]) -> dict[str, tuple[str, Stance, int]]:
    """Of attributions, by id: the claim they bear on, their stance, how many bear on it."""
    query = text(_STANCES).bindparams(bindparam("ids", expanding=True))
    return {
        row.id: (row.claim, row.stance, row.attributions)
        for k in range(0, len(attributions), _PART)
        for row in connection.execute(query, {"ids": list(attributions[k : k + _PART])})
    }
