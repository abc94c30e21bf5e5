"""Who speaks, and who is one with whom across reports: derived from what runs found and from judgements.

`voices`: of each attribution the entity that its source leads to, as the newest run has it, or as a person corrected
it. Its `member` is that entity's id, or the id of another of its mentions where somebody judged that one: so a
judgement lasts when a newer run finds the same person by another first mention; `alike` are such ids of one entity.
Unnamed and collective sources, and those that lead to nobody, go by the words for them ("unnamed officials"), which are
not one voice. `clusters`: members that judgements make one, each with the least of them. `entity_counts`: how often
each is quoted. All are dropped and made again at will.
"""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select, text

from onrecord.clusters import APART, JOINING, clusters
from onrecord.model import Span
from onrecord.store import judged as log
from onrecord.store import positions, reviews
from onrecord.store import schema as t
from onrecord.store.fold import fold
from onrecord.store.judged import NAMED, SPEAKER, gone, judgement_of, named_by
from onrecord.store.meanings import NAMELESS
from onrecord.store.packing import from_json, to_json
from onrecord.store.rows import Judgement

_NAMELESS = ", ".join(f"'{kind}'" for kind in NAMELESS)

_GROUPED = ("entity-", "report-", "attribution-")
_SURER = 2.0
UNKNOWN = "unknown"
"""Kind of a source that was not led to anybody."""

MAKE = (
    """CREATE TABLE voices (attribution_seq INTEGER PRIMARY KEY, member TEXT NOT NULL, name TEXT NOT NULL,
    kind TEXT NOT NULL, report_seq INTEGER NOT NULL)""",
    "CREATE INDEX voices_member ON voices (member)",
    "CREATE INDEX voices_report ON voices (report_seq)",
    """CREATE TABLE alike (a TEXT NOT NULL, b TEXT NOT NULL, report_seq INTEGER NOT NULL, PRIMARY KEY (a, b))
    WITHOUT ROWID""",
    "CREATE INDEX alike_b ON alike (b)",
    "CREATE INDEX alike_report ON alike (report_seq)",
    "CREATE TABLE clusters (member TEXT PRIMARY KEY, cluster TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX clusters_cluster ON clusters (cluster)",
    """CREATE TABLE entity_counts (entity TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, given TEXT,
    names TEXT NOT NULL, kind TEXT NOT NULL, kinds TEXT NOT NULL, several INTEGER NOT NULL,
    attributions INTEGER NOT NULL, reports INTEGER NOT NULL, publishers TEXT NOT NULL, first TEXT,
    last TEXT) WITHOUT ROWID""",
    "CREATE INDEX entity_counts_most ON entity_counts (attributions DESC)",
    "CREATE INDEX entity_counts_several ON entity_counts (attributions DESC) WHERE several",
)
TABLES = ("voices", "alike", "clusters", "entity_counts", *positions.TABLES, *reviews.TABLES)
DROP = tuple(f"DROP TABLE IF EXISTS {name}" for name in TABLES)

_VOICES = f"""SELECT a.seq, CASE WHEN m.name_kind IN ({_NAMELESS}) THEN m.name_kind || ' ' || fold(m.name)
    ELSE json_extract(m.data, '$.entity') END AS member, m.name, m.name_kind, a.report_seq
    FROM attributions a JOIN meanings m ON m.attribution_seq = a.seq
        AND m.run_seq = (SELECT max(s.run_seq) FROM sightings s WHERE s.attribution_seq = a.seq)
    WHERE m.name IS NOT NULL AND json_extract(m.data, '$.entity') IS NOT NULL"""
_UNKNOWN = f"""SELECT a.seq, '{UNKNOWN} ' || fold(a.source), a.source, '{UNKNOWN}', a.report_seq FROM attributions a
    WHERE a.source IS NOT NULL AND NOT EXISTS (SELECT 1 FROM voices v WHERE v.attribution_seq = a.seq)"""

_QUOTED = """SELECT coalesce(c.cluster, v.member) AS entity, v.member, v.name, v.kind, v.report_seq, r.publisher,
    CASE WHEN r.published GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' THEN substr(r.published, 1, 10) END AS day
    FROM voices v JOIN reports r ON r.seq = v.report_seq LEFT JOIN clusters c ON c.member = v.member"""

_SPEAKING = """SELECT e.id, e.data FROM entities e WHERE e.report_seq = :report
    AND e.id IN (SELECT member FROM voices WHERE report_seq = :report) ORDER BY e.id, e.run_seq"""

_JUDGED = """SELECT e.id, max(e.data) AS data,
    max(EXISTS (SELECT 1 FROM judgements j WHERE j.a = e.id AND j.by_kind = 'person')
        OR EXISTS (SELECT 1 FROM judgements j WHERE j.b = e.id AND j.by_kind = 'person')) AS person
    FROM entities e WHERE e.report_seq = :report AND (EXISTS (SELECT 1 FROM judgements j WHERE j.a = e.id)
        OR EXISTS (SELECT 1 FROM judgements j WHERE j.b = e.id)) GROUP BY +e.id"""


_JUDGED_SAID = """SELECT DISTINCT a.report_seq FROM attributions a JOIN judgements j ON j.a = a.id OR j.b = a.id
    WHERE j.by_kind = 'person'"""


def rebuild(connection: Connection) -> None:
    """Make everything here anew."""
    for statement in (*DROP, *MAKE, *positions.MAKE, *reviews.MAKE):
        connection.exec_driver_sql(statement)
    _fill(connection)


def _fill(connection: Connection) -> None:
    connection.exec_driver_sql(f"INSERT INTO voices {_VOICES}")
    connection.exec_driver_sql(f"INSERT INTO voices {_UNKNOWN}")
    judgements = in_force(connection)
    reports = text(
        "SELECT DISTINCT report_seq FROM entities WHERE id IN (SELECT a FROM judgements UNION SELECT b FROM judgements)"
    )
    for report_seq in connection.execute(reports).scalars().all():
        _keep_judged(connection, report_seq)
    for report_seq in connection.exec_driver_sql(_JUDGED_SAID).scalars().all():
        positions.keep_judged(connection, report_seq)
    _correct(connection, [j for j in judgements if j.relation == SPEAKER])
    _write(connection, clusters([*_alike(connection), *(j for j in judgements if _groups(j))]))
    _count(connection, connection.exec_driver_sql(f"{_QUOTED} ORDER BY 1"), _names(judgements))
    reviews.fill(connection)
    positions.fill(connection, judgements)


def add_voices(connection: Connection, report_seq: int) -> None:
    """Take in what a new run found in a report, in place of what the one before had."""
    before = _entities_of(connection, [report_seq])
    if judged_here := _refresh(connection, report_seq):
        _regroup(connection, judged_here, before, {report_seq})
        return
    if before:
        _recount(connection, before | _entities_of(connection, [report_seq]))
        return
    rows = connection.exec_driver_sql(f"{_QUOTED} WHERE v.report_seq = ? ORDER BY 1", (report_seq,)).all()
    for entity, group in groupby(rows, key=lambda row: row.entity):
        held = connection.exec_driver_sql("SELECT * FROM entity_counts WHERE entity = ?", (entity,)).first()
        more = _tally(list(group))
        if held is not None:
            connection.exec_driver_sql("DELETE FROM entity_counts WHERE entity = ?", (entity,))
            more = _both(_Tally.of(held), more)
        _put(connection, entity, more, held.given if held else None)


def _refresh(connection: Connection, report_seq: int) -> set[str]:
    """The voices of a report as its newest run has them; the ids of its entities that were judged."""
    for table in ("voices", "alike"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE report_seq = ?", (report_seq,))
    for voices in (_VOICES, _UNKNOWN):
        connection.exec_driver_sql(f"INSERT INTO voices {voices} AND a.report_seq = ?", (report_seq,))
    judged_here = _keep_judged(connection, report_seq) | positions.keep_judged(connection, report_seq)
    said = select(t.attributions.c.id).where(t.attributions.c.report_seq == report_seq)
    touching = log.touching(connection, set(connection.execute(said).scalars()))
    _correct(connection, [j for j in touching if j.relation == SPEAKER])
    reviews.refresh(connection, report_seq, touching)
    return judged_here


def judged(connection: Connection, rows: Collection[str]) -> None:
    """Follow new judgements, or withdrawals of some, on these rows: entities and attributions, by id."""
    reports = _reports_of(connection, rows)
    before = _entities_of(connection, reports)
    for report_seq in sorted(reports):
        _refresh(connection, report_seq)
    _regroup(connection, rows, before, reports)


def regroup(connection: Connection, rows: Collection[str]) -> None:
    """Follow new judgements on these attributions, by id, that concern their claims alone."""
    component, judgements = _component(connection, rows)
    _cluster(connection, component, judgements)


def _regroup(connection: Connection, rows: Collection[str], before: set[str], reports: Collection[int]) -> None:
    """Make the clusters of these and of all who are linked with them anew, and count those and the ones of `before`."""
    component, judgements = _component(connection, rows)
    before |= {c for (c,) in _chunked(connection, "SELECT DISTINCT cluster FROM clusters WHERE member IN", component)}
    found = _cluster(connection, component, judgements)
    _recount(connection, before | component | set(found.values()) | _entities_of(connection, reports))


def _cluster(connection: Connection, component: Collection[str], judgements: Sequence[Judgement]) -> dict[str, str]:
    """Make the clusters of all these anew, and where there are attributions among them how they stand to claims."""
    for part in _parts(component):
        marks = ",".join("?" * len(part))
        connection.exec_driver_sql(f"DELETE FROM clusters WHERE member IN ({marks})", tuple(part))
    found = clusters(judgements)
    _write(connection, found)
    said = {row for row in component if row.startswith("attribution-")}
    if said:
        positions.follow(connection, said, log.touching(connection, said))
    return found


def cluster_of(connection: Connection, member: str) -> str:
    """The least of those who are one with this member; itself where nobody is."""
    found = connection.execute(text("SELECT cluster FROM clusters WHERE member = :m"), {"m": member}).scalar()
    return str(found) if found else member


def faults(connection: Connection) -> Iterator[tuple[str, str]]:
    """What does not follow from the rows. Needs a write transaction, which it leaves as it was."""
    with connection.begin_nested() as inner:
        for name in TABLES:
            connection.exec_driver_sql(f"CREATE TEMP TABLE held_{name} AS SELECT * FROM {name}")
            connection.exec_driver_sql(f"DELETE FROM {name}")
        _fill(connection)
        differing = {}
        for name in TABLES:
            odd = f"SELECT * FROM (SELECT * FROM {name} EXCEPT SELECT * FROM held_{name})"
            missing = f"SELECT * FROM (SELECT * FROM held_{name} EXCEPT SELECT * FROM {name})"
            both = f"SELECT count(*) FROM ({odd} UNION ALL {missing})"
            differing[name] = connection.exec_driver_sql(both).scalar_one()
        inner.rollback()
    for name, count in differing.items():
        if count:
            yield name, f"{count} rows do not follow from what runs found and people judged"


def in_force(connection: Connection) -> list[Judgement]:
    """Judgements on entities and reports that count, oldest first."""
    withdrawn = gone(connection)
    rows = connection.execute(select(t.judgements).order_by(t.judgements.c.seq))
    return [judgement_of(row) for row in rows if row.id not in withdrawn and row.a.startswith(_GROUPED)]


def _entities_of(connection: Connection, reports: Collection[int]) -> set[str]:
    sql = """SELECT DISTINCT coalesce(c.cluster, v.member) FROM voices v
        LEFT JOIN clusters c ON c.member = v.member WHERE v.report_seq = ?"""
    return {row[0] for report in reports for row in connection.exec_driver_sql(sql, (report,))}


def _reports_of(connection: Connection, rows: Collection[str]) -> set[int]:
    """Reports that these entities and attributions are in."""
    tables = {"entity": "entities", "attribution": "attributions"}
    found = set[int]()
    for kind, table in tables.items():
        wanted = {row for row in rows if row.startswith(f"{kind}-")}
        sql = f"SELECT DISTINCT report_seq FROM {table} WHERE id IN"
        found |= {report for (report,) in _chunked(connection, sql, wanted)}
    return found


def _keep_judged(connection: Connection, report_seq: int) -> set[str]:
    """Let the newest run's entities go by the id that was judged, that of any of their mentions; a person's first.

    All judged ids of one entity are alike. Returns these ids.
    """
    rows = connection.execute(text(_JUDGED), {"report": report_seq}).all()
    places = {}
    for row in rows:
        first = from_json(row.data)["mentions"][0]
        places[not row.person, row.id] = Span(first["start"], first["end"])
    if not places:
        return set()
    mentions: dict[str, list[Span]] = {}
    for row in connection.execute(text(_SPEAKING), {"report": report_seq}):
        mentions.setdefault(row.id, []).extend(Span(m["start"], m["end"]) for m in from_json(row.data)["mentions"])
    for own, spans in mentions.items():
        mine = sorted(key for key, span in places.items() if any(span.overlaps(m) for m in spans))
        pairs = [(*sorted((mine[0][1], other)), report_seq) for _, other in mine[1:]]
        if pairs:
            connection.exec_driver_sql("INSERT OR IGNORE INTO alike VALUES (?, ?, ?)", pairs)
        if mine and mine[0][1] != own:
            values = {"judged": mine[0][1], "own": own, "report": report_seq}
            connection.execute(
                text("UPDATE voices SET member = :judged WHERE member = :own AND report_seq = :report"), values
            )
    return {row_id for _, row_id in places}


def _alike(connection: Connection, rows: Collection[str] | None = None) -> Iterator[Judgement]:
    """Ids of one entity of a report's newest run as judgements: surer than any engine's, less than a person's."""
    if rows is None:
        found = {tuple(row) for row in connection.exec_driver_sql("SELECT a, b FROM alike")}
    else:
        found = set(_chunked(connection, "SELECT a, b FROM alike WHERE a IN", rows))
        found |= set(_chunked(connection, "SELECT a, b FROM alike WHERE b IN", rows))
    for a, b in sorted(found):
        yield Judgement(a, b, "same", "engine", "newest run", datetime.fromtimestamp(0, UTC), _SURER)


def _correct(connection: Connection, corrections: Iterable[Judgement]) -> None:
    """Where a person said who speaks in an attribution, that entity does."""
    for judgement in sorted(corrections, key=lambda j: j.at):
        attribution, entity = sorted((judgement.a, judgement.b))
        row = connection.execute(select(t.entities.c.data).where(t.entities.c.id == entity)).first()
        if row is None:
            continue
        held = from_json(row.data)
        sql = f"""INSERT OR REPLACE INTO voices SELECT seq, CASE WHEN :kind IN ({_NAMELESS})
            THEN :kind || ' ' || fold(:name) ELSE :entity END, :name, :kind, report_seq
            FROM attributions WHERE id = :attribution"""
        values = {"entity": entity, "name": held["name"], "kind": held["kind"], "attribution": attribution}
        connection.execute(text(sql), values)


def _component(connection: Connection, rows: Collection[str]) -> tuple[set[str], list[Judgement]]:
    """All that joining judgements link with these rows, whether they hold or not, and those in force among them.

    What keeps rows apart that nothing joins says nothing: it is not followed.
    """
    withdrawn = gone(connection)
    seen: set[str] = set()
    judgements: dict[str, Judgement] = {}
    todo = {row for row in rows if row.startswith(_GROUPED)}
    while todo:
        seen |= todo
        found = [*log.touching(connection, todo, everything=True), *_alike(connection, todo)]
        todo = set()
        for j in found:
            if _groups(j):
                if j.relation in JOINING:
                    todo |= {j.a, j.b} - seen
                if j.id not in withdrawn:
                    judgements[j.id] = j
    return seen, [j for j in judgements.values() if j.a in seen and j.b in seen]


def _groups(judgement: Judgement) -> bool:
    """Whether it says that two entities, two reports' texts, or two attributions' claims are one, or two."""
    sorts = {row.split("-", 1)[0] for row in (judgement.a, judgement.b)}
    relations = (*JOINING, *APART) if sorts == {"attribution"} else ("same", "different")
    return sorts in ({"entity"}, {"report"}, {"attribution"}) and judgement.relation in relations


def _write(connection: Connection, found: Mapping[str, str]) -> None:
    sizes = Counter(found.values())
    rows = [(member, cluster) for member, cluster in found.items() if sizes[cluster] > 1]
    if rows:
        connection.exec_driver_sql("INSERT INTO clusters VALUES (?, ?)", rows)


def _recount(connection: Connection, entities: Collection[str]) -> None:
    """Count again how often these are quoted."""
    for part in _parts(entities):
        marks = ",".join("?" * len(part))
        connection.exec_driver_sql(f"DELETE FROM entity_counts WHERE entity IN ({marks})", tuple(part))
    for entity in sorted(e for e in entities if not e.startswith(("report-", "attribution-"))):
        where = "v.member = ? OR v.member IN (SELECT member FROM clusters WHERE cluster = ?)"
        rows = connection.exec_driver_sql(f"{_QUOTED} WHERE {where}", (entity, entity)).all()
        if rows and rows[0].entity == entity:
            names = _names(log.touching(connection, {row.member for row in rows}))
            _put(connection, entity, _tally(rows), _given(rows, names))


def _names(judgements: Iterable[Judgement]) -> dict[str, str]:
    """The name that a person gave last, by entity."""
    given = sorted((j for j in judgements if j.relation == NAMED), key=lambda j: j.at)
    return {row: named_by(j) for j in given for row in (j.a, j.b)}


def _count(connection: Connection, rows: Iterable[Row[Any]], names: Mapping[str, str]) -> None:
    """Write how often each entity is quoted; rows of one entity follow each other."""
    for entity, group in groupby(rows, key=lambda row: row.entity):
        quoted = list(group)
        _put(connection, entity, _tally(quoted), _given(quoted, names))


@dataclass(frozen=True, slots=True)
class _Tally:
    """How often an entity is quoted, under which names, as what kind, where and when."""

    names: Counter[str]
    kinds: Counter[str]
    attributions: int
    reports: int
    publishers: frozenset[str]
    days: tuple[str, ...]

    @classmethod
    def of(cls, row: Row[Any]) -> _Tally:
        """As a row of `entity_counts` has it."""
        days = tuple(day for day in (row.first, row.last) if day)
        names, kinds = Counter(dict(from_json(row.names))), Counter(dict(from_json(row.kinds)))
        return cls(names, kinds, row.attributions, row.reports, frozenset(from_json(row.publishers)), days)


def _tally(rows: Sequence[Row[Any]]) -> _Tally:
    return _Tally(
        Counter(row.name for row in rows),
        Counter(row.kind for row in rows),
        len(rows),
        len({row.report_seq for row in rows}),
        frozenset(row.publisher for row in rows if row.publisher),
        tuple(row.day for row in rows if row.day),
    )


def _both(one: _Tally, other: _Tally) -> _Tally:
    """Of different reports, together."""
    return _Tally(
        one.names + other.names,
        one.kinds + other.kinds,
        one.attributions + other.attributions,
        one.reports + other.reports,
        one.publishers | other.publishers,
        one.days + other.days,
    )


def _given(rows: Iterable[Row[Any]], names: Mapping[str, str]) -> str | None:
    """The name that a person gave to one of these."""
    return next((names[member] for member in sorted({row.member for row in rows}) if member in names), None)


def _put(connection: Connection, entity: str, tally: _Tally, given: str | None) -> None:
    names = dict(sorted(tally.names.items(), key=lambda item: (-item[1], -len(item[0]), item[0])))
    kinds = dict(sorted(tally.kinds.items(), key=lambda item: (-item[1], item[0])))
    values = {
        "entity": entity,
        "name": given or next(iter(names)),
        "folded": fold(" ".join([given or "", *names])),
        "given": given,
        "names": to_json([*names.items()]),
        "kind": next(iter(kinds)),
        "kinds": to_json([*kinds.items()]),
        "several": int(len(names) > 1),
        "attributions": tally.attributions,
        "reports": tally.reports,
        "publishers": to_json(sorted(tally.publishers)),
        "first": min(tally.days, default=None),
        "last": max(tally.days, default=None),
    }
    sql = f"INSERT INTO entity_counts ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"
    connection.exec_driver_sql(sql, tuple(values.values()))


def _chunked(connection: Connection, sql: str, rows: Collection[str]) -> Iterator[tuple[Any, ...]]:
    for part in _parts(rows):
        yield from map(tuple, connection.exec_driver_sql(f"{sql} ({','.join('?' * len(part))})", tuple(part)).all())


def _parts(rows: Collection[str], size: int = 500) -> Iterator[list[str]]:
    ordered = sorted(rows)
    for k in range(0, len(ordered), size):
        yield ordered[k : k + size]
