"""`onrecord serve` as a person starts it: it says where it is, and what to do where it cannot be."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Command


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The desk on a port that was free, over a record that is not there yet; and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "onrecord", "--db", str(tmp_path / "r.db"), "serve", "--port", str(port)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr
        line = process.stderr.readline()
        yield process, line.split()[-1]
        process.kill()


def test_it_says_where_it_is_and_stops_at_ctrl_c(desk: tuple[subprocess.Popen[str], str]) -> None:
    process, address = desk
    with urllib.request.urlopen(address) as answer:
        page = answer.read().decode()
    assert "Nothing has been read yet" in page
    assert "onrecord --db" in page
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) in (0, 130)
    assert process.stderr
    assert "Traceback" not in process.stderr.read()


def test_a_port_in_use_is_told_with_what_to_do(command: Command) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        ran = command("serve", "--port", str(held.getsockname()[1]))
    assert ran.code == 2
    assert "in use" in ran.err
    assert "--port" in ran.err


def test_a_port_that_is_none_is_told(command: Command) -> None:
    ran = command("serve", "--port", "70000")
    assert ran.code == 2
    assert "no such port" in ran.err
