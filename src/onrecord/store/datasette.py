"""A database for Datasette and other readers of SQLite: plain tables with foreign keys and a word index, no triggers.

It is made anew each time, of rows that others put together; nothing here reads a record.
"""
# ruff: noqa: S608 - the SQL is put together from names written here and column names of ours

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from onrecord.errors import StoreError

_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL"}
_KEYS = {"reports": "id", "entities": "id", "attributions": "id", "claims": "id"}
_LINKS = {
    "attributions": {"report_id": "reports", "entity": "entities"},
    "claims": {"id": "attributions"},
    "positions": {"claim_id": "claims", "attribution_id": "attributions", "report_id": "reports"},
}
"""Table → column → the table whose `id` it names."""
_WORDS = {
    "reports": ("headline", "text"),
    "attributions": ("source", "content", "source_name"),
    "claims": ("claim",),
    "entities": ("name",),
}
"""Table → columns that can be searched by words."""
ROWS = 1000
"""Rows written at a time."""


def write(path: Path, columns: Mapping[str, Mapping[str, type]], rows: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
    """Write a new database at a path where there is none; how many rows. A row whose `id` is there already is left out.

    `columns`: table → column → type; `rows` come with the name of their table, in any order. Raises StoreError.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")  # the file is put in place only when it is whole
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            for table, cells in columns.items():
                connection.execute(_table(table, cells))
            count = _fill(connection, columns, rows)
            for statement in _indices(columns):
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("ANALYZE")
    except sqlite3.Error as why:
        raise StoreError(f"the database cannot be written ({why}).", which=str(path)) from why
    return count


def _fill(
    connection: sqlite3.Connection,
    columns: Mapping[str, Mapping[str, type]],
    rows: Iterable[tuple[str, Mapping[str, Any]]],
) -> int:
    count, waiting = 0, iter(rows)
    while batch := list(islice(waiting, ROWS)):
        for table, cells in columns.items():
            mine = [tuple(row[name] for name in cells) for of, row in batch if of == table]
            marks = ", ".join("?" * len(cells))
            connection.executemany(f'INSERT OR IGNORE INTO "{table}" VALUES ({marks})', mine)
            count += len(mine)
    return count


def _table(table: str, cells: Mapping[str, type]) -> str:
    links = _LINKS.get(table, {})
    lines = [f'"{name}" {_TYPES[kind]}' for name, kind in cells.items()]
    if table in _KEYS:
        lines.append(f'PRIMARY KEY ("{_KEYS[table]}")')
    lines += [f'FOREIGN KEY ("{name}") REFERENCES "{other}" ("id")' for name, other in links.items()]
    return f'CREATE TABLE "{table}" ({", ".join(lines)})'


def _indices(columns: Mapping[str, Mapping[str, type]]) -> Iterable[str]:
    for table in columns:
        for name in _LINKS.get(table, {}):
            yield f'CREATE INDEX "{table}_{name}" ON "{table}" ("{name}")'
        if table in _WORDS:
            words = ", ".join(f'"{name}"' for name in _WORDS[table])
            yield f'CREATE VIRTUAL TABLE "{table}_fts" USING fts5 ({words}, content="{table}")'
            yield f'INSERT INTO "{table}_fts" ("{table}_fts") VALUES (\'rebuild\')'
