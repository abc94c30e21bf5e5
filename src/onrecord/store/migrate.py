"""Brings the tables of a record to the newest revision, and refuses one that is newer than this OnRecord."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from onrecord.errors import NewerSchema
from onrecord.store.schema import HEAD

_SCRIPTS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The revision the tables stand at; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def refuse_newer(found: str | None, location: str) -> None:
    """Raises NewerSchema where the revision is none that this OnRecord knows."""
    if found is None or found == HEAD or found in _known():
        return
    raise NewerSchema(
        f"the record was made by a newer OnRecord (schema {found}; this one knows up to {HEAD}).",
        which=location,
        advice="Upgrade OnRecord; nothing was changed.",
    )


def upgrade(connection: Connection, to: str = "head") -> None:
    """Apply the missing revisions inside the connection's transaction: all of them, or none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
