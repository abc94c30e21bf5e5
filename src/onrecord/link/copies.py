"""Which reports reprint one text: cut, under another headline, in another order, lightly edited.

A text is compared by its shingles, three words in a row (Broder 1997), without what stands in quotation marks: many
reports quote one press release without being copies. Of all shingles those are kept whose hash is a multiple of SCALE
(modulo sampling, also "FracMinHash": Hera, Pierce-Ward & Koslicki 2023), so that the share of a short text that stands
in a long one can be told, which a MinHash of fixed size cannot. An index over the kept ones finds whom to compare; the
texts themselves decide.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

VERSION = "1"
"""Counts up with anything here that decides what is a copy."""
SCALE = 8
"""One shingle in so many is kept, by its hash."""
LEAST = 2
"""Kept shingles that two texts must share to be compared."""
COMMON = 64
"""A shingle that stands in more texts than this says nothing ("all rights reserved"), and is no longer followed."""
SHARE = 0.1
"""Share of the shorter text's shingles that must be in common for two texts to be laid side by side: of the kept ones
by the index, then of all."""
KEPT = 0.5
"""Share of the shorter text's longer words that stand in the other, in like places, from which it is a copy; chosen on
families made of other reports than those measured on (`bench/copies.py`)."""
WINDOW, AROUND = 25, 20
"""Words of a stretch that is looked for as a whole, and words before and after that it may have moved by."""
RUN = 24
"""Shingles in common below which nothing is a copy, whatever their share: two short items on one event."""
_QUOTED = re.compile(r"“[^“”\n]{12,}”|\"[^\"\n]{12,}\"|«[^«»\n]{12,}»|„[^„“”\n]{12,}[“”]")
"""No mark opens inside: else a line of opening marks alone would be gone through once for each."""
_NARRATIVE = 60
"""Words outside quotation marks below which the whole text is compared: a transcript, a statement."""
_LETTERS = np.array([chr(c).isalnum() for c in range(0x3000)] + [True])
"""Whether a code point belongs to a word; those past the table do."""
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 2**64)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of two texts is one: shingles of the shorter that stand in the other, and the share of its longer
    words that stand there in like places, 0 … 1."""

    common: int
    kept: float

    @property
    def copied(self) -> bool:
        """Whether one reprints the other."""
        return self.common >= RUN and self.kept >= KEPT


NOTHING = Likeness(0, 0.0)
_NOWHERE = -(10**9)


def words_of(text: str) -> Hashes:
    """A text's words outside quotation marks as numbers, in order; all of them where that leaves too few.

    The same in every process; odd where a word is longer than three letters.
    """
    words = _numbered(_QUOTED.sub(" ", text))
    return words if len(words) >= _NARRATIVE else _numbered(text)


def _numbered(text: str) -> Hashes:
    """A polynomial hash of each word's letters modulo 2^64 (Rabin & Karp 1987), all at once by running sums."""
    letters = np.frombuffer(text.lower().encode("utf-32-le", "surrogatepass"), np.uint32)
    inside = np.zeros(len(letters) + 2, np.bool_)
    inside[1:-1] = _LETTERS[np.minimum(letters, len(_LETTERS) - 1)]
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = edges[::2], edges[1::2]
    powers, inverses = _powers(len(letters) + 1)
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum((letters.astype(np.uint64) + np.uint64(1)) * powers[:-1], out=sums[1:])
    numbers = _mixed((sums[ends] - sums[starts]) * inverses[starts])
    out: Hashes = numbers & ~np.uint64(1) | (ends - starts > 3).astype(np.uint64)
    return out


@lru_cache(maxsize=2)
def _table(n: int) -> tuple[Hashes, Hashes]:
    powers, inverses = (np.full(n, base, np.uint64) for base in (_BASE, _INVERSE))
    powers[0] = inverses[0] = 1
    return np.cumprod(powers), np.cumprod(inverses)


def _powers(n: int) -> tuple[Hashes, Hashes]:
    """The first `n` powers of the base, and of its inverse, modulo 2^64."""
    powers, inverses = _table(1 << max(14, (n - 1).bit_length()))
    return powers[:n], inverses[:n]


def _mixed(x: Hashes) -> Hashes:
    """With every bit as even as the next (finaliser of MurmurHash3)."""
    x = x ^ (x >> np.uint64(33))
    x *= np.uint64(0xFF51AFD7ED558CCD)
    x ^= x >> np.uint64(33)
    return x


def shingles(words: Hashes) -> Hashes:
    """Each three words in a row as one number."""
    x = words[:-2] * np.uint64(0x9E3779B97F4A7C15)
    x ^= words[1:-1] * np.uint64(0xC2B2AE3D27D4EB4F)
    x += words[2:]
    return _mixed(x)


class Compared:
    """A text's words, ready to be laid beside others'."""

    def __init__(self, text: str) -> None:
        self.words = words_of(text)
        self.shingles = shingles(self.words)

    @cached_property
    def sketch(self) -> frozenset[int]:
        """What it is looked up by: the kept shingles."""
        return frozenset(self.shingles[self.shingles % np.uint64(SCALE) == 0].tolist())

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """The places of its shingles, in order of these."""
        return np.argsort(self.shingles, kind="stable")

    @cached_property
    def places(self) -> tuple[Hashes, NDArray[np.intp]]:
        """Its words, each once and sorted; and as one number each, sorted, every place: rank × length + place."""
        ranks, rank = np.unique(self.words, return_inverse=True)
        return ranks, np.sort(rank * len(self.words) + np.arange(len(self.words)))


def alike(one: Compared, other: Compared) -> Likeness:
    """How much of two texts is one."""
    short, long = sorted((one, other), key=lambda text: len(text.words))
    if not len(short.shingles):
        return NOTHING
    at = np.searchsorted(long.shingles, short.shingles, sorter=long.order)
    place = long.order[np.minimum(at, len(long.shingles) - 1)]
    held = np.flatnonzero(long.shingles[place] == short.shingles)
    if len(held) < max(RUN, SHARE * len(short.shingles)):
        return Likeness(len(held), 0.0)
    # Each stretch of the shorter text is where the middle one of its shingles that are in the longer says it is.
    moved, stretch = place[held] - held, held // WINDOW
    by_place = np.lexsort((moved, stretch))
    first = np.flatnonzero(np.diff(stretch[by_place], prepend=-1))
    middle = (first + np.append(first[1:], len(held))) // 2
    offset = np.full(len(short.words) // WINDOW + 1, _NOWHERE)
    offset[stretch[by_place[first]]] = moved[by_place[middle]]
    telling = np.flatnonzero(short.words & np.uint64(1))
    low = telling + offset[telling // WINDOW] - AROUND
    # The first time that the word stands there, or later.
    (ranks, places), n = long.places, len(long.words)
    rank = np.minimum(np.searchsorted(ranks, short.words[telling]), len(ranks) - 1)
    known = ranks[rank] == short.words[telling]
    next_ = places[np.minimum(np.searchsorted(places, rank * n + np.maximum(low, 0)), n - 1)]
    near = known & (next_ // n == rank) & (next_ % n <= low + 2 * AROUND)
    return Likeness(len(held), float(near.sum() / max(1, len(telling))))


class Copies:
    """An index of texts by their kept shingles; finds those that a new text may be a copy of, and takes that in.

    `holding`: of each shingle the texts that have it, by number, at most COMMON; `sizes`: of each text how many it has.
    Both grow with what is met.
    """

    def __init__(self, holding: dict[int, list[int]], sizes: dict[int, int]) -> None:
        self._holding, self._sizes = holding, sizes

    def meet(self, number: int, sketch: frozenset[int]) -> tuple[list[int], list[int]]:
        """Take a text in under its number: the texts that it may be a copy of, likeliest first, and the shingles by
        which it is found from now on."""
        shared: list[int] = []
        followed: list[int] = []
        for shingle in sketch:
            others = self._holding.setdefault(shingle, [])
            if len(others) < COMMON:
                shared += others
                others.append(number)
                followed.append(shingle)
        self._sizes[number] = mine = len(sketch)
        likely = ((n / max(1, min(self._sizes[k], mine)), -k) for k, n in Counter(shared).items() if n >= LEAST)
        return [-k for share, k in sorted(likely, reverse=True) if share >= SHARE], followed
