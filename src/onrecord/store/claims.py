"""Claims: what attributions state, and which are near each other, for comparing them; and asking for a claim.

How attributions stand to claims is derived in `positions`.
"""
# ruff: noqa: S608 - the SQL is put together from names written here; what people type goes in as parameters

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, text

from onrecord.errors import NotFound
from onrecord.store import derived, identities, judged, positions, read
from onrecord.store import schema as t
from onrecord.store.claim_rows import ClaimOrder, ClaimRow, Position, Stated, Unlinked
from onrecord.store.rows import Judgement, Said, Withdrawal
from onrecord.store.search import check_limit

_PART = 500
NEAR = 1000
"""Statements of one cell that are looked at, the newest ones."""
_FLAGS = ("negated", "doubtful", "own", "bare", "answering", "clause")

_UNLINKED = """SELECT r.seq FROM reports r JOIN (
    SELECT g.report_seq, max(x.run_seq) AS run_seq FROM examinations x JOIN readings g ON g.seq = x.reading_seq
    WHERE g.report_seq > :after GROUP BY g.report_seq) e ON e.report_seq = r.seq
    WHERE r.seq > :after AND NOT EXISTS (SELECT 1 FROM linked k WHERE k.report_seq = r.seq AND k.run_seq = e.run_seq
        AND k.by_seq = (SELECT seq FROM runs WHERE id = :by)) ORDER BY r.seq LIMIT :limit"""


_NEAR = """SELECT s.attribution_seq, s.vector FROM statements s
    WHERE s.by_seq = (SELECT seq FROM runs WHERE id = ?) AND s.cell = ? ORDER BY s.attribution_seq DESC LIMIT ?"""


def unlinked(connection: Connection, by: str, after: int, limit: int) -> list[Unlinked]:
    """The next reports in order of recording whose attributions, as their newest run has them, this run has not
    compared."""
    seqs = connection.execute(text(_UNLINKED), {"by": by, "after": after, "limit": limit}).scalars().all()
    return [Unlinked(seq, read.extraction(connection, seq)) for seq in seqs]


def near(connection: Connection, by: str, cell: int) -> tuple[list[int], bytes]:
    """The attributions, by number, whose statements lie in a cell, the newest ones, and their vectors one after the
    other."""
    rows = connection.exec_driver_sql(_NEAR, (by, cell, NEAR)).all()
    return [row[0] for row in rows], b"".join(row[1] for row in rows)


def stated(connection: Connection, by: str, numbers: Collection[int]) -> dict[int, Stated]:
    """What these attributions, by number, state."""
    s, a = t.statements.c, t.attributions.c
    query = (
        select(s.attribution_seq, a.id, s.cell, s.vector, s.text, s.bearing, s.flags, s.days)
        .join(t.attributions, a.seq == s.attribution_seq)
        .join(t.runs, t.runs.c.seq == s.by_seq)
        .where(t.runs.c.id == by, s.attribution_seq.in_(bindparam("numbers", expanding=True)))
    )
    return {
        row.attribution_seq: Stated(
            row.id,
            row.cell,
            row.vector,
            row.text,
            row.bearing,
            **{name: name in row.flags.split() for name in _FLAGS},
            days=tuple(row.days.split()),
        )
        for part in _parts(sorted(numbers))
        for row in connection.execute(query, {"numbers": part})
    }


def add(connection: Connection, batch: Sequence[tuple[int, Sequence[Stated], Sequence[Judgement]]], by: int) -> None:
    """Write what the attributions of reports, by number, state, and how they were judged to stand to others."""
    touched: set[str] = set()
    for report, stated, judgements in batch:
        newest = connection.execute(text(_NEWEST), {"report": report}).scalar_one()
        before = select(t.attributions.c.id).join(t.statements).where(t.statements.c.report_seq == report)
        former = set(connection.execute(before).scalars())
        touched |= former | _withdraw_former(connection, former, by)
        connection.execute(delete(t.statements).where(t.statements.c.report_seq == report))
        connection.execute(delete(t.linked).where(t.linked.c.report_seq == report))
        connection.execute(insert(t.linked), {"report_seq": report, "run_seq": newest, "by_seq": by})
        known = select(t.attributions.c.id, t.attributions.c.seq).where(t.attributions.c.report_seq == report)
        seqs = {row.id: row.seq for row in connection.execute(known)}
        rows = [
            {
                "attribution_seq": seqs[each.attribution],
                "by_seq": by,
                "report_seq": report,
                "run_seq": newest,
                "cell": each.cell,
                "vector": each.vector,
                "text": each.text,
                "bearing": each.bearing,
                "flags": " ".join(name for name in _FLAGS if getattr(each, name)),
                "days": " ".join(each.days),
            }
            for each in {each.attribution: each for each in stated}.values()
        ]
        if rows:
            connection.execute(insert(t.statements), rows)
        touched |= {each.attribution for each in stated}
        sql = "DELETE FROM alike WHERE report_seq = :report AND a >= 'attribution-' AND a < 'attribution.'"
        connection.execute(text(sql), {"report": report})
        touched |= positions.keep_judged(connection, report)
        for judgement in judgements:
            judged.judge(connection, judgement)
            touched |= {judgement.a, judgement.b}
    identities.regroup(connection, touched)


def _withdraw_former(connection: Connection, ids: Collection[str], by: int) -> set[str]:
    """Take back what other versions of the engine judged of these attributions: they are compared anew. The rows that
    it was judged of."""
    run = connection.execute(select(t.runs).filter_by(seq=by)).one()
    others = select(t.runs.c.id).where(t.runs.c.engine == run.engine, t.runs.c.id != run.id)
    former = set(connection.execute(others).scalars())
    stale = [j for j in judged.touching(connection, ids) if j.by in former] if former else []
    for j in stale:
        judged.withdraw(connection, Withdrawal(j.id, "engine", run.id, datetime.now(UTC), "compared anew"))
    return {row for j in stale for row in (j.a, j.b)}


_NEWEST = """SELECT max(x.run_seq) FROM examinations x JOIN readings g ON g.seq = x.reading_seq
    WHERE g.report_seq = :report"""


_SIZES = text("SELECT * FROM claim_sizes WHERE claim IN :claims").bindparams(bindparam("claims", expanding=True))
_POSITIONS = text("SELECT * FROM positions WHERE claim IN :claims").bindparams(bindparam("claims", expanding=True))
_BEARING = text(
    "SELECT a.id, p.claim FROM positions p JOIN attributions a ON a.seq = p.attribution_seq WHERE a.id IN :ids"
).bindparams(bindparam("ids", expanding=True))
_PRINTED = text(
    """SELECT a.seq, coalesce(c.cluster, r.id) AS text,
        (SELECT max(g.headline_end) FROM readings g WHERE g.report_seq = r.seq) AS headline
    FROM attributions a JOIN reports r ON r.seq = a.report_seq LEFT JOIN clusters c ON c.member = r.id
    WHERE a.seq IN :seqs"""
).bindparams(bindparam("seqs", expanding=True))
_JOINED = """SELECT s.claim FROM claim_sizes s JOIN clusters c ON c.cluster = s.claim WHERE c.member = :id
    AND NOT EXISTS (SELECT 1 FROM statements d JOIN attributions a ON a.seq = d.attribution_seq WHERE a.id = :id)"""


def take_in(connection: Connection, judgements: Sequence[Judgement], withdrawals: Sequence[Withdrawal]) -> int:
    """Append judgements and withdrawals made in another record; how many were new. Raises NotFound."""
    count = select(func.count()).select_from(t.judgements)
    also = select(func.count()).select_from(t.withdrawals)
    before = connection.execute(count).scalar_one() + connection.execute(also).scalar_one()
    rows: set[str] = set()
    for judgement in judgements:
        judged.judge(connection, judgement)
        rows |= {judgement.a, judgement.b}
    for withdrawal in withdrawals:
        judged.withdraw(connection, withdrawal)
        rows |= judged.rows_of(connection, withdrawal.judgement_id)
    if rows:
        derived.judged(connection, rows, () if withdrawals else {j.relation for j in judgements})
    return int(connection.execute(count).scalar_one() + connection.execute(also).scalar_one() - before)


def led_to(connection: Connection, attribution_id: str) -> str:
    """The claim that an attribution, by id, leads to. Raises NotFound where it bears on none."""
    asked = {"id": attribution_id}
    sql = "SELECT p.claim FROM positions p JOIN attributions a ON a.seq = p.attribution_seq WHERE a.id = :id"
    found = connection.execute(text(sql), asked).scalar()
    if found is None:  # one of an older run, say, that people or engines joined to others
        found = connection.execute(text(_JOINED), asked).scalar()
    if found is None:
        raise NotFound(
            "that attribution bears on no claim.",
            which=attribution_id,
            advice="It asks, demands or tells what others say, a person took it out, or claims are yet to be compared.",
        )
    return str(found)


def listed(
    connection: Connection,
    limit: int,
    offset: int,
    *,
    since: str | None = None,
    publisher: str | None = None,
    entity: str | None = None,
    disputed: bool = False,
    many: bool = False,
    order: ClaimOrder = "largest",
) -> list[str]:
    """Claims by how many attributions bear on them, or by the last one recorded; with one published since a day, by a
    publisher, or of an entity (its id)."""
    check_limit(limit)
    where, joins = [], ""
    if since or publisher:
        joins = " JOIN attributions a ON a.seq = p.attribution_seq JOIN reports r ON r.seq = a.report_seq"
        where += ["r.published >= :since"] * bool(since) + ["lower(r.publisher) = lower(:publisher)"] * bool(publisher)
    if entity:
        joins += " JOIN voices v ON v.attribution_seq = p.attribution_seq"
        where.append("v.member IN (SELECT member FROM clusters WHERE cluster = :entity UNION SELECT :entity)")
    held = [f"claim IN (SELECT p.claim FROM positions p{joins} WHERE {' AND '.join(where)})"] if where else []
    held += ["disputed"] * disputed + ["attributions > 1"] * many
    kept = f" WHERE {' AND '.join(held)}" if held else ""
    by = "last DESC, claim" if order == "newest" else "attributions DESC, last DESC, claim"
    asked = {"limit": limit, "offset": max(0, offset), "since": since, "publisher": publisher, "entity": entity}
    sql = f"SELECT claim FROM claim_sizes{kept} ORDER BY {by} LIMIT :limit OFFSET :offset"
    return list(connection.execute(text(sql), asked).scalars())


def after(connection: Connection, last: str, limit: int) -> list[str]:
    """The next claims by id."""
    sql = "SELECT claim FROM claim_sizes WHERE claim > :last ORDER BY claim LIMIT :limit"
    return list(connection.execute(text(sql), {"last": last, "limit": limit}).scalars())


def of_attributions(connection: Connection, ids: Sequence[str]) -> list[str]:
    """The claims that these attributions bear on, in the order of the attributions, each once."""
    held = {row.id: row.claim for part in _parts(ids) for row in connection.execute(_BEARING, {"ids": part})}
    return list(dict.fromkeys(held[each] for each in ids if each in held))


def claim(connection: Connection, name: str) -> ClaimRow:
    """A claim by its own id, with all positions on it."""
    return claims(connection, [name])[0]


def claims(connection: Connection, names: Sequence[str]) -> list[ClaimRow]:
    """Claims by their own ids, in that order, with all positions on them; a few queries for all of them together."""
    sizes: dict[str, Any] = {}
    claim_of: dict[int, str] = {}
    held: dict[int, Row[Any]] = {}
    for part in _parts(list(dict.fromkeys(names))):
        sizes |= {row.claim: row for row in connection.execute(_SIZES, {"claims": part})}
        for row in connection.execute(_POSITIONS, {"claims": part}):
            held[row.attribution_seq], claim_of[row.attribution_seq] = row, row.claim
    said: dict[int, Said] = {}
    for part in _parts(sorted(held)):
        said |= dict(zip(part, read.saids(connection, part), strict=True))
    texts, headlines = _reports(connection, sorted(held))
    claim_with = {each.id: claim_of[seq] for seq, each in said.items()}
    judgements: dict[str, list[Judgement]] = {}
    for j in _on(connection, claim_with.keys()):
        for name in {claim_with[row] for row in (j.a, j.b) if row in claim_with}:
            judgements.setdefault(name, []).append(j)
    by_hand = {
        judged.stance_by(j)[0]: j.by for each in judgements.values() for j in each if j.relation == judged.STANCE
    }
    positions: dict[str, list[Position]] = {}
    for seq, each in said.items():
        own, headline = bool(held[seq].own), all(c.end <= headlines[seq] for c in each.content)
        position = Position(each, held[seq].stance, texts[seq], own, headline, by_hand.get(each.id))
        positions.setdefault(claim_of[seq], []).append(position)
    rivals = {
        name: {row for j in each if j.relation == "contradicts" for row in (j.a, j.b) if claim_with.get(row) != name}
        for name, each in judgements.items()
    }
    leads = _claims_of(connection, {row for each in rivals.values() for row in each})
    found = []
    for name in names:
        size, mine = sizes[name], positions[name]
        mine.sort(key=lambda p: (p.day is None, p.day or "", p.said.report.id, p.said.content[0].start))
        wording = size.named or " ".join(c.text for c in said[size.wording_seq].content)
        others = dict.fromkeys(leads[row] for row in sorted(rivals.get(name, ())) if row in leads)
        on_it = tuple(judgements.get(name, ()))
        against = tuple(c for c in others if c != name)
        found.append(ClaimRow(name, wording, size.named is not None, tuple(mine), against, on_it))
    return found


def _reports(connection: Connection, seqs: Sequence[int]) -> tuple[dict[int, str], dict[int, int]]:
    """Of attributions the name of the text that their report prints, and where its headline ends in it (0: none)."""
    texts: dict[int, str] = {}
    headlines: dict[int, int] = {}
    for part in _parts(seqs):
        for row in connection.execute(_PRINTED, {"seqs": part}):
            texts[row.seq], headlines[row.seq] = row.text, row.headline or 0
    return texts, headlines


def _on(connection: Connection, ids: Collection[str]) -> list[Judgement]:
    """Judgements in force on these attributions, oldest first."""
    found = judged.touching(connection, ids)
    return sorted(found, key=lambda j: (j.at, j.id))


def _claims_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Of attributions the claim that each bears on, where there is one."""
    found: dict[str, str] = {}
    for part in _parts(sorted(ids)):
        found |= {row.id: row.claim for row in connection.execute(_BEARING, {"ids": part})}
    return found


def _parts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    for k in range(0, len(rows), _PART):
        yield list(rows[k : k + _PART])
