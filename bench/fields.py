"""Each field of the meaning on reports held out: `python bench/fields.py SHARED [--misses FIELD]`.

SHARED as for `bench/accuracy.py`. The reports are those of training/annotations that are held out: of the Fake News
Challenge's training part ("reports"), and those made up to learn from ("written"; the ones that were trained on follow
as "written, learned", for the rules, which learn nothing from them). `score.py` counts a field against an attribution
that was not found as missed; here both are shown: end to end, and given that the attribution was found. `--misses`
prints, of one field, what was missed and what was found that is not there, to be read.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from accuracy import _as_gold, held_out, predict, scorer

Row = dict[str, Any]
Case = tuple[str, str, list[Row], list[Row]]
FIELDS = ("distance", "content_when", "evidence", "addressee", "venue", "about", "within")
VALUED = {"content_when": "value", "evidence": "type"}
SHARES = ("act", "modality", "source_name")


@dataclass
class Tally:
    """What was found rightly and wrongly, and what was missed; `unfound`: missed with its attribution."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    unfound: int = 0

    def f1(self, *, given: bool) -> float:
        """Per cent; `given`: that the attribution was found."""
        missed = self.missed + (0 if given else self.unfound)
        of = 2 * self.right + self.wrong + missed
        return 100 * 2 * self.right / of if of else 100.0


Told = Callable[[str, str, Row | None, Row | None, Any], None]
"""Told of each miss: the report's name, what happened, our attribution and the right one, what it is about."""


def written(*, held: bool) -> list[tuple[str, str, list[Row], str | None]]:
    """Name, text, gold and day of each report made up to learn from."""
    path = Path(__file__).parents[1] / "training" / "annotations" / "written.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    return [
        (r["doc"], r["text"], [_with_times(a) for a in r["attributions"]], r.get("published"))
        for r in rows
        if bool(r.get("held_out")) == held and r.get("attributions")
    ]


def _with_times(a: Row) -> Row:
    times = [{"start": start, "end": end, "value": value} for start, end, value in a.get("when", ())]
    return {**_as_gold(a), "content_when": times}


def items(a: Row, field: str) -> list[Row]:
    """A field's spans."""
    held = a.get(field)
    return [x for x in (held if isinstance(held, list) else [held]) if x]


def same(a: Row, b: Row, field: str) -> bool:
    """As score.py has it, but for times that are one in other words ("2014", "2014-01-01/2014-12-31")."""
    key = VALUED.get(field)
    alike = key is None or a.get(key) == b.get(key)
    if field == "content_when" and a["value"] and b["value"]:
        alike = days(a["value"]) == days(b["value"])
    return a["start"] < b["end"] and b["start"] < a["end"] and alike


def days(value: str) -> tuple[str, str]:
    """First and last day of a time; that of a month ends on no day."""
    first, _, last = value.partition("/")
    last = last or first
    return first + "-01-01"[len(first) - 4 :], last + "-12-31" if len(last) == 4 else last


def spans(score: ModuleType, cases: Sequence[Case], field: str, tell: Told | None = None) -> Tally:
    """A field of spans."""
    tally = Tally()
    for name, _, gold, found in cases:
        to_gold = dict(score.pair(found, gold))
        for i, a in enumerate(found):
            right = gold[to_gold[i]] if i in to_gold else None
            left = items(right, field) if right else []
            for x in items(a, field):
                hit = next((y for y in left if same(x, y, field)), None)
                if hit is None:
                    tally.wrong += 1
                    if tell:
                        tell(name, "wrong", a, right, x)
                else:
                    tally.right += 1
                    left.remove(hit)
            tally.missed += len(left)
            if tell and right:
                for y in left:
                    tell(name, "missed", a, right, y)
        for j in set(range(len(gold))) - set(to_gold.values()):
            tally.unfound += len(items(gold[j], field))
            if tell:
                for y in items(gold[j], field):
                    tell(name, "not found", None, gold[j], y)
    return tally


def links(score: ModuleType, cases: Sequence[Case], field: str, tell: Told | None = None) -> Tally:
    """`about` or `within`: which other attribution."""
    tally = Tally()
    for name, _, gold, found in cases:
        pairs = score.pair(found, gold)
        named = {found[i]["id"]: gold[j]["id"] for i, j in pairs}
        here, there = {a["id"]: a for a in found}, {g["id"]: g for g in gold}
        mine = {(a["id"], a[field]) for a in found if a.get(field)}
        right = {(g["id"], g[field]) for g in gold if g.get(field)}
        for a, b in sorted(mine):
            ok = (named.get(a), named.get(b)) in right
            tally.right += ok
            tally.wrong += not ok
            if tell and not ok:
                tell(name, "wrong", here[a], there.get(named.get(a, "")), here.get(b))
        seen = {(named.get(a), named.get(b)) for a, b in mine}
        for a, b in sorted(right - seen):
            both = a in named.values() and b in named.values()
            tally.missed += both
            tally.unfound += not both
            if tell:
                tell(name, "missed" if both else "not found", None, there[a], there.get(b))
    return tally


def shares(score: ModuleType, cases: Sequence[Case]) -> dict[str, float]:
    """Per cent right of fields that every attribution has; and names that are wrong, or unknown."""
    hits = dict.fromkeys((*SHARES, "wrong name", "unknown"), 0)
    of = {"pairs": 0, "named": 0}
    for _, _, gold, found in cases:
        for i, j in score.pair(found, gold):
            a, g = found[i], gold[j]
            of["pairs"] += 1
            hits["act"] += a["act"] == g["act"]
            hits["modality"] += a["modality"] == g["modality"]
            if g.get("source_name"):
                ok = bool(a["source_name"]) and score.same_name(a["source_name"], g["source_name"])
                of["named"] += 1
                hits["source_name"] += ok
                hits["wrong name"] += bool(a["source_name"]) and not ok
                hits["unknown"] += not a["source_name"]
    return {k: 100 * n / max(1, of["pairs" if k in ("act", "modality") else "named"]) for k, n in hits.items()}


def sets(shared: Path) -> Iterator[tuple[str, list[Case]]]:
    """Each set with what was found in it."""
    read = held_out(shared)
    mine = predict([text for _, text, _ in read])
    yield "reports", [(*case, found) for case, found in zip(read, mine, strict=True)]
    for name, held in (("written", True), ("written, learned", False)):
        rows = written(held=held)
        mine = predict([r[1] for r in rows], [r[3] for r in rows])
        yield name, [(doc, text, gold, found) for (doc, text, gold, _), found in zip(rows, mine, strict=True)]


def table(score: ModuleType, cases: Sequence[Case], *, timed: bool) -> None:
    """Print a set's figures."""
    print(f"{'':14}{'end to end':>12}{'given found':>13}{'right':>7}{'wrong':>7}{'missed':>8}{'not found':>11}")
    for field in FIELDS:
        if field == "content_when" and not timed:
            continue
        t = (links if field in ("about", "within") else spans)(score, cases, field)
        print(f"{field:14}{t.f1(given=False):12.1f}{t.f1(given=True):13.1f}{t.right:7}{t.wrong:7}{t.missed:8}"
              f"{t.unfound:11}")  # fmt: skip
    print("  ".join(f"{name} {share:.1f}" for name, share in shares(score, cases).items()))


def printed(cases: Sequence[Case]) -> Told:
    """Prints each miss with the words around it."""
    texts = {name: text for name, text, _, _ in cases}

    def tell(name: str, what: str, mine: Row | None, right: Row | None, about: Any) -> None:
        text = texts[name]
        one = mine or right or {}
        place = [s for s in (one.get("source"), one.get("cue"), *one.get("content", ())) if s]
        start, end = min(s["start"] for s in place), max(s["end"] for s in place)
        words = text[about["start"] : about["end"]] if about and "start" in about else ""
        if about and "content" in about:
            cue = about["cue"]
            words = text[cue["start"] : cue["end"]] if cue else "(no cue)"
            words += " | " + text[about["content"][0]["start"] : about["content"][0]["end"]][:120]
        kind = about.get("type") or about.get("value") or "" if about else ""
        print(f"{name} {what} [{words}] {kind} <{one.get('act')}>\n    {text[max(0, start - 60) : end + 60]!r}"[:900])

    return tell


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--misses", choices=FIELDS, help="print what was missed and what was wrong of this field")
    args = parser.parse_args()
    score = scorer(args.shared)
    for name, cases in sets(args.shared):
        print(f"\n{name}: {len(cases)} reports")
        if args.misses:
            (links if args.misses in ("about", "within") else spans)(score, cases, args.misses, printed(cases))
        table(score, cases, timed=name != "reports")


if __name__ == "__main__":
    main()
