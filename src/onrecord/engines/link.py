"""Which source and which content belong to which cue, and what that makes of them: attributions.

A bilinear score between a cue and each source or content near it, with biases for what lies between
(trained in `training/net.py`, whose Linker this repeats in numpy).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.engines.decode import CONTENT, CUE, SOURCE, Floats, Ints, Tagged, link_features

NEAR = 24
"""Cues on either side of a source or content that it is compared with."""
_CHUNK = 64


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
    """The trained tables. `link` costs time proportional to the number of spans."""

    def __init__(self, tables: Mapping[str, Floats]) -> None:
        self._t = {k.removeprefix("linker."): v for k, v in tables.items()}
        self._width = self._t["source.weight"].shape[0]

    def link(self, spans: Sequence[Tagged], edges: Floats, gaps: Ints) -> list[Link]:
        """Each source and content with its likeliest cue.

        spans in order; edges (spans, 768): the vectors of each span's first and last word; gaps: line breaks per word.
        """
        cues = [k for k, s in enumerate(spans) if s.role == CUE]
        links: list[Link] = []
        for role, kind in ((0, SOURCE), (1, CONTENT)):
            dependents = [k for k, s in enumerate(spans) if s.role == kind]
            for at in range(0, len(dependents), _CHUNK):
                links += self._chunk(spans, edges, gaps, role, dependents[at : at + _CHUNK], cues)
        return links

    def _chunk(
        self, spans: Sequence[Tagged], edges: Floats, gaps: Ints, role: int, dependents: list[int], cues: list[int]
    ) -> list[Link]:
        low = max(0, int(np.searchsorted(cues, dependents[0])) - NEAR)
        near = cues[low : int(np.searchsorted(cues, dependents[-1])) + NEAR]
        if not near:
            return [Link(d, None, spans[d].score) for d in dependents]
        heads = _gelu(edges[near] @ self._t["cue.weight"].T + self._t["cue.bias"])
        heads = heads[:, role * self._width : (role + 1) * self._width]
        name = ("source", "content")[role]
        tails = _gelu(edges[dependents] @ self._t[f"{name}.weight"].T + self._t[f"{name}.bias"])
        distance, between = link_features([spans[k] for k in near], [spans[k] for k in dependents], gaps)
        scores = tails @ heads.T / math.sqrt(self._width) * 4 + self._t["distance"][role][distance]
        for k in range(3):
            scores = scores + self._t["between"][role, k][between[..., k]]
        none = tails @ self._t["none.weight"].T[:, role : role + 1] + self._t["none.bias"][role]
        scores = np.concatenate([scores, none], axis=1)
        sure = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        best = sure.argmax(1)
        return [
            Link(d, near[b] if b < len(near) else None, float(sure[k, b]))
            for k, (d, b) in enumerate(zip(dependents, best.tolist(), strict=True))
        ]


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
