"""The audit log: whatever is done to it is found; an end cut off or written anew only by a head kept elsewhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.audit import Entry, Fault, Head, digest_of, faults, hash_of
from onrecord.desk import Role, open_the_desk
from tests.conftest import Command

COLUMNS = ("seq", "at", "who", "workspace", "action", "target", "digest", "previous", "hash")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with some entries in its log, of one of which the details were erased."""
    path = tmp_path_factory.mktemp("audit") / "desk.db"
    with open_the_desk(path, create=True) as desk:
        desk.add_workspace("Harbour", "harbour.db")
        desk.add("Ann", "four random words do", Role.admin)
        for k in range(5):
            desk.note("export", None, {"path": f"{k}.csv", "reports": k}, db="harbour.db")
        desk.erase_details([desk.log()[3]], "asked for")
        assert not list(desk.faults())
    return path


def altered(whole: Path, *statements: tuple[str, tuple[Any, ...]]) -> Path:
    """A copy of a desk that was changed behind its back, its triggers as they were."""
    path = whole.with_name("altered.db")
    shutil.copy(whole, path)
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        for sql, values in statements:
            connection.execute(sql, values)
        for _, sql in kept:
            connection.execute(sql)
        connection.commit()
    return path


def found(path: Path, head: Head | None = None) -> list[Fault]:
    with open_the_desk(path) as desk:
        return list(desk.faults(head))


def entries(path: Path) -> list[Entry]:
    with open_the_desk(path) as desk:
        return desk.log()


@given(seq=st.integers(1, 8), column=st.sampled_from(COLUMNS), text=st.text(max_size=5), number=st.integers(-3, 99))
@settings(max_examples=60)
def test_any_edit_is_found(whole: Path, seq: int, column: str, text: str, number: int) -> None:
    before = getattr(entries(whole)[seq - 1], column)
    value: object = number if column == "seq" else text.replace("\x00", "").encode(errors="ignore").decode()
    if value == before or (column == "seq" and 1 <= number <= 8):
        return
    assert found(altered(whole, (f"UPDATE audit SET {column} = ? WHERE seq = ?", (value, seq))))


@given(seq=st.sampled_from([1, 2, 3, 5, 6, 7, 8]), key=st.text(min_size=1, max_size=3), value=st.integers())
@settings(max_examples=25)
def test_any_edit_of_details_is_found(whole: Path, seq: int, key: str, value: int) -> None:
    key = key.replace("\x00", "").encode(errors="ignore").decode()
    for details in (json.dumps({key: value}), json.dumps([value]), "{", "{ }"):
        path = altered(whole, ("UPDATE audit_details SET details = ? WHERE seq = ?", (details, seq)))
        assert Fault(seq, "its details are altered") in found(path)
    assert found(altered(whole, ("UPDATE audit_details SET salt = ? WHERE seq = ?", (key, seq))))
    assert found(altered(whole, ("DELETE FROM audit_details WHERE seq = ?", (seq,))))


@given(first=st.integers(1, 7), count=st.integers(1, 7))
@settings(max_examples=20)
def test_any_deletion_but_of_the_end_is_found(whole: Path, first: int, count: int) -> None:
    last = min(first + count - 1, 7)
    assert found(altered(whole, ("DELETE FROM audit WHERE seq BETWEEN ? AND ?", (first, last))))


@given(after=st.integers(0, 8), renumbered=st.booleans())
@settings(max_examples=20)
def test_any_insertion_is_found(whole: Path, after: int, renumbered: bool) -> None:
    log = entries(whole)
    previous = log[after - 1].hash if after else "0" * 64
    made = Entry(after + 1, log[max(after - 1, 0)].at, "machine", None, "export", None, "", previous, "", "s", {})
    made = replace(made, digest=digest_of("s", {}))
    made = replace(made, hash=hash_of(made))
    row = tuple(getattr(made, name) for name in COLUMNS)
    marks = ", ".join("?" * len(COLUMNS))
    shift = [
        ("UPDATE audit SET seq = -seq - 1 WHERE seq > ?", (after,)),
        ("UPDATE audit SET seq = -seq WHERE seq < 0", ()),
    ]
    inserted = [(f"INSERT INTO audit VALUES ({marks})", row)]
    if not renumbered and after < 8:
        inserted = [(f"INSERT OR REPLACE INTO audit VALUES ({marks})", row)]
    assert found(altered(whole, *(shift if renumbered else ()), *inserted))


@given(a=st.integers(1, 8), b=st.integers(1, 8))
@settings(max_examples=20)
def test_any_reordering_is_found(whole: Path, a: int, b: int) -> None:
    if a == b:
        return
    swap = [(a, 1000), (b, a), (1000, b)]
    moved = [("UPDATE audit SET seq = ? WHERE seq = ?", (to, from_)) for from_, to in swap]
    assert found(altered(whole, *moved))


def rewritten(log: list[Entry], start: int) -> list[Entry]:
    """A log written anew from an entry on, every hash right."""
    out = log[:start]
    for entry in log[start:]:
        new = replace(entry, who="machine", action="login", previous=out[-1].hash if out else "0" * 64)
        out.append(replace(new, hash=hash_of(new)))
    return out


def test_an_end_cut_off_is_found_only_by_a_head_kept_elsewhere(whole: Path) -> None:
    with open_the_desk(whole) as desk:
        head = desk.head()
    cut = altered(whole, ("DELETE FROM audit WHERE seq > 6", ()), ("DELETE FROM audit_details WHERE seq > 6", ()))
    with closing(sqlite3.connect(cut)) as connection:  # as if it had not been erased
        assert connection.execute("SELECT max(seq) FROM audit").fetchone() == (6,)
    told = found(cut)
    assert {f.what for f in told} <= {"its details are gone, and no entry after it says why"}
    assert any(f.seq == head.seq and "cut off" in f.what for f in found(cut, head))
    assert not found(whole, head)
    log = entries(whole)
    assert not list(faults(log[:2]))
    assert list(faults(log[:2], head))


@pytest.mark.parametrize("start", range(8))
def test_a_log_written_anew_is_found_only_by_a_head_kept_elsewhere(whole: Path, start: int) -> None:
    log = [replace(e, salt="s", details={}, digest=digest_of("s", {})) for e in entries(whole)]
    log = rewritten(log, 0)
    head = Head(log[-1].seq, log[-1].hash, log[-1].at)
    forged = rewritten([replace(e, target="x") if e.seq > start else e for e in log], start)
    assert not list(faults(forged))
    assert list(faults(forged, head))
    assert not list(faults(log, head))
    assert not list(faults([], Head(0, "0" * 64, "")))


def test_the_database_itself_refuses(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as connection:
        for sql in (
            "UPDATE audit SET who = 'x'",
            "DELETE FROM audit",
            "INSERT INTO audit SELECT seq + 7, at, who, workspace, action, target, digest, previous, hash FROM audit",
            "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2",
            "UPDATE audit_details SET details = '{}'",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="the audit log is"):
                connection.execute(sql)


def test_a_missing_trigger_is_found(whole: Path, tmp_path: Path) -> None:
    shutil.copy(whole, path := tmp_path / "desk.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("CREATE TRIGGER mine AFTER INSERT ON audit BEGIN SELECT 1; END")
        connection.commit()
    assert len(found(path)) == 2


def test_erased_details_leave_the_chain_whole_and_nothing_in_the_file(whole: Path, tmp_path: Path) -> None:
    shutil.copy(whole, path := tmp_path / "desk.db")
    with open_the_desk(path) as desk:
        told = desk.note("export", None, {"path": "Zebediah Quorn.csv"})
        assert b"Quorn" in path.read_bytes()
        desk.erase_details([told], "asked for")
        assert not list(desk.faults())
        assert desk.log()[-2].details is None
    assert not [f for f in tmp_path.iterdir() if b"Quorn" in f.read_bytes()]


def test_a_clock_put_back_is_no_fault(tmp_path: Path) -> None:
    with open_the_desk(tmp_path / "desk.db", create=True) as desk:
        for odd in ("\udcff.csv", "a\x00b", "\U0001f6a2"):
            desk.note("export", None, {"path": odd})
        assert not list(desk.faults())


def test_the_command_line(command: Command, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(whole, path := tmp_path / "desk.db")
    monkeypatch.setenv("ONRECORD_DESK", str(path))
    kept = tmp_path / "head.json"
    kept.write_text(command("audit", "head").out)
    assert set(json.loads(kept.read_text())) == {"seq", "hash", "at"}
    assert command("audit", "verify", "--head", kept).code == 0
    assert "only a head kept elsewhere" in command("audit", "verify").err
    listed = command("audit", "list", "--format", "table").out
    assert "account.add Ann" in " ".join(listed.split())
    assert "(details erased)" in " ".join(listed.split())
    assert len(command("audit", "list", "--limit", "2", "--format", "jsonl").out.splitlines()) == 2
    cut = altered(path, ("DELETE FROM audit WHERE seq = 8", ()), ("DELETE FROM audit_details WHERE seq = 8", ()))
    ran = command("audit", "verify", "--desk", cut, "--head", kept)
    assert (ran.code, "not as it was written" in ran.err) == (1, True)
    kept.write_text("[]")
    assert command("audit", "verify", "--head", kept).code == 2
    assert command("audit", "verify", "--head", tmp_path / "none.json").code == 2
