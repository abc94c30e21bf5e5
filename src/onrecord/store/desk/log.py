"""The audit log as rows: only added to. What makes it a chain is in `onrecord.audit`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text

from onrecord import audit
from onrecord.audit import Entry, Fault, Head
from onrecord.model import canonical_json
from onrecord.store.desk import schema as t

BATCH = 1000
"""Entries read at a time."""


class Log:
    """The audit log within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, who: str, action: str, target: str | None, details: Mapping[str, Any], workspace: str | None = None
    ) -> Entry:
        """Append an entry. Only within `write()`, which nobody else is in."""
        last = self._connection.execute(select(t.audit).order_by(t.audit.c.seq.desc()).limit(1)).first()
        seq, previous, at = 1, audit.START, datetime.now(UTC).isoformat(timespec="microseconds")
        if last is not None:  # a clock that was put back must not make the log look written anew
            seq, previous, at = last.seq + 1, last.hash, max(last.at, at)
        salt, kept = secrets.token_hex(32), _clean(details)
        entry = Entry(seq, at, who, workspace, action, target, audit.digest_of(salt, kept), previous, "")
        entry = replace(entry, hash=audit.hash_of(entry))
        row = {name: getattr(entry, name) for name in t.audit.c.keys()}  # noqa: SIM118 - keys of columns
        self._connection.execute(insert(t.audit), row)
        told = {"seq": seq, "salt": salt, "details": canonical_json(kept).decode()}
        self._connection.execute(insert(t.details), told)
        return replace(entry, salt=salt, details=kept)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """All entries from one on, oldest first."""
        query = select(t.audit, t.details.c.salt, t.details.c.details)
        query = query.outerjoin(t.details, t.details.c.seq == t.audit.c.seq).order_by(t.audit.c.seq).limit(BATCH)
        while rows := self._connection.execute(query.where(t.audit.c.seq > after)).all():
            yield from map(_entry, rows)
            after = rows[-1].seq

    def newest(self, limit: int) -> list[Entry]:
        """The last entries, oldest first."""
        seqs = select(t.audit.c.seq).order_by(t.audit.c.seq.desc()).limit(1).offset(limit)
        return list(self.entries(self._connection.execute(seqs).scalar() or 0))

    def head(self) -> Head:
        """The end of the log; of an empty one, entry 0."""
        row = self._connection.execute(select(t.audit).order_by(t.audit.c.seq.desc()).limit(1)).first()
        return Head(row.seq, row.hash, row.at) if row else Head(0, audit.START, "")

    def erase(self, seqs: Collection[int]) -> None:
        """Erase the details of entries; that they were, is for an entry to say (`audit.ERASE`)."""
        for seq in sorted(seqs):
            self._connection.execute(delete(t.details).filter_by(seq=seq))

    def faults(self, head: Head | None = None) -> Iterator[Fault]:
        """Whatever is wrong with the log or with the triggers that keep it."""
        made = self._connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        held = {row.name: row.sql for row in made}
        for name, sql in t.TRIGGERS.items():
            if held.pop(name, None) != sql:
                yield Fault(0, f"the trigger {name}, which keeps the log, is missing or altered")
        yield from (Fault(0, f"there is a trigger that is not ours: {name}") for name in held)
        yield from audit.faults(self.entries(-(2**62)), head)


def _entry(row: Row[Any]) -> Entry:
    entry = Entry(
        row.seq, row.at, row.who, row.workspace, row.action, row.target, row.digest, row.previous, row.hash, row.salt
    )
    return replace(entry, details=_told(row.details)) if row.details is not None else entry


def _told(details: str) -> dict[str, Any]:
    """Details that were damaged stand for themselves, so that they are found altered."""
    try:
        told = json.loads(details)
    except ValueError:
        told = None
    whole = isinstance(told, dict) and canonical_json(told).decode() == details
    return told if whole else {"damaged": details}


def _clean(details: Mapping[str, Any]) -> dict[str, Any]:
    """Names of files may hold bytes that are no characters; here they are written out."""
    return {k: v.encode(errors="backslashreplace").decode() if isinstance(v, str) else v for k, v in details.items()}
