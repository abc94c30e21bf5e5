"""What the store takes and gives back of claims: frozen values, as those of `rows`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple, get_args

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
    bytes, length 127). `own`: its source speaks of itself; `bare`: it says nothing of its own ("to comment");
    `answering`: it takes up what another in its report says; `clause`: its words can stand alone."""

    attribution: str
    cell: int
    vector: bytes
    text: str
    bearing: Bearing
    negated: bool = False
    doubtful: bool = False
    own: bool = False
    days: tuple[str, ...] = ()
    bare: bool = False
    answering: bool = False
    clause: bool = False


STANCES: tuple[Stance, ...] = get_args(Stance)
NOBODY = "nobody named"


def day_of(published: str | None) -> str | None:
    """The day of a moment of publication, `2026-05-03`; None where it tells none."""
    held = published or ""
    return held[:10] if len(held) >= 10 and held[4:5] == "-" == held[7:8] else None


def voice_of(entity: str | None, name: str, kind: str | None, report: str) -> tuple[bool, str]:
    """Whether a voice has a name, and what tells it from others: its entity, else the words for it; one unnamed is
    another in another report."""
    if entity:
        return True, entity
    return False, f"{report if kind == 'unnamed' else ''} {name.lower()}"


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
        return day_of(self.said.report.published)

    @property
    def name(self) -> str:
        """What its voice is called."""
        said = self.said
        return said.entity_name or said.source_name or (said.source.text if said.source else NOBODY)

    @property
    def voice(self) -> tuple[bool, str]:
        """Whether its voice has a name, and what tells it from others."""
        return voice_of(self.said.entity, self.name, self.said.source_kind, self.said.report.id)

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

    def line(self) -> ClaimLine:
        """It in a list."""
        marks = [Bearer(p.stance, p.voice, p.text, p.day) for p in self.positions]
        return ClaimLine.of(self.id, self.wording, marks)


class Bearer(NamedTuple):
    """What a list counts of a position: stance, voice, text, day."""

    stance: Stance
    voice: tuple[bool, str]
    text: str
    day: str | None


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim in a list: its words, how many voices stand where, in how many texts, since when. `bearing`: how many
    attributions bear on it."""

    id: str
    wording: str
    sides: tuple[tuple[Stance, int], ...]
    disputed: bool
    bearing: int
    texts: int
    first: str | None
    last: str | None

    @classmethod
    def of(cls, name: str, wording: str, bearing: Sequence[Bearer]) -> ClaimLine:
        """A claim on which these bear."""
        voices: dict[Stance, set[tuple[bool, str]]] = {}
        for each in bearing:
            voices.setdefault(each.stance, set()).add(each.voice)
        days = sorted(each.day for each in bearing if each.day)
        return cls(
            name,
            wording,
            tuple((stance, len(voices[stance])) for stance in STANCES if stance in voices),
            {"affirms", "denies"} <= voices.keys(),
            len(bearing),
            len({each.text for each in bearing}),
            days[0] if days else None,
            days[-1] if days else None,
        )
