"""Home: what is new and disputed."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.answer import Record
from onrecord.store import Head, Status
from onrecord.store.claim_rows import ClaimLine

SHOWN = 8


@dataclass(frozen=True, slots=True)
class HomePage:
    """The record in numbers; claims that somebody affirms and somebody denies, the largest first; claims that several
    attributions bear on, the newest first; the reports read last."""

    status: Status
    disputed: tuple[ClaimLine, ...]
    newest: tuple[ClaimLine, ...]
    reports: tuple[Head, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was read yet."""
        return not self.status.reports


def home_page(record: Record) -> HomePage:
    """As the record is now."""
    return HomePage(
        record.status(),
        tuple(record.claim_lines(disputed=True, limit=SHOWN)),
        tuple(record.claim_lines(many=True, order="newest", limit=SHOWN)),
        tuple(record.reports(limit=SHOWN)),
    )
