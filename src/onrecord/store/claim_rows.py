"""What the store takes and gives back of claims: frozen values, as those of `rows`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from onrecord.model import Extraction
from onrecord.store.rows import Judgement, Said

Stance = Literal["affirms", "denies", "doubts", "declines"]
"""How an attribution stands to its claim."""
ClaimOrder = Literal["largest", "newest"]
"""Of claims: those that most attributions bear on first, or those with the attribution recorded last."""
Bearing = Literal["holds", "denies", "doubts", "declines"]
"""What an attribution does with its content."""


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A report whose attributions were not compared with others yet, as its newest run has it; `number` is how the
    store knows it."""

    number: int
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class Stated:
    """What one attribution states, as it is compared: in a cell of those near each other, by its vector (384 signed
    bytes, length 127). `own`: its source speaks of itself."""

    attribution: str
    cell: int
    vector: bytes
    text: str
    bearing: Bearing
    negated: bool = False
    doubtful: bool = False
    own: bool = False
    days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """An attribution and how it stands to a claim. `text` names the text its report prints, which copies share; `own`:
    its source speaks of itself; `headline`: it stands in the headline; `person`: who set the stance by hand."""

    said: Said
    stance: Stance
    text: str
    own: bool = False
    headline: bool = False
    person: str | None = None

    @property
    def day(self) -> str | None:
        """The day of publication of its report, `2026-05-03`; None where that is not known."""
        published = self.said.report.published or ""
        return published[:10] if len(published) >= 10 and published[4:5] == "-" == published[7:8] else None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; the attribution as its own."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim: all positions on it, in order of publication, and the ids of claims that cannot hold with it.

    `id` is the least of its attributions, to which any other leads. `wording` is the content that stands for it, or
    the name that a person gave (`named`).
    """

    id: str
    wording: str
    named: bool
    positions: tuple[Position, ...]
    contradicts: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
