"""The JSON of a report (docs/json.md): what `onrecord extract` prints and `.to_dict()` gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from onrecord.model import Attribution, Entity, Extraction, Found, Report, SetAside, Span
from onrecord.voices import nesting

SCHEMA_VERSION = 1
"""Version of the JSON of a report (docs/json.md); grows only."""


def report_json(extraction: Extraction) -> dict[str, Any]:
    """The JSON of a report; the same shape from the command, the Python API and the store."""
    report, said = extraction.report, extraction.attributions
    outer = nesting(said)
    named = {e.id: e for e in extraction.entities}
    return {
        "schema_version": SCHEMA_VERSION,
        "report": {
            "id": report.id,
            "url": _value(report.url),
            "publisher": _value(report.publisher),
            "headline": _value(report.headline),
            "byline": [b.value for b in report.byline],
            "published": _value(report.published),
            "captured": report.captured.isoformat() if report.captured else None,
            "language": _value(report.language),
            "text": report.text,
            "raw_sha256": report.raw_sha256,
            "origin": report.origin,
            "delivered_by": report.delivered_by,
            "found": {name: _found(value) for name, value in _found_fields(report)},
            "flags": list(report.flags),
        },
        "attributions": [_attribution_json(a, report.text, outer.get(a.id), named) for a in said],
        "entities": [_entity_json(e, report.text) for e in named.values()],
        "set_aside": [_set_aside_json(part) for part in report.set_aside + extraction.set_aside],
    }


def _attribution_json(a: Attribution, text: str, within: str | None, named: Mapping[str, Entity]) -> dict[str, Any]:
    """One attribution, and on whose word it comes; what no engine has worked out is null or empty, never guessed."""
    m = a.meaning
    source = named.get(m.entity) if m.entity else None

    def spans(many: Iterable[Span]) -> list[dict[str, Any]]:
        return [span_json(span, text) for span in many]

    def one(span: Span | None) -> dict[str, Any] | None:
        return span_json(span, text) if span else None

    return {
        "id": a.id,
        "source": one(a.source),
        "cue": one(a.cue),
        "content": spans(a.content),
        "kind": a.kind,
        "source_name": source.name if source else None,
        "source_kind": source.kind if source else None,
        "entity": m.entity,
        "candidates": [
            {"entity": who, "name": named[who].name, "score": round(score, 4)}
            for who, score in m.candidates
            if who in named
        ],
        "act": m.act,
        "modality": m.modality,
        "distance": spans(m.distance),
        "evidence": [{**span_json(e.span, text), "type": e.type} for e in m.evidence],
        "within": within,
        "about": m.about,
        "addressee": one(m.addressee),
        "venue": one(m.venue),
        "said_on": m.said_on,
        "content_when": [{**span_json(w.span, text), "value": w.value} for w in m.content_when],
        "score": round(a.score, 4),
        "scores": {name: round(score, 4) for name, score in m.scores},
    }


def _entity_json(e: Entity, text: str) -> dict[str, Any]:
    """One entity of a report, with every mention."""
    return {
        "id": e.id,
        "name": e.name,
        "kind": e.kind,
        "role": e.role,
        "of": e.of,
        "mentions": [span_json(m, text) for m in e.mentions],
        "score": round(e.score, 4),
    }


def _set_aside_json(part: SetAside) -> dict[str, Any]:
    """Stage and reason always; places where there are any."""
    return {
        "stage": part.stage,
        "reason": part.reason,
        "start": part.start,
        "end": part.end,
        "raw_start": part.raw_start,
        "raw_end": part.raw_end,
        "detail": part.detail,
    }


def _found_fields(report: Report) -> list[tuple[str, Found]]:
    fields = [
        ("url", report.url),
        ("publisher", report.publisher),
        ("headline", report.headline),
        ("published", report.published),
        ("language", report.language),
        *((f"byline[{k}]", b) for k, b in enumerate(report.byline)),
    ]
    return [(name, found) for name, found in fields if found is not None]


def _found(found: Found) -> dict[str, Any]:
    return {"where": found.where, "inferred": found.inferred}


def _value(found: Found | None) -> str | None:
    return found.value if found else None


def span_json(span: Span, text: str) -> dict[str, Any]:
    """`{"start", "end", "text"}`, so that a reader can check the offsets without our code."""
    return {"start": span.start, "end": span.end, "text": span.of(text)}
