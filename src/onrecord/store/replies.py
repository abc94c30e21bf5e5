"""What people concerned say to a report or a claim: only appended, taken back by a later row, erased by a takedown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from onrecord.errors import NotFound
from onrecord.store import judged
from onrecord.store import schema as t
from onrecord.store.redress_rows import ERASED, Reply, Takedown

_PART = 500
_MAY_BE_REPLIED_TO = {"report": t.reports, "attribution": t.attributions}


def add(connection: Connection, reply: Reply) -> str:
    """Append a reply; its id. Raises NotFound where there is nothing of that id to reply to."""
    table = _MAY_BE_REPLIED_TO.get(reply.target.split("-", 1)[0])
    there = table is not None and connection.execute(select(table.c.id).filter_by(id=reply.target)).first()
    if not there:
        raise NotFound("there is no such report or attribution.", which=reply.target, advice="Name one by its id.")
    row = {name: getattr(reply, name) for name in ("id", "target", "name", "text", "by")}
    if not connection.execute(select(t.replies.c.id).filter_by(id=reply.id)).first():
        connection.execute(insert(t.replies), row | {"at": reply.at.isoformat()})
    return reply.id


def replies(connection: Connection, targets: Collection[str] | None, *, withdrawn: bool) -> list[Reply]:
    """Replies to these rows, by id, or to all, oldest first; those that were erased are none any more."""
    query = select(t.replies).where(t.replies.c.text != ERASED)
    parts = [query]
    if targets is not None:
        every = sorted(targets)
        parts = [query.where(t.replies.c.target.in_(every[k : k + _PART])) for k in range(0, len(every), _PART)]
    rows = sorted((row for part in parts for row in connection.execute(part)), key=lambda row: int(row.seq))
    gone = judged.gone(connection) if rows and not withdrawn else set()
    return [reply_of(row) for row in rows if row.id not in gone]


def reply_of(row: Row[Any]) -> Reply:
    """A row as a value."""
    return Reply(row.target, row.name, row.text, row.by, datetime.fromisoformat(row.at))


def takedowns(connection: Connection) -> list[Takedown]:
    """What is left of reports that were taken down, oldest first."""
    query = select(t.takedowns).order_by(t.takedowns.c.seq)
    return [
        Takedown(row.report_id, row.by, row.reason, datetime.fromisoformat(row.at)) for row in connection.execute(query)
    ]
