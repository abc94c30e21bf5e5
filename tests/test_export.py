"""What others get: JSONL, CSV without formulas, W3C Web Annotations that lead to the characters."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord import export, flat
from onrecord.model import Attribution, Entity, Evidence, Extraction, Found, Meaning, Report, Run, Span, When
from onrecord.report_json import report_json

TEXT = "😀 Zoë Łé said that it works, and that 你好 works too. Nobody else said it."


@pytest.fixture
def extraction() -> Extraction:
    report = Report(
        TEXT,
        raw_sha256="0" * 64,
        origin="a.txt",
        url=Found("https://example.org/a", "user"),
        headline=Found("=cmd|'/c calc'!A0", "user"),
        language=Found("en", "py3langid", inferred=True),
    )
    content = (Span(TEXT.index("that it"), TEXT.index(", and")), Span(TEXT.index("that 你"), TEXT.index(". Nobody")))
    attribution = Attribution(report.id, Span(2, 8), Span(9, 13), content, "indirect", 0.91234567)
    missing = Attribution(
        report.id, None, Span(TEXT.rindex("said"), TEXT.rindex("said") + 4), (Span(60, 62),), "mixed", 1.0
    )
    return Extraction(report, (attribution, missing), Run("tiny", "1"))


def test_jsonl_is_the_json_of_each_report(extraction: Extraction) -> None:
    (line,) = export.jsonl([extraction])
    assert json.loads(line) == report_json(extraction)
    assert "你好" in line


def test_csv_has_one_row_for_each_attribution(extraction: Extraction) -> None:
    lines = export.csv_lines(flat.row(said) for said in flat.said_in(extraction))
    first, second = csv.DictReader(io.StringIO("\n".join(lines)))
    assert first["source"] == "Zoë Łé"
    assert first["content"] == "that it works … that 你好 works too"
    assert first["content_spans"] == "14-27 33-50"
    assert second["source"] == second["source_start"] == ""
    assert first["headline"] == "'=cmd|'/c calc'!A0"


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n\",' a1"), max_size=8))
def test_no_cell_starts_like_a_formula(cell: str) -> None:
    lines = list(export.csv_lines([{"name": cell}], ["name"]))
    _, (read,) = csv.reader(io.StringIO("\n".join(lines), newline=""))
    assert not read.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read.removeprefix("'") == cell.removeprefix("'")


def test_numbers_stay_numbers_in_csv() -> None:
    assert list(export.csv_lines([{"n": -1}], ["n"])) == ["n", "-1"]


def test_w3c_selectors_lead_to_the_characters(extraction: Extraction) -> None:
    collection = json.loads("\n".join(export.w3c([extraction, extraction])))
    assert collection["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    notes = collection["first"]["items"]
    assert len(notes) == 2 * (5 + 3)
    for note in notes:
        if note["motivation"] == "linking":
            continue
        quote, position = note["target"]["selector"]
        start, end = position["start"], position["end"]
        assert TEXT[start:end] == quote["exact"]
        assert TEXT[:start].endswith(quote["prefix"])
        assert TEXT[end:].startswith(quote["suffix"])
        assert TEXT.index(quote["prefix"] + quote["exact"] + quote["suffix"]) + len(quote["prefix"]) == start
        assert note["target"]["source"]["via"] == "https://example.org/a"


def test_w3c_links_the_spans_of_an_attribution(extraction: Extraction) -> None:
    notes = export.web_annotations(extraction.report, extraction.attributions[0])
    *spans, link = notes
    assert [note["body"]["value"] for note in spans] == ["source", "cue", "content", "content"]
    assert link["target"] == [note["id"] for note in spans]
    assert link["body"]["value"] == "Zoë Łé — said — that it works … that 你好 works too"


def test_w3c_tells_what_was_worked_out(extraction: Extraction) -> None:
    first, second = extraction.attributions
    who = Entity(extraction.report.id, "Zoë Łé", "person", (Span(2, 8),))
    meaning = Meaning(
        act="deny",
        modality="plain",
        entity=who.id,
        distance=(Span(40, 42),),
        evidence=(Evidence(Span(42, 47), "document"),),
        within=second.id,
        about=second.id,
        venue=Span(60, 62),
        said_on="2026-03-01",
        content_when=(When(Span(28, 31), "2026-03"), When(Span(28, 30), None)),
    )
    told = replace(extraction, attributions=(replace(first, meaning=meaning), second), entities=(who,))
    collection = json.loads("".join(export.w3c([told])))
    prefix = collection["@context"][1]["onrecord"]
    assert prefix.endswith(":")
    notes = {note["id"].removeprefix(f"urn:onrecord:{first.id}"): note for note in collection["first"]["items"]}
    link = notes[""]
    assert (link["onrecord:source_name"], link["onrecord:source_kind"]) == ("Zoë Łé", "person")
    assert (link["onrecord:act"], link["onrecord:modality"], link["onrecord:said_on"]) == (
        "deny",
        "plain",
        "2026-03-01",
    )
    assert link["onrecord:within"] == link["onrecord:about"] == {"id": f"urn:onrecord:{second.id}"}
    assert link["onrecord:entity"] == {"id": f"urn:onrecord:{who.id}"}
    assert [body["value"] for body in notes[":evidence:42-47"]["body"]] == ["evidence", "document"]
    assert [body["value"] for body in notes[":content_when:28-31"]["body"]] == ["content_when", "2026-03"]
    assert notes[":content_when:28-30"]["body"]["value"] == "content_when"
    assert notes[":venue:60-62"]["target"]["selector"][0]["exact"] == TEXT[60:62]
    assert {key for note in notes.values() for key in note if ":" in key} == {
        f"onrecord:{name}"
        for name in ("source_name", "source_kind", "entity", "act", "modality", "said_on", "within", "about")
    }


def test_an_empty_record_is_still_a_collection() -> None:
    assert json.loads("".join(export.w3c([])))["first"]["items"] == []
