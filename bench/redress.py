"""Takedown and audit log by the hundred: `python bench/redress.py [NAMES] [TAMPERINGS]` (default 200, 2000).

Each takedown is of a random name that stands in texts, bytes, bylines, reasons, replies, failures and the audit log, in
a record and desk of its own; afterwards every file of the folder is looked through, by none of the code under test. The
control is the same search before. Each tampering is one edit, deletion, insertion, reordering, cut or forgery of a log
of 50 entries; cuts and forgeries are looked for with a head kept elsewhere, and without one as the control.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from onrecord.audit import Entry, Head, digest_of, faults, hash_of
from onrecord.desk import open_the_desk
from onrecord.redress import take_down
from onrecord.store import open_store
from tests.test_takedown import spread, standing

WHAT = (
    "stood before (control)",
    "left",
    "said to be left",
    "record no longer verifies",
    "log no longer verifies",
    "no tombstone",
)
LETTERS = "abdeghiklmnoprstuvzéößøčığñΩжд"


def takedowns(count: int, rng: random.Random) -> None:
    """Prints how many names were left anywhere, how many records or logs no longer verified."""
    found: Counter[str] = Counter()
    with TemporaryDirectory() as at:
        empty, folder = Path(at) / "empty", Path(at) / "taken"
        empty.mkdir()
        open_store(empty / "record.db").close()
        open_the_desk(empty / "desk.db", create=True).close()
        for _ in range(count):
            words = ("".join(rng.choices(LETTERS, k=rng.randint(4, 9))) for _ in range(rng.randint(2, 3)))
            name = " ".join(word[0].upper() + word[1:] for word in words)
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(empty, folder)
            with open_store(folder / "record.db") as store, open_the_desk(folder / "desk.db") as desk:
                spread(store, desk, name)
                found["stood before (control)"] += bool(standing(folder, name))
                ids = [each.report.id for each in store.mentions([name])]
                done = take_down(store, desk, ids, [name], by="ada", reason="court order")
                found["said to be left"] += bool(done.left)
                found["record no longer verifies"] += bool(list(store.verify()))
                found["log no longer verifies"] += bool(list(desk.faults()))
                found["no tombstone"] += {t.report_id for t in store.takedowns()}.isdisjoint(ids)
            found["left"] += bool(standing(folder, name))
    for what in WHAT:
        print(f"takedown  {what}: {found[what]} of {count}")


def log_of(length: int) -> list[Entry]:
    """A whole log."""
    out: list[Entry] = []
    for seq in range(1, length + 1):
        previous, at = out[-1].hash if out else "0" * 64, f"2031-05-03T09:00:{seq:02}+00:00"
        entry = Entry(
            seq, at, "machine", None, "export", None, digest_of("s", {"n": seq}), previous, "", "s", {"n": seq}
        )
        out.append(replace(entry, hash=hash_of(entry)))
    return out


def linked(log: list[Entry], start: int) -> list[Entry]:
    """The entries from one on numbered and hashed anew, so that all fits."""
    out = log[:start]
    for seq, entry in enumerate(log[start:], start + 1):
        new = replace(entry, seq=seq, previous=out[-1].hash if out else "0" * 64)
        out.append(replace(new, hash=hash_of(new)))
    return out


def tamperings(count: int, rng: random.Random) -> None:
    """Prints how many of each kind were found."""
    whole = log_of(50)
    head = Head(whole[-1].seq, whole[-1].hash, whole[-1].at)
    fields = ("at", "who", "workspace", "action", "target", "digest", "previous", "hash", "salt")

    def edit(k: int) -> list[Entry]:
        return [*whole[:k], replace(whole[k], **{rng.choice(fields): "x"}), *whole[k + 1 :]]  # type: ignore[arg-type]

    def delete(k: int) -> list[Entry]:
        return [*whole[: min(k, 48)], *whole[min(k, 48) + 1 :]]

    def insert(k: int) -> list[Entry]:
        return [*whole[:k], whole[rng.randrange(50)], *whole[k:]]

    def reorder(k: int) -> list[Entry]:
        other = (k + rng.randint(1, 49)) % 50
        out = list(whole)
        out[k], out[other] = out[other], out[k]
        return out

    def cut(k: int) -> list[Entry]:
        return whole[:k]

    def forge(k: int) -> list[Entry]:
        return linked([*whole[:k], replace(whole[k], who="nobody"), *whole[k + 1 :]], k)

    kinds: tuple[Callable[[int], list[Entry]], ...] = (edit, delete, insert, reorder, cut, forge)
    for make in kinds:
        alone = with_head = 0
        each = count // len(kinds)
        for _ in range(each):
            log = make(rng.randrange(50))
            alone += bool(list(faults(log)))
            with_head += bool(list(faults(log, head)))
        print(f"audit     {make.__name__}: {alone} of {each} found; {with_head} with a head kept elsewhere")
    print(
        f"audit     whole log, with and without a head: {len(list(faults(whole)) + list(faults(whole, head)))} faults"
    )


if __name__ == "__main__":
    asked = [int(a) for a in sys.argv[1:]]
    tamperings(asked[1] if len(asked) > 1 else 2000, random.Random(1))
    takedowns(asked[0] if asked else 200, random.Random(2))
