"""Keeping the record in order and giving it out: `status`, `verify`, `export`, `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsDesk, AsFormat, Db, noted, opened, place
from onrecord.cli.talk import Format
from onrecord.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.store import FailureRow, Problem, Status


class Exported(StrEnum):
    """The formats of `export`."""

    jsonl = "jsonl"
    csv = "csv"
    w3c = "w3c"


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


def verify(format_: AsFormat = None, db: Db = None) -> None:
    """Check the whole record against its stored bytes.

    Works out every id, hash and span again; exit 1 where something does not fit.

    \b
    Example:
      onrecord verify --db campaign.db
    """
    with opened(db) as record:
        problems = list(record.verify())
        talk.put_rows(problems, talk.chosen(format_), lambda _: map(_problem_line, problems))
        if problems:
            count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
            talk.complain(f"{count} in {record.location}. Keep the file as it is, and go on with a copy from before.")
            raise typer.Exit(talk.FAILED)
        counts = record.status()
        talk.say(f"The record is whole: {counts.reports} reports and {counts.attributions} attributions checked.")


def export(
    format_: Annotated[Exported, typer.Option("--format", help="w3c is W3C Web Annotation.")] = Exported.jsonl,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Into a file; else stdout.")
    ] = None,
    db: Db = None,
    desk: AsDesk = None,
) -> None:
    """Write out the whole record, in a standard format.

    JSONL for programs, CSV for spreadsheets, W3C Web Annotations for other tools.
    The audit log notes it, so that a takedown can say where copies went.

    \b
    Examples:
      onrecord export > record.jsonl
      onrecord export --format csv -o record.csv
    """
    from onrecord import export as formats
    from onrecord.flat import row, said_in

    with opened(db) as record:
        to = str(output.absolute()) if output else "standard output"
        noted(desk, "export", None, {"path": to, "format": format_.value}, record.location)
        extractions = record.extractions()
        if format_ is Exported.csv:
            lines = formats.csv_lines(row(said) for extraction in extractions for said in said_in(extraction))
        else:
            lines = formats.jsonl(extractions) if format_ is Exported.jsonl else formats.w3c(extractions)
        if output is None:
            for line in lines:
                talk.put(line)
        else:
            with _whole_file(output) as write:
                for line in lines:
                    write(line + "\n")
            talk.say(f"Written: {output}")


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


@contextmanager
def _whole_file(path: Path) -> Iterator[Callable[[str], object]]:
    """A file that appears under its name only when it is complete."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file.write
        part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}.", which=str(path)) from None
    finally:
        part.unlink(missing_ok=True)


def _problem_line(problem: Problem) -> RenderableType:
    from onrecord.terminal import plain_line

    return plain_line(str(problem))


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
