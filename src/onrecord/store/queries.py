"""Saved queries: what was new to each when, and what is on its way to their webhooks. No words of claims are kept here,
only their ids: what is told of them is asked of the record when it is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from onrecord.errors import NotFound, UsageError
from onrecord.store import schema as t
from onrecord.store.database import Database
from onrecord.store.packing import from_json, moment, now, to_json
from onrecord.store.watch_rows import Delivery, DeliveryState, NewsRow, SavedQuery

_Q, _N, _D = t.saved_queries.c, t.query_news.c, t.deliveries.c
_AT_ONCE = 100
"""Claims in one delivery, at most; more are sent in the next."""


class Queries:
    """`protocol.Queries` on one SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        name: str,
        words: str,
        asked: Mapping[str, Any],
        *,
        webhook: str | None = None,
        secret_env: str | None = None,
        allow_private: bool = False,
    ) -> SavedQuery:
        """Save a query. Raises UsageError where the name is taken."""
        with self._database.write() as connection:
            if connection.execute(select(_Q.seq).where(_Q.name == name)).first():
                raise UsageError(
                    "there is a query of that name.", which=name, advice="Remove it first, or name another."
                )
            row: dict[str, Any] = {
                "name": name,
                "words": words,
                "asked": to_json(dict(asked)),
                "added": now(),
                "webhook": webhook,
            }
            row |= {"secret_env": secret_env, "allow_private": int(allow_private)} | dict.fromkeys(_MARKS, 0)
            connection.execute(insert(t.saved_queries), row)
            return _queries(connection, _Q.name == name)[0]

    def remove(self, name: str) -> None:
        """Forget a query and all news of it. Raises NotFound."""
        number = self.get(name).number
        with self._database.write() as connection:
            for table in (t.deliveries, t.query_news):
                connection.execute(delete(table).where(table.c.query_seq == number))
            connection.execute(delete(t.saved_queries).where(_Q.seq == number))

    def all(self) -> list[SavedQuery]:
        """The saved queries, by name."""
        with self._database.read() as connection:
            return _queries(connection, _Q.seq.is_not(None))

    def get(self, name: str) -> SavedQuery:
        """The query of that name. Raises NotFound."""
        with self._database.read() as connection:
            found = _queries(connection, _Q.name == name)
        if not found:
            raise NotFound("no query of that name is saved.", which=name, advice="See: onrecord watch query list")
        return found[0]

    def noticed(self, query: int, answers: Mapping[str, str]) -> int:
        """Note which claims answer a query now; how many are new to it or have changed."""
        with self._database.write() as connection:
            last = select(func.max(_N.seq)).where(_N.query_seq == query).group_by(_N.claim)
            held = select(_N.claim, _N.state).where(_N.seq.in_(last))
            before: dict[str, str] = {row.claim: row.state for row in connection.execute(held)}
            at = now()
            rows = [
                {"query_seq": query, "claim": claim, "state": state, "first": int(claim not in before), "at": at}
                for claim, state in answers.items()
                if before.get(claim) != state
            ]
            if rows:
                connection.execute(insert(t.query_news), rows)
            return len(rows)

    def news(self, query: int, *, after: int = 0, since: datetime | None = None, limit: int) -> list[NewsRow]:
        """What was new, of each claim the last, newest first."""
        last = select(func.max(_N.seq)).where(_N.query_seq == query).group_by(_N.claim)
        wanted = select(_N.seq, _N.claim, _N.first, _N.at).where(_N.seq.in_(last), _N.seq > after)
        if since is not None:
            wanted = wanted.where(_N.at >= since.isoformat(timespec="microseconds"))
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(_N.seq.desc()).limit(limit)).all()
        return [NewsRow(row.seq, row.claim, bool(row.first), datetime.fromisoformat(row.at)) for row in rows]

    def told(self, query: int, *, fed: int | None = None, digested: int | None = None) -> None:
        """Note up to which news a feed or a digest has told."""
        marks = {name: mark for name, mark in (("fed", fed), ("digested", digested)) if mark is not None}
        if marks:
            with self._database.write() as connection:
                connection.execute(update(t.saved_queries).where(_Q.seq == query), marks)

    def prepare(self, query: int, *, send: bool) -> None:
        """Make deliveries of all news that the webhook was not sent yet; or with `send` false, count it as sent."""
        with self._database.write() as connection:
            sent = select(_Q.sent).where(_Q.seq == query).scalar_subquery()
            fresh = select(func.max(_N.seq), _N.claim).where(_N.query_seq == query, _N.seq > sent).group_by(_N.claim)
            rows = sorted((seq, claim) for seq, claim in connection.execute(fresh))
            if not rows:
                return
            for start in range(0, len(rows) if send else 0, _AT_ONCE):
                claims = [claim for _, claim in rows[start : start + _AT_ONCE]]
                row = {"id": f"delivery-{uuid4()}", "query_seq": query, "claims": to_json(claims), "made": now()}
                connection.execute(insert(t.deliveries), row | {"state": "waiting", "tries": 0, "due": now()})
            connection.execute(update(t.saved_queries).where(_Q.seq == query), {"sent": rows[-1][0]})

    def deliveries(self, at: datetime, *, limit: int) -> list[Delivery]:
        """Deliveries that are due, oldest first."""
        columns = (_D.id, _Q.name, _Q.webhook, _Q.secret_env, _Q.allow_private, _D.claims, _D.made, _D.tries)
        due = (_D.state == "waiting") & (_D.due <= at.isoformat(timespec="microseconds"))
        wanted = select(*columns).join(t.saved_queries, _Q.seq == _D.query_seq).where(due)
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(_D.seq).limit(limit)).all()
        return [
            Delivery(
                row.id,
                row.name,
                row.webhook,
                row.secret_env,
                bool(row.allow_private),
                tuple(from_json(row.claims)),
                datetime.fromisoformat(row.made),
                row.tries,
            )
            for row in rows
        ]

    def delivered(
        self, id_: str, state: DeliveryState, *, problem: str | None = None, due: datetime | None = None, tried: bool
    ) -> None:
        """Record what came of trying a delivery."""
        row: dict[str, Any] = {"state": state, "problem": problem, "tries": _D.tries + tried}
        if due is not None:
            row["due"] = due.isoformat(timespec="microseconds")
        with self._database.write() as connection:
            connection.execute(update(t.deliveries).where(_D.id == id_).values(row))


_MARKS = ("fed", "digested", "sent")


def _queries(connection: Connection, which: Any) -> list[SavedQuery]:
    rows = connection.execute(select(t.saved_queries).where(which).order_by(_Q.name)).all()
    return [_query(connection, row) for row in rows]


def _query(connection: Connection, row: Row[Any]) -> SavedQuery:
    mine = _D.query_seq == row.seq
    counted = select(_D.state, func.count()).where(mine).group_by(_D.state)
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted)}
    troubled = select(_D.problem).where(mine, _D.problem.is_not(None)).order_by(_D.seq.desc()).limit(1)
    problem = connection.execute(troubled).scalar()
    return SavedQuery(
        number=row.seq,
        name=row.name,
        words=row.words,
        asked=from_json(row.asked),
        added=moment(row.added) or datetime.min,
        webhook=row.webhook,
        secret_env=row.secret_env,
        allow_private=bool(row.allow_private),
        fed=row.fed,
        digested=row.digested,
        problem=problem,
        **counts,
    )
