"""`onrecord audit`: the log of who did what at a desk, and whether it is as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsDesk, AsFormat, Limit, at_desk
from onrecord.errors import UsageError

if TYPE_CHECKING:
    from onrecord.audit import Entry, Head

app = typer.Typer(name="audit", rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The log of who did what at a desk: accounts, tokens, exports, takedowns.

    Every entry is bound to the one before. Print the head from time to time
    and keep it elsewhere: only that shows a log that was cut off or written anew.

    \b
    Examples:
      onrecord audit head > head-2026-12-01.json
      onrecord audit verify --head head-2026-12-01.json
    """


@app.command("list")
def list_(limit: Limit = 50, format_: AsFormat = None, desk: AsDesk = None) -> None:
    """List the newest entries, oldest of them first.

    \b
    Example:
      onrecord audit list --limit 200
    """
    from onrecord.terminal import plain_line

    with at_desk(desk) as here:
        named = {account.id: account.name for account, _ in here.accounts()}
        named |= {each.id: each.name for each in here.workspaces()}
        rows = here.log(limit or None)
        talk.put_rows(rows, talk.chosen(format_), lambda _: (plain_line(_told(entry, named)) for entry in rows))
        if not rows:
            talk.say("Nothing is in the log.")


@app.command()
def verify(
    head: Annotated[
        Path | None, typer.Option("--head", metavar="FILE", help="What audit head printed; kept elsewhere since.")
    ] = None,
    format_: AsFormat = None,
    desk: AsDesk = None,
) -> None:
    """Check the log: that no entry was altered, removed, put in or moved; exit 1 where one was.

    \b
    Example:
      onrecord audit verify --head head-2026-12-01.json
    """
    from onrecord.terminal import plain_line

    kept = _read(head) if head else None
    with at_desk(desk) as here:
        faults = list(here.faults(kept))
        talk.put_rows(faults, talk.chosen(format_), lambda _: (plain_line(str(fault)) for fault in faults))
        if faults:
            talk.complain(f"The log of {here.path} is not as it was written.")
            raise typer.Exit(talk.FAILED)
        talk.say(f"The log is whole: {here.head().seq} entries.")
        if kept is None:
            talk.say("Whether its end was cut off, only a head kept elsewhere can show: --head FILE.")


@app.command()
def head(desk: AsDesk = None) -> None:
    """Print the end of the log as JSON: number, hash and time of the newest entry.

    \b
    Example:
      onrecord audit head > head-2026-12-01.json
    """
    with at_desk(desk) as here:
        talk.put(json.dumps(here.head().to_dict()))


def _told(entry: Entry, named: dict[str, str]) -> str:
    where = f" in {named.get(entry.workspace, entry.workspace)}" if entry.workspace else ""
    target = f" {named.get(entry.target, entry.target)}" if entry.target else ""
    details = "(details erased)" if entry.details is None else json.dumps(entry.details, ensure_ascii=False)
    return f"{entry.seq} {entry.at[:19]} {named.get(entry.who, entry.who)}{where}: {entry.action}{target} {details}"


def _read(path: Path) -> Head:
    from onrecord.audit import Head

    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(said["seq"]), str(said["hash"]), str(said["at"]))
    except OSError as error:
        raise UsageError(f"it cannot be read ({error.strerror}).", which=str(path)) from None
    except (ValueError, KeyError, TypeError):
        raise UsageError("that is no head of a log.", which=str(path), advice="Give what audit head printed.") from None
