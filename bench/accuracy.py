"""Accuracy of the shipped extractor: `python bench/accuracy.py SHARED [--json FILE]`.

SHARED holds `data/polnear-dev.jsonl.xz`, `gold/`, `gold/stories/`, `specimen/` and `tools/score.py`, whose definitions
these figures follow (it is loaded from there, not copied). Texts are taken verbatim, as that program asks. PolNeAR is
flat, each word in at most one attribution: there, attributions within another's content are not compared; and it marks
acts and feelings, so that it is read with `--engine broad`. Attributions within another's content are
measured on their own, on articles of `data/polnear-train.jsonl.xz` that were held out of the training of that layer.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import lzma
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from onrecord.engines import default_engine
from onrecord.extraction import extract_all
from onrecord.model import Extraction, Found, Report
from onrecord.report_json import report_json


def scorer(shared: Path) -> ModuleType:
    """The program that defines the figures."""
    spec = importlib.util.spec_from_file_location("score", shared / "tools" / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{shared}/tools/score.py is not there: name the folder that holds data, gold, specimen and tools.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predict(
    texts: list[str], dates: list[str | None] | None = None, *, broad: bool = False
) -> list[list[dict[str, Any]]]:
    """The attributions of each text, in the JSON that users get; told the day it was published, as by `--published`.

    `broad`: as by `--engine broad`, which marks what PolNeAR's annotators mark, acts and feelings among it.
    """
    reports = [
        Report(text=t, raw_sha256="0" * 64, origin=str(k), published=Found(day, "user") if day else None)
        for k, (t, day) in enumerate(zip(texts, dates or [None] * len(texts), strict=True))
    ]
    done = [e for e in extract_all(reports, default_engine(broad=broad)) if isinstance(e, Extraction)]
    return [report_json(e)["attributions"] for e in done]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows of a .jsonl.xz file."""
    with lzma.open(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def polnear(shared: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Name, text and gold of each PolNeAR dev article."""
    score = scorer(shared)
    return [(r["doc"], r["text"], score.flat(r)) for r in rows_of(shared / "data" / "polnear-dev.jsonl.xz")]


def annotated(folder: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Name, text and gold of each report in a folder of annotated ones."""
    found = []
    for path in sorted(folder.glob("*.json")):
        text = path.with_name(path.name.replace(".gold.json", ".json")).with_suffix(".txt")
        if text.exists():
            gold = json.loads(path.read_text(encoding="utf8"))
            found.append((path.stem, text.read_text(encoding="utf8"), gold["attributions"]))
    return found


def published(folder: Path) -> list[str | None]:
    """Of each report in a folder of annotated ones, the day it was published, where the gold file tells."""
    named = {path.stem: json.loads(path.read_text(encoding="utf8")) for path in folder.glob("*.json")}
    return [named[name].get("published") for name, _, _ in annotated(folder)]


def within(shared: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Name, text and the attributions within others' contents of each held-out article."""
    score = scorer(shared)
    with (Path(__file__).parents[1] / "training" / "annotations" / "within.jsonl").open(encoding="utf8") as lines:
        inner = {row["doc"]: row["inner"] for row in map(json.loads, lines) if row.get("held_out")}
    rows = [r for r in rows_of(shared / "data" / "polnear-train.jsonl.xz") if r["doc"] in inner]
    return [(r["doc"], r["text"], score.flat({"attributions": inner[r["doc"]]})) for r in rows]


def held_out(shared: Path) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Name, text and gold of each report of the Fake News Challenge's training part that somebody read and nothing was
    trained on; kinds and times were not asked for."""
    texts = {int(r["body_id"]): r["text"] for r in rows_of(shared / "data" / "fnc1-train-bodies.jsonl.xz")}
    with (Path(__file__).parents[1] / "training" / "annotations" / "bodies.jsonl").open(encoding="utf8") as lines:
        rows = [row for row in map(json.loads, lines) if row.get("held_out") and row.get("attributions")]
    return [(str(r["body"]), texts[r["body"]], [_as_gold(a) for a in r["attributions"]]) for r in rows]


def _as_gold(a: dict[str, Any]) -> dict[str, Any]:
    """An attribution of training/annotations in the form that the scorer reads."""

    def span(found: list[Any] | None) -> dict[str, Any] | None:
        return {"start": found[0], "end": found[1]} if found else None

    return {
        "id": a["id"],
        "source": span(a["source"][0]) if a["source"] else None,
        "cue": span(a["cue"][0]) if a["cue"] else None,
        "content": [span(c) for c in a["content"]],
        "act": a["act"],
        "modality": a.get("modality", "plain"),
        "kind": None,
        "source_name": a.get("name"),
        "within": a.get("within"),
        "about": a.get("about"),
        "distance": [span(d) for d in a.get("distance", ())],
        "evidence": [{"start": b, "end": e, "type": kind} for b, e, kind in a.get("evidence", ())],
        "addressee": span(a.get("addressee")),
        "venue": span(a.get("venue")),
        "content_when": [],
    }


def figures(
    shared: Path,
    cases: list[tuple[str, str, list[dict[str, Any]]]],
    layer: Literal["all", "outer", "inner"],
    *,
    broad: bool = False,
) -> dict[str, float]:
    """Per cent, by score.py's names; fields other than spans and attributions are a later matter.

    `layer`: which of ours are compared: all, or where the gold has only one of them, those outside or within contents.
    """
    score = scorer(shared)
    out: dict[str, Any] = {}
    for (_, text, gold), pred in zip(cases, predict([c[1] for c in cases], broad=broad), strict=True):
        compared = [a for a in pred if layer == "all" or bool(a["within"]) == (layer == "inner")]
        score.score_report(text, compared, gold, out, fields=False)
    return {name: round(100 * value.f, 1) for name, value in out.items()}


def people(shared: Path, part: str) -> tuple[int, dict[str, float]]:
    """How far PolNeAR's annotators agree with each other: readings compared, and per cent by the same names."""
    score = scorer(shared)
    out: dict[str, Any] = {}
    readings = 0
    for row in rows_of(shared / "data" / f"polnear-{part}.jsonl.xz"):
        for other in row.get("other_annotators") or []:
            if other:
                score.score_report(row["text"], score.flat({"attributions": other}), score.flat(row), out, fields=False)
                readings += 1
    return readings, {name: round(100 * value.f, 1) for name, value in out.items()}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--people", action="store_true", help="PolNeAR's annotators against each other, instead")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args()
    if args.people:
        table = {
            f"{part}, {n} readings": found for part in ("train", "dev") for n, found in [people(args.shared, part)]
        }
    else:
        table = machine(args.shared)
    rows = list(next(iter(table.values())))
    print(f"{'':26}" + "".join(f"{name:>19}" for name in table))
    for row in rows:
        print(f"{row:26}" + "".join(f"{table[name][row]:19.1f}" for name in table))
    if args.json:
        args.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf8")


def machine(shared: Path) -> dict[str, dict[str, float]]:
    """The shipped extractor's figures on each set."""
    return {
        "PolNeAR dev": figures(shared, polnear(shared), "outer", broad=True),
        "gold": figures(shared, annotated(shared / "gold"), "all"),
        "gold stories": figures(shared, annotated(shared / "gold" / "stories"), "all"),
        "specimen": figures(shared, annotated(shared / "specimen"), "all"),
        "voices within": figures(shared, within(shared), "inner"),
        "reports held out": figures(shared, held_out(shared), "all"),
    }


if __name__ == "__main__":
    main()
