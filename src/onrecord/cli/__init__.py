"""The command line: thin. Options in, pipeline or answer, print out. Heavy modules load inside the commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.ask import search, show, sources, who
from onrecord.cli.audit import app as audit
from onrecord.cli.backup import backup, restore
from onrecord.cli.claiming import changes, claim, claims, compare
from onrecord.cli.entity import app as entity
from onrecord.cli.extract import extract
from onrecord.cli.keep import doctor, status
from onrecord.cli.options import Where
from onrecord.cli.people import app as people
from onrecord.cli.people import workspaces
from onrecord.cli.read import read
from onrecord.cli.redress import replies, reply, takedown
from onrecord.cli.reviewing import app as judge
from onrecord.cli.send import app as key
from onrecord.cli.send import export, verify
from onrecord.cli.serve import serve
from onrecord.cli.together import copies, versions
from onrecord.cli.watch import app as watch
from onrecord.errors import OnRecordError

ANYWHERE = ("-q", "--quiet", "-v", "--verbose")
"""Flags that mean the same before and after the command."""

EPILOG = """\b
Exit codes: 0 done, 1 failed, 2 wrong call, 3 done but some inputs failed,
130 stopped by Ctrl-C."""

app = typer.Typer(
    name="onrecord",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
)


def _print_version(asked: bool) -> None:
    if asked:
        from onrecord import __version__

        talk.put(f"onrecord {__version__}")
        raise typer.Exit


@app.callback()
def start(
    db: Annotated[str | None, typer.Option("--db", metavar="FILE", help="The record to use.")] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Tell only what failed.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Tell more; tracebacks of errors.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does it
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Who is on record, saying what, and where to read it.

    OnRecord reads news reports and keeps the record of who said what,
    traceable to the exact characters.

    \b
    Examples:
      onrecord extract report.txt        who says what in one report
      onrecord read reports/             read a folder into the record
      onrecord search "aid convoy"       ask the record
      onrecord claims --disputed         who says so, who denies it
      onrecord serve                     the record in a browser
    """
    talk.level(quiet=quiet, verbose=verbose)
    Where.db = db


_COMMANDS = (
    *(extract, read, search, claims, claim, changes, compare, who, sources, show, copies, versions),
    *(reply, replies, takedown),
    *(serve, status, verify, export, backup, restore, doctor),
)
for _command in _COMMANDS:
    app.command()(_command)
for _group in (entity, judge, watch, people, workspaces, audit, key):
    app.add_typer(_group)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Errors are told on one line, never as a traceback."""
    talk.prepare()
    try:
        app(_hoisted(sys.argv[1:] if argv is None else argv), prog_name="onrecord")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except OnRecordError as error:
        code = talk.told(error)
    except KeyboardInterrupt:
        code = talk.STOPPED
    except Exception as error:
        code = talk.unexpected(error)
    return talk.flushed(code)


def _hoisted(arguments: Sequence[str]) -> list[str]:
    """`-q` and `-v` may stand anywhere before `--`: they are moved to the front, where they are declared."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    front = [a for a in arguments[:end] if a in ANYWHERE]
    return [*front, *(a for a in arguments[:end] if a not in ANYWHERE), *arguments[end:]]
