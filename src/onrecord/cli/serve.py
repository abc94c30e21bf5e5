"""`onrecord serve`: the desk in a browser."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import Db, place

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
) -> None:
    """Open the record in a browser: pages, review, an API.

    It runs on this machine alone, and fetches nothing from elsewhere. Ctrl-C stops it.

    \b
    Examples:
      onrecord serve
      onrecord --db crisis.db serve --port 9000
    """
    from onrecord.answer import Record
    from onrecord.store import open_store
    from onrecord.web import LOCAL, Desk
    from onrecord.web import serve as run

    with Record(open_store(place(db))) as record:
        desk = Desk(record, person or _name(), (*LOCAL, host, *(name or ())), root.rstrip("/"))

        def ready(address: str) -> None:
            talk.say(f"The desk is open at {address}")
            talk.say(f"Record: {record.location}")
            talk.say("Ctrl-C stops it.")

        run(desk, host, PORT if port is None else port, given=port is not None, ready=ready)


def _name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
