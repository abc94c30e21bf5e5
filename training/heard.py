"""Who speaks in GUM's texts, as the shipped tagger reads them: `python -m training.heard DATA_FOLDER OUT.json`.

GUM marks who is who, but not who says what, which decides whom "I" and "he" can mean.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from onrecord.engines import default_engine
from onrecord.model import Report
from training.polnear import read


def main() -> None:
    """See the module's docstring. By document, in characters: a source or null, and contents."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    reports = [Report(row["text"], "0" * 64, row["doc"]) for row in read(args.data / "gum-open.jsonl.xz")]
    found = {
        report.origin: [
            ((p.source.start, p.source.end) if p.source else None, [(c.start, c.end) for c in p.content])
            for p in proposed.attributions
        ]
        for report, proposed in zip(reports, default_engine().propose(reports), strict=True)
    }
    args.out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
