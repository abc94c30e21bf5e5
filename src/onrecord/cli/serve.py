"""`onrecord serve`: the desk in a browser."""

from __future__ import annotations

import getpass
from contextlib import ExitStack
from typing import Annotated
from urllib.parse import urlsplit

import typer

from onrecord import logs
from onrecord.cli import talk
from onrecord.cli.options import AsDesk, AsLog, Db, at_desk, place, speak
from onrecord.errors import UsageError

PORT = 8734


def serve(
    db: Db = None,
    port: Annotated[int | None, typer.Option(metavar="N", help=f"Port; else {PORT}, or the next free one.")] = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="HOST", help="A name the desk is reached by. May be repeated.")
    ] = None,
    root: Annotated[str, typer.Option(metavar="PATH", help="The path it lies under, behind a proxy: /desk.")] = "",
    person: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who judges here; else your name on this machine.")
    ] = None,
    workspace: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="For a team: the workspace that it serves; people log in with accounts."),
    ] = None,
    desk: AsDesk = None,
    log_format: AsLog = None,
) -> None:
    """Open the record in a browser: pages, review, an API.

    It runs on this machine alone, and fetches nothing from elsewhere. Ctrl-C stops it.
    For a team, make a workspace and accounts first (onrecord workspace, onrecord people).

    \b
    Examples:
      onrecord serve
      onrecord --db crisis.db serve --port 9000
      onrecord serve --workspace harbour --host 0.0.0.0 --name desk.example
    """
    from onrecord.answer import Record
    from onrecord.store import open_store
    from onrecord.web import LOCAL, Desk, Team
    from onrecord.web import serve as run

    speak(log_format)
    if workspace is None and host not in LOCAL:
        raise UsageError(
            "everybody who can reach that address could read and change the record.",
            which=f"--host {host}",
            advice="Make accounts (onrecord workspace add, onrecord people add) and give --workspace NAME.",
        )
    with ExitStack() as held:
        team = None
        if workspace is not None:
            accounts = held.enter_context(at_desk(desk))
            team = Team(accounts, accounts.workspace(workspace))
        where = team.workspace.db if team else place(db)
        record = held.enter_context(Record(open_store(where, create=team is None)))
        hosts = (*LOCAL, host, *(name or ()))
        made = Desk(record, person or _name(), hosts, root.rstrip("/"), access=team)

        def ready(address: str) -> None:
            logs.event("serve.ready", port=urlsplit(address).port)
            talk.say(f"The desk is open at {address}")
            talk.say(f"Record: {record.location}")
            talk.say("Ctrl-C stops it.")

        run(made, host, PORT if port is None else port, given=port is not None, ready=ready)


def _name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
