"""Watched places, and the items they list: where the work stands. What is read is in the record itself.

An item is one by its key (its address) in the whole record, and by its place's own id for it within the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from onrecord.errors import NotFound
from onrecord.model import content_id
from onrecord.store import schema as t
from onrecord.store.database import Database
from onrecord.store.lock import alone
from onrecord.store.observed import plain
from onrecord.store.packing import from_json, moment, now, to_json
from onrecord.store.read import addresses_of
from onrecord.store.watch_rows import EVERY, Became, Item, ItemState, Look, Met, Place, PlaceKind, item_key

_P, _I = t.places.c, t.place_items.c
_KEYS = 500
"""Items looked up at once."""
_COUNTED = {"waiting": "waiting", "read": "read", "known": "read", "failed": "failed"}


class Watching:
    """`protocol.Watching` on one SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else is running what is watched; keeps others from it for the length of the block."""
        with alone(self._database.path, "watch") as free:
            yield free

    def add(
        self,
        address: str,
        kind: PlaceKind,
        *,
        title: str | None = None,
        under: Sequence[str] = (),
        every: int | None = None,
    ) -> tuple[Place, bool]:
        """Watch a place; also whether it is new."""
        id_ = content_id("place", [address])
        with self._database.write() as connection:
            found = connection.execute(select(_P.seq, _P.removed).where(_P.id == id_)).first()
            given = {
                "title": plain(title) if title else None,
                "under": to_json(under) if under else None,
                "every": every,
            }
            told = {name: value for name, value in given.items() if value is not None}
            if found is None:
                fresh = {"id": id_, "kind": kind, "address": plain(address), "url": plain(address), "added": now()}
                usual = {"title": None, "under": "[]", "every": EVERY[kind], "failures": 0, "notes": "[]", "due": now()}
                connection.execute(insert(t.places), usual | fresh | told)
            else:
                again = {"removed": None, "due": now(), "etag": None, "modified": None} if found.removed else {}
                connection.execute(update(t.places).where(_P.seq == found.seq), told | again or {"removed": None})
                dropped = (_I.place_seq == found.seq) & (_I.state == "dropped") & _I.url.is_not(None)
                connection.execute(update(t.place_items).where(dropped), {"state": "waiting", "due": now()})
            place = _places(connection, _P.id == id_)[0]
            return place, found is None or found.removed is not None

    def remove(self, address: str) -> tuple[Place, int]:
        """Watch a place, by its address, no more; also how many items it had waiting. Raises NotFound."""
        with self._database.write() as connection:
            named = (_P.address == address) | (_P.url == address) | (_P.id == address)
            found = _places(connection, named & _P.removed.is_(None))
            if not found:
                raise NotFound("is not watched.", which=address, advice="See: onrecord watch list")
            place = found[0]
            connection.execute(update(t.places).where(_P.seq == place.number), {"removed": now()})
            waiting = (_I.place_seq == place.number) & (_I.state == "waiting")
            connection.execute(update(t.place_items).where(waiting), {"state": "dropped"})
            return place, place.waiting

    def places(self) -> list[Place]:
        """All that are watched, in the order of being added."""
        with self._database.read() as connection:
            return _places(connection, _P.removed.is_(None))

    def looked(self, look: Look, items: Sequence[Met]) -> int:
        """Record what came of asking a place, with what it lists, in one transaction; how many items are new."""
        with self._database.write() as connection:
            at = now()
            row: dict[str, Any] = {"tried": at, "due": _iso(look.due), "problem": look.problem}
            if look.problem is not None:
                row["failures"] = _P.failures + 1
                connection.execute(update(t.places).where(_P.seq == look.place).values(row))
                return 0
            new, elsewhere = _take_in(connection, look.place, items, at)
            row["failures"] = 0
            if not look.unchanged:
                said = (f"{elsewhere} met before under another address: not read again",) if elsewhere else ()
                row |= {"etag": look.etag, "modified": look.modified, "notes": to_json([*look.notes, *said])}
                row["title"] = func.coalesce(_P.title, plain(look.title) if look.title else None)
            if look.url is not None:
                row["url"] = plain(look.url)
            if new:
                row["fresh"] = at
            connection.execute(update(t.places).where(_P.seq == look.place).values(row))
            return new

    def waiting(self, at: datetime, place: int | None = None, *, limit: int) -> list[Item]:
        """Items to be read that are due, those met first first; of one place, or of all."""
        due = (_I.state == "waiting") & (_I.due <= _iso(at)) & _P.removed.is_(None)
        with self._database.read() as connection:
            return _items(connection, due if place is None else due & (_I.place_seq == place), limit)

    def unread(self, state: ItemState, *, limit: int) -> list[Item]:
        """Items in a state, such as those that failed for good."""
        with self._database.read() as connection:
            return _items(connection, _I.state == state, limit)

    def next_due(self) -> datetime | None:
        """When the next place or item is due; None where nothing is watched."""
        with self._database.read() as connection:
            place = connection.execute(select(func.min(_P.due)).where(_P.removed.is_(None))).scalar()
            held = select(func.min(_I.due)).join(t.places, _P.seq == _I.place_seq)
            item = connection.execute(held.where(_I.state == "waiting", _P.removed.is_(None))).scalar()
            return moment(min((due for due in (place, item) if due), default=None))

    def settle(self, outcomes: Sequence[Became]) -> None:
        """Record what became of items, after their reports or failures were recorded."""
        with self._database.write() as connection:
            for each in outcomes:
                row: dict[str, Any] = {"state": each.state, "problem": each.problem, "tries": _I.tries + each.tried}
                row |= {"due": _iso(each.due)} if each.due else {}
                connection.execute(update(t.place_items).where(_I.seq == each.item).values(row))

    def pass_over(self) -> int:
        """Settle what is waiting although the record has it: read by hand since, or just before a crash."""
        with self._database.read() as connection:
            waiting = _items(connection, (_I.state == "waiting") & (_P.kind == "feed"), None)
            known = [item for item in waiting if _on_record(connection, item.url)]
        self.settle([Became(item.number, "known", tried=False) for item in known])
        return len(known)


def forget(connection: Connection, urls: Sequence[str]) -> None:
    """Erase what items at these addresses say, and never read them again: their report was taken down."""
    gone = {"state": "taken down", "url": None, "title": None, "published": None, "own": None, "problem": None}
    for url in urls:
        connection.execute(update(t.place_items).where(_I.key == item_key(url)), gone)


def _take_in(connection: Connection, place: int, items: Sequence[Met], at: str) -> tuple[int, int]:
    """Note the items that are new: how many are to be read, and how many had another address before."""
    new = elsewhere = 0
    states = _states(connection, [item.key for item in items])
    for item in items:
        if item.key in states:
            if states[item.key] == "dropped":
                connection.execute(update(t.place_items).where(_I.key == item.key), {"state": "waiting", "due": at})
            continue
        own = content_id("own", [place, item.own]) if item.own else None
        same = (_I.place_seq == place) & (_I.own == own)
        if own and connection.execute(select(_I.seq).where(same).limit(1)).first():
            elsewhere += 1
            continue
        known = item.url.startswith(("http:", "https:")) and _on_record(connection, item.url)
        row = {"place_seq": place, "key": item.key, "own": own, "url": plain(item.url), "met": at, "tries": 0}
        row |= {"title": plain(item.title) if item.title else None, "published": item.published, "due": at}
        connection.execute(insert(t.place_items), row | {"state": "known" if known else "waiting"})
        new += not known
    return new, elsewhere


def _states(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """What became of the items with these keys, of those that were met."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), _KEYS):
        wanted = select(_I.key, _I.state).where(_I.key.in_(keys[start : start + _KEYS]))
        found |= {row.key: row.state for row in connection.execute(wanted)}
    return found


def _on_record(connection: Connection, url: str) -> bool:
    """Whether a report was read from this address, or is of it."""
    origin = select(t.readings.c.seq).where(t.readings.c.origin == plain(url)).limit(1)
    return connection.execute(origin).first() is not None or bool(addresses_of(connection, url))


def _places(connection: Connection, which: Any) -> list[Place]:
    rows = connection.execute(select(t.places).where(which).order_by(_P.seq)).all()
    query = select(_I.place_seq, _I.state, func.count().label("n")).group_by(_I.place_seq, _I.state)
    if len(rows) == 1:
        query = query.where(_I.place_seq == rows[0].seq)
    counts: dict[int, dict[str, int]] = {}
    for each in connection.execute(query):
        name = _COUNTED.get(each.state)
        if name:
            mine = counts.setdefault(each.place_seq, {})
            mine[name] = mine.get(name, 0) + each.n
    return [_place(row, counts.get(row.seq, {})) for row in rows]


def _place(row: Row[Any], counts: dict[str, int]) -> Place:
    same = ("id", "kind", "address", "url", "title", "every", "etag", "modified", "failures", "problem")
    times = {name: moment(getattr(row, name)) for name in ("added", "tried", "fresh", "due")}
    lists = {name: tuple(from_json(getattr(row, name))) for name in ("under", "notes")}
    fields = {name: getattr(row, name) for name in same}
    return Place(number=row.seq, **fields, **times, **lists, **counts)  # type: ignore[arg-type]


def _items(connection: Connection, which: Any, limit: int | None) -> list[Item]:
    columns = (_I.seq, _I.place_seq, _P.kind, _I.url, _I.title, _I.published, _I.tries, _I.state, _I.problem)
    joined = select(*columns).join(t.places, _P.seq == _I.place_seq).where(which).order_by(_I.seq).limit(limit)
    return [Item(*row) for row in connection.execute(joined)]


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
