"""Copies of the files of a record and a desk, each of one moment, made while others go on writing; and their check."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from onrecord.errors import StoreError
from onrecord.store import migrate
from onrecord.store import schema as record_schema
from onrecord.store.database import Database
from onrecord.store.desk import file as desk_file
from onrecord.store.desk import schema as desk_schema
from onrecord.store.place import path_of, prepare

LEFTOVERS = ("-journal", "-wal", "-shm")
"""Ends of names of files that SQLite would read together with a file that is put beside them."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a file holds: its schema, and how many rows of the tables that tell its size."""

    schema: str
    rows: dict[str, int]


def copy_record(where: str | Path, to: Path) -> Copied:
    """Copy the record at a place into a new file. Raises NotFound, StoreError."""
    return _copied(path_of(where), to, record_schema.APPLICATION_ID)


def copy_desk(where: str | Path, to: Path) -> Copied:
    """Copy the desk at a place into a new file, which nobody but its owner can read. Raises NotFound, StoreError."""
    return _copied(path_of(where), to, desk_schema.APPLICATION_ID)


def check_record(path: Path) -> Copied:
    """What the copy of a record holds. Raises StoreError where it is none, NewerSchema where it is too new."""
    prepare(path, create=False)
    return _checked(path, record_schema.APPLICATION_ID)


def check_desk(path: Path) -> Copied:
    """The same of the copy of a desk."""
    prepare(path, create=False, mark=desk_schema.APPLICATION_ID)
    return _checked(path, desk_schema.APPLICATION_ID)


def leftovers(path: Path) -> list[Path]:
    """Files that lie beside a place and belong to a file that was there: a journal, a log."""
    return [each for end in LEFTOVERS if (each := path.with_name(path.name + end)).exists()]


def _copied(path: Path, to: Path, mark: int) -> Copied:
    prepare(path, create=False, mark=mark)
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    database = Database(path)
    try:
        database.copy_to(to)
    finally:
        database.close()
    return _checked(to, mark)


def _checked(path: Path, mark: int) -> Copied:
    """A copy is read alone: nobody else has it open."""
    engine = create_engine("sqlite://", creator=lambda: _opened(path), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return _looked_into(connection, path, mark)
    except DatabaseError as error:
        raise _damaged(path, str(error.orig)) from None


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)


def _looked_into(connection: Connection, path: Path, mark: int) -> Copied:
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if said != "ok":
        raise _damaged(path, said)
    found = migrate.revision(connection)
    if mark == record_schema.APPLICATION_ID:
        migrate.refuse_newer(found, str(path))
        tables = ("reports", "attributions", "judgements")
    else:
        migrate.refuse_newer(found, str(path), versions=desk_file.VERSIONS, head=desk_schema.HEAD)
        tables = ("accounts", "workspaces", "audit")
    count = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}  # noqa: S608
    return Copied(found or "", count)


def _damaged(path: Path, said: str) -> StoreError:
    advice = "`onrecord verify` says what of the record does not fit; an older backup may be whole."
    what = f"the copy is damaged, and so, it may be, is what it was made from ({said})."
    return StoreError(what, which=str(path), advice=advice)
