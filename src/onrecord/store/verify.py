"""Checks a record against its own bytes: every hash, id, span and quote is derived again and compared."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select, text
from sqlalchemy.exc import DatabaseError

from onrecord.errors import StoreError
from onrecord.model import Attribution, Report, Span
from onrecord.store import derived, meanings
from onrecord.store import schema as t
from onrecord.store.database import Database
from onrecord.store.judged import is_there, judgement_of, outside, withdrawal_of
from onrecord.store.observed import digest, reading_id, report_of, report_row, set_aside_parts
from onrecord.store.packing import unpack_bytes
from onrecord.store.read import run
from onrecord.store.replies import reply_of
from onrecord.store.rows import Problem
from onrecord.store.takedown import is_redacted, redaction_id, takedown_id
from onrecord.store.write import attribution_row, failure_id, resolution_id, run_row

BATCH = 100
"""Rows checked in one short transaction, so that writers need not wait."""


def verify(database: Database) -> Iterator[Problem]:
    """Every problem found; nothing where the record is whole. A table that cannot be read is one."""
    for step in (_file, _triggers, _raws, _reports, _small_tables, _strays, _derived):
        try:
            yield from step(database)
        except StoreError as error:
            yield Problem("file", str(database.path), error.what)
        except ValueError as error:  # what is derived cannot be, from a row that was damaged
            yield Problem("file", str(database.path), f"a row cannot be understood ({error})")


def _file(database: Database) -> Iterator[Problem]:
    with database.read() as connection:
        for said in connection.exec_driver_sql("PRAGMA integrity_check").scalars().all():
            if said != "ok":
                yield Problem("file", str(database.path), said)
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            yield Problem(row[0], f"row {row[1]}", f"refers to a row of {row[2]} that is not there")


def _triggers(database: Database) -> Iterator[Problem]:
    with database.read() as connection:
        made = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        held: dict[str, str] = dict(connection.execute(made).all())
    for name, sql in t.triggers().items():
        if held.pop(name, None) != sql:
            yield Problem("schema", name, "the trigger that keeps rows from being altered is missing or altered")
    for name in held:
        yield Problem("schema", name, "a trigger that is not ours")


def _raws(database: Database) -> Iterator[Problem]:
    yield from _each(database, t.raws, lambda _, row: _check_raw(row), size=10)


def _check_raw(row: Row[Any]) -> Iterator[str]:
    try:
        data = unpack_bytes(row.codec, row.data, row.bytes)
    except ValueError as error:
        yield str(error)
        return
    if hashlib.sha256(data).hexdigest() != row.sha256 or len(data) != row.bytes:
        yield "these are not the bytes that were read"


def _reports(database: Database) -> Iterator[Problem]:
    yield from _each(database, t.reports, _check_report)


def _check_report(connection: Connection, row: Row[Any]) -> Iterator[str]:
    readings = connection.execute(
        select(t.readings, t.raws.c.sha256)
        .join(t.raws, t.raws.c.seq == t.readings.c.raw_seq)
        .where(t.readings.c.report_seq == row.seq)
        .order_by(t.readings.c.seq)
    ).all()
    if not readings:
        yield "nowhere was it read from"
    for reading in readings:
        yield from _check_reading(connection, row, reading)
    yield from _check_attributions(connection, row)
    yield from meanings.problems(connection, row)


def _check_reading(connection: Connection, row: Row[Any], reading: Row[Any]) -> Iterator[str]:
    if reading_id(row.id, reading.sha256, _fields(reading)) != reading.id:
        yield f"reading {reading.id} is altered"
        return
    report = report_of(row, reading, reading.sha256, set_aside_parts(connection, reading.seq, None))
    if {**report_row(report)} != {name: _fields(row)[name] for name in report_row(report)}:
        yield "its id does not follow from what it says"
    yield from _check_map(connection, report)
    e = t.examinations
    examined = connection.execute(select(e).filter_by(reading_seq=reading.seq)).all()
    if not examined:
        yield f"no run has examined reading {reading.id}"
    for row_ in examined:
        if digest(connection, reading.seq, row_.run_seq, row_.at) != row_.digest:
            yield f"what run {row_.run_seq} found or set aside in reading {reading.id} is altered"


def _check_map(connection: Connection, report: Report) -> Iterator[str]:
    """Exact pieces of the way back must decode to the text they stand for."""
    exact = [piece for piece in report.origins if piece.exact]
    if not exact:
        return
    held = connection.execute(select(t.raws.c.codec, t.raws.c.data, t.raws.c.bytes).filter_by(sha256=report.raw_sha256))
    row = held.one()
    data = unpack_bytes(row.codec, row.data, row.bytes)
    for piece in exact:
        there = data[piece.raw_start : piece.raw_end].decode(report.encoding, "replace")
        if there != report.text[piece.start : piece.end]:
            yield f"characters {piece.start}…{piece.end} are not what bytes {piece.raw_start}…{piece.raw_end} say"
            return


def _check_attributions(connection: Connection, report: Row[Any]) -> Iterator[str]:
    a, c = t.attributions.c, t.contents.c
    spans: dict[int, list[Span]] = {}
    query = select(t.contents).join(t.attributions, a.seq == c.attribution_seq).where(a.report_seq == report.seq)
    for row in connection.execute(query.order_by(c.attribution_seq, c.n)):
        before = spans.setdefault(row.attribution_seq, [])
        if row.n != len(before):
            yield f"attribution number {row.attribution_seq} lacks a content span"
        before.append(Span(row.start, row.end))
    for row in connection.execute(select(t.attributions).filter_by(report_seq=report.seq)):
        content = tuple(spans.get(row.seq, ()))
        found = Attribution(report.id, _span(row, "source"), _span(row, "cue"), content, "direct", 0)
        made = attribution_row(found, report.text)
        if made["id"] != row.id:
            yield f"attribution {row.id} is altered: its id does not follow from its spans"
        elif made.items() - _fields(row).items():
            yield f"attribution {row.id} is altered: its words are not those of the text"
    yield from _check_substr(connection, report.seq)


def _check_substr(connection: Connection, report_seq: int) -> Iterator[str]:
    """The database must cut the same words out of the text as Python does."""
    a, r = t.attributions.c, t.reports.c
    for name in ("source", "cue"):
        start, end, held = a[f"{name}_start"], a[f"{name}_end"], a[name]
        query = select(a.id).join(t.reports, r.seq == a.report_seq)
        wrong = query.where(a.report_seq == report_seq, func.substr(r.text, start + 1, end - start) != held)
        for row_id in connection.execute(wrong).scalars():
            yield f"attribution {row_id}: the database cuts another {name} out of the text"


def _span(row: Row[Any], name: str) -> Span | None:
    start, end = row._mapping[f"{name}_start"], row._mapping[f"{name}_end"]
    return Span(start, end) if start is not None or end is not None else None


def _small_tables(database: Database) -> Iterator[Problem]:
    yield from _each(database, t.runs, _check_run)
    yield from _each(database, t.failures, lambda _, row: _altered(row.id, failure_id(_fields(row))))
    yield from _each(database, t.resolutions, _check_resolution)
    kept: dict[Table, Callable[[Row[Any]], str]] = {
        t.takedowns: lambda row: takedown_id(_fields(row)),
        t.withdrawals: lambda row: withdrawal_of(row).id,
        t.replies: lambda row: reply_of(row).id,
        t.redactions: lambda row: redaction_id(_fields(row)),
    }
    for table, derived_id in kept.items():
        yield from _each(database, table, partial(_check_kept, table, derived_id))
    yield from _each(database, t.redactions, _check_redaction)
    yield from _each(database, t.judgements, _check_judgement)


def _check_run(connection: Connection, row: Row[Any]) -> Iterator[str]:
    made = run(connection, row.seq)
    yield from _altered(row.id, made.id)
    if run_row(made)["settings"] != row.settings:
        yield "its settings are altered"


def _check_resolution(connection: Connection, row: Row[Any]) -> Iterator[str]:
    failure = connection.execute(select(t.failures.c.id).filter_by(seq=row.failure_seq)).scalar()
    yield from _altered(row.id, resolution_id(str(failure), row.at))


def _check_judgement(connection: Connection, row: Row[Any]) -> Iterator[str]:
    yield from _check_kept(t.judgements, lambda row: judgement_of(row).derived_id, connection, row)
    if wrong := outside(connection, judgement_of(row)):
        yield wrong
    gone = select(func.count()).select_from(t.takedowns)
    for name in (row.a, row.b):
        if not is_there(connection, name, row.relation) and not connection.execute(gone).scalar_one():
            yield f"judges {name}, which is not in the record"


def _check_kept(
    table: Table, derived_id: Callable[[Row[Any]], str], connection: Connection, row: Row[Any]
) -> Iterator[str]:
    """A row that is kept for good is as it was written, or as a takedown left it."""
    if row.id != derived_id(row) and not is_redacted(connection, table, row):
        yield "its id does not follow from what it says"


def _check_redaction(connection: Connection, row: Row[Any]) -> Iterator[str]:
    table = t.metadata.tables.get(row.kind)
    there = table is not None and connection.execute(select(table.c.id).filter_by(id=row.row_id)).first()
    if bool(there) != bool(row.digest):
        yield f"what it says of {row.row_id} is not so"


def _fields(row: Row[Any]) -> dict[str, Any]:
    return row._asdict()


def _altered(held: str, derived_id: str) -> Iterator[str]:
    if held != derived_id:
        yield "its id does not follow from what it says"


def _strays(database: Database) -> Iterator[Problem]:
    """Rows that no check by report reaches."""
    a, s = t.attributions.c, t.sightings.c
    unseen = select(a.id).outerjoin(t.sightings, s.attribution_seq == a.seq).where(s.run_seq.is_(None))
    unread = select(t.raws.c.sha256).outerjoin(t.readings, t.readings.c.raw_seq == t.raws.c.seq)
    with database.read() as connection:
        for row_id in connection.execute(unseen).scalars().all():
            yield Problem("attributions", row_id, "no run has seen it")
        for sha256 in connection.execute(unread.where(t.readings.c.seq.is_(None))).scalars().all():
            yield Problem("raws", sha256, "no report was read from these bytes")
        if connection.execute(select(t.takedown_open)).first():
            yield Problem("takedown_open", "", "rows may be deleted, although no takedown is under way")


def _derived(database: Database) -> Iterator[Problem]:
    """Checking an index takes the right to write; where there is none, the index is left unchecked."""
    if not all(os.access(place, os.W_OK) for place in (database.path, database.path.parent)):
        return
    with database.write() as connection:
        found = derived.faults(connection)
    for name, what in found:
        yield Problem(name, "derived", f"{what}; it can be rebuilt")


def _each(
    database: Database, table: Table, check: Callable[[Connection, Row[Any]], Iterator[str]], size: int = BATCH
) -> Iterator[Problem]:
    last = -1
    while True:
        with database.read() as connection:
            query = select(table).where(table.c.seq > last).order_by(table.c.seq).limit(size)
            rows = connection.execute(query).all()
            found = [problem for row in rows for problem in _checked(connection, table, row, check)]
        yield from found
        if len(rows) < size:
            return
        last = rows[-1].seq


def _checked(
    connection: Connection, table: Table, row: Row[Any], check: Callable[[Connection, Row[Any]], Iterator[str]]
) -> Iterator[Problem]:
    name = str(row._mapping.get("id") or row._mapping.get("sha256"))
    try:
        for what in check(connection, row):
            yield Problem(table.name, name, what)
    except DatabaseError:
        raise
    except Exception as error:  # a damaged row may fail in any way; that it fails is the finding
        yield Problem(table.name, name, f"cannot be understood ({error})")
