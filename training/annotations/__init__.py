"""What was marked anew by reading: in PolNeAR's articles, and in reports of the Fake News Challenge's training part.

The files here name articles and offsets; the texts are not part of this repository.
Language models read the articles, one reader each, with a guide that defines every field; no second reader checked it.

- `within.jsonl`: all attributions within others' contents, of the articles it names.
- `guide.jsonl`: for each of PolNeAR's attributions, in its order, act, modality, which entity the source is, and so on;
  `drop` where it is no statement (an act, a feeling, a mere naming). `more`: what was overlooked. `entities`: kind, and
  one place of each form of the name, the fullest first.
- `acts.jsonl`: of some attributions, by their number, act and modality alone, or `drop`; 7,700 in 669 articles, read
  one by one without the article around them.
- `who.jsonl`: of the articles it names, every mention (of those that a program proposed) by entity; `other`: what of
  these denotes nobody.
- `bodies.jsonl`: of reports by their `body`: all attributions with all that they mean (`attributions`; `name`: the
  fullest name of the source), and every mention by entity (`entities`), each where somebody looked for it.
- `written.jsonl`: the same of news reports that language models made up for this, with their texts: events and people
  are invented. What news seldom holds is frequent in them (voices within voices, evidence, denials and answers).

Articles marked `held_out` are not trained on: `bench/accuracy.py` measures on them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_RELATIVE = re.compile(r",?\s(who|whom|whose|which)\b")


def annotated(rows: list[dict[str, Any]], told: Mapping[str, Sequence[int]] | None = None) -> list[dict[str, Any]]:
    """PolNeAR's rows with `inner` where somebody looked for attributions within contents, and `statement` on those
    attributions of which somebody said whether they are one; `overlooked` where somebody read all with the guide: what
    PolNeAR's annotators left out. `told` (training.told): by article the numbers of those that a tagger takes for no
    statement; they are not `taken`, where nobody said."""
    within = {row["doc"]: row["inner"] for row in rows_of("within.jsonl") if not row.get("held_out")}
    guide = marks("guide")
    acts = {row["doc"]: row["labels"] for row in rows_of("acts.jsonl")}
    found = []
    for row in rows:
        doc, said = row["doc"], row["attributions"]
        if doc in acts:
            said = [
                {**a, "statement": not acts[doc][str(k)].get("drop")} if str(k) in acts[doc] else a
                for k, a in enumerate(said)
            ]
        if told:
            no = set(told.get(doc, ()))
            said = [{**a, "taken": k not in no} for k, a in enumerate(said)]
        more = {"inner": within[doc]} if doc in within else {}
        if doc in guide:
            labels = guide[doc]["labels"]
            said = [{**a, "statement": not label.get("drop")} for a, label in zip(said, labels, strict=True)]
            more["overlooked"] = [{**a, "statement": True} for a in guide[doc]["more"]]
        found.append({**row, "attributions": said, **more})
    return found


def bodies(rows: list[dict[str, Any]], *, held_out: bool = False) -> list[dict[str, Any]]:
    """Of fnc1-train-bodies' rows those that somebody read, in PolNeAR's form, with what `marks` gives of its articles.

    `guide` and `who` are None where nobody looked. `narrow`: acts and feelings are not marked. An attribution whose cue
    lies in another's content is `inner`, and
    comes after the others in `guide`, as `more`.
    """
    texts = {int(row["body_id"]): row["text"] for row in rows}
    read = [row for row in rows_of("bodies.jsonl") if bool(row.get("held_out")) == held_out]
    return [read_whole(row, f"fnc1-{row['body']}", texts[row["body"]]) for row in read]


def written(*, held_out: bool = False) -> list[dict[str, Any]]:
    """Reports made up to be learned from, in the same form."""
    rows = [row for row in rows_of("written.jsonl") if bool(row.get("held_out")) == held_out]
    return [read_whole(row, row["doc"], row["text"]) for row in rows]


def read_whole(row: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    """A report that somebody read, in PolNeAR's form: `row` as those of `bodies.jsonl` are."""
    said = row.get("attributions")
    who = {**row, "entities": _with_relatives(row["entities"], text)} if "entities" in row else None
    out = {"doc": name, "text": text, "attributions": None, "guide": None, "who": who, "narrow": True}
    if said is None:
        return out
    depth = _depths(said)
    inner = [a for a in sorted(said, key=lambda a: depth[a["id"]]) if depth[a["id"]]]
    outer = [{**a, "statement": True} for a in said if not depth[a["id"]]]
    return {**out, "attributions": outer, "inner": inner, "guide": {"labels": outer, "more": inner}}


def _with_relatives(entities: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Entities with the "who" or "which" right behind their mentions, which in the reports nobody marked; GUM does."""
    longest: dict[int, tuple[int, int]] = {}
    for k, entity in enumerate(entities):
        for start, end in entity["mentions"]:
            if end not in longest or start < longest[end][0]:
                longest[end] = (start, k)
    more: dict[int, list[list[int]]] = {}
    for end, (_, k) in longest.items():
        match = _RELATIVE.match(text, end)
        if match and (match[1] != "which") == (entities[k]["kind"] in ("person", "group")):
            more.setdefault(k, []).append([*match.span(1)])
    return [{**e, "mentions": sorted([*e["mentions"], *more.get(k, ())])} for k, e in enumerate(entities)]


def _depths(said: list[dict[str, Any]]) -> dict[str, int]:
    """In how many others' contents each attribution's first word of cue, source or content lies, by id."""
    at = {a["id"]: (a["cue"] or a["source"] or a["content"])[0] for a in said}
    return {
        a["id"]: sum(
            any(start <= at[a["id"]][0] and at[a["id"]][1] <= end for start, end in other["content"])
            for other in said
            if other is not a
        )
        for a in said
    }


def marks(name: str, *, held_out: bool = False) -> dict[str, dict[str, Any]]:
    """Rows of `guide`, `who` or `acts` by article: those to train on, or those held out."""
    return {row["doc"]: row for row in rows_of(f"{name}.jsonl") if bool(row.get("held_out")) == held_out}


def rows_of(name: str) -> list[dict[str, Any]]:
    """All rows of one of the files here."""
    with (FOLDER / name).open(encoding="utf8") as lines:
        return [json.loads(line) for line in lines]
