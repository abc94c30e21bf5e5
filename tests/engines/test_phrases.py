"""What set phrases and tables tell: acts, distance, evidence, venues, addressees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.engines.distance import distant
from onrecord.engines.evidence import evidence_in, owner_of
from onrecord.engines.lexicon import ACTS, NO_ACT, act_of, bits_of
from onrecord.engines.occasion import addressee_of, venue_in
from onrecord.engines.words import quotations

Pair = tuple[int, int]


@pytest.mark.parametrize(
    ("cue", "act"),
    [
        ("said", "assert"),
        ("has flatly denied", "deny"),
        ("declined to comment on", "decline"),
        ("called on", "request"),
        ("is accusing", "accuse"),
        ("brushed off", "dismiss"),
        ("wondered whether", "ask"),
        ("was sentenced", "decide"),
        ("vowed", "commit"),
        ("warns", "warn"),
    ],
)
def test_the_table_names_the_act_of_a_cue(cue: str, act: str) -> None:
    assert ACTS[act_of(cue)] == act


def test_what_the_table_does_not_know_stays_unknown() -> None:
    assert act_of("") == act_of("glorped") == NO_ACT
    assert bits_of("said", ["it may not rain if"]) == 7
    assert bits_of("said", ["it rains"]) == 0


@pytest.mark.parametrize(
    ("text", "cue", "source", "contents", "found"),
    [
        (
            "Lee claimed the ship allegedly sank; he denied the claims.",
            (4, 11),
            (0, 3),
            [(12, 61)],
            ["claimed", "allegedly"],
        ),
        ("“They claim it supposedly sank,” Lee said.", (37, 41), (33, 36), [(0, 32)], []),
        ("An unverified note says the bank is shut.", (19, 23), (0, 18), [(24, 40)], ["unverified"]),
        ("Lee is supposed to say that he claimed responsibility.", (4, 22), (0, 3), [(23, 53)], []),
        (
            "The so-called pact is void, apparently, Lee told us.",
            (44, 48),
            (40, 43),
            [(0, 26)],
            ["so-called", "apparently"],
        ),
        ("The ship is said to be lost.", (9, 16), None, [(0, 8), (17, 27)], []),
    ],
)
def test_distance_is_the_reporters(
    text: str, cue: Pair, source: Pair | None, contents: list[Pair], found: list[str]
) -> None:
    marks = [(a, b) for a, b, _, _ in quotations(text)]
    assert [text[a:b] for a, b in distant(text, cue, source, contents, marks)] == found


@pytest.mark.parametrize(
    ("text", "words", "type_"),
    [
        ("With reference to satellite images, Lee said so", "With reference to satellite images", "imagery"),
        ("Lee said so, citing court documents seen by us.", "citing court documents seen by us", "document"),
        ("he said, based on a survey of 200 people", "based on a survey of 200 people", "data"),
        ("he said, citing three witnesses", "citing three witnesses", "eyewitness"),
        ("citing two officials briefed on the talks", "citing two officials briefed on the talks", "unnamed_source"),
        ("citing a port official, it said so", "citing a port official", "official"),
        ("she bases this on drone footage", "bases this on drone footage", "recording"),
        ("On the strength of her account of it, he left", "On the strength of her account of it", "eyewitness"),
        ("after watching the tape, Lee said so", "after watching the tape", "recording"),
    ],
)
def test_evidence_is_found_with_its_type(text: str, words: str, type_: str) -> None:
    assert [(e.span.of(text), e.type) for e in evidence_in(text, 0, len(text))] == [(words, type_)]


def test_what_it_does_not_rest_on_is_no_evidence() -> None:
    text = "The claim is not based on any documents."
    assert not list(evidence_in(text, 0, len(text)))


def test_evidence_belongs_to_the_nearest_cue_of_its_sentence() -> None:
    text = "Lee recalled a remark of Kim, who, citing maps, said so. Park left."
    sentences, places = [(0, 56), (0, 56), (57, 67)], [[(0, 3), (4, 11)], [(25, 28), (48, 52)], [(57, 61)]]
    (evidence,) = evidence_in(text, 0, len(text))
    assert owner_of(evidence.span, sentences, places) == 1
    assert owner_of(evidence.span, [(57, 67)], [[(57, 61)]]) is None


def test_a_source_that_is_cited_is_no_evidence() -> None:
    text = "The paper, citing Lee, said so"
    assert list(evidence_in(text, 0, len(text))) == []


@pytest.mark.parametrize(
    ("text", "cue", "venue"),
    [
        (
            "Lee said in an interview with the “Noon” program that it rains",
            "said",
            "in an interview with the “Noon” program",
        ),
        ("At a news conference, Lee said it rains", "said", "At a news conference"),
        ("Lee wrote on Twitter that it rains", "wrote", "on Twitter"),
        ("Lee said in the rain that it rains", "said", None),
    ],
)
def test_a_venue_is_where_it_was_said(text: str, cue: str, venue: str | None) -> None:
    at, content = text.index(cue), text.index("it rains")
    found = venue_in(text, 0, len(text), [(at, at + len(cue)), (content, len(text))], (at, at + len(cue)))
    assert (text[slice(*found)] if found else None) == venue


def test_an_addressee_stands_right_behind_its_cue() -> None:
    text = "Lee told reporters that it rains"
    assert addressee_of(text, (4, 8), [(19, 32)], [(9, 18)]) == (9, 18)
    assert addressee_of("Lee was told reporters came", (4, 12), [(23, 27)], [(13, 22)]) is None
    assert addressee_of("Lee said reporters came", (4, 8), [(19, 23)], [(9, 18)]) is None


@given(st.text(max_size=80))
def test_no_text_breaks_them(text: str) -> None:
    for e in evidence_in(text, 0, len(text)):
        assert 0 <= e.span.start < e.span.end <= len(text)
    found = venue_in(text, 0, len(text), [])
    assert found is None or 0 <= found[0] < found[1] <= len(text)
    assert 0 <= act_of(text) <= NO_ACT


def test_a_word_without_end_takes_no_time() -> None:
    for rest in ("; that it was", " " + "b" * 5000 + "; that", "'s" * 3000 + ", to go"):
        text = "Lee told " + "a" * 5000 + rest
        content = (len(text) - 4, len(text))
        found = addressee_of(text, (4, 8), [content], [])
        assert found is None or 8 < found[0] < found[1] <= content[0]
        assert venue_in(text, 0, len(text), [(4, 8)], (4, 8)) is None
