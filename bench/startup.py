"""Start-up: CPU time of `onrecord --help` over that of `import typer`, best of some runs: `python bench/startup.py`."""

from __future__ import annotations

import resource
import subprocess
import sys

RUNS = 7


def cpu_seconds(*call: str) -> float:
    """CPU time, user and system, that one process took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(call, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print both times and their ratio."""
    typer = min(cpu_seconds(sys.executable, "-c", "import typer") for _ in range(RUNS))
    ours = min(cpu_seconds(sys.executable, "-m", "onrecord", "--help") for _ in range(RUNS))
    print(f"import typer {typer * 1000:.0f} ms, onrecord --help {ours * 1000:.0f} ms, ratio {ours / typer:.2f}")


if __name__ == "__main__":
    main()
