"""The part of a store that review asks, on SQLite."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from onrecord.store import queue, reviews
from onrecord.store.database import Database
from onrecord.store.queue_rows import ItemKind, Member, Waiting
from onrecord.store.review_protocol import Item
from onrecord.store.review_rows import Review
from onrecord.store.rows import Judgement, Withdrawal


class SqliteReviews:
    """`review_protocol.Reviews` on one SQLite file."""

    _database: Database

    def waiting(self, by: str, kinds: Collection[ItemKind]) -> list[Waiting]:
        """What waits for this person."""
        with self._database.read() as connection:
            return queue.waiting(connection, by, kinds)

    def decide(self, made: Sequence[Judgement], item: Item | None = None, seen: str | None = None) -> list[str]:
        """Append judgements of one person."""
        with self._database.write() as connection:
            return queue.decide(connection, made, item, seen)

    def decided(self, item: Item) -> list[Judgement]:
        """What people decided of an item."""
        with self._database.read() as connection:
            return queue.decided(connection, *item)

    def last_of(self, by: str) -> list[Judgement]:
        """What a person decided last."""
        with self._database.read() as connection:
            return queue.last_of(connection, by)

    def withdraw_many(self, withdrawals: Sequence[Withdrawal]) -> None:
        """Take judgements back."""
        with self._database.write() as connection:
            queue.withdraw(connection, withdrawals)

    def count_decided(self, by: str, since: str) -> int:
        """How many items a person decided since a moment."""
        with self._database.read() as connection:
            return queue.count(connection, by, since)

    def by_several(self) -> list[tuple[str, Judgement]]:
        """People's decisions with the item that each is on."""
        with self._database.read() as connection:
            return queue.by_several(connection)

    def judgement(self, judgement_id: str) -> Judgement:
        """One judgement."""
        with self._database.read() as connection:
            return queue.judgement(connection, judgement_id)

    def member(self, entity: str) -> Member:
        """An entity of one report."""
        with self._database.read() as connection:
            return queue.member(connection, entity)

    def candidates(self, attribution: str) -> list[tuple[str, str, float]]:
        """Who may speak in an attribution."""
        with self._database.read() as connection:
            return queue.candidates(connection, attribution)

    def reviews(self, report_id: str) -> dict[str, Review]:
        """What people decided of a report's attributions."""
        with self._database.read() as connection:
            made = queue.in_report(connection, report_id)
        return {name: reviews.review_of(each) for name, each in made.items()}

    def reviewed_reports(self) -> list[str]:
        """Reports in which a person decided."""
        with self._database.read() as connection:
            return queue.reviewed_reports(connection)
