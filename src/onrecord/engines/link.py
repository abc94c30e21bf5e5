"""Which source and which content belong to which cue, and what that makes of them: attributions.

A bilinear score between a cue and each source or content near it, with biases for what lies between
(trained in `training/net.py`, whose Linker this repeats in numpy).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.engines.decode import CONTENT, CUE, SOURCE, Floats, Ints, Tagged, link_features


@dataclass(frozen=True, slots=True)
class Group:
    """One attribution as indices into the text's spans, and how sure: the least sure of its parts and links."""

    source: int | None
    cue: int | None
    content: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Link:
    """A source or content (`dependent`) and its cue, as indices into the text's spans; `cue` None: it has none."""

    dependent: int
    cue: int | None
    score: float


class Linker:
    """The trained tables."""

    def __init__(self, tables: Mapping[str, Floats]) -> None:
        self._t = {k.removeprefix("linker."): v for k, v in tables.items()}
        self._width = self._t["source.weight"].shape[0]

    def link(self, spans: Sequence[Tagged], edges: Floats, gaps: Ints) -> list[Link]:
        """Each source and content of one window with its likeliest cue.

        spans (s) in order, in words of the window; edges (s, 768): vectors of each span's first and last word;
        gaps: line breaks per word of the window.
        """
        cues = [k for k, s in enumerate(spans) if s.role == CUE]
        links: list[Link] = []
        for role, kind in ((0, SOURCE), (1, CONTENT)):
            dependents = [k for k, s in enumerate(spans) if s.role == kind]
            if dependents and cues:
                links += self._best(spans, edges, gaps, role, dependents, cues)
            else:
                links += [Link(d, None, 1.0) for d in dependents]
        return links

    def _best(
        self, spans: Sequence[Tagged], edges: Floats, gaps: Ints, role: int, dependents: list[int], cues: list[int]
    ) -> list[Link]:
        part = slice(role * self._width, (role + 1) * self._width)
        heads = _gelu(edges[cues] @ self._t["cue.weight"][part].T + self._t["cue.bias"][part])
        name = ("source", "content")[role]
        tails = _gelu(edges[dependents] @ self._t[f"{name}.weight"].T + self._t[f"{name}.bias"])
        distance, between = link_features([spans[k] for k in cues], [spans[k] for k in dependents], gaps)
        scores = tails @ heads.T / math.sqrt(self._width) * 4 + self._t["distance"][role][distance]
        for k in range(3):
            scores = scores + self._t["between"][role, k][between[..., k]]
        none = tails @ self._t["none.weight"].T[:, role : role + 1] + self._t["none.bias"][role]
        scores = np.concatenate([scores, none], axis=1)
        sure = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        best = sure.argmax(1)
        return [
            Link(d, cues[b] if b < len(cues) else None, float(sure[k, b]))
            for k, (d, b) in enumerate(zip(dependents, best.tolist(), strict=True))
        ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one window shows: spans in words of the text, which of them it answers for, and its links."""

    spans: tuple[Tagged, ...]
    owned_from: int
    links: tuple[Link, ...]


def merge(windows: Sequence[Seen]) -> tuple[list[Tagged], list[Link]]:
    """Windows in order → the text's spans, and for each source and content its surest link among the windows it is in.

    A window also sees the end of the one before. A link from there counts when both its ends are spans of the text.
    """
    spans = [s for w in windows for s in w.spans if s.start >= w.owned_from]
    starts = [s.start for s in spans]

    def place(span: Tagged) -> int | None:
        for k in range(max(0, bisect_right(starts, span.start) - 1), len(spans)):
            if spans[k].start >= span.end:
                return None
            if spans[k].role == span.role and spans[k].end > span.start:
                return k
        return None

    best: dict[int, Link] = {}
    for window in windows:
        places = [place(s) for s in window.spans]
        for link in window.links:
            dependent, cue = places[link.dependent], None if link.cue is None else places[link.cue]
            if dependent is None:
                continue
            former = best.get(dependent)
            if former is None or (cue is not None, link.score) > (former.cue is not None, former.score):
                best[dependent] = Link(dependent, cue, link.score)
    return spans, list(best.values())


def group(spans: Sequence[Tagged], links: Sequence[Link]) -> list[Group]:
    """Links → attributions, in order of their cue. A cue without content and a source without cue make none."""
    sources: dict[int, Link] = {}
    contents: dict[int, list[Link]] = {}
    alone: list[Link] = []
    for link in links:
        if spans[link.dependent].role == CONTENT:
            if link.cue is None:
                alone.append(link)
            else:
                contents.setdefault(link.cue, []).append(link)
        elif link.cue is not None and (link.cue not in sources or sources[link.cue].score < link.score):
            sources[link.cue] = link
    found = []
    for cue, parts in contents.items():
        source = sources.get(cue)
        score = min(min(p.score * spans[p.dependent].score for p in parts), spans[cue].score)
        ordered = tuple(sorted(p.dependent for p in parts))
        found.append(Group(source.dependent if source else None, cue, ordered, score))
    found += [Group(None, None, (p.dependent,), p.score * spans[p.dependent].score) for p in alone]
    return sorted(found, key=lambda g: spans[g.cue if g.cue is not None else g.content[0]].start)


def _gelu(x: Floats) -> Floats:
    """With the error function, as torch has it; Abramowitz & Stegun 7.1.26 (error below 1.5e-7)."""
    z = np.abs(x) / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    out: Floats = (0.5 * x * (1 + erf)).astype(np.float32)
    return out
