"""`verify` finds whatever was altered behind the record's back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import NotFound, StoreError
from onrecord.model import Failure, Run
from onrecord.report_json import report_json
from onrecord.store import Judgement, Query, Reply, Withdrawal, open_store
from tests.store.examples import CONTAINERS, MakeStore, columns, every_store, pair, tamper

AT = datetime(2026, 5, 5, tzinfo=UTC)
NAMES = Run("names", "1")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with a row in every table."""
    path = tmp_path_factory.mktemp("whole") / "record.db"
    raw, extraction = pair()
    with open_store(path) as store:
        store.record_failure(Failure(raw.origin, "read", "empty", "Look."))
        store.record(raw, extraction)
        store.record(*pair("More. " * 40, (), origin="b.txt"))
        store.compare(NAMES, [(extraction.report.id, ())])
        gone = store.record(*pair("Gone.", (), origin="c.txt")).report_id
        a, b = (x.id for x in extraction.attributions[:2])
        judged = store.judge(Judgement(a, b, "different", "person", "ann", AT, 0.5, "other matter"))
        store.withdraw(Withdrawal(judged, "person", "ann", AT, "mistaken"))
        store.reply(Reply(a, "Bo Ek", "We never said so.", "ann", AT))
        store.judge(Judgement(extraction.report.id, gone, "different", "person", "ann", AT, None, "of Lem"))
        store.take_down(gone, by="ann", reason="asked for")
        assert not list(store.verify())
    return path


def test_every_altered_cell_of_every_table_is_found(whole: Path, tmp_path: Path) -> None:
    unseen = []
    for table, column in columns(whole):
        if column == "seq":  # numbers the rows, and says nothing
            continue
        path = tmp_path / "altered.db"
        shutil.copy(whole, path)
        with closing(sqlite3.connect(path)) as connection:
            before = connection.execute(f'SELECT "{column}" FROM {table} LIMIT 1').fetchone()[0]
        after = _other(before)
        keys = {"contents": "attribution_seq", "sightings": "attribution_seq", "meanings": "attribution_seq"}
        key = keys.get(table, "report_seq" if table in ("entities", "compared") else "seq")
        one = " AND n = 0" if table == "entities" else ""
        tamper(path, f'UPDATE {table} SET "{column}" = ? WHERE {key} = (SELECT min({key}) FROM {table}){one}', after)
        with open_store(path) as store:
            if next(store.verify(), None) is None:
                unseen.append(f"{table}.{column}: {before!r} → {after!r}")
    assert not unseen


def _other(value: object) -> object:
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, int):
        return value + 777
    if isinstance(value, float):
        return value / 2
    return f"{value or ''}x"


@pytest.mark.parametrize(
    "table",
    ["raws", "reports", "readings", "examinations", "attributions", "contents", "sightings", "set_aside"],
)
def test_a_missing_row_is_found(whole: Path, tmp_path: Path, table: str) -> None:
    shutil.copy(whole, path := tmp_path / "altered.db")
    key = "attribution_seq" if table in ("contents", "sightings") else "seq"
    tamper(path, f"DELETE FROM {table} WHERE {key} = 1")
    with open_store(path) as store:
        assert list(store.verify())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE source_counts SET attributions = attributions + 1",
        "DELETE FROM source_counts",
        "UPDATE voices SET member = 'entity-sha256-00' WHERE attribution_seq = 1",
        "INSERT INTO clusters VALUES ('entity-sha256-01', 'entity-sha256-00')",
        "UPDATE entity_counts SET attributions = attributions + 1",
        "INSERT INTO said (said, rowid, content) VALUES ('delete', 1, 'The containers held missiles')",
        "INSERT INTO texts (rowid, text) VALUES (77, 'never said')",
    ],
)
def test_whatever_is_derived_wrongly_is_found_and_mended_by_rebuilding(whole: Path, tmp_path: Path, sql: str) -> None:
    shutil.copy(whole, path := tmp_path / "altered.db")
    tamper(path, sql)
    with open_store(path) as store:
        assert any("rebuilt" in p.what for p in store.verify())
        store.rebuild()
        assert not list(store.verify())
        assert len(store.search(Query("missiles"))) == 1


def test_a_missing_trigger_is_found(whole: Path, tmp_path: Path) -> None:
    shutil.copy(whole, path := tmp_path / "altered.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER reports_no_update")
        connection.execute("CREATE TRIGGER mine AFTER INSERT ON runs BEGIN SELECT 1; END")
        connection.commit()
    with open_store(path) as store:
        assert {p.row for p in store.verify()} == {"reports_no_update", "mine"}


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=25, deadline=None)
def test_a_flipped_bit_in_the_file_never_gives_another_answer_unnoticed(whole: Path, where: float, bit: int) -> None:
    damaged = whole.with_name("damaged.db")
    data = bytearray(whole.read_bytes())
    data[int(where * len(data))] ^= 1 << bit
    damaged.write_bytes(data)
    assert _said(damaged) in ("noticed", _said(whole))


def _said(path: Path) -> object:
    try:
        with open_store(path, create=False) as store:
            if next(store.verify(), None):
                return "noticed"
            return [
                [report_json(e) for e in store.extractions()],
                store.sources(),
                store.entities(),
                store.judgements(withdrawn=True),
            ]
    except StoreError:
        return "noticed"


def test_rows_cannot_be_changed_or_deleted_by_plain_sql(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as connection:
        for table, column in columns(whole):
            with pytest.raises(sqlite3.IntegrityError, match=f"rows are never changed .table {table}"):
                connection.execute(f'UPDATE {table} SET "{column}" = "{column}"')
            with pytest.raises(sqlite3.IntegrityError, match="rows are never deleted"):
                connection.execute(f"DELETE FROM {table}")


@every_store
def test_a_takedown_leaves_nothing_of_a_report_and_says_so(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    needles = [b"Lavrov", b"Cape Vale", b"Guardian", b"fairy", b"lavrov", b"missil", b"kirbi"]
    with make(tmp_path) as store:
        store.record(*pair("Something else altogether.", (), origin="b.txt", publisher="The Post"))
        store.record(raw, extraction)
        with pytest.raises(NotFound):
            store.take_down("0000", by="ann", reason="x")
        store.take_down(extraction.report.id, by="ann", reason="court order")
        assert store.status().reports == 1
        assert not store.search(Query("missiles")).items
        assert not store.sources("lavrov")
        assert not list(store.verify())
        with pytest.raises(NotFound):
            store.report(extraction.report.id)
        with pytest.raises(NotFound):
            store.raw(raw.sha256)
    files = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    assert [n for n in needles if n in files] == []
    assert b"court order" in files
    assert b"altogether" in files
    assert CONTAINERS.encode() not in files
