"""The shipped extractor: one small encoder, one pass over the text; spans of source, cue and content, and links.

Weights, chain and linker lie in `onrecord/models/tagger` with their card; their digests are checked before use.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

from onrecord import settings
from onrecord.engines.decode import CONTENT, LABELS, Floats, Ints, Tagged, bar_breaks, marginals, spans_of, viterbi
from onrecord.engines.link import Linker, Seen, group, merge
from onrecord.engines.words import FEATURES, Window, Words, split_words, windows
from onrecord.errors import EngineError
from onrecord.model import Proposal, Report, Run, Span

NAME = "tagger"
CONTEXT = 32
"""Pieces before a window that it sees as well."""
CONTENT_SCORE = 0.4
"""Contents less sure than this are left out; chosen on PolNeAR dev, where it gives the best attribution F1."""
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
    """One text while its windows come back, in whatever order."""

    words: Words
    seen: dict[int, Seen]


class TaggerEngine:
    """The trained tagger. Cheap to make; the weights are loaded at the first text.

    `propose` takes reports and gives for each, in order, its proposals in order of their place in the text. What a
    report has set aside is not read. Raises EngineError when the weights are missing or altered.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder: Traversable = folder or resources.files("onrecord.models").joinpath("tagger")
        self._loaded: _Loaded | None = None

    @property
    def run(self) -> Run:
        """Name, version (digest of the weights) and settings, as they are recorded with every row."""
        return Run(
            NAME, _digests(self._folder)["tagger.onnx"][:16], {"context": CONTEXT, "content_score": CONTENT_SCORE}
        )

    def propose(self, reports: Sequence[Report]) -> list[list[Proposal]]:
        """Proposals for each report."""
        if self._loaded is None:
            self._loaded = _Loaded(self._folder)
        return self._loaded.propose(reports)


class _Loaded:
    def __init__(self, folder: Traversable) -> None:
        files = {name: _checked(folder, name, digest) for name, digest in _digests(folder).items()}
        self.tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        with np.load(files["tables.npz"], allow_pickle=False) as tables:
            self.transitions: Floats = tables["transitions"]
            self.first: Floats = tables["first"]
            self.linker = Linker({k: tables[k] for k in tables.files if k.startswith("linker.")})
        self.graph = _Graph(files["tagger.onnx"])
        self._algebra = ThreadpoolController()

    def propose(self, reports: Sequence[Report]) -> list[list[Proposal]]:
        whole = split_words(self.tokenizer, [r.text for r in reports])
        words = [_kept(w, r) for w, r in zip(whole, reports, strict=True)]
        texts = [_Text(w, {}) for w in words]
        parts = [
            _Part(k, window, int(w.first[window.end] - w.first[window.start]))
            for k, w in enumerate(words)
            for window in windows(w, context=CONTEXT)
        ]
        # Numpy's own threads would take the cores from the encoder for products that are small: a quarter of the speed.
        with self._algebra.limit(limits=1, user_api="blas"):
            for rows, scores, vectors in self.graph.run(_batches(parts), words):
                self._decode(rows, scores, vectors, texts)
        return [self._attributions(t) for t in texts]

    def _decode(self, rows: Sequence[_Part], scores: Floats, vectors: Floats, texts: list[_Text]) -> None:
        lengths = np.array([p.window.end - p.window.start for p in rows], np.int32)
        per_word = np.zeros((len(rows), int(lengths.max()), len(LABELS)), np.float32)
        firsts = []
        for row, part in enumerate(rows):
            first = texts[part.text].words.first[part.window.start : part.window.end]
            firsts.append(first - first[0] + 1)
            per_word[row, : len(first)] = scores[row, firsts[-1]]
            gaps = texts[part.text].words.features[part.window.start : part.window.end, 1]
            bar_breaks(per_word[row, : len(first)], gaps)
        paths = viterbi(per_word, lengths, self.transitions, self.first)
        sure = marginals(per_word, lengths, self.transitions, self.first)
        for row, (part, path) in enumerate(zip(rows, paths, strict=True)):
            text, start = texts[part.text], part.window.start
            spans = [
                Tagged(role, a, b, float(sure[row, a, path[a]] * (sure[row, b - 1, path[b - 1]] if b - a > 1 else 1)))
                for role, a, b in spans_of(path)
            ]
            spans = [s for s in spans if s.role != CONTENT or s.score >= CONTENT_SCORE]
            ends = firsts[row][[[s.start, s.end - 1] for s in spans]] if spans else np.zeros((0, 2), np.int32)
            edges = vectors[row, ends].reshape(len(spans), 2 * vectors.shape[2])
            links = self.linker.link(spans, edges, text.words.features[start : part.window.end, 1])
            whole = tuple(Tagged(s.role, s.start + start, s.end + start, s.score) for s in spans)
            text.seen[part.window.own_start] = Seen(whole, part.window.own_start, tuple(links))

    def _attributions(self, text: _Text) -> list[Proposal]:
        spans, links = merge([text.seen[k] for k in sorted(text.seen)])
        starts, ends = text.words.starts, text.words.ends

        def span(k: int) -> Span:
            return Span(int(starts[spans[k].start]), int(ends[spans[k].end - 1]))

        return [
            Proposal(
                span(g.source) if g.source is not None else None,
                span(g.cue) if g.cue is not None else None,
                tuple(span(c) for c in g.content),
                g.score,
            )
            for g in group(spans, links)
        ]


class _Graph:
    """The encoder in OpenVINO, two batches in flight at once."""

    def __init__(self, onnx: Path) -> None:
        try:
            openvino = _openvino()
        except ImportError as why:
            raise EngineError(
                f"OpenVINO does not load ({why}).",
                advice="Reinstall with `pip install --force-reinstall openvino`; on Windows it needs the VC++ runtime.",
            ) from why
        threads = settings.whole("threads") or os.cpu_count() or 1
        config: dict[str, Any] = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": min(threads, 2),
        }
        precision = str(settings.value("precision"))
        if precision != "auto":
            config["INFERENCE_PRECISION_HINT"] = precision
        core = openvino.Core()
        self._compiled = core.compile_model(core.read_model(onnx), "CPU", config)
        self._queue = openvino.AsyncInferQueue(self._compiled, 2)

    def run(
        self, batches: Iterator[list[_Part]], words: Sequence[Words]
    ) -> Iterator[tuple[list[_Part], Floats, Floats]]:
        """Each batch with its scores (b, n, labels) and vectors (b, n, hidden), as they are done."""
        done: list[tuple[list[_Part], Floats, Floats]] = []

        def keep(request: Any, rows: list[_Part]) -> None:
            done.append((rows, request.get_output_tensor(0).data.copy(), request.get_output_tensor(1).data.copy()))

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


def _openvino() -> Any:
    """OpenVINO without its converter of models, which on import reports the use to its makers from a forked process."""
    converter = "openvino.tools.ovc"
    if "openvino" in sys.modules:
        return sys.modules["openvino"]
    sys.modules[converter] = None  # type: ignore[assignment] # an import of it fails, which openvino lets pass
    try:
        return import_module("openvino")
    finally:
        del sys.modules[converter]


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


def _digests(folder: Traversable) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(folder.joinpath("digests.json").read_text(encoding="utf8"))
    except FileNotFoundError:
        raise EngineError(
            "The tagger's weights are missing.", which=str(folder), advice="Reinstall onrecord; the wheel carries them."
        ) from None
    return found


def _checked(folder: Traversable, name: str, digest: str) -> Path:
    path = Path(str(folder.joinpath(name)))
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        found = "missing"
    if found != digest:
        raise EngineError(
            "This file of the tagger is missing or not the one that was shipped.",
            which=str(path),
            advice="Reinstall onrecord.",
        )
    return path
