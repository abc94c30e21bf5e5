"""What the commands print: data on stdout, talk on stderr. All of stdout goes through `put`."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from onrecord import logs
from onrecord.errors import OnRecordError, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.flat import Row

FAILED, USAGE, SOME_FAILED, CLOSED_PIPE, STOPPED = 1, 2, 3, 141, 130
"""Exit codes besides 0. 141 is what a shell shows of a program whose reader went away (`| head`)."""

REPORT_AT = "https://onrecord.readthedocs.io"


class Format(StrEnum):
    """How data is printed."""

    table = "table"
    jsonl = "jsonl"
    json = "json"
    csv = "csv"


class _Level:
    """How much is said, set once by the options before any command runs: 0 quiet, 1 normal, 2 verbose."""

    now = 1


def level(*, quiet: bool, verbose: bool) -> None:
    """Set how much is said; libraries' warnings, which are for developers, only when verbose."""
    _Level.now = 0 if quiet else 2 if verbose else 1
    if not (verbose or sys.warnoptions):
        warnings.simplefilter("ignore")


def quiet() -> bool:
    """Whether only failures are told."""
    return _Level.now == 0


def say(text: str, *, verbose: bool = False) -> None:
    """A line on stderr; not with -q; with `verbose`, only with -v."""
    if _Level.now > (1 if verbose else 0) and not logs.to_machines():
        print(text, file=sys.stderr, flush=True)


def complain(text: str) -> None:
    """A line on stderr, always but where events are told instead: something failed."""
    if not logs.to_machines():
        print(text, file=sys.stderr, flush=True)


def put(text: str, end: str = "\n") -> None:
    """Text to stdout, and no noise where nobody reads it any more."""
    try:
        sys.stdout.write(text + end)
    except BrokenPipeError:
        _close_stdout()
        raise typer.Exit(CLOSED_PIPE) from None


def show(*views: RenderableType) -> None:
    """Readable views to stdout."""
    from onrecord.terminal import console

    screen = console()
    for view in views:
        with screen.capture() as drawn:
            screen.print(view)
        put(drawn.get(), end="")


def show_each(views: Iterable[RenderableType]) -> None:
    """Readable views to stdout, one after the other, as they come."""
    for view in views:
        show(view)


def styled() -> bool:
    """Whether stdout shows bold, italics and underlines; where not, marks are drawn with signs."""
    from onrecord.terminal import console

    return console().color_system is not None


def chosen(asked: Format | None) -> Format:
    """The format asked for; else a table on a terminal, and JSON lines in a pipe or file."""
    return asked or (Format.table if sys.stdout.isatty() else Format.jsonl)


def put_rows(rows: Iterable[Row], form: Format, view: Callable[[Iterable[Row]], Iterable[RenderableType]]) -> None:
    """Answers in the format asked for; `view` draws the table."""
    if form is Format.table:
        for drawn in view(rows):
            show(drawn)
    elif form is Format.csv:
        put_csv(rows)
    else:
        put_json((row.to_dict() for row in rows), form)


def put_json(objects: Iterable[Any], form: Format) -> None:
    """One object a line, or one array of them."""
    if form is Format.jsonl:
        for each in objects:
            put(json.dumps(each, ensure_ascii=False))
        return
    put("[", end="")
    comma = "\n"
    for each in objects:
        put(comma + json.dumps(each, ensure_ascii=False), end="")
        comma = ",\n"
    put("\n]")


def put_csv(rows: Iterable[Row]) -> None:
    """A header and one line for each; nothing at all where there is no answer."""
    from onrecord.export import csv_lines
    from onrecord.flat import any_row

    flat = (any_row(row) for row in rows)
    first = next(flat, None)
    if first is not None:
        for line in csv_lines((row for part in ((first,), flat) for row in part), tuple(first)):
            put(line)


def put_object(what: Mapping[str, Any], form: Format) -> None:
    """One object as JSON: on one line for `jsonl`, else indented."""
    put(json.dumps(what, ensure_ascii=False, indent=None if form is Format.jsonl else 2))


def put_bytes(data: bytes) -> None:
    """Bytes to stdout as they are."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _close_stdout()
        raise typer.Exit(CLOSED_PIPE) from None


def told(error: OnRecordError) -> int:
    """Tell what OnRecord knows went wrong, on one line; the exit code."""
    from onrecord.marks import one_line

    logs.event("failed", "error", error=type(error).__name__, what=one_line(error.what))
    complain(f"onrecord: {one_line(str(error))}")
    return USAGE if isinstance(error, UsageError) else FAILED


def unexpected(error: Exception) -> int:
    """Tell what nobody foresaw, on one line; the traceback only with -v. The exit code."""
    from onrecord.marks import one_line

    logs.event("failed", "error", error=type(error).__name__)
    if _Level.now == 2 and not logs.to_machines():
        import traceback

        traceback.print_exception(error)
    what = one_line(f"{type(error).__name__}: {error}")
    complain(
        f"onrecord: unexpected {what}. Please report it at {REPORT_AT} with the command; -v shows where it happened."
    )
    return FAILED


def prepare() -> None:
    """Make stdout and stderr take any character: UTF-8 in pipes and files, escapes where a terminal cannot show it."""
    for stream in (sys.stdout, sys.stderr):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        else:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def flushed(code: int) -> int:
    """Write out what is left; the exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()
        return CLOSED_PIPE
    return code


def _close_stdout() -> None:
    """Point stdout at nothing, or the interpreter complains when it flushes it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
