"""docs/tutorial.md, run as it stands: files written, commands called, output compared with what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from onrecord.cli import main

TUTORIAL = (Path(__file__).parent.parent / "docs" / "tutorial.md").read_text(encoding="utf-8")
FILES = re.findall(r"```text file=(\S+)\n(.*?)```", TUTORIAL, re.DOTALL)
CALLS = re.findall(r"```console\n\$ onrecord ([^\n]*)\n(.*?)```", TUTORIAL, re.DOTALL)


def pattern(shown: str) -> re.Pattern[str]:
    """What the tutorial shows, `…` standing for anything."""
    return re.compile(".*".join(re.escape(part) for part in shown.strip().split("…")), re.DOTALL)


def test_the_tutorial_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(FILES) == 3
    assert len(CALLS) >= 8
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name, text in FILES:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    for call, shown in CALLS:
        assert main(shlex.split(call)) == 0
        printed = capsys.readouterr()
        assert pattern(shown).search(printed.out + printed.err), f"onrecord {call}\n{printed.out}{printed.err}"
