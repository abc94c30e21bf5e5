"""A trained score of each row against each column, and against none: who is who, what answers what, what belongs where.

What `Pairs` in `training/net.py` learns, in numpy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from onrecord.engines.decode import Floats, Ints


def gelu(x: Floats) -> Floats:
    """With the error function, as torch has it; Abramowitz & Stegun 7.1.26 (error below 1.5e-7)."""
    z = np.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    out: Floats = (0.5 * x * (1 + erf)).astype(np.float32)
    return out


def softmax(scores: Floats) -> Floats:
    """Over the last axis."""
    held = np.exp(scores - scores.max(-1, keepdims=True))
    out: Floats = held / held.sum(-1, keepdims=True)
    return out


class Pairs:
    """The trained tables under one name."""

    def __init__(self, tables: Mapping[str, Floats], name: str) -> None:
        t = {k.removeprefix(f"{name}."): v for k, v in tables.items() if k.startswith(f"{name}.")}
        self._tail, self._tail_bias = t["tail.weight"].T.copy(), t["tail.bias"]
        self._top, self._top_bias = t["top.weight"].T.copy(), t["top.bias"]
        self._none, self._none_bias = t["none.weight"][0], float(t["none.bias"][0])
        self._tables = {k.removeprefix("tables."): v for k, v in t.items() if k.startswith("tables.")}
        self._alone = {k.removeprefix("alone."): v for k, v in t.items() if k.startswith("alone.")}

    def tails(self, rows: Floats) -> Floats:
        """Vectors (r, row) as they meet columns (r, width)."""
        return gelu(rows @ self._tail + self._tail_bias)

    def tops(self, columns: Floats) -> Floats:
        """Vectors (c, column) as they meet rows (c, width)."""
        return gelu(columns @ self._top + self._top_bias)

    def scores(self, tails: Floats, tops: Floats, pairs: Mapping[str, Ints], alone: Mapping[str, Ints]) -> Floats:
        """Rows and columns made ready, features (r, c) and (r) → scores (r, c + 1), none last."""
        out = np.empty((len(tails), len(tops) + 1), np.float32)
        out[:, :-1] = tails @ tops.T * (4 / math.sqrt(self._tail.shape[1]))
        for name, table in self._tables.items():
            out[:, :-1] += table[pairs[name]]
        out[:, -1] = tails @ self._none + self._none_bias
        for name, table in self._alone.items():
            out[:, -1] += table[alone[name]]
        return out
