"""What the store takes and gives back of watched places and saved queries: frozen values, as those of `rows`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from onrecord.model import address, content_id

PlaceKind = Literal["feed", "folder"]
EVERY: Mapping[PlaceKind, int] = {"feed": 15, "folder": 1}
"""Minutes between two looks at a place when nobody says."""
ItemState = Literal["waiting", "read", "known", "failed", "dropped", "taken down"]
"""Of an item. known: the record had a report of that address already; dropped: its place was removed before it was
read."""
DeliveryState = Literal["waiting", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Place:
    """A watched place, and where the work on it stands.

    `address` is as it was added, `url` where it is asked now, since a feed may have moved. `under`: the headings of an
    OPML list it stands under. `every` is in minutes. `etag` and `modified` name what was there last. `problem` says why
    the last try failed, `failures` how many failed in a row; `notes` what was left out of what is listed.
    `waiting`, `read`, `failed`: items by what became of them; those that the record had already count as read.
    """

    number: int
    id: str
    kind: PlaceKind
    address: str
    url: str
    title: str | None
    under: tuple[str, ...]
    every: int
    added: datetime
    etag: str | None
    modified: str | None
    tried: datetime | None
    fresh: datetime | None
    failures: int
    problem: str | None
    notes: tuple[str, ...]
    due: datetime
    waiting: int = 0
    read: int = 0
    failed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """What is told of a place, by name; times in ISO 8601."""
        told = ("id", "kind", "address", "url", "title", "every", "failures", "problem", "waiting", "read", "failed")
        times = {name: getattr(self, name) for name in ("added", "tried", "fresh", "due")}
        fields = {name: getattr(self, name) for name in told}
        said = {name: moment.isoformat() if moment else None for name, moment in times.items()}
        return fields | said | {"under": list(self.under), "notes": list(self.notes)}


@dataclass(frozen=True, slots=True)
class Met:
    """An item as a place lists it. `key` tells it from all others; `own` is the place's own id for it."""

    key: str
    own: str | None
    url: str
    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What came of asking a place, and when it is due again. Of one that failed, `problem` says why; `no_list`: it
    answers, but with something that lists nothing."""

    place: int
    due: datetime
    problem: str | None = None
    url: str | None = None
    title: str | None = None
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False
    no_list: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An item that is to be read, or failed."""

    number: int
    place: int
    kind: PlaceKind
    url: str
    title: str | None
    published: str | None
    tries: int
    state: ItemState
    problem: str | None

    def to_dict(self) -> dict[str, Any]:
        """What is told of an item, by name."""
        return {name: getattr(self, name) for name in ("url", "title", "published", "state", "tries", "problem")}


@dataclass(frozen=True, slots=True)
class Became:
    """What became of an item, by number. Of one that is left waiting, `due` says until when; `tried`: that was a
    try."""

    item: int
    state: ItemState
    problem: str | None = None
    due: datetime | None = None
    tried: bool = True


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A question about claims that is asked again and again. `asked`: filters as `claims.Asked` has them.

    `webhook` is sent what is new, signed with the secret that the environment variable `secret_env` holds.
    `fed`, `digested`: the last news, by number, that a feed or a digest has told.
    """

    number: int
    name: str
    words: str
    asked: Mapping[str, Any]
    added: datetime
    webhook: str | None
    secret_env: str | None
    allow_private: bool
    fed: int
    digested: int
    waiting: int = 0
    delivered: int = 0
    failed: int = 0
    problem: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """What is told of a saved query, by name."""
        told = ("name", "words", "webhook", "secret_env", "allow_private", "waiting", "delivered", "failed", "problem")
        return {name: getattr(self, name) for name in told} | {
            "asked": dict(self.asked),
            "added": self.added.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class NewsRow:
    """That a claim was new to a query (`first`), or had changed, and when that was noticed."""

    number: int
    claim: str
    first: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """News on its way to a webhook: the claims, by id, and how often it was tried. The id stays the same."""

    id: str
    query: str
    webhook: str
    secret_env: str
    allow_private: bool
    claims: tuple[str, ...]
    made: datetime
    tries: int


def item_key(url: str) -> str:
    """What tells an item from all others: its address without what follows readers, as a name that does not show it."""
    return content_id("item", [address(url)])
