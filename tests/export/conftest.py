"""A record, and the command line on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onrecord.answer import Record, open_record
from onrecord.cli import main
from onrecord.export.chosen import Chosen
from tests.conftest import Ran
from tests.export import examples

Send = Callable[..., Ran]


@pytest.fixture(scope="session")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small record of `examples`; nobody writes to it."""
    return examples.record(tmp_path_factory.mktemp("record") / "r.db")


@pytest.fixture
def asked(db: Path) -> Iterator[Record]:
    """The record, open."""
    with open_record(db) as record:
        yield record


@pytest.fixture
def chosen(asked: Record) -> Chosen:
    """All of it."""
    return Chosen(asked)


@pytest.fixture
def send(db: Path, capsys: pytest.CaptureFixture[str]) -> Send:
    """Runs the command line on the record."""

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main(["--db", str(db), *map(str, arguments)])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run
