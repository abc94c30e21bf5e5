"""Adds a place to what is watched, and looks at it at once, so that one learns what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import UsageError
from onrecord.read import ReadOptions
from onrecord.read.feeds import web_address
from onrecord.read.opml import Outline
from onrecord.read.web import Web
from onrecord.store import Place, Store
from onrecord.watching.places import ask


@dataclass(frozen=True, slots=True)
class Added:
    """A place that is watched now: whether it is new, how many items wait to be read, and what was wrong when it was
    looked at."""

    place: Place
    new: bool
    items: int
    problem: str | None


def add(store: Store, where: str, options: ReadOptions, *, title: str | None = None, every: int | None = None) -> Added:
    """Watch an address or a folder. One that answers, but is no feed, is not: raises UsageError, which says why."""
    if "://" not in where:
        folder = Path(where).expanduser().absolute()
        if not folder.is_dir():
            raise UsageError("is no folder.", which=where, advice="Give a folder, or an address with https://.")
        place, new = store.watching.add(str(folder), "folder", title=title, every=every)
    else:
        address = web_address(where, "")
        if address is None:
            raise UsageError("is no address of http or https.", which=where, advice="Check the spelling.")
        place, new = store.watching.add(address, "feed", title=title, every=every)
    look, items = ask(Web(options), place, options)
    if new and look.problem and look.no_list:
        store.watching.remove(place.address)
        raise UsageError(look.problem, which=where)
    return Added(place, new, store.watching.looked(look, items), look.problem)


def outlines(store: Store) -> Iterator[Outline]:
    """What is watched as a list of feeds; folders are no feeds, and left out."""
    for place in store.watching.places():
        if place.kind == "feed":
            yield Outline(place.url, place.title, place.under)
