"""Tables: columns found, lines broken, the rest going on."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.model import Failure, RawReport
from onrecord.read import ReadOptions, read

BODY = ReadOptions(columns={"text": "body"})


def read_bytes(tmp_path: Path, name: str, data: bytes, options: ReadOptions | None = None) -> list[RawReport | Failure]:
    (tmp_path / name).write_bytes(data)
    return list(read([str(tmp_path / name)], options or ReadOptions()))


def lines(*rows: Any) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_a_row_gives_its_text_and_what_is_known(tmp_path: Path) -> None:
    row = {
        "text": "„Nein“, sagte er. 🎙",
        "id": 17,
        "url": "https://example.org/a",
        "title": "T",
        "published": "2024-05-01",
        "publisher": "The Paper",
        "byline": ["Ann Lee", "Bo Li"],
    }
    (report,) = read_bytes(tmp_path, "feed.jsonl", lines(row))
    assert isinstance(report, RawReport)
    assert report.data == row["text"].encode()  # type: ignore[attr-defined]
    assert (report.form, report.origin) == ("text", f"{tmp_path}/feed.jsonl#1")
    given = report.given
    assert given.id == "17"
    assert [f and (f.value, f.where) for f in (given.url, given.title, given.published, given.publisher)] == [
        ("https://example.org/a", "row:url"),
        ("T", "row:title"),
        ("2024-05-01", "row:published"),
        ("The Paper", "row:publisher"),
    ]
    assert [name.value for name in given.byline] == ["Ann Lee", "Bo Li"]
    assert given.encoding is not None
    assert given.encoding.value == "utf-8"


def test_a_broken_line_is_one_failure_and_the_others_go_on(tmp_path: Path) -> None:
    data = lines({"text": "A."}) + b'{"text": "B.\n\n\xff\xfe{}\n[1]\n"x"\n' + lines({"text": "C."}) + b'{"text": ""}'
    items = read_bytes(tmp_path, "x.jsonl", data)
    assert [(item.origin.rsplit("#")[-1], type(item)) for item in items] == [
        ("1", RawReport),
        ("2", Failure),
        ("4", Failure),
        ("5", Failure),
        ("6", Failure),
        ("7", RawReport),
        ("8", Failure),
    ]
    assert [item.reason.split(":")[0] for item in items if isinstance(item, Failure)] == [
        "is not valid JSON",
        "is not UTF-8 at byte 0.",
        "is a JSON list, not a row.",
        "is a JSON str, not a row.",
        "has no text.",
    ]


def test_hostile_json_is_a_line_like_any_other(tmp_path: Path) -> None:
    data = b"[" * 100_000 + b"\n" + b'{"text": ' + b"9" * 9000 + b"}\n" + b'{"text": "cut \\ud83d"}\n'
    *bad, good = read_bytes(tmp_path, "x.jsonl", data)
    assert [type(item) for item in bad] == [Failure, Failure]
    assert isinstance(good, RawReport)
    assert good.data.decode() == "cut \ufffd"


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_MAX_INPUT_BYTES", "1000")
    long = {"text": "x" * 7000}
    items = read_bytes(tmp_path, "x.jsonl", lines({"text": "A."}, long, {"text": "y" * 1001}, {"text": "B."}))
    assert [type(item) for item in items] == [RawReport, Failure, Failure, RawReport]


def test_columns_by_other_names(tmp_path: Path) -> None:
    (report,) = read_bytes(tmp_path, "x.jsonl", lines({"body": "A.", "text": "no"}), BODY)
    assert isinstance(report, RawReport)
    assert report.data == b"A."


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    for name, data in (("x.jsonl", lines({"id": 1, "content": "A."})), ("x.csv", b"id,content\n1,A.\n")):
        (failure,) = read_bytes(tmp_path, name, data)
        assert isinstance(failure, Failure)
        assert "'text' or 'html'" in failure.reason
        assert "id, content" in failure.reason
        assert "--map" in str(failure.advice)
    (failure,) = read_bytes(tmp_path, "y.csv", b"id,text\n1,A.\n", BODY)
    assert isinstance(failure, Failure)
    assert "'body'" in failure.reason
    assert "id, text" in failure.reason


def test_a_wrong_mapping_does_not_say_so_a_million_times(tmp_path: Path) -> None:
    items = read_bytes(tmp_path, "x.jsonl", lines(*[{"content": "A."}] * 5000))
    assert len(items) == 101
    assert "the rest was not read" in items[-1].reason  # type: ignore[union-attr]


def test_html_and_text_columns(tmp_path: Path) -> None:
    data = lines({"html": "<p>A"}, {"html": "<p>B", "text": "B"}, {"html": "<p>C", "text": ""})
    assert [(i.form, i.data) for i in read_bytes(tmp_path, "x.jsonl", data) if isinstance(i, RawReport)] == [
        ("html", b"<p>A"),
        ("text", b"B"),
        ("html", b"<p>C"),
    ]
    both = read_bytes(tmp_path, "y.jsonl", data, ReadOptions(form="html"))
    assert [i.data for i in both if isinstance(i, RawReport)] == [b"<p>A", b"<p>B", b"<p>C"]


@pytest.mark.parametrize(
    ("name", "data", "texts"),
    [
        ("a.json", b'[{"text": "A."}, {"text": "B."}]', ["A.", "B."]),
        ("a.json", b'{\n "text": "A."\n}', ["A."]),
        ("a.json", b'{"meta": 1, "articles": [{"text": "A."}]}', ["A."]),
        ("a.json", b'{"text": "A."}\n{"text": "B."}\n', ["A.", "B."]),
        ("noname", b'[\n  {"text": "A."}\n]', ["A."]),
        ("noname", b'{\n  "text": "A."\n}', ["A."]),
        ("noname", b'{"text": "A."}', ["A."]),
        ("noname", b"\xef\xbb\xbf" + b'{"text": "A."}\n{broken\n{"text": "C."}', ["A.", None, "C."]),
    ],
)
def test_json_of_every_shape(tmp_path: Path, name: str, data: bytes, texts: list[str | None]) -> None:
    items = read_bytes(tmp_path, name, data)
    assert [item.data.decode() if isinstance(item, RawReport) else None for item in items] == texts


@pytest.mark.parametrize("data", [b"[]", b"[1, 2", b'{"a": {}', b"17", b"null"])
def test_json_without_a_row_is_one_line(tmp_path: Path, data: bytes) -> None:
    (item,) = read_bytes(tmp_path, "x.json", data)
    assert isinstance(item, Failure)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_every_dress(tmp_path: Path, mark: str, encoding: str) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=mark)
    writer.writerows([["url", "text", "title"], ["u", 'He said: "No,\n\nnever; | \t"', "T"], ["v", "B – ü", ""]])
    items = read_bytes(tmp_path, "x.csv", written.getvalue().encode(encoding))
    assert [i.data.decode() for i in items if isinstance(i, RawReport)] == ['He said: "No,\n\nnever; | \t"', "B – ü"]
    assert [i.origin.rsplit("#")[-1] for i in items] == ["2", "5"]


def test_csv_is_known_without_its_name() -> None:
    data = b'id;text\n1;"A; b."\n'
    (item,) = read(["-"], stdin=io.BytesIO(data))
    assert isinstance(item, RawReport)
    assert item.data == b"A; b."


def test_csv_broken_rows_are_named_by_their_line(tmp_path: Path) -> None:
    data = b'id,text\n1,A.\n2,"B" oops\n3,C.,too,many\n\n4\n5,\xe9t\xe9\n6,D.\n7,"never closed\n8,E.\n'
    items = read_bytes(tmp_path, "x.csv", data)
    assert [(item.origin.rsplit("#")[-1], type(item)) for item in items] == [
        ("2", RawReport),
        ("3", Failure),
        ("4", Failure),
        ("6", Failure),
        ("7", Failure),
        ("8", RawReport),
        ("9", Failure),
    ]
    assert "lines 9 to 10" in items[-1].reason  # type: ignore[union-attr]


def test_a_long_csv_cell_is_read(tmp_path: Path) -> None:
    text = "word " * 60_000
    (item,) = read_bytes(tmp_path, "x.csv", f'id,text\n1,"{text}"\n'.encode())
    assert isinstance(item, RawReport)
    assert len(item.data) == 300_000


def test_a_cut_off_table_keeps_what_came_before(tmp_path: Path) -> None:
    rows = lines(*[{"text": f"Row {number} said {number * 7919 % 1000}."} for number in range(20_000)])
    packed = gzip.compress(rows)
    items = read_bytes(tmp_path, "x.jsonl.gz", packed[: len(packed) // 2])
    assert len(items) > 5000
    assert all(isinstance(item, RawReport) for item in items[:-1])
    assert isinstance(items[-1], Failure)
    assert "cut off" in items[-1].reason


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "x.parquet"
    rows = {"body": ["A.", None, "C."], "published": [date(2024, 5, 1)] * 3, "byline": [["X", "Y"], [], None]}
    pq.write_table(pa.table(rows), path)
    first, second, third = read([str(path)], BODY)
    assert isinstance(first, RawReport)
    assert first.given.published is not None
    assert first.given.published.value == "2024-05-01"
    assert [name.value for name in first.given.byline] == ["X", "Y"]
    assert isinstance(second, Failure)
    assert isinstance(third, RawReport)
    (failure,) = read([str(path)])
    assert isinstance(failure, Failure)
    assert "body, published, byline" in failure.reason
    assert len(list(read(["-"], BODY, stdin=io.BytesIO(path.read_bytes())))) == 3
    path.write_bytes(path.read_bytes()[:-20])
    (failure,) = read([str(path)])
    assert isinstance(failure, Failure)
    assert "damaged" in failure.reason


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (failure,) = read_bytes(tmp_path, "x.parquet", b"PAR1 and so on, PAR1")
    assert isinstance(failure, Failure)
    assert "onrecord[parquet]" in str(failure.advice)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda text: text.strip() != ""
)


@given(st.lists(texts, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    as_json = io.BytesIO(lines(*({"text": text} for text in texts)))
    as_csv = io.StringIO(newline="")
    csv.writer(as_csv, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *(["1", text] for text in texts)])
    for stream in (as_json, io.BytesIO(codecs.BOM_UTF8 + as_csv.getvalue().encode())):
        items = list(read(["-"], stdin=stream))
        assert [item.data.decode() for item in items if isinstance(item, RawReport)] == texts
