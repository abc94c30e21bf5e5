"""The record in the formats that others read: JSONL, CSV for spreadsheets, W3C Web Annotations. Streams."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from onrecord import flat
from onrecord.model import Attribution, Entity, Extraction, Meaning, Report, Span
from onrecord.report_json import report_json

AROUND = 32
"""Code points before and after a quote that make it findable where its text occurs twice."""

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"onrecord": "urn:onrecord:vocabulary:"}]
"""The terms of Web Annotation, and our own for what it has none for; they are the names of docs/json.md."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def jsonl(extractions: Iterable[Extraction]) -> Iterator[str]:
    """The JSON of each report (docs/json.md), one a line."""
    for extraction in extractions:
        yield line(report_json(extraction))


def csv_lines(rows: Iterable[dict[str, Any]], columns: Iterable[str] = flat.COLUMNS) -> Iterator[str]:
    """A header and one line for each row, quoted as RFC 4180 says, without the line end.

    A cell that a spreadsheet would take for a formula (it starts with = + - @, a tab or a carriage return) gets an
    apostrophe in front; whoever needs the words to the letter takes JSONL.
    """
    names = list(columns)
    yield _csv_line(names)
    for row in rows:
        yield _csv_line([_guarded(row[name]) for name in names])


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
    tagged = [_tagged(report, attribution, role, span, more) for role, span, more in _roles(attribution)]
    said = flat.said_of(attribution, report.text, flat.head_of(report))
    words = [said.source.text if said.source else "", said.cue.text if said.cue else ""]
    words.append(flat.BETWEEN.join(c.text for c in said.content))
    linked = {
        "id": _urn(attribution.id),
        "type": "Annotation",
        "motivation": "linking",
        "body": {"type": "TextualBody", "purpose": "describing", "format": "text/plain", "value": " — ".join(words)},
        "target": [annotation["id"] for annotation in tagged],
        **_worked_out(attribution.meaning, entities or {}),
    }
    return [*tagged, linked]


def line(what: Any) -> str:
    """JSON on one line, readable in any script."""
    return json.dumps(what, ensure_ascii=False, allow_nan=False)


def _roles(attribution: Attribution) -> Iterator[tuple[str, Span, str | None]]:
    """Every span with its role and, where it has one, the type or value that goes with it."""
    meaning = attribution.meaning
    if attribution.source:
        yield "source", attribution.source, None
    if attribution.cue:
        yield "cue", attribution.cue, None
    yield from (("content", span, None) for span in attribution.content)
    yield from (("distance", span, None) for span in meaning.distance)
    yield from (("evidence", evidence.span, evidence.type) for evidence in meaning.evidence)
    if meaning.addressee:
        yield "addressee", meaning.addressee, None
    if meaning.venue:
        yield "venue", meaning.venue, None
    yield from (("content_when", when.span, when.value) for when in meaning.content_when)


def _worked_out(meaning: Meaning, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """What was worked out of an attribution, only what there is: none of Web Annotation's own terms says these."""
    source = entities.get(meaning.entity) if meaning.entity else None
    named = {"onrecord:source_name": source.name, "onrecord:source_kind": source.kind} if source else {}
    links = {"entity": meaning.entity, "within": meaning.within, "about": meaning.about}
    plain = {"act": meaning.act, "modality": meaning.modality, "said_on": meaning.said_on}
    return {
        **named,
        **{f"onrecord:{name}": value for name, value in plain.items() if value},
        **{f"onrecord:{name}": {"id": _urn(value)} for name, value in links.items() if value},
    }


def _tagged(report: Report, attribution: Attribution, role: str, span: Span, more: str | None) -> dict[str, Any]:
    source: dict[str, Any] = {"id": _urn(report.id), "type": "Text", "format": "text/plain"}
    if report.language:
        source["language"] = report.language.value
    if report.url:
        source["via"] = report.url.value
    tag = {"type": "TextualBody", "purpose": "tagging", "format": "text/plain", "value": role}
    return {
        "id": f"{_urn(attribution.id)}:{role}:{span.start}-{span.end}",
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


def _urn(content_id: str) -> str:
    return f"urn:onrecord:{content_id}"


def _csv_line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)  # what stands in the line end is quoted within cells
    return out.getvalue().removesuffix("\r\n")


def _guarded(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
