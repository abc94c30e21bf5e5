"""Reports, and the runs that read them with what failed."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.answer import Record
from onrecord.store import CopyGroup, FailureRow, Head, RunRow, Status

PER_PAGE = 50
GROUPS, FAILURES = 20, 200


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """Reports, the newest recorded first; texts that several of them reprint; `cursor` leads on."""

    reports: tuple[Head, ...]
    cursor: str | None
    first: bool
    copied: tuple[CopyGroup, ...]


def reports_page(record: Record, cursor: str | None = None) -> ReportsPage:
    """Raises UsageError."""
    found = record.reports(limit=PER_PAGE, cursor=cursor)
    copied = tuple(record.copied(limit=GROUPS)) if cursor is None else ()
    return ReportsPage(found.items, found.cursor, cursor is None, copied)


@dataclass(frozen=True, slots=True)
class RunsPage:
    """The record in numbers, the engines that worked on it, and inputs that failed and were not read since."""

    status: Status
    runs: tuple[RunRow, ...]
    failures: tuple[FailureRow, ...]
    more: int


def runs_page(record: Record) -> RunsPage:
    """As the record is now."""
    failures = record.failures()
    return RunsPage(
        record.status(), record.runs().items, tuple(failures[-FAILURES:][::-1]), max(0, len(failures) - FAILURES)
    )
