"""Accuracy of the shipped extractor: `python bench/accuracy.py SHARED [--json FILE]`.

SHARED holds `data/polnear-dev.jsonl.xz`, `gold/`, `gold/stories/`, `specimen/` and `tools/score.py`, whose definitions
these figures follow (it is loaded from there, not copied). Texts are taken verbatim, as that program asks.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import lzma
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from onrecord.engines import default_engine
from onrecord.extraction import extract_all
from onrecord.model import Extraction, Report


def scorer(shared: Path) -> ModuleType:
    """The program that defines the figures."""
    spec = importlib.util.spec_from_file_location("score", shared / "tools" / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{shared}/tools/score.py is not there: name the folder that holds data, gold, specimen and tools.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predict(texts: list[str]) -> list[list[dict[str, Any]]]:
    """The attributions of each text, in the JSON that users get."""
    reports = [Report(text=t, raw_sha256="0" * 64, origin=str(k)) for k, t in enumerate(texts)]
    done = [e for e in extract_all(reports, default_engine()) if isinstance(e, Extraction)]
    return [e.to_dict()["attributions"] for e in done]


def polnear(shared: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Name, text and gold of each PolNeAR dev article."""
    score = scorer(shared)
    with lzma.open(shared / "data" / "polnear-dev.jsonl.xz", "rt", encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(r["doc"], r["text"], score.flat(r)) for r in rows]


def annotated(folder: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Name, text and gold of each report in a folder of annotated ones."""
    found = []
    for path in sorted(folder.glob("*.json")):
        text = path.with_name(path.name.replace(".gold.json", ".json")).with_suffix(".txt")
        if text.exists():
            gold = json.loads(path.read_text(encoding="utf8"))
            found.append((path.stem, text.read_text(encoding="utf8"), gold["attributions"]))
    return found


def figures(shared: Path, cases: list[tuple[str, str, list[dict[str, Any]]]]) -> dict[str, float]:
    """Per cent, by score.py's names; fields other than spans and attributions are a later matter."""
    score = scorer(shared)
    out: dict[str, Any] = {}
    for (_, text, gold), pred in zip(cases, predict([c[1] for c in cases]), strict=True):
        score.score_report(text, pred, gold, out, fields=False)
    return {name: round(100 * value.f, 1) for name, value in out.items()}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args()
    sets = {
        "PolNeAR dev": polnear(args.shared),
        "gold": annotated(args.shared / "gold"),
        "gold stories": annotated(args.shared / "gold" / "stories"),
        "specimen": annotated(args.shared / "specimen"),
    }
    table = {name: figures(args.shared, cases) for name, cases in sets.items()}
    rows = list(next(iter(table.values())))
    print(f"{'':26}" + "".join(f"{name:>14}" for name in table))
    for row in rows:
        print(f"{row:26}" + "".join(f"{table[name][row]:14.1f}" for name in table))
    if args.json:
        args.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
