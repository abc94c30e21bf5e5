"""Two statements → whether they are of one claim, on one side or on two, contradict each other, or neither; and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onrecord.link.quantities import quantities
from onrecord.link.statements import Statement, doubtful, in_short, negative

Floats = NDArray[np.float32]
Bond = Literal["same", "opposes", "contradicts", "different"]
"""One claim and one side of it; one claim, two sides; two claims that cannot both hold; two claims."""

SURE = 0.9
"""How likely "same", "denies" or "doubts" must be together for two statements to be of one claim; chosen on topics of
real reports held out, where two in three pairs that come together are right: what is less sure is left open."""
CERTAIN = 0.98
"""How likely "same" must be where one of the two has a word of negation and the other none."""
RIVAL = 0.35
"""How likely "contradicts" must be for two statements to be recorded as rivals; asking more made no more of them
right."""
APART = 0.5
"""How likely "different" and "contradicts" must be together for two statements to be kept apart whatever joins others
to both; what lies between is left open."""
LEAST_LIKE = 0.5
"""Likeness of vectors below which two statements are not compared."""
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*")
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of two attributions, by id. `score` is 0 … 1."""

    a: str
    b: str
    relation: Bond
    score: float
    reason: str


def verdict(one: Statement, other: Statement, likely: Floats) -> Verdict | None:
    """What follows of how likely each relation is (`comparing.RELATIONS`); None where that is left open."""
    different, same, denies, doubts, contradicts = map(float, likely)
    if in_short(one.text, other.text) and not (one.days ^ other.days):
        same, denies, doubts, contradicts, different = 0.95, 0.0, 0.0, 0.0, 0.05
    together = same + denies + doubts
    numbers = list(_apart(one.text, other.text))
    dates = bool(one.days and other.days and not one.days & other.days)
    one_sided = same > denies + doubts
    at_odds = one_sided and negative(one.text) != negative(other.text) and same < CERTAIN
    if together >= SURE and not at_odds and not (one_sided and (numbers or dates)):
        opposed = denies > same or doubts > same
        flipped = opposed != (_against(one) != _against(other))
        reason = _reason(one, other, "one holds what the other does not" if opposed else None)
        return Verdict(one.attribution, other.attribution, "opposes" if flipped else "same", together, reason)
    rival = contradicts + (together if numbers or dates else 0.0)
    if rival >= RIVAL and not _against(one) and not _against(other):
        decides = _number_words(numbers) if numbers else "the dates differ" if dates else "they cannot both hold"
        return Verdict(one.attribution, other.attribution, "contradicts", rival, _reason(one, other, decides))
    if different + contradicts >= APART:
        return Verdict(one.attribution, other.attribution, "different", different + contradicts, "two matters")
    return None


def answered(statement: Statement, target: Statement) -> Verdict:
    """What follows of one attribution answering another in its report: a denial of it, a refusal to speak of it. Who
    denies in answer to a denial ("repeated the denial") denies the same."""
    if statement.denial and target.denial:
        reason = "in answer to the other, denies as it does"
        return Verdict(statement.attribution, target.attribution, "same", 0.9, reason)
    opposed = statement.bearing == "denies"
    says = {"denies": "denies it", "declines": "declines to speak of it"}.get(statement.bearing, "confirms it")
    relation: Bond = "opposes" if opposed and not _against(target) else "same"
    return Verdict(statement.attribution, target.attribution, relation, 0.9, f"in answer to the other, {says}")


def same_words(one: Statement, other: Statement) -> Verdict:
    """What follows where two statements have the same words: what each does with them decides."""
    relation: Bond = "same" if _against(one) == _against(other) else "opposes"
    return Verdict(one.attribution, other.attribution, relation, 0.99, "the same words")


def _against(statement: Statement) -> bool:
    return statement.bearing == "denies"


def _apart(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Quantities of one thing that cannot be of one number, where each side has one of it."""
    mine, theirs = quantities(one), quantities(other)
    for unit in {q.unit for q in mine if q.unit} & {q.unit for q in theirs}:
        a, b = ([q for q in each if q.unit == unit] for each in (mine, theirs))
        if len(a) == len(b) == 1 and not a[0].agrees(b[0]):
            yield one[a[0].start : a[0].end], other[b[0].start : b[0].end]


def _number_words(numbers: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"“{a}” and “{b}” cannot both be" for a, b in numbers)


def _reason(one: Statement, other: Statement, decides: str | None) -> str:
    """What the two have in common, in words a person can check, and what decides."""
    names = [n for n in dict.fromkeys(_NAME.findall(one.text)) if n in other.text and len(n) > 2][:3]
    words = set(_WORD.findall(one.text.lower())) & set(_WORD.findall(other.text.lower()))
    parts = []
    if names:
        parts.append(f"both name {', '.join(names)}")
    elif words:
        parts.append(f"both speak of {', '.join(sorted(words, key=lambda w: (-len(w), w))[:3])}")
    else:
        parts.append("other words for one matter")
    for name, holds in (("negation", negative), ("doubt", doubtful)):
        if decides and not decides.startswith("“") and holds(one.text) != holds(other.text):
            parts.append(f"one has a word of {name}")
    return "; ".join([*parts, *([decides] if decides else [])])
