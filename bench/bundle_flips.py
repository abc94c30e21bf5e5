"""Flips bytes of an evidence bundle, one at a time, and counts how many are found: every one must be.

PYTHONPATH=src:. python bench/bundle_flips.py [EVERY [FROM]]

Every EVERYth byte (1: all) from one on, each with one random bit.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from onrecord.answer import open_record
from onrecord.errors import InputError
from onrecord.export import bundle, bundle_check, new_key, signing
from onrecord.export.chosen import Chosen
from tests.export.examples import record


def main(every: int = 1, start: int = 0) -> int:
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        new_key(place / "key")
        with open_record(record(place / "r.db")) as asked:
            bundle.write(place / "b.zip", Chosen(asked, (), "closed"), signing.private_key(place / "key"))
        whole = (place / "b.zip").read_bytes()
        assert not bundle_check.check(place / "b.zip").problems
        missed, started, flipped = [], time.perf_counter(), place / "f.zip"
        places = range(start, len(whole), every)
        for at in places:
            data = bytearray(whole)
            data[at] ^= 1 << rng.randrange(8)
            flipped.write_bytes(data)
            if not found(flipped):
                missed.append(at)
        seconds = time.perf_counter() - started
    print(f"{len(whole)} bytes, {len(places)} flipped in {seconds:.0f} s, {len(places) - len(missed)} found, {missed=}")
    return bool(missed)


def found(path: Path) -> bool:
    try:
        return bool(bundle_check.check(path).problems)
    except InputError:
        return True


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
