"""How sure is sure: `python -m training.calibrate DATA_FOLDER` puts the calibration of each score into the package.

Platt scaling (Platt 1999) of what the engine in the package says of itself, per field, on articles that nothing was
trained on: acts, modalities and names by the annotations held out, attributions by PolNeAR's dev and by the reports
held out.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import onrecord
from onrecord.engines import default_engine
from onrecord.extraction import extract_all
from onrecord.model import Attribution, Extraction, Report, Span
from training.annotations import bodies, marks
from training.polnear import read
from training.seal import seal

PACKAGE = Path(onrecord.__file__).parent / "models" / "tagger"
FIELDS = ("attribution", "act", "modality", "entity")
Sure = tuple[float, bool]


def readings(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Extraction]]:
    """What the engine finds in each article."""
    reports = [Report(text=row["text"], raw_sha256="0" * 64, origin=row["doc"]) for row in rows]
    for row, found in zip(rows, extract_all(reports, default_engine()), strict=True):
        if isinstance(found, Extraction):
            yield row, found


def share(mine: Sequence[Span], gold: Sequence[Sequence[int]]) -> float:
    """Jaccard index of the characters of two contents."""
    a = {i for s in mine for i in range(s.start, s.end)}
    b = {i for start, end in gold for i in range(start, end)}
    return len(a & b) / max(1, len(a | b))


def match(found: Attribution, gold: Sequence[dict[str, Any]]) -> int | None:
    """The gold attribution that one found is: contents share half of their characters, and cues overlap."""
    best = max(range(len(gold)), key=lambda k: share(found.content, gold[k]["content"]), default=None)
    if best is None or share(found.content, gold[best]["content"]) < 0.5:
        return None
    cue = gold[best]["cue"]
    if bool(found.cue) != bool(cue) or (found.cue and not any(found.cue.overlaps(Span(*c)) for c in cue)):
        return None
    return best


def judged(data: Path) -> dict[str, list[Sure]]:
    """Of each field: how sure the engine was, and whether it was right."""
    sure: dict[str, list[Sure]] = {name: [] for name in FIELDS}
    for row, found in readings(read(data / "polnear-dev.jsonl.xz")):
        inside = {a.id for a in found.attributions if a.meaning.within}
        sure["attribution"] += [
            (a.score, match(a, row["attributions"]) is not None) for a in found.attributions if a.id not in inside
        ]
    train = {row["doc"]: row for row in read(data / "polnear-train.jsonl.xz")}
    guide, who = marks("guide", held_out=True), marks("who", held_out=True)
    for row, found in readings([train[doc] for doc in guide]):
        labels = guide[row["doc"]]["labels"]
        for a in found.attributions:
            at = match(a, row["attributions"])
            if at is None or labels[at].get("drop"):
                continue
            scores = dict(a.meaning.scores)
            sure["act"].append((scores["act"], a.meaning.act == labels[at]["act"]))
            sure["modality"].append((scores["modality"], a.meaning.modality == labels[at].get("modality", "plain")))
    for row, found in readings([train[doc] for doc in who]):
        sure["entity"] += list(led(found, who[row["doc"]]["entities"]))
    for row, found in readings(bodies(read(data / "fnc1-train-bodies.jsonl.xz"), held_out=True)):
        if row["who"]:
            sure["entity"] += list(led(found, row["who"]["entities"]))
        gold = [*row["guide"]["labels"], *row["guide"]["more"]] if row["guide"] else []
        for a in found.attributions if gold else ():
            at = match(a, gold)
            sure["attribution"].append((a.score, at is not None))
            if at is not None:
                scores = dict(a.meaning.scores)
                sure["act"].append((scores["act"], a.meaning.act == gold[at]["act"]))
                sure["modality"].append((scores["modality"], a.meaning.modality == gold[at].get("modality", "plain")))
    return sure


def led(found: Extraction, entities: Sequence[dict[str, Any]]) -> Iterator[Sure]:
    """Of each attribution whose source leads to an entity: whether most mentions of that one are of the right one."""
    of = [(Span(*m), k) for k, e in enumerate(entities) for m in e["mentions"]]
    named = {e.id: e for e in found.entities}
    for a in found.attributions:
        scores = dict(a.meaning.scores)
        if a.source is None or a.meaning.entity is None or "entity" not in scores:
            continue
        mine = [k for span, k in of if span.overlaps(a.source)]
        others = [
            k
            for m in named[a.meaning.entity].mentions
            for span, k in of
            if span.overlaps(m) and not m.overlaps(a.source)
        ]
        if mine and others:
            yield scores["entity"], max(set(others), key=others.count) == mine[-1 if len(mine) > 1 else 0]


def platt(rows: Sequence[Sure]) -> tuple[float, float]:
    """Slope and offset of the logit, by Newton's method, with Platt's priors and a slight pull towards leaving it."""
    x = np.array([logit(p) for p, _ in rows])
    right = np.array([r for _, r in rows])
    up, down = right.sum(), (~right).sum()
    y = np.where(right, (up + 1) / (up + 2), 1 / (down + 2))
    a, b = 1.0, 0.0
    for _ in range(100):
        p = 1 / (1 + np.exp(-(a * x + b)))
        w = p * (1 - p) + 1e-9
        gradient = np.array([((p - y) * x).sum() + 0.5 * (a - 1), (p - y).sum()])
        bend = np.array([[(w * x * x).sum() + 0.5, (w * x).sum()], [(w * x).sum(), w.sum()]])
        step = np.clip(np.linalg.solve(bend, gradient), -0.5, 0.5)
        a, b = a - step[0], b - step[1]
    return max(a, 0.05), b


def logit(p: float) -> float:
    """Of a probability, held off 0 and 1."""
    p = min(max(p, 1e-3), 1 - 1e-3)
    return math.log(p / (1 - p))


def gap(rows: Sequence[Sure]) -> float:
    """Expected calibration error in ten bins, per cent."""
    bins: dict[int, list[Sure]] = {}
    for p, right in rows:
        bins.setdefault(min(9, int(10 * p)), []).append((p, right))
    return 100 * sum(abs(sum(p - r for p, r in each)) for each in bins.values()) / max(1, len(rows))


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    with np.load(PACKAGE / "tables.npz", allow_pickle=False) as held:
        tables = {name: held[name] for name in held.files if not name.startswith("calibration.")}
    np.savez(PACKAGE / "tables.npz", **tables)  # the engine must tell its own scores, not what they were made into
    seal(PACKAGE)
    for name, rows in judged(args.data).items():
        a, b = platt(rows)
        after = [(1 / (1 + math.exp(-(a * logit(p) + b))), right) for p, right in rows]
        print(f"{name}: {len(rows)}, right {np.mean([r for _, r in rows]):.3f}, slope {a:.3f}, offset {b:.3f}, "
              f"error {gap(rows):.1f} → {gap(after):.1f}")  # fmt: skip
        tables[f"calibration.{name}"] = np.array([a, b], np.float32)
    np.savez(PACKAGE / "tables.npz", **tables)
    seal(PACKAGE)


if __name__ == "__main__":
    main()
