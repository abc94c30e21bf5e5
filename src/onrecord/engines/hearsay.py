"""Voices that no nesting of spans shows: "Interfax, citing TASS, said …", and "a remark of Kirby, who had said …".

PolNeAR marks neither; these are rules over what the tagger found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from onrecord.engines.lexicon import called_noise
from onrecord.engines.mentions import NAME, RELATIVE, Mentions
from onrecord.engines.sense import Pair, Part
from onrecord.engines.words import Words
from onrecord.model import Span
from onrecord.voices import enclosing

CITING = ("citing", "quoting")
_ASIDE = 25
"""Words between two commas at most, behind a "who"."""
_BEFORE_VERB = 2
"""Words between a "who" and its verb: "has also"."""
_GAP = 3
"""Words between a "citing" and the name that it cites: an article, a word of what kind it is."""


def whose(text: str, words: Words, parts: Sequence[Part], m: Mentions) -> list[Part]:
    """A "who" or "which" as a source becomes the noun phrase that it stands right behind; and where a cue stands in a
    clause that a "who" opens, so does a source from further before: "asked Lee about Kim, who[, in May,] said".
    """
    found = []
    for part in parts:
        source, cue = part.source, part.cue
        before = _before(m, source[0]) if source and source[1] - source[0] == 1 else None
        if cue and before is None and (opens := _opens(text, words, cue[0])) is not None:
            before = _before(m, opens)
            if before and source and before[0] < source[1]:
                before = None
        if before and not any(before[0] < b and a < before[1] for a, b in (*part.content, *_some(cue))):
            part = replace(part, source=before)
        found.append(part)
    return found


def _opens(text: str, words: Words, cue: int) -> int | None:
    """The "who" that opens the clause of which the word `cue` is the verb: right before it, or before an auxiliary, an
    adverb, or something between two commas; None: there is none."""
    last, least = cue - 1, max(0, cue - 1 - _BEFORE_VERB)
    if last > 0 and _word(text, words, last) == ",":
        stops = (k for k in range(last - 1, max(0, last - _ASIDE), -1) if not _inner(text, words, k))
        opening = next(stops, 0)
        if _word(text, words, opening) != ",":
            return None
        last = least = max(0, opening - 1)
    for k in range(last, least - 1, -1):
        if _word(text, words, k) == "who":
            return None if _breaks(words, k, cue) else k
        if not _word(text, words, k).isalpha():
            return None
    return None


def _inner(text: str, words: Words, k: int) -> bool:
    """Whether a word may stand between two commas."""
    return _word(text, words, k) not in (",", ".", ";", ":", "?", "!")


def shorn(text: str, words: Words, parts: Sequence[Part]) -> list[Part]:
    """A source ends before what it cites: "Ann Lee[, citing the Courier]"."""
    found = []
    for part in parts:
        a, b = part.source or (0, 0)
        at = next((k for k in range(a + 2, b) if _word(text, words, k) in CITING), None)
        if at is not None and _word(text, words, at - 1) == ",":
            part = replace(part, source=(a, at - 1))
        found.append(part)
    return found


def completed(text: str, words: Words, parts: Sequence[Part]) -> list[Part]:
    """A content ends behind what it is called, if that ends its line or sentence: "called the reports [rumours]"."""
    found = []
    for part in parts:
        end = part.content[-1][1]
        if part.cue and part.cue[1] <= part.content[0][0] and end < len(words):
            cue = text[words.starts[part.cue[0]] : words.ends[part.cue[1] - 1]]
            last = (
                end + 1 == len(words) or _breaks(words, end + 1, end + 1) or _word(text, words, end + 1) in (".", ";")
            )
            if last and called_noise(cue, _word(text, words, end)):
                part = replace(part, content=(*part.content[:-1], (part.content[-1][0], end + 1)))
        found.append(part)
    return found


def _word(text: str, words: Words, k: int) -> str:
    return text[words.starts[k] : words.ends[k]].lower()


def _before(m: Mentions, at: int) -> Pair | None:
    """The mention that ends right before the relative pronoun at that word, a comma aside."""
    k = int(np.searchsorted(m.starts, at))
    if 0 < k < len(m) and m.starts[k] == at and m.form[k] == RELATIVE and 0 <= at - m.ends[k - 1] <= 1:
        return int(m.starts[k - 1]), int(m.ends[k - 1])
    return None


def introduced(parts: Sequence[Part]) -> dict[int, int]:
    """Attributions whose source stands in another's content while their own words go on behind it: which other."""
    sources = [(k, [Span(*p.source or p.whole)], [Span(*c) for c in p.content]) for k, p in enumerate(parts)]
    found: dict[int, int] = {}
    for k, around in enclosing(sources).items():
        part, other = parts[k], parts[around]
        if part.source and part.cue and other.cue and other.cue[0] < part.source[0]:
            end = next(y for x, y in other.content if x <= part.source[0] < y)
            if end <= part.cue[0]:
                found[k] = around
    return found


def cited(text: str, words: Words, parts: Sequence[Part], m: Mentions) -> list[tuple[Part, int]]:
    """What a source is said to have from a named other one, as an attribution of that one's, and on whose word."""
    found = []
    for k, part in enumerate(parts):
        if not part.cue or not part.content or not part.source:
            continue
        low, high = min(part.source[0], part.cue[0]), max(part.source[1], part.cue[1])
        for at in range(low, min(high + 12, len(words) - 1)):
            if _word(text, words, at) not in CITING:
                continue
            if any(a <= at < b for a, b in part.content) or (at >= high and _breaks(words, high, at)):
                continue
            near = range(*np.searchsorted(m.starts, (at + 1, at + _GAP + 1)).tolist())
            names = [j for j in near if m.form[j] == NAME and m.kind[j] < 2 and not m.owns[j]]
            name = (int(m.starts[names[0]]), int(m.ends[names[0]])) if names else None
            if name and not any(name[0] < b and a < name[1] for a, b in (*part.content, part.source)):
                found.append((Part(name, (at, at + 1), part.content, part.score, part.statement), k))
            break
    return found


def _breaks(words: Words, start: int, end: int) -> bool:
    """Whether a line ends between two words."""
    return bool((words.features[start : end + 1, 1] >= 2).any())


def _some(span: Pair | None) -> tuple[Pair, ...]:
    return (span,) if span else ()
