"""Boosted trees that were trained on pairs of names (`training/names.py`), evaluated in numpy."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Trees:
    """Of `t` trees with at most `n` nodes each: what each node asks for, and what its leaves are worth."""

    def __init__(self, file: IO[Any]) -> None:
        with np.load(file, allow_pickle=False) as arrays:
            self._feature, self._threshold = arrays["feature"], arrays["threshold"]
            self._left, self._right, self._value = arrays["left"], arrays["right"], arrays["value"]
            self._base, self._depth = float(arrays["base"]), int(arrays["depth"])

    def sure(self, rows: Floats) -> Floats:
        """Features (r, f) → how sure (r), 0 … 1."""
        at = np.zeros((len(rows), len(self._feature)), np.int32)
        tree, row = np.arange(len(self._feature))[None, :], np.arange(len(rows))[:, None]
        for _ in range(self._depth):
            lower = rows[row, self._feature[tree, at]] <= self._threshold[tree, at]
            at = np.where(lower, self._left[tree, at], self._right[tree, at])
        total = self._value[tree, at].sum(1) + self._base
        out: Floats = (1 / (1 + np.exp(-total))).astype(np.float32)
        return out


@cache
def shipped() -> Trees:
    """Those of the package, loaded once."""
    with resources.files("onrecord").joinpath("models", "names", "trees.npz").open("rb") as file:
        return Trees(file)
