"""The shipped extractor: one small encoder, one pass over the text; spans of source, cue and content, and links.

The pass gives two layers of labels: attributions, and those that stand within their contents ("Kim said that his
doctor had warned him"). Weights, chains and linker lie in `onrecord/models/tagger` with their card; their digests are
checked before use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

from onrecord import settings
from onrecord.engines.answers import Answers
from onrecord.engines.decode import (
    CONTENT,
    CUE,
    LABELS,
    NONE,
    Floats,
    Ints,
    Tagged,
    bar_breaks,
    bar_speakers,
    keep_inside,
    marginals,
    spans_of,
    viterbi,
)
from onrecord.engines.link import Group, Linker, Seen, group, merge
from onrecord.engines.reading import LIMITS, RULES, Reader
from onrecord.engines.sense import Part
from onrecord.engines.words import FEATURES, Window, Words, split_words, windows
from onrecord.model import Proposed, Report, Run
from onrecord.weights import checked, compiled, digests

NAME = "tagger"
LABELLED = ("who", "around")
"""Layers of labels besides those of attributions: mentions, and evidence, addressees and venues."""
CONTEXT = 32
"""Pieces before a window that it sees as well."""
CONTENT_SCORE = 0.35
"""Contents less sure than this are left out; chosen on PolNeAR dev, where it gives the best attribution F1."""
INNER_SCORE, INNER_ALONE = 0.05, 0.15
"""Attributions within a content less sure than this are left out, those without a source less than the second; chosen
on the reports held out for that layer."""
MENTIONED = 1.0
"""How much lower "none" scores of each word in the layer of mentions than was learned: one overlooked costs more than
one found for nothing. Chosen on the reports held out."""
Halves = NDArray[np.float16]
_OWN = ("i", "we", "me", "us", "my", "our")
_PLAUSIBLE = -2.0
"""A content is looked into where some word's cue labels come this near to none."""
_CLS, _SEP = 101, 102
_STEP = 16


@dataclass(frozen=True, slots=True)
class _Part:
    """One window of one text: row of a batch."""

    text: int
    window: Window
    pieces: int


@dataclass(slots=True)
class _Text:
    """One text while its windows come back, in whatever order: of both layers of attributions what each window showed;
    its mentions, and what stands around attributions; and the vectors of its words (n, hidden)."""

    words: Words
    seen: tuple[dict[int, Seen], dict[int, Seen]]
    labelled: tuple[dict[int, list[Tagged]], dict[int, list[Tagged]]]
    vectors: Halves


class TaggerEngine:
    """The trained tagger. Cheap to make; the weights are loaded at the first text.

    `broad`: marks what PolNeAR's annotators mark: acts, needs and feelings told without a statement ("voted against",
    "was angry at") as well; else what the annotation guide calls an attribution.
    `propose` takes reports and gives for each, in order, what is proposed of it. What a
    report has set aside is not read. Raises EngineError when the weights are missing or altered.
    """

    def __init__(self, folder: Path | None = None, *, broad: bool = False) -> None:
        self._folder: Traversable = folder or resources.files("onrecord.models").joinpath("tagger")
        self._broad = broad
        self._loaded: _Loaded | None = None

    @property
    def run(self) -> Run:
        """Name, version (digest of the weights) and settings, as they are recorded with every row."""
        held = digests(self._folder)
        scores = {
            "content_score": CONTENT_SCORE,
            "inner_score": INNER_SCORE,
            "inner_alone": INNER_ALONE,
            "mentioned": MENTIONED,
            **LIMITS,
        }
        named = {name: held[f"{name}.npz"][:16] for name in ("tables", "answers")}
        rest = {"context": CONTEXT, **named, "rules": RULES}
        return Run(NAME, held["tagger.onnx"][:16], {**rest, **scores, "broad": self._broad})

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """What is proposed of each report."""
        if self._loaded is None:
            self._loaded = _Loaded(self._folder, broad=self._broad)
        return self._loaded.propose(reports)


class _Loaded:
    def __init__(self, folder: Traversable, *, broad: bool) -> None:
        files = checked(folder)
        self.tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        every, answers = (_arrays(files[f"{name}.npz"]) for name in ("tables", "answers"))
        self.outer, self.inner = (
            _Chain(every[f"{layer}.transitions"], every[f"{layer}.first"])
            for layer in ("broad" if broad else "outer", "inner")
        )
        self.broad = (every["broad.labels.weight"].T.copy(), every["broad.labels.bias"]) if broad else None
        self.linker = Linker({k: v for k, v in every.items() if k.startswith("linker.")})
        self.statement = every["statement.weight"][0], every["statement.bias"][0]
        self.labels = [(every[f"{layer}.labels.weight"].T.copy(), every[f"{layer}.labels.bias"]) for layer in LABELLED]
        self.chains = [_Chain(every[f"{layer}.transitions"], every[f"{layer}.first"]) for layer in LABELLED]
        self.hidden = self.labels[0][0].shape[0]
        self.reader = Reader(every, Answers(answers), broad=broad)
        own = [self.tokenizer.token_to_id(word) for word in _OWN]
        self.own: Ints = np.array([k for k in own if k is not None], np.int32)
        self.graph = _Graph(files["tagger.onnx"])
        self._algebra = ThreadpoolController()

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        whole = split_words(self.tokenizer, [r.text for r in reports])
        words = [_kept(w, r) for w, r in zip(whole, reports, strict=True)]
        texts = [_Text(w, ({}, {}), ({}, {}), np.zeros((len(w), self.hidden), np.float16)) for w in words]
        parts = [
            _Part(k, window, int(w.first[window.end] - w.first[window.start]))
            for k, w in enumerate(words)
            for window in windows(w, context=CONTEXT)
        ]
        # Numpy's own threads would take the cores from the encoder for products that are small: a quarter of the speed.
        with self._algebra.limit(limits=1, user_api="blas"):
            for rows, answer in self.graph.run(_batches(parts), words):
                self._decode(rows, answer, texts)
            return [self._proposed(r, t) for r, t in zip(reports, texts, strict=True)]

    def _decode(self, rows: Sequence[_Part], answer: _Answer, texts: list[_Text]) -> None:
        firsts = []
        lengths = np.array([p.window.end - p.window.start for p in rows], np.int32)
        outer, inner = (np.zeros((len(rows), int(lengths.max()), len(LABELS)), np.float32) for _ in range(2))
        for row, part in enumerate(rows):
            words, window = texts[part.text].words, part.window
            first = words.first[window.start : window.end]
            firsts.append(first - first[0] + 1)
            if self.broad:
                outer[row, : len(first)] = answer.vectors[row, firsts[-1]] @ self.broad[0] + self.broad[1]
            else:
                outer[row, : len(first)] = answer.outer[row, firsts[-1]]
            inner[row, : len(first)] = answer.inner[row, firsts[-1]]
            features = words.features[window.start : window.end]
            bar_breaks(outer[row, : len(first)], features[:, 1])
            bar_speakers(outer[row, : len(first)], np.isin(words.pieces[first], self.own), features[:, 2])
        layers = [outer, *self._labels(rows, answer.vectors, firsts, lengths, texts)]
        paths, *labelled = _best_paths([self.outer, *self.chains], layers, lengths)
        found = self.outer.tagged(paths, outer, lengths)
        found = [[s for s in spans if s.role != CONTENT or s.score >= CONTENT_SCORE] for spans in found]
        for layer, best in enumerate(labelled):
            for part, path in zip(rows, best, strict=True):
                at = part.window.start
                texts[part.text].labelled[layer][part.window.own_start] = [
                    Tagged(role, a + at, b + at) for role, a, b in spans_of(path) if a + at >= part.window.own_start
                ]
        open_rows = [k for k, spans in enumerate(found) if keep_inside(inner[k], spans, _PLAUSIBLE)]
        looked = self.inner.spans(inner[open_rows], lengths[open_rows]) if open_rows else []
        deeper: list[list[Tagged]] = [[] for _ in rows]
        for row, spans in zip(open_rows, looked, strict=True):
            deeper[row] = spans
        for layer, tagged in enumerate((found, deeper)):
            linked = self._linked(rows, tagged, answer.vectors, firsts, texts)
            for part, seen in zip(rows, linked, strict=True):
                texts[part.text].seen[layer][part.window.own_start] = seen

    def _labels(
        self, rows: Sequence[_Part], vectors: Floats, firsts: Sequence[Ints], lengths: Ints, texts: Sequence[_Text]
    ) -> Iterator[Floats]:
        """Keep the vectors of the words that each window answers for; label scores of its mentions, and of what stands
        around."""
        shown = np.zeros((len(rows), int(lengths.max()), self.hidden), np.float32)
        for row, part in enumerate(rows):
            window = part.window
            shown[row, : len(firsts[row])] = vectors[row, firsts[row]]
            own = slice(window.own_start - window.start, window.own_end - window.start)
            texts[part.text].vectors[window.own_start : window.own_end] = shown[row, own]
        weight, bias = (np.concatenate(each, -1) for each in zip(*self.labels, strict=True))
        every = (shown.reshape(-1, self.hidden) @ weight + bias).reshape(*shown.shape[:2], len(self.labels), -1)
        breaks = np.zeros(shown.shape[:2], np.int32)
        for row, part in enumerate(rows):
            gaps = texts[part.text].words.features[part.window.start : part.window.end, 1]
            breaks[row, : len(gaps)] = gaps
        for layer, name in enumerate(LABELLED):
            scores = np.ascontiguousarray(every[:, :, layer])
            if name == "who":
                scores[:, :, NONE] -= MENTIONED
            bar_breaks(scores.reshape(-1, scores.shape[2]), breaks.ravel())
            yield scores

    def _linked(
        self,
        rows: Sequence[_Part],
        found: Sequence[list[Tagged]],
        vectors: Floats,
        firsts: Sequence[Ints],
        texts: Sequence[_Text],
    ) -> Iterator[Seen]:
        """Of each window its spans with their links."""
        every = [(row, s) for row, spans in enumerate(found) for s in spans]
        ends = np.array([firsts[row][[s.start, s.end - 1]] for row, s in every], np.int32).reshape(-1, 2)
        edges = vectors[np.array([row for row, _ in every], np.int32)[:, None], ends].reshape(
            len(every), 2 * vectors.shape[2]
        )
        roles = np.array([s.role for _, s in every], np.int32)
        projected = self.linker.project(roles, edges)
        weight, bias = self.statement
        statement = np.where(roles == CUE, 1 / (1 + np.exp(-(edges @ weight + bias))), 1.0).tolist()
        at = 0
        for part, spans in zip(rows, found, strict=True):
            window, words = part.window, texts[part.text].words
            gaps = words.features[window.start : window.end, 1]
            links = self.linker.link(spans, projected[at : at + len(spans)], gaps)
            whole = (
                Tagged(s.role, s.start + window.start, s.end + window.start, s.score, sure)
                for s, sure in zip(spans, statement[at : at + len(spans)], strict=True)
            )
            yield Seen(tuple(whole), window.own_start, tuple(links))
            at += len(spans)

    def _proposed(self, report: Report, text: _Text) -> Proposed:
        outer, inner = ([seen[k] for k in sorted(seen)] for seen in text.seen)
        spans, links = merge(outer)
        found = [_part(g, spans) for g in group(spans, links)]
        spans, links = merge(inner)
        whole = [g for g in group(spans, links) if g.score >= (INNER_ALONE if g.source is None else INNER_SCORE)]
        mentions, around = ([s for k in sorted(seen) for s in seen[k]] for seen in text.labelled)
        deeper = [_part(g, spans) for g in whole]
        return self.reader.read(report, text.words, text.vectors, found, deeper, mentions, around)


def _arrays(path: Path) -> dict[str, Floats]:
    with np.load(path, allow_pickle=False) as held:
        return {name: held[name] for name in held.files}


@dataclass(frozen=True, slots=True)
class _Chain:
    """One layer's transitions (labels, labels) and scores of a first label (labels)."""

    transitions: Floats
    first: Floats

    def spans(self, scores: Floats, lengths: Ints) -> list[list[Tagged]]:
        """Of each window the spans of its best label sequence, in words of the window; scores (b, w, labels)."""
        return self.tagged(viterbi(scores, lengths, self.transitions, self.first), scores, lengths)

    def tagged(self, paths: Sequence[Ints], scores: Floats, lengths: Ints) -> list[list[Tagged]]:
        """Of each window the spans of a label sequence, with how likely they are."""
        sure = marginals(scores, lengths, self.transitions, self.first)
        return [
            [
                Tagged(role, a, b, float(held[a, path[a]] * (held[b - 1, path[b - 1]] if b - a > 1 else 1)))
                for role, a, b in spans_of(path)
            ]
            for path, held in zip(paths, sure, strict=True)
        ]


def _best_paths(chains: Sequence[_Chain], layers: Sequence[Floats], lengths: Ints) -> list[list[Ints]]:
    """The best label sequence of each window in each layer (b, w, labels): all at once, since each step is a call."""
    b, n = len(lengths), len(layers)
    transitions = np.repeat(np.stack([chain.transitions for chain in chains[:n]]), b, 0)
    first = np.repeat(np.stack([chain.first for chain in chains[:n]]), b, 0)
    paths = viterbi(np.concatenate(layers), np.tile(lengths, n), transitions, first)
    return [paths[k * b : (k + 1) * b] for k in range(n)]


def _part(g: Group, spans: Sequence[Tagged]) -> Part:
    def pair(k: int | None) -> tuple[int, int] | None:
        return None if k is None else (spans[k].start, spans[k].end)

    statement = spans[g.cue].statement if g.cue is not None else 1.0
    content = tuple((spans[c].start, spans[c].end) for c in g.content)
    return Part(pair(g.source), pair(g.cue), content, g.score, statement)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Of one batch: label scores of both layers (b, n, labels), vectors (b, n, hidden), one a piece."""

    outer: Floats
    inner: Floats
    vectors: Floats


class _Graph:
    """The encoder in OpenVINO, two batches in flight at once."""

    def __init__(self, onnx: Path) -> None:
        self._compiled, self._queue = compiled(onnx, at_once=2)

    def run(self, batches: Iterator[list[_Part]], words: Sequence[Words]) -> Iterator[tuple[list[_Part], _Answer]]:
        """Each batch with its answer, as they are done."""
        done: list[tuple[list[_Part], _Answer]] = []

        def keep(request: Any, rows: list[_Part]) -> None:
            done.append((rows, _Answer(*(request.get_output_tensor(k).data.copy() for k in range(3)))))

        self._queue.set_callback(keep)
        try:
            for rows in batches:
                self._queue.start_async(_inputs(rows, words), rows)
                while done:
                    yield done.pop(0)
            self._queue.wait_all()
            while done:
                yield done.pop(0)
        finally:
            self._queue.wait_all()


def _batches(parts: list[_Part]) -> Iterator[list[_Part]]:
    """Windows of like length together, so that little is padded; the longest first."""
    budget = settings.whole("batch_tokens")
    ordered = sorted(parts, key=lambda p: -p.pieces)
    at = 0
    while at < len(ordered):
        size = max(1, budget // _padded(ordered[at].pieces))
        yield ordered[at : at + size]
        at += size


def _padded(pieces: int) -> int:
    return -(-(pieces + 2) // _STEP) * _STEP


def _inputs(rows: Sequence[_Part], words: Sequence[Words]) -> list[Ints]:
    n = _padded(max(p.pieces for p in rows))
    pieces = np.zeros((len(rows), n), np.int32)
    features = np.zeros((len(rows), n, len(FEATURES)), np.int32)
    for row, part in enumerate(rows):
        w, window = words[part.text], part.window
        lo, hi = int(w.first[window.start]), int(w.first[window.end])
        pieces[row, 0], pieces[row, hi - lo + 1] = _CLS, _SEP
        pieces[row, 1 : hi - lo + 1] = w.pieces[lo:hi]
        lengths = np.diff(w.first[window.start : window.end + 1])
        features[row, 1 : hi - lo + 1] = np.repeat(w.features[window.start : window.end], lengths, axis=0)
    return [pieces, features]


def _kept(words: Words, report: Report) -> Words:
    """The words outside what the report set aside."""
    aside = [(p.start, p.end) for p in report.set_aside if p.start is not None and p.end is not None]
    if not aside or not len(words):
        return words
    keep = np.ones(len(words), np.bool_)
    for start, end in aside:
        keep &= (words.ends <= start) | (words.starts >= end)
    return words.take(keep)
