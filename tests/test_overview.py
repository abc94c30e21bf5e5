"""The record seen from afar: runs, who is quoted where and when, what people are called, publishers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.answer import Record
from onrecord.errors import NotFound, UsageError
from onrecord.model import Report, Span
from onrecord.store import open_store
from tests.test_claims import SAID, put


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """Four reports of two publishers in two months."""
    with open_store(tmp_path / "r.db") as store:
        for name, (day, text) in SAID.items():
            put(store, name, day, text)
        put(store, "e", "2031-06-01", "Mayor Lee said that the bridge at Orm had been opened.", "The Evening")
        yield Record(store)


def test_runs_tell_how_many_reports_they_read_and_when(record: Record) -> None:
    runs = [each for each in record.runs() if each.run.engine == "tiny"]
    assert [run.reports for run in runs] == [5]
    assert runs[0].first
    assert runs[0].first <= runs[0].last  # type: ignore[operator]


def test_who_is_quoted_is_counted_by_month_and_narrowed_by_publisher_and_day(record: Record) -> None:
    every = record.quoted()
    assert {q.name for q in every} == {"Mayor Lee", "Engineer Wu", "Trader Maki", "Pilot Roe"}
    assert sum(q.attributions for q in every) == 5
    assert [q.name for q in record.quoted(publisher="the evening")] == ["Mayor Lee"]
    assert {q.name for q in record.quoted(since="2031-05-03", until="2031-05-31")} == {"Trader Maki", "Pilot Roe"}
    assert [q.name for q in record.quoted("lee")][:1] == ["Mayor Lee"]
    assert not record.quoted(voice="unnamed").items
    months = {month for q in record.quoted("lee") for month, _ in q.months}
    assert months == {"2031-05", "2031-06"}
    with pytest.raises(UsageError, match="2031-13"):
        record.quoted(since="2031-13-01")


def test_publishers_come_with_their_reports(record: Record) -> None:
    assert record.publishers() == [("The Morning", 4), ("The Evening", 1)]


def test_what_somebody_is_called_leads_to_reports(record: Record) -> None:
    lee = record.quoted("wu")[0]
    rows = record.roles(str(lee.entity))
    assert [(row.name, row.day) for row in rows] == [("Engineer Wu", "2031-05-02")]
    with pytest.raises(NotFound):
        record.roles("entity-sha256-" + "0" * 32)


def test_the_bytes_behind_a_span_are_those_that_it_was_made_from() -> None:
    from onrecord.model import Origin

    text, raw = "Über die Brücke", "<p>Über&nbsp;die Brücke".encode()
    origins = (Origin(0, 4, 3, 8, True), Origin(4, 5, 8, 14, False), Origin(5, 15, 14, 25, True))
    report = Report(text, "0" * 64, "made up", origins=origins)
    start, end = report.raw_place(Span(9, 15))  # type: ignore[misc]
    assert raw[start:end].decode() == "Brücke"
    assert report.raw_place(Span(0, 5)) == (3, 14)
    assert Report(text, "0" * 64, "made up").raw_place(Span(0, 5)) is None
