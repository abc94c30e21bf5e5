"""What the store takes and gives back on account of the people concerned: replies, takedowns, where words stand."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from onrecord.model import content_id
from onrecord.store.rows import Head

ERASED = "(erased by a takedown)"
"""Stands where words of a kept row were erased."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody concerned says to a report or a claim (`target`: the id of a report, or of an attribution), kept
    beside it. `name` is who says it, `by` who entered it. It is neither a position nor a judgement."""

    target: str
    name: str
    text: str
    by: str
    at: datetime

    @property
    def id(self) -> str:
        """Named by all it says."""
        return content_id("reply", [self.target, self.name, self.text, self.by, self.at.isoformat()])

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, and the id; the time in ISO 8601."""
        return {"id": self.id, **asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Takedown:
    """What is left of a report that was taken down: its id; by whom, why, when."""

    report_id: str
    by: str
    reason: str
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, the time in ISO 8601."""
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Mention:
    """A report in which words stand, and in which parts of it."""

    report: Head
    where: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Left:
    """A place where words still stand: a row, or bytes of a file. `inside`: only as part of longer words ("Jo Dahl" in
    "Banjo Dahlem"), which are somebody else's."""

    where: str
    inside: bool = False

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)
