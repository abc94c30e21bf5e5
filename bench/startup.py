"""Start-up: `python bench/startup.py`.

CPU time of `onrecord --help` over that of `import typer`; and the time to the first answer of `onrecord extract` on one
short report, with its files in the system's cache and with none (Python, its packages and ours put out of it).
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

RUNS = 7
REPORT = "The mayor said the bridge is safe. “We looked at every bolt,” Mara Lind told reporters.\n"


def cpu_seconds(*call: str) -> float:
    """CPU time, user and system, that one process took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(call, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_answer(report: Path) -> float:
    """Wall time from the call to the whole answer."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "onrecord", "extract", str(report)], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def put_out_of_cache(folders: Iterable[Path]) -> None:
    """Every file in these folders, so that it must come from the disk again."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                handle = os.open(path, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


def main() -> None:
    """Print the figures."""
    typer = min(cpu_seconds(sys.executable, "-c", "import typer") for _ in range(RUNS))
    ours = min(cpu_seconds(sys.executable, "-m", "onrecord", "--help") for _ in range(RUNS))
    print(f"import typer {typer * 1000:.0f} ms, onrecord --help {ours * 1000:.0f} ms, ratio {ours / typer:.2f}")
    folders = {Path(sys.prefix), Path(sys.base_prefix) / "lib", Path(sys.base_prefix) / "bin"}
    folders.add(Path(__file__).parents[1] / "src")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.txt"
        report.write_text(REPORT, encoding="utf8")
        first_answer(report)
        warm = statistics.median(first_answer(report) for _ in range(RUNS))
        cold = []
        for _ in range(3):
            put_out_of_cache(folders)
            cold.append(first_answer(report))
    print(f"first answer of onrecord extract: {warm:.2f} s, with no file cached {statistics.median(cold):.2f} s")


if __name__ == "__main__":
    main()
