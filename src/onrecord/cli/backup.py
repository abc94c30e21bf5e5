"""`onrecord backup` and `onrecord restore`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsDesk, AsFormat, Db, noted, place
from onrecord.cli.talk import Format
from onrecord.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.backup import Backup


def backup(
    target: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where backups are kept; made where it is missing.")],
    keep: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Keep only the N newest there; else all.", show_default=False)
    ] = None,
    desk_only: Annotated[bool, typer.Option("--desk-only", help="The desk without a record.")] = False,
    format_: AsFormat = None,
    db: Db = None,
    desk: AsDesk = None,
) -> None:
    """Copy record and desk into a new folder, while others go on working.

    The folder is there only when all of it is: stop it at any moment, run it again. The audit log notes it, so that a
    takedown can say where copies are. A record in PostgreSQL is backed up with pg_dump.

    \b
    Examples:
      onrecord backup /srv/backups
      onrecord backup /srv/backups --keep 14
    """
    from onrecord.backup import back_up
    from onrecord.settings import desk_place

    where = None if desk_only else place(db)
    its_desk = Path(desk or desk_place()).expanduser()
    if desk_only and not its_desk.exists():
        raise UsageError("there is no desk.", which=str(its_desk), advice="Leave --desk-only out, or give --desk FILE.")
    if not desk_only:
        noted(desk, "backup", None, {"path": str(target.absolute())}, place(db))
    made = back_up(target.absolute(), where, str(its_desk) if its_desk.exists() else None, keep=keep)
    _show(made, format_)
    talk.say(f"Backed up: {made.folder}")
    for lack in made.lacks:
        talk.say(f"It does not hold: {lack}")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FOLDER", help="A backup, or the folder of backups: the newest.")],
    format_: AsFormat = None,
    db: Db = None,
    desk: AsDesk = None,
) -> None:
    """Put a backup back, where nothing lies yet; nothing is ever overwritten.

    Every digest is checked first. Then run onrecord verify.

    \b
    Examples:
      onrecord restore /srv/backups
      onrecord restore /srv/backups/onrecord-20310501T120000.000000Z --db again.db --desk again-desk.db
    """
    from onrecord.backup import newest
    from onrecord.backup import restore as put_back
    from onrecord.settings import desk_place

    where = place(db).removeprefix("sqlite:///")
    if "://" in where:
        advice = "Restore into a file (--db FILE), or use pg_restore."
        raise UsageError("a backup is not restored into a database server.", which="--db", advice=advice)
    found = newest(source.absolute())
    done = put_back(found, Path(where).expanduser(), Path(desk or desk_place()).expanduser())
    _show(found, format_)
    talk.say(f"Restored, as of {found.made:%Y-%m-%d %H:%M:%S} UTC: {', '.join(map(str, done))}")
    for lack in found.lacks:
        talk.say(f"The backup does not hold: {lack}")
    talk.say("Now check it: onrecord verify")


def _show(which: Backup, asked: Format | None) -> None:
    form = talk.chosen(asked)
    if form in (Format.table, Format.csv):
        talk.show(*_lines(which))
    else:
        talk.put_object(which.to_dict(), form)


def _lines(which: Backup) -> Iterator[RenderableType]:
    from onrecord.terminal import fact_line

    for name, part in which.files.items():
        rows = ", ".join(f"{count:,} {what}" for what, count in part.rows.items())
        yield fact_line(name, f"{part.bytes / 1e6:,.1f} MB, schema {part.schema}, {rows}")
