"""Documents → padded batches of windows with gold labels and links."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from onrecord.engines.decode import CONTENT, CUE, SOURCE, Tagged, label_ids, link_features
from onrecord.engines.words import FEATURES, PIECES_MAX, Window, windows
from training.polnear import Document

CLS, SEP, MASK = 101, 102, 103
MASKED = 0.08
"""Share of pieces hidden in training, so that no single word decides."""


@dataclass(frozen=True)
class Links:
    """Gold links of one window and role: dependents and cues as word spans, and each dependent's cue (c = none)."""

    role: int
    dependents: tuple[Tagged, ...]
    cues: tuple[Tagged, ...]
    distance: Tensor
    between: Tensor
    target: Tensor


@dataclass(frozen=True)
class Batch:
    """pieces (b, n), features (b, n, 4), mask (b, n), first (b, w): position of each word's first piece;
    labels (b, w), real (b, w); links per window."""

    pieces: Tensor
    features: Tensor
    mask: Tensor
    first: Tensor
    labels: Tensor
    real: Tensor
    links: tuple[tuple[Links, ...], ...]


@dataclass(frozen=True)
class Item:
    document: Document
    window: Window


def items(documents: Sequence[Document], rng: random.Random) -> list[Item]:
    """Every document cut anew: the first window is of a random length, so that cuts fall elsewhere each epoch."""
    out = []
    for document in documents:
        for window in windows(document.words, PIECES_MAX, context=0, lead=rng.randint(60, PIECES_MAX)):
            out.append(Item(document, window))
    return out


def batches(documents: Sequence[Document], size: int, rng: random.Random) -> Iterator[Batch]:
    """Batches of like length, in random order."""
    pool = items(documents, rng)
    rng.shuffle(pool)
    chunk = size * 40
    groups = []
    for k in range(0, len(pool), chunk):
        part = sorted(pool[k : k + chunk], key=length)
        groups.extend(part[j : j + size] for j in range(0, len(part), size))
    rng.shuffle(groups)
    for group in groups:
        yield masked(collate(group, rng), rng)


def length(item: Item) -> int:
    """Pieces of a window."""
    first = item.document.words.first
    return int(first[item.window.end] - first[item.window.start])


def masked(batch: Batch, rng: random.Random) -> Batch:
    """Some pieces replaced by the mask; frame pieces and padding stay."""
    dice = torch.rand(batch.pieces.shape, generator=torch.Generator().manual_seed(rng.getrandbits(32)))
    hide = (dice < MASKED) & (batch.pieces > MASK)
    return replace(batch, pieces=batch.pieces.masked_fill(hide, MASK))


def collate(group: Sequence[Item], rng: random.Random) -> Batch:
    """Windows → one padded batch. One cue in twelve is hidden from the linker, so that it learns to say none."""
    n = max(map(length, group)) + 2
    w = max(i.window.end - i.window.start for i in group)
    b = len(group)
    pieces, mask = np.zeros((b, n), np.int64), np.zeros((b, n), np.int64)
    features = np.zeros((b, n, len(FEATURES)), np.int64)
    first, labels, real = np.zeros((b, w), np.int64), np.zeros((b, w), np.int64), np.zeros((b, w), np.float32)
    links = []
    for row, item in enumerate(group):
        words, win = item.document.words, item.window
        lo, hi = int(words.first[win.start]), int(words.first[win.end])
        m, k = hi - lo, win.end - win.start
        pieces[row, : m + 2] = np.r_[CLS, words.pieces[lo:hi], SEP]
        mask[row, : m + 2] = 1
        sizes = np.diff(words.first[win.start : win.end + 1])
        features[row, 1 : m + 1] = np.repeat(words.features[win.start : win.end], sizes, axis=0)
        first[row, :k] = words.first[win.start : win.end] - lo + 1
        spans, cue_of = _inside(item)
        labels[row, :k] = label_ids(spans, k)
        real[row, :k] = 1
        links.append(_links(spans, cue_of, words.features[win.start : win.end, 1], rng))
    tensors = [torch.from_numpy(x) for x in (pieces, features, mask, first, labels, real)]
    return Batch(*tensors, links=tuple(links))


def _inside(item: Item) -> tuple[list[Tagged], dict[int, int]]:
    win, document = item.window, item.document
    kept: dict[int, int] = {}
    spans: list[Tagged] = []
    for k, s in enumerate(document.spans):
        if s.end > win.start and s.start < win.end:
            kept[k] = len(spans)
            spans.append(Tagged(s.role, max(s.start, win.start) - win.start, min(s.end, win.end) - win.start))
    return spans, {kept[d]: kept[c] for d, c in document.cue_of.items() if d in kept and c in kept}


def _links(spans: list[Tagged], cue_of: dict[int, int], gaps: np.ndarray, rng: random.Random) -> tuple[Links, ...]:
    cues = [k for k, s in enumerate(spans) if s.role == CUE]
    hidden = {k for k in cues if rng.random() < 0.08}
    shown = [k for k in cues if k not in hidden]
    if not shown:
        return ()
    out = []
    for role, kind in ((0, SOURCE), (1, CONTENT)):
        mine = [k for k in cue_of if spans[k].role == kind]
        if not mine:
            continue
        dependents, heads = [spans[k] for k in mine], [spans[k] for k in shown]
        distance, between = link_features(heads, dependents, gaps)
        target = [shown.index(cue_of[k]) if cue_of[k] in shown else len(shown) for k in mine]
        out.append(
            Links(
                role,
                tuple(dependents),
                tuple(heads),
                torch.from_numpy(distance).long(),
                torch.from_numpy(between).long(),
                torch.tensor(target),
            )
        )
    return tuple(out)
