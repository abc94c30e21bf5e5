"""Asking the record: `search`, `who`, `sources`, `show`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from onrecord.cli import talk
from onrecord.cli.options import (
    AsAct,
    AsEntityKind,
    AsFormat,
    AsModality,
    Db,
    Limit,
    OfVoice,
    OnEvidence,
    Spoken,
    one_of,
    opened,
)
from onrecord.cli.talk import Format
from onrecord.errors import NotFound, UsageError
from onrecord.model import Act, EntityKind, EvidenceType, Modality

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.answer import Record
    from onrecord.model import Extraction
    from onrecord.store import Page, Said

T = TypeVar("T")

AT_ONCE = 200
"""Answers asked of the record at a time when all are wanted."""


def search(
    words: Annotated[
        str, typer.Argument(help='Words that must all occur; "in quotes" together; begin* for beginnings.')
    ] = "",
    source: Annotated[str, typer.Option(help="Only sources with these words.")] = "",
    cue: Annotated[str, typer.Option(help="Only cues with these words, such as denied.")] = "",
    kind: Annotated[Spoken | None, typer.Option(help="Only contents given so.")] = None,
    act: AsAct = None,
    modality: AsModality = None,
    evidence: OnEvidence = None,
    entity: Annotated[str, typer.Option(metavar="NAME", help="Only what sources say that lead to this name.")] = "",
    voice: OfVoice = None,
    distance: Annotated[
        bool, typer.Option("--distance", help='Only where the reporter keeps a distance ("allegedly").')
    ] = False,
    publisher: Annotated[str, typer.Option(help="Only publishers with these words.")] = "",
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Published on that day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Published on that day or earlier.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Search whole reports, not only what is attributed.")] = False,
    limit: Limit = 20,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Search what was said, by words, source, date and more.

    \b
    Examples:
      onrecord search convoy
      onrecord search --source minister --cue denied --since 2026-03-01
      onrecord search bridge --act deny --voice named
      onrecord search --evidence imagery --distance
      onrecord search '"ceasefire agreement"' --format csv > ceasefire.csv
    """
    from onrecord.terminal import hit_list

    filters: dict[str, Any] = {
        "source": source,
        "cue": cue,
        "kind": kind.value if kind else None,
        "act": one_of(Act, "--act", act),
        "modality": one_of(Modality, "--modality", modality),
        "evidence": one_of(EvidenceType, "--evidence", evidence),
        "entity": entity,
        "voice": voice.value if voice else None,
        "distance": distance,
        "publisher": publisher,
        "since": since,
        "until": until,
        "field": "text" if text else "content",
    }
    with opened(db) as record:
        given = {name: value for name, value in filters.items() if value}
        found = _all(lambda n, cursor: record.search(words, limit=n, cursor=cursor, **given), limit)
        _answer(found, talk.chosen(format_), hit_list, "Nothing on record in these words.")


def who(
    name: Annotated[str, typer.Argument(help="Words of a source's name, or the id of one: see sources.")],
    about: Annotated[
        str | None, typer.Option(metavar="WORDS|ID", help="Over time, on claims with these words, or on one by its id.")
    ] = None,
    limit: Limit = 20,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Print what a source is on record with; with --about, over time, and where it changed sides.

    \b
    Examples:
      onrecord who "Foreign Ministry"
      onrecord who "Dara Quill" --about river
    """
    from onrecord.claim_views import history_view
    from onrecord.terminal import said_list

    with opened(db) as record:
        if about is not None:
            past, form = record.history(name, about), talk.chosen(format_)
            if form is Format.csv:
                raise UsageError("a history is no table.", which="--format csv", advice="Take --format json.")
            if form is Format.table:
                talk.show(history_view(past))
            else:
                talk.put_object(past.to_dict(), form)
            if not past.lines:
                talk.say(f"{past.name} is not on record on that.")
            return
        who_ = record.id_of(name)
        found = _all(lambda n, cursor: record.who(who_, limit=n, cursor=cursor), limit)
        _answer(found, talk.chosen(format_), said_list, f"No source named {name!r}. Try: onrecord sources")


def sources(
    words: Annotated[str, typer.Argument(help="Only sources with these words.")] = "",
    kind: AsEntityKind = None,
    voice: OfVoice = None,
    as_written: Annotated[
        bool, typer.Option("--as-written", help="Every wording in reports for itself, whoever it means.")
    ] = False,
    limit: Limit = 50,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """List who is quoted, most often first: one line for one person, whatever reports call them.

    \b
    Examples:
      onrecord sources minister
      onrecord sources --voice unnamed
      onrecord sources --kind organization
    """
    from onrecord.terminal import entity_line, source_line

    nothing = "No such source on record."
    with opened(db) as record:
        if as_written:
            if kind or voice:
                raise UsageError("wordings have no kind.", which="--as-written", advice="Leave out --kind and --voice.")
            written = pages(lambda n, offset: record.sources(words, limit=n, offset=offset).items, limit)
            _answer(written, talk.chosen(format_), lambda each: map(source_line, each), nothing)
            return
        given: dict[str, Any] = {"kind": one_of(EntityKind, "--kind", kind), "voice": voice.value if voice else None}
        found = pages(lambda n, offset: record.entities(words, limit=n, offset=offset, **given).items, limit)
        _answer(found, talk.chosen(format_), lambda each: map(entity_line, each), nothing)


def show(
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="A report or attribution, or the beginning of its id; none lists reports."),
    ] = "",
    raw: Annotated[bool, typer.Option("--raw", help="Print the bytes the report was read from.")] = False,
    limit: Limit = 20,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Show a report marked up, or one attribution's trail.

    Without an id, list the reports, newest first.

    \b
    Examples:
      onrecord show
      onrecord show 3fa9c1d2e4b5
      onrecord show 3fa9c1d2e4b5 --raw > page.html
    """
    from onrecord.terminal import head_view

    form = talk.chosen(format_)
    with opened(db) as record:
        if not id_:
            heads = _all(lambda n, cursor: record.reports(limit=n, cursor=cursor), limit)
            _answer(
                heads, form, lambda each: map(head_view, each), "The record is empty. Fill it: onrecord read PATH..."
            )
            return
        extraction, said = _found(record, id_)
        if raw:
            _put_raw(record.raw(extraction.report.raw_sha256))
        elif said:
            _show_said(record, extraction, said, form)
        else:
            _show_report(record, extraction, form)


def _all(ask: Callable[[int, str | None], Page[T]], limit: int) -> Iterator[T]:
    """Answers page after page, at most `limit`, or all for 0."""
    left = limit or sys.maxsize
    cursor: str | None = None
    while left:
        page = ask(min(left, AT_ONCE), cursor)
        yield from page.items
        left -= len(page.items)
        cursor = page.cursor
        if cursor is None:
            return


def pages(ask: Callable[[int, int], Sequence[T]], limit: int) -> Iterator[T]:
    """Answers from an offset on, at most `limit`, or all for 0."""
    offset = 0
    while (wanted := min(AT_ONCE, (limit or sys.maxsize) - offset)) > 0:
        found = ask(wanted, offset)
        yield from found
        offset += len(found)
        if len(found) < wanted:
            return


def _answer(
    found: Iterator[Any], form: Format, view: Callable[[Iterable[Any]], Iterable[RenderableType]], nothing: str
) -> None:
    """Print what was found; where nothing was, say so."""
    first = list(islice(found, 1))
    talk.put_rows(chain(first, found), form, view)
    if not first:
        talk.say(nothing)


def _found(record: Record, id_: str) -> tuple[Extraction, Said | None]:
    """The report of that id, or the attribution of that id in its report."""
    try:
        return record.report(id_), None
    except NotFound as error:
        try:
            said = record.attribution(id_)
        except NotFound:
            raise error from None
        return record.report(said.report.id), said


def _show_report(record: Record, extraction: Extraction, form: Format) -> None:
    if form is Format.table:
        from onrecord.claim_views import reply_lines
        from onrecord.side_by_side import also_in
        from onrecord.terminal import readings_view, report_view

        from_where = readings_view(record.readings(extraction.report.id))
        group = record.copies(extraction.report.id)
        same = [also_in(group)] if len(group.reports) > 1 else []
        replied = reply_lines(record.replies(extraction.report.id))
        talk.show(report_view(extraction, styled=talk.styled()), from_where, *same, *replied)
    elif form is Format.csv:
        from onrecord.flat import said_in

        talk.put_csv(said_in(extraction))
    else:
        from onrecord.report_json import report_json

        replies = [reply.to_dict() for reply in record.replies(extraction.report.id)]
        talk.put_object(report_json(extraction) | {"replies": replies}, form)


def _show_said(record: Record, extraction: Extraction, said: Said, form: Format) -> None:
    readings, replies = record.readings(extraction.report.id), record.replies(said.id)
    if form is Format.table:
        from onrecord.claim_views import reply_lines
        from onrecord.terminal import readings_view, trail_view

        replied = reply_lines(replies)
        talk.show(trail_view(extraction, said, styled=talk.styled()), readings_view(readings), *replied)
    elif form is Format.csv:
        talk.put_csv([said])
    else:
        more = {"readings": [r.to_dict() for r in readings], "replies": [r.to_dict() for r in replies]}
        talk.put_object({**said.to_dict(), **more}, form)


def _put_raw(data: bytes) -> None:
    """Bytes as they were read; a terminal gets them only as far as it can show them safely."""
    if sys.stdout.isatty():
        from onrecord.marks import visible

        talk.put(visible(data.decode(errors="backslashreplace")))
    else:
        talk.put_bytes(data)
