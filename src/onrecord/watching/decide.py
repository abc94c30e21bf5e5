"""What is due, how long to wait after a failure, what of a feed is new to look at. Pure: no clock, no storage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from onrecord.read.feeds import FeedItem
from onrecord.store import Met, Place, item_key

MOST_TRIES = 3
"""How often an item is tried before it stands as a failure."""
MOST_SENDS = 8
"""How often a delivery to a webhook is tried."""
_LONGEST = timedelta(days=1)
_ITEM_WAITS = (timedelta(minutes=15), timedelta(hours=1))
_FIRST_SEND = timedelta(minutes=1)
_LONGEST_SEND = timedelta(hours=6)


def due(places: Iterable[Place], at: datetime) -> list[Place]:
    """Places to ask now: those that answered last time first, so that none waits for those that did not."""
    return sorted((p for p in places if p.due <= at), key=lambda p: (p.failures, p.due, p.number))


def next_look(place: Place, at: datetime, *, failed: bool, rest: float = 0.0) -> datetime:
    """When a place is asked again: after its minutes; after failures twice as long each time, up to a day; and not
    before its site wants to be asked (`rest`, in seconds)."""
    wait = timedelta(minutes=place.every)
    if failed:
        wait = min(wait * 2 ** min(place.failures + 1, 16), max(_LONGEST, wait))
    return at + max(wait, timedelta(seconds=rest))


def next_try(tries: int, at: datetime, rest: float = 0.0) -> datetime | None:
    """When an item that failed so many times is tried again; None: never."""
    if tries >= MOST_TRIES:
        return None
    return at + max(_ITEM_WAITS[min(tries, len(_ITEM_WAITS)) - 1], timedelta(seconds=rest))


def next_send(tries: int, at: datetime) -> datetime | None:
    """When a delivery that failed so many times is tried again; None: never."""
    return None if tries >= MOST_SENDS else at + min(_FIRST_SEND * 2 ** (tries - 1), _LONGEST_SEND)


def listed(items: Iterable[FeedItem]) -> list[Met]:
    """Items as the record knows them, each address once. An id that several addresses share tells nothing apart."""
    found: dict[str, FeedItem] = {}
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        key = item_key(item.url)
        found.setdefault(key, item)
        if item.id:
            bearers[item.id].add(key)
    return [
        Met(key, item.id if item.id and len(bearers[item.id]) == 1 else None, item.url, item.title, item.published)
        for key, item in found.items()
    ]


def site(url: str) -> str:
    """What is asked one at a time: the host and port of an address."""
    return urlsplit(url).netloc.lower()
