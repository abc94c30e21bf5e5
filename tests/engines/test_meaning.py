"""What the shipped engine works out beyond spans, on a report of our own; and what must always hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.engines import default_engine
from onrecord.engines.naming import shortened
from onrecord.extraction import extract_one
from onrecord.model import Extraction, Found, Report

FLOORS = json.loads((Path(__file__).parents[1] / "floors.json").read_text(encoding="utf8"))
BRIDGE = """Mayor Tom Price denies that the Lomond bridge is unsafe

Ann Reyes, chief engineer of the Lomond Bridge Authority, said on Tuesday that the north tower had sunk by four \
centimetres over the past two months, citing satellite images. She told reporters that the bridge might close in \
December.

“We do not comment on rumours,” Mr Price said at a news conference. The mayor accused Reyes of spreading fear and \
called on the council to ignore her. He promised to walk across the bridge himself on Friday.

Opposition leader Marta Quill, quoting the Lomond Courier, claimed that two inspectors had quit. Critics said the city \
had known since 2019. A spokeswoman for the council declined to comment.
"""
NAMES = {
    "denies": "Tom Price",
    "said": "Ann Reyes",
    "told": "Ann Reyes",
    "said at a news conference": "Tom Price",
    "accused": "Tom Price",
    "called on": "Tom Price",
    "promised": "Tom Price",
    "claimed": "Marta Quill",
    "quoting": "the Lomond Courier",
}
ACTS = {"denies": "deny", "accused": "accuse", "called on": "request", "promised": "commit", "declined": "decline"}


def read(text: str, published: str | None = None) -> Extraction:
    known = Found(published, "user") if published else None
    return extract_one(Report(text=text, raw_sha256="0" * 64, origin="test", published=known), default_engine())


def test_who_says_it_and_what_they_do_by_saying_it() -> None:
    done = read(BRIDGE, "2026-03-05")
    named = {e.id: e.name for e in done.entities}
    by_cue = {a.cue.of(BRIDGE): a for a in reversed(done.attributions) if a.cue}
    right = [named.get(by_cue[cue].meaning.entity or "") == name for cue, name in NAMES.items() if cue in by_cue]
    right += [by_cue[cue].meaning.act == act for cue, act in ACTS.items() if cue in by_cue]
    assert len(right) >= 10
    assert sum(right) / len(right) >= FLOORS["a report's names and acts, share right"]


def test_evidence_day_times_and_the_chain_of_voices_are_read() -> None:
    done = read(BRIDGE, "2026-03-05")
    by_cue = {a.cue.of(BRIDGE): a for a in reversed(done.attributions) if a.cue}
    sank = by_cue["said"].meaning
    assert [(e.span.of(BRIDGE), e.type) for e in sank.evidence] == [("citing satellite images", "imagery")]
    assert (sank.said_on, [w.value for w in sank.content_when]) == ("2026-03-03", ["2026-01-05/2026-03-05"])
    assert [d.of(BRIDGE) for d in by_cue["claimed"].meaning.distance] == ["claimed"]
    assert by_cue["quoting"].meaning.within == by_cue["claimed"].id
    undated = read(BRIDGE).attributions
    assert {w.value for a in undated for w in a.meaning.content_when} <= {None, "2019-01-01/2019-12-31"}
    assert {a.meaning.said_on for a in undated} == {None}


def test_who_speaks_behind_a_who_is_the_one_it_stands_behind() -> None:
    letter = (
        "Minister Ann Lee spoke with Tom Price about the letter of Jan Weber, who, with reference to photographs, "
        "reported that forty trucks had crossed the river."
    )
    done = read(letter)
    named = {e.id: e.name for e in done.entities}
    (reported,) = [a for a in done.attributions if a.cue and a.cue.of(letter) == "reported"]
    assert named[reported.meaning.entity or ""] == "Jan Weber"


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Weber called talk of missing trucks nonsense\n\nThe minister was in Orm.", "talk of missing trucks nonsense"),
        ("Jan Weber said that the reports from Orm are mere gossip.", "that the reports from Orm are mere gossip"),
    ],
)
def test_who_waves_others_words_away_dismisses_them(text: str, content: str) -> None:
    found = read(text).attributions[0]
    assert (found.content[0].of(text), found.meaning.act) == (content, "dismiss")


def test_a_short_name_in_brackets_is_that_of_the_long_one() -> None:
    text = "The Harbour Safety Board (HSB) said the crane was safe.\n\nThe HSB denied that anybody had been hurt.\n"
    done = read(text)
    said = [next(e.name for e in done.entities if e.id == a.meaning.entity) for a in done.attributions]
    assert said == ["Harbour Safety Board", "Harbour Safety Board"]


def test_a_source_is_what_its_noun_says_and_not_the_name_before_it() -> None:
    done = read("A Lomond Council statement said that the bridge was safe.")
    assert [e.name for e in done.entities if e.id == done.attributions[0].meaning.entity] == [
        "Lomond Council statement"
    ]


def test_whose_lawyers_they_are_is_told() -> None:
    names = {e.name for e in read("Mayor Ann Reyes left on Monday. Her lawyers said that she was ill.").entities}
    assert "Ann Reyes's lawyers" in names


def test_somebody_unnamed_is_an_entity_of_their_own() -> None:
    done = read(BRIDGE)
    kinds = {e.name: e.kind for e in done.entities}
    spoke = next(a for a in done.attributions if a.source and a.source.of(BRIDGE).startswith("A spokeswoman"))
    who = next(e for e in done.entities if e.id == spoke.meaning.entity)
    assert (who.kind, len(who.mentions)) == ("unnamed", 1)
    assert kinds["Critics"] == "collective"


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("resident who fled the quay", "resident"),
        ("former pilot held by the rebels", "former pilot"),
        ("spokeswoman for Lomond Council", "Lomond Council spokeswoman"),
        ("officers in the square", "officers"),
        ("one of the divers", "one of the divers"),
        ("harbour board", "harbour board"),
    ],
)
def test_somebody_unnamed_has_a_short_description(description: str, name: str) -> None:
    assert shortened(description) == name


def test_a_source_told_of_as_new_is_nobody_named_before() -> None:
    done = read("Tom Price, an official, said the bridge was safe.\n\nAnother official said it was not.\n")
    names = [next(e.name for e in done.entities if e.id == a.meaning.entity) for a in done.attributions]
    assert names == ["Tom Price", "official"]


PARTS = [
    "May said ",
    "Jordan told her ",
    "“No”, ",
    "He, ",
    "who ",
    "a minister ",
    "\n\n",
    "“",
    "”",
    "שלום ",
    "citing ",
    ". ",
]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join))
def test_whatever_is_worked_out_lies_on_the_text_and_names_what_is_there(text: str) -> None:
    done = read(text)
    ids, entities = {a.id for a in done.attributions}, {e.id for e in done.entities}
    for entity in done.entities:
        assert entity.name.strip()
        assert all(m.end <= len(text) for m in entity.mentions)
        assert list(entity.mentions) == sorted(set(entity.mentions))
    for a in done.attributions:
        m = a.meaning
        spans = [*m.distance, *(e.span for e in m.evidence), *(w.span for w in m.content_when)]
        assert all(s.end <= len(text) for s in [*spans, *(s for s in (m.addressee, m.venue) if s)])
        assert {m.entity, *(who for who, _ in m.candidates)} <= {*entities, None}
        assert {m.within, m.about} <= {*ids, None} - {a.id}
        assert all(0 <= score <= 1 for _, score in m.scores)
