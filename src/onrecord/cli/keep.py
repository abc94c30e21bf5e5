"""Keeping the record in order: `status`, `doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsFormat, Db, opened, place
from onrecord.cli.talk import Format

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.store import FailureRow, Status


def status(
    failed: Annotated[bool, typer.Option("--failed", help="List the inputs that could not be read.")] = False,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Print the record in numbers, or what failed.

    \b
    Examples:
      onrecord status
      onrecord status --failed
    """
    form = talk.chosen(format_)
    with opened(db) as record:
        if failed:
            rows = record.failures()
            talk.put_rows(rows, form, lambda _: map(_failed_line, rows))
            if not rows:
                talk.say("Nothing failed.")
        elif form in (Format.table, Format.csv):
            now = record.status()
            talk.put_rows([now], form, lambda _: _status_lines(now))
        else:
            talk.put_object(record.status().to_dict(), form)


def doctor(format_: AsFormat = None, db: Db = None) -> None:
    """Check this installation.

    Versions, database, model and record; says what to do where something is wrong.

    \b
    Example:
      onrecord doctor
    """
    from onrecord.doctor import checks

    form = talk.chosen(format_)
    found = list(checks(place(db)))
    if form is Format.table:
        from onrecord.terminal import check_line

        talk.show(*map(check_line, found))
    elif form is Format.csv:
        talk.put_csv(found)
    else:
        talk.put_json((check.to_dict() for check in found), form)
    if not all(check.ok for check in found):
        raise typer.Exit(talk.FAILED)


def _failed_line(failure: FailureRow) -> RenderableType:
    from onrecord.terminal import plain_line

    said = " ".join(part for part in (f"{failure.origin}: {failure.reason}", failure.advice) if part)
    return plain_line(f"{said} ({failure.stage}, {failure.at:%Y-%m-%d %H:%M} UTC)")


def _status_lines(now: Status) -> Iterator[RenderableType]:
    from onrecord.terminal import fact_line

    yield fact_line("record", now.location)
    yield fact_line("size", f"{now.bytes / 1e6:,.1f} MB, schema {now.schema}")
    yield fact_line("reports", f"{now.reports:,}, read {now.readings:,} times, {now.set_aside:,} set aside")
    yield fact_line("attributions", f"{now.attributions:,} by {now.sources:,} sources as written")
    yield fact_line("judgements", f"{now.judgements:,}")
    yield fact_line("runs", f"{now.runs:,} (an engine, its version and settings)")
    yield fact_line("failed", f"{now.failures:,}" + (" · onrecord status --failed" if now.failures else ""))
