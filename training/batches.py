"""Documents → padded batches of windows with gold labels and links."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from onrecord.engines.decode import CONTENT, CUE, LABELS, SOURCE, Tagged, label_ids, link_features
from onrecord.engines.words import FEATURES, PIECES_MAX, Window, windows
from training.polnear import Document, Layer
from training.whole import Whole

CLS, SEP, MASK = 101, 102, 103
LAYERS = ("outer", "broad", "inner", "who", "around")
HIDDEN = 0.08
"""Share of sources and cues hidden from the linker, so that it learns to say none."""


@dataclass(frozen=True)
class Links:
    """Gold links of one window, of cues to sources (kind 0) or of contents to cues (kind 1).

    Dependents (d) and heads (h) as word spans; distance (d, h), between (d, h, 3); target (d): the head, h = none.
    """

    kind: int
    dependents: tuple[Tagged, ...]
    heads: tuple[Tagged, ...]
    distance: Tensor
    between: Tensor
    target: Tensor


@dataclass(frozen=True)
class Batch:
    """One padded batch of windows.

    pieces (b, n), features (b, n, 4), mask (b, n), first (b, w): position of each word's first piece; of each layer
    labels (b, w), and where somebody looked for them (b); real (b, w); links per window; statements: cues of the batch
    as row, first and last word, and whether they tell of a statement (s, 4); soft (b, w, labels) where teachers stand
    in for gold.
    """

    pieces: Tensor
    features: Tensor
    mask: Tensor
    first: Tensor
    labels: dict[str, Tensor]
    looked: dict[str, Tensor]
    real: Tensor
    links: tuple[tuple[Links, ...], ...]
    statements: Tensor
    soft: Tensor | None = None


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
    """Batches of like length, in random order; those with gold and those with teachers apart."""
    groups = []
    for taught in (False, True):
        pool = items([d for d in documents if (d.soft is not None) == taught], rng)
        rng.shuffle(pool)
        chunk = size * 40
        for k in range(0, len(pool), chunk):
            part = sorted(pool[k : k + chunk], key=length)
            groups.extend(part[j : j + size] for j in range(0, len(part), size))
    rng.shuffle(groups)
    for group in groups:
        yield collate(group, rng)


def together(wholes: Sequence[Whole], size: int, rng: random.Random) -> Iterator[tuple[list[Whole], list[Item]]]:
    """Whole documents, in random order, so many that their windows make about a batch; the windows as at run time."""
    order = list(wholes)
    rng.shuffle(order)
    group: list[Whole] = []
    todo: list[Item] = []
    for whole in order:
        lead = rng.randint(60, PIECES_MAX)
        mine = [Item(whole.document, w) for w in windows(whole.document.words, PIECES_MAX, context=32, lead=lead)]
        if group and len(todo) + len(mine) > size:
            yield group, todo
            group, todo = [], []
        group.append(whole)
        todo += mine
    if group:
        yield group, todo


def length(item: Item) -> int:
    """Pieces of a window."""
    first = item.document.words.first
    return int(first[item.window.end] - first[item.window.start])


def masked(batch: Batch, share: float, rng: random.Random) -> tuple[Batch, Tensor]:
    """Some pieces replaced by the mask, and which; frame pieces and padding stay."""
    dice = torch.rand(batch.pieces.shape, generator=torch.Generator().manual_seed(rng.getrandbits(32)))
    hide = (dice < share) & (batch.pieces > MASK)
    return replace(batch, pieces=batch.pieces.masked_fill(hide, MASK)), hide


def collate(group: Sequence[Item], rng: random.Random) -> Batch:
    """Windows → one padded batch."""
    n = max(map(length, group)) + 2
    w = max(i.window.end - i.window.start for i in group)
    b = len(group)
    pieces, mask = np.zeros((b, n), np.int64), np.zeros((b, n), np.int64)
    features = np.zeros((b, n, len(FEATURES)), np.int64)
    first = np.zeros((b, w), np.int64)
    labels = {name: np.zeros((b, w), np.int64) for name in LAYERS}
    looked = {name: torch.tensor([getattr(i.document, name) is not None for i in group]) for name in LAYERS}
    real = np.zeros((b, w), np.float32)
    soft = np.zeros((b, w, len(LABELS)), np.float32) if group[0].document.soft is not None else None
    links, statements = [], []
    for row, item in enumerate(group):
        words, win = item.document.words, item.window
        lo, hi = int(words.first[win.start]), int(words.first[win.end])
        m, k = hi - lo, win.end - win.start
        pieces[row, : m + 2] = np.r_[CLS, words.pieces[lo:hi], SEP]
        mask[row, : m + 2] = 1
        sizes = np.diff(words.first[win.start : win.end + 1])
        features[row, 1 : m + 1] = np.repeat(words.features[win.start : win.end], sizes, axis=0)
        first[row, :k] = words.first[win.start : win.end] - lo + 1
        real[row, :k] = 1
        gaps = words.features[win.start : win.end, 1]
        found: tuple[Links, ...] = ()
        for name, table in labels.items():
            layer: Layer = getattr(item.document, name) or Layer()
            spans, kept = _inside(layer, win)
            table[row, :k] = label_ids(spans, k)
            if name not in ("broad" if item.document.broad else "outer", "inner"):
                continue
            head_of = {kept[d]: kept[h] for d, h in layer.head_of.items() if d in kept and h in kept}
            found += _links(spans, head_of, gaps, rng)
            told = [(spans[kept[c]], known) for c, known in layer.statement.items() if c in kept]
            statements += [(row, s.start, s.end - 1, known) for s, known in told]
        links.append(found)
        if soft is not None and item.document.soft is not None:
            soft[row, :k] = item.document.soft[win.start : win.end]
    tensors = [torch.from_numpy(x) for x in (pieces, features, mask, first)]
    return Batch(
        *tensors,
        labels={name: torch.from_numpy(table) for name, table in labels.items()},
        looked=looked,
        real=torch.from_numpy(real),
        links=tuple(links),
        statements=torch.tensor(statements, dtype=torch.long).reshape(-1, 4),
        soft=None if soft is None else torch.from_numpy(soft),
    )


def _inside(layer: Layer, win: Window) -> tuple[list[Tagged], dict[int, int]]:
    """Spans in words of the window, and by index in the layer their index among them."""
    kept: dict[int, int] = {}
    spans: list[Tagged] = []
    for k, s in enumerate(layer.spans):
        if s.end > win.start and s.start < win.end:
            kept[k] = len(spans)
            spans.append(Tagged(s.role, max(s.start, win.start) - win.start, min(s.end, win.end) - win.start))
    return spans, kept


def _links(spans: list[Tagged], head_of: dict[int, int], gaps: np.ndarray, rng: random.Random) -> tuple[Links, ...]:
    out = []
    for kind, (role, head_role) in enumerate(((CUE, SOURCE), (CONTENT, CUE))):
        shown = [k for k, s in enumerate(spans) if s.role == head_role and rng.random() >= HIDDEN]
        # A cue without a source has none; a content without a cue has it, as a rule, outside this window.
        mine = [k for k, s in enumerate(spans) if s.role == role and (role == CUE or k in head_of)]
        if not shown or not mine:
            continue
        dependents, heads = [spans[k] for k in mine], [spans[k] for k in shown]
        distance, between = link_features(heads, dependents, gaps)
        target = [shown.index(head_of[k]) if head_of.get(k) in shown else len(shown) for k in mine]
        out.append(
            Links(
                kind,
                tuple(dependents),
                tuple(heads),
                torch.from_numpy(distance).long(),
                torch.from_numpy(between).long(),
                torch.tensor(target),
            )
        )
    return tuple(out)
