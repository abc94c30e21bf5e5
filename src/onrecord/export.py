"""The record in the formats that others read: JSONL, CSV for spreadsheets, W3C Web Annotations. Streams."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from onrecord import flat
from onrecord.model import Attribution, Extraction, Report, Span
from onrecord.report_json import report_json

AROUND = 32
"""Code points before and after a quote that make it findable where its text occurs twice."""

CONTEXT = "http://www.w3.org/ns/anno.jsonld"

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
    report's text, tagged `source`, `cue` or `content`; one more annotation links the spans of an attribution.
    """
    head = {"@context": CONTEXT, "type": "AnnotationCollection", "label": "Attributions, exported by OnRecord"}
    yield line(head)[:-1] + ',"first":{"type":"AnnotationPage","startIndex":0,"items":['
    comma = ""
    for extraction in extractions:
        for attribution in extraction.attributions:
            for annotation in web_annotations(extraction.report, attribution):
                yield comma + line(annotation)
                comma = ","
    yield "]}}"


def web_annotations(report: Report, attribution: Attribution) -> list[dict[str, Any]]:
    """The Web Annotations of one attribution: one for each span, and one that links them."""
    spans = [("source", attribution.source), ("cue", attribution.cue), *(("content", c) for c in attribution.content)]
    tagged = [_tagged(report, attribution, role, span) for role, span in spans if span]
    said = flat.said_of(attribution, report.text, flat.head_of(report))
    words = [said.source.text if said.source else "", said.cue.text if said.cue else ""]
    words.append(flat.BETWEEN.join(c.text for c in said.content))
    linked = {
        "id": _urn(attribution.id),
        "type": "Annotation",
        "motivation": "linking",
        "body": {"type": "TextualBody", "purpose": "describing", "format": "text/plain", "value": " — ".join(words)},
        "target": [annotation["id"] for annotation in tagged],
    }
    return [*tagged, linked]


def line(what: Any) -> str:
    """JSON on one line, readable in any script."""
    return json.dumps(what, ensure_ascii=False, allow_nan=False)


def _tagged(report: Report, attribution: Attribution, role: str, span: Span) -> dict[str, Any]:
    source: dict[str, Any] = {"id": _urn(report.id), "type": "Text", "format": "text/plain"}
    if report.language:
        source["language"] = report.language.value
    if report.url:
        source["via"] = report.url.value
    return {
        "id": f"{_urn(attribution.id)}:{role}:{span.start}-{span.end}",
        "type": "Annotation",
        "motivation": "tagging",
        "body": {"type": "TextualBody", "purpose": "tagging", "format": "text/plain", "value": role},
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
