"""The chain of voices: which attribution comes on whose word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from onrecord.model import Attribution, Span

K = TypeVar("K", str, int)


def nesting(attributions: Sequence[Attribution]) -> dict[str, str]:
    """For each attribution on another's word: its id, and that of the other.

    That is the one it was found to come on, or else the innermost in whose content it stands as a whole.
    """
    found = {a.id: a.meaning.within for a in attributions if a.meaning.within}
    return enclosing([(a.id, a.spans, a.content) for a in attributions]) | found


def enclosing(attributions: Sequence[tuple[K, Sequence[Span], Sequence[Span]]]) -> dict[K, K]:
    """The same for attributions given as name, all spans, and those of the content."""
    wholes = [(min(s.start for s in spans), max(s.end for s in spans), name) for name, spans, _ in attributions]
    return inside(wholes, [(c.start, c.end, name) for name, _, content in attributions for c in content])


def inside(wholes: Sequence[tuple[int, int, K]], contents: Sequence[tuple[int, int, K]]) -> dict[K, K]:
    """The same for bare offsets, start and end: of whole attributions, and of the pieces of their contents."""
    waiting = sorted(contents, reverse=True)
    here: list[tuple[int, int, K]] = []
    found: dict[K, K] = {}
    for start, end, name in sorted(wholes):
        while waiting and waiting[-1][0] <= start:
            here.append(waiting.pop())
        here = [content for content in here if content[1] > start]
        around = [(c - b, other) for b, c, other in here if c >= end and other != name]
        if around:
            found[name] = min(around)[1]
    return found


def chains(outer_of: Mapping[K, K]) -> dict[K, tuple[K, ...]]:
    """For each that stands within another: that one, the one around it, and so on; innermost first."""
    found: dict[K, tuple[K, ...]] = {}
    for name, outer in outer_of.items():
        chain = [name, outer]
        while (around := outer_of.get(chain[-1])) is not None and around not in chain:
            chain.append(around)
        found[name] = tuple(chain[1:])
    return found
