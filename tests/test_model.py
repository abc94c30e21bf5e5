"""Attributions within attributions: who stands in whose content."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onrecord.model import Attribution, Span
from onrecord.voices import chains, nesting


def said(source: tuple[int, int] | None, cue: tuple[int, int] | None, *content: tuple[int, int]) -> Attribution:
    return Attribution(
        "report-x",
        Span(*source) if source else None,
        Span(*cue) if cue else None,
        tuple(Span(*c) for c in content),
        "indirect",
        1.0,
    )


def test_the_innermost_content_counts() -> None:
    outer = said((0, 3), (4, 8), (9, 90))
    middle = said((14, 20), (21, 25), (26, 80))
    inner = said((30, 33), (34, 40), (41, 60))
    beside = said((91, 95), (96, 99), (100, 120))
    assert nesting([inner, beside, outer, middle]) == {middle.id: outer.id, inner.id: middle.id}


def test_a_part_outside_the_content_keeps_it_out() -> None:
    outer = said((0, 3), (4, 8), (9, 90))
    leaning = said((85, 88), (92, 95), (20, 30))
    between = said((10, 12), (13, 15), (16, 20), (95, 99))
    assert nesting([outer, leaning, between]) == {}


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda p: (p[0], p[0] + p[1]))


@given(st.lists(st.tuples(st.none() | SPANS, st.none() | SPANS, SPANS), max_size=8))
def test_nesting_agrees_with_looking_at_every_pair(parts: list[tuple[tuple[int, int] | None, ...]]) -> None:
    all_said = list({a.id: a for a in (said(s, c, x) for s, c, x in parts if x)}.values())
    found = nesting(all_said)
    for a in all_said:
        spans = [s for s in (a.source, a.cue, *a.content) if s]
        start, end = min(s.start for s in spans), max(s.end for s in spans)
        around = [
            (c.end - c.start, b.id)
            for b in all_said
            if b is not a
            for c in b.content
            if c.start <= start and end <= c.end
        ]
        assert found.get(a.id) == (min(around)[1] if around else None)


def test_chains_end_even_where_two_stand_in_each_other() -> None:
    assert chains({"a": "b", "b": "c"}) == {"a": ("b", "c"), "b": ("c",)}
    assert chains({"a": "b", "b": "a"}) == {"a": ("b",), "b": ("a",)}
