"""What a store knows of watched places and saved queries: the calls that `watching` relies on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from onrecord.store.watch_rows import (
    Became,
    Delivery,
    DeliveryState,
    Item,
    ItemState,
    Look,
    Met,
    NewsRow,
    Place,
    PlaceKind,
    SavedQuery,
)


class Watching(Protocol):
    """Watched places, and what became of the items they list."""

    def alone(self) -> AbstractContextManager[bool]:
        """Whether nobody else is running what is watched; keeps others from it for the length of the block."""
        ...

    def add(
        self,
        address: str,
        kind: PlaceKind,
        *,
        title: str | None = None,
        under: Sequence[str] = (),
        every: int | None = None,
    ) -> tuple[Place, bool]:
        """Watch a place, every so many minutes; also whether it is new. Of one that is watched already, title, headings
        and minutes change where they are given."""
        ...

    def remove(self, address: str) -> tuple[Place, int]:
        """Watch a place, by its address, no more; also how many items it had waiting. Raises NotFound."""
        ...

    def places(self) -> list[Place]:
        """All that are watched, in the order of being added."""
        ...

    def looked(self, look: Look, items: Sequence[Met]) -> int:
        """Record what came of asking a place, with what it lists, in one transaction; how many items are new.

        An item whose address, or whose id within the place, was met before is none.
        """
        ...

    def waiting(self, at: datetime, place: int | None = None, *, limit: int) -> list[Item]:
        """Items to be read that are due, those met first first; of one place, or of all."""
        ...

    def unread(self, state: ItemState, *, limit: int) -> list[Item]:
        """Items in a state, such as those that failed for good."""
        ...

    def next_due(self) -> datetime | None:
        """When the next place or item is due; None where nothing is watched."""
        ...

    def settle(self, outcomes: Sequence[Became]) -> None:
        """Record what became of items, after their reports or failures were recorded, in one transaction."""
        ...

    def pass_over(self) -> int:
        """Settle what is waiting although the record has it; how many those are."""
        ...


class Queries(Protocol):
    """Saved queries, what was new to them when, and what is on its way to their webhooks."""

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
        ...

    def remove(self, name: str) -> None:
        """Forget a query and all news of it. Raises NotFound."""
        ...

    def all(self) -> list[SavedQuery]:
        """The saved queries, by name."""
        ...

    def get(self, name: str) -> SavedQuery:
        """The query of that name. Raises NotFound."""
        ...

    def noticed(self, query: int, answers: Mapping[str, str]) -> int:
        """Note which claims (id → a digest of how it stands) answer a query now; how many are new or have changed."""
        ...

    def news(self, query: int, *, after: int = 0, since: datetime | None = None, limit: int) -> list[NewsRow]:
        """What was new, of each claim the last, newest first; after a number, or since a moment."""
        ...

    def told(self, query: int, *, fed: int | None = None, digested: int | None = None) -> None:
        """Note up to which news, by number, a feed or a digest has told."""
        ...

    def prepare(self, query: int, *, send: bool) -> None:
        """Make one delivery of all news that its webhook was not sent yet; or with `send` false, count it as sent."""
        ...

    def deliveries(self, at: datetime, *, limit: int) -> list[Delivery]:
        """Deliveries that are due, oldest first."""
        ...

    def delivered(
        self, id_: str, state: DeliveryState, *, problem: str | None = None, due: datetime | None = None, tried: bool
    ) -> None:
        """Record what came of trying a delivery; `due`: when it is tried again."""
        ...
