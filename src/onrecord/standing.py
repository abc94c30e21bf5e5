"""How a claim stands: who is on record for it, against it, doubting it or declining to speak of it. Pure: no clock.

Never a verdict. A voice is a distinct resolved source: the same person in ten papers is one; unnamed ones stand apart,
since two "officials" may be one. Reports that reprint one text are one text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any

from onrecord.errors import UsageError
from onrecord.store.claim_rows import STANCES, ClaimRow, Position, Stance


@dataclass(frozen=True, slots=True)
class Spoken:
    """One voice on one side of a claim: who, whether by name, in how many texts and reports, first and last (days of
    publication), and the positions themselves, earliest first.

    `own`: it speaks about itself in every one of them. `word_of`: on whose word it comes, where never directly.
    """

    name: str
    entity: str | None
    named: bool
    own: bool
    texts: int
    reports: int
    publishers: tuple[str, ...]
    first: str | None
    last: str | None
    word_of: tuple[str, ...]
    positions: tuple[Position, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; of the positions, the attributions' ids."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "positions"}
        return {**fields, "attributions": [p.said.id for p in self.positions]}


@dataclass(frozen=True, slots=True)
class Side:
    """Everybody with one stance: the voices with a name first, those without apart."""

    stance: Stance
    voices: tuple[Spoken, ...]
    unnamed: tuple[Spoken, ...]
    texts: int
    reports: int
    publishers: tuple[str, ...]
    first: str | None
    last: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name not in ("voices", "unnamed")}
        return fields | {name: [v.to_dict() for v in getattr(self, name)] for name in ("voices", "unnamed")}


@dataclass(frozen=True, slots=True)
class Cited:
    """Evidence that somebody rests a position on, in the report's words, and who."""

    text: str
    type: str
    by: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was new on a day: a voice, or a voice on another side than before."""

    day: str
    name: str
    stance: Stance
    before: Stance | None
    attribution: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a claim stands on a day (`as_of`; None: with all that is on record). There is no column for truth.

    `independent`: voices with a name that affirm it and do not speak about themselves or on the word of one of the
    others; it takes two for somebody independent to have confirmed it, and `needed` says what is missing.
    `undated`: positions in reports without a day of publication, which are counted whatever `as_of` is.
    """

    as_of: str | None
    sides: tuple[Side, ...]
    evidence: tuple[Cited, ...]
    changes: tuple[Change, ...]
    independent: tuple[str, ...]
    needed: str
    undated: int

    @property
    def disputed(self) -> bool:
        """Whether somebody affirms it and somebody denies it."""
        return bool(self.side("affirms") and self.side("denies"))

    @property
    def confirmed(self) -> bool:
        """Whether two independent voices affirm it. Not: whether it is so."""
        return len(self.independent) > 1

    def side(self, stance: Stance) -> Side | None:
        """Everybody with this stance; None where nobody has it."""
        return next((side for side in self.sides if side.stance == stance), None)

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, `disputed` and `confirmed`."""
        return {
            "as_of": self.as_of,
            "disputed": self.disputed,
            "confirmed": self.confirmed,
            "independent": list(self.independent),
            "needed": self.needed,
            "undated": self.undated,
            "sides": [side.to_dict() for side in self.sides],
            "evidence": [asdict(each) for each in self.evidence],
            "changes": [asdict(each) for each in self.changes],
        }


def day(position: Position) -> str | None:
    """`Position.day`, for `map`."""
    return position.day


def is_day(text: str) -> bool:
    """Whether it is a day of the calendar, `2026-05-03`."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def a_day(text: str) -> str:
    """The day itself. Raises UsageError where it is none."""
    if not is_day(text):
        raise UsageError("that is no day.", which=repr(text), advice="Write it as 2026-05-03.")
    return text


def standing(claim: ClaimRow, as_of: str | None = None) -> Standing:
    """How a claim stands, with what was published up to a day (`2026-05-03`, included), or with all."""
    held = [p for p in claim.positions if as_of is None or (day(p) or "") <= as_of]
    sides = tuple(_side(stance, [p for p in held if p.stance == stance]) for stance in STANCES)
    kept = tuple(side for side in sides if side.reports)
    affirming = next((side for side in kept if side.stance == "affirms"), None)
    independent = _independent(affirming.voices) if affirming else ()
    return Standing(
        as_of,
        kept,
        tuple(_evidence(held)),
        tuple(_changes(held)),
        independent,
        _needed(affirming, independent),
        sum(day(p) is None for p in held),
    )


def key_of(position: Position) -> tuple[bool, str]:
    """`Position.voice`, for `map`."""
    return position.voice


def name_of(position: Position) -> str:
    """`Position.name`, for `map`."""
    return position.name


def _side(stance: Stance, held: Sequence[Position]) -> Side:
    by_voice = sorted(held, key=key_of)
    voices = [_voice(named, list(group)) for (named, _), group in groupby(by_voice, key=key_of)]
    voices.sort(key=lambda v: (v.first is None, v.first or "", -v.reports, v.name))
    days = [d for d in map(day, held) if d]
    return Side(
        stance,
        tuple(v for v in voices if v.named),
        tuple(v for v in voices if not v.named),
        len({p.text for p in held}),
        len({p.said.report.id for p in held}),
        _publishers(held),
        min(days, default=None),
        max(days, default=None),
    )


def _voice(named: bool, held: Sequence[Position]) -> Spoken:
    days = [d for d in map(day, held) if d]
    words = tuple(dict.fromkeys(v for p in held for v in p.said.voices[:1] if v))
    return Spoken(
        name_of(held[0]),
        held[0].said.entity,
        named,
        all(p.own for p in held),
        len({p.text for p in held}),
        len({p.said.report.id for p in held}),
        _publishers(held),
        min(days, default=None),
        max(days, default=None),
        words if all(p.said.voices for p in held) else (),
        tuple(sorted(held, key=lambda p: (day(p) is None, day(p) or "", p.said.id))),
    )


def _publishers(held: Iterable[Position]) -> tuple[str, ...]:
    return tuple(sorted({p.said.report.publisher for p in held if p.said.report.publisher}))


def _independent(voices: Sequence[Spoken]) -> tuple[str, ...]:
    """Those who do not speak about themselves, nor on the word of one of the others."""
    names = [v.name for v in voices]
    return tuple(v.name for v in voices if not v.own and not any(_is_one(word, n) for word in v.word_of for n in names))


def _is_one(words: str, name: str) -> bool:
    """Whether words for a source and a name share their last word: "Mr Kim" and "Kim"."""
    return words.lower().split()[-1:] == name.lower().split()[-1:]


def _needed(affirming: Side | None, independent: Sequence[str]) -> str:
    if affirming is None:
        return "Nobody on record affirms it."
    if len(independent) > 1:
        return f"{independent[0]} and {independent[1]} affirm it, each for themselves."
    if independent:
        return f"Somebody with a name besides {independent[0]} who affirms it on their own word: nobody has."
    if affirming.voices:
        about = "a party speaking about itself" if any(v.own for v in affirming.voices) else "others' word"
        return f"Somebody independent who affirms it: so far it rests on {about} alone."
    return "Somebody with a name who affirms it: so far only unnamed sources do."


def _evidence(held: Sequence[Position]) -> Iterable[Cited]:
    seen: set[tuple[str, str]] = set()
    for p in held:
        for quote, kind in zip(p.said.evidence, p.said.evidence_types, strict=False):
            if (quote.text.lower(), name_of(p)) not in seen:
                seen.add((quote.text.lower(), name_of(p)))
                yield Cited(quote.text, kind, name_of(p), p.said.id)


def _changes(held: Sequence[Position]) -> Iterable[Change]:
    """Each voice's first word, and each time it takes another side, in order of days; of a day on which it is on record
    with several, the stance that it has most often."""
    last: dict[tuple[bool, str], Stance] = {}
    dated = sorted((p for p in held if day(p)), key=lambda p: (str(day(p)), key_of(p), p.said.id))
    for (when, who), group in groupby(dated, key=lambda p: (str(day(p)), key_of(p))):
        mine = list(group)
        often = Counter(p.stance for p in mine)
        stance = max(STANCES, key=lambda s: (often[s], s == last.get(who)))
        if last.get(who) != stance:
            first = next(p for p in mine if p.stance == stance)
            yield Change(when, name_of(first), stance, last.get(who), first.said.id)
            last[who] = stance
