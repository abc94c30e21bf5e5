"""Quotes find their way back onto a text exactly, or not at all."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.align import LONGEST_QUOTE, align, fold
from onrecord.model import Span

ALPHABET = st.sampled_from("ab e\u0301é\u0327\u0323“”\"'’—-\n\u00a0각ᆨ가İ\x00😀.")
TEXTS = st.text(ALPHABET, max_size=60) | st.text(max_size=60)


@given(TEXTS, st.data())
def test_whatever_stands_in_a_text_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    found = align(text, quote, near=start)
    assert (found is None) == (not quote.strip())
    assert found is None or found.of(text) == quote


@given(TEXTS, TEXTS, st.none() | st.integers(0, 60))
def test_what_is_found_equals_the_quote_up_to_folding_and_what_does_not_stand_there_is_refused(
    text: str, quote: str, near: int | None
) -> None:
    found = align(text, quote, near=near)
    if found:
        assert fold(found.of(text)) == fold(quote)
    if fold(quote) not in fold(text):
        assert found is None


@given(TEXTS, st.data())
def test_other_marks_blanks_and_normal_forms_are_the_same_words(text: str, data: st.DataObject) -> None:
    text = "x" + text + "x"
    other = unicodedata.normalize("NFD", text).replace("“", '"').replace("—", "–").replace(" ", "\n ")
    found = align(text, other, near=0)
    assert found
    assert fold(found.of(text)) == fold(other)


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("“It’s —  well —\nfine,” he said.", '"It\'s - well - fine,"', "“It’s —  well —\nfine,”"),
        ("The café\u0301 is here", "cafe", None),
        ("Cafe\u0301 owners met", "Café", "Cafe\u0301"),
        ("The harbour opens", "The harbour closes", None),
        ("Then he left", "he", "he"),
        ("one two one", "one", None),
        ("a b", "   ", None),
        ("A" * 9000, "A" * (LONGEST_QUOTE + 1), None),
    ],
)
def test_examples(text: str, quote: str, expected: str | None) -> None:
    found = align(text, quote)
    assert (found.of(text) if found else None) == expected


def test_the_nearest_is_taken_and_only_from_within() -> None:
    text = "one two one two one"
    assert align(text, "one", near=9) == Span(8, 11)
    assert align(text, "one", within=Span(4, 12)) == Span(8, 11)
    assert align(text, "one", near=0, within=Span(4, 7)) is None


def test_long_texts_take_time_in_proportion() -> None:
    text = "é’ " * 100_000
    start = time.process_time()
    assert align(text, "e\u0301' " * 600 + "z") is None
    assert align("a" * 300_000, "a" * 3_000, near=5) is not None
    assert time.process_time() - start < 5
