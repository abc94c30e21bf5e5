"""Kills and crowds: nothing acknowledged is lost, nothing doubled; and a rig that would see it if it were."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "store.py"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the rig forks")


def _bench(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, BENCH, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_killed_at_random_moments_nothing_acknowledged_is_lost_or_doubled() -> None:
    ran = _bench("kills", 40)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b0 lost, 0 doubled, 0 problems", ran.stdout), ran.stdout


def test_the_rig_sees_a_store_that_acknowledges_too_early() -> None:
    ran = _bench("kills", 25, "--early")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert re.search(r"\b[1-9]\d* lost", ran.stdout), ran.stdout


def test_eight_writers_lose_nothing_and_none_is_refused() -> None:
    ran = _bench("writers", 8, 4)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b0 failed", ran.stdout), ran.stdout


def test_two_that_start_at_once_make_one_record(tmp_path: Path) -> None:
    code = "import sys; from onrecord.store import open_store; open_store(sys.argv[1]).status()"
    command = [sys.executable, "-c", code, str(tmp_path / "record.db")]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(p.communicate()[1], p.returncode) for p in started] == [("", 0)] * 3
