"""What people reviewed, as gold: our own JSON of the annotation guide, and brat's standoff. Pure.

What people rejected is left out, what they corrected is as they have it. Gold holds what an engine found and people
kept; what every engine overlooked is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from onrecord.model import Attribution, Extraction, Span
from onrecord.report_json import report_json, span_json
from onrecord.store.corrected import corrected_attribution
from onrecord.store.review_rows import Review

BRAT_CONF = """[entities]
Source
Cue
Content
[relations]
Says Arg1:Cue|Source, Arg2:Content
By Arg1:Cue, Arg2:Source
[events]
[attributes]
Act Arg:Cue|Content, Value:{acts}
Modality Arg:Cue|Content, Value:plain|negated|conditional|hypothetical
"""
_FIELDS = (
    "source", "cue", "content", "kind", "source_name", "source_kind", "act", "modality", "distance", "evidence",
    "within", "about", "addressee", "venue", "said_on", "content_when",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A report as people have it. `complete`: every attribution of its newest run was decided; `by`: of each
    attribution that was, by its new id, who decided it last."""

    extraction: Extraction
    complete: bool
    by: Mapping[str, str]


def reviewed(extraction: Extraction, reviews: Mapping[str, Review], *, undecided: bool = True) -> Reviewed:
    """The report with what people rejected left out, and what they corrected as they have it; without `undecided`,
    what nobody decided is left out as well."""
    text = extraction.report.text
    kept: list[tuple[str, Attribution]] = []
    for a in extraction.attributions:
        review = reviews.get(a.id)
        if (review and review.verdict == "wrong") or (review is None and not undecided):
            continue
        kept.append((a.id, corrected_attribution(a, text, review)))
    new_of = {old: a.id for old, a in kept}
    linked = [
        replace(
            a,
            meaning=replace(
                a.meaning,
                within=new_of.get(a.meaning.within or ""),
                about=new_of.get(a.meaning.about or ""),
            ),
        )
        for _, a in kept
    ]
    linked.sort(key=lambda a: (a.cue or a.content[0], a.content))
    by = {new_of[old]: review.by for old, review in reviews.items() if old in new_of}
    complete = all(a.id in reviews for a in extraction.attributions)
    return Reviewed(replace(extraction, attributions=tuple(linked)), complete, by)


def gold_json(held: Reviewed) -> dict[str, Any]:
    """The JSON of the annotation guide: attributions `S1`, `S2` … in the order of their cues, each span with its place.

    `reviewed` and `by` say of each whether, and by whom, it was decided; `complete` whether all were.
    """
    made = report_json(held.extraction)
    numbers = {a["id"]: f"S{k}" for k, a in enumerate(made["attributions"], 1)}
    attributions = []
    for a in made["attributions"]:
        row = {"id": numbers[a["id"]], **{name: a[name] for name in _FIELDS}}
        row |= {name: numbers.get(a[name]) for name in ("within", "about")}
        attributions.append(row | {"reviewed": a["id"] in held.by, "by": held.by.get(a["id"]), "attribution": a["id"]})
    report = held.extraction.report
    entities = [
        {
            "name": e.name,
            "kind": e.kind,
            "role": e.role,
            "of": e.of,
            "also": sorted({m.of(report.text) for m in e.mentions} - {e.name}),
        }
        for e in held.extraction.entities
    ]
    return {
        "doc": report.id,
        "title": made["report"]["headline"],
        "url": made["report"]["url"],
        "published": made["report"]["published"],
        "complete": held.complete,
        "attributions": attributions,
        "entities": entities,
        "claims": [],
        "boilerplate": [span_json(Span(p.start, p.end), report.text) for p in report.set_aside if p.start and p.end],
    }


def brat(held: Reviewed) -> str:
    """brat's standoff of the report's text (https://brat.nlplab.org/standoff.html): offsets are code points."""
    text = held.extraction.report.text
    return "".join(f"{line}\n" for line in _brat(held, text))


def _brat(held: Reviewed, text: str) -> Iterator[str]:
    marks = links = notes = 0

    def mark(kind: str, span: Span) -> tuple[str, str]:
        nonlocal marks
        marks += 1
        words = " ".join(span.of(text).split("\t"))
        return f"T{marks}", f"T{marks}\t{kind} {span.start} {span.end}\t{words}"

    for a in held.extraction.attributions:
        named = {}
        for kind, span in (("Source", a.source), ("Cue", a.cue)):
            if span:
                named[kind], line = mark(kind, span)
                yield line
        contents = []
        for span in a.content:
            name, line = mark("Content", span)
            contents.append(name)
            yield line
        head = named.get("Cue") or named.get("Source")
        pairs = [("Says", head, content) for content in contents if head]
        pairs += [("By", named["Cue"], named["Source"])] if len(named) == 2 else []
        for kind, one, other in pairs:
            links += 1
            yield f"R{links}\t{kind} Arg1:{one} Arg2:{other}"
        for kind, value in (("Act", a.meaning.act), ("Modality", a.meaning.modality)):
            if value:
                notes += 1
                yield f"A{notes}\t{kind} {named.get('Cue') or contents[0]} {value}"
        yield f"#{marks}\tAnnotatorNotes {contents[0]}\t{a.id}, by {' '.join(held.by.get(a.id, 'nobody yet').split())}"
