"""Formats that carry spans (W3C, brat, our own JSON): others read them, and reading them back gives the same spans."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bratly.annotation_types import EntityAnnotation, EventAnnotation
from bratly.io.file_read_src import parse_and_fix_ann_grammar, parse_ann_file
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from onrecord.answer import Record
from onrecord.errors import UsageError
from onrecord.export import brat, w3c
from onrecord.export import w3c as w3c_lines
from onrecord.export.back import extraction_of
from onrecord.export.spans import Marked, attribution_of, marked
from onrecord.export.w3c import read as read_w3c
from onrecord.model import Attribution, Evidence, Extraction, Meaning, Report, Run, Span, When
from onrecord.report_json import report_json
from tests.export.examples import full, walk

OA = "http://www.w3.org/ns/oa#"
TERMS: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    **{
        name: f"{OA}{name}"
        for name in ("Annotation", "TextualBody", "SpecificResource", "TextQuoteSelector", "TextPositionSelector")
    },
    **{name: f"{OA}{name}" for name in ("exact", "prefix", "suffix", "start", "end", "tagging", "classifying")},
    **{name: f"{OA}{name}" for name in ("linking", "describing")},
    "Text": "http://purl.org/dc/dcmitype/Text",
    "AnnotationCollection": "http://www.w3.org/ns/activitystreams#OrderedCollection",
    "AnnotationPage": "http://www.w3.org/ns/activitystreams#OrderedCollectionPage",
    "body": {"@id": f"{OA}hasBody", "@type": "@id"},
    "target": {"@id": f"{OA}hasTarget", "@type": "@id"},
    "source": {"@id": f"{OA}hasSource", "@type": "@id"},
    "selector": {"@id": f"{OA}hasSelector", "@type": "@id"},
    "motivation": {"@id": f"{OA}motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": f"{OA}hasPurpose", "@type": "@vocab"},
    "via": {"@id": f"{OA}via", "@type": "@id"},
    "items": {"@id": "http://www.w3.org/ns/activitystreams#items", "@container": "@list"},
    "first": {"@id": "http://www.w3.org/ns/activitystreams#first", "@type": "@id"},
    "startIndex": "http://www.w3.org/ns/activitystreams#startIndex",
    "format": "http://purl.org/dc/elements/1.1/format",
    "language": "http://purl.org/dc/elements/1.1/language",
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
}
"""What https://www.w3.org/TR/annotation-vocab/ says of the terms that we use; nothing is fetched."""


def kept(url: str, _: object) -> dict[str, Any]:
    """The context of Web Annotation, from here."""
    assert url == "http://www.w3.org/ns/anno.jsonld"
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": TERMS},
    }


@st.composite
def extractions(draw: st.DrawFn) -> Extraction:
    """Reports of odd characters with attributions anywhere in them."""
    text = draw(
        st.text(st.sampled_from("ab \n\t\r\u2028\x85😀é\u202e;\"'<"), min_size=4, max_size=40).map("x{}y".format)
    )
    report = Report(text, "0" * 64, "a.txt")

    def spans(least: int, most: int) -> st.SearchStrategy[list[Span]]:
        pairs = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 6))
        one = pairs.map(lambda p: Span(p[0], min(len(text), p[0] + p[1]))).filter(lambda s: s.of(text).strip())
        return st.lists(one, min_size=least, max_size=most, unique=True)

    found = {}
    for _ in range(draw(st.integers(0, 3))):
        source, cue = draw(spans(0, 1)), draw(spans(0, 1))
        meaning = Meaning(
            act=draw(st.sampled_from([None, "deny", "ask"])),
            evidence=tuple(Evidence(s, "document") for s in draw(spans(0, 2))),
            content_when=tuple(
                When(s, draw(st.sampled_from([None, "2031-05", "1999/2001"]))) for s in draw(spans(0, 2))
            ),
            venue=next(iter(draw(spans(0, 1))), None),
        )
        content = tuple(sorted(draw(spans(1, 3))))
        one = Attribution(
            report.id, source[0] if source else None, cue[0] if cue else None, content, "mixed", 0.5, meaning
        )
        found[one.id] = one
    return Extraction(report, tuple(found.values()), Run("tiny", "1"))


def as_marks(extraction: Extraction) -> dict[str, list[Marked]]:
    return {a.id: in_order(marked(a)) for a in extraction.attributions}


def in_order(marks: Any) -> list[Marked]:
    return sorted(marks, key=lambda m: (m.role, m.span, m.more or ""))


@given(extractions())
def test_web_annotations_read_back_are_the_same_spans(extraction: Extraction) -> None:
    read = read_w3c(json.loads("\n".join(w3c([extraction]))))
    assert {name: in_order(marks) for name, marks in read.items()} == as_marks(extraction)
    for name, marks in read.items():
        assert attribution_of(extraction.report.id, marks).id == name


def test_another_reader_of_json_ld_understands_every_annotation(asked: Record) -> None:
    collection = json.loads("\n".join(w3c_lines(asked.extractions())))
    (expanded,) = jsonld.expand(collection, {"documentLoader": kept})
    items = expanded["http://www.w3.org/ns/activitystreams#first"][0]["http://www.w3.org/ns/activitystreams#items"]
    notes = items[0]["@list"]
    assert len(notes) == len(collection["first"]["items"]) > 20
    for note, ours in zip(notes, collection["first"]["items"], strict=True):
        assert note["@type"] == [f"{OA}Annotation"]
        assert {name for name in note if not name.startswith(("@", "urn:onrecord:", OA))} == set()
        assert note[f"{OA}motivatedBy"] == [{"@id": OA + ours["motivation"]}]
        if ours["motivation"] == "tagging":
            (target,) = note[f"{OA}hasTarget"]
            quote, place = target[f"{OA}hasSelector"]
            length = place[f"{OA}end"][0]["@value"] - place[f"{OA}start"][0]["@value"]
            assert len(quote[f"{OA}exact"][0]["@value"]) == length
    lost = {key for each in walk(collection) if isinstance(each, dict) for key in each} - set(TERMS) - {"@context"}
    assert {name for name in lost if not name.startswith("onrecord")} == set()


@pytest.mark.parametrize("broken", [{}, {"first": {"items": [{"motivation": "tagging", "id": "x"}]}}, {"first": []}])
def test_what_are_no_annotations_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="no annotations of OnRecord"):
        read_w3c(broken)


def test_a_quote_as_long_as_its_place_or_nothing() -> None:
    collection = json.loads("\n".join(w3c([full()[1]])))
    collection["first"]["items"][0]["target"]["selector"][0]["exact"] += "!"
    with pytest.raises(UsageError):
        read_w3c(collection)


@given(extractions())
def test_brat_read_back_is_the_same_spans(extraction: Extraction) -> None:
    read = brat.read("".join(f"{row}\n" for row in brat.ann(extraction)))
    assert {name: in_order(marks) for name, marks in read.items()} == as_marks(extraction)


@given(extractions())
def test_another_reader_of_brat_reads_the_same_words(extraction: Extraction) -> None:
    rows = list(brat.ann(extraction))
    text = "\n".join(rows)
    assert parse_and_fix_ann_grammar(text) == text
    read = parse_ann_file(text, "x.ann", no_duplicates=False, sorting=False, renumerotize=False)
    assert len(read.annotations) == len(rows)
    spans = [each for each in read.annotations if isinstance(each, EntityAnnotation)]
    for each in spans:
        words = " ".join(extraction.report.text[f.start : f.end] for f in each.fragments)
        assert each.content == words
    events = [each for each in read.annotations if isinstance(each, EventAnnotation)]
    assert len(events) == len(extraction.attributions)


def test_brat_has_every_role_and_says_what_it_is_in() -> None:
    extraction = full()[1]
    rows = list(brat.ann(extraction))
    triggers = {row.split("\t")[0]: row.split("Cue:")[1].split(" ")[0] for row in rows if row[0] == "E"}
    assert next(row for row in rows if row[0] == "R") == f"R1\tWithin Arg1:{triggers['E2']} Arg2:{triggers['E1']}"
    assert any(row.startswith("E3\tNoCue:") for row in rows)
    assert any("\tEvidenceType T" in row and row.endswith(" imagery") for row in rows)
    assert any(row.endswith("\tAct E1 accuse") for row in rows)
    named = {row.split("\t")[1].split(" ")[0] for row in rows if row[0] == "T"}
    config = brat.config()
    assert all(f"\n{name}\n" in config or f"\n{name} " in config for name in named)


@pytest.mark.parametrize("row", ["T1 Cue 1 2 x", "T1\tCue x y\tz", "T1\tCue 5 5\t", "#1\tAnnotatorNotes T1"])
def test_a_line_that_is_not_brat_is_named(row: str) -> None:
    with pytest.raises(UsageError, match="line 2: "):
        brat.read(f"T2\tCue 1 2\tx\n{row}\n")


def test_the_json_of_a_report_read_back_is_the_same(asked: Record) -> None:
    for extraction in [*asked.extractions(), full()[1]]:
        told = json.loads(json.dumps(report_json(extraction)))
        again = extraction_of(told)
        assert report_json(again) == told
        assert again.report.id == extraction.report.id


@pytest.mark.parametrize(
    "path",
    [("report", "text"), ("report", "headline"), ("attributions", 0, "content", 0, "start"), ("entities", 0, "id")],
)
def test_json_in_which_something_was_altered_is_refused(path: tuple[str | int, ...]) -> None:
    told = json.loads(json.dumps(report_json(full()[1])))
    *way, last = path
    here: Any = told
    for step in way:
        here = here[step]
    here[last] = here[last] - 1 if isinstance(here[last], int) else f"{here[last]}!"
    with pytest.raises(UsageError, match="no report as OnRecord writes them"):
        extraction_of(told)
