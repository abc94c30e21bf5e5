"""From label scores to spans, and from spans to attributions. Pure numpy; the training uses the same tables.

Labels are BIOES over three roles (Ratinov & Roth 2009); the best sequence is found by Viterbi over all windows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Vectors = NDArray[np.floating[Any]]
"""Vectors of words, in whatever precision they are kept."""
Ints = NDArray[np.int32]

ROLES = ("source", "cue", "content")
NONE = 0
LABELS = ("O", *(f"{part}-{role}" for role in ROLES for part in "BIES"))
SOURCE, CUE, CONTENT = range(3)
DISTANCES = 20
BETWEEN = 4

_BUCKETS = np.array([1, 2, 3, 4, 6, 9, 17, 33, 65], np.int32)


def _allowed() -> NDArray[np.bool_]:
    """Whether label j may follow label i: inside a span only I or E of its role, otherwise anything that starts one."""
    table = np.zeros((len(LABELS), len(LABELS)), np.bool_)
    for i, a in enumerate(LABELS):
        for j, b in enumerate(LABELS):
            if a[0] in "BI":
                table[i, j] = b[0] in "IE" and b[2:] == a[2:]
            else:
                table[i, j] = b[0] in "OBS"
    return table


TRANSITIONS_ALLOWED = _allowed()


@dataclass(frozen=True, slots=True)
class Tagged:
    """One span of words, `start … end` (end excluded), with its role (index into ROLES) and how sure the tagger is.

    `statement`: of a cue, how likely it tells of a statement at all, rather than of an act or a feeling.
    """

    role: int
    start: int
    end: int
    score: float = 1.0
    statement: float = 1.0


def label_ids(spans: Sequence[Tagged], n: int) -> Ints:
    """Spans → labels of n words. The inverse of `spans_of`."""
    out = np.zeros(n, np.int32)
    for s in spans:
        base = 1 + 4 * s.role
        out[s.start : s.end] = base + 1
        out[s.start], out[s.end - 1] = base, base + 2
        if s.end - s.start == 1:
            out[s.start] = base + 3
    return out


def spans_of(labels: Ints) -> list[tuple[int, int, int]]:
    """Labels of n words → `(role, start, end)`. Takes well-formed sequences, such as Viterbi gives."""
    starts = np.flatnonzero((labels > 0) & (((labels - 1) % 4 == 0) | ((labels - 1) % 4 == 3)))
    ends = np.flatnonzero((labels > 0) & ((labels - 1) % 4 >= 2)) + 1
    return [((int(labels[a]) - 1) // 4, int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


_INSIDE = np.array([k for k, name in enumerate(LABELS) if name[0] in "IE"])
_STARTING = np.array([name[0] in "OBS" for name in LABELS])
_ENDING = np.array([name[0] in "OES" for name in LABELS])
_OF_SOURCES, _OF_CUES = (np.arange(1 + 4 * role, 5 + 4 * role) for role in (SOURCE, CUE))
_BARRED = np.float32(-1e4)
_TINY = np.float32(1e-30)


def bar_breaks(scores: Floats, gaps: Ints) -> None:
    """Let no span run on over a line break: none of PolNeAR's 61,492 does. In place; scores (w, labels), gaps (w)."""
    scores[np.ix_(gaps >= 2, _INSIDE)] = _BARRED


def bar_speakers(scores: Floats, own: NDArray[np.bool_], quotes: Ints) -> None:
    """Let no "I" or "we" inside quotation marks be a source: of 3,560 in PolNeAR train none is.

    In place; scores (w, labels), whether each word is one (w), the words' quotation marks (w).
    """
    scores[np.ix_(own & np.isin(quotes, (1, 5)), _OF_SOURCES)] = _BARRED


def keep_inside(scores: Floats, spans: Sequence[Tagged], plausible: float) -> bool:
    """Bar every label outside the contents among `spans`, and any span from running into one.

    In place; scores (w, labels). Returns whether, inside, the label of some cue comes within `plausible` of none.
    """
    contents = [(s.start, s.end) for s in spans if s.role == CONTENT and s.end - s.start > 2]
    if not contents:
        return False
    outside = np.ones(len(scores), np.bool_)
    for start, end in contents:
        outside[start:end] = False
    scores[outside, 1:] = _BARRED
    scores[np.ix_(np.array([start for start, _ in contents]), _INSIDE)] = _BARRED
    return bool((scores[:, _OF_CUES].max(1) - scores[:, 0]).max() > plausible)


def viterbi(scores: Floats, lengths: Ints, transitions: Floats, first: Floats) -> list[Ints]:
    """Best label sequence of each window. scores (b, w, labels), lengths (b): words of each window.

    transitions (labels, labels) and first (labels) of all windows, or of each: (b, labels, labels) and (b, labels).
    """
    b, w, k = scores.shape
    chain = np.where(TRANSITIONS_ALLOWED, transitions, _BARRED)
    ending = np.where(_ENDING, np.float32(0), _BARRED)
    starting = np.where(_STARTING, first, _BARRED)
    back = np.zeros((w, b, k), np.int8)
    best = scores[:, 0] + starting
    flipped = np.ascontiguousarray(chain.swapaxes(-1, -2))
    rows, to = np.arange(b)[:, None], np.arange(k)[None, :]
    moves = np.empty((b, k, k), np.float32)
    for t in range(1, w):
        np.add(best[:, None, :], flipped, out=moves)
        chosen = moves.argmax(2)
        back[t] = chosen
        step = moves[rows, to, chosen] + scores[:, t]
        best = np.where((t < lengths)[:, None], step, best)
    last = (best + ending).argmax(1)
    path = np.zeros((w, b), np.int32)
    each = np.arange(b)
    state = last
    for t in range(w - 1, -1, -1):
        path[t] = state
        inside = (t < lengths) & (t > 0)
        state = np.where(inside, back[t, each, state], state)
    return [path[: int(n), i] for i, n in enumerate(lengths)]


def marginals(scores: Floats, lengths: Ints, transitions: Floats, first: Floats) -> Floats:
    """How likely each label is at each word over all sequences (b, w, labels): forward-backward, Rabiner 1989."""
    _, w, _ = scores.shape
    chain = np.where(TRANSITIONS_ALLOWED, np.exp(transitions), np.float32(0))
    local = np.exp(scores - scores.max(2, keepdims=True))
    forward, backward = np.zeros_like(scores), np.zeros_like(scores)
    now = local[:, 0] * np.where(_STARTING, np.exp(first), np.float32(0))
    for t in range(w):
        if t:
            now = (now @ chain) * local[:, t]
        now = now / (now.sum(1, keepdims=True) + _TINY)
        forward[:, t] = now
    ending = np.where(_ENDING, np.float32(1), np.float32(0))
    now = np.broadcast_to(ending, forward[:, 0].shape)
    for t in range(w - 1, -1, -1):
        now = np.where(np.equal(lengths - 1, t)[:, None], ending, now)
        backward[:, t] = now
        now = (now * local[:, t]) @ chain.T
        now = now / (now.sum(1, keepdims=True) + _TINY)
    both = forward * backward
    out: Floats = both / (both.sum(2, keepdims=True) + _TINY)
    return out


def link_features(heads: Sequence[Tagged], dependents: Sequence[Tagged], gaps: Ints) -> tuple[Ints, Ints]:
    """What lies between each dependent and each head it may be linked to: `distance` (d, h) and `between` (d, h, 3).

    Both in order. `gaps` are the words' line breaks (`Words.features[:, 1]`). distance: bucket of words between, before
    or after. between: heads, dependents of the same role, and line breaks in between, each 0 … 3 (3 = more).
    """
    hs, he = np.array([(h.start, h.end) for h in heads], np.int32).T
    ds, de = np.array([(d.start, d.end) for d in dependents], np.int32).T
    after = hs[None, :] >= de[:, None]
    low = np.where(after, de[:, None], he[None, :])
    high = np.where(after, hs[None, :], ds[:, None])
    words_between = np.maximum(high - low, 0)
    distance = _BUCKETS.searchsorted(words_between, side="right") + np.where(after, 0, DISTANCES // 2)
    breaks = np.r_[0, np.cumsum(gaps >= 2)]

    def count(starts: Ints) -> Ints:
        inside: Ints = np.maximum(starts.searchsorted(high) - starts.searchsorted(low), 0)
        return inside

    # The break before the first word between counts as well: `high` is the start of the later span.
    lines = breaks[np.minimum(high + 1, len(gaps))] - breaks[np.minimum(low, len(gaps))]
    between = np.stack([count(hs), count(ds), lines], axis=2)
    return distance.astype(np.int32), np.clip(between, 0, BETWEEN - 1).astype(np.int32)
