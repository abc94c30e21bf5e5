"""Brings the tables of a record, or of a desk, to the newest revision, and refuses one newer than this OnRecord."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from onrecord.errors import NewerSchema
from onrecord.store.schema import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
RECORD = _SCRIPTS / "versions"
"""The revisions of a record; those of a desk lie in a folder of their own."""


def revision(connection: Connection) -> str | None:
    """The revision the tables stand at; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def refuse_newer(found: str | None, location: str, *, versions: Path = RECORD, head: str = HEAD) -> None:
    """Raises NewerSchema where the revision is none that this OnRecord knows."""
    if found is None or found == head or found in _known(versions):
        return
    raise NewerSchema(
        f"it was made by a newer OnRecord (schema {found}; this one knows up to {head}).",
        which=location,
        advice="Upgrade OnRecord; nothing was changed.",
    )


def upgrade(connection: Connection, to: str = "head", *, versions: Path = RECORD) -> None:
    """Apply the missing revisions inside the connection's transaction: all of them, or none."""
    from alembic import command

    config = _config(versions)
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _known(versions: Path) -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_config(versions)).walk_revisions()}


def _config(versions: Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _plain(_SCRIPTS))
    config.set_main_option("version_locations", _plain(versions))
    config.set_main_option("path_separator", "newline")
    return config


def _plain(path: Path) -> str:
    """As alembic's configuration takes a path."""
    return str(path).replace("%", "%%")
