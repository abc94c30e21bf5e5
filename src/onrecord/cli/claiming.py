"""`onrecord claims`, `claim`, `compare`, `changes`: how claims stand. Never what is true."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsFormat, Db, Limit, OnEvidence, noted, one_of, opened
from onrecord.cli.talk import Format
from onrecord.errors import UsageError
from onrecord.model import EvidenceType

if TYPE_CHECKING:
    from onrecord.claims import Asked, Claim

Words = Annotated[str, typer.Argument(help="Words that a content must have; none: the most shared claims.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Published on that day or later.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As it stood on that day.")]


class Paper(StrEnum):
    """What a brief is written as."""

    html = "html"
    md = "md"
    svg = "svg"


def claims(
    words: Words = "",
    disputed: Annotated[bool, typer.Option("--disputed", help="Somebody affirms and somebody denies it.")] = False,
    unconfirmed: Annotated[
        bool, typer.Option("--unconfirmed", help="Affirmed, but not by two independent voices.")
    ] = False,
    single: Annotated[bool, typer.Option("--single-source", help="One voice alone is on record on it.")] = False,
    unnamed: Annotated[bool, typer.Option("--only-unnamed", help="Affirmed by unnamed sources only.")] = False,
    denied_by: Annotated[str, typer.Option("--denied-by", metavar="NAME", help="Denied by a source so named.")] = "",
    evidence: OnEvidence = None,
    since: Since = None,
    limit: Limit = 20,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """List claims: what is asserted or denied, by how many voices, in how many texts.

    \b
    Examples:
      onrecord claims containers
      onrecord claims --disputed --since 2026-03-01
      onrecord claims --only-unnamed --format csv
    """
    from onrecord.claim_views import claim_line, claim_row

    asked: Asked = {
        "disputed": disputed,
        "unconfirmed": unconfirmed,
        "single_source": single,
        "unnamed_only": unnamed,
        "denied_by": denied_by,
        "evidence": one_of(EvidenceType, "--evidence", evidence),  # type: ignore[typeddict-item]
        "since": since,
        "many": not (words or single),
    }
    with opened(db) as record:
        found = record.claims(words, limit=limit, **asked)
        form = talk.chosen(format_)
        if form is Format.table:
            talk.show_each(map(claim_line, found))
        elif form is Format.csv:
            talk.put_csv(map(claim_row, found))
        else:
            talk.put_json((each.to_dict() for each in found), form)
        if not found.items:
            talk.say("No claim on record is like that.")


def claim(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id of any attribution of it, or its beginning.")],
    as_of: AsOf = None,
    brief: Annotated[
        Path | None, typer.Option("--brief", metavar="FILE", help="Write a page to send on: .html, .md, or .svg.")
    ] = None,
    trail: Annotated[bool, typer.Option("--trail", help="Each line's way back: judgements, report, bytes.")] = False,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Print how a claim stands: who is on record for and against it, and since when.

    It is never a verdict: "confirmed" means that two independent voices say so.

    \b
    Examples:
      onrecord claim 3fa9c1d2e4b5
      onrecord claim 3fa9c1d2e4b5 --as-of 2026-03-01
      onrecord claim 3fa9c1d2e4b5 --brief containers.html
    """
    from onrecord.claim_views import claim_row, claim_view, trail_lines
    from onrecord.standing import a_day

    if as_of is not None:
        a_day(as_of)
    with opened(db) as record:
        found = record.claim(id_)
        if brief is not None:
            noted(None, "brief", found.id, {"path": str(brief.absolute())}, record.location)
            _write_brief(brief, found, as_of)
            return
        form = talk.chosen(format_)
        if form is Format.table:
            talk.show(claim_view(found, as_of))
            if trail:
                talk.show_each(trail_lines(found))
        elif form is Format.csv:
            talk.put_csv([claim_row(found)])
        else:
            told = found.to_dict() | {"standing": found.standing(as_of).to_dict()}
            talk.put_object(told | ({"trail": [s.to_dict() for s in found.trail()]} if trail else {}), form)


def _write_brief(path: Path, found: Claim, as_of: str | None) -> None:
    from onrecord import brief

    kind = path.suffix.lower().removeprefix(".")
    if kind not in list(Paper):
        raise UsageError("a brief is .html, .md or .svg.", which=str(path), advice="Name the file so.")
    write = {Paper.html: brief.html, Paper.md: brief.markdown, Paper.svg: brief.svg}[Paper(kind)]
    try:
        path.write_text(write(found, as_of), encoding="utf-8")
    except OSError as why:
        raise UsageError(f"it cannot be written ({why.strerror}).", which=str(path), advice="Name another.") from why
    talk.say(f"Written: {path}")


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A publisher, a person, or a day (2026-05-03).")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another of the same sort.")],
    words: Annotated[str, typer.Option("--about", metavar="WORDS", help="Only claims with these words.")] = "",
    limit: Limit = 20,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Lay two publishers, two people or two days side by side, claim by claim.

    Those on which they differ come first.

    \b
    Examples:
      onrecord compare "The Morning" "Valley Courier"
      onrecord compare "Dara Quill" "Ivo Saal"
      onrecord compare 2026-03-01 2026-04-01 --about river
    """
    from onrecord.claim_views import comparison_view

    with opened(db) as record:
        found = record.compare(a, b, words=words)
        form = talk.chosen(format_)
        if form is Format.table:
            talk.show(comparison_view(found, limit))
        elif form is Format.csv:
            raise UsageError("a comparison is no table.", which="--format csv", advice="Take --format json.")
        else:
            talk.put_object(found.to_dict(), form)
        if not found.claims:
            talk.say("Neither is on record on any claim there.")


def changes(
    since: Annotated[str, typer.Option(metavar="DATE", help="What was published on that day or later.")],
    words: Words = "",
    limit: Limit = 20,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """List what is new on claims since a day: new voices, and voices that changed sides.

    \b
    Example:
      onrecord changes --since 2026-05-03
    """
    from onrecord.claim_views import news_view

    with opened(db) as record:
        found = record.changed(since, words=words, limit=limit)
        form = talk.chosen(format_)
        if form is Format.table:
            talk.show_each(map(news_view, found))
        elif form is Format.csv:
            raise UsageError("changes are no table.", which="--format csv", advice="Take --format json.")
        else:
            talk.put_json((each.to_dict() for each in found), form)
        if not found:
            talk.say(f"Nothing new on any claim since {since}.")
