"""Attributions as flat rows, one each, for spreadsheets and data frames; the same columns everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from onrecord.model import Attribution, Entity, Extraction, Found, Report, Span
from onrecord.store.rows import Head, Hit, Quote, Said
from onrecord.voices import chains, nesting

COLUMNS = (
    "source",
    "cue",
    "content",
    "kind",
    "score",
    "headline",
    "publisher",
    "published",
    "url",
    "origin",
    "source_start",
    "source_end",
    "cue_start",
    "cue_end",
    "content_spans",
    "id",
    "report_id",
    "within",
    "voices",
    "source_name",
    "source_kind",
    "act",
    "modality",
    "evidence",
    "distance",
    "said_on",
)
"""What every row has, in this order. Offsets are code points; `content_spans` is `14-90 102-120`.

`within` is the id of the attribution in whose content this one stands; `voices` are the sources on whose word it comes,
innermost first, `Kim | the ministry`, with `?` where none is named. `source_name` is whom the source leads to, in the
report's fullest words; several pieces of evidence or of distance stand between ` | `.
"""

BETWEEN = " … "
"""Stands for what lies between the spans of one content."""


class Row(Protocol):
    """Any answer of the record: something with named fields."""

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        ...


def rows(said: Iterable[Said]) -> Iterator[dict[str, Any]]:
    """One flat row for each attribution: text, whole numbers, floats and None only."""
    for each in said:
        yield row(each)


def row(said: Said) -> dict[str, Any]:
    """One attribution as one flat row."""
    source, cue = said.source, said.cue
    values = (
        source.text if source else None,
        cue.text if cue else None,
        BETWEEN.join(c.text for c in said.content),
        said.kind,
        round(said.score, 4),
        said.report.headline,
        said.report.publisher,
        said.report.published,
        said.report.url,
        said.report.origin,
        source.start if source else None,
        source.end if source else None,
        cue.start if cue else None,
        cue.end if cue else None,
        " ".join(f"{c.start}-{c.end}" for c in said.content),
        said.id,
        said.report.id,
        said.within,
        " | ".join(voice or "?" for voice in said.voices) or None,
        said.source_name,
        said.source_kind,
        said.act,
        said.modality,
        " | ".join(q.text for q in said.evidence) or None,
        " | ".join(q.text for q in said.distance) or None,
        said.said_on,
    )
    return dict(zip(COLUMNS, values, strict=True))


def any_row(item: Row) -> dict[str, Any]:
    """Any answer as one flat row: attributions and hits in `COLUMNS`, others by their own fields."""
    if isinstance(item, Said):
        return row(item)
    if isinstance(item, Hit):
        return _hit_row(item)
    return {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in item.to_dict().items()}


def said_in(extraction: Extraction) -> Iterator[Said]:
    """The attributions of one report as the record gives them back: with their words and the report's head."""
    report, text = head_of(extraction.report), extraction.report.text
    by_id = {a.id: a for a in extraction.attributions}
    around = chains(nesting(extraction.attributions))
    named = {e.id: e for e in extraction.entities}
    for name, a in by_id.items():
        who = named.get(a.meaning.entity) if a.meaning.entity else None
        yield said_of(a, text, report, [by_id[outer] for outer in around.get(name, ())], who)


def said_of(
    a: Attribution, text: str, report: Head, outer: Sequence[Attribution] = (), who: Entity | None = None
) -> Said:
    """One attribution with its words; `outer` are those on whose word it comes, innermost first; `who` its source."""
    m = a.meaning
    return Said(
        id=a.id,
        report=report,
        source=_quote(a.source, text),
        cue=_quote(a.cue, text),
        content=tuple(Quote(c.start, c.end, c.of(text)) for c in sorted(a.content)),
        kind=a.kind,
        score=a.score,
        within=outer[0].id if outer else None,
        voices=tuple(o.source.of(text) if o.source else None for o in outer),
        source_name=who.name if who else None,
        source_kind=who.kind if who else None,
        act=m.act,
        modality=m.modality,
        distance=tuple(Quote(s.start, s.end, s.of(text)) for s in m.distance),
        evidence=tuple(Quote(e.span.start, e.span.end, e.span.of(text)) for e in m.evidence),
        evidence_types=tuple(e.type for e in m.evidence),
        about=m.about,
        said_on=m.said_on,
    )


def head_of(report: Report) -> Head:
    """A report in one line."""
    return Head(
        id=report.id,
        headline=_value(report.headline),
        publisher=_value(report.publisher),
        published=_value(report.published),
        url=_value(report.url),
        origin=report.origin,
    )


def _hit_row(hit: Hit) -> dict[str, Any]:
    """The attribution's row, or what is known of the report where its text was searched; and the snippet."""
    if hit.said:
        return {**row(hit.said), "snippet": hit.snippet}
    known = hit.report.to_dict()
    return {
        **{name: known.get(name) for name in COLUMNS},
        "id": None,
        "report_id": hit.report.id,
        "snippet": hit.snippet,
    }


def _quote(span: Span | None, text: str) -> Quote | None:
    return Quote(span.start, span.end, span.of(text)) if span else None


def _value(found: Found | None) -> str | None:
    return found.value if found else None
