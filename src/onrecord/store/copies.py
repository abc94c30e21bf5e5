"""Which reports reprint one text: what of each is looked up, which have it in common, and the groups that follow.

The groups are clusters over judgements of reports (`identities`); here is what finding them takes, and asking for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, bindparam, insert, select, text

from onrecord.store import derived, identities, judged, read
from onrecord.store import schema as t
from onrecord.store.rows import CopyGroup, Judgement, Sketched, Unsketched
from onrecord.store.search import check_limit

_PART = 500
_SIGN = 1 << 63

_UNSKETCHED = """SELECT r.seq, r.id, r.url, r.text FROM reports r WHERE r.seq > :after AND NOT EXISTS
    (SELECT 1 FROM sketched s WHERE s.report_seq = r.seq AND s.by_seq = (SELECT seq FROM runs WHERE id = :by))
    ORDER BY r.seq LIMIT :limit"""
_GROUPS = """SELECT cluster, count(*) AS n FROM clusters
    WHERE member >= 'report-' AND member < 'report.' AND member IN (SELECT id FROM reports)
    GROUP BY cluster HAVING n > 1 ORDER BY n DESC, cluster LIMIT :limit OFFSET :offset"""


def unsketched(connection: Connection, by: str, after: int, limit: int) -> list[Unsketched]:
    """The next reports in order of recording whose text this run has not taken in."""
    rows = connection.execute(text(_UNSKETCHED), {"by": by, "after": after, "limit": limit})
    return [Unsketched(row.seq, row.id, row.url, row.text) for row in rows]


def holding(connection: Connection, by: str, shingles: Collection[int]) -> dict[int, list[int]]:
    """Of each shingle the reports that have it, by number; those that none has are left out."""
    run = connection.execute(select(t.runs.c.seq).filter_by(id=by)).scalar()
    found: dict[int, list[int]] = {}
    s = t.shingles.c
    wanted = select(s.shingle, s.report_seq).where(
        s.by_seq == bindparam("by"), s.shingle.in_(bindparam("shingles", expanding=True))
    )
    for part in _parts(sorted(map(_signed, shingles))):
        for shingle, report in connection.execute(wanted, {"by": run, "shingles": part}):
            found.setdefault(shingle % (2 * _SIGN), []).append(report)
    return found


def sketches(connection: Connection, by: str, reports: Collection[int]) -> dict[int, Sketched]:
    """Of each of these reports, by number, its id, its text, and how many shingles it is looked up by."""
    query = (
        select(t.reports.c.seq, t.reports.c.id, t.reports.c.url, t.reports.c.text, t.sketched.c.shingles)
        .join(t.sketched, t.sketched.c.report_seq == t.reports.c.seq)
        .join(t.runs, t.runs.c.seq == t.sketched.c.by_seq)
        .where(t.runs.c.id == by, t.reports.c.seq.in_(bindparam("reports", expanding=True)))
    )
    rows = (row for part in _parts(sorted(reports)) for row in connection.execute(query, {"reports": part}))
    return {row.seq: Sketched(row.seq, row.id, row.url, row.text, row.shingles) for row in rows}


def add(
    connection: Connection, batch: Sequence[tuple[int, int, Collection[int], Sequence[Judgement]]], run: int
) -> None:
    """Write of reports, by number, how many shingles they have, those to look them up by, and what was judged.

    What another process took in meanwhile stays as it is.
    """
    rows: set[str] = set()
    for report, count, shingles, judgements in batch:
        same = {"report_seq": report, "by_seq": run}
        if connection.execute(select(t.sketched.c.shingles).filter_by(**same)).first() is None:
            connection.execute(insert(t.sketched), same | {"shingles": count})
            held = [same | {"shingle": _signed(x)} for x in sorted(shingles)]
            if held:
                connection.execute(insert(t.shingles).prefix_with("OR IGNORE"), held)
        for judgement in judgements:
            judged.judge(connection, judgement)
            rows |= {judgement.a, judgement.b}
    if rows:
        derived.judged(connection, rows)


def group(connection: Connection, report_id: str) -> CopyGroup:
    """The reports that reprint one text with this one, itself among them; earliest first."""
    cluster = identities.cluster_of(connection, report_id)
    members = "SELECT member FROM clusters WHERE cluster = :cluster UNION SELECT :report"
    found = connection.execute(text(members), {"cluster": cluster, "report": report_id}).scalars().all()
    return _group(connection, cluster, found, judged.gone(connection))


def groups(connection: Connection, limit: int, offset: int) -> list[CopyGroup]:
    """Texts that several reports reprint, those of most reports first. Raises UsageError."""
    check_limit(limit)
    rows = connection.execute(text(_GROUPS), {"limit": limit, "offset": max(0, offset)}).all()
    withdrawn = judged.gone(connection)
    members = "SELECT member FROM clusters WHERE cluster = :cluster"
    found = ((row.cluster, connection.execute(text(members), {"cluster": row.cluster}).scalars().all()) for row in rows)
    return [_group(connection, cluster, each, withdrawn) for cluster, each in found]


def _group(connection: Connection, cluster: str, members: Sequence[str], withdrawn: Collection[str]) -> CopyGroup:
    query = select(t.reports.c.seq).where(t.reports.c.id.in_(bindparam("ids", expanding=True)))
    seqs = [seq for part in _parts(sorted(members)) for seq in connection.execute(query, {"ids": part}).scalars()]
    heads = read.heads(connection, seqs).values()
    order = sorted(heads, key=lambda h: (h.published is None, h.published or "", h.id))
    return CopyGroup(cluster, tuple(order), (), tuple(_between(connection, {head.id for head in heads}, withdrawn)))


def _between(connection: Connection, reports: Collection[str], withdrawn: Collection[str]) -> Iterator[Judgement]:
    """What was judged of these reports among themselves and is in force, oldest first."""
    j = t.judgements.c
    query = select(t.judgements).where(j.a.in_(bindparam("ids", expanding=True))).order_by(j.seq)
    for part in _parts(sorted(reports)):
        for row in connection.execute(query, {"ids": part}):
            if row.b in reports and row.id not in withdrawn:
                yield judged.judgement_of(row)


def _signed(number: int) -> int:
    """As SQLite keeps 64 bits."""
    return number - 2 * _SIGN if number >= _SIGN else number


def _parts(rows: Sequence[str] | Sequence[int]) -> Iterator[Sequence[str] | Sequence[int]]:
    for k in range(0, len(rows), _PART):
        yield rows[k : k + _PART]
