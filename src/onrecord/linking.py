"""Claims: compares what new reports' attributions state with what all others do, and records how they stand.

Nothing is merged here: which attributions are of one claim, and on which side of it, follows from the judgements on
record, a person's above every engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from onrecord.link import LEAST_LIKE, Statement, Verdict, answered, plain, statements, verdict
from onrecord.model import Run
from onrecord.store import Judgement, Stated, Store

BATCH = 40
"""Reports compared in one transaction."""
MOST = 8
"""Statements of other reports, and of its own, that one is laid beside, the nearest ones."""
RULES = "1"
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
        stated = [statements(report.extraction) for report in waiting]
        fresh = [s for each in stated for s in each]
        vectors = comparer.vectors([s.text for s in fresh])
        held = _Held.of(fresh, [report.number for report, each in zip(waiting, stated, strict=True) for _ in each])
        cells = comparer.cells(vectors) if fresh else np.zeros((0, 1), np.int32)
        known = store.near(run.id, {int(c) for c in cells.ravel()})
        here = {s.attribution for s in fresh}
        known = [k for k in known if k.attribution not in here]
        judgements: dict[str, list[Judgement]] = {}
        for found in _verdicts(held, vectors, known, comparer):
            judgements.setdefault(found.a, []).append(_judgement(found, run))
        batch, at = [], 0
        for report, each in zip(waiting, stated, strict=True):
            rows = [_row(s, vectors[at + k], int(cells[at + k, 0])) for k, s in enumerate(each)]
            batch.append((report.number, rows, [j for s in each for j in judgements.get(s.attribution, ())]))
            at += len(each)
        store.add_links(run, batch)
        compared += len(fresh)
        after = waiting[-1].number
        if progress:
            progress(compared)
    return compared


@dataclass(frozen=True, slots=True)
class _Held:
    """The statements of a batch, and of each the report it stands in."""

    statements: Sequence[Statement]
    reports: NDArray[np.int64]

    @classmethod
    def of(cls, fresh: Sequence[Statement], reports: Sequence[int]) -> _Held:
        return cls(fresh, np.array(reports, np.int64))


def _verdicts(held: _Held, vectors: Floats, known: Sequence[Stated], comparer: Compares) -> Iterator[Verdict]:
    """Of new statements among themselves and with those known."""
    fresh = held.statements
    if not fresh:
        return
    others = [_statement(k) for k in known]
    packed = np.frombuffer(b"".join(k.vector for k in known), np.int8).reshape(len(known), vectors.shape[1])
    beside = np.concatenate([vectors, packed.astype(np.float32) / 127])
    near = vectors @ beside.T
    every = [*fresh, *others]
    by_id = {s.attribution: s for s in fresh}
    taken: set[tuple[str, str]] = set()
    for s in fresh:
        if s.answers in by_id:
            taken.add((s.attribution, str(s.answers)))
            yield answered(s, by_id[str(s.answers)])
    pairs = [
        (i, int(j))
        for i, j in _candidates(held.reports, near, len(fresh))
        if not (every[i].bare or every[j].bare)
        and not {(every[i].attribution, every[j].attribution), (every[j].attribution, every[i].attribution)} & taken
    ]
    alike = [(i, j) for i, j in pairs if plain(every[i].text) == plain(every[j].text)]
    for i, j in alike:
        same = every[i].bearing == every[j].bearing or "denies" not in (every[i].bearing, every[j].bearing)
        yield Verdict(every[i].attribution, every[j].attribution, "same" if same else "opposes", 0.99, "the same words")
    left = [pair for pair in pairs if pair not in set(alike)]
    likely = comparer.relations([(every[i].text, every[j].text) for i, j in left]) if left else ()
    for (i, j), row in zip(left, likely, strict=True):
        found = verdict(every[i], every[j], row)
        if found:
            yield found


def _candidates(reports: NDArray[np.int64], near: Floats, fresh: int) -> Iterator[tuple[int, int]]:
    """Pairs to lay side by side: of each statement the nearest of its own report, and of all others."""
    met: set[tuple[int, int]] = set()
    own = np.zeros(near.shape, bool)
    own[:, :fresh] = reports[:, None] == reports[None, :]
    for mask in (own, ~own):
        scores = np.where(mask, near, -1.0)
        scores[np.arange(fresh), np.arange(fresh)] = -1.0
        most = min(MOST, scores.shape[1])
        best = np.argpartition(-scores, most - 1, axis=1)[:, :most]
        for i in range(fresh):
            for j in best[i]:
                pair = (min(i, int(j)), max(i, int(j)))
                if scores[i, j] >= LEAST_LIKE and pair not in met:
                    met.add(pair)
                    yield pair


def _statement(known: Stated) -> Statement:
    return Statement(
        known.attribution, known.text, known.bearing, known.negated, None, False, known.own, frozenset(known.days)
    )


def _row(s: Statement, vector: Floats, cell: int) -> Stated:
    packed = np.clip(np.rint(vector * 127), -127, 127).astype(np.int8).tobytes()
    days = tuple(sorted(s.days))
    return Stated(s.attribution, cell, packed, s.text, s.bearing, s.negated, s.doubtful, s.own, days)


def _judgement(found: Verdict, run: Run) -> Judgement:
    score = round(min(1.0, found.score), 3)
    return Judgement(found.a, found.b, found.relation, "engine", run.id, datetime.now(UTC), score, found.reason)
