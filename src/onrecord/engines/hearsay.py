"""Voices that no nesting of spans shows: "Interfax, citing TASS, said …", and "a remark of Kirby, who had said …".

PolNeAR marks neither; these are rules over what the tagger found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onrecord.engines.mentions import NAME, RELATIVE, Mentions
from onrecord.engines.sense import Pair, Part
from onrecord.engines.words import Words

CITING = ("citing", "quoting")
_GAP = 3
"""Words between a "citing" and the name that it cites: an article, a word of what kind it is."""


def whose(parts: Sequence[Part], m: Mentions) -> list[Part]:
    """A "who" or "which" as a source becomes the noun phrase that it stands right behind."""
    found = []
    for part in parts:
        if part.source and part.source[1] - part.source[0] == 1:
            before = _before(m, part.source[0])
            taken = before and any(before[0] < b and a < before[1] for a, b in (*part.content, *_some(part.cue)))
            if before and not taken:
                part = replace(part, source=before)
        found.append(part)
    return found


def _before(m: Mentions, at: int) -> Pair | None:
    """The mention that ends right before the relative pronoun at that word, a comma aside."""
    for k in range(len(m)):
        if m.starts[k] == at and m.form[k] == RELATIVE and k and 0 <= at - m.ends[k - 1] <= 1:
            return int(m.starts[k - 1]), int(m.ends[k - 1])
    return None


def introduced(parts: Sequence[Part]) -> dict[int, int]:
    """Attributions whose source stands in another's content while their own words go on behind it: which other."""
    found: dict[int, int] = {}
    for k, part in enumerate(parts):
        if part.source is None or part.cue is None:
            continue
        a, b = part.source
        around = [
            (y - x, j)
            for j, other in enumerate(parts)
            for x, y in other.content
            if j != k and x <= a and b <= y <= part.cue[0] and other.cue and other.cue[0] < a
        ]
        if around:
            found[k] = min(around)[1]
    return found


def cited(text: str, words: Words, parts: Sequence[Part], m: Mentions) -> list[tuple[Part, int]]:
    """What a source is said to have from a named other one, as an attribution of that one's, and on whose word."""
    found = []
    for k, part in enumerate(parts):
        if not part.cue or not part.content or not part.source:
            continue
        low, high = min(part.source[0], part.cue[0]), max(part.source[1], part.cue[1])
        for at in range(low, min(high + 12, len(words) - 1)):
            if text[words.starts[at] : words.ends[at]].lower() not in CITING:
                continue
            if any(a <= at < b for a, b in part.content) or (at >= high and _breaks(words, high, at)):
                continue
            name = next(
                (
                    (int(m.starts[j]), int(m.ends[j]))
                    for j in range(len(m))
                    if 0 < m.starts[j] - at <= _GAP and m.form[j] == NAME and m.kind[j] < 2 and not m.owns[j]
                ),
                None,
            )
            if name and not any(name[0] < b and a < name[1] for a, b in (*part.content, part.source)):
                found.append((Part(name, (at, at + 1), part.content, part.score, part.statement), k))
            break
    return found


def _breaks(words: Words, start: int, end: int) -> bool:
    """Whether a line ends between two words."""
    return bool((words.features[start : end + 1, 1] >= 2).any())


def _some(span: Pair | None) -> tuple[Pair, ...]:
    return (span,) if span else ()
