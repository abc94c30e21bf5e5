"""Where words stand in a record: in which reports, and, once they were to be erased, what is left of them anywhere."""
# ruff: noqa: S608 - the SQL is put together from names that the database itself gives

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select, text

from onrecord.store import schema as t
from onrecord.store.packing import unpack_bytes
from onrecord.store.read import heads
from onrecord.store.redress_rows import Left, Mention
from onrecord.store.words import Words, bytes_left

_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
_SHADOWS = ("_data", "_idx", "_content", "_docsize", "_config")


def mentions(connection: Connection, words: Words) -> Iterator[Mention]:
    """Reports in which the words stand: in what they say, in their bytes, or in what was made of them."""
    for seq in connection.execute(select(t.reports.c.seq).order_by(t.reports.c.seq)).scalars().all():
        where = tuple(dict.fromkeys(_standing_in(connection, seq, words)))
        if where:
            yield Mention(heads(connection, [seq])[seq], where)


def _standing_in(connection: Connection, seq: int, words: Words) -> Iterator[str]:
    report = connection.execute(select(t.reports).filter_by(seq=seq)).one()
    for name in ("headline", "byline", "publisher", "text"):
        if words.stand_in(report._mapping[name]):
            yield name
    if report.url and words.stand_in_source(report.url):
        yield "address"
    for reading in connection.execute(select(t.readings).filter_by(report_seq=seq)).all():
        if any(words.stand_in_source(said) for said in (reading.origin, reading.given)):
            yield "where it was read"
        raw = connection.execute(select(t.raws).filter_by(seq=reading.raw_seq)).one()
        if words.stand_in_source(_decoded(raw, reading.encoding)):
            yield "raw bytes"
    for table, column in ((t.entities, "data"), (t.statements, "text")):
        held = select(table.c[column]).where(table.c.report_seq == seq)
        if any(map(words.stand_in, connection.execute(held).scalars())):
            yield "what was made of it"
    meant = select(t.meanings.c.name).join(t.attributions, t.attributions.c.seq == t.meanings.c.attribution_seq)
    if any(map(words.stand_in, connection.execute(meant.where(t.attributions.c.report_seq == seq)).scalars())):
        yield "what was made of it"


def left(connection: Connection, path: Path, words: Words) -> list[Left]:
    """What is left of the words in the files of a record: rows first; of bytes, only those that no row accounts for."""
    rows = list(_rows_left(connection, words))
    found = [f"{name} at byte {at}" for name, at in bytes_left(path, words)]
    return rows if rows else [Left(each) for each in found]


def _rows_left(connection: Connection, words: Words) -> Iterator[Left]:
    """Rows of every table whose text has the words, or their letters within longer ones."""
    named = connection.execute(text(_TABLES)).all()
    virtual = [row.name for row in named if "VIRTUAL" in row.sql]
    shadows = {f"{name}{end}" for name in virtual for end in _SHADOWS}
    for table in (row.name for row in named if row.name not in shadows and row.name not in virtual):
        for place, whole, part in _cells(connection, table, words):
            if whole or part:
                yield Left(place, inside=not whole)


def _cells(connection: Connection, table: str, words: Words) -> Iterator[tuple[str, bool, bool]]:
    if table == t.raws.name:
        for row in connection.execute(select(t.raws)):
            held = _decoded(row, "utf-8")
            yield f"{table} {row.sha256}", words.stand_in_source(held), words.are_part_of(held)
        return
    for number, row in enumerate(connection.exec_driver_sql(f'SELECT * FROM "{table}"')):
        for column, cell in row._mapping.items():
            if isinstance(cell, str) and words.are_part_of(cell):
                yield f"{table} {row._mapping.get('id') or f'row {number + 1}'}, {column}", words.stand_in(cell), True


def _decoded(raw: Row[Any], encoding: str) -> str:
    data = unpack_bytes(raw.codec, raw.data, raw.bytes)
    try:
        return data.decode(encoding, "replace")
    except LookupError:
        return data.decode("latin-1")
