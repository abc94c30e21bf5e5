"""The judged rows: judgements and withdrawals, only ever appended, and which of them are in force."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, insert, or_, select, text

from onrecord.errors import NotFound, UsageError
from onrecord.store import schema as t
from onrecord.store.redress_rows import ERASED
from onrecord.store.review_rows import SPANS, Spans, is_decision
from onrecord.store.rows import Judgement, Relation, Withdrawal

NAMED: Relation = "named"
SPEAKER: Relation = "speaker"
STANCE: Relation = "stance"
_NAME = "name:"
_STANCE = "stance:"
ON_ONE = ("right", "wrong", "spans", "act", "modality", "skipped")
"""Relations that a row may have alone, with what is said of it in the other's place (`review_rows`)."""
STANCES = ("affirms", "denies", "doubts", "declines", "none")
"""What a person may set; the last: it bears on no claim."""
DOUBTED = """INSERT OR IGNORE INTO doubted SELECT seq, CASE WHEN a >= 'attribution-' AND a < 'attribution.' THEN 'link'
    ELSE 'entity' END, score FROM judgements WHERE by_kind = 'engine' AND score IS NOT NULL AND (a < 'report-' AND
    relation = 'same' OR relation IN ('opposes', 'contradicts')) AND {where}"""
"""Notes what engines judged of two attributions or entities, to be found by how sure they are."""
BY_PEOPLE = (
    """INSERT OR IGNORE INTO by_people SELECT seq, by, a, b FROM judgements WHERE by_kind = 'person' AND {where}"""
)
_JUDGED = {"report": t.reports, "attribution": t.attributions, "entity": t.entities}


def judge(connection: Connection, judgement: Judgement) -> str:
    """Append a judgement, unless it is there already. Raises NotFound where a judged row is not in the record,
    UsageError where spans lie outside the text."""
    for row_id in (judgement.a, judgement.b):
        if not is_there(connection, row_id, judgement.relation):
            raise NotFound("there is no such row to judge.", which=row_id, advice="Name rows of the record by id.")
    if wrong := outside(connection, judgement):
        raise UsageError(f"{wrong}.", which=judgement.a, advice="Take offsets from the text of its report.")
    a, b = sorted((judgement.a, judgement.b))
    row = {name: getattr(judgement, name) for name in ("relation", "by_kind", "by", "score", "reason")}
    row |= {"a": a, "b": b, "id": judgement.id, "at": judgement.at.isoformat()}
    same = {"id": judgement.id}
    if judgement.by_kind == "engine":
        same = {name: row[name] for name in ("a", "b", "relation", "by_kind", "by")}
    known = connection.execute(select(t.judgements.c.id).filter_by(**same).order_by(t.judgements.c.seq)).scalar()
    if known is not None:
        return str(known)
    seq = connection.execute(insert(t.judgements).returning(t.judgements.c.seq), row).scalar_one()
    for note in (DOUBTED, BY_PEOPLE):
        connection.exec_driver_sql(note.format(where="seq = ?"), (seq,))
    return judgement.id


def outside(connection: Connection, judgement: Judgement) -> str | None:
    """What spans that a judgement gives do not fit the text of their attribution; None where they do."""
    if judgement.relation != "spans":
        return None
    attribution, spans = sorted((judgement.a, judgement.b))
    sql = text("SELECT length(r.text) FROM attributions a JOIN reports r ON r.seq = a.report_seq WHERE a.id = :id")
    length = connection.execute(sql, {"id": attribution}).scalar()
    end = Spans.read(spans.removeprefix(SPANS)).end
    return f"its spans reach to {end}, outside the text" if length is not None and end > length else None


def is_there(connection: Connection, row_id: str, relation: str) -> bool:
    """Whether a judgement of that relation may be on this row: one of the record, or of a name, the name."""
    if relation == NAMED and row_id.startswith(_NAME):
        return len(row_id) > len(_NAME)
    if relation == STANCE and row_id.startswith(_STANCE):
        return row_id.removeprefix(_STANCE) in STANCES
    if relation in ON_ONE and ":" in row_id:
        return is_decision(row_id)
    table = _JUDGED.get(row_id.split("-", 1)[0])
    return table is not None and _held(connection, table, row_id)


def _held(connection: Connection, table: Table, row_id: str) -> bool:
    return connection.execute(select(table.c.id).where(table.c.id == row_id).limit(1)).first() is not None


def named_by(judgement: Judgement) -> str:
    """The name that a judgement gives."""
    return next((row.removeprefix(_NAME) for row in (judgement.a, judgement.b) if row.startswith(_NAME)), "")


def stance_by(judgement: Judgement) -> tuple[str, str]:
    """The attribution and the stance that a judgement sets."""
    attribution, stance = sorted((judgement.a, judgement.b))
    return attribution, stance.removeprefix(_STANCE)


def withdraw(connection: Connection, withdrawal: Withdrawal) -> str:
    """Append a withdrawal, unless it is there already. Raises NotFound where there is nothing to withdraw."""
    target = withdrawal.judgement_id
    if not any(_held(connection, table, target) for table in (t.judgements, t.withdrawals, t.replies)):
        raise NotFound("there is no such judgement.", which=target, advice="Name one by its full id.")
    if not _held(connection, t.withdrawals, withdrawal.id):
        row = {name: getattr(withdrawal, name) for name in ("by_kind", "by", "reason")}
        row |= {"id": withdrawal.id, "target": target, "at": withdrawal.at.isoformat()}
        connection.execute(insert(t.withdrawals), row)
    return withdrawal.id


def rows_of(connection: Connection, target: str) -> set[str]:
    """The rows that a judgement is on; of a withdrawal, those of what it withdraws in the end; of a reply, none."""
    while True:
        row = connection.execute(select(t.judgements.c.a, t.judgements.c.b).filter_by(id=target)).first()
        if row is not None:
            return {row.a, row.b}
        if _held(connection, t.replies, target):
            return set()
        target = connection.execute(select(t.withdrawals.c.target).filter_by(id=target)).scalar_one()


def judgements(connection: Connection, row_id: str | None, *, withdrawn: bool) -> list[Judgement]:
    """Judgements of one row or of all, oldest first; without `withdrawn`, only those in force."""
    j = t.judgements.c
    query = select(t.judgements).order_by(j.seq)
    if row_id is not None:
        query = query.where(or_(j.a == row_id, j.b == row_id))
    left = set() if withdrawn else gone(connection)
    return [judgement_of(row) for row in connection.execute(query) if row.id not in left]


def judgement_of(row: Row[Any]) -> Judgement:
    """A row as a value."""
    kept = row.id if ERASED in (row.reason, row.by, row.a[-len(ERASED) :], row.b[-len(ERASED) :]) else None
    return Judgement(row.a, row.b, row.relation, row.by_kind, row.by, _when(row.at), row.score, row.reason, kept)


_TOUCHING = tuple(
    select(t.judgements).where(column.in_(bindparam("rows", expanding=True)))
    for column in (t.judgements.c.a, t.judgements.c.b)
)
_WITHDRAWING = select(t.withdrawals).where(t.withdrawals.c.target.in_(bindparam("targets", expanding=True)))


def touching(connection: Connection, rows: Collection[str], *, everything: bool = False) -> list[Judgement]:
    """Judgements on these rows, by id; without `everything`, those in force."""
    found: dict[str, Judgement] = {}
    for part in _parts(sorted(rows)):
        for query in _TOUCHING:
            for row in connection.execute(query, {"rows": part}):
                found[row.id] = judgement_of(row)
    withdrawn = frozenset[str]() if everything else gone(connection, found)
    return [judgement for name, judgement in found.items() if name not in withdrawn]


def withdrawal_of(row: Row[Any]) -> Withdrawal:
    """A row as a value."""
    return Withdrawal(row.target, row.by_kind, row.by, _when(row.at), row.reason)


def gone(connection: Connection, among: Collection[str] | None = None) -> set[str]:
    """Ids of what is withdrawn, of everything or `among` these judgements. A withdrawal only ever names an earlier row,
    so the newest decide first."""
    if among is None:
        rows = list(connection.execute(select(t.withdrawals)))
    else:
        rows, targets = [], list(among)
        while targets:
            parts = (connection.execute(_WITHDRAWING, {"targets": part}).all() for part in _parts(targets))
            found = [row for part in parts for row in part]
            rows += found
            targets = [row.id for row in found]
    left: set[str] = set()
    for row in sorted(rows, key=lambda row: -int(row.seq)):
        if row.id not in left:
            left.add(row.target)
    return left


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _parts(rows: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    for k in range(0, len(rows), size):
        yield rows[k : k + size]
