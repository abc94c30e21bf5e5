"""What meaning costs beside spans and links alone: `python bench/cost.py DATA_FOLDER [--articles N]`.

DATA_FOLDER holds polnear-dev.jsonl.xz. Both are run in turn, three times each, in one process; medians of wall time and
CPU, and their ratio. Then peak memory of whole extraction, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import lzma
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onrecord.engines import default_engine, tagger
from onrecord.engines.reading import Reader
from onrecord.extraction import extract_all
from onrecord.model import Proposed, Report
from onrecord.report_json import report_json

ROUNDS = 3


def texts(data: Path, articles: int) -> list[Report]:
    """Articles as reports."""
    with lzma.open(data / "polnear-dev.jsonl.xz", "rt", encoding="utf8") as lines:
        rows = [json.loads(line)["text"] for line in lines][:articles]
    return [Report(text=text, raw_sha256="0" * 64, origin=str(k)) for k, text in enumerate(rows)]


@contextmanager
def spans_alone() -> Iterator[None]:
    """Within, the engine stops once spans are found and linked."""
    held: tuple[Any, Any] = (Reader.read, tagger._Loaded._labels)
    Reader.read = lambda *_: Proposed(())  # type: ignore[assignment]
    tagger._Loaded._labels = lambda *_: iter(())  # type: ignore[assignment]
    try:
        yield
    finally:
        Reader.read, tagger._Loaded._labels = held  # type: ignore[method-assign]


def timed(reports: Sequence[Report]) -> tuple[float, float]:
    """Wall time and CPU of text → JSON."""
    wall, cpu = time.perf_counter(), time.process_time()
    for extraction in extract_all(reports, default_engine()):
        report_json(extraction)  # type: ignore[arg-type]
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--peak", action="store_true", help="whole extraction once, and its peak memory in MiB")
    args = parser.parse_args()
    reports = texts(args.data, args.articles)
    timed(reports[:2])
    if args.peak:
        timed(reports)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    whole, alone = [], []
    for _ in range(ROUNDS):
        whole.append(timed(reports))
        with spans_alone():
            alone.append(timed(reports))
    for k, name in enumerate(("wall", "CPU")):
        ours, theirs = (statistics.median(run[k] for run in runs) for runs in (whole, alone))
        print(f"{name}: whole {ours:.1f} s, spans and links alone {theirs:.1f} s, ratio {ours / theirs:.2f}")
    command = [sys.executable, __file__, str(args.data), "--articles", str(args.articles), "--peak"]
    peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    print(f"peak memory of whole extraction: {peak} MiB")


if __name__ == "__main__":
    main()
