"""W3C Web Annotations (JSON-LD) of a record, and the way back: annotations read as spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from onrecord import flat
from onrecord.errors import UsageError
from onrecord.export.lines import line, urn
from onrecord.export.spans import Marked, marked
from onrecord.model import Attribution, Entity, Extraction, Meaning, Report, Span

AROUND = 32
"""Code points before and after a quote that make it findable where its text occurs twice."""

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"onrecord": "urn:onrecord:vocabulary:"}]
"""The terms of Web Annotation, and our own for what it has none for; they are the names of docs/json.md."""


def w3c(extractions: Iterable[Extraction]) -> Iterator[str]:
    """One AnnotationCollection (JSON-LD), written piece by piece, one annotation a line.

    Each span is an annotation with a TextQuoteSelector and a TextPositionSelector (code points, end excluded) on the
    report's text, tagged with its role: `source`, `cue`, `content`, `distance`, `evidence` (and its type), `addressee`,
    `venue`, `content_when` (and its value). One more annotation links the spans of an attribution, and says as
    `onrecord:` properties what was worked out of it: who the source is, `onrecord:act`, `onrecord:within` …
    """
    head = {"@context": CONTEXT, "type": "AnnotationCollection", "label": "Attributions, exported by OnRecord"}
    yield line(head)[:-1] + ',"first":{"type":"AnnotationPage","startIndex":0,"items":['
    comma = ""
    for extraction in extractions:
        by_id = {entity.id: entity for entity in extraction.entities}
        within = {said.id: said.within for said in flat.said_in(extraction)}
        for found in extraction.attributions:
            attribution = replace(found, meaning=replace(found.meaning, within=within[found.id]))
            for annotation in web_annotations(extraction.report, attribution, by_id):
                yield comma + line(annotation)
                comma = ","
    yield "]}}"


def web_annotations(
    report: Report, attribution: Attribution, entities: Mapping[str, Entity] | None = None
) -> list[dict[str, Any]]:
    """The Web Annotations of one attribution: one for each span, and one that links them.

    `entities` are those of the report by id, to name the source by.
    """
    tagged = [_tagged(report, attribution, mark) for mark in marked(attribution)]
    said = flat.said_of(attribution, report.text, flat.head_of(report))
    words = [said.source.text if said.source else "", said.cue.text if said.cue else ""]
    words.append(flat.BETWEEN.join(c.text for c in said.content))
    linked = {
        "id": urn(attribution.id),
        "type": "Annotation",
        "motivation": "linking",
        "body": {"type": "TextualBody", "purpose": "describing", "format": "text/plain", "value": " — ".join(words)},
        "target": [annotation["id"] for annotation in tagged],
        **_worked_out(attribution.meaning, entities or {}),
    }
    return [*tagged, linked]


def read(collection: Mapping[str, Any]) -> dict[str, tuple[Marked, ...]]:
    """The spans of each attribution, by its id, as a collection that was written here has them.

    Raises UsageError where it is no such collection, or where a quote is not as long as its place.
    """
    found: dict[str, list[Marked]] = {}
    try:
        for note in collection["first"]["items"]:
            if note["motivation"] == "tagging":
                attribution, mark = _mark(note)
                found.setdefault(attribution, []).append(mark)
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise UsageError(
            f"these are no annotations of OnRecord ({why!r}).", advice="Take what `onrecord export` wrote."
        ) from why
    return {name: tuple(marks) for name, marks in found.items()}


def _mark(note: Mapping[str, Any]) -> tuple[str, Marked]:
    attribution, role, _ = str(note["id"]).removeprefix(urn("")).split(":")
    quote, position = note["target"]["selector"]
    span = Span(int(position["start"]), int(position["end"]))
    if len(quote["exact"]) != span.end - span.start:
        raise ValueError(note["id"])
    body = note["body"]
    return attribution, Marked(role, span, str(body[1]["value"]) if isinstance(body, list) else None)


def _worked_out(meaning: Meaning, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """What was worked out of an attribution, only what there is: none of Web Annotation's own terms says these."""
    source = entities.get(meaning.entity) if meaning.entity else None
    named = {"onrecord:source_name": source.name, "onrecord:source_kind": source.kind} if source else {}
    links = {"entity": meaning.entity, "within": meaning.within, "about": meaning.about}
    plain = {"act": meaning.act, "modality": meaning.modality, "said_on": meaning.said_on}
    return {
        **named,
        **{f"onrecord:{name}": value for name, value in plain.items() if value},
        **{f"onrecord:{name}": {"id": urn(value)} for name, value in links.items() if value},
    }


def _tagged(report: Report, attribution: Attribution, mark: Marked) -> dict[str, Any]:
    role, span, more = mark.role, mark.span, mark.more
    source: dict[str, Any] = {"id": urn(report.id), "type": "Text", "format": "text/plain"}
    if report.language:
        source["language"] = report.language.value
    if report.url:
        source["via"] = report.url.value
    tag = {"type": "TextualBody", "purpose": "tagging", "format": "text/plain", "value": role}
    return {
        "id": f"{urn(attribution.id)}:{role}:{span.start}-{span.end}",
        "type": "Annotation",
        "motivation": "tagging",
        "body": [tag, {**tag, "purpose": "classifying", "value": more}] if more else tag,
        "target": {"type": "SpecificResource", "source": source, "selector": _selectors(report.text, span)},
    }


def _selectors(text: str, span: Span) -> list[dict[str, Any]]:
    quote = {
        "type": "TextQuoteSelector",
        "exact": span.of(text),
        "prefix": text[max(0, span.start - AROUND) : span.start],
        "suffix": text[span.end : span.end + AROUND],
    }
    return [quote, {"type": "TextPositionSelector", "start": span.start, "end": span.end}]
