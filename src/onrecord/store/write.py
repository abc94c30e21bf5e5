"""How one report, or one failure, is written: observed rows and what is derived from them, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, insert, select
from sqlalchemy.sql.dml import ReturningInsert

from onrecord.model import Attribution, Extraction, Failure, RawReport, Run, SetAside, Span, content_id
from onrecord.store import derived, identities, meanings
from onrecord.store import schema as t
from onrecord.store.observed import digest, plain, reading_row, report_row
from onrecord.store.packing import now, pack_bytes, to_json
from onrecord.store.rows import Outcome

GAP = " … "
"""Stands between the spans of a split content in the column `content`, which has them in the order of the text."""

_UNRESOLVED = (
    select(t.failures)
    .outerjoin(t.resolutions, t.resolutions.c.failure_seq == t.failures.c.seq)
    .where(t.resolutions.c.seq.is_(None), t.failures.c.origin == bindparam("origin"))
)
_EXAMINED = (
    select(t.examinations.c.seq)
    .join(t.readings, t.readings.c.seq == t.examinations.c.reading_seq)
    .where(t.readings.c.report_seq == bindparam("report"), t.examinations.c.run_seq == bindparam("run"))
)
_KNOWN = select(t.attributions.c.id, t.attributions.c.seq).where(t.attributions.c.report_seq == bindparam("report"))
_LAST = select(func.coalesce(func.max(t.attributions.c.seq), 0))


_DONE = (
    select(t.examinations.c.seq)
    .join(t.readings, t.readings.c.seq == t.examinations.c.reading_seq)
    .join(t.raws, t.raws.c.seq == t.readings.c.raw_seq)
    .join(t.runs, t.runs.c.seq == t.examinations.c.run_seq)
    .where(
        t.raws.c.sha256 == bindparam("raw"),
        t.readings.c.origin == bindparam("origin"),
        t.runs.c.id == bindparam("run"),
    )
)


def done(connection: Connection, origin: str, raw_sha256: str, run_id: str) -> bool:
    """Whether this run has read these bytes from this origin, and no failure of the origin is unresolved."""
    asked = {"raw": raw_sha256, "origin": plain(origin), "run": run_id}
    if connection.execute(_DONE, asked).first() is None:
        return False
    return connection.execute(_UNRESOLVED, {"origin": plain(origin)}).first() is None


def check(raw: RawReport, extraction: Extraction) -> None:
    """Raises ValueError where bytes, report and attributions do not belong together, or a span leaves the text."""
    report, report_id = extraction.report, extraction.report.id
    if raw.sha256 != report.raw_sha256 or raw.origin != report.origin:
        raise ValueError(f"{report.origin}: this report was not made from these bytes")
    if "\x00" in report.text:
        raise ValueError(f"{report.origin}: a report's text holds no NUL character")
    for attribution in extraction.attributions:
        spans = [s for s in (attribution.source, attribution.cue, *attribution.content) if s]
        if attribution.report_id != report_id or not attribution.content:
            raise ValueError(f"{report.origin}: an attribution of another report, or without content")
        if max(s.end for s in spans) > len(report.text):
            raise ValueError(f"{report.origin}: a span lies outside the text")


def record(connection: Connection, raw: RawReport, extraction: Extraction) -> Outcome:
    """Write one checked report with its bytes and what the run made of it; what is there already stays as it is."""
    report, at = extraction.report, now()
    if _taken_down(connection, report.id):
        resolve(connection, report.origin, at)
        return Outcome("taken down", report.id)
    run_seq = ensure_run(connection, extraction.run)
    report_seq = seq_of(connection, t.reports, id=report.id)
    if report_seq is None:
        report_seq = _add(connection, t.reports, report_row(report))
        derived.add_report(connection, report_seq)
    seen = _examined(connection, report_seq, run_seq)
    reading_seq = _ensure_reading(connection, raw, extraction, report_seq, at)
    new = 0
    if not seen:
        new = _add_attributions(connection, extraction, report_seq, run_seq)
    if seq_of(connection, t.examinations, reading_seq=reading_seq, run_seq=run_seq) is None:
        _add_parts(connection, reading_seq, run_seq, extraction.set_aside)
        row = {"reading_seq": reading_seq, "run_seq": run_seq, "at": at}
        _add(connection, t.examinations, row | {"digest": digest(connection, reading_seq, run_seq, at)})
    resolve(connection, report.origin, at)
    if seen:
        return Outcome("known", report.id)
    return Outcome("set aside" if any(map(is_whole, extraction.set_aside)) else "recorded", report.id, new)


def _taken_down(connection: Connection, report_id: str) -> bool:
    held = select(t.takedowns.c.seq).where(t.takedowns.c.report_id == report_id)
    return connection.execute(held).first() is not None


def is_whole(part: SetAside) -> bool:
    """Whether a part set aside is the report as a whole."""
    return part.start is None and part.raw_start is None


def record_failure(connection: Connection, failure: Failure) -> None:
    """Note a failure, unless the very same one is unresolved already."""
    row = {"origin": plain(failure.origin), "stage": failure.stage, "reason": plain(failure.reason)}
    row["advice"] = plain(failure.advice) if failure.advice else None  # type: ignore[assignment]
    same = (failure.stage, row["reason"], row["advice"])
    held = connection.execute(_UNRESOLVED, {"origin": row["origin"]})
    if same not in [(f.stage, f.reason, f.advice) for f in held]:
        at = now()
        _add(connection, t.failures, row | {"at": at, "id": failure_id(row | {"at": at})})


def resolve(connection: Connection, origin: str, at: str) -> None:
    """Note that a read of this origin succeeded at that time, on every failure of it that is unresolved."""
    for failure in connection.execute(_UNRESOLVED, {"origin": plain(origin)}).all():
        _add(connection, t.resolutions, {"failure_seq": failure.seq, "at": at, "id": resolution_id(failure.id, at)})


def failure_id(row: Mapping[str, Any]) -> str:
    """Named by all it says."""
    return content_id("failure", [row[name] for name in ("origin", "stage", "reason", "advice", "at")])


def resolution_id(failure: str, at: str) -> str:
    """Named by the failure and the time."""
    return content_id("resolution", [failure, at])


def run_row(run: Run) -> dict[str, Any]:
    """The row of `runs`."""
    return {"id": run.id, "engine": run.engine, "version": run.version, "settings": to_json(dict(run.settings))}


def seq_of(connection: Connection, table: Any, **equal: Any) -> int | None:
    """The `seq` of the row with these values, if there is one."""
    return connection.execute(_find(table, *equal), equal).scalar()


@cache
def _find(table: Any, *names: str) -> Select[int]:
    """Statements are made once: making one costs SQLAlchemy more than SQLite takes to answer it."""
    return select(table.c.seq).where(*(table.c[name] == bindparam(name) for name in names)).limit(1)


_adding = cache(insert)


def _add(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    return connection.execute(_adding_one(table), row).scalar_one()


@cache
def _adding_one(table: Table) -> ReturningInsert[int]:
    return insert(table).returning(table.c.seq)


def ensure_run(connection: Connection, run: Run) -> int:
    """The `seq` of a run, noted where it is new."""
    return _ensure(connection, t.runs, run.id, run_row(run))


def _ensure(connection: Connection, table: Table, row_id: str, row: Mapping[str, Any]) -> int:
    found = seq_of(connection, table, id=row_id)
    return _add(connection, table, row) if found is None else found


def _examined(connection: Connection, report_seq: int, run_seq: int) -> bool:
    return connection.execute(_EXAMINED, {"report": report_seq, "run": run_seq}).first() is not None


def _ensure_reading(connection: Connection, raw: RawReport, extraction: Extraction, report_seq: int, at: str) -> int:
    report = extraction.report
    raw_seq = seq_of(connection, t.raws, sha256=report.raw_sha256)
    if raw_seq is None:
        codec, data = pack_bytes(raw.data)
        row = {"sha256": report.raw_sha256, "bytes": len(raw.data), "codec": codec, "data": data}
        raw_seq = _add(connection, t.raws, row)
    found = seq_of(connection, t.readings, report_seq=report_seq, raw_seq=raw_seq, origin=plain(report.origin))
    if found is not None:
        return found
    to = {"report_seq": report_seq, "raw_seq": raw_seq}
    reading_seq = _add(connection, t.readings, reading_row(raw, report, at) | to)
    _add_parts(connection, reading_seq, None, report.set_aside)
    return reading_seq


def _add_parts(connection: Connection, reading_seq: int, run_seq: int | None, parts: tuple[SetAside, ...]) -> None:
    names = ("stage", "reason", "start", "end", "raw_start", "raw_end", "detail")
    rows = [{name: getattr(part, name) for name in names} for part in parts]
    if rows:
        connection.execute(_adding(t.set_aside), [r | {"reading_seq": reading_seq, "run_seq": run_seq} for r in rows])


def _add_attributions(connection: Connection, extraction: Extraction, report_seq: int, run_seq: int) -> int:
    by_id = {a.id: a for a in extraction.attributions}
    known = connection.execute(_KNOWN, {"report": report_seq})
    seqs: dict[str, int] = {row.id: row.seq for row in known}
    again = [seqs[name] for name in by_id if name in seqs]
    fresh = {name: a for name, a in by_id.items() if name not in seqs}
    if fresh:
        first = connection.execute(_LAST).scalar_one() + 1
        seqs |= {name: first + k for k, name in enumerate(fresh)}
        text = extraction.report.text
        rows = [attribution_row(a, text) | {"seq": seqs[name], "report_seq": report_seq} for name, a in fresh.items()]
        connection.execute(_adding(t.attributions), rows)
        connection.execute(_adding(t.contents), [c for name, a in fresh.items() for c in _contents(a, seqs[name])])
    for seq in again:
        derived.forget_said(connection, seq)
    if by_id:
        seen = [
            {"attribution_seq": seqs[name], "run_seq": run_seq, "kind": a.kind, "score": a.score}
            for name, a in by_id.items()
        ]
        connection.execute(_adding(t.sightings), seen)
    meanings.add(connection, extraction, report_seq, run_seq, seqs)
    identities.add_voices(connection, report_seq)
    for seq in again:
        derived.add_said_again(connection, seq)
    if fresh:
        derived.add_said(connection, report_seq, first, first + len(fresh) - 1)
    return len(fresh)


def attribution_row(attribution: Attribution, text: str) -> dict[str, Any]:
    """The row of `attributions`: its spans, and the words that they hold."""
    row: dict[str, Any] = {"id": attribution.id}
    for name in ("source", "cue"):
        span: Span | None = getattr(attribution, name)
        row[f"{name}_start"], row[f"{name}_end"] = (span.start, span.end) if span else (None, None)
        row[name] = span.of(text) if span else None
    return row | {"content": GAP.join(span.of(text) for span in sorted(attribution.content))}


def _contents(attribution: Attribution, seq: int) -> list[dict[str, int]]:
    return [
        {"attribution_seq": seq, "n": n, "start": span.start, "end": span.end}
        for n, span in enumerate(sorted(attribution.content))
    ]
