"""The part of a store that review asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from onrecord.store.queue_rows import ItemKind, Member, Waiting
from onrecord.store.review_rows import Review
from onrecord.store.rows import Judgement, Withdrawal

Item = tuple[ItemKind, str, str | None]
"""What a decision is on: its kind and its one or two rows, by id."""


class Reviews(Protocol):
    """What review asks of a record."""

    def waiting(self, by: str, kinds: Collection[ItemKind]) -> list[Waiting]:
        """What waits for this person, what needs it most first; without what they decided or passed over."""
        ...

    def decide(self, made: Sequence[Judgement], item: Item | None = None, seen: str | None = None) -> list[str]:
        """Append judgements of one person, all or nothing; their ids. Raises NotFound, UsageError, and Conflict where
        another person has decided the item since the decision `seen` (an id; None: there was none)."""
        ...

    def decided(self, item: Item) -> list[Judgement]:
        """What people decided of an item and is in force, the last one last."""
        ...

    def last_of(self, by: str) -> list[Judgement]:
        """What a person decided last and is in force: one judgement, or those made at one moment together."""
        ...

    def withdraw_many(self, withdrawals: Sequence[Withdrawal]) -> None:
        """Take judgements back, all or nothing. Raises NotFound."""
        ...

    def count_decided(self, by: str, since: str) -> int:
        """How many items a person decided since a moment (ISO 8601), of what counts."""
        ...

    def by_several(self) -> list[tuple[str, Judgement]]:
        """People's decisions in force, each with the item that it is on: its rows."""
        ...

    def judgement(self, judgement_id: str) -> Judgement:
        """One judgement by its full id. Raises NotFound."""
        ...

    def member(self, entity: str) -> Member:
        """An entity of one report, with some of what it says there. Raises NotFound."""
        ...

    def candidates(self, attribution: str) -> list[tuple[str, str, float]]:
        """Who may speak in an attribution: entity, name, how likely; the likeliest first."""
        ...

    def reviews(self, report_id: str) -> dict[str, Review]:
        """What people decided of a report's attributions, by id; `was` is left empty."""
        ...

    def reviewed_reports(self) -> list[str]:
        """Ids of reports in which a person decided of an attribution, in order of recording."""
        ...
