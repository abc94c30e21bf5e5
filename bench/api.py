"""Thousands of calls to the API, made from its schema by schemathesis: no error of the server, no answer that the
schema does not tell.

    python bench/api.py                 about 5,500 calls
    python bench/api.py --examples 10   a tenth of it

Half of the calls fit the schema, most of them on rows that are there; half do not. What people judge that way changes
the record, so `verify` runs at the end. Exit 1 where anything did not hold.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from onrecord import engines
from tests.tiny import TinyEngine
from tests.web.api_calls import call_all
from tests.web.api_sample import client, sample


def main() -> int:
    """Run, and print the counts."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=int, default=76, help="calls of each operation that fit, and that do not")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    engines.default_engine = lambda **_: TinyEngine()  # type: ignore[assignment]
    begun = perf_counter()
    with TemporaryDirectory() as folder, sample(Path(folder) / "r.db") as record:
        schema = client(record).get("/api/v1/openapi.json").json()
        counts = call_all(record, schema, given.examples, given.seed)
        problems = list(record.verify())
        judged = len(record.judgements(withdrawn=True))
    errors = sum(n for status, n in counts.statuses.items() if status >= 500)
    print(f"calls            {counts.calls:,} of {len(counts.operations)} operations, {perf_counter() - begun:.0f} s")
    print(f"server errors    {errors}")
    print(f"drift            {len(counts.wrong)}")
    print(f"verify           {len(problems)} problems after {judged} judgements")
    for status, n in sorted(counts.statuses.items()):
        print(f"  {int(status)}  {n:,}")
    for wrong in counts.wrong[:20]:
        print(wrong, end="\n\n")
    return 1 if errors or counts.wrong or problems else 0


if __name__ == "__main__":
    sys.exit(main())
