"""The SQLite file: how it is opened, set up so that nothing acknowledged is lost, read from and written to.

On a SQLite free of the WAL-reset bug: write-ahead log. On an affected one (3.7.0 … 3.51.2 but for 3.44.6 and 3.50.7;
Debian 12's 3.40.1 among them): rollback journal. `synchronous=EXTRA` everywhere, which a write-ahead log takes as FULL
and a rollback journal needs, so that what is acknowledged survives a power cut.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from onrecord.errors import StoreError
from onrecord.store.fold import fold
from onrecord.store.lock import turn

PRAGMAS = {
    "synchronous": "EXTRA",
    "foreign_keys": "ON",
    "secure_delete": "ON",
    "recursive_triggers": "ON",  # so that REPLACE, too, meets the triggers against deleting
    "trusted_schema": "OFF",
    "cache_size": "-32768",
}
"""Set on every connection."""

BUSY_SECONDS = 60
"""How long SQLite itself waits for a lock: only ever needed against other programs, ours queue before."""


def wal_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite is free of the WAL-reset bug, which can lose what was committed."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class Database:
    """One SQLite file. `read()` and `write()` give a connection in a transaction; failures come as StoreError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()
        self._engine = create_engine("sqlite://", creator=self._connect, poolclass=QueuePool)
        event.listen(self._engine, "begin", _begin)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the record throughout; keep it short, writers may wait for it."""
        with self._told(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection that alone may write: durable once the block is left, undone if it raises."""
        with self._told(), self._writing, turn(self.path), self._engine.connect() as connection:
            connection = connection.execution_options(onrecord_write=True)
            with connection.begin():
                yield connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.create_function("fold", 1, fold, deterministic=True)
        for name, setting in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {setting}")
        return connection

    def set_log(self) -> None:
        """Choose the log that this SQLite keeps safely. Raises StoreError where another program keeps the other."""
        wanted = "wal" if wal_is_safe() else "delete"
        self.close()  # a log changes only while nobody else, and that means our own connections, too, has the file open
        with self._told(), closing(self._connect()) as connection:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] == wanted:
                return
            with turn(self.path):
                changed = _changes_log(connection, wanted)
        if wanted == "delete" and not changed:
            raise StoreError(
                f"a program with a newer SQLite has it open; this one ({sqlite3.sqlite_version}) must not join in.",
                which=str(self.path),
                advice="Close that program, or run OnRecord with a Python that brings SQLite 3.51.3 or newer.",
            )

    def shrink(self) -> None:
        """Write the file anew without free pages, so that nothing of deleted rows stays in it."""
        with self._told(), turn(self.path), closing(self._connect()) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy_to(self, path: Path) -> None:
        """Copy the file as it is at one moment. With a write-ahead log others go on writing meanwhile; with a rollback
        journal, which would make them wait in any case, they wait in the queue, where nobody's patience ends."""
        with self._told(), ExitStack() as held, closing(self._connect()) as source:
            if source.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                held.enter_context(turn(self.path))
            with closing(sqlite3.connect(path)) as target:
                target.execute("PRAGMA synchronous = OFF")  # it counts for nothing until it is whole, and on disk
                source.backup(target, progress=_unless_busy)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise self._explain(error.orig or error) from error
        except sqlite3.DatabaseError as error:
            raise self._explain(error) from error
        except OSError as error:
            raise self._explain(error) from error
        except UnicodeDecodeError as error:  # SQLite hands out, as text, bytes that are none
            advice = "Restore a copy of it; `onrecord verify` says what else does not fit."
            raise StoreError("the file is damaged.", which=str(self.path), advice=advice) from error

    def _explain(self, error: BaseException) -> StoreError:
        said = str(error)
        what, advice = f"the database refused: {said}.", "Nothing of this step was recorded."
        for words, (meaning, help_) in _MEANINGS.items():
            if words in said:
                what, advice = meaning.format(said=said), help_
        return StoreError(what, which=str(self.path), advice=advice)


_FULL = (
    "the record could not be written: the disk is full, or a limit on file size is reached ({said}).",
    "Nothing of this step was recorded; make room and run it again.",
)
_DAMAGED = ("the file is damaged ({said}).", "`onrecord verify` says more; restore it from a backup.")
_CLOSED = (
    "the record cannot be opened or written ({said}).",
    "See to the permissions of the file and its folder.",
)
_BUSY = ("another program has held the record for a minute.", "Close it, and run this again.")

_MEANINGS = {
    "disk is full": _FULL,
    "disk I/O error": _FULL,
    "No space left": _FULL,
    "File too large": _FULL,
    "Disk quota exceeded": _FULL,
    "malformed": _DAMAGED,
    "not a database": _DAMAGED,
    "readonly": _CLOSED,
    "unable to open": _CLOSED,
    "Permission denied": _CLOSED,
    "Read-only file system": _CLOSED,
    "is locked": _BUSY,
}
"""What SQLite or the system says, and what that means to people."""


def _changes_log(connection: sqlite3.Connection, wanted: str) -> bool:
    try:
        return bool(connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0] == wanted)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return False
        raise


def _unless_busy(status: int, *_: int) -> None:
    """Copying would go on asking for ever."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def _begin(connection: Connection) -> None:
    write: Any = connection.get_execution_options().get("onrecord_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
