"""The Python API: the same as the command line, typed, and nothing heavy at import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import onrecord
from tests.conftest import STORY
from tests.tiny import TinyEngine


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("numpy", "lxml", "sqlalchemy", "rich", "typer", "logging")
    code = f"import sys, onrecord; print([name for name in {heavy!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in onrecord.__all__:
        assert getattr(onrecord, name) is not None
    with pytest.raises(AttributeError):
        onrecord.__getattr__("nonsense")
    assert "extract" in dir(onrecord)


@pytest.mark.usefixtures("tiny")
def test_extract_a_text() -> None:
    result = onrecord.extract(STORY, published="2026-03-01", publisher="The Herald")
    mayor, councillor = result.said()
    assert mayor.source
    assert result.report.text[mayor.source.start : mayor.source.end] == mayor.source.text == "Mayor Lee"
    assert councillor.kind == "direct"
    assert result.report.published == onrecord.extract(STORY, published="2026-03-01").report.published
    assert onrecord.extract(STORY, verbatim=True).report.text == STORY


@pytest.mark.usefixtures("tiny")
def test_extract_nothing_is_an_error() -> None:
    with pytest.raises(onrecord.OnRecordError):
        onrecord.extract("  \n ")


@pytest.mark.usefixtures("tiny")
def test_extract_from_paths_keeps_the_order_and_tells_failures(reports: Path) -> None:
    names = ["harbour.txt", "noise.bin", "bridge.txt"]
    got = list(onrecord.extract_from(*(reports / name for name in names)))
    assert [isinstance(item, onrecord.Failure) for item in got] == [False, True, False]


@pytest.mark.usefixtures("tiny")
def test_record_and_ask(reports: Path, tmp_path: Path) -> None:
    db = tmp_path / "record.db"
    summary = onrecord.record(reports, db)
    assert (summary.recorded, summary.failed, summary.attributions) == (2, 1, 3)
    with onrecord.open(db) as record:
        (hit,) = record.search("bridge")
        assert hit.said
        assert record.report(hit.report.id).attributions[0].id == hit.said.id


def test_an_engine_can_be_given(tmp_path: Path, reports: Path) -> None:
    summary = onrecord.record([reports / "bridge.txt"], tmp_path / "r.db", engine=TinyEngine())
    assert summary.attributions == 2


def test_opening_no_record_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(onrecord.OnRecordError, match="no record"):
        onrecord.open(tmp_path / "none.db")
