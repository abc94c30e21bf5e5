"""An LLM's reply → proposals. Nothing in a reply becomes words of ours: it can only point at the report's.

Every string is a quote to find again in the window that was sent. What is not found makes its row doubtful, which
`extraction` sets aside with the reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from onrecord.align import align, fold
from onrecord.engines.llm_http import loads
from onrecord.engines.llm_prompt import ACTS, EVIDENCE, KINDS, MODALITIES, MOST_ROWS
from onrecord.model import Act, Entity, EntityKind, Evidence, EvidenceType, Meaning, Modality, Proposal, Proposed, Span

SCORE = 0.5
"""Of every proposal: an LLM gives no score that means anything."""
_MOST_PARTS = 10
_LONGEST_NAME = 200


@dataclass(slots=True)
class Grounded:
    """What the replies for one report's windows point at, as it gathers."""

    report_id: str
    text: str
    rows: list[Proposal] = field(default_factory=list)
    names: list[tuple[str, EntityKind, list[Span]]] = field(default_factory=list)
    by_name: dict[str, int] = field(default_factory=dict)
    by_mention: dict[Span, int] = field(default_factory=dict)

    def proposed(self) -> Proposed:
        """All of it, as an engine proposes it."""
        entities = tuple(
            Entity(self.report_id, name, kind, tuple(sorted(mentions)), score=SCORE)
            for name, kind, mentions in self.names
        )
        return Proposed(tuple(self.rows), entities)


def entries(reply: str) -> list[Any] | None:
    """The attributions in what a model wrote; None where it is not the JSON object that was asked for."""
    start, end = reply.find("{"), reply.rfind("}")
    found = loads(reply[start : end + 1]) if 0 <= start < end else None
    listed = found.get("attributions") if isinstance(found, dict) else None
    return listed if isinstance(listed, list) else None


def ground(listed: Sequence[Any], window: Span, into: Grounded) -> None:
    """Puts a reply's attributions on the text, inside the window (code points of the report's text)."""
    first = len(into.rows)
    places: dict[int, int] = {}
    known: dict[tuple[Any, ...], int] = {}
    for k, entry in enumerate(listed[:MOST_ROWS]):
        row, notes = _row(entry, window, into)
        key = (row.source, row.cue, tuple(sorted(row.content)), row.doubt)
        if key not in known:
            known[key] = len(into.rows)
            into.rows.append(row)
        places[k] = known[key]
        into.rows.extend(_aside(row.content[0], note) for note in notes)
    if len(listed) > MOST_ROWS:
        into.rows.append(_aside(window, f"llm: more than {MOST_ROWS} rows in a reply"))
    for name in ("within", "about"):
        links: dict[int, int] = {}
        for k, entry in enumerate(listed[:MOST_ROWS]):
            if isinstance(entry, Mapping) and places[k] not in links:
                target = places.get(_index(entry.get(name)))
                if target is not None and not _reaches(links, target, places[k]):
                    links[places[k]] = target
        for at, target in links.items():
            if into.rows[at].doubt is None and at >= first:
                row = into.rows[at]
                into.rows[at] = replace(row, within=target) if name == "within" else replace(row, about=target)


def _reaches(links: Mapping[int, int], start: int, end: int) -> bool:
    """Whether following links from `start` leads to `end`. Links never go in a circle, so that it ends."""
    at: int | None = start
    while at is not None and at != end:
        at = links.get(at)
    return at is not None


def _row(entry: Any, window: Span, into: Grounded) -> tuple[Proposal, list[str]]:
    """One entry on the text, and what of it was not found though the row stands."""
    if not isinstance(entry, Mapping):
        return _aside(window, "llm: no attribution"), []
    content = entry.get("content")
    quotes = content if isinstance(content, list) else [content]
    if not quotes or len(quotes) > _MOST_PARTS:
        return _aside(window, "llm: no content, or in too many parts"), []
    given: list[tuple[str, Any]] = [("content", q) for q in quotes]
    given += [(name, entry.get(name)) for name in ("source", "cue") if entry.get(name) is not None]
    anchor = next((s for _, q in given if (s := _find(into.text, q, None, window))), None)
    found = [(name, _find(into.text, q, anchor, window)) for name, q in given]
    lost = next((name for name, span in found if span is None), None)
    spans = [span for _, span in found if span]
    contents = tuple(span for name, span in found if name == "content" and span)
    source, cue = (next((s for n, s in found if n == name), None) for name in ("source", "cue"))
    if lost:
        return _aside(spans[0] if spans else window, f"llm: {lost} not in the text"), []
    ordered = sorted(spans)
    if any(a.end > b.start for a, b in itertools.pairwise(ordered)):
        return _aside(spans[0], "llm: source, cue and content overlap"), []
    if source is None and cue is None:
        return Proposal(None, None, contents, SCORE), []
    meaning, notes = _meaning(entry, contents[0], window, into.text)
    entity, note = _entity(entry, source, window, into)
    return Proposal(source, cue, contents, SCORE, None, meaning, entity), notes + note


def _meaning(entry: Mapping[str, Any], content: Span, window: Span, text: str) -> tuple[Meaning, list[str]]:
    evidence, notes = [], []
    listed = entry.get("evidence")
    for item in listed[:_MOST_PARTS] if isinstance(listed, list) else ():
        kind = item.get("type") if isinstance(item, Mapping) else None
        span = _find(text, item.get("quote"), content, window) if isinstance(item, Mapping) else None
        if span and isinstance(kind, str) and kind in EVIDENCE:
            evidence.append(Evidence(span, cast(EvidenceType, kind)))
        else:
            notes.append("llm: evidence not in the text, or of no known type")
    act, modality = _one_of(entry.get("act"), ACTS), _one_of(entry.get("modality"), MODALITIES)
    found = tuple(dict.fromkeys(evidence))
    return Meaning(act=cast(Act | None, act), modality=cast(Modality | None, modality), evidence=found), notes


def _entity(
    entry: Mapping[str, Any], source: Span | None, window: Span, into: Grounded
) -> tuple[int | None, list[str]]:
    """The entity that a source is, by a name that stands in the text: index into the entities; and what was amiss."""
    quote, kind = entry.get("source_name"), _one_of(entry.get("source_kind"), KINDS)
    if quote is None or source is None:
        return None, []
    span = _find(into.text, quote, source, window)
    if span is None or span.end - span.start > _LONGEST_NAME:
        return None, ["llm: name not in the text"]
    if kind is None:
        return None, ["llm: name of no known kind"]
    name = span.of(into.text)
    same = into.by_name.get(fold(name), len(into.names))
    if any(into.by_mention.get(m, same) != same for m in (span, source)):
        return None, ["llm: one mention of two names"]
    if same == len(into.names):
        into.names.append((name, cast(EntityKind, kind), []))
        into.by_name[fold(name)] = same
    for mention in (span, source):
        if mention not in into.by_mention:
            into.by_mention[mention] = same
            into.names[same][2].append(mention)
    return same, []


def _find(text: str, quote: Any, anchor: Span | None, window: Span) -> Span | None:
    """Where a quote stands: of several places the one closest to the anchor, on either side of it."""
    if not isinstance(quote, str):
        return None
    quote = quote.strip()
    if anchor is None:
        return align(text, quote, within=window)
    found = {align(text, quote, near=at, within=window) for at in (anchor.start - len(quote), anchor.end)}
    apart = {s for s in found if s and not s.overlaps(anchor)} or {s for s in found if s}
    return min(apart, key=lambda s: (max(anchor.start - s.end, s.start - anchor.end), s), default=None)


def _aside(place: Span, reason: str) -> Proposal:
    """A proposal that is only there to be set aside, at that place."""
    return Proposal(None, place, (place,), SCORE, doubt=reason)


def _one_of(value: Any, values: Sequence[str]) -> str | None:
    return value if isinstance(value, str) and value in values else None


def _index(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
