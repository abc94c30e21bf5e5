"""Asks a place what it lists: a feed, a sitemap, an index of sitemaps, a folder."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from onrecord import settings
from onrecord.errors import InputError
from onrecord.model import Failure, content_id
from onrecord.read import ReadOptions
from onrecord.read.compressed import inflated
from onrecord.read.feeds import MOST_ITEMS, Feed, parse
from onrecord.read.files import find
from onrecord.read.web import Web
from onrecord.store import Look, Met, Place
from onrecord.watching.decide import listed, next_look

MOST_FILES = 100_000
"""Files of a folder that are looked at."""
_SETTLED = 2.0
"""Seconds that a file must have stood unchanged: one that is still being written is left for the next look."""
_SOON = timedelta(seconds=10)
_MOST_NOTES = 3
_parsing = threading.Lock()
"""One document at a time: parsing is work of this machine's, and takes memory."""


def ask(web: Web, place: Place, options: ReadOptions) -> tuple[Look, list[Met]]:
    """What a place lists now. One that fails has a problem, in words; nothing is raised."""
    return _folder(place, options) if place.kind == "folder" else _feed(web, place)


def _feed(web: Web, place: Place) -> tuple[Look, list[Met]]:
    found = web.fetch_list(place.url, place.etag, place.modified)
    at = datetime.now(UTC)
    if isinstance(found, Failure):
        return _failed(place, at, found, web.resting(place.url)), []
    look = Look(place.number, next_look(place, at, failed=False), url=found.moved)
    if found.unchanged:
        return replace(look, unchanged=True), []
    try:
        feed = parsed(found.body, found.url)
        if feed.children:
            # whether what an index names has changed cannot be told from the index
            return _index(web, place, feed, look)
    except InputError as error:
        failed = _failed(place, at, Failure(place.url, "read", error.what, error.advice))
        return replace(failed, no_list=True), []
    look = replace(look, title=feed.title, etag=found.etag, modified=found.modified, notes=feed.problems)
    return look, listed(feed.items)


def parsed(body: bytes, url: str) -> Feed:
    """What a document lists, unpacked first where it is compressed. Raises Unreadable, Refused."""
    if body.startswith(b"\x1f\x8b"):
        body = inflated("gzip", body, settings.whole("feed_bytes"))
    with _parsing:
        return parse(body, url)


def _index(web: Web, place: Place, index: Feed, look: Look) -> tuple[Look, list[Met]]:
    """What the sitemaps that an index names list."""
    notes, feeds = list(index.problems), []
    failures: list[Failure] = []
    for child in index.children:
        found = web.fetch_list(child)
        try:
            if isinstance(found, Failure):
                failures.append(found)
            else:
                feeds.append(parsed(found.body, found.url))
        except InputError as error:
            failures.append(Failure(child, "read", error.what, error.advice))
    if failures and not feeds:
        at = datetime.now(UTC)
        return _failed(place, at, failures[0], web.resting(place.url)), []
    notes += [f"{failure.origin} {failure.reason}" for failure in failures[:_MOST_NOTES]]
    if len(failures) > _MOST_NOTES:
        notes.append(f"{len(failures) - _MOST_NOTES} more sitemaps failed")
    if any(feed.children for feed in feeds):
        notes.append("an index within the index is not followed: watch it by itself")
    items = [item for feed in feeds for item in feed.items]
    if len(items) > MOST_ITEMS:
        items = sorted(items, key=lambda item: item.published or "", reverse=True)[:MOST_ITEMS]
        notes.append(f"more than {MOST_ITEMS:,} items: the newest are taken")
    notes += [problem for feed in feeds for problem in feed.problems]
    title = next((feed.title for feed in feeds if feed.title), None)
    return replace(look, title=title, notes=tuple(dict.fromkeys(notes))), listed(items)


def _folder(place: Place, options: ReadOptions) -> tuple[Look, list[Met]]:
    at = datetime.now(UTC)
    if not Path(place.url).is_dir():
        gone = Failure(place.url, "read", "is no folder, or may not be read.", "See whether it was moved.")
        return _failed(place, at, gone), []
    met, notes, fresh, more = _files(find(place.url, options), at.timestamp())
    if more:
        notes.append(f"more than {MOST_FILES:,} files: {more:,} were left out")
    usual = next_look(place, at, failed=False)
    return Look(place.number, min(usual, at + _SOON) if fresh else usual, notes=tuple(notes)), met


def _files(found: Iterable[Path | Failure], at: float) -> tuple[list[Met], list[str], bool, int]:
    """Files as items, what cannot be read, whether one is still being written, and how many were too many."""
    met: list[Met] = []
    notes: list[str] = []
    fresh, more = False, 0
    for file in found:
        if isinstance(file, Failure):
            if "without a file" not in file.reason and len(notes) < _MOST_NOTES:
                notes.append(f"{file.origin} {file.reason}")
        elif len(met) >= MOST_FILES:
            more += 1
        else:
            with suppress(OSError):  # gone since it was listed
                state = file.stat()
                if 0 <= at - state.st_mtime < _SETTLED:
                    fresh = True
                else:
                    key = content_id("item", [str(file), state.st_mtime_ns, state.st_size])
                    met.append(Met(key, None, str(file)))
    return met, notes, fresh, more


def _failed(place: Place, at: datetime, failure: Failure, rest: float = 0.0) -> Look:
    said = " ".join(part for part in (failure.reason, failure.advice) if part)
    return Look(place.number, next_look(place, at, failed=True, rest=rest), problem=said)
