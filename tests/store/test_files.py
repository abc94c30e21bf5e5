"""The file of a record: made, opened, refused, brought up to date; and what happens when the disk is full."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from onrecord.errors import NewerSchema, NotFound, StoreError
from onrecord.model import UNKNOWN
from onrecord.store import Query, open_store
from onrecord.store import schema as t
from onrecord.store.database import PRAGMAS, Database, wal_is_safe
from onrecord.store.place import refuse_network
from tests.store.examples import NEWER, pair, tamper


def test_a_record_is_made_with_its_folders_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new" / "folder" / "a b%20.db"
    with open_store(path) as store:
        assert store.location == str(path)
    with open_store(f"sqlite:///{path}", create=False) as store:
        assert store.status().reports == 0
    assert capfd.readouterr() == ("", "")


def test_what_is_no_record_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, other, ours = tmp_path / "a.txt", tmp_path / "other.db", tmp_path / "ours.db"
    text.write_text("Not a database at all. " * 100)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = text.read_bytes(), other.read_bytes()
    for path, complaint in ((text, "nor any SQLite database"), (other, "of another program"), (tmp_path, "a folder")):
        with pytest.raises(StoreError, match=complaint) as caught:
            open_store(path)
        assert str(path) in str(caught.value)
    with pytest.raises(NotFound, match="there is no record here"):
        open_store(ours, create=False)
    with pytest.raises(StoreError, match="postgresql:// is not supported yet"):
        open_store("postgresql://u:secret@host/db")
    with pytest.raises(StoreError, match="folder cannot be made"):
        open_store(text / "record.db")
    assert (text.read_bytes(), other.read_bytes()) == before
    assert not ours.exists()


def test_a_record_of_a_newer_onrecord_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    open_store(path).close()
    tamper(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(NewerSchema, match=r"newer OnRecord \(schema 9999; this one knows up to 0007\).*Upgrade"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_record_of_before_there_were_meanings_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    raw, extraction = pair()
    plain = replace(
        extraction, attributions=tuple(replace(a, meaning=UNKNOWN) for a in extraction.attributions), entities=()
    )
    with open_store(path) as store:
        store.record(raw, plain)
    younger = (
        *t.WORK,
        *("replies", "redactions", "statements", "linked", "shingles", "sketched", "compared", "meanings", "entities"),
    )
    drops = (*(f"DROP TABLE {name}" for name in younger), "DROP INDEX ix_reports_url", "DROP INDEX ix_readings_origin")
    for sql in (*drops, "UPDATE alembic_version SET version_num = '0001'"):
        tamper(path, sql, skip=younger)
    tamper(path, "PRAGMA user_version = 1", skip=younger)
    with open_store(path) as store:
        assert store.extraction(plain.report.id).attributions == plain.attributions
        assert not list(store.verify())
        store.record(raw, replace(extraction, run=NEWER))
        assert store.extraction(plain.report.id).entities == extraction.entities
        assert [hit.said.act for hit in store.search(Query(act="deny")) if hit.said] == ["deny"]
        assert not list(store.verify())


def test_an_older_record_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    """Before revision 0001 there is only the empty one; what is derived may be older on its own."""
    path = tmp_path / "record.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute(f"PRAGMA application_id = {t.APPLICATION_ID}")
    with open_store(path) as store:
        store.record(*pair())
    tamper(path, "DROP TABLE texts")
    tamper(path, "PRAGMA user_version = 0")
    with open_store(path) as store:
        assert len(store.search(Query("vale", field="text"))) == 1
        assert store.status().attributions == 3
        assert not list(store.verify())


def test_migrations_make_the_tables_that_the_code_describes(tmp_path: Path) -> None:
    open_store(tmp_path / "migrated.db").close()
    described = create_engine(f"sqlite:///{tmp_path / 'described.db'}")
    t.metadata.create_all(described)
    shapes = []
    for name in ("migrated.db", "described.db"):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            shape: dict[str, object] = {}
            for table in t.metadata.tables:
                for pragma, skip in (("table_info", 0), ("foreign_key_list", 2), ("index_list", 2)):
                    rows = connection.execute(f"PRAGMA {pragma}({table})").fetchall()
                    shape[f"{table} {pragma}"] = sorted(row[skip:] for row in rows)
                indexed = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
                shape[f"{table} indexes"] = sorted(connection.execute(indexed, (table,)).fetchall())
                made = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
                shape[f"{table} rowid"] = "WITHOUT ROWID" in made
            shapes.append(shape)
    assert shapes[0] == shapes[1]


def test_every_connection_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    open_store(tmp_path / "record.db").close()
    database = Database(tmp_path / "record.db")
    numbers = {"synchronous": 3, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1, "trusted_schema": 0}
    with database.read() as one, database.read() as other, database.write() as writing:
        for connection in (one, other, writing):
            for name, number in numbers.items():
                assert connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() == number, name
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            assert mode == ("wal" if wal_is_safe() else "delete")
    assert set(numbers) < set(PRAGMAS)
    database.close()


def test_a_sqlite_with_the_bug_never_joins_a_write_ahead_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, this = tmp_path / "record.db", "onrecord.store.database.wal_is_safe"
    open_store(path).close()
    monkeypatch.setattr(this, lambda: True)
    with open_store(path) as newer:
        newer.record(*pair())
        assert path.with_name("record.db-wal").exists()
        assert not list(newer.verify())
        monkeypatch.setattr(this, lambda: False)
        with pytest.raises(StoreError, match="a program with a newer SQLite has it open"):
            open_store(path)
    with open_store(path) as alone:
        assert not path.with_name("record.db-wal").exists()
        assert alone.status().reports == 1


def test_which_sqlite_has_the_wal_reset_bug() -> None:
    safe = [
        v
        for v in ((3, 40, 1), (3, 44, 5), (3, 44, 6), (3, 45, 0), (3, 50, 6), (3, 50, 7), (3, 51, 2))
        if wal_is_safe(v)
    ]
    assert safe == [(3, 44, 6), (3, 50, 7)]
    assert wal_is_safe((3, 51, 3))
    assert wal_is_safe((3, 54, 1))


def test_network_file_systems_are_refused(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda rw\n"
        "30 22 0:40 / /home/my\\040share rw shared:1 - nfs4 server:/export rw\n"
        "31 30 8:2 / /home/my\\040share/local rw - ext4 /dev/sdb rw\n"
    )
    refuse_network(Path("/home/ann/record.db"), mounts)
    refuse_network(Path("/home/my share/local/record.db"), mounts)
    refuse_network(Path("/home/my shared/record.db"), mounts)
    for path in (Path("/home/my share/record.db"), Path("//server/share/record.db")):
        with pytest.raises(StoreError, match="network file system"):
            refuse_network(path, mounts)


FULL = """
import resource, sys
from onrecord.errors import StoreError
from onrecord.store import open_store
from tests.store.examples import pair
store = open_store(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
done = 0
try:
    for k in range(400):
        store.record(*pair(f"Report {k}. " + "word " * 200, (), origin=f"{k}.txt"))
        done += 1
except StoreError as error:
    print(error, file=sys.stderr)
print(done, len(list(store.extractions())), sum(1 for _ in store.verify()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(store.record(*pair(f"Report {done}. " + "word " * 200, (), origin=f"{done}.txt")).result)
"""


@pytest.mark.parametrize("room", [2_000, 40_000])
def test_when_the_disk_is_full_nothing_is_lost_or_half_recorded(tmp_path: Path, room: int) -> None:
    path = tmp_path / "record.db"
    open_store(path).close()
    limit = path.stat().st_size + room
    ran = subprocess.run([sys.executable, "-c", FULL, path, str(limit)], capture_output=True, text=True, check=True)
    first, second = ran.stdout.splitlines()
    done, there, problems = map(int, first.split())
    assert done == there < 400
    assert problems == 0
    assert second == "recorded"
    assert "could not be written: the disk is full" in ran.stderr
    assert str(path) in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_a_record_that_may_only_be_read_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with open_store(path) as store:
        store.record(*pair())
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with open_store(path) as store:
            assert store.status().reports == 1
            if _may_write(path):
                pytest.skip("the superuser may write anyhow")
            with pytest.raises(StoreError, match="cannot be opened or written"):
                store.record(*pair("More.", (), origin="b.txt"))
    finally:
        tmp_path.chmod(0o755)


def _may_write(path: Path) -> bool:
    try:
        path.open("ab").close()
    except OSError:
        return False
    return True


def test_a_schema_that_is_no_text_is_told_as_damage(tmp_path: Path) -> None:
    open_store(path := tmp_path / "record.db").close()
    path.write_bytes(path.read_bytes().replace(b"CREATE VIEW said_rows", b"CREATE VIEW s\xc5id_rows"))
    with pytest.raises(StoreError, match=r"damaged|refused|not a record|malformed"):
        open_store(path, create=False)
