"""`onrecord watch`: keeps a record up to date from feeds, sitemaps and folders."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord import logs
from onrecord.cli import talk
from onrecord.cli.options import AsFormat, AsLog, Db, Inside, place, speak
from onrecord.cli.talk import Format
from onrecord.cli.watch_query import app as query
from onrecord.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.store import Item, Place

app = typer.Typer(name="watch", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(query)

LARGEST_LIST = 16 * 2**20
"""Bytes of an OPML file that are read."""
SHOWN = 1000
"""Items that `list --failed` prints."""

Every = Annotated[
    int | None,
    typer.Option(min=1, metavar="MINUTES", help="How often to ask; else 15, of a folder 1.", show_default=False),
]


@app.callback()
def watch() -> None:
    """Keep the record up to date from feeds, news sitemaps and folders.

    Name the places once; `watch run` asks them, politely, and reads each
    article that they list, once.

    \b
    Examples:
      onrecord watch add https://news.example/rss.xml
      onrecord watch run
      onrecord watch run --once
    """


@app.command()
def add(
    where: Annotated[str, typer.Argument(metavar="URL|FOLDER", help="A feed, a news sitemap, or a folder.")],
    title: Annotated[
        str | None, typer.Option(metavar="WORDS", help="What to call it; else what it calls itself.")
    ] = None,
    every: Every = None,
    inside: Inside = None,
    db: Db = None,
) -> None:
    """Watch a feed (RSS, Atom, JSON Feed), a news sitemap, or a folder.

    It is looked at once, at once; what it lists is read by watch run.

    \b
    Examples:
      onrecord watch add https://news.example/rss.xml
      onrecord watch add ~/clippings --every 5
    """
    from onrecord.read import ReadOptions
    from onrecord.store import open_store
    from onrecord.watching import add as start

    with open_store(place(db)) as store:
        added = start(store, where, ReadOptions(inside=frozenset(inside or ())), title=title, every=every)
        known = "" if added.new else "It was watched already. "
        if added.problem:
            talk.complain(f"onrecord: {added.place.url}: {added.problem} It is watched, and will be asked again.")
            raise typer.Exit(talk.SOME_FAILED)
        talk.say(f"{known}Watched: {added.place.url}, every {_minutes(added.place.every)}; {_new(added.items)}.")
        talk.say("Read what it lists: onrecord watch run")


@app.command()
def remove(
    where: Annotated[str, typer.Argument(metavar="URL|FOLDER", help="As watch list shows it.")], db: Db = None
) -> None:
    """Watch a place no more; what was read from it stays on record.

    \b
    Example:
      onrecord watch remove https://news.example/rss.xml
    """
    from onrecord.store import open_store

    with open_store(place(db), create=False) as store:
        address = where if "://" in where or where.startswith("place-") else str(Path(where).expanduser().absolute())
        found, waiting = store.watching.remove(address)
        left = f" {waiting} of its items were not read yet, and will not be." if waiting else ""
        talk.say(f"No longer watched: {found.url}.{left}")


@app.command("list")
def list_(
    failed: Annotated[bool, typer.Option("--failed", help="List the items that could not be read.")] = False,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Print what is watched: last asked, last new, what failed and why, next due.

    \b
    Examples:
      onrecord watch list
      onrecord watch list --failed
    """
    from onrecord.store import open_store

    form = talk.chosen(format_)
    with open_store(place(db), create=False) as store:
        if failed:
            items = store.watching.unread("failed", limit=SHOWN)
            talk.put_rows(items, form, lambda _: map(_item_line, items))
            if not items:
                talk.say("No item failed for good.")
            return
        places = store.watching.places()
        talk.put_rows(places, form, lambda _: (line for each in places for line in _place_lines(each)))
        if not places:
            talk.say("Nothing is watched. Begin with: onrecord watch add URL")


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Ask what is due, read what is new, and end: for cron.")] = False,
    inside: Inside = None,
    format_: AsFormat = None,
    db: Db = None,
    log_format: AsLog = None,
) -> None:
    """Ask what is watched and due, and read what is new; until Ctrl-C.

    Stop it at any moment: nothing is lost, and nothing is read twice.

    \b
    Examples:
      onrecord watch run
      onrecord watch run --once
    """
    from onrecord.engines import default_engine
    from onrecord.read import ReadOptions
    from onrecord.store import open_store
    from onrecord.watching import Watcher

    speak(log_format)
    stop = threading.Event()
    with open_store(place(db), create=False) as store, store.watching.alone() as free:
        if not free:
            logs.event("watch.elsewhere", "warning")
            talk.say("Another `onrecord watch run` is at work on this record; nothing was done.")
            return
        options = ReadOptions(inside=frozenset(inside or ()))
        with (
            _stopping(stop) as signals,
            Watcher(store, default_engine(), options, say=_tell, stop=stop) as watcher,
        ):
            logs.event("watch.begun", places=len(store.watching.places()))
            talk.say(f"Watching {len(store.watching.places())} places for {store.location}", verbose=once)
            (watcher.once if once else watcher.forever)()
        counts = watcher.counts
        logs.event("watch.stopped" if signals else "watch.done", "info", **counts.to_dict())
        if format_ in (Format.json, Format.jsonl):
            talk.put(json.dumps(counts.to_dict()))
        talk.say(f"{'Stopped. ' if signals else ''}{counts.sentence()}")
        if signals:
            raise typer.Exit(talk.STOPPED if signals[0] == signal.SIGINT else 0)
        if counts.silent or counts.failed:
            talk.say("What failed and why: onrecord watch list")
            raise typer.Exit(talk.SOME_FAILED)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A list of feeds as your reader exports it.")],
    every: Every = None,
    db: Db = None,
) -> None:
    """Watch all feeds of an OPML file.

    \b
    Example:
      onrecord watch import feeds.opml
    """
    from onrecord.store import open_store
    from onrecord.watching import read_opml

    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_LIST + 1)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}.", which=str(file), advice="Check the name.") from None
    if len(data) > LARGEST_LIST:
        raise UsageError(f"is larger than {LARGEST_LIST:,} bytes.", which=str(file), advice="Split it.")
    outlines, problems = read_opml(data)
    with open_store(place(db)) as store:
        watched = [store.watching.add(o.url, "feed", title=o.title, under=o.under, every=every) for o in outlines]
    new = sum(1 for _, fresh in watched if fresh)
    talk.say(f"{len(watched)} feeds: {new} new, {len(watched) - new} watched already.")
    for problem in problems:
        talk.complain(f"onrecord: {file}: {problem}.")
    if problems:
        raise typer.Exit(talk.SOME_FAILED)


@app.command()
def export(db: Db = None) -> None:
    """Print what is watched as OPML, for other readers; folders are left out.

    \b
    Example:
      onrecord watch export > feeds.opml
    """
    from onrecord.store import open_store
    from onrecord.watching import outlines, write_opml

    with open_store(place(db), create=False) as store:
        talk.put(write_opml(outlines(store)), end="")


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[list[int]]:
    """The first Ctrl-C, or SIGTERM, ends the run after what is being recorded; a second one at once."""
    came: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(number)
        talk.say("Stopping after what is being recorded …")
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell(event: str, where: str, what: str) -> None:
    from onrecord.marks import one_line

    logs.event(event, "warning", site=logs.site(where))
    talk.complain(one_line(f"{where}: {what}"))


def _place_lines(place: Place) -> Iterator[RenderableType]:
    from onrecord.terminal import dim, plain_line

    yield plain_line(f"{place.title}: {place.url}" if place.title else place.url)
    if place.url != place.address:
        yield dim(f"  added as {place.address}; it has moved")
    soon = "now" if place.due <= datetime.now(UTC) else _when(place.due)
    yield dim(
        f"  {place.read} read, {place.waiting} waiting, {place.failed} failed · last asked {_when(place.tried)}, "
        f"last new {_when(place.fresh)}, next {soon}, every {_minutes(place.every)}"
    )
    if place.problem:
        times = "" if place.failures == 1 else f" {place.failures} times in a row"
        yield plain_line(f"  failed{times}: {place.problem}")
    for note in place.notes:
        yield plain_line(f"  note: {note}")


def _item_line(item: Item) -> RenderableType:
    from onrecord.terminal import plain_line

    return plain_line(f"{item.url}: {item.problem}")


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def _minutes(minutes: int) -> str:
    return "minute" if minutes == 1 else f"{minutes} minutes"


def _new(items: int) -> str:
    return f"{items} item{'' if items == 1 else 's'} to read"
