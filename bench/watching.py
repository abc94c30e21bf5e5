"""Watching at size: feeds of a server on this machine, half of them broken, slow, moved or huge.

    python bench/watching.py                            500 feeds: one round, then 20 kills
    python bench/watching.py round --feeds 100          the first round alone: is all of the healthy ones read, how long
    python bench/watching.py kills --feeds 100 --kills 5

Exits with 1 where an item of a feed that can be read is lost or doubled, or the record does not verify. Extraction is
that of `tests/tiny.py`: this is about watching. Every feed is a site of its own (a port of 127.0.0.1).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

HEALTHY = ("rss", "atom", "json", "sitemap")
BROKEN = (
    *("error", "missing", "page", "endless", "slow", "silent", "huge", "moved", "ids", "garbage", "loop", "cut"),
    *("bomb", "deep", "away", "items"),
)
READABLE = (*HEALTHY, "moved", "ids", "cut", "items")
"""Kinds of which every item that is listed and can be read must be read."""
ITEMS = 6
SECONDS = "3"
"""For one address (`ONRECORD_FETCH_SECONDS`)."""


class Feeds:
    """The server: `feeds[port]` is the kind of the feed there; `listed` how many items each lists now."""

    def __init__(self, count: int, *, broken: bool = True) -> None:
        self.listed = ITEMS
        self.feeds: dict[int, str] = {}
        self.fetched: Counter[str] = Counter()
        self.last_healthy = 0.0
        self._sockets = []
        for n in range(count):
            kind = HEALTHY[n // 2 % len(HEALTHY)] if n % 2 == 0 else BROKEN[n // 2 % len(BROKEN)]
            if kind not in HEALTHY and not broken:
                continue
            made = socket.create_server(("127.0.0.1", 0))
            self._sockets.append(made)
            self.feeds[made.getsockname()[1]] = kind
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._serve, daemon=True).start()

    def expected(self) -> set[str]:
        """Addresses of the items that must be read."""
        return {self._item(p, n) for p, kind in self.feeds.items() if kind in READABLE for n in range(self.listed)}

    def close(self) -> None:
        """Answer no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _serve(self) -> None:
        for made in self._sockets:
            self._loop.run_until_complete(asyncio.start_server(self._answer, sock=made))
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.1))

    def _item(self, port: int, n: int) -> str:
        return f"http://127.0.0.1:{port}/item/{n}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path, port = head.split(" ")[1], writer.get_extra_info("sockname")[1]
            await self._page(path, port, head, writer)
            await writer.drain()
        writer.close()

    async def _page(self, path: str, port: int, head: str, writer: asyncio.StreamWriter) -> None:
        kind = self.feeds[port]
        if path.startswith("/item/"):
            self.fetched[f"http://127.0.0.1:{port}{path.split('?')[0]}"] += 1
            if kind in HEALTHY:
                self.last_healthy = time.monotonic()
            number = path.split("?")[0].removeprefix("/item/")
            if number.startswith("bad"):
                _send(writer, 404)
            else:
                said = f"Report {port} {number}\n\nMayor Lee said that the bridge {port} number {number} opens.\n"
                _send(writer, 200, said.encode(), "text/plain")
        elif path == "/feed" or (path == "/new" and kind == "moved"):
            await self._feed("rss" if path == "/new" else kind, port, head, writer)
        else:
            _send(writer, 404)

    async def _feed(self, kind: str, port: int, head: str, writer: asyncio.StreamWriter) -> None:
        codes = {"error": 500, "missing": 404, "away": 429}
        if kind in codes:
            _send(writer, codes[kind], more="Retry-After: 3600\r\n" if kind == "away" else "")
        elif kind in ("moved", "loop"):
            _send(writer, 301, more=f"Location: /{'new' if kind == 'moved' else 'feed'}\r\n")
        elif kind == "silent":
            await asyncio.sleep(60)
        elif kind in ("slow", "endless"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>")
            piece, pause = (b"x", 0.05) if kind == "slow" else (b"<item><title>t</title></item>" * 2000, 0.0)
            while not writer.is_closing():
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        else:
            etag = f'"{self.listed}"' if kind in HEALTHY else ""
            if etag and f"If-None-Match: {etag}" in head:
                _send(writer, 304)
            else:
                _send(writer, 200, self._body(kind, port), "application/xml", f"ETag: {etag}\r\n" if etag else "")

    def _body(self, kind: str, port: int) -> bytes:
        links = [self._item(port, n) for n in range(self.listed)]
        if kind == "page":
            return b"<!doctype html><link rel=alternate type='application/rss+xml' href='/rss'><p>Hello"
        if kind == "garbage":
            return random.Random(port).randbytes(5000)
        if kind == "bomb":
            entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
            doctype = f'<!DOCTYPE rss [<!ENTITY a0 "x">{entities}]>'
            return f"{doctype}<rss><channel><title>&a12;</title></channel></rss>".encode()
        if kind == "deep":
            return b"<rss>" + b"<a>" * 500_000
        if kind == "huge":
            links = [f"http://127.0.0.1:{port}/item/bad{n}" for n in range(200_000)]
        if kind == "items":
            links += [f"http://127.0.0.1:{port}/item/bad{n}" for n in range(3)] + ["javascript:alert(1)"]
        if kind == "json":
            items = [{"id": link, "url": link} for link in links]
            return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}).encode()
        if kind == "sitemap":
            return f"<urlset>{''.join(f'<url><loc>{link}</loc></url>' for link in links)}</urlset>".encode()
        if kind == "atom":
            entries = "".join(f"<entry><id>{link}</id><link href='{link}'/></entry>" for link in links)
            return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()
        if kind == "ids":
            stamp = random.random()
            items = "".join(f"<item><guid>{stamp}{k}</guid><link>{k}?utm_id={stamp}</link></item>" for k in links)
        else:
            items = "".join(f"<item><guid>{link}</guid><link>{link}</link></item>" for link in links)
        whole = f"<rss version='2.0'><channel><title>Feed {port}</title>{items}</channel></rss>"
        return (whole[: -len("/channel></rss>")] if kind == "cut" else whole).encode()


def _send(writer: asyncio.StreamWriter, code: int, body: bytes = b"", kind: str = "text/html", more: str = "") -> None:
    head = (
        f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
    )
    writer.write(head.encode() + body)


class Watch:
    """The command in a process of its own, on a record of its own."""

    def __init__(self, folder: Path, feeds: Feeds) -> None:
        self.db = folder / "record.db"
        self._inside = [part for port in feeds.feeds for part in ("--inside", f"127.0.0.1:{port}")]
        opml = folder / "feeds.opml"
        outlines = "".join(f'<outline text="{p}" xmlUrl="http://127.0.0.1:{p}/feed"/>' for p in feeds.feeds)
        opml.write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
        subprocess.run(self._call("import", str(opml)), check=True, stderr=subprocess.PIPE)

    def start(self) -> subprocess.Popen[str]:
        """One round in which everything is due."""
        with closing(sqlite3.connect(self.db, timeout=60)) as connection, connection:
            for table in ("places", "place_items"):
                connection.execute(f"UPDATE {table} SET due = '2000-01-01T00:00:00.000000+00:00'")
        environment = os.environ | {"ONRECORD_FETCH_SECONDS": SECONDS}
        call = self._call("run", "--once", *self._inside)
        return subprocess.Popen(call, stderr=subprocess.PIPE, text=True, env=environment)

    def round(self) -> tuple[float, str]:
        """Seconds that a round takes, and the last line of what it says."""
        started = time.monotonic()
        child = self.start()
        said = child.communicate()[1]
        if child.returncode not in (0, 3):
            raise SystemExit(f"the round ended with {child.returncode}:\n{said[-3000:]}")
        lines = [line for line in said.splitlines() if "asked," in line]
        return time.monotonic() - started, lines[-1] if lines else ""

    def faults(self, expected: set[str]) -> tuple[int, int, int]:
        """Items lost and doubled, and problems that `verify` finds."""
        from onrecord.store import open_store

        with closing(sqlite3.connect(self.db)) as connection:
            urls = [row[0].split("?")[0] for row in connection.execute("SELECT url FROM reports")]
        counts = Counter(urls)
        with open_store(self.db) as store:
            problems = sum(1 for _ in store.verify())
        return len(expected - set(urls)), sum(1 for n in counts.values() if n > 1), problems

    def _call(self, *arguments: str) -> list[str]:
        return [sys.executable, __file__, "child", "--db", str(self.db), "watch", *arguments]


def first_round(count: int) -> bool:
    """The first round with the broken feeds, and the same without them."""
    took, wrong = [], False
    for broken in (True, False):
        feeds = Feeds(count, broken=broken)
        with tempfile.TemporaryDirectory() as folder:
            watch = Watch(Path(folder), feeds)
            started = time.monotonic()
            seconds, said = watch.round()
            lost, doubled, problems = watch.faults(feeds.expected())
            first = [
                f"http://127.0.0.1:{p}/item/{n}" for p, k in feeds.feeds.items() if k in HEALTHY for n in range(ITEMS)
            ]
            unread = sum(1 for link in first if not feeds.fetched[link])
            again = sum(n - 1 for link, n in feeds.fetched.items() if "bad" not in link)
        feeds.close()
        took.append(seconds)
        wrong |= bool(lost or doubled or problems or unread)
        last = feeds.last_healthy - started
        name = "half of them broken" if broken else "the healthy half alone"
        print(f"{len(feeds.feeds)} feeds, {name}: {len(feeds.expected())} items in {seconds:.1f} s ({said})")
        print(f"  last healthy item fetched after {last:.1f} s; {unread} healthy items unread, {lost} lost, "
              f"{doubled} doubled, {again} fetched twice, {problems} problems")  # fmt: skip
    print(f"  the round with the broken ones takes {took[0] / took[1]:.2f} times as long as without")
    return not wrong


def kills(count: int, times: int, seed: int) -> bool:
    """Killed at random moments while new items come; then one round to the end."""
    draw = random.Random(seed)
    feeds = Feeds(count)
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(Path(folder), feeds)
        done = 0
        longest = 4.0 + count / 12
        while done < times:
            child = watch.start()
            try:
                child.communicate(timeout=draw.uniform(0.5, longest))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                child.communicate()
                done += 1
            else:
                longest *= 0.8  # it had ended before
            feeds.listed += int(draw.random() < 0.25)
        seconds, said = watch.round()
        lost, doubled, problems = watch.faults(feeds.expected())
        again = sum(n - 1 for link, n in feeds.fetched.items() if "bad" not in link and n > 1)
    feeds.close()
    print(f"{count} feeds, {done} kills, {len(feeds.expected())} items; the last round {seconds:.1f} s ({said}): "
          f"{lost} lost, {doubled} doubled, {problems} problems; {again} fetched again after a kill")  # fmt: skip
    return not (lost or doubled or problems)


def child(arguments: list[str]) -> int:
    """The command line with an engine and a comparer that load nothing, and little to compare."""
    import numpy as np

    import onrecord.engines
    import onrecord.pipeline
    from onrecord.cli import main
    from onrecord.link.comparing import Floats, Ints
    from tests.stand_in import WordComparer
    from tests.tiny import TinyEngine

    class Apart(WordComparer):
        """Statements lie apart: comparing them is not what is measured."""

        def cells(self, vectors: Floats, probed: int = 1) -> Ints:
            return np.array([[hash(v.tobytes()) % 4096] * probed for v in vectors], np.int32).reshape(-1, probed)

    onrecord.engines.default_engine = lambda **_: TinyEngine()  # type: ignore[assignment]
    onrecord.pipeline.Comparer = Apart  # type: ignore[misc,assignment]
    return main(arguments)


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        sys.exit(child(sys.argv[2:]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("all", "round", "kills"), default="all")
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    fine = asked.what == "kills" or first_round(asked.feeds)
    if asked.what != "round":
        fine &= kills(asked.feeds, asked.kills, asked.seed)
    sys.exit(not fine)
