"""The judged rows: judgements and withdrawals, only ever appended, and which of them are in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select

from onrecord.errors import NotFound
from onrecord.store import schema as t
from onrecord.store.rows import Judgement, Withdrawal
from onrecord.store.write import seq_of

_JUDGED = {"report": t.reports, "attribution": t.attributions}


def judge(connection: Connection, judgement: Judgement) -> str:
    """Append a judgement, unless it is there already. Raises NotFound where a judged row is not in the record."""
    for row_id in (judgement.a, judgement.b):
        table = _JUDGED.get(row_id.split("-", 1)[0])
        if table is None or seq_of(connection, table, id=row_id) is None:
            raise NotFound("there is no such row to judge.", which=row_id, advice="Name reports or attributions by id.")
    a, b = sorted((judgement.a, judgement.b))
    row = {name: getattr(judgement, name) for name in ("relation", "by_kind", "by", "score", "reason")}
    row |= {"a": a, "b": b, "id": judgement.id, "at": judgement.at.isoformat()}
    same = {"id": judgement.id}
    if judgement.by_kind == "engine":
        same = {name: row[name] for name in ("a", "b", "relation", "by_kind", "by")}
    known = connection.execute(select(t.judgements.c.id).filter_by(**same).order_by(t.judgements.c.seq)).scalar()
    if known is not None:
        return str(known)
    connection.execute(insert(t.judgements), row)
    return judgement.id


def withdraw(connection: Connection, withdrawal: Withdrawal) -> str:
    """Append a withdrawal, unless it is there already. Raises NotFound where there is nothing to withdraw."""
    target = withdrawal.judgement_id
    if all(seq_of(connection, table, id=target) is None for table in (t.judgements, t.withdrawals)):
        raise NotFound("there is no such judgement.", which=target, advice="Name one by its full id.")
    if seq_of(connection, t.withdrawals, id=withdrawal.id) is None:
        row = {name: getattr(withdrawal, name) for name in ("by_kind", "by", "reason")}
        row |= {"id": withdrawal.id, "target": target, "at": withdrawal.at.isoformat()}
        connection.execute(insert(t.withdrawals), row)
    return withdrawal.id


def judgements(connection: Connection, row_id: str | None, *, withdrawn: bool) -> list[Judgement]:
    """Judgements of one row or of all, oldest first; without `withdrawn`, only those in force."""
    j = t.judgements.c
    query = select(t.judgements).order_by(j.seq)
    if row_id is not None:
        query = query.where(or_(j.a == row_id, j.b == row_id))
    gone = set() if withdrawn else _gone(connection)
    return [judgement_of(row) for row in connection.execute(query) if row.id not in gone]


def judgement_of(row: Row[Any]) -> Judgement:
    """A row as a value."""
    return Judgement(row.a, row.b, row.relation, row.by_kind, row.by, _when(row.at), row.score, row.reason)


def withdrawal_of(row: Row[Any]) -> Withdrawal:
    """A row as a value."""
    return Withdrawal(row.target, row.by_kind, row.by, _when(row.at), row.reason)


def _gone(connection: Connection) -> set[str]:
    """Ids of what is withdrawn. A withdrawal only ever names an earlier row, so the newest decide first."""
    gone: set[str] = set()
    for row in connection.execute(select(t.withdrawals).order_by(t.withdrawals.c.seq.desc())):
        if row.id not in gone:
            gone.add(row.target)
    return gone


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text)
