"""From scores to spans and links: against brute force, and what must always hold."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.engines.decode import (
    LABELS,
    TRANSITIONS_ALLOWED,
    Tagged,
    bar_speakers,
    keep_inside,
    label_ids,
    spans_of,
    viterbi,
)
from onrecord.engines.link import Link, Seen, group, merge

ENDS = {k for k, name in enumerate(LABELS) if name[0] in "OES"}
STARTS = {k for k, name in enumerate(LABELS) if name[0] in "OBS"}


def score(path: tuple[int, ...], scores: np.ndarray, chain: np.ndarray, first: np.ndarray) -> float:
    moves = sum(chain[a, b] for a, b in itertools.pairwise(path))
    return float(first[path[0]] + moves + sum(scores[t, k] for t, k in enumerate(path)))


@given(seed=st.integers(0, 10_000), length=st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_viterbi_finds_the_best_allowed_path(seed: int, length: int) -> None:
    dice = np.random.default_rng(seed)
    k = len(LABELS)
    scores = dice.normal(size=(1, length, k)).astype(np.float32)
    chain, first = dice.normal(size=(k, k)).astype(np.float32), dice.normal(size=k).astype(np.float32)
    allowed = [
        path
        for path in itertools.product(range(k), repeat=length)
        if path[0] in STARTS
        and path[-1] in ENDS
        and all(TRANSITIONS_ALLOWED[a, b] for a, b in itertools.pairwise(path))
    ]
    best = max(allowed, key=lambda path: score(path, scores[0], chain, first))
    found = viterbi(scores, np.array([length], np.int32), chain, first)[0]
    assert tuple(found.tolist()) == best


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_windows_do_not_disturb_each_other(seed: int) -> None:
    dice = np.random.default_rng(seed)
    k = len(LABELS)
    lengths = dice.integers(1, 12, 4).astype(np.int32)
    scores = dice.normal(size=(4, int(lengths.max()), k)).astype(np.float32)
    chain, first = np.zeros((k, k), np.float32), np.zeros(k, np.float32)
    together = viterbi(scores, lengths, chain, first)
    for row, n in enumerate(lengths):
        alone = viterbi(scores[row : row + 1, :n], np.array([n], np.int32), chain, first)[0]
        assert together[row].tolist() == alone.tolist()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(1, 4)), max_size=8))
def test_labels_and_spans_are_inverse(parts: list[tuple[int, int, int]]) -> None:
    spans, at = [], 0
    for role, gap, length in parts:
        spans.append((role, at + gap, at + gap + length))
        at += gap + length
    assert spans_of(label_ids([Tagged(*s) for s in spans], at + 2)) == spans


SOURCE, CUE, CONTENT = range(3)


def test_a_content_seen_by_two_windows_keeps_its_surest_cue() -> None:
    cue, content = Tagged(CUE, 10, 11), Tagged(CONTENT, 12, 20)
    early = Seen((cue, content), 0, (Link(1, 0, 0.6),))
    late = Seen((Tagged(CONTENT, 13, 20), Tagged(CUE, 22, 23)), 21, (Link(0, 1, 0.9),))
    spans, links = merge([early, late])
    assert spans == [cue, content, Tagged(CUE, 22, 23)]
    assert links == [Link(1, 2, 0.9)]


def test_a_cue_without_content_makes_no_attribution() -> None:
    spans = [Tagged(SOURCE, 0, 1), Tagged(CUE, 1, 2), Tagged(CUE, 5, 6), Tagged(CONTENT, 6, 9)]
    groups = group(spans, [Link(1, 0, 1.0), Link(2, None, 1.0), Link(3, 2, 1.0)])
    assert [(g.source, g.cue, g.content) for g in groups] == [(None, 2, (3,))]


def test_split_content_is_one_attribution() -> None:
    spans = [Tagged(CONTENT, 0, 3), Tagged(SOURCE, 3, 4), Tagged(CUE, 4, 5), Tagged(CONTENT, 5, 9)]
    groups = group(spans, [Link(0, 2, 0.9), Link(2, 1, 1.0), Link(3, 2, 0.8)])
    assert [(g.source, g.cue, g.content) for g in groups] == [(1, 2, (0, 3))]


def test_one_source_may_serve_two_cues() -> None:
    spans = [Tagged(SOURCE, 0, 1), Tagged(CUE, 1, 2), Tagged(CONTENT, 2, 4), Tagged(CUE, 5, 6), Tagged(CONTENT, 6, 9)]
    groups = group(spans, [Link(1, 0, 1.0), Link(3, 0, 0.9), Link(2, 1, 1.0), Link(4, 3, 1.0)])
    assert [(g.source, g.cue, g.content) for g in groups] == [(0, 1, (2,)), (0, 3, (4,))]


def best_spans(scores: np.ndarray) -> list[tuple[int, int, int]]:
    chain, first = np.zeros((len(LABELS), len(LABELS)), np.float32), np.zeros(len(LABELS), np.float32)
    return spans_of(viterbi(scores[None], np.array([len(scores)], np.int32), chain, first)[0])


@given(seed=st.integers(0, 10_000), start=st.integers(0, 8), length=st.integers(3, 8))
@settings(max_examples=25, deadline=None)
def test_what_is_read_within_contents_stays_within_one(seed: int, start: int, length: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(24, len(LABELS))).astype(np.float32)
    contents = [Tagged(CONTENT, start, start + length), Tagged(CONTENT, start + length, 20), Tagged(CUE, 20, 21)]
    keep_inside(scores, contents, 0.0)
    for _, a, b in best_spans(scores):
        assert any(c.role == CONTENT and c.start <= a and b <= c.end for c in contents)


def test_without_a_content_there_is_nothing_to_look_into() -> None:
    assert not keep_inside(np.ones((5, len(LABELS)), np.float32), [Tagged(CUE, 0, 1)], 0.0)


def test_a_speaker_is_not_the_source_of_their_own_quotation() -> None:
    scores = np.zeros((3, len(LABELS)), np.float32)
    scores[:, LABELS.index("S-source")] = 5
    bar_speakers(scores, np.array([False, True, True]), np.array([1, 1, 0], np.int32))
    assert best_spans(scores) == [(SOURCE, 0, 1), (SOURCE, 2, 3)]
