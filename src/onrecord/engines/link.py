"""Which source each cue has, and which cue each content, and what that makes of them: attributions.

A bilinear score between two spans near each other, with biases for what lies between (trained in `training/net.py`,
whose Linker this repeats in numpy). One source may serve several cues: "She denied it and said that …".
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.engines.decode import CONTENT, CUE, SOURCE, Floats, Ints, Tagged, link_features
from onrecord.engines.pairs import gelu

_HEADS = ((CUE, SOURCE), (CONTENT, CUE))
"""Kinds of link: a cue to its source, a content to its cue."""


@dataclass(frozen=True, slots=True)
class Group:
    """One attribution as indices into the text's spans, and how sure: the least sure of its parts and links."""

    source: int | None
    cue: int | None
    content: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Link:
    """A cue and its source, or a content and its cue, as indices into spans; `head` None: it has none."""

    dependent: int
    head: int | None
    score: float


class Linker:
    """The trained tables."""

    def __init__(self, tables: Mapping[str, Floats]) -> None:
        t = {k.removeprefix("linker."): v for k, v in tables.items()}
        self._width = t["source.weight"].shape[0]
        names = {SOURCE: "source", CUE: "cue", CONTENT: "content"}
        self._tables = {role: (t[f"{name}.weight"].T.copy(), t[f"{name}.bias"]) for role, name in names.items()}
        self._none, self._none_bias = t["none.weight"].T.copy(), t["none.bias"]
        self._distance, self._between = t["distance"], t["between"]

    def project(self, roles: Ints, edges: Floats) -> Floats:
        """Spans as what is compared, (s, 2 × width + 1): two halves for a cue, one for others; the score for none last.

        roles (s); edges (s, 768): vectors of each span's first and last word. Of a whole batch at once.
        """
        out = np.zeros((len(roles), 2 * self._width + 1), np.float32)
        for role, (weight, bias) in self._tables.items():
            mine = roles == role
            out[mine, : weight.shape[1]] = gelu(edges[mine] @ weight + bias)
        for kind, (role, _) in enumerate(_HEADS):
            mine = roles == role
            out[mine, -1] = out[mine, : self._width] @ self._none[:, kind] + self._none_bias[kind]
        return out

    def link(self, spans: Sequence[Tagged], projected: Floats, gaps: Ints) -> list[Link]:
        """Of one window each cue with its likeliest source, and each content with its likeliest cue.

        spans (s) in order, in words of the window; projected (s, 2 × width + 1); gaps: line breaks per word of the
        window.
        """
        roles = np.array([s.role for s in spans], np.int32)
        links: list[Link] = []
        for kind, (role, head_role) in enumerate(_HEADS):
            dependents, heads = np.flatnonzero(roles == role), np.flatnonzero(roles == head_role)
            if len(dependents) and len(heads):
                links += self._best(spans, projected, gaps, kind, dependents, heads)
            else:
                links += [Link(int(d), None, 1.0) for d in dependents]
        return links

    def _best(
        self,
        spans: Sequence[Tagged],
        projected: Floats,
        gaps: Ints,
        kind: int,
        dependents: NDArray[np.intp],
        heads: NDArray[np.intp],
    ) -> list[Link]:
        tails = projected[dependents, : self._width]
        tops = projected[heads, kind * self._width : (kind + 1) * self._width]
        distance, between = link_features([spans[h] for h in heads], [spans[d] for d in dependents], gaps)
        scores = np.empty((len(dependents), len(heads) + 1), np.float32)
        scores[:, :-1] = tails @ tops.T * (4 / math.sqrt(self._width)) + self._distance[kind][distance]
        for at in range(3):
            scores[:, :-1] += self._between[kind, at][between[..., at]]
        scores[:, -1] = projected[dependents, -1]
        sure = np.exp(scores - scores.max(1, keepdims=True))
        sure /= sure.sum(1, keepdims=True)
        best = sure.argmax(1).tolist()
        return [
            Link(int(d), int(heads[b]) if b < len(heads) else None, float(sure[row, b]))
            for row, (d, b) in enumerate(zip(dependents, best, strict=True))
        ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one window shows: spans in words of the text, which of them it answers for, and its links."""

    spans: tuple[Tagged, ...]
    owned_from: int
    links: tuple[Link, ...]


def merge(windows: Sequence[Seen]) -> tuple[list[Tagged], list[Link]]:
    """Windows in order → the text's spans, and for each cue and content its surest link among the windows it is in.

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
            dependent, head = places[link.dependent], None if link.head is None else places[link.head]
            if dependent is None:
                continue
            former = best.get(dependent)
            if former is None or (head is not None, link.score) > (former.head is not None, former.score):
                best[dependent] = Link(dependent, head, link.score)
    return spans, list(best.values())


def group(spans: Sequence[Tagged], links: Sequence[Link]) -> list[Group]:
    """Links → attributions, in order of their cue. A cue without content and a source without cue make none."""
    source_of: dict[int, int | None] = {}
    contents: dict[int, list[Link]] = {}
    alone: list[Link] = []
    for link in links:
        if spans[link.dependent].role == CUE:
            source_of[link.dependent] = link.head
        elif link.head is None:
            alone.append(link)
        else:
            contents.setdefault(link.head, []).append(link)
    found = []
    for cue, parts in contents.items():
        score = min(min(p.score * spans[p.dependent].score for p in parts), spans[cue].score)
        found.append(Group(source_of.get(cue), cue, tuple(sorted(p.dependent for p in parts)), score))
    found += [Group(None, None, (p.dependent,), p.score * spans[p.dependent].score) for p in alone]
    return sorted(found, key=lambda g: spans[g.cue if g.cue is not None else g.content[0]].start)
