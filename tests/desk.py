"""A record that watches a site of this machine, for tests of watching."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from onrecord.store import open_store
from tests.conftest import Command, Ran
from tests.site import Answer, Site, page


def article(who: str, what: str) -> Answer:
    return page(f"{what.capitalize()}\n\n{who} said that {what}.\n".encode(), "text/plain")


def rss(*items: tuple[str, str], title: str = "The Morning") -> bytes:
    """A feed of items: id and link."""
    listed = "".join(f"<item><title>t</title><guid>{i}</guid><link>{link}</link></item>" for i, link in items)
    return f"<rss version='2.0'><channel><title>{title}</title>{listed}</channel></rss>".encode()


def feed(*items: tuple[str, str], **headers: str) -> Answer:
    return page(rss(*items), "application/rss+xml", **headers)


class Desk:
    """A record that watches a site of this machine."""

    def __init__(self, command: Command, site: Site, db: Path) -> None:
        self.command, self.site, self.db = command, site, db

    def watch(self, *arguments: str) -> Ran:
        inside = ("--inside", self.site.host) if arguments[0] in ("add", "run") else ()
        return self.command("watch", *arguments, *inside)

    def run(self) -> Ran:
        """All that is watched is due; run it once."""
        with closing(sqlite3.connect(self.db)) as connection, connection:
            connection.execute("UPDATE places SET due = '2000-01-01T00:00:00.000000+00:00'")
            connection.execute("UPDATE place_items SET due = '2000-01-01T00:00:00.000000+00:00'")
            connection.execute("UPDATE deliveries SET due = '2000-01-01T00:00:00.000000+00:00'")
        return self.watch("run", "--once")

    def places(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.watch("list", "--format", "jsonl").out.splitlines()]

    def reports(self) -> list[str]:
        with open_store(self.db) as store:
            return sorted(str(head.url) for head in store.heads(limit=500))

    def asked(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.site.asked)
