"""How many, how much: read off words and digits, with bounds, and compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.link.quantities import quantities


def read(text: str) -> list[tuple[str, float, float, str]]:
    return [(text[q.start : q.end], q.low, q.high, q.unit) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,012 containers", [("1,012", 1012, 1012, "container")]),
        (
            "three people died, two hundred and twelve were hurt",
            [("three", 3, 3, "people"), ("two hundred and twelve", 212, 212, "")],
        ),
        ("between 3 and 5 million dollars", [("between 3 and 5 million", 3e6, 5e6, "dollar")]),
        ("$2.5bn in aid", [("$2.5bn", 2.5e9, 2.5e9, "$")]),
        ("twelve per cent", [("twelve per cent", 12, 12, "%")]),
        ("dozens of villages", [("dozens", 24, float("inf"), "village")]),
        ("at least twenty-five thousand tonnes", [("at least twenty-five thousand", 25000, float("inf"), "tonne")]),
        ("up to 15 years", [("up to 15", 0, 15, "year")]),
        ("two-thirds of the voters", [("two-thirds", 2 / 3, 2 / 3, "voter")]),
        ("on 4 May 2011 at 5.30 p.m. the 43-year-old won 3-2 in 1984", []),
        ("one of them said no one knew", []),
        ("", []),
    ],
)
def test_quantities_are_read_with_what_they_count(text: str, found: list[tuple[str, float, float, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("about 1,000 containers", "1,012 containers", True),
        ("three dead", "five dead", False),
        ("at least three dead", "five dead", True),
        ("nearly 50 per cent", "half of the voters", False),
        ("up to 15 years", "20 years", False),
        ("a dozen arrests", "twelve arrests", True),
        ("2 to 3 million refugees", "2.5m refugees", True),
    ],
)
def test_numbers_agree_where_both_can_be_of_one(one: str, other: str, agree: bool) -> None:
    (a,), (b,) = quantities(one), quantities(other)
    assert (a.unit in ("", b.unit) and a.agrees(b)) == agree
    assert a.agrees(b) == b.agrees(a)


@given(st.text(max_size=200))
def test_any_text_is_read_and_every_quantity_lies_on_it(text: str) -> None:
    for q in quantities(text):
        assert 0 <= q.start < q.end <= len(text)
        assert q.low <= q.high


@given(st.integers(2, 10**9))
def test_digits_are_themselves_with_and_without_commas(n: int) -> None:
    for written in (f"{n} tonnes of it", f"{n:,} tonnes of it"):
        found = quantities(written)
        assert [q.low for q in found] in ([n], [])  # [] where it may be a year
