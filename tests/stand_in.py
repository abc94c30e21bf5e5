"""A tiny judge of statements for tests of everything around it: words in common decide."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from onrecord.link.comparing import Floats, Ints

SMALL = frozenset(("that", "the", "a", "of", "in", "to", "had", "has", "was", "is", "and", "on", "it", "by"))


class WordComparer:
    """In place of `onrecord.link.Comparer`: vectors of hashed words, one cell; half the words in common: one claim."""

    version = "words"

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Of each text a vector (n, 384) of length 1."""
        made = np.full((len(texts), 384), 1e-3, np.float32)
        for k, text in enumerate(texts):
            for word in words(text):
                made[k, sum(map(ord, word)) % 384] += 1
        out: Floats = made / np.linalg.norm(made, axis=1, keepdims=True)
        return out

    def cells(self, vectors: Floats, probed: int = 1) -> Ints:
        """All in one cell."""
        return np.zeros((len(vectors), probed), np.int32)

    def relations(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """As `RELATIONS`: different, same, denies, doubts, contradicts."""
        return np.array([self._relation(a, b) for a, b in pairs], np.float32).reshape(-1, 5)

    def stances(self, pairs: Sequence[tuple[str, str]], *, reports: bool = False) -> Floats:
        """Not asked here."""
        raise NotImplementedError

    def _relation(self, a: str, b: str) -> list[float]:
        one, other = words(a), words(b)
        if 2 * len(one & other) < min(len(one), len(other)):
            return [0.97, 0.03, 0, 0, 0]
        return [0.02, 0, 0.98, 0, 0] if ("not" in one) != ("not" in other) else [0.02, 0.98, 0, 0, 0]


def words(text: str) -> set[str]:
    """The words that count."""
    return set(re.findall(r"\w+", text.lower())) - SMALL
