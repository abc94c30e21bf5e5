"""The model that lays statements side by side: vectors of one, and how two stand to each other.

One small encoder (`models/statements`, made by `training/statements.py`), read in two ways: a statement alone gives a
vector of length 1; two together how likely each relation, and each stance of the second to the first, is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord import settings
from onrecord.link.quantities import in_digits
from onrecord.weights import checked, compiled, digests

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

RELATIONS = ("different", "same", "denies", "doubts", "contradicts")
"""How two statements stand to each other, in the order of the model's answers."""
STANCES = ("for", "against", "observing", "unrelated")
"""How a headline or a report stands to a statement."""
LONGEST, BODY = 72, 220
"""Pieces that are read of a statement, and of a report beside it."""
PROBED = 6
"""Cells that are looked into for those near a vector."""
CLEAR = 0.8
"""Likeliness of one relation from which a pair is not read the other way round as well."""
APART = 0.6
"""Likeliness of "different" from which it is not, either."""
_CLS, _SEP = 101, 102
_STEP = 8

_Shown = tuple[list[int], list[int]]


class Comparer:
    """Cheap to make; the weights are loaded at the first question. Raises EngineError where they are missing."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder: Traversable = folder or resources.files("onrecord.models").joinpath("statements")
        self._loaded: _Loaded | None = None

    @property
    def version(self) -> str:
        """Of the weights."""
        held = digests(self._folder)
        return f"{held['statements.onnx'][:12]}{held['cells.npz'][:4]}"

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Of each text a vector (n, 384) of length 1."""
        return self._model().vectors(texts)

    def cells(self, vectors: Floats, probed: int = PROBED) -> Ints:
        """The cells nearest to each vector (n, probed), nearest first."""
        return self._model().cells(vectors, probed)

    def relations(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """How likely each of `RELATIONS` is (n, 5); where one reading leaves doubt, the mean of both ways round."""
        likely, _ = self._model().read(pairs, LONGEST)
        unsure = [k for k, row in enumerate(likely) if row[0] < APART and row.max() < CLEAR]
        if unsure:
            other, _ = self._model().read([pairs[k][::-1] for k in unsure], LONGEST)
            likely[unsure] = (likely[unsure] + other) / 2
        return likely

    def stances(self, pairs: Sequence[tuple[str, str]], *, reports: bool = False) -> Floats:
        """How likely each of `STANCES` is (n, 4) of the second, a headline or with `reports` a report's text."""
        return self._model().read(pairs, BODY if reports else LONGEST)[1]

    def _model(self) -> _Loaded:
        if self._loaded is None:
            self._loaded = _Loaded(self._folder)
        return self._loaded


class _Loaded:
    def __init__(self, folder: Traversable) -> None:
        files = checked(folder)
        vocabulary = resources.files("onrecord.models").joinpath("tagger", "tokenizer.json")
        self._tokenizer = Tokenizer.from_str(vocabulary.read_text(encoding="utf8"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        with np.load(files["cells.npz"], allow_pickle=False) as arrays:
            self._cells: Floats = arrays["cells"].astype(np.float32)
        self._graph, self._queue = compiled(files["statements.onnx"], at_once=2)

    def vectors(self, texts: Sequence[str]) -> Floats:
        pieces = [ids[:LONGEST] for ids in self._pieces(texts)]
        shown = [([_CLS, *ids, _SEP], [0] * (len(ids) + 2)) for ids in pieces]
        found = np.zeros((len(texts), self._cells.shape[1]), np.float32)
        for rows, answer in self._run(shown):
            found[rows] = answer[0]
        return found

    def cells(self, vectors: Floats, probed: int) -> Ints:
        nearness = vectors @ self._cells.T
        best = np.argpartition(-nearness, probed - 1, axis=1)[:, :probed]
        order = np.argsort(-np.take_along_axis(nearness, best, 1), axis=1)
        return np.take_along_axis(best, order, 1).astype(np.int32)

    def read(self, pairs: Sequence[tuple[str, str]], longest: int) -> tuple[Floats, Floats]:
        ones, others = (self._pieces([pair[k] for pair in pairs]) for k in (0, 1))
        shown = [_together(a[:LONGEST], b[:longest]) for a, b in zip(ones, others, strict=True)]
        relations = np.zeros((len(pairs), len(RELATIONS)), np.float32)
        stances = np.zeros((len(pairs), len(STANCES)), np.float32)
        for rows, answer in self._run(shown):
            relations[rows], stances[rows] = _likely(answer[1]), _likely(answer[2])
        return relations, stances

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return [e.ids for e in self._tokenizer.encode_batch([in_digits(t) for t in texts], add_special_tokens=False)]

    def _run(self, shown: Sequence[_Shown]) -> Iterator[tuple[list[int], list[Any]]]:
        """Those of like length together; of each batch which they are and the graph's answers."""
        done: list[tuple[list[int], list[Any]]] = []

        def keep(request: Any, rows: list[int]) -> None:
            done.append((rows, [request.get_output_tensor(k).data.copy() for k in range(3)]))

        self._queue.set_callback(keep)
        order = sorted(range(len(shown)), key=lambda k: -len(shown[k][0]))
        at, budget = 0, settings.whole("batch_tokens")
        try:
            while at < len(order):
                n = -(-len(shown[order[at]][0]) // _STEP) * _STEP
                rows = order[at : at + max(1, budget // n)]
                at += len(rows)
                self._queue.start_async(_padded([shown[k] for k in rows], n), rows)
                while done:
                    yield done.pop(0)
            self._queue.wait_all()
            yield from done
        finally:
            self._queue.wait_all()


def _together(one: list[int], other: list[int]) -> _Shown:
    met = set(one) & set(other)
    marks = [0, *(2 * (p in met) for p in one), 0, *(1 + 2 * (p in met) for p in other), 1]
    return [_CLS, *one, _SEP, *other, _SEP], marks


def _padded(shown: Sequence[_Shown], n: int) -> list[Ints]:
    pieces, marks = (np.zeros((len(shown), n), np.int32) for _ in range(2))
    for row, (p, m) in enumerate(shown):
        pieces[row, : len(p)], marks[row, : len(m)] = p, m
    return [pieces, marks]


def _likely(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(1, keepdims=True))
    out: Floats = raised / raised.sum(1, keepdims=True)
    return out
