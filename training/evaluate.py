"""A quick score during training: exact trimmed span F1 per role, and links right given gold spans.

The figures that are reported come from `bench/accuracy.py`, which runs the shipped extractor.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import torch

from onrecord.engines.decode import ROLES, spans_of, viterbi
from onrecord.engines.words import windows
from training.batches import Item, collate
from training.net import Tagger
from training.polnear import Document


def evaluate(model: Tagger, dev: Sequence[Document]) -> dict[str, float]:
    """Spans as Viterbi finds them, against gold."""
    todo = [Item(d, w) for d in dev for w in windows(d.words)]
    transitions, first = model.broad.transitions.detach().numpy(), model.broad.first.detach().numpy()
    tp, pred_n, gold_n, right, linked = np.zeros(3), np.zeros(3), np.zeros(3), 0, 0
    for k in range(0, len(todo), 16):
        group = todo[k : k + 16]
        batch = collate(group, random.Random(0))
        with torch.no_grad():
            per_word = model.words(batch)
            scores = model.broad.labels(per_word).numpy()
            for row, links in enumerate(batch.links):
                for link in links:
                    got = model.linker(per_word[row], link).argmax(1)
                    right += int((got == link.target).sum())
                    linked += len(got)
        paths = viterbi(scores, batch.real.sum(1).numpy().astype(np.int32), transitions, first)
        for item, path, labels in zip(group, paths, batch.labels["broad"].numpy(), strict=True):
            lo, hi = item.window.own_start - item.window.start, item.window.own_end - item.window.start
            pred = {s for s in spans_of(path) if lo <= s[1] < hi}
            gold = {s for s in spans_of(labels[: len(path)]) if lo <= s[1] < hi}
            for role in range(3):
                p, g = {s for s in pred if s[0] == role}, {s for s in gold if s[0] == role}
                tp[role] += len(p & g)
                pred_n[role] += len(p)
                gold_n[role] += len(g)
    f1 = 200 * tp / np.maximum(pred_n + gold_n, 1)
    figures = {name: round(float(f), 1) for name, f in zip(ROLES, f1, strict=True)}
    return {**figures, "link": round(100 * right / max(linked, 1), 1)}
