"""What attributions mean, field by field: `python bench/meaning.py SHARED [--plot FILE.svg] [--json FILE]`.

SHARED as for `bench/accuracy.py`, whose reading and whose scorer this uses. Prints, over the specimen, the annotated
reports and the stories together and apart, and over the reports of training/annotations that are held out, every
field's figure by `tools/score.py`'s definitions; wrong names (a name was given, and it is not the right one); act,
modality and kind per class with what they were taken for; and for each field with a score how wrong what is kept is,
the more of the least sure is left out (risk against coverage).
"""

from __future__ import annotations

import argparse
import collections
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from accuracy import annotated, held_out, predict, published, scorer

Case = tuple[str, str, list[dict[str, Any]], list[dict[str, Any]]]
Sure = tuple[float, bool]
CLASSED = ("act", "modality", "kind")
COLOURS = ("#0b6e99", "#b35900", "#5b7f00", "#8a3ffc")


def cases_of(folder: Path) -> list[Case]:
    """Name, text, gold and what was found of each report in a folder, told its date where the gold has one."""
    gold = annotated(folder)
    found = predict([text for _, text, _ in gold], published(folder))
    return [(name, text, right, mine) for (name, text, right), mine in zip(gold, found, strict=True)]


def fields(score: ModuleType, cases: Iterable[Case]) -> dict[str, float]:
    """Every figure of score.py, per cent, and wrong names among those that have one in the gold."""
    out: dict[str, Any] = {}
    wrong = score.Rate()
    for _, text, gold, found in cases:
        score.score_report(text, found, gold, out)
        for i, j in score.pair(found, gold):
            name, right = found[i]["source_name"], gold[j].get("source_name")
            if right:
                wrong.add(bool(name) and not score.same_name(name, right))
    shares = {k: round(100 * v.f, 1) for k, v in out.items()}
    return shares | {"wrong name": round(100 * wrong.f, 1) if wrong.of else 0.0}


def taken_for(score: ModuleType, cases: Iterable[Case], field: str) -> dict[str, collections.Counter[str]]:
    """Of each class in the gold, what it was taken for."""
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for _, _, gold, found in cases:
        for i, j in score.pair(found, gold):
            right, mine = gold[j][field], found[i][field]
            table[right][right if mine in gold[j].get(f"{field}_also", ()) else str(mine)] += 1
    return dict(table)


def print_classes(table: dict[str, collections.Counter[str]], field: str) -> None:
    """One line a class: how many, precision and recall, and what it was mistaken for."""
    print(f"\n{field:14}{'gold':>6}{'P':>7}{'R':>7}  taken for")
    said = collections.Counter[str]()
    for row in table.values():
        said.update(row)
    for name, row in sorted(table.items(), key=lambda item: -item[1].total()):
        hits = row[name]
        precision = 100 * hits / said[name] if said[name] else 0.0
        others = ", ".join(f"{other} {n}" for other, n in row.most_common() if other != name)
        print(f"{name:14}{row.total():6}{precision:7.1f}{100 * hits / row.total():7.1f}  {others}")


def sureness(score: ModuleType, cases: Iterable[Case]) -> dict[str, list[Sure]]:
    """Of each field with a score: how sure we were, and whether it is right."""
    found: dict[str, list[Sure]] = {"attribution": [], "act": [], "modality": [], "source_name": []}
    for _, _, gold, mine in cases:
        pairs = dict(score.pair(mine, gold))
        for i, a in enumerate(mine):
            found["attribution"].append((a["score"], i in pairs))
        for i, j in pairs.items():
            a, g = mine[i], gold[j]
            for field in ("act", "modality"):
                if field in a["scores"]:
                    right = a[field] == g[field] or a[field] in g.get(f"{field}_also", ())
                    found[field].append((a["scores"][field], right))
            if a["source_name"] and g.get("source_name") and "entity" in a["scores"]:
                right = score.same_name(a["source_name"], g["source_name"])
                found["source_name"].append((a["scores"]["entity"], right))
    return {name: rows for name, rows in found.items() if rows}


def expected_error(rows: Sequence[Sure]) -> float:
    """Expected calibration error in ten equal bins (Guo et al. 2017), per cent."""
    bins: dict[int, list[Sure]] = collections.defaultdict(list)
    for sure, right in rows:
        bins[min(9, int(10 * sure))].append((sure, right))
    gaps = (abs(sum(s for s, _ in each) - sum(r for _, r in each)) for each in bins.values())
    return 100 * sum(gaps) / len(rows)


def curve(rows: Sequence[Sure]) -> list[tuple[float, float]]:
    """Coverage and risk, per cent, keeping the surest first."""
    ordered = sorted(rows, key=lambda r: -r[0])
    wrong, found = 0, []
    for n, (_, right) in enumerate(ordered, 1):
        wrong += not right
        if n >= max(5, len(ordered) // 50):
            found.append((100 * n / len(ordered), 100 * wrong / n))
    return found


def plot(curves: dict[str, list[tuple[float, float]]]) -> str:
    """The curves as SVG."""
    wide, high, left, top = 560, 300, 50, 20
    most = max((risk for points in curves.values() for _, risk in points), default=50.0)
    most = max(10.0, 10 * (1 + most // 10))

    def at(x: float, y: float) -> str:
        return f"{left + x / 100 * wide:.1f},{top + high - y / most * high:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide + 200} {high + 70}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Share wrong against share kept">',
        f'<rect width="{wide + 200}" height="{high + 70}" fill="#fff"/>',
    ]
    for k in range(0, int(most) + 1, 10):
        parts.append(f'<polyline points="{at(0, k)} {at(100, k)}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{top + high - k / most * high + 4:.0f}" text-anchor="end">{k} %</text>')
    for k in range(0, 101, 20):
        x = left + k / 100 * wide
        parts.append(f'<text x="{x:.0f}" y="{top + high + 20}" text-anchor="middle">{k} %</text>')
    for k, (name, points) in enumerate(curves.items()):
        colour = COLOURS[k % len(COLOURS)]
        line = " ".join(at(x, y) for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{left + wide + 16}" y="{top + 16 + 20 * k}" fill="{colour}">{name}</text>')
    middle = left + wide // 2
    parts.append(f'<text x="{middle}" y="{top + high + 42}" text-anchor="middle">kept, surest first</text>')
    parts.append(f'<text x="{left}" y="14">wrong among what is kept</text></svg>')
    return "\n".join(parts) + "\n"


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--plot", type=Path, help="write risk against coverage there, as SVG")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args()
    score = scorer(args.shared)
    folders = {"gold": args.shared / "gold", "stories": args.shared / "gold" / "stories"}
    folders["specimen"] = args.shared / "specimen"
    sets = {name: cases_of(folder) for name, folder in folders.items()}
    every = [case for cases in sets.values() for case in cases]
    read = held_out(args.shared)
    sets["held out"] = [(*case, mine) for case, mine in zip(read, predict([c[1] for c in read]), strict=True)]
    table = {name: fields(score, cases) for name, cases in {"all": every, **sets}.items()}
    for untold in ("kind", "content_when"):
        del table["held out"][untold]
    print(f"{'':26}" + "".join(f"{name:>10}" for name in table))
    for row in table["all"]:
        print(
            f"{row:26}" + "".join(f"{figures[row]:10.1f}" if row in figures else " " * 10 for figures in table.values())
        )
    for field in CLASSED:
        print_classes(taken_for(score, every, field), field)
    rows = sureness(score, every)
    print(f"\n{'scored field':14}{'of':>6}{'wrong':>8}{'calibration error':>20}")
    for name, sure in rows.items():
        wrong = 100 * sum(not right for _, right in sure) / len(sure)
        print(f"{name:14}{len(sure):6}{wrong:7.1f}%{expected_error(sure):19.1f}%")
    if args.plot:
        args.plot.write_text(plot({name: curve(sure) for name, sure in rows.items()}), encoding="utf8")
    if args.json:
        args.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
