"""What is learned of whole texts: the losses of who is who, of what attributions mean, and of what belongs to which."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from onrecord.engines.lexicon import NO_ACT
from onrecord.engines.mentions import SELF
from onrecord.engines.sense import belongs_features
from training.batches import Item
from training.net import Tagger
from training.whole import Pair, Said, Who, Whole

UNKNOWN_CUE = 0.2
"""Share of cues whose words the table is not asked for, so that the vectors learn to do without."""


def whole_loss(
    model: Tagger, per_word: Tensor, items: Sequence[Item], wholes: Sequence[Whole], rng: random.Random
) -> Tensor:
    """Mean losses of one step's whole documents; per_word (b, w, hidden) of their windows."""
    losses: list[Tensor] = []
    for whole in wholes:
        rows = [(k, i) for k, i in enumerate(items) if i.document is whole.document]
        words = torch.cat(
            [per_word[k, i.window.own_start - i.window.start : i.window.own_end - i.window.start] for k, i in rows]
        )
        if whole.who:
            losses.append(who_loss(model, words, whole.who))
        if whole.read:
            losses.append(meaning_loss(model, words, whole.said, rng))
        if whole.whole:
            losses.append(belongs_loss(model, words, whole))
    return torch.stack(losses).sum() / max(1, len(wholes)) if losses else torch.zeros(())


def span_edges(words: Tensor, spans: Sequence[Pair | None]) -> Tensor:
    """Vectors of first and last word (s, 2 hidden); nothing for no span."""
    at = torch.tensor([(s[0], s[1] - 1) if s else (0, 0) for s in spans])
    there = torch.tensor([1.0 if s else 0.0 for s in spans])[:, None]
    return torch.cat([words[at[:, 0]], words[at[:, 1]]], 1) * there


def who_loss(model: Tagger, words: Tensor, who: Who) -> Tensor:
    """Of each mention, how likely one of its entity's earlier mentions is, or none where it is the first."""
    m = who.mentions
    edges = model.drop(span_edges(words, list(zip(m.starts.tolist(), m.ends.tolist(), strict=True))))
    pairs = {k: torch.from_numpy(v).long() for k, v in who.pairs.items()}
    alone = {k: torch.from_numpy(v).long() for k, v in who.alone.items()}
    scores = model.resolver(edges, edges, pairs, alone)
    n = len(m)
    entity = np.array(who.entity)
    earlier = np.tri(n, n, -1, dtype=bool)
    right = np.zeros((n, n + 1), bool)
    right[:, :n] = (entity[:, None] == entity[None, :]) & earlier
    right[:, n] = ~right.any(1)
    barred = torch.from_numpy(np.c_[~earlier, np.zeros((n, 1), bool)])
    scores = scores.masked_fill(barred, -1e4)
    gold = scores.masked_fill(torch.from_numpy(~right), -1e4).logsumexp(1)
    lost = scores.logsumexp(1) - gold
    # Names follow each other by their letters, most of the time; pronouns and descriptions are what is to be learned.
    weight = torch.from_numpy(np.where(m.form == 0, 0.5, np.where(m.form == SELF, 0.3, 1.5))).float()
    return (lost * weight).mean()


def sense_of(model: Tagger, words: Tensor, said: Sequence[Said]) -> Tensor:
    """Inner vectors of attributions (a, 192)."""
    cues = span_edges(words, [s.cue for s in said])
    contents = span_edges(words, [(s.content[0][0], s.content[-1][1]) if s.content else None for s in said])
    shown = model.sense.body(model.drop(torch.cat([cues, contents], 1)))
    return functional.gelu(shown + model.sense.pooled(model.drop(weighed(model, words, said))))


def weighed(model: Tagger, words: Tensor, said: Sequence[Said]) -> Tensor:
    """Vectors of contents (a, hidden): the mean of their words, weighed by what `pool` gives each."""
    weight = model.sense.pool(words)[:, 0]
    found = []
    for s in said:
        at = [k for a, b in s.content for k in range(a, b)]
        found.append(weight[at].softmax(0) @ words[at] if at else words.new_zeros(words.shape[1]))
    return torch.stack(found) if found else words.new_zeros(0, words.shape[1])


def meaning_loss(model: Tagger, words: Tensor, said: Sequence[Said], rng: random.Random) -> Tensor:
    """Act, modality and kind of source."""
    told = [s for s in said if s.act >= 0]
    sources = [s for s in said if s.source and s.kind >= 0]
    loss = torch.zeros(())
    if told:
        inner = sense_of(model, words, told)
        lexicon = torch.tensor([NO_ACT if rng.random() < UNKNOWN_CUE else s.lexicon for s in told])
        acts = model.sense.act(inner) + model.sense.lexicon(lexicon)
        modality = model.sense.modality(inner) + model.sense.bits(torch.tensor([s.bits for s in told]))
        loss = loss + functional.cross_entropy(acts, torch.tensor([s.act for s in told]))
        loss = loss + 0.5 * functional.cross_entropy(modality, torch.tensor([s.modality for s in told]))
    if sources:
        kinds = model.sense.kind(model.drop(span_edges(words, [s.source for s in sources])))
        loss = loss + 0.5 * functional.cross_entropy(kinds, torch.tensor([s.kind for s in sources]))
    return loss


def whole_of(s: Said) -> Pair:
    """From an attribution's first word to its last."""
    parts = [p for p in (s.source, s.cue, *s.content) if p] or [(0, 1)]
    return min(p[0] for p in parts), max(p[1] for p in parts)


def belongs_loss(model: Tagger, words: Tensor, whole: Whole) -> Tensor:
    """To which attribution evidence, addressees and venues belong; and of what type evidence is."""
    if not whole.around:
        return torch.zeros(())
    cues = [s.cue or s.source or whole_of(s) for s in whole.said]
    spans = [(role, a, b) for role, a, b, _, _ in whole.around]
    edges = model.drop(span_edges(words, [(a, b) for _, a, b in spans]))
    features = belongs_features(spans, cues, [whole_of(s) for s in whole.said])
    pairs = {k: torch.from_numpy(v).long() for k, v in features.items()}
    scores = model.belongs(edges, span_edges(words, cues), pairs, {})[:, :-1]
    loss = functional.cross_entropy(scores, torch.tensor([k for *_, k in whole.around]))
    typed = [k for k, (_, _, _, kind, _) in enumerate(whole.around) if kind >= 0]
    if typed:
        kinds = model.sense.evidence(edges[typed])
        loss = loss + 0.5 * functional.cross_entropy(kinds, torch.tensor([whole.around[k][3] for k in typed]))
    return loss
