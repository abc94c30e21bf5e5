"""Brings a record that is being opened up to date: its tables, the mark that says whose file it is, what is derived."""

from __future__ import annotations

from sqlalchemy import Connection

from onrecord.store import derived, migrate
from onrecord.store.database import Database
from onrecord.store.place import refuse_other_tables
from onrecord.store.schema import APPLICATION_ID, HEAD


def bring_up(database: Database) -> None:
    """Make or change what is not as this OnRecord has it, in one transaction.

    Raises StoreError for a file of another program, NewerSchema for a record of a newer OnRecord.
    """
    with database.read() as connection:
        current = _is_current(connection, database)
    database.set_log()
    if current:
        return
    with database.write() as connection:
        if _is_current(connection, database):
            return
        if migrate.revision(connection) != HEAD:
            migrate.upgrade(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        derived.rebuild(connection)


def _is_current(connection: Connection, database: Database) -> bool:
    refuse_other_tables(connection, database.path)
    found = migrate.revision(connection)
    migrate.refuse_newer(found, str(database.path))
    return found == HEAD and derived.is_current(connection)
