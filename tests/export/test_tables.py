"""Tables: CSV, event rows, Parquet, Datasette; and citations. Read by pandas, sqlite-utils, bibtexparser, citeproc."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
import sqlite_utils
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import MonthIntMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from onrecord import flat
from onrecord.answer import Record
from onrecord.export import citations, events, tables
from onrecord.export.chosen import Chosen
from onrecord.model import Act, Extraction, Found, Report, Run
from tests.conftest import Ran
from tests.export.conftest import Send
from tests.export.examples import HOSTILE, TEXT, full

PLOVER = {
    *("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT"),
    *("THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
}


def read_csv(ran: Ran) -> list[dict[str, str]]:
    assert ran.code == 0, ran.err
    return list(csv.DictReader(io.StringIO(ran.out, newline="")))


def test_every_act_has_its_line_in_the_table_and_a_category_or_none() -> None:
    assert set(events.categories()) == set(get_args(Act))
    assert {category for category in events.categories().values() if category} <= PLOVER


def test_event_rows_say_who_did_what_to_whom_when_and_where(send: Send) -> None:
    rows = read_csv(send("export", "--format", "plover-csv"))
    assert tuple(rows[0]) == events.COLUMNS
    (event,) = [row for row in rows if row["act"] == "accuse"]
    assert event["event_id"] == full()[1].attributions[0].id
    assert (event["who"], event["who_kind"], event["who_role"], event["who_country"]) == (
        "Mayor Lee",
        "person",
        "mayor",
        "NOR",
    )
    assert (event["plover"], event["to_whom"], event["where"]) == ("ACCUSE", "the council", "at the town hall")
    assert (event["said_on"], event["published"][:10]) == ("2031-05-01", "2031-05-02")
    assert event["url"] == "https://paper.example/a?b=1&c={d}"
    (warning,) = [row for row in rows if row["act"] == "warn"]
    assert (warning["plover"], warning["on_word_of"], warning["content_when"]) == ("", "Mayor Lee", "2031-05")
    told = [json.loads(line) for line in send("export", "--format", "plover-jsonl").out.splitlines()]
    assert [row["event_id"] for row in told] == [row["event_id"] for row in rows]


@pytest.mark.parametrize("table", tables.TABLES)
def test_a_csv_of_each_table_has_no_formula(send: Send, table: str) -> None:
    rows = read_csv(send("export", "--format", "csv", "--table", table))
    assert rows
    columns = flat.COLUMNS if table == "attributions" else tables.TABLES[table]
    assert tuple(rows[0]) == tuple(columns)
    for row in rows:
        assert not any(cell.startswith(("=", "+", "@")) for cell in row.values())


def test_claims_in_a_spreadsheet(send: Send) -> None:
    rows = read_csv(send("export", "--format", "csv", "--table", "claims"))
    (disputed,) = [row for row in rows if row["disputed"] == "1"]
    assert (disputed["affirms"], disputed["denies"], disputed["reports"]) == ("2", "1", "3")
    positions = read_csv(send("export", "--format", "csv", "--table", "positions"))
    assert [p["stance"] for p in positions if p["claim_id"] == disputed["id"]] == ["affirms", "affirms", "denies"]


def test_pandas_reads_every_table_of_parquet(send: Send, tmp_path: Path, asked: Record) -> None:
    ran = send("export", "--format", "parquet", "--to", tmp_path / "p")
    assert ran.code == 0, ran.err
    frames = {name: pd.read_parquet(tmp_path / "p" / f"{name}.parquet") for name in tables.TABLES}
    status = asked.status()
    assert (len(frames["reports"]), len(frames["attributions"])) == (status.reports, status.attributions)
    both = frames["attributions"].merge(frames["reports"], left_on="report_id", right_on="id", suffixes=("", "_r"))
    for row in both[both["source"].notna()].itertuples():
        assert row.text[int(row.source_start) : int(row.source_end)] == row.source  # type: ignore[index, arg-type]
    assert set(frames["positions"]["claim_id"]) == set(frames["claims"]["id"])
    assert HOSTILE in set(frames["reports"]["headline"])


def test_duckdb_reads_parquet(send: Send, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    send("export", "--format", "parquet", "--to", tmp_path / "p")
    sql = f"""SELECT count(*), count(*) FILTER (
        substring(r.text, a.source_start + 1, a.source_end - a.source_start) = a.source)
        FROM '{tmp_path}/p/attributions.parquet' a JOIN '{tmp_path}/p/reports.parquet' r ON a.report_id = r.id
        WHERE a.source IS NOT NULL"""
    count, right = duckdb.sql(sql).fetchall()[0]
    assert count == right > 0


def test_sqlite_utils_finds_tables_keys_and_words(send: Send, tmp_path: Path, asked: Record) -> None:
    path = tmp_path / "d.db"
    ran = send("export", "--format", "datasette", "--to", path)
    assert ran.code == 0, ran.err
    data: Any = sqlite_utils.Database(path)
    status = asked.status()
    assert (data["reports"].count, data["attributions"].count) == (status.reports, status.attributions)
    links = {(key.column, key.other_table) for key in data["positions"].foreign_keys}
    assert links == {("claim_id", "claims"), ("attribution_id", "attributions"), ("report_id", "reports")}
    assert data["reports"].detect_fts() == "reports_fts"
    assert [row["id"] for row in data["reports"].search("council")] == [full()[1].report.id]
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    told = json.loads((tmp_path / "d.metadata.json").read_text(encoding="utf-8"))
    assert set(told["databases"]["d"]["tables"]) <= set(data.table_names())


def read_bibtex(text: str) -> list[dict[str, str]]:
    library = parse_string(text, append_middleware=[MonthIntMiddleware()])
    assert library.failed_blocks == []
    return [{"key": e.key, **{f.key: f.value for f in e.fields}} for e in library.entries]


def test_bibtexparser_reads_every_entry(send: Send, asked: Record) -> None:
    entries = read_bibtex(send("export", "--format", "bibtex").out)
    assert len(entries) == asked.status().reports
    (entry,) = [e for e in entries if full()[1].report.id in e["note"]]
    assert (str(entry["year"]), str(entry["month"]), str(entry["day"])) == ("2031", "5", "02")
    assert entry["urldate"] == "2031-05-03"
    assert entry["url"] == "https://paper.example/a?b=1&c=%7Bd%7D"
    assert r"\textbraceleft{}\textbackslash{}b\_\%\$\#\&\textasciitilde{}\textasciicircum{}" in entry["title"]
    assert entry["author"].endswith(" and {Ann Ng}")


def cited(**head: Found | tuple[Found, ...] | None) -> Extraction:
    return Extraction(replace(Report("Text.", "0" * 64, "a.txt"), **head), (), Run("tiny", "1"))  # type: ignore[arg-type]


@given(st.text(st.sampled_from('ab {}\\@%",#=~\n\t😀\u202e'), min_size=1), st.text(min_size=1, max_size=20))
def test_no_title_breaks_a_bibliography(title: str, publisher: str) -> None:
    head: Any = {
        "headline": Found(title, "user"),
        "publisher": Found(publisher, "user"),
        "byline": (Found(title, "user"),),
    }
    one = cited(**head, url=Found(f"https://x.example/{title}", "user"))
    lines = list(citations.bibtex([one, one]))
    body = lines[0]
    depth = 0
    for sign in body:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert len(parse_string(lines[0]).entries) == 1


@pytest.mark.parametrize("published", ["2031", "2031-05", "2031-05-02", "2031-99-99", "May 2031", ""])
def test_dates_are_given_as_far_as_they_are_known(published: str) -> None:
    (item,) = citations.csl([cited(published=Found(published, "user") if published else None)])
    known = {"2031": [2031], "2031-05": [2031, 5], "2031-05-02": [2031, 5, 2], "2031-99-99": [2031]}.get(published)
    assert item.get("issued") == ({"date-parts": [known]} if known else None)


def test_citeproc_sets_every_item(send: Send, asked: Record) -> None:
    items = json.loads(send("export", "--format", "csl").out)
    assert len(items) == asked.status().reports
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    printed = [str(each) for each in bibliography.bibliography()]
    assert len(printed) == len(items)
    assert any("Ann Ng" in each and "2031" in each for each in printed)


def test_reports_as_rows_have_their_text(chosen: Chosen) -> None:
    rows = [tables.report_row(extraction) for extraction in chosen.extractions()]
    assert TEXT in {row["text"] for row in rows}
    assert all(set(row) == set(tables.REPORTS) for row in rows)
