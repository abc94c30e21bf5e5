"""What linking a new attribution costs as the record grows: `python bench/linking.py DATA [--sizes 10000 1000000]`.

DATA holds polnear-dev.jsonl.xz. The record is filled with statements whose vectors are those of what its articles say,
each a little turned, in their cells; then the same articles, under other dates, are linked to it. Prints CPU and clock
per attribution at each size, how long a standing takes, how long deriving all from the log takes, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import lzma
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

import onrecord
from onrecord.clean import clean
from onrecord.engines import default_engine
from onrecord.extraction import extract_one
from onrecord.link import Comparer
from onrecord.linking import find_claims, run_of
from onrecord.model import RawReport
from onrecord.store import open_store

ARTICLES = 24
"""Articles that are linked at each size, and as many to fill the record with."""
TURNED = 0.9
"""How much is added to a vector, as a share of its length, in a direction of its own."""


def articles(data: Path, first: int) -> list[str]:
    """So many texts of the file."""
    with lzma.open(data / "polnear-dev.jsonl.xz", "rt", encoding="utf8") as lines:
        return [json.loads(line)["text"] for line in lines][first : first + ARTICLES]


def write(folder: Path, texts: list[str], name: str) -> Path:
    """One file for each."""
    folder.mkdir()
    for k, text in enumerate(texts):
        (folder / f"{name}{k}.txt").write_text(text, encoding="utf8")
    return folder


def fill(path: Path, size: int, comparer: Comparer) -> None:
    """Statements up to so many, made of those there."""
    rng = np.random.default_rng(size)
    with closing(sqlite3.connect(path)) as db:
        run = db.execute("SELECT seq FROM runs WHERE id = ?", (run_of(comparer).id,)).fetchone()[0]
        held = db.execute("SELECT vector, text, report_seq, run_seq FROM statements ORDER BY 1 LIMIT 2000").fetchall()
        seq = db.execute("SELECT max(seq) FROM attributions").fetchone()[0]
        count = db.execute("SELECT count(*) FROM statements").fetchone()[0]
        base = np.frombuffer(b"".join(row[0] for row in held), np.int8).reshape(len(held), -1).astype(np.float32) / 127
        while count < size:
            some = rng.integers(0, len(held), min(20000, size - count))
            noise = rng.normal(size=(len(some), base.shape[1])).astype(np.float32)
            vectors = base[some] + TURNED * noise / np.linalg.norm(noise, axis=1, keepdims=True)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            cells = comparer.cells(vectors, 1)[:, 0]
            packed = np.rint(vectors * 127).astype(np.int8)
            db.executemany(
                "INSERT INTO attributions (seq, id, report_seq, content) VALUES (?, ?, ?, '')", _said(some, held, seq)
            )
            db.executemany(
                "INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, 'holds', '', '')",
                (
                    (seq + k + 1, run, held[j][2], held[j][3], int(cells[k]), packed[k].tobytes(), held[j][1])
                    for k, j in enumerate(some)
                ),
            )
            db.executemany(
                "INSERT INTO positions VALUES (?, ?, 'affirms', 0)",
                ((seq + k + 1, f"attribution-sha256-{seq + k + 1:032x}") for k in range(len(some))),
            )
            seq, count = seq + len(some), count + len(some)
        db.commit()


def _said(some: np.ndarray, held: list[tuple[bytes, str, int, int]], seq: int) -> Iterator[tuple[int, str, int]]:
    for k, j in enumerate(some):
        yield seq + k + 1, f"attribution-sha256-{seq + k + 1:032x}", held[j][2]


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    args = parser.parse_args()
    comparer, engine = Comparer(), default_engine()
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.db"
        onrecord.record(write(Path(folder) / "fill", articles(args.data, 0), "f"), path, verbatim=True)
        with onrecord.open(path) as record:
            clock = time.perf_counter()
            found = record.claims(limit=100)
            told = [claim.standing() for claim in found]
            print(f"a claim with its standing {1000 * (time.perf_counter() - clock) / len(told):.0f} ms")
        texts = articles(args.data, ARTICLES)
        for size in args.sizes:
            fill(path, size, comparer)
            fresh = [f"{text}\n\nPrinted {size}." for text in texts]
            with open_store(path) as store:
                for k, text in enumerate(fresh):
                    raw = RawReport(text.encode(), "text", f"{size}-{k}.txt")
                    store.record(raw, extract_one(clean(raw, verbatim=True), engine))
                before, clock = time.process_time(), time.perf_counter()
                count = find_claims(store, comparer)
                cpu, wall = time.process_time() - before, time.perf_counter() - clock
            first = first or cpu / count
            print(
                f"{size:>9,} statements: {1000 * cpu / count:.1f} ms CPU, {1000 * wall / count:.1f} ms an attribution "
                f"({cpu / count / first:.2f} × the first), {count} linked"
            )
        with open_store(path) as store:
            clock = time.perf_counter()
            store.rebuild()
            print(
                f"rebuilt from observed and judged: {args.sizes[-1] / (time.perf_counter() - clock):,.0f} statements/s"
            )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
