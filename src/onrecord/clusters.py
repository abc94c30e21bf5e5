"""Judgements → clusters: who is one with whom. Pure: no clock, no storage.

The rule: judgements are taken strongest first. A person's stands above every engine's; then the surer, then the later,
then the lesser by ids. "same" joins the clusters of its two rows, unless two rows of the one and the other are kept
apart by a "different" that was taken before; "different" keeps its two rows apart, unless they are joined already.
"opposes" joins as "same" does: one claim, two sides of it (`sides`); "contradicts" keeps apart as "different" does: two
claims that cannot both hold. Whatever else does neither. So the clusters depend on which judgements there are, never on
the order in which they came in; a person's "different" stands whatever engines say; and with a judgement left out they
are what they would be had it never been made.

What must not be judged by an engine at all (that two unnamed or collective sources are one) is for the caller to leave
out: ids do not tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

JOINING = ("same", "opposes")
"""Relations by which two rows come into one cluster."""
APART = ("different", "contradicts")
"""Relations that keep two rows apart."""


class Judged(Protocol):
    """Somebody's word on two rows: `relation` is "same", "opposes" or "different", `by_kind` "person" or "engine"."""

    @property
    def a(self) -> str: ...
    @property
    def b(self) -> str: ...
    @property
    def relation(self) -> str: ...
    @property
    def by_kind(self) -> str: ...
    @property
    def score(self) -> float | None: ...
    @property
    def at(self) -> datetime: ...


def clusters(judgements: Iterable[Judged]) -> dict[str, str]:
    """For every row that is judged the same as or different from another: the least member of its cluster."""
    root: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    apart: dict[str, set[str]] = {}
    for judged in sorted(judgements, key=_strength):
        if judged.relation not in (*JOINING, *APART):
            continue
        for row in (judged.a, judged.b):
            if row not in root:
                root[row], members[row], apart[row] = row, [row], set()
        one, other = root[judged.a], root[judged.b]
        if one == other:
            continue
        if judged.relation in APART:
            apart[one].add(other)
            apart[other].add(one)
        elif other not in apart[one]:
            kept, gone = (one, other) if len(members[one]) >= len(members[other]) else (other, one)
            for row in members[gone]:
                root[row] = kept
            members[kept] += members.pop(gone)
            for enemy in apart.pop(gone):
                apart[enemy].discard(gone)
                apart[enemy].add(kept)
                apart[kept].add(enemy)
    return {row: least for group in members.values() for least in (min(group),) for row in group}


def _strength(judged: Judged) -> tuple[bool, float, float, str, str, str]:
    """Strongest first."""
    low, high = sorted((judged.a, judged.b))
    sure = 0.0 if judged.score is None else judged.score
    person = judged.by_kind == "person"
    return not person, 0.0 if person else -sure, -judged.at.timestamp(), low, high, judged.relation


def sides(judgements: Iterable[Judged], cluster_of: Mapping[str, str]) -> dict[str, bool]:
    """For every row that "same" or "opposes" joins to others: whether it is on the other side than the least of its
    cluster.

    Strongest first, as `clusters` takes them; a judgement that contradicts those before it counts for nothing.
    """
    root: dict[str, str] = {}
    flipped: dict[str, bool] = {}
    members: dict[str, list[str]] = {}
    for judged in sorted(judgements, key=_strength):
        if judged.relation not in JOINING or cluster_of.get(judged.a) != cluster_of.get(judged.b):
            continue
        for row in (judged.a, judged.b):
            if row not in root:
                root[row], flipped[row], members[row] = row, False, [row]
        one, other = root[judged.a], root[judged.b]
        if one == other:
            continue
        kept, gone = (one, other) if len(members[one]) >= len(members[other]) else (other, one)
        turn = (flipped[judged.a] != flipped[judged.b]) != (judged.relation == "opposes")
        for row in members[gone]:
            root[row], flipped[row] = kept, flipped[row] != turn
        members[kept] += members.pop(gone)
    least = {group: min(rows) for group, rows in members.items()}
    return {row: flipped[row] != flipped[least[root[row]]] for row in root}
