"""All script payloads (tests/web/payloads.py) in every text of a record, in a real browser: how many run, how many are
even held back by the policy, and how many run where nothing stands in their way.

    python bench/hostile_pages.py [N] [CLAIMS] [QUESTIONS]

Exits with 1 where one runs, is held back, becomes an element of a page, or cannot be read as text.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.web.hostile import STANDS_IN, hostile, look, places, unescaped  # noqa: E402
from tests.web.payloads import payloads  # noqa: E402
from tests.web.served import chromium, served, watched  # noqa: E402


def main(number: int | None = None, claims: int = 60, asked: int = 180) -> int:
    """Look at all pages, then at the control."""
    held, start = payloads(number), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, hostile(Path(folder) / "r.db", held) as record:
        print(
            f"{len(held):,} payloads in {record.status().reports:,} reports, {time.perf_counter() - start:.0f} s",
            flush=True,
        )
        with served(record) as desk, chromium() as browser:
            page = watched(browser.new_context(), desk.at)
            found = look(page, places(record, held, claims=claims, asked=asked), held)
            print(f"{found.pages:,} pages looked at, {time.perf_counter() - start:.0f} s")
            print(f"ran: {len(page.fired)}; asked of others: {len(page.strangers)}; console: {len(page.console)}")
            print(
                f"held back by the policy: {len(desk.desk.reports)}; elements that are not ours: {len(found.injected)}"
            )
            print(
                f"worked out as templates: {len(found.worked_out)}; read as text: {len(found.read):,} of {len(held):,}",
                flush=True,
            )
            faults = [
                *page.fired,
                *page.strangers,
                *page.console,
                *desk.desk.reports,
                *found.injected,
                *found.worked_out,
            ]
            faults += [each for each in held if each not in found.read]
            print(*faults[:20], sep="\n")
            control = watched(browser.new_context(), "about:blank")
            ran = set[int]().union(*(unescaped(control, held, before) for before in STANDS_IN))
            print(f"control, unescaped and without policy: {len(ran):,} of {len(held):,} ran")
    return 1 if faults or not ran else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
