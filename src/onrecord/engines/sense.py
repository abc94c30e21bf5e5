"""What an attribution means: act, modality, and which evidence, addressee and venue belong to it.

Features of pairs are shared with the training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from onrecord.engines.decode import Floats, Ints, Vectors
from onrecord.engines.lexicon import ACTS, NO_ACT, act_of, bits_of, waves_away
from onrecord.engines.pairs import Pairs, gelu, softmax
from onrecord.engines.words import Words
from onrecord.model import EvidenceType, Modality

MODALITIES: tuple[Modality, ...] = get_args(Modality)
EVIDENCE: tuple[EvidenceType, ...] = get_args(EvidenceType)
_TEMPER, _TABLE = 0.6, 0.3
"""How far the classifier's scores of acts are trusted, and what the table's word on a cue adds to its act's; chosen on
the articles and reports held out of the training of acts, which leave the classifier surer than it should be."""
_WAVED = 8.0
"""What it adds to "dismiss" where the content's own words wave others' away: the last word, for the classifier, which
saw few, is sure of "assert" behind a plain "said"."""
AROUND = ("evidence", "addressee", "venue")

Pair = tuple[int, int]

_FAR = 400
"""Words from evidence, an addressee or a venue within which the attribution is sought that it belongs to."""
BELONGS_TABLES = {"words": 30, "nearest": 4, "role": 3 * 3}
_WORDS = np.array([0, 1, 2, 3, 5, 8, 12, 20, 40, 80])


def names_in(starts: Ints, ends: Ints, cluster_of: Ints, contents: Sequence[Sequence[Pair]]) -> NDArray[np.bool_]:
    """Which entities each content names (a, entities): mentions `starts … ends` in words, and the entity of each."""
    named = np.zeros((len(contents), int(cluster_of.max(initial=-1)) + 1), np.bool_)
    for row, spans in enumerate(contents):
        for a, b in spans:
            low, high = np.searchsorted(starts, (a, b))
            named[row, cluster_of[low:high][ends[low:high] <= b]] = True
    return named


def belongs_features(
    spans: Sequence[tuple[int, int, int]], cues: Sequence[tuple[int, int]], wholes: Sequence[tuple[int, int]]
) -> dict[str, Ints]:
    """Of each span `(role, start, end)` with each attribution (s, a): BELONGS_TABLES.

    `cues`: words of each attribution's cue, or of what stands for it; `wholes`: from its first to its last word.
    """
    role, starts, ends = np.array(spans, np.int32).reshape(-1, 3).T
    ca, cb = np.array(cues, np.int32).reshape(-1, 2).T
    wa, wb = np.array(wholes, np.int32).reshape(-1, 2).T
    before, after = ca[None, :] - ends[:, None], starts[:, None] - cb[None, :]
    gap = np.maximum(np.maximum(before, after), 0)
    side = np.where(before >= 0, 1, np.where(after >= 0, 2, 0))
    inside = (wa[None, :] <= starts[:, None]) & (ends[:, None] <= wb[None, :])
    away = np.abs((ca + cb)[None, :] - (starts + ends)[:, None])
    nearest = np.minimum(away.argsort(1, kind="stable").argsort(1, kind="stable"), 3)
    found = {
        "words": np.minimum(np.searchsorted(_WORDS, gap), 9) * 3 + side,
        "nearest": nearest,
        "role": role[:, None] * 3 + inside * 1 + (side == 0),
    }
    return {k: v.astype(np.int32) for k, v in found.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """One attribution in words of the text, and how sure the tagger is of it and of its being a statement."""

    source: Pair | None
    cue: Pair | None
    content: tuple[Pair, ...]
    score: float
    statement: float = 1.0

    @property
    def whole(self) -> Pair:
        """From its first word to its last."""
        parts = [p for p in (self.source, self.cue, *self.content) if p]
        return min(p[0] for p in parts), max(p[1] for p in parts)

    @property
    def place(self) -> Pair:
        """By which attributions are put in order of the text: their cue."""
        return self.cue or self.whole


@dataclass(frozen=True, slots=True)
class Around:
    """Evidence, an addressee or a venue (index into AROUND), in words; the attribution it belongs to; type, if any."""

    role: int
    start: int
    end: int
    part: int
    type: EvidenceType | None
    score: float


@dataclass(frozen=True, slots=True)
class Senses:
    """Of each attribution how likely each act (a, 15), each modality (a, 4), each kind of its source (a, 7); what the
    classifier sees of it (a, 192), of its content alone (a, hidden); what its words say alone (a; `bits_of`)."""

    acts: Floats
    modalities: Floats
    kinds: Floats
    inner: Floats
    contents: Floats
    bits: Ints


def edges(vectors: Vectors, spans: Sequence[Pair | None]) -> Floats:
    """Vectors of first and last word (s, 2 hidden); nothing for no span."""
    at = np.array([(s[0], s[1] - 1) if s else (0, 0) for s in spans], np.int32).reshape(-1, 2)
    there = np.array([s is not None for s in spans], np.float32)[:, None]
    out: Floats = vectors[at].reshape(len(at), -1).astype(np.float32) * there
    return out


class Sense:
    """The trained tables."""

    def __init__(self, tables: Mapping[str, Floats]) -> None:
        t = {k.removeprefix("sense."): v for k, v in tables.items() if k.startswith("sense.")}
        self._linear = {
            name: (t[f"{name}.weight"].T.copy(), t[f"{name}.bias"])
            for name in ("body", "act", "modality", "kind", "evidence")
        }
        self._lexicon, self._bits = t["lexicon.weight"], t["bits.weight"]
        self._pool, self._pooled = t["pool.weight"][0], t["pooled.weight"].T.copy()
        self._belongs = Pairs(tables, "belongs")

    def _through(self, name: str, x: Floats) -> Floats:
        weight, bias = self._linear[name]
        out: Floats = x @ weight + bias
        return out

    def senses(self, text: str, words: Words, vectors: Vectors, parts: Sequence[Part]) -> Senses:
        """What each attribution of a text means; vectors (n, hidden) of its words."""

        def said(span: Pair | None) -> str:
            return text[words.starts[span[0]] : words.ends[span[1] - 1]] if span else ""

        cues = [said(p.cue) for p in parts]
        bits = np.array([bits_of(c, map(said, p.content)) for c, p in zip(cues, parts, strict=True)], np.int32)
        contents = edges(vectors, [(p.content[0][0], p.content[-1][1]) for p in parts])
        shown = np.concatenate([edges(vectors, [p.cue for p in parts]), contents], 1)
        weighed = self._weighed(vectors, parts)
        inner = gelu(self._through("body", shown) + weighed @ self._pooled)
        lexicon = np.array([act_of(c) for c in cues], np.int32)
        acts = (self._through("act", inner) + self._lexicon[lexicon]) * _TEMPER
        known = np.flatnonzero(lexicon != NO_ACT)
        acts[known, lexicon[known]] += _TABLE
        waved = [waves_away(c, " ".join(map(said, p.content))) for c, p in zip(cues, parts, strict=True)]
        acts[np.flatnonzero(waved), ACTS.index("dismiss")] += _WAVED
        return Senses(
            softmax(acts),
            softmax(self._through("modality", inner) + self._bits[bits]),
            softmax(self._through("kind", edges(vectors, [p.source for p in parts]))),
            inner,
            weighed,
            bits,
        )

    def _weighed(self, vectors: Vectors, parts: Sequence[Part]) -> Floats:
        """Vectors of contents (a, hidden): the mean of their words, weighed by what `pool` gives each."""
        out = np.zeros((len(parts), vectors.shape[1]), np.float32)
        for k, part in enumerate(parts):
            words = np.concatenate([vectors[a:b] for a, b in part.content]).astype(np.float32)
            out[k] = softmax((words @ self._pool)[None])[0] @ words
        return out

    def belonging(self, vectors: Vectors, spans: Sequence[tuple[int, int, int]], parts: Sequence[Part]) -> list[Around]:
        """Evidence, addressees and venues `(role, start, end)`, each with the attribution it belongs to."""
        if not spans or not parts:
            return []
        cues = [p.cue or p.source or p.whole for p in parts]
        wholes = [p.whole for p in parts]
        own, theirs = edges(vectors, [(a, b) for _, a, b in spans]), edges(vectors, cues)
        kinds = self._through("evidence", own).argmax(1)
        starts, ends = np.array(wholes, np.int32).T
        tails, tops = self._belongs.tails(own), self._belongs.tops(theirs)
        found = []
        for k, (role, a, b) in enumerate(spans):
            near = np.flatnonzero((starts < b + _FAR) & (ends > a - _FAR))
            if len(near):
                features = belongs_features([spans[k]], [cues[j] for j in near], [wholes[j] for j in near])
                held = softmax(self._belongs.scores(tails[k : k + 1], tops[near], features, {})[:, :-1])[0]
                kind = EVIDENCE[kinds[k]] if role == 0 else None
                found.append(Around(role, a, b, int(near[held.argmax()]), kind, float(held.max())))
        return found
