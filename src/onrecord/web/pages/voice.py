"""A person or organisation: roles over time, what they said, shifts, who denies them, names and merges with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from onrecord.answer import Record
from onrecord.claims import Line, Opposed
from onrecord.standing import Change
from onrecord.store import Identity, RoleRow
from onrecord.store.claim_rows import Stance
from onrecord.web.pages.lines import Quotation, quotation, texts_of

CLAIMS = 200
LINES = 60
ROLES, JOINS = 40, 60


@dataclass(frozen=True, slots=True)
class VoicePage:
    """Somebody over all reports. `roles`: what they are called, each once, with the days of the first and last report
    that does; `said`: newest first, `topic` the words they were narrowed down by; `joins`: names and merges, with by
    whom and why."""

    identity: Identity
    topic: str
    roles: tuple[tuple[str, str | None, str | None, int], ...]
    said: tuple[tuple[str | None, str, Quotation], ...]
    hidden: int
    shifts: tuple[tuple[str, str, Stance, Stance, str], ...]
    contradictions: tuple[tuple[Quotation, Quotation], ...]
    opposed: tuple[Opposed, ...]
    joins: tuple[tuple[str, str, str, str], ...]


def voice_page(record: Record, entity: str, topic: str = "") -> VoicePage:
    """Raises NotFound, UsageError."""
    one = record.entity(entity)
    told = record.history(str(one.id), topic, limit=CLAIMS)
    texts = texts_of(record)
    lines = sorted(told.lines, key=lambda line: (line.day or "", line.position.said.id), reverse=True)
    wording = {line.claim: line.wording for line in told.lines}
    return VoicePage(
        one,
        topic,
        _roles(record.roles(str(one.id), limit=1000).items)[:ROLES],
        tuple((line.day, line.claim, quotation(line.position, texts)) for line in lines[:LINES]),
        max(0, len(lines) - LINES),
        tuple(shift for change in told.shifts for shift in _shift(change, told.lines, wording)),
        tuple((quotation(a.position, texts), quotation(b.position, texts)) for a, b in told.contradictions[:LINES]),
        told.opposed[:LINES],
        tuple(
            (j.relation, j.by if j.by_kind == "person" else "engine", j.reason or "", j.id)
            for j in record.judgements(str(one.id))[:JOINS]
        ),
    )


def _shift(
    change: Change, lines: tuple[Line, ...], wording: dict[str, str]
) -> list[tuple[str, str, Stance, Stance, str]]:
    if change.before is None:
        return []
    claim = next(line.claim for line in lines if line.position.said.id == change.attribution)
    return [(change.day, wording[claim], change.before, change.stance, claim)]


def _roles(rows: tuple[RoleRow, ...]) -> tuple[tuple[str, str | None, str | None, int], ...]:
    """Each role once: in words, first and last day, reports."""

    def called(row: RoleRow) -> str:
        return " of ".join(part for part in (row.role, row.of) if part)

    made = []
    for words, group in groupby(sorted(filter(called, rows), key=called), key=called):
        each = list(group)
        days = sorted(row.day for row in each if row.day)
        made.append((words, days[0] if days else None, days[-1] if days else None, len(each)))
    return tuple(sorted(made, key=lambda r: (r[1] or "9", r[0])))
