"""The one way a row leaves the record: a report is taken down, by somebody, for a reason, and the record says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from onrecord.model import content_id
from onrecord.store import schema as t
from onrecord.store.packing import now
from onrecord.store.watching import forget


def take_down(connection: Connection, report_id: str, by: str, reason: str) -> None:
    """Delete a report with its bytes and all that was found in it, and note that it was. The indexes want a rebuild."""
    report_seq = connection.execute(select(t.reports.c.seq).filter_by(id=report_id)).scalar_one()
    readings = select(t.readings.c.seq).where(t.readings.c.report_seq == report_seq)
    attributions = select(t.attributions.c.seq).where(t.attributions.c.report_seq == report_seq)
    origins = select(t.readings.c.origin).where(t.readings.c.report_seq == report_seq)
    addresses = select(t.reports.c.url).where(t.reports.c.seq == report_seq, t.reports.c.url.is_not(None))
    forget(connection, [*connection.execute(origins).scalars(), *connection.execute(addresses).scalars()])
    connection.execute(insert(t.takedown_open), {"report_id": report_id})
    for table in (t.set_aside, t.examinations):
        connection.execute(delete(table).where(table.c.reading_seq.in_(readings)))
    for table in (t.meanings, t.sightings, t.contents):
        connection.execute(delete(table).where(table.c.attribution_seq.in_(attributions)))
    for table in (t.shingles, t.sketched, t.statements, t.linked, t.compared, t.entities, t.attributions, t.readings):
        connection.execute(delete(table).where(table.c.report_seq == report_seq))
    connection.execute(delete(t.reports).where(t.reports.c.seq == report_seq))
    connection.execute(delete(t.raws).where(t.raws.c.seq.not_in(select(t.readings.c.raw_seq))))
    row = {"report_id": report_id, "by": by, "reason": reason, "at": now()}
    connection.execute(insert(t.takedowns), row | {"id": takedown_id(row)})
    connection.execute(delete(t.takedown_open))


def takedown_id(row: Mapping[str, Any]) -> str:
    """Named by all it says."""
    return content_id("takedown", [row[name] for name in ("report_id", "by", "reason", "at")])
