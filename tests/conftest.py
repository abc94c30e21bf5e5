"""Fixtures that several tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from onrecord.cli import main
from tests.site import Site
from tests.stand_in import WordComparer
from tests.tiny import TinyEngine

if TYPE_CHECKING:
    from tests.desk import Desk

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # a busy machine is no failure
_FOLDER = TemporaryDirectory(prefix="onrecord-tests-")
os.environ["ONRECORD_DESK"] = str(Path(_FOLDER.name) / "desk.db")  # never the user's own
os.environ.setdefault("ONRECORD_PRECISION", "f32")  # processors with bf16 read a few borderline spans otherwise


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]

STORY = """Bridge will open in May, mayor says

Mayor Lee said that the bridge will open in May.

“Nobody asked the engineers,” said Councillor Amara Diallo.
"""


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> TinyEngine:
    """The tiny engine in place of the shipped one."""
    engine = TinyEngine()
    monkeypatch.setattr("onrecord.engines.default_engine", lambda **_: engine)
    return engine


@pytest.fixture
def command(
    tiny: TinyEngine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    """Runs the command line in this process, with the tiny engine and a record of its own."""
    monkeypatch.setenv("ONRECORD_DB", str(tmp_path / "record.db"))
    monkeypatch.setenv("ONRECORD_DESK", str(tmp_path / "desk.db"))
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder with two reports and one file that is none."""
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "bridge.txt").write_text(STORY, encoding="utf-8")
    (folder / "harbour.txt").write_text("Harbour to close\n\nMinister Roy said that the harbour will close.\n")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 8)
    return folder


@pytest.fixture
def desk(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A record that watches a site of this machine, with two articles on it."""
    from tests.desk import Desk, article

    monkeypatch.setattr("onrecord.pipeline.Comparer", WordComparer)
    site = Site()
    site.pages["/a"] = article("Mayor Lee", "the bridge opens in May")
    site.pages["/b"] = article("Minister Roy", "the harbour closes")
    yield Desk(command, site, tmp_path / "record.db")
    site.close()
