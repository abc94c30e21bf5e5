"""Backups while others write: does each hold everything that was acknowledged before it began, and is it whole?

    python bench/backup.py 20 [--writers 4] [--reports 0] [--careless]

Writers record without a pause; meanwhile so many backups are made, one after the other, and each is restored and gone
through by `verify`. `--reports` puts so many in first. Prints how long a backup took and, of the writers, how long the
longest wait for an acknowledgement was. `--careless` copies the file with `cp` instead: the rig must find that fault.
Exits with 1 where anything acknowledged is lacking, or `verify` finds a problem.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from generated import Maker
from store import start

from onrecord.backup import back_up, restore
from onrecord.errors import OnRecordError
from onrecord.store import open_store

BATCH = 200


def main() -> int:
    """Run it; the exit code says whether all backups held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=20)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--reports", type=int, default=0)
    parser.add_argument("--careless", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return under_load(Path(folder), given.count, given.writers, given.reports, careless=given.careless)


def under_load(folder: Path, count: int, writers: int, reports: int, *, careless: bool) -> int:
    """All of it, in a folder."""
    db = folder / "record.db"
    fill(db, reports)
    logs = [folder / f"log-{k}" for k in range(writers)]
    children = [start(db, 1000 + k, 1e6, log) for k, log in enumerate(logs)]
    lost = problems = 0
    took: list[float] = []
    try:
        while not all(log.exists() and log.stat().st_size for log in logs):
            time.sleep(0.05)
        for k in range(count):
            before = acknowledged(logs)
            begun = time.monotonic()
            copy = careless_copy(db, folder / f"copy-{k}.db") if careless else None
            if copy is None:
                copy = folder / f"restored-{k}.db"
                made = back_up(folder / "backups", str(db), None, keep=2)
                took.append(time.monotonic() - begun)
                restore(made, copy, folder / "no-desk.db")
            missing, wrong = looked_at(copy, set(before))
            lost, problems = lost + missing, problems + wrong
            for left in folder.glob(f"{copy.name}*"):
                left.unlink()
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    waits = acknowledged(logs)
    size = db.stat().st_size / 1e6
    print(f"{count} backups of a record of {size:.0f} MB at the end; {writers} writers, {len(waits)} acknowledged")
    if took:
        print(
            f"a backup took {min(took):.2f} to {max(took):.2f} s; longest wait of a writer {max(waits.values()):.2f} s"
        )
    print(f"{lost} lost, {problems} problems")
    return int(bool(lost or problems))


def fill(db: Path, reports: int) -> None:
    """Put reports in first."""
    maker = Maker(articles=2000)
    with open_store(db) as store:
        for done in range(0, reports, BATCH):
            store.record_many(maker.reports(min(BATCH, reports - done)))


def careless_copy(db: Path, to: Path) -> Path:
    """As somebody does it who does not know better: in pieces, while the file changes."""
    with db.open("rb") as source, to.open("wb") as copy:
        while chunk := source.read(2**16):
            copy.write(chunk)
            time.sleep(0.01)
    return to


def acknowledged(logs: list[Path]) -> dict[str, float]:
    """Id of each report that a writer was told is recorded → how long it waited for that."""
    lines = (line for log in logs for line in log.read_text().splitlines(keepends=True) if line.endswith("\n"))
    return dict(json.loads(line) for line in lines)


def looked_at(copy: Path, wanted: set[str]) -> tuple[int, int]:
    """How many of the wanted reports are missing, and how many problems `verify` finds."""
    try:
        with open_store(copy, create=False) as store:
            held: set[str] = set()
            cursor = None
            while True:
                page = store.heads(limit=500, cursor=cursor)
                held.update(head.id for head in page)
                cursor = page.cursor
                if cursor is None:
                    break
            return len(wanted - held), sum(1 for _ in store.verify())
    except OnRecordError as error:
        print(error, file=sys.stderr)
        return len(wanted), 1


if __name__ == "__main__":
    sys.exit(main())
