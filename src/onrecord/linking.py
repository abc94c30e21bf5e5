"""Claims: compares what new reports' attributions state with what all others do, and records how they stand.

Nothing is merged here: which attributions are of one claim, and on which side of it, follows from the judgements on
record, a person's above every engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from onrecord.link import LEAST_LIKE, Statement, Verdict, answered, plain, same_words, statements, verdict
from onrecord.model import Run
from onrecord.store import Judgement, Stated, Store

BATCH = 40
"""Reports compared in one transaction."""
MOST = 3
"""Statements of other reports, and of its own, that one is laid beside, the nearest ones."""
RULES = "3"
"""Counts up with anything here or in `link` that decides how statements stand, besides the weights."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


class Compares(Protocol):
    """What is asked of the model that compares statements (`link.Comparer`)."""

    @property
    def version(self) -> str: ...
    def vectors(self, texts: Sequence[str]) -> Floats: ...
    def cells(self, vectors: Floats) -> Ints: ...
    def relations(self, pairs: Sequence[tuple[str, str]]) -> Floats: ...


def run_of(comparer: Compares) -> Run:
    """The engine at work: weights and rules."""
    return Run("claims", f"{comparer.version}-{RULES}", {"most": MOST})


def find_claims(store: Store, comparer: Compares, progress: Callable[[int], None] | None = None) -> int:
    """Compare the attributions of all reports that were not compared yet; how many attributions those were.

    Each batch is one durable transaction: stopped, it goes on from there. `progress` is told how many are compared.
    Raises StoreError, and EngineError where the weights are missing.
    """
    run = run_of(comparer)
    compared, after = 0, -1
    while waiting := store.unlinked(run.id, after=after, limit=BATCH):
        every = [statements(report.extraction) for report in waiting]
        fresh = [s for each in every for s in each]
        reports = np.array([k for k, each in enumerate(every) for _ in each], np.int64)
        vectors = comparer.vectors([s.text for s in fresh])
        cells = comparer.cells(vectors)
        found = dict.fromkeys(_among(vectors, reports))
        known, before = _before(store, run.id, vectors, cells, {s.attribution for s in fresh})
        pairs = [(fresh[i], fresh[j]) for i, j in found]
        pairs += [(fresh[i], known[number]) for i, number in before]
        judgements: dict[str, list[Judgement]] = {}
        for v in _verdicts(fresh, pairs, comparer):
            judgements.setdefault(v.a, []).append(_judgement(v, run))
        batch, at = [], 0
        for report, each in zip(waiting, every, strict=True):
            rows = [_row(s, vectors[at + k], int(cells[at + k, 0])) for k, s in enumerate(each)]
            batch.append((report.number, rows, [j for s in each for j in judgements.get(s.attribution, ())]))
            at += len(each)
        store.add_links(run, batch)
        compared += len(fresh)
        after = waiting[-1].number
        if progress:
            progress(compared)
    return compared


def _among(vectors: Floats, reports: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Pairs of new statements to lay side by side: with each the nearest of its own report, and of the others."""
    near: Floats = vectors @ vectors.T
    np.fill_diagonal(near, -1.0)
    own = reports[:, None] == reports[None, :]
    for mask in (own, ~own):
        scores: Floats = np.where(mask, near, np.float32(-1.0)).astype(np.float32)
        for i, j in _nearest(scores):
            yield min(i, j), max(i, j)


def _before(
    store: Store, by: str, vectors: Floats, cells: Ints, here: set[str]
) -> tuple[dict[int, Statement], list[tuple[int, int]]]:
    """Statements of reports compared before, by number, and with which of them each new one is to be laid side by
    side: the nearest in the cells nearest to it."""
    held = store.near(by, set(map(int, cells.ravel())))
    best: list[list[tuple[float, int]]] = [[] for _ in vectors]
    for cell, (numbers, packed) in held.items():
        rows = np.flatnonzero((cells == cell).any(1))
        beside = np.frombuffer(packed, np.int8).reshape(len(numbers), vectors.shape[1]).astype(np.float32)
        scores: Floats = vectors[rows] @ (beside / np.float32(127)).T
        for i, j in _nearest(scores):
            best[rows[i]].append((float(scores[i, j]), numbers[j]))
    kept = [(i, number) for i, each in enumerate(best) for _, number in sorted(each, reverse=True)[:MOST]]
    known = {number: _statement(each) for number, each in store.stated(by, {number for _, number in kept}).items()}
    return known, [(i, number) for i, number in kept if known[number].attribution not in here]


def _nearest(scores: Floats) -> Iterator[tuple[int, int]]:
    """Of each row the best columns, where they are like enough."""
    most = min(MOST, scores.shape[1])
    if most:
        best = np.argpartition(-scores, most - 1, axis=1)[:, :most]
        for i, j in zip(*np.nonzero(np.take_along_axis(scores, best, 1) >= LEAST_LIKE), strict=True):
            yield int(i), int(best[i, j])


def _verdicts(
    fresh: Sequence[Statement], pairs: Sequence[tuple[Statement, Statement]], comparer: Compares
) -> Iterator[Verdict]:
    """Of new statements that answer another in their report, and of the pairs."""
    by_id = {s.attribution: s for s in fresh}
    taken: set[frozenset[str]] = set()
    for s in fresh:
        target = by_id.get(s.answers or "")
        if target is not None:
            taken.add(frozenset((s.attribution, target.attribution)))
            yield answered(s, target)
    left = []
    for one, other in pairs:
        if one.bare or other.bare or frozenset((one.attribution, other.attribution)) in taken:
            continue
        if plain(one.text) == plain(other.text):
            yield same_words(one, other)
        else:
            left.append((one, other))
    likely = comparer.relations([(one.text, other.text) for one, other in left]) if left else ()
    for (one, other), row in zip(left, likely, strict=True):
        found = verdict(one, other, row)
        if found:
            yield found


def _statement(known: Stated) -> Statement:
    days = frozenset(known.days)
    return Statement(known.attribution, known.text, known.bearing, known.negated, None, known.bare, known.own, days)


def _row(s: Statement, vector: Floats, cell: int) -> Stated:
    packed = np.clip(np.rint(vector * 127), -127, 127).astype(np.int8).tobytes()
    days = tuple(sorted(s.days))
    flags = {"bare": s.bare, "answering": s.answers is not None, "clause": s.clause}
    return Stated(s.attribution, cell, packed, s.text, s.bearing, s.negated, s.doubtful, s.own, days, **flags)


def _judgement(found: Verdict, run: Run) -> Judgement:
    score = round(min(1.0, found.score), 3)
    return Judgement(found.a, found.b, found.relation, "engine", run.id, datetime.now(UTC), score, found.reason)
