"""The file of a desk: opened, made, brought up to date, read from and written to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from onrecord.errors import NotFound, StoreError
from onrecord.store import migrate
from onrecord.store.database import Database
from onrecord.store.desk import schema as t
from onrecord.store.desk.keys import Keys
from onrecord.store.desk.log import Log
from onrecord.store.desk.people import People
from onrecord.store.place import path_of, prepare, refuse_other_tables

VERSIONS = Path(__file__).parent / "versions"
"""The revisions of a desk."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a desk within one transaction, by what they are about."""

    people: People
    keys: Keys
    log: Log


class DeskFile:
    """A desk in one SQLite file. Safe to use from several threads and from several processes at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._database.path

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def read(self) -> Iterator[Rows]:
        """Rows that show one state of the desk throughout."""
        with self._database.read() as connection:
            yield _rows(connection)

    @contextmanager
    def write(self) -> Iterator[Rows]:
        """Rows that alone may be written: durable once the block is left, undone if it raises."""
        with self._database.write() as connection:
            yield _rows(connection)

    def shrink(self) -> None:
        """Write the file anew, so that nothing of what was erased stays in it."""
        self._database.shrink()


def open_desk(where: str | Path, *, create: bool) -> DeskFile:
    """Open, make or bring up to date the desk at a path. Nobody but its owner can read a new one.

    Raises NotFound where there is none and `create` is false; NewerSchema, StoreError as `open_store` does.
    """
    path = path_of(where)
    if not create and not path.exists():
        advice = "`onrecord people add` and `onrecord workspace add` make one."
        raise NotFound("there is no desk here.", which=str(path), advice=advice)
    prepare(path, create=create, mark=t.APPLICATION_ID)
    _make_private(path)
    database = Database(path)
    try:
        _bring_up(database)
    except BaseException:
        database.close()
        raise
    return DeskFile(database)


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        advice = "Choose another place with --desk, or ONRECORD_DESK."
        raise StoreError(f"the desk cannot be made ({error.strerror}).", which=str(path), advice=advice) from error


def _bring_up(database: Database) -> None:
    with database.read() as connection:
        current = _is_current(connection, database)
    database.set_log()
    if current:
        return
    with database.write() as connection:
        if not _is_current(connection, database):
            migrate.upgrade(connection, versions=VERSIONS)
            connection.exec_driver_sql(f"PRAGMA application_id = {t.APPLICATION_ID}")


def _is_current(connection: Connection, database: Database) -> bool:
    refuse_other_tables(connection, database.path, t.APPLICATION_ID)
    found = migrate.revision(connection)
    migrate.refuse_newer(found, str(database.path), versions=VERSIONS, head=t.HEAD)
    return found == t.HEAD


def _rows(connection: Connection) -> Rows:
    return Rows(People(connection), Keys(connection), Log(connection))
