"""The questions one can ask of a record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onrecord.answer import open_record
from onrecord.errors import NotFound
from onrecord.model import Failure
from onrecord.store import open_store
from tests.store.examples import pair


def test_every_answer_is_typed_leads_back_and_becomes_json(tmp_path: Path) -> None:
    raw, extraction = pair()
    with open_store(tmp_path / "record.db") as store:
        store.record(raw, extraction)
        store.record_failure(Failure("b.txt", "read", "empty"))
    with open_record(tmp_path / "record.db") as record:
        report = record.report(extraction.report.id[:24])
        assert report.report == extraction.report
        hit = record.search("missiles", source="Kirby", since="2026-01-01").items[0]
        assert hit.said is not None
        assert hit.report.id == report.report.id
        assert record.attribution(hit.said.id) == hit.said == record.who("kirby").items[0]
        assert hit.said.source is not None
        assert report.report.text[hit.said.source.start : hit.said.source.end] == "John Kirby"
        assert [h.id for h in record.reports()] == [report.report.id]
        assert record.raw(record.readings(report.report.id)[0].raw_sha256) == raw.data
        assert not list(record.verify())
        answers = [report, hit, hit.said, *record.sources(), record.status(), *record.failures(), *record.extractions()]
        for answer in [*answers, *record.readings(report.report.id)]:
            assert json.loads(json.dumps(answer.to_dict()))
        assert str(tmp_path) in repr(record)


def test_there_is_no_record_to_ask_where_none_was_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no record here"):
        open_record(tmp_path / "none.db")
    assert not list(tmp_path.iterdir())
