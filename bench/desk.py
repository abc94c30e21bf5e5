"""The desk under load: `python bench/desk.py [--claims 100000] [--seconds 600] [--rates 200 100 50]`.

Makes a record of that many claims (generated reports; statements and judgements as the linking engine writes them),
serves it in a process of its own, and asks it over real connections, open-loop: a request is due when its time comes,
however long others take, and its latency counts from then. Nine in ten are pages (home, claims, a claim, a report, a
voice, search), one in ten is a person's judgement. First one user alone, then each rate until one holds: nothing
failed, and the p95 of pages and of judgements at most three times that of the one user's. Besides, a bare FastAPI page
over one SQLite FTS query in the same run, the highest rate of which is the yardstick. With `--reading`, `onrecord read`
puts reports into the same record while each rate is tried.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generated import Maker

from onrecord.model import Run
from onrecord.store import Judgement, Stated, open_store

CONNECTIONS = 64
WARM = 3.0
ENGINE = Run("claims", "bench", {})
BATCH = 100
BARE = """
import sqlite3, sys, threading
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
import uvicorn
app, held = FastAPI(), threading.local()
@app.get("/", response_class=HTMLResponse)
def page(q: str):
    if not hasattr(held, "db"):
        held.db = sqlite3.connect(sys.argv[1])
    rows = held.db.execute("SELECT rowid FROM said WHERE said MATCH ? LIMIT 20", (q,)).fetchall()
    return "<ul>" + "".join(f"<li>{r[0]}</li>" for r in rows) + "</ul>"
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False)
"""


def fill(path: Path, claims: int) -> None:
    """Reports until so many claims are on record: two in three attributions begin one, the others join one."""
    rng, maker = random.Random(1), Maker(seed=1)
    begun: list[str] = []
    with open_store(path) as store:
        while len(begun) < claims:
            made = list(maker.reports(BATCH))
            store.record_many(made)
            batch = []
            for report in store.unlinked(ENGINE.id, limit=BATCH * 2):
                rows, judgements = [], []
                for a in report.extraction.attributions:
                    words = " ".join(c.of(report.extraction.report.text) for c in a.content)
                    bearing = "denies" if rng.random() < 0.1 else "holds"
                    rows.append(Stated(a.id, rng.randrange(4096), bytes(384), words[:300], bearing))  # type: ignore[arg-type]
                    if begun and rng.random() < 1 / 3:
                        relation = "opposes" if bearing == "denies" else "same"
                        one = begun[-1 - min(int(rng.expovariate(0.002)), len(begun) - 1)]
                        at = datetime.now(UTC)
                        judgements.append(Judgement(a.id, one, relation, "engine", ENGINE.id, at, 0.95, "made up"))  # type: ignore[arg-type]
                    else:
                        begun.append(a.id)
                batch.append((report.number, rows, judgements))
            store.add_links(ENGINE, batch)


@dataclass
class Asked:
    """What there is to ask for, taken from the record."""

    claims: list[str]
    reports: list[str]
    voices: list[str]
    words: list[str]
    rng: random.Random = field(default_factory=lambda: random.Random(2))

    def page(self) -> str:
        """The address of a page, in the proportions in which people ask for them."""
        kind = self.rng.random()
        word = quote(self.rng.choice(self.words))
        if kind < 0.10:
            return "/"
        if kind < 0.45:
            return f"/claims/{self.rng.choice(self.claims)}"
        if kind < 0.65:
            return f"/reports/{self.rng.choice(self.reports)}"
        if kind < 0.75:
            return f"/voices/{self.rng.choice(self.voices)}"
        if kind < 0.90:
            return f"/search?q={word}"
        return f"/claims?q={word}" if kind < 0.97 else "/claims?disputed=true"


def asked(path: Path) -> Asked:
    """From the tables: only what bears on a claim."""
    with sqlite3.connect(path) as db:
        claims = [r[0] for r in db.execute("SELECT claim FROM claim_sizes ORDER BY random() LIMIT 4000")]
        reports = [r[0] for r in db.execute("SELECT id FROM reports ORDER BY random() LIMIT 4000")]
        voices = [r[0] for r in db.execute("SELECT entity FROM entity_counts WHERE entity LIKE 'entity-%' LIMIT 4000")]
        texts = [r[0] for r in db.execute("SELECT content FROM attributions ORDER BY random() LIMIT 2000")]
    words = [w for text in texts for w in text.split() if w.isalpha() and len(w) > 5]
    return Asked(claims, reports, voices, words)


@dataclass
class Answered:
    """Latencies in seconds, of reads and of writes, and how often each status came."""

    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def line(self) -> str:
        """In milliseconds."""
        parts = [f"{name} p50 {p50:.0f} p95 {p95:.0f} p99 {p99:.0f} ms" for name, p50, p95, p99 in self.figures()]
        return f"{', '.join(parts)}; {dict(self.statuses)}"

    def figures(self) -> list[tuple[str, float, float, float]]:
        """Name, p50, p95, p99 in milliseconds, of those that there are."""
        held = [(name, sorted(each)) for name, each in (("reads", self.reads), ("writes", self.writes)) if each]
        return [
            (name, *(1000 * each[min(len(each) - 1, int(q * len(each)))] for q in (0.5, 0.95, 0.99)))
            for name, each in held
        ]  # type: ignore[misc]

    @property
    def failed(self) -> int:
        """Answers that were none."""
        return sum(n for status, n in self.statuses.items() if status not in (200, 201, 303))


class Connection:
    """One connection kept alive."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._held: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> int:
        """The status of an answer, read whole; 0 where there was none."""
        try:
            if self._held is None:
                self._held = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._held
            kind = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
            writer.write(f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{kind}\r\n".encode() + body)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(h.split(b":")[1]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length"))
            await reader.readexactly(length)
            return int(head.split(b" ", 2)[1])
        except (OSError, asyncio.IncompleteReadError, StopIteration, ValueError):
            self._held = None
            return 0


async def load(port: int, every: Asked, rate: float, seconds: float, share: float, path: str = "") -> Answered:
    """So many requests a second, for so long; `share` of them judgements; of one `path` alone where it is given."""
    found, pool = Answered(), asyncio.Queue[Connection]()
    for _ in range(CONNECTIONS):
        pool.put_nowait(Connection(port))
    began = time.perf_counter() + 0.05
    rng = random.Random(3)

    async def one(due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        connection = await pool.get()
        write = rng.random() < share
        if write:
            status = await connection.ask(*judgement(every, rng))
        else:
            status = await connection.ask("GET", path.format(quote(rng.choice(every.words))) if path else every.page())
        if due - began > WARM:
            (found.writes if write else found.reads).append(time.perf_counter() - due)
            found.statuses[status] += 1
        pool.put_nowait(connection)

    async with asyncio.TaskGroup() as group:
        for k in range(int(rate * (seconds + WARM))):
            group.create_task(one(began + k / rate))
    return found


async def alone(port: int, every: Asked, count: int, share: float) -> Answered:
    """One user, one page or judgement after the other; a tenth as many before that do not count."""
    connection, found, rng = Connection(port), Answered(), random.Random(4)
    for k in range(-count // 10, count):
        write = rng.random() < share
        began = time.perf_counter()
        status = await (connection.ask(*judgement(every, rng)) if write else connection.ask("GET", every.page()))
        if k >= 0:
            (found.writes if write else found.reads).append(time.perf_counter() - began)
            found.statuses[status] += 1
    return found


def judgement(every: Asked, rng: random.Random) -> tuple[str, str, bytes]:
    """What to ask for a person's word on two claims."""
    a, b = rng.sample(every.claims, 2)
    body = json.dumps({"relation": "different", "a": a, "b": b, "reason": "load"}).encode()
    return "POST", "/api/v1/judgements", body


@contextmanager
def served(arguments: Sequence[str], port: int) -> Any:
    """A server in a process of its own, until it answers and while it is needed."""
    process = subprocess.Popen([sys.executable, *arguments], stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def desk(port: int, every: Asked, rates: Sequence[float], seconds: float, reading: Sequence[str]) -> float:
    """The highest of the rates that the desk holds, while the command `reading` runs, if there is one."""
    base = asyncio.run(alone(port, every, 400, 0.1))
    print(f"  one user: {base.line()}", flush=True)
    limits = {name: 3 * p95 for name, _, p95, _ in base.figures()}
    for rate in rates:
        with running(reading) as reader:
            found = asyncio.run(load(port, every, rate, seconds, 0.1))
            still = f", reading meanwhile {'ended' if reader.poll() is not None else 'to the end'}" if reader else ""
        holds = not found.failed and all(p95 <= limits[name] for name, _, p95, _ in found.figures())
        print(
            f"  {rate:.0f}/s for {seconds:.0f} s{still}: {found.line()} {'holds' if holds else 'does not hold'}",
            flush=True,
        )
        if holds:
            return rate
    return 0.0


@contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes] | None]:
    """A command that runs meanwhile, where there is one."""
    process = subprocess.Popen(command) if command else None
    try:
        yield process
    finally:
        if process:
            process.terminate()
            process.wait()


def bare(port: int, every: Asked, rates: Sequence[float], seconds: float) -> float:
    """The highest of the rates that the bare page holds: p95 within 100 ms, nothing failed."""
    for rate in rates:
        found = asyncio.run(load(port, every, rate, seconds, 0.0, "/?q={}"))
        holds = not found.failed and all(p95 <= 100 for _, _, p95, _ in found.figures())
        print(f"  {rate:.0f}/s for {seconds:.0f} s: {found.line()} {'holds' if holds else 'does not hold'}", flush=True)
        if holds:
            return rate
    return 0.0


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rates", type=float, nargs="+", default=[200, 150, 100, 70, 50, 35, 25, 15])
    parser.add_argument("--record", type=Path, help="keep the record here, and use it again")
    parser.add_argument("--reading", type=Path, help="a folder of reports that are read meanwhile")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.record or Path(folder) / "r.db"
        if not path.exists():
            began = time.perf_counter()
            fill(path, args.claims)
            print(
                f"made {args.claims} claims in {time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e6:.0f} MB"
            )
        every, port = asked(path), free_port()
        own = [sys.executable, "-m", "onrecord", "-q", "--db", str(path)]
        reading = [*own, "read", str(args.reading)] if args.reading else []
        with served(["-m", "onrecord", "--db", str(path), "serve", "--port", str(port)], port):
            print("desk, 9 pages to 1 judgement:")
            ours = desk(port, every, args.rates, args.seconds, reading)
        bare_port = free_port()
        with served(["-c", BARE, str(path), str(bare_port)], bare_port):
            print("bare FastAPI and one FTS query:")
            rates = [1200, 1000, 800, 600, 500, 400, 300, 200, 100]
            theirs = bare(bare_port, every, rates, min(args.seconds, 20))
        print(f"desk {ours:.0f}/s, bare {theirs:.0f}/s: ratio {ours / theirs if theirs else math.nan:.2f}")


if __name__ == "__main__":
    main()
