"""The JSON of a report (docs/json.md) read back: what was written is what one gets, every id worked out anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onrecord.errors import UsageError
from onrecord.model import (
    Attribution,
    Entity,
    Evidence,
    Extraction,
    Found,
    Meaning,
    Report,
    Run,
    SetAside,
    Span,
    When,
)

NO_RUN = Run("unknown", "")
"""The JSON of a report does not say which run made it."""


def extraction_of(told: Mapping[str, Any], run: Run = NO_RUN) -> Extraction:
    """The report with its attributions. The way to the raw bytes is not in the JSON, nor is its encoding.

    Raises UsageError where it is no JSON of a report, where an id does not follow from what it names, or where words
    are not those of the text.
    """
    try:
        return _extraction(told, run)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as why:
        raise UsageError(f"that is no report as OnRecord writes them ({why!r}).") from None


def _extraction(told: Mapping[str, Any], run: Run) -> Extraction:
    report = _report(told["report"], told["set_aside"])
    _same(told["report"]["id"], report.id)
    spans = _Spans(report.text)
    attributions = tuple(_attribution(a, report.id, spans) for a in told["attributions"])
    entities = tuple(_entity(e, report.id, spans) for e in told["entities"])
    ids = [*(a.id for a in attributions), *(e.id for e in entities)]
    for each, made in zip([*told["attributions"], *told["entities"]], ids, strict=True):
        _same(each["id"], made)
    later = tuple(_aside(part) for part in told["set_aside"] if part["stage"] != "clean")
    return Extraction(report, attributions, run, later, entities)


def _report(told: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> Report:
    places = told["found"]

    def found(name: str, value: str | None) -> Found | None:
        if value is None:
            return None
        place = places[name]
        return Found(_text(value), _text(place["where"]), bool(place["inferred"]))

    headline = found("headline", told["headline"])
    byline = tuple(found(f"byline[{k}]", name) for k, name in enumerate(told["byline"]))
    return Report(
        text=_text(told["text"]),
        raw_sha256=_text(told["raw_sha256"]),
        origin=_text(told["origin"]),
        url=found("url", told["url"]),
        publisher=found("publisher", told["publisher"]),
        headline=headline,
        byline=tuple(name for name in byline if name),
        published=found("published", told["published"]),
        captured=datetime.fromisoformat(told["captured"]) if told["captured"] else None,
        delivered_by=told["delivered_by"],
        language=found("language", told["language"]),
        set_aside=tuple(_aside(part) for part in parts if part["stage"] == "clean"),
        flags=tuple(map(_text, told["flags"])),
    )


class _Spans:
    """Reads `{"start", "end", "text"}`, and sees that the words are those of the text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def one(self, told: Mapping[str, Any] | None) -> Span | None:
        return self.sure(told) if told is not None else None

    def sure(self, told: Mapping[str, Any]) -> Span:
        span = Span(told["start"], told["end"])
        if told["text"] != span.of(self._text):
            raise ValueError(f"{told['text']!r} is not what stands at {span.start}…{span.end}")
        return span

    def many(self, told: list[Mapping[str, Any]]) -> tuple[Span, ...]:
        return tuple(map(self.sure, told))


def _attribution(a: Mapping[str, Any], report_id: str, spans: _Spans) -> Attribution:
    meaning = Meaning(
        act=a["act"],
        modality=a["modality"],
        entity=a["entity"],
        candidates=tuple((c["entity"], c["score"]) for c in a["candidates"]),
        distance=spans.many(a["distance"]),
        evidence=tuple(Evidence(spans.sure(e), e["type"]) for e in a["evidence"]),
        within=a["within"],
        about=a["about"],
        addressee=spans.one(a["addressee"]),
        venue=spans.one(a["venue"]),
        said_on=a["said_on"],
        content_when=tuple(When(spans.sure(w), w["value"]) for w in a["content_when"]),
        scores=tuple(a["scores"].items()),
    )
    content = spans.many(a["content"])
    return Attribution(report_id, spans.one(a["source"]), spans.one(a["cue"]), content, a["kind"], a["score"], meaning)


def _entity(e: Mapping[str, Any], report_id: str, spans: _Spans) -> Entity:
    return Entity(report_id, e["name"], e["kind"], spans.many(e["mentions"]), e["role"], e["of"], e["score"])


def _aside(part: Mapping[str, Any]) -> SetAside:
    return SetAside(**{name: part[name] for name in SetAside.__slots__})


def _same(told: str, made: str) -> None:
    if told != made:
        raise ValueError(f"{told} does not follow from what it names")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(repr(value))
    return value
