"""The one way rows leave the record, or lose words: a takedown, by somebody, for a reason, and the record says so.

A report goes with its bytes and all that was found in it. Rows that are kept for good (judgements, withdrawals,
replies, earlier takedowns) keep their ids; words of theirs that must go are replaced, and a row of `redactions` says so
and holds a digest of what is left, by which `verify` knows it from a forgery.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, or_, select

from onrecord.model import content_id
from onrecord.store import schema as t
from onrecord.store.packing import now
from onrecord.store.redress_rows import ERASED
from onrecord.store.watching import forget
from onrecord.store.words import Words

_NAME = "name:"
WORDED = {
    t.judgements: ("a", "b", "by", "reason"),
    t.withdrawals: ("by", "reason"),
    t.takedowns: ("by", "reason"),
    t.redactions: ("by", "reason"),
    t.replies: ("name", "text", "by"),
}
"""Tables whose rows are kept for good, and the columns that hold words of people."""
_SAID = {"name", "text"}
_PART = 500


def take_down(connection: Connection, report_id: str, by: str, reason: str) -> None:
    """Delete a report with its bytes and all that was found in it, what was said of its rows, and replies to it, and
    note that it was. The indexes want a rebuild."""
    report_seq = connection.execute(select(t.reports.c.seq).filter_by(id=report_id)).scalar_one()
    readings = select(t.readings.c.seq).where(t.readings.c.report_seq == report_seq)
    attributions = select(t.attributions.c.seq).where(t.attributions.c.report_seq == report_seq)
    origins = select(t.readings.c.origin).where(t.readings.c.report_seq == report_seq)
    addresses = select(t.reports.c.url).where(t.reports.c.seq == report_seq, t.reports.c.url.is_not(None))
    forget(connection, [*connection.execute(origins).scalars(), *connection.execute(addresses).scalars()])
    rows = _rows_of(connection, report_id, report_seq)
    connection.execute(insert(t.takedown_open), {"report_id": report_id})
    for table in (t.set_aside, t.examinations):
        connection.execute(delete(table).where(table.c.reading_seq.in_(readings)))
    for table in (t.meanings, t.sightings, t.contents):
        connection.execute(delete(table).where(table.c.attribution_seq.in_(attributions)))
    for table in (t.shingles, t.sketched, t.statements, t.linked, t.compared, t.entities, t.attributions, t.readings):
        connection.execute(delete(table).where(table.c.report_seq == report_seq))
    connection.execute(delete(t.reports).where(t.reports.c.seq == report_seq))
    connection.execute(delete(t.raws).where(t.raws.c.seq.not_in(select(t.readings.c.raw_seq))))
    for table, row in _hanging_on(connection, rows):
        _redact(connection, table, row, ("a", "b", "reason") if table is t.judgements else ("name", "text"), by, reason)
    row_ = {"report_id": report_id, "by": by, "reason": reason, "at": now()}
    connection.execute(insert(t.takedowns), row_ | {"id": takedown_id(row_)})
    connection.execute(delete(t.takedown_open))


def erase(connection: Connection, words: Words, by: str, reason: str) -> int:
    """Erase words from every row that is kept for good, and failures that hold them; how many rows that were."""
    connection.execute(insert(t.takedown_open), {"report_id": ""})
    count = 0
    for table, columns in WORDED.items():
        for row in connection.execute(select(table).order_by(table.c.seq)).all():
            held = {name for name in columns if words.stand_in(row._mapping[name])}
            if held & _SAID:
                held |= _SAID  # a reply goes as a whole
            if held:
                _redact(connection, table, row, held, by, reason)
                count += 1
    for row in connection.execute(select(t.failures)).all():
        if any(words.stand_in(said) for said in (row.origin, row.reason, row.advice)):
            connection.execute(delete(t.resolutions).filter_by(failure_seq=row.seq))
            connection.execute(delete(t.failures).filter_by(seq=row.seq))
            _note(connection, t.failures, row.id, "", by, reason)
            count += 1
    connection.execute(delete(t.takedown_open))
    return count


def takedown_id(row: Mapping[str, Any]) -> str:
    """Named by all it says."""
    return content_id("takedown", [row[name] for name in ("report_id", "by", "reason", "at")])


def redaction_id(row: Mapping[str, Any]) -> str:
    """Named by all it says."""
    return content_id("redaction", [row[name] for name in ("kind", "row_id", "digest", "by", "reason", "at")])


def is_redacted(connection: Connection, table: Table, row: Row[Any]) -> bool:
    """Whether the row is what a takedown left of it."""
    r = t.redactions.c
    query = select(r.digest).where(r.kind == table.name, r.row_id == row.id).order_by(r.seq.desc()).limit(1)
    return connection.execute(query).scalar() == _digest(table, row._asdict())


def _digest(table: Table, row: Mapping[str, Any]) -> str:
    return content_id("left", [table.name, *(row[name] for name in sorted(table.c.keys()) if name != "seq")])


def _redact(
    connection: Connection, table: Table, row: Row[Any], columns: Collection[str], by: str, reason: str
) -> None:
    """Put a mark in place of what the columns say. A name that was given is taken back, too: there is none any more."""
    left = row._asdict()
    for name in columns:
        if name in ("a", "b"):
            if left[name].startswith(_NAME):
                left[name] = _NAME + ERASED
        elif left[name] is not None:
            left[name] = ERASED
    if left == row._asdict():
        return
    connection.execute(delete(table).filter_by(seq=row.seq))
    connection.execute(insert(table), left)
    if table is t.judgements and _NAME + ERASED in (left["a"], left["b"]):
        _withdraw(connection, row.id, by)
    _note(connection, table, row.id, _digest(table, left), by, reason)


def _note(connection: Connection, table: Table, row_id: str, digest: str, by: str, reason: str) -> None:
    note = {"kind": table.name, "row_id": row_id, "digest": digest, "by": by, "reason": reason, "at": now()}
    connection.execute(insert(t.redactions), note | {"id": redaction_id(note)})


def _withdraw(connection: Connection, target: str, by: str) -> None:
    row = {"target": target, "by_kind": "person", "by": by, "reason": "its name was taken down", "at": now()}
    made = content_id("withdrawal", [row[name] for name in ("target", "by_kind", "by", "at", "reason")])
    connection.execute(insert(t.withdrawals), row | {"id": made})


def _rows_of(connection: Connection, report_id: str, report_seq: int) -> set[str]:
    """Ids of a report and of all rows of it that somebody may have judged or replied to."""
    found = {report_id}
    for table in (t.attributions, t.entities):
        found |= set(connection.execute(select(table.c.id).where(table.c.report_seq == report_seq)).scalars())
    return found


def _hanging_on(connection: Connection, rows: Collection[str]) -> Iterator[tuple[Table, Row[Any]]]:
    """Judgements on these rows, and replies to them: each once."""
    every, seen = sorted(rows), set[tuple[str, int]]()
    for k in range(0, len(every), _PART):
        part = every[k : k + _PART]
        j, r = t.judgements.c, t.replies.c
        for table, where in ((t.judgements, or_(j.a.in_(part), j.b.in_(part))), (t.replies, r.target.in_(part))):
            for row in connection.execute(select(table).where(where)).all():
                if (table.name, row.seq) not in seen:
                    seen.add((table.name, row.seq))
                    yield table, row
