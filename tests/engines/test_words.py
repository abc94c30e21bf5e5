"""Texts as words and windows: what must always hold, and the cases that decide."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

import onrecord.models
from onrecord.engines.words import PIECES_MAX, Words, quotations, split_words, windows

MODEL = Path(onrecord.models.__path__[0]) / "tagger"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    made = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    made.no_padding()
    made.no_truncation()
    return made


PARTS = [*"abc DE.,'\"“”‘’\n—", "e\u0301", "🇫🇷", "👩‍💻", "אב", "\u202e", "\u200b", "漢", "statedthat"]
TEXTS = st.lists(st.sampled_from(PARTS) | st.characters(codec="utf-8"), max_size=300).map("".join)


@given(text=TEXTS)
@settings(max_examples=200, deadline=None)
def test_words_lie_on_the_text_in_order(tokenizer: Tokenizer, text: str) -> None:
    words = split_words(tokenizer, [text])[0]
    at = 0
    for start, end in zip(words.starts.tolist(), words.ends.tolist(), strict=True):
        assert at <= start < end <= len(text)
        assert not text[start:end].isspace()
        at = end
    assert words.first[-1] == len(words.pieces)


@given(text=TEXTS, limit=st.integers(4, 40), context=st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_each_word_belongs_to_one_window(tokenizer: Tokenizer, text: str, limit: int, context: int) -> None:
    words = split_words(tokenizer, [text])[0]
    at = 0
    for window in windows(words, limit, context):
        assert window.own_start == at < window.own_end == window.end
        assert window.start <= window.own_start
        at = window.own_end
    assert at == len(words)


def test_windows_are_small_enough_for_the_encoder(tokenizer: Tokenizer) -> None:
    long = "One word after another without any break " * 400
    words = split_words(tokenizer, [long])[0]
    for window in windows(words):
        assert words.first[window.end] - words.first[window.start] <= PIECES_MAX


def test_windows_end_with_paragraphs(tokenizer: Tokenizer) -> None:
    text = "\n\n".join("The council met again on Monday and said nothing new about the bridge." for _ in range(60))
    words = split_words(tokenizer, [text])[0]
    for window in windows(words)[1:]:
        assert words.features[window.own_start, 1] == 3


def texts_of(words: Words, text: str) -> list[str]:
    return [text[a:b] for a, b in zip(words.starts.tolist(), words.ends.tolist(), strict=True)]


def test_two_words_typed_as_one_are_read_as_two(tokenizer: Tokenizer) -> None:
    text = "The minister statedthat nothing changed, and added that."
    assert texts_of(split_words(tokenizer, [text])[0], text)[:5] == ["The", "minister", "stated", "that", "nothing"]


def test_ordinary_words_stay_whole(tokenizer: Tokenizer) -> None:
    text = "Lessaid theology saying toldit Hathat."
    assert "theology" in texts_of(split_words(tokenizer, [text])[0], text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “yes.” Then", [("“yes.”", True, True)]),
        ('He said "yes." Then "no"', [('"yes."', True, True), ('"no"', True, True)]),
        ("It’s Kim’s and the members’ own", []),
        ("the ‘so-called’ plan", [("‘so-called’", True, False)]),
        ("“One paragraph\n\n“and the next”", [("“One paragraph", False, True), ("“and the next”", True, True)]),
        ("“He said ‘no’ to me”", [("‘no’", True, False), ("“He said ‘no’ to me”", True, True)]),
        ("« Non », he said", [("« Non »", True, True)]),
        ("", []),
        ("”", []),
        ("“", [("“", False, True)]),
    ],
)
def test_quotations(text: str, expected: list[tuple[str, bool, bool]]) -> None:
    assert [(text[a:b], closed, double) for a, b, closed, double in quotations(text)] == expected


@given(text=TEXTS)
@settings(max_examples=300, deadline=None)
def test_quotations_lie_on_the_text(text: str) -> None:
    for start, end, _, _ in quotations(text):
        assert 0 <= start < end <= len(text)
        assert "\n" not in text[start:end].rstrip("\n")


def test_hard_wrapped_lines_are_one_paragraph(tokenizer: Tokenizer) -> None:
    line = "The council of the town met on Monday to talk about the bridge and\n"
    words = split_words(tokenizer, [line * 6 + "went home."])[0]
    assert set(words.features[1:, 1].tolist()) == {1, 0}
    listed = split_words(tokenizer, ["Bridge to open\nThe mayor said it was ready.\nNobody came.\nThe end."])[0]
    assert (listed.features[:, 1] == 2).sum() == 3
