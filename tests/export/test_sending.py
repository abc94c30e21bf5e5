"""`onrecord export` by its door: every format to a place or to stdout, whole or not at all, streamed, and told."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from onrecord import export
from onrecord.answer import Record
from onrecord.cli.send import Exported, Table
from onrecord.export import citations, events, ftm, schemaorg, tables
from onrecord.export.chosen import Chosen, Reported
from onrecord.export.sending import OF_CLAIMS, PLACES
from onrecord.export.tables import TABLES
from onrecord.linking import find_claims
from onrecord.model import Extraction
from onrecord.store import open_store
from tests.export import examples
from tests.export.conftest import Send
from tests.stand_in import WordComparer
from tests.test_claims import put

TEXTS = [name for name in Exported if name not in PLACES]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_format_goes_to_stdout_or_into_a_file_the_same(send: Send, tmp_path: Path, name: str) -> None:
    printed = send("export", "--format", name)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out
    place = tmp_path / "out"
    place.write_text("old")
    ran = send("export", "--format", name, "--to", place)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"Written: {place} (")
    assert place.read_bytes().decode() == printed.out
    assert list(tmp_path.iterdir()) == [place]


def test_help_names_every_format_in_one_line(send: Send) -> None:
    told = send("export", "--help").out
    for name in Exported:
        (line,) = [row for row in told.splitlines() if row.strip().startswith(f"{name.value} ")]
        assert len(line) <= 80
    assert set(PLACES) | set(OF_CLAIMS) <= {name.value for name in Exported}
    assert [table.value for table in Table] == [*("attributions", "reports", "claims", "positions")]
    assert set(TABLES) == {table.value for table in Table}


@pytest.mark.parametrize("name", PLACES)
def test_a_format_that_needs_a_place_says_so(send: Send, name: str) -> None:
    ran = send("export", "--format", name, "--words", "bridge")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "--to" in ran.err


@pytest.mark.parametrize("name", OF_CLAIMS)
def test_a_format_of_claims_wants_them_chosen(send: Send, tmp_path: Path, name: str) -> None:
    ran = send("export", "--format", name, "--to", tmp_path / "x")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "--words" in ran.err


@pytest.mark.parametrize(
    "wrong",
    [
        ("--table", "claims"),
        ("--key", "x"),
        ("--format", "bundle", "--to", "x", "--words", "bridge"),
        ("--format", "csv", "--to", "/nowhere/at/all.csv"),
        ("--format", "parquet", "--to", "/"),
        ("--to", "."),
        ("attribution-sha256-ffff",),
    ],
)
def test_a_wrong_call_is_told_in_one_line(send: Send, wrong: tuple[str, ...]) -> None:
    ran = send("export", *wrong)
    assert ran.code in (1, 2)
    assert (ran.out, ran.err.count("\n")) == ("", 1)


def test_chosen_claims_bring_the_reports_they_rest_on(send: Send, asked: Record) -> None:
    claim = asked.claims(disputed=True)[0]
    ran = send("export", claim.positions[2].said.id, claim.id)
    reports = {json.loads(line)["report"]["id"] for line in ran.out.splitlines()}
    assert reports == {p.said.report.id for p in claim.positions}
    told = json.loads(send("export", "--format", "schema.org", claim.id).out)
    assert [item["text"] for item in told["@graph"]] == [claim.wording]
    by_words = json.loads(send("export", "--format", "schema.org", "--words", "storm").out)
    assert len(by_words["@graph"]) == 1


def test_every_claim_is_given_once_whatever_their_number(tmp_path: Path) -> None:
    with open_store(tmp_path / "r.db") as store:
        for n in range(60):
            put(store, f"r{n}", "2031-05-01", f"Mayor Lee said that word{n} happened{n} on{n} day{n}.")
        find_claims(store, WordComparer())
        ids = [claim.id for claim in store.every_claim()]
        assert len(ids) == len(set(ids)) == 60
        assert set(ids) == {row.id for row in store.claims(limit=100)}


def test_what_a_report_was_read_from_is_given_back(asked: Record) -> None:
    raw, extraction = examples.full()
    assert asked.raw_reports(extraction.report.id) == [raw]
    assert extraction.run in [each.run for each in asked.runs()]


def endless(chosen: Chosen) -> Iterator[Reported]:
    first = next(chosen.reported())
    return (first for _ in count())


LAZY: dict[str, Callable[[Any, Iterator[Reported]], Iterator[Any]]] = {
    "jsonl": lambda _, many: export.jsonl(extractions(many)),
    "w3c": lambda _, many: export.w3c(extractions(many)),
    "bibtex": lambda _, many: citations.bibtex(extractions(many)),
    "csl": lambda _, many: export.array(citations.csl(extractions(many))),
    "events": lambda _, many: events.events(examples_of(many)),
    "ftm": lambda record, many: ftm.entities(many, record.entity),
    "attributions": lambda _, many: tables.attribution_rows(many),
}


def extractions(many: Iterator[Reported]) -> Iterator[Extraction]:
    return (each.extraction for each in many)


def examples_of(many: Iterator[Reported]) -> Iterator[Reported]:
    return (replace(each, said=tuple(replace(said, act="ask") for said in each.said)) for each in many)


@pytest.mark.parametrize("name", LAZY)
def test_formats_stream(chosen: Chosen, name: str) -> None:
    """Reports without end do not keep the first lines from coming."""
    assert len(list(islice(LAZY[name](chosen.record, endless(chosen)), 50))) == 50


def test_claims_stream(asked: Record) -> None:
    claim = asked.claims(limit=1)[0]
    assert len(list(islice(schemaorg.claims_jsonld(claim for _ in count()), 50))) == 50


def test_the_page_on_sending_on_works_as_it_stands(send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "export.md").read_text(encoding="utf-8")
    calls = re.findall(r"^\$ onrecord (.*)$", page, re.MULTILINE)
    assert len(calls) > 10
    monkeypatch.chdir(tmp_path)
    for call in calls:
        ran = send(*shlex.split(call))
        assert ran.code == 0, f"{call}: {ran.err}"
    assert all(f"`{name.value}`" in page for name in Exported)
