"""Measures the store, and tries to break it.

    python bench/store.py growth [--texts FOLDER] [--sizes 10000 100000 1000000] [--keep FILE]
    python bench/store.py kills 200          kill -9 at random moments while recording
    python bench/store.py writers 8 10       processes that write at once, for so many seconds

`growth` prints bytes an attribution and search times at each size, on texts of a generator or on the `*.txt` of a
folder. Times are of the processor and by the clock; on a busy machine only the former compare.
`kills` and `writers` exit with 1 where anything acknowledged is lost, doubled or refused.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from generated import PER_REPORT, Maker

from onrecord.store import Query, Store, open_store

BATCH = 200


def main() -> int:
    """Run what the command line asks for; the exit code says whether the store held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    growing = commands.add_parser("growth")
    growing.add_argument("--texts", type=Path)
    growing.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    growing.add_argument("--keep", type=Path, help="keep the record here; one that is there is grown on")
    growing.add_argument("--queries", type=int, default=400)
    killing = commands.add_parser("kills")
    killing.add_argument("count", type=int, nargs="?", default=200)
    killing.add_argument("--early", action="store_true", help="acknowledge too early: the rig must find faults")
    writing = commands.add_parser("writers")
    writing.add_argument("processes", type=int, nargs="?", default=8)
    writing.add_argument("seconds", type=float, nargs="?", default=10)
    recording = commands.add_parser(
        "record", help="(used by kills and writers) record, and print every acknowledged id"
    )
    recording.add_argument("db", type=Path)
    recording.add_argument("seed", type=int)
    recording.add_argument("seconds", type=float)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.command == "growth":
            return growth(given.keep or Path(folder) / "record.db", given.sizes, given.queries, read_texts(given.texts))
        if given.command == "kills":
            return kills(Path(folder) / "record.db", given.count, given.early)
        return writers(Path(folder) / "record.db", given.processes, given.seconds)


def read_texts(folder: Path | None) -> list[str]:
    """The texts of a folder; none where none is given."""
    return [p.read_text(errors="replace") for p in sorted(folder.rglob("*.txt"))] if folder else []


def growth(db: Path, sizes: list[int], queries: int, texts: list[str]) -> int:
    """Grow a record step by step, and at each size ask it the same questions."""
    maker = Maker(articles=2000, texts=texts)
    asked = list(Maker(seed=2).queries(queries)) if not texts else list(maker.queries(queries))
    with open_store(db) as store:
        maker.go_on_after(store.status().reports)
        for size in sizes:
            begun, cpu = time.perf_counter(), time.process_time()
            added = grow(store, maker, size)
            wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
            status = store.status()
            print(f"\n{status.attributions:,} attributions, {status.reports:,} reports, {status.sources:,} sources")
            each, file = status.bytes / status.attributions, status.bytes / 2**20
            print(f"  {each:,.0f} bytes an attribution, file {file:,.0f} MiB")
            if added:
                print(f"  recorded {added / wall:,.0f} reports/s, {1000 * cpu / added:.1f} ms CPU a report")
            report_times(store, asked)
    return 0


def grow(store: Store, maker: Maker, size: int) -> int:
    """Record until so many attributions are there; returns how many reports were added."""
    missing = (size - store.status().attributions) // PER_REPORT
    for done in range(0, missing, BATCH):
        store.record_many(maker.reports(min(BATCH, missing - done)))
    return max(0, missing)


def report_times(store: Store, asked: list[tuple[str, dict[str, str]]]) -> None:
    """Ask everything twice, and print the second times by kind and altogether: of the processor, and by the clock."""
    times: dict[str, list[tuple[float, float]]] = {}
    for _ in range(2):
        times.clear()
        for kind, fields in asked:
            begun, cpu = time.perf_counter(), time.process_time()
            store.search(Query(**fields))  # type: ignore[arg-type]
            spent = 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - begun)
            times.setdefault(kind, []).append(spent)
    print(f"  {'milliseconds':20}  CPU p50    p95    max   wall p50    p95    max")
    for kind, taken in [*times.items(), ("ALL", [x for each in times.values() for x in each])]:
        print(f"  {kind:20}  {'   '.join(spread(each) for each in zip(*taken, strict=True))}")


def spread(taken: tuple[float, ...]) -> str:
    """Median, 95th percentile and largest."""
    cuts = quantiles(taken, n=20)
    return f"{cuts[9]:7.1f} {cuts[18]:6.1f} {max(taken):6.1f}"


def record(db: Path, seed: int, seconds: float, acknowledged: Path, early: bool = False) -> None:
    """Record until the time is over, and write down each id once the store has acknowledged it.

    `early` writes it down before it is recorded: the rig must find that fault.
    """
    maker = Maker(seed=seed, articles=20, names=100)
    until = time.monotonic() + seconds
    with open_store(db) as store, acknowledged.open("ab", buffering=0) as out:
        while time.monotonic() < until:
            raw, extraction = maker.report()
            line = json.dumps([extraction.report.id, 0.0]) + "\n"
            begun = time.monotonic()
            if early:
                out.write(line.encode())
            outcome = store.record(raw, extraction)
            if not early:
                out.write((json.dumps([outcome.report_id, time.monotonic() - begun]) + "\n").encode())


def start(db: Path, seed: int, seconds: float, acknowledged: Path, early: bool = False) -> int:
    """A child process that records; its id. What it needs is imported before, so that kills meet work, not imports."""
    importlib.import_module("onrecord.store.sqlite")
    importlib.import_module("alembic.command")
    child = os.fork()
    if child:
        return child
    try:
        record(db, seed, seconds, acknowledged, early)
    except BaseException as error:
        print(f"a writer failed: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def acks(path: Path) -> list[tuple[str, float]]:
    """What was acknowledged, and after how many seconds; half a line at the end is none."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]


def kills(db: Path, count: int, early: bool) -> int:
    """Kill a recording process again and again, and compare what it had acknowledged with what is there."""
    chance, begun, written = random.Random(5), time.perf_counter(), db.with_name("acks")
    for seed in range(count):
        child = start(db, seed // 2, 60, written, early)
        before = written.stat().st_size if written.exists() else 0
        patience = time.monotonic() + chance.choice((0.0, 5.0, 5.0))
        while time.monotonic() < patience and (not written.exists() or written.stat().st_size == before):
            time.sleep(0.005)
        time.sleep(chance.random() * 0.1)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    acknowledged = {name for name, _ in acks(written)}
    faults = compare(db, acknowledged)
    print(f"{count} kills in {time.perf_counter() - begun:.0f} s, {len(acknowledged)} acknowledged, {faults} faults")
    return 1 if faults else 0


def compare(db: Path, acknowledged: set[str]) -> int:
    """Count what is lost, doubled, or found by `verify`."""
    with open_store(db) as store:
        there = [extraction.report.id for extraction in store.extractions()]
        lost, doubled, problems = acknowledged - set(there), len(there) - len(set(there)), list(store.verify())
    for problem in problems[:10]:
        print(problem)
    print(f"{len(lost)} lost, {doubled} doubled, {len(problems)} problems found by verify")
    return len(lost) + doubled + len(problems)


def writers(db: Path, processes: int, seconds: float) -> int:
    """Let several processes write at once, and see that none fails or waits too long."""
    written = [db.with_name(f"acks-{seed}") for seed in range(processes)]
    children = [start(db, seed, seconds, out) for seed, out in enumerate(written)]
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    rows = [acks(out) for out in written]
    waits = sorted(wait for each in rows for _, wait in each)
    least, most = min(map(len, rows)), max(map(len, rows))
    print(f"{processes} writers: {len(waits)} reports, {least} … {most} by each, {failed} failed")
    print(f"p50 {waits[len(waits) // 2]:.3f} s, p95 {waits[int(len(waits) * 0.95)]:.3f} s, max {waits[-1]:.3f} s")
    return 1 if failed + compare(db, {name for each in rows for name, _ in each}) else 0


if __name__ == "__main__":
    sys.exit(main())
