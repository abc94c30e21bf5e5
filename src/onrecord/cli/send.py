"""Sending on: `export` in any format, `verify` of a record or a bundle, `key` to sign bundles with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsDesk, AsFormat, Db, noted, opened
from onrecord.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.store import Problem

app = typer.Typer(name="key", help="Keys to sign evidence bundles with.", no_args_is_help=True)


class Exported(StrEnum):
    """The formats of `export`."""

    jsonl = "jsonl"
    csv = "csv"
    w3c = "w3c"
    schema_org = "schema.org"
    claimreview = "claimreview"
    plover_csv = "plover-csv"
    plover_jsonl = "plover-jsonl"
    ftm = "ftm"
    bibtex = "bibtex"
    csl = "csl"
    prov = "prov"
    parquet = "parquet"
    brat = "brat"
    datasette = "datasette"
    site = "site"
    bundle = "bundle"


class Table(StrEnum):
    """What a CSV has a row for each of."""

    attributions = "attributions"
    reports = "reports"
    claims = "claims"
    positions = "positions"


Claims = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CLAIM", help="Only these claims (ids) and what they rest on; else all.", show_default=False
    ),
]
Form = Annotated[Exported, typer.Option("--format", metavar="FORMAT", help="One of those above.")]
To = Annotated[
    Path | None, typer.Option("--to", "-o", "--output", metavar="PLACE", help="Into a file or folder; else stdout.")
]
Words = Annotated[str, typer.Option("--words", metavar="WORDS", help="Only claims with these words.")]
Of = Annotated[Table, typer.Option("--table", help="What a CSV is of.")]
Secret = Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Key to sign a bundle with.")]
Title = Annotated[str, typer.Option("--title", help="Title of a site.")]


def export(
    claims: Claims = None,
    format_: Form = Exported.jsonl,
    to: To = None,
    words: Words = "",
    table: Of = Table.attributions,
    key: Secret = None,
    title: Title = "On record",
    db: Db = None,
    desk: AsDesk = None,
) -> None:
    """Write out the record, or chosen claims with what they rest on.

    The audit log notes it, so that a takedown can say where copies went.

    \b
    Formats:
      jsonl         the JSON of each report, one a line
      csv           a table for spreadsheets; --table says which
      w3c           W3C Web Annotations (JSON-LD)
      schema.org    claims as schema.org Claim (JSON-LD)
      claimreview   drafts of ClaimReview without a rating (JSON-LD)
      plover-csv    event rows: who, act, to whom, when, where
      plover-jsonl  the same, a JSON object a line
      ftm           FollowTheMoney entities, a JSON object a line
      bibtex        reports as citations for LaTeX
      csl           reports as citations for reference managers (CSL-JSON)
      prov          the trail of claims as W3C PROV-O (JSON-LD)
      parquet       tables as Parquet files in a folder
      brat          brat standoff, two files a report in a folder
      datasette     an SQLite file for Datasette
      site          a folder of pages on chosen claims
      bundle        chosen claims with all evidence, signed, as ZIP

    \b
    Examples:
      onrecord export > record.jsonl
      onrecord export --format csv --table claims --to claims.csv
      onrecord export --format site --to pages/ --words containers
      onrecord export --format bundle --to evidence.zip --key my.key 3fa9c1d2e4b5
    """
    from onrecord.export import send

    if table is not Table.attributions and format_ is not Exported.csv:
        raise UsageError("that needs --format csv.", which=f"--table {table.value}", advice="Add it, or leave it out.")
    if key is not None and format_ is not Exported.bundle:
        raise UsageError("that needs --format bundle.", which="--key", advice="Add it, or leave it out.")
    with opened(db) as record:
        place = str(to.absolute()) if to else "standard output"
        noted(desk, "export", None, {"path": place, "format": format_.value}, record.location)
        more = {"table": table.value, "key": key, "title": title}
        written = send(record, format_.value, to, talk.put, claims=claims or (), words=words, **more)  # type: ignore[arg-type]
        if written is not None:
            talk.say(f"Written: {to} ({written})")


def verify(
    bundle: Annotated[
        Path | None,
        typer.Argument(metavar="BUNDLE", help="A bundle that `export` made; else the record.", show_default=False),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FINGERPRINT", help="Of the key that must have signed the bundle.")
    ] = None,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Check the whole record, or a bundle, against its bytes.

    Works out every id, hash and span again; exit 1 where something does not fit.
    A bundle is checked without a record: also its signature, and whether the
    texts follow from the bytes.

    \b
    Examples:
      onrecord verify --db campaign.db
      onrecord verify evidence.zip --key key-sha256-4f0c…
    """
    if bundle is not None:
        _verify_bundle(bundle, key, format_)
        return
    if key is not None:
        raise UsageError("that needs a bundle.", which="--key", advice="Name the file.")
    with opened(db) as record:
        problems = list(record.verify())
        talk.put_rows(problems, talk.chosen(format_), lambda _: map(_problem_line, problems))
        if problems:
            count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
            talk.complain(f"{count} in {record.location}. Keep the file as it is, and go on with a copy from before.")
            raise typer.Exit(talk.FAILED)
        counts = record.status()
        talk.say(f"The record is whole: {counts.reports} reports and {counts.attributions} attributions checked.")


def _verify_bundle(path: Path, key: str | None, format_: talk.Format | None) -> None:
    from onrecord.export import check_bundle

    done = check_bundle(path, key)
    talk.put_rows(done.problems, talk.chosen(format_), lambda _: map(_problem_line, done.problems))
    if done.problems:
        count = f"{len(done.problems)} problem{'' if len(done.problems) == 1 else 's'}"
        talk.complain(f"{count} in {path}. It is not what was signed, or not evidence as OnRecord writes it.")
        raise typer.Exit(talk.FAILED)
    for name in done.unsaid:
        talk.complain(
            f"{name}: whether its text follows from its bytes cannot be said here: other versions cleaned it."
        )
    talk.say(f"The bundle is whole: {done.claims} claims and {done.reports} reports checked, made {done.made}.")
    who = "as was asked for" if key else "compare that with what its maker tells you by another way"
    talk.say(f"Signed by {done.fingerprint}: {who}.")


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to keep it; nobody else may read it.")],
) -> None:
    """Make a key to sign bundles with, and print its fingerprint.

    \b
    Example:
      onrecord key new my.key
    """
    from onrecord.export import new_key

    talk.put(new_key(file))
    talk.say(f"Written: {file}. Keep it to yourself; give the fingerprint to those who are to check your bundles.")


@app.command("show")
def show(file: Annotated[Path, typer.Argument(metavar="FILE", help="A key made by `onrecord key new`.")]) -> None:
    """Print the fingerprint of a key.

    \b
    Example:
      onrecord key show my.key
    """
    from onrecord.export import key_name

    talk.put(key_name(file))


def _problem_line(problem: Problem) -> RenderableType:
    from onrecord.terminal import plain_line

    return plain_line(str(problem))
