"""Beside what else there is: `python bench/peers.py SHARED [--compromise FOLDER] [--rounds 3]`.

The same articles (PolNeAR dev, and the annotated reports with their stories), on the same machine, in one run: articles
a second and F1 by `score.py` of OnRecord, of a regular expression, and of each peer that installs from a package
registry and runs without a model to download:

- textacy's `direct_quotations`, where spaCy and a pipeline `en_core_web_sm` are installed: that pipeline is no package
  of the registries, so on most machines it is only said that it did not run.
- compromise, a JavaScript library with `.quotations()`, which gives the words quoted and nobody who says them:
  `npm install --prefix FOLDER compromise`, then `--compromise FOLDER`. Its time is that of its own loop, without start.

What others published, and where, stands in docs/evaluation.md. A peer that has no indirect speech is also measured on
direct quotations alone ("quoted": contents with quotation marks at both ends, overlapping by half, whoever says them).
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from accuracy import annotated, polnear, predict, scorer

Row = dict[str, Any]
Reader = Callable[[list[str]], list[list[Row]]]
Case = tuple[str, str, list[Row]]

_VERB = (
    r"(?:said|says|say|told|tells|added|adds|claimed|claims|argued|argues|denied|denies|insisted|insists|warned|warns"
    r"|wrote|writes|announced|announces|stated|states|explained|explains|reported|reports|noted|notes|asked|asks)"
)
_NAME = r"(?:(?:[A-Z][\w’'.-]*)(?:\s(?:of|the|de|al|van))?(?:\s[A-Z][\w’'.-]*)*|[Hh]e|[Ss]he|[Tt]hey)"
_PATTERNS = tuple(
    re.compile(p)
    for p in (
        rf"(?P<content>[“\"][^”\"\n]{{8,600}}[”\"]),?\s(?P<source>{_NAME})\s(?P<cue>{_VERB})\b",
        rf"(?P<content>[“\"][^”\"\n]{{8,600}}[”\"]),?\s(?P<cue>{_VERB})\s(?P<source>{_NAME})",
        rf"(?P<source>{_NAME})\s(?P<cue>{_VERB}),?:?\s(?P<content>[“\"][^”\"\n]{{8,600}}[”\"])",
        rf"(?P<source>{_NAME})\s(?P<cue>{_VERB})\s(?:that\s)?(?P<content>[^.\n“\"]{{8,400}})",
        rf"(?P<cue>[Aa]ccording to)\s(?P<source>{_NAME}),\s(?P<content>[^.\n]{{8,400}})",
        rf"(?P<content>[A-Z][^.\n“\"]{{8,400}}),\s(?P<source>{_NAME})\s(?P<cue>{_VERB})\b",
    )
)
"""Verbs of saying with a name on one side and quotation marks, or the rest of the sentence, on the other."""


def by_expression(texts: list[str]) -> list[list[Row]]:
    """What an afternoon with regular expressions gives; of two that overlap the earlier pattern stands."""
    found = []
    for text in texts:
        rows: list[Row] = []
        taken: list[tuple[int, int]] = []
        for pattern in _PATTERNS:
            for m in pattern.finditer(text):
                a, b = m.span()
                if all(b <= c or d <= a for c, d in taken):
                    taken.append((a, b))
                    rows.append(_row(len(rows), m.span("content"), m.span("source"), m.span("cue")))
        found.append(rows)
    return found


def _row(n: int, content: tuple[int, int], source: tuple[int, int] | None, cue: tuple[int, int] | None) -> Row:
    def span(found: tuple[int, int] | None) -> Row | None:
        return {"start": found[0], "end": found[1]} if found else None

    return {"id": str(n), "source": span(source), "cue": span(cue), "content": [span(content)], "within": None}


def by_textacy() -> Reader | None:
    """Its direct quotations, if a pipeline for it is installed here."""
    try:
        import spacy
        from textacy.extract import direct_quotations

        pipeline = spacy.load("en_core_web_sm")
    except (ImportError, OSError):
        return None

    def read(texts: list[str]) -> list[list[Row]]:
        found = []
        for doc in pipeline.pipe(texts):
            rows: list[Row] = []
            try:
                for q in direct_quotations(doc):
                    spans = [(t[0].idx, t[-1].idx + len(t[-1])) for t in (q.content, q.speaker, q.cue)]
                    rows.append(_row(len(rows), *spans))
            except ValueError:  # it gives a text up whose quotation marks are not even in number
                pass
            found.append(rows)
        return found

    return read


_NODE = """
const nlp = require('compromise');
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const began = process.hrtime.bigint();
const found = texts.map(t => nlp(t).quotations().json({offset: true, text: true, terms: false}).map(q => q.text));
console.log(JSON.stringify({seconds: Number(process.hrtime.bigint() - began) / 1e9, found}));
"""


def by_compromise(folder: Path) -> tuple[Callable[[list[str]], tuple[list[list[Row]], float]], str]:
    """Its quotations, put back on the text by their words, and its version."""
    version = json.loads((folder / "node_modules/compromise/package.json").read_text())["version"]

    def read(texts: list[str]) -> tuple[list[list[Row]], float]:
        done = subprocess.run(
            ["node", "-e", _NODE], cwd=folder, input=json.dumps(texts), capture_output=True, text=True, check=True
        )
        told = json.loads(done.stdout)
        found = []
        for text, quotes in zip(texts, told["found"], strict=True):
            rows, at = [], 0
            for quote in quotes:
                start = text.find(quote, at)
                if start >= 0:
                    at = start + len(quote)
                    rows.append(_row(len(rows), (start, at), None, None))
            found.append(rows)
        return found, told["seconds"]

    return read, version


def scores(shared: Path, cases: Sequence[Case], found: Sequence[list[Row]], *, outer: bool) -> dict[str, float]:
    """F1 in percent by score.py, and of the direct quotations alone."""
    score = scorer(shared)
    out: dict[str, Any] = {}
    right = ours = gold_count = 0
    for (_, text, gold), rows in zip(cases, found, strict=True):
        score.score_report(text, [r for r in rows if not (outer and r["within"])], gold, out, fields=False)
        mine, theirs = _quoted(text, rows), _quoted(text, gold)
        gold_count, ours = gold_count + len(theirs), ours + len(mine)
        right += sum(any(score.jaccard([a], [b]) >= 0.5 for b in mine) for a in theirs)
    figures = {name: round(100 * value.f, 1) for name, value in out.items()}
    figures["quoted"] = round(200 * right / max(1, ours + gold_count), 1)
    return figures


def _quoted(text: str, rows: Sequence[Row]) -> list[tuple[int, int]]:
    spans = {(c["start"], c["end"]) for r in rows for c in r["content"]}
    return [(a, b) for a, b in spans if text[a : a + 1] in "“\"‘'" and text[a:b].rstrip(" ,.")[-1:] in "”\"’'"]


def timed(read: Reader, texts: list[str], rounds: int) -> tuple[list[list[Row]], float]:
    """What it finds, and the median of its seconds."""
    found: list[list[Row]] = []
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        found = read(texts)
        spent.append(time.perf_counter() - began)
    return found, statistics.median(spent)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--compromise", type=Path, help="a folder into which npm installed it")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    reports = annotated(args.shared / "gold") + annotated(args.shared / "gold" / "stories")
    sets: dict[str, list[Case]] = {"PolNeAR dev": polnear(args.shared), "annotated": reports}
    predict(["A warm start, the mayor said."])
    print(f"{'':34}{'articles/s':>11}{'attribution':>12}{'full':>6}{'source':>8}{'cue':>6}{'content':>9}{'quoted':>8}")
    for name, cases in sets.items():
        texts = [text for _, text, _ in cases]
        flat = name == "PolNeAR dev"

        def ours(texts: list[str], broad: bool = flat) -> list[list[Row]]:
            return predict(texts, broad=broad)

        rows: list[tuple[str, list[list[Row]], float]] = [
            ("OnRecord", *timed(ours, texts, args.rounds)),
            ("regular expressions", *timed(by_expression, texts, args.rounds)),
        ]
        textacy = by_textacy()
        if textacy:
            rows.append(("textacy direct_quotations", *timed(textacy, texts, args.rounds)))
        if args.compromise:
            read, version = by_compromise(args.compromise)
            rows.append((f"compromise {version}", *read(texts)))
        print(f"{name}, {len(texts)} articles")
        for peer, found, seconds in rows:
            f = scores(args.shared, cases, found, outer=flat)
            figures = [f[k] for k in ("attribution", "attribution full")]
            figures += [f[f"{k} exact, trimmed"] for k in ("source", "cue", "content")]
            widths = (12, 6, 8, 6, 9, 8)
            cells = "".join(f"{v:{w}.1f}" for v, w in zip([*figures, f["quoted"]], widths, strict=True))
            print(f"  {peer:32}{len(texts) / seconds:11.1f}{cells}")
        if not textacy:
            print(
                "  textacy direct_quotations: not run, no spaCy pipeline en_core_web_sm is installed here",
                file=sys.stderr,
            )


if __name__ == "__main__":
    main()
