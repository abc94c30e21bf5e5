"""Reports and readings as rows, and back; ids and digests of rows that the vocabulary itself does not name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from onrecord.model import (
    Found,
    RawReport,
    Report,
    SetAside,
    Span,
    canonical_json,
    content_id,
)
from onrecord.store import schema as t
from onrecord.store.meanings import said_of
from onrecord.store.packing import from_json, given_json, moment, pack_map, to_json, unpack_map, where_json

_VALUES = ("url", "publisher", "published", "headline")
_READING = (
    *("origin", "form", "captured", "delivered_by", "given", "language", "encoding"),
    *("headline_start", "headline_end", "found", "flags", "read_at"),
)


_PARTS = (
    select(t.set_aside)
    .where(
        t.set_aside.c.reading_seq == bindparam("reading"),
        t.set_aside.c.run_seq.is_not_distinct_from(bindparam("run")),
    )
    .order_by(t.set_aside.c.seq)
)
_RUN_ID = select(t.runs.c.id).where(t.runs.c.seq == bindparam("run")).scalar_subquery()
_NAMES = select(t.readings.c.id, t.readings.c.report_seq, _RUN_ID).where(t.readings.c.seq == bindparam("reading"))
_SEEN = (
    select(t.attributions.c.id, t.sightings.c.kind, t.sightings.c.score)
    .join(t.sightings, t.sightings.c.attribution_seq == t.attributions.c.seq)
    .where(t.attributions.c.report_seq == bindparam("report"), t.sightings.c.run_seq == bindparam("run"))
)


def report_row(report: Report) -> dict[str, Any]:
    """The row of `reports`: exactly what the report's id is made from, besides the id itself."""
    row: dict[str, Any] = {"id": report.id, "byline": to_json([b.value for b in report.byline]), "text": report.text}
    for name in _VALUES:
        found: Found | None = getattr(report, name)
        row[name] = found.value if found else None
    return row


def reading_row(raw: RawReport, report: Report, read_at: str) -> dict[str, Any]:
    """The row of `readings` but for what it refers to: all that belongs to these bytes from this origin."""
    where: dict[str, Found | None] = {name: getattr(report, name) for name in (*_VALUES, "language")}
    span = report.headline_span
    row: dict[str, Any] = {
        "origin": plain(report.origin),
        "form": raw.form,
        "captured": report.captured.isoformat() if report.captured else None,
        "delivered_by": report.delivered_by,
        "given": given_json(raw.given),
        "language": report.language.value if report.language else None,
        "encoding": report.encoding,
        "headline_start": span.start if span else None,
        "headline_end": span.end if span else None,
        "found": where_json(where, report.byline),
        "flags": to_json(list(report.flags)),
        "map": pack_map(report.origins),
        "read_at": read_at,
    }
    return row | {"id": reading_id(report.id, report.raw_sha256, row)}


def reading_id(report_id: str, raw_sha256: str, row: Mapping[str, Any]) -> str:
    """Named by everything the row says, the map by its hash."""
    fields = [row[name] for name in _READING]
    return content_id("reading", [report_id, raw_sha256, *fields, hashlib.sha256(row["map"]).hexdigest()])


def report_of(report: Row[Any], reading: Row[Any], raw_sha256: str, parts: Sequence[SetAside]) -> Report:
    """The report as that reading met it. Raises ValueError where a packed column is damaged."""
    where = from_json(reading.found)

    def found(name: str, value: str | None) -> Found | None:
        return Found(value, *where[name]) if value is not None else None

    byline = zip(from_json(report.byline), where.get("byline", ()), strict=True)
    start, end = reading.headline_start, reading.headline_end
    return Report(
        text=report.text,
        raw_sha256=raw_sha256,
        origin=reading.origin,
        url=found("url", report.url),
        publisher=found("publisher", report.publisher),
        headline=found("headline", report.headline),
        headline_span=Span(start, end) if start is not None else None,
        byline=tuple(Found(value, *place) for value, place in byline),
        published=found("published", report.published),
        captured=moment(reading.captured),
        delivered_by=reading.delivered_by,
        language=found("language", reading.language),
        encoding=reading.encoding,
        origins=unpack_map(reading.map),
        set_aside=tuple(parts),
        flags=tuple(from_json(reading.flags)),
    )


def set_aside_parts(connection: Connection, reading_seq: int, run_seq: int | None) -> tuple[SetAside, ...]:
    """What cleaning (no run) or a run set aside of a reading, in the order it was given."""
    rows = connection.execute(_PARTS, {"reading": reading_seq, "run": run_seq})
    return tuple(SetAside(r.stage, r.reason, r.start, r.end, r.raw_start, r.raw_end, r.detail) for r in rows)


def digest(connection: Connection, reading_seq: int, run_seq: int, at: str) -> str:
    """Hash over what an examination found and set aside, as it stands in the tables: ids, kinds, scores, parts.

    With the ids of reading, run and attributions, which cover the rest, it shows any altered row.
    """
    reading_id, report_seq, run_id = connection.execute(_NAMES, {"reading": reading_seq, "run": run_seq}).one()
    seen = connection.execute(_SEEN, {"report": report_seq, "run": run_seq})
    parts = [
        [p.stage, p.reason, p.start, p.end, p.raw_start, p.raw_end, p.detail]
        for run in (None, run_seq)
        for p in set_aside_parts(connection, reading_seq, run)
    ]
    said = [run_id, reading_id, at, sorted(list(row) for row in seen), parts]
    meant = said_of(connection, report_seq, run_seq)
    if meant:  # runs of before there were meanings keep their digests
        said.append(meant)
    return hashlib.sha256(canonical_json(said)).hexdigest()[:32]


def plain(text: str) -> str:
    """A name of a file or place as text that every database takes: what is no character is written as its escape."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
