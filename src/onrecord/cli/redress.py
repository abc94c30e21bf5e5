"""`onrecord takedown`, `reply`, `replies`: what people concerned may ask for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.judging import By, Reason, signed, why
from onrecord.cli.options import AsDesk, AsFormat, Db, at_desk, noted, opened, place
from onrecord.cli.talk import Format
from onrecord.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from onrecord.redress import Done
    from onrecord.store import Mention, Store

LARGEST = 200_000
"""Bytes of a file with a reply that are read at most."""


def takedown(
    reason: Reason,
    report: Annotated[str, typer.Argument(metavar="REPORT", help="The id of a report, or its beginning.")] = "",
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="Every report in which it stands; may be repeated for spellings."),
    ] = None,
    by: By = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    format_: AsFormat = None,
    db: Db = None,
    desk: AsDesk = None,
) -> None:
    """Take a report, or all about a person, out of the record, and out of its files.

    Bytes, text, all that was found, replies, and what was said of it go; that
    it was taken down, by whom, when and why stays. With --name, the name is
    also erased from reasons, judgements and failures, and then looked for in
    the files. What was exported or backed up is listed: that is for you.

    \b
    Examples:
      onrecord takedown 3fa9c1d2e4b5 --reason "court order 12/31" --by Ada
      onrecord takedown --name "Dara Quill" --reason "asked for" --by Ada
    """
    from onrecord.redress import take_down
    from onrecord.store import open_store

    names, reason, by = tuple(name or ()), why(reason), signed(by)
    if bool(report) == bool(names):
        raise UsageError("name a report, or --name somebody.", which="takedown", advice="One of the two.")
    with open_store(place(db), create=False) as store, at_desk(desk, create=True) as here:
        ids = _listed(store, report, names)
        if not (yes or _agreed(len(ids), names)):
            talk.say("Nothing was done.")
            raise typer.Exit(talk.FAILED)
        done = take_down(store, here, ids, names, by=by, reason=reason)
    form = talk.chosen(format_)
    if form is Format.table:
        talk.show_each(_done_lines(done, named=bool(names)))
    elif form is Format.csv:
        raise UsageError("a takedown is no table.", which="--format csv", advice="It is done; take --format json.")
    else:
        talk.put_object(done.to_dict(), form)
    if any(not each.inside for each in done.left):
        talk.complain("Not everything is gone. Close other programs that have the record open, and run it again.")
        raise typer.Exit(talk.FAILED)


def reply(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A report, or a claim by the id of an attribution.")],
    name: Annotated[str, typer.Option("--from", metavar="NAME", help="Who replies.")] = "",
    text: Annotated[str, typer.Option("--text", metavar="WORDS", help="What they say, word for word.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="The same from a file; - is standard input.")
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take a reply back: ID is that of the reply.")] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why it is taken back.")] = "",
    by: By = "",
    format_: AsFormat = None,
    db: Db = None,
    desk: AsDesk = None,
) -> None:
    """Keep what somebody concerned says to a report or a claim.

    It is shown wherever that is shown, word for word, and judges nothing.

    \b
    Examples:
      onrecord reply 3fa9c1d2e4b5 --from "Dara Quill" --text "I was not asked."
      onrecord reply 3fa9c1d2e4b5 --from "Orm Harbour" --file statement.txt
      onrecord reply 77b01c9ad3f0 --withdraw --reason "sent by mistake"
    """
    with opened(db) as record:
        if withdraw:
            if name or text or file:
                raise UsageError("taking back takes no words.", which="--withdraw", advice="Leave out the others.")
            record.withdraw_reply(id_, by=signed(by), reason=why(reason))
            noted(desk, "reply.withdraw", None, {}, record.location)
            talk.say("Taken back.")
            return
        if bool(text) == bool(file):
            raise UsageError("say what they reply.", which="reply", advice="One of --text and --file.")
        if not name.strip():
            raise UsageError("say who replies.", which="--from", advice='Such as --from "Dara Quill".')
        made = record.reply(id_, name=name, text=_read(file) if file else text, by=signed(by))
        noted(desk, "reply", made, {}, record.location)
        if format_ in (Format.json, Format.jsonl):
            talk.put_object({"reply": made}, format_)
        talk.say("It is shown wherever that is shown.")
        talk.say(f"Take back: onrecord reply {made.removeprefix('reply-sha256-')[:12]} --withdraw --reason WHY")


def replies(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A report or an attribution; none: all.")] = "",
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """List replies of people concerned.

    \b
    Example:
      onrecord replies
    """
    from onrecord.claim_views import reply_lines

    with opened(db) as record:
        found = record.replies(id_ or None)
        talk.put_rows(found, talk.chosen(format_), lambda _: reply_lines(found))
        if not found:
            talk.say("There are no replies.")


def _listed(store: Store, report: str, names: Sequence[str]) -> list[str]:
    """Ids of the reports that are meant, each told with where the name stands in it."""
    from onrecord.terminal import head_view

    if report:
        full = store.report_id(report)
        talk.say(f"To be taken down: {full}")
        return [full]
    found: list[Mention] = store.mentions(names)
    for each in found:
        if not talk.quiet():
            _show_on_stderr(head_view(each.report), each.where)
    return [each.report.id for each in found]


def _show_on_stderr(view: RenderableType, where: Sequence[str]) -> None:
    from onrecord.terminal import console

    screen = console()
    with screen.capture() as drawn:
        screen.print(view)
    talk.say(f"{drawn.get().rstrip()}\n    in: {', '.join(where)}")


def _agreed(count: int, names: Sequence[str]) -> bool:
    """Whether somebody says so on the terminal. Raises UsageError where there is none to ask."""
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask on.", which="takedown", advice="Look at the list; then add --yes."
        )
    also = " and erase the name from everything else" if names else ""
    return typer.confirm(f"Take {count} report{'' if count == 1 else 's'} down for good{also}?", err=True)


def _done_lines(done: Done, *, named: bool) -> Iterator[RenderableType]:
    from onrecord.terminal import plain_line

    count = len(done.reports)
    also = f"; words erased from {done.rows} other row{'' if done.rows == 1 else 's'}" if named else ""
    yield plain_line(f"Taken down: {count} report{'' if count == 1 else 's'}{also}.")
    if named:
        real = [each for each in done.left if not each.inside]
        yield plain_line(f"{len(real)} left in the files of record and desk.")
        yield from (plain_line(f"left: {each.where}") for each in real)
        inside = len(done.left) - len(real)
        if inside:
            yield plain_line(f"The letters stand {inside} times within longer words, which are somebody else's.")
    if done.by_hand:
        yield plain_line("To be dealt with by hand, for nothing here reaches it:")
        yield from (plain_line(f"- {each}") for each in done.by_hand)


def _read(path: Path) -> str:
    """Raises UsageError where it is no text, or too long."""
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        text = data.decode()
    except OSError as error:
        raise UsageError(f"it cannot be read ({error.strerror}).", which=str(path)) from None
    except UnicodeDecodeError:
        raise UsageError("that is no text in UTF-8.", which=str(path)) from None
    if len(data) > LARGEST:
        raise UsageError("that is too long for a reply.", which=str(path), advice="20,000 characters at most.")
    return text
