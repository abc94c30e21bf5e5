"""Who is who in a report: `python bench/who.py SHARED [--json FILE]`.

SHARED holds `data/gum-open.jsonl.xz` (GUM: Zeldes 2017). Of its news and its dev and test interviews, none of which
was trained on, every pronoun and every description ("the minister") of a person or an organisation that is mentioned at
least twice is looked up in what the shipped extractor found. It is right when the entity that it was led to is the
right one: of the other mentions there, the one the entity is named after (else most) are of the right entity. It is
unknown when it was led to nobody else, or not found. Mentions are matched by their head word, which in GUM several may
have ("Wikinews interviews Ann Lee" is an event): it is then the shortest one's.
"""

from __future__ import annotations

import argparse
import collections
import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onrecord.engines import default_engine
from onrecord.extraction import Engine, extract_all
from onrecord.model import Entity, Extraction, Report

PRONOUNS = re.compile(
    r"(?:he|him|his|himself|she|hers?|herself|its?|itself|they|them|theirs?|themselves|i|me|my|mine|myself|we|us|ours?"
    r"|ourselves|yours?|you|yourself|who|whom|whose|which|that)",
    re.IGNORECASE,
)
AFTER = re.compile(
    r"\s(?:of|in|on|at|for|from|to|with|by|who|whom|whose|which|that|where|when|about|as|and|or|including)\b|[,(–—:;]"
)
WORD = re.compile(r"\w+(?:[-.]\w+)*")


def held_out(path: Path) -> list[dict[str, Any]]:
    """News, and dev and test interviews."""
    with lzma.open(path, "rt", encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines]
    return [r for r in rows if "_news_" in r["doc"] or ("_interview_" in r["doc"] and r["split"] != "train")]


def head(text: str, start: int, end: int) -> tuple[int, int]:
    """The head word of a noun phrase: the last one before what follows it."""
    cut = AFTER.search(text, start + 1, end)
    words = list(WORD.finditer(text, start, cut.start() if cut else end)) or list(WORD.finditer(text, start, end))
    if len(words) > 1 and words[-1].group() == "s":
        words.pop()
    return words[-1].span() if words else (start, end)


def asked(row: dict[str, Any]) -> Iterator[tuple[int, tuple[int, int], str]]:
    """Each mention that is asked for: its entity, its head, and whether it is a pronoun or a description."""
    text = row["text"]
    for k, entity in enumerate(row["entities"]):
        if entity["kind"] not in ("person", "organization") or len(entity["mentions"]) < 2:
            continue
        for start, end in entity["mentions"]:
            at = head(text, start, end)
            word = text[slice(*at)]
            if PRONOUNS.fullmatch(text, start, end):
                yield k, at, "pronoun"
            elif word[:1].islower():
                yield k, at, "description"


def led_to(row: dict[str, Any], entities: tuple[Entity, ...], at: tuple[int, int], gold: dict[Any, int]) -> int | None:
    """The gold entity that the mention with this head was led to; None: to nobody."""
    text = row["text"]
    for entity in entities:
        for mention in entity.mentions:
            if mention.start < at[1] and at[0] < mention.end and head(text, mention.start, mention.end) == at:
                heads = [head(text, m.start, m.end) for m in entity.mentions if m != mention]
                named = [
                    h for m in entity.mentions if m.of(text) == entity.name and (h := head(text, m.start, m.end)) != at
                ]
                known = [gold[h] for h in named if h in gold] or [gold[h] for h in heads if h in gold]
                return collections.Counter(known).most_common(1)[0][0] if known else (-1 if heads else None)
    return None


def figures(rows: list[dict[str, Any]], engine: Engine) -> dict[str, dict[str, float]]:
    """Share right, wrong and unknown, of pronouns, descriptions and both."""
    reports = [Report(text=r["text"], raw_sha256="0" * 64, origin=r["doc"]) for r in rows]
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row, extraction in zip(rows, extract_all(reports, engine), strict=True):
        assert isinstance(extraction, Extraction)
        every = sorted(
            ((m, k) for k, e in enumerate(row["entities"]) for m in e["mentions"]), key=lambda x: x[0][0] - x[0][1]
        )
        gold = {head(row["text"], *m): k for m, k in every}
        for k, at, form in asked(row):
            found = led_to(row, extraction.entities, at, gold)
            what = "unknown" if found is None else "right" if found == k else "wrong"
            for name in (form, "both"):
                counts[name][what] += 1
    return {
        name: {**{w: round(100 * c[w] / c.total(), 1) for w in ("right", "wrong", "unknown")}, "of": c.total()}
        for name, c in counts.items()
    }


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = held_out(args.shared / "data" / "gum-open.jsonl.xz")
    found = {
        name: figures([r for r in rows if name in r["doc"]], default_engine()) for name in ("_news_", "_interview_")
    }
    found["all"] = figures(rows, default_engine())
    for name, each in found.items():
        for form, shares in each.items():
            print(f"{name.strip('_'):10} {form:12} {shares}")
    if args.json:
        args.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
