"""Clusters over judgements: whatever the order, a person's word stands, and nothing depends on how it is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from onrecord.clusters import clusters

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Judged:
    a: str
    b: str
    relation: str
    by_kind: str
    score: float | None
    at: datetime


ROW = st.sampled_from("abcdefgh")
MANY = st.lists(
    st.builds(
        Judged,
        ROW,
        ROW,
        st.sampled_from(["same", "opposes", "different", "contradicts", "named"]),
        st.sampled_from(["person", "engine"]),
        st.none() | st.sampled_from([0.1, 0.5, 0.9]),
        st.integers(0, 3).map(lambda day: START + timedelta(day)),
    ),
    max_size=14,
)


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_in_which_judgements_come_does_not_matter(judged: list[Judged], dice: Random) -> None:
    shuffled = list(judged)
    dice.shuffle(shuffled)
    found = clusters(judged)
    assert found == clusters(shuffled)
    assert all(found[least] == least <= row for row, least in found.items())


@given(MANY, ROW, ROW)
def test_a_persons_different_stands_whatever_engines_say(judged: list[Judged], a: str, b: str) -> None:
    if a != b:
        engines = [j for j in judged if j.by_kind == "engine"]
        found = clusters([*engines, Judged(a, b, "different", "person", None, START)])
        assert found[a] != found[b]


@given(MANY)
def test_they_are_what_taking_one_judgement_after_the_other_gives(judged: list[Judged]) -> None:
    assert clusters(judged) == _one_by_one(judged)


def test_leaving_a_judgement_out_restores_what_was() -> None:
    one, two = Judged("a", "b", "same", "engine", 0.9, START), Judged("b", "c", "same", "person", None, START)
    assert clusters([one, two]) == {"a": "a", "b": "a", "c": "a"}
    assert clusters([one]) == {"a": "a", "b": "a"}


def _one_by_one(judged: Sequence[Judged]) -> dict[str, str]:
    """The rule as its docstring says it, comparing every pair of members."""
    taken = [j for j in judged if j.relation != "named"]
    groups = {row: frozenset([row]) for j in taken for row in (j.a, j.b)}
    apart: set[frozenset[str]] = set()

    def strength(j: Judged) -> tuple[object, ...]:
        person = j.by_kind == "person"
        return not person, 0.0 if person else -(j.score or 0.0), -j.at.timestamp(), *sorted((j.a, j.b)), j.relation

    for j in sorted(taken, key=strength):
        one, other = groups[j.a], groups[j.b]
        if one == other:
            continue
        if j.relation in ("different", "contradicts"):
            apart.add(frozenset((j.a, j.b)))
        elif not any(frozenset((p, q)) in apart for p in one for q in other):
            groups |= dict.fromkeys(one | other, one | other)
    return {row: min(group) for row, group in groups.items()}
