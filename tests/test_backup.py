"""Backups: whole or not there, of one moment while others write, and put back only where nothing lies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onrecord.backup import back_up, backups, newest, restore
from onrecord.desk import open_the_desk
from onrecord.errors import NotFound, OnRecordError, StoreError, UsageError
from onrecord.people import Role
from onrecord.store import open_store
from tests.conftest import Command
from tests.store.examples import pair

ROOT = Path(__file__).parent.parent


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A record of one report, and a desk with one account."""
    path = tmp_path / "record.db"
    with open_store(path) as store:
        store.record(*pair())
        with open_the_desk(tmp_path / "desk.db", create=True) as desk:
            desk.add_workspace("harbour", path)
            desk.add("Ada", "correct horse battery", Role.admin)
    return path


def ids(path: Path) -> set[str]:
    with open_store(path) as store:
        return {head.id for head in store.heads(limit=1000)}


def test_a_backup_is_put_back_as_it_was(command: Command, db: Path, tmp_path: Path) -> None:
    ran = command("backup", tmp_path / "kept")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["files"]["record.db"]["rows"]["reports"] == 1
    assert told["files"]["desk.db"]["rows"]["accounts"] == 1
    assert told["lacks"] == []
    ran = command("restore", tmp_path / "kept", "--db", tmp_path / "b" / "r.db", "--desk", tmp_path / "b" / "d.db")
    assert ran.code == 0, ran.err
    assert command("verify", "--db", tmp_path / "b" / "r.db").code == 0
    assert ids(tmp_path / "b" / "r.db") == ids(db)
    with open_the_desk(tmp_path / "b" / "d.db") as desk:
        assert [account.name for account, _ in desk.accounts()] == ["Ada"]
        assert list(desk.faults()) == []
        assert "backup" in {entry.action for entry in desk.log()}
    assert not list((tmp_path / "b").glob(".*"))


def test_nothing_is_overwritten(command: Command, db: Path, tmp_path: Path) -> None:
    command("backup", tmp_path / "kept")
    before = db.read_bytes()
    ran = command("restore", tmp_path / "kept")
    assert ran.code == 1
    assert "Nothing is overwritten" in ran.err
    assert db.read_bytes() == before
    new = tmp_path / "new.db"
    ran = command("restore", tmp_path / "kept", "--db", new)  # the desk is there still
    assert (ran.code, new.exists()) == (1, False)
    for end in ("-journal", "-wal"):
        stray = tmp_path / f"new.db{end}"
        stray.write_bytes(b"of another file")
        ran = command("restore", tmp_path / "kept", "--db", new, "--desk", tmp_path / "new-desk.db")
        assert (ran.code, new.exists()) == (1, False)
        assert "move it away" in ran.err
        stray.unlink()


@pytest.mark.parametrize("name", ["record.db", "desk.db"])
def test_one_byte_that_differs_is_seen(db: Path, tmp_path: Path, name: str) -> None:
    made = back_up(tmp_path / "kept", str(db), str(tmp_path / "desk.db"))
    data = bytearray((made.folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (made.folder / name).write_bytes(data)
    places = tmp_path / "r.db", tmp_path / "d.db"
    with pytest.raises(StoreError, match="not what was backed up"):
        restore(newest(tmp_path / "kept"), *places)
    assert not any(place.exists() for place in places)
    assert not list(tmp_path.glob(".*.part"))


def test_what_a_backup_lacks_is_told(command: Command, db: Path, tmp_path: Path) -> None:
    open_store(tmp_path / "other.db").close()
    with open_the_desk(tmp_path / "desk.db") as desk:
        desk.add_workspace("bridge", tmp_path / "other.db")
    assert "workspace bridge" in command("backup", tmp_path / "kept").err
    alone = back_up(tmp_path / "alone", str(db), None)
    assert "there was none" in alone.lacks[0]
    assert restore(alone, tmp_path / "r.db", tmp_path / "desk.db") == [tmp_path / "r.db"]
    only = json.loads(command("backup", tmp_path / "only", "--desk-only").out)
    assert list(only["files"]) == ["desk.db"]
    assert "The record" in only["lacks"][0]


def test_a_takedown_says_where_backups_are(command: Command, db: Path, tmp_path: Path) -> None:
    command("backup", tmp_path / "kept")
    (report,) = ids(db)
    ran = command("takedown", report, "--reason", "asked for", "--by", "Ada", "--yes")
    assert ran.code == 0, ran.err
    assert str(tmp_path / "kept") in ran.out + ran.err


def test_only_the_newest_are_kept_and_nothing_else_is_touched(db: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "onrecord-notes").mkdir()
    made = [back_up(kept, str(db), None, keep=2).folder for _ in range(4)]
    assert [each.folder for each in backups(kept)] == made[2:]
    assert (kept / "onrecord-notes").is_dir()
    assert newest(kept).folder == made[3]


def test_a_record_elsewhere_and_no_record_are_told(command: Command, tmp_path: Path) -> None:
    ran = command("backup", tmp_path / "kept", "--db", "postgresql://u:secret@host/db")
    assert ran.code == 2
    assert "pg_dump" in ran.err
    assert "secret" not in ran.err + ran.out
    assert command("backup", tmp_path / "kept").code == 1
    assert command("restore", tmp_path / "none").code == 1
    with pytest.raises(NotFound):
        newest(tmp_path)


@pytest.mark.parametrize("told", ["", "{}", "[1]", '{"format": 2}', '{"format": 1, "files": {"record.db": 3}}', "\xff"])
def test_a_manifest_that_is_none_is_told(db: Path, tmp_path: Path, told: str) -> None:
    made = back_up(tmp_path / "kept", str(db), None)
    (made.folder / "manifest.json").write_text(told, encoding="latin-1")
    with pytest.raises(OnRecordError):
        newest(tmp_path / "kept")


def test_of_a_newer_record_nothing_is_restored(db: Path, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    made = back_up(tmp_path / "kept", str(db), None)
    with closing(sqlite3.connect(made.folder / "record.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    told = json.loads((made.folder / "manifest.json").read_text())
    import hashlib

    told["files"]["record.db"]["sha256"] = hashlib.sha256((made.folder / "record.db").read_bytes()).hexdigest()
    (made.folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(StoreError, match="newer OnRecord"):
        restore(newest(tmp_path / "kept"), tmp_path / "r.db", tmp_path / "d.db")
    assert not (tmp_path / "r.db").exists()


def test_a_damaged_record_makes_no_backup(db: Path, tmp_path: Path) -> None:
    data = bytearray(db.read_bytes())
    data[8192 : len(data) // 2] = bytes(len(data) // 2 - 8192)
    db.write_bytes(data)
    with pytest.raises(StoreError):
        back_up(tmp_path / "kept", str(db), None)
    assert backups(tmp_path / "kept") == []
    assert not list((tmp_path / "kept").glob(".onrecord-*"))


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_at_any_moment_the_next_one_is_whole_and_clears_up(db: Path, tmp_path: Path) -> None:
    with open_store(db) as store:
        store.record_many(pair(f"{k} Ann said so. " * 300, (), origin=f"{k}.txt") for k in range(150))
    kept = tmp_path / "kept"
    code = (
        "import sys, onrecord.store.copying; from pathlib import Path; from onrecord.backup import back_up\n"
        "print(1, flush=True)\nwhile True: back_up(Path(sys.argv[1]), sys.argv[2], None, keep=2)"
    )
    for k in range(8):
        with subprocess.Popen([sys.executable, "-c", code, kept, db], stdout=subprocess.PIPE) as running:
            assert running.stdout
            running.stdout.readline()
            time.sleep(0.013 * k)
            running.send_signal(signal.SIGKILL)
        for each in backups(kept) if kept.exists() else ():
            assert each.files["record.db"].rows["reports"] == 151
    back_up(kept, str(db), None)
    assert not list(kept.glob(".onrecord-*"))
    restore(newest(kept), tmp_path / "r.db", tmp_path / "d.db")
    assert ids(tmp_path / "r.db") == ids(db)


def test_while_one_is_being_made_another_waits_for_the_next_time(db: Path, tmp_path: Path) -> None:
    from onrecord.store.lock import alone

    kept = tmp_path / "kept"
    kept.mkdir()
    with alone(kept / "backups", "lock") as free:
        assert free
        with pytest.raises(UsageError, match="another backup"):
            back_up(kept, str(db), None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the rig forks")
def test_under_load_each_backup_holds_what_was_acknowledged_before() -> None:
    """The same rig as `bench/backup.py`, with fewer backups."""
    ran = subprocess.run(
        [sys.executable, ROOT / "bench" / "backup.py", "6", "--writers", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 lost, 0 problems" in ran.stdout
    blind = subprocess.run(
        [sys.executable, ROOT / "bench" / "backup.py", "4", "--writers", "2", "--careless"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert blind.returncode == 1, "a plain copy of the file while it is written was taken for a backup"
