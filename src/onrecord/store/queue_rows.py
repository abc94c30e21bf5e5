"""What waits for a person's decision, as values; and the order in which it does."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import Literal

from onrecord.model import EntityKind
from onrecord.store.rows import Head, Said

ItemKind = Literal["attribution", "link", "entity", "source"]
"""What waits for a decision: an attribution, whether two attributions are of one claim, whether two entities are one,
who speaks where an engine left it open."""
SOURCE = "source."
"""Begins the name of an item that asks who speaks in an attribution, whose id follows."""


@dataclass(frozen=True, slots=True)
class Member:
    """An entity of one report, with some of what it says there."""

    id: str
    name: str
    kind: EntityKind
    role: str | None
    of: str | None
    report: Head
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to decide, and why now.

    `item` names it; `a` and `b` are its rows; `sure`: how sure the engine is, 0 … 1; `bearing`: attributions on the
    claims concerned, or of the people; `copies`: reports that print the text; `others`: who else decided it.
    """

    item: str
    kind: ItemKind
    a: str
    b: str | None
    sure: float
    bearing: int = 1
    disputed: bool = False
    copies: int = 1
    others: tuple[str, ...] = ()

    @property
    def need(self) -> float:
        """How much a decision is needed: doubt × weight, halved where somebody else has decided.

        The doubt is 1 − `sure`; the weight 1 + log₂ `bearing` + log₂ `copies`, and 2 more on a disputed claim.
        """
        weight = 1 + log2(max(1, self.bearing)) + log2(max(1, self.copies)) + 2 * self.disputed
        return (1 - self.sure) * weight / (2 if self.others else 1)

    @property
    def why(self) -> str:
        """The same in words: `73 % sure; on a disputed claim that 11 attributions bear on`."""
        told = [f"{100 * self.sure:.0f} % sure"]
        if self.kind == "entity":
            told.append(f"{_many(self.bearing, 'attribution')} of theirs")
        elif self.bearing > 1 or self.disputed:
            claim = "a disputed claim" if self.disputed else "a claim"
            told.append(f"on {claim} that {_many(self.bearing, 'attribution')} bear{'s' * (self.bearing == 1)} on")
        if self.copies > 1:
            told.append(f"its text is printed by {self.copies} reports")
        if self.others:
            told.append(f"{', '.join(self.others)} decided it")
        return "; ".join(told)


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
