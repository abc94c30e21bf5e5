"""What the store gives back of the record seen from afar: frozen values, as those of `rows`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from onrecord.model import Run


@dataclass(frozen=True, slots=True)
class Quoted:
    """Somebody who is quoted, in part of the record: by how many attributions, and how many in each month (`2026-05`)
    of publication. `entity` is None of those without a name."""

    name: str
    entity: str | None
    kind: str
    attributions: int
    reports: int
    publishers: tuple[str, ...]
    months: tuple[tuple[str, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RunRow:
    """An engine that worked on the record: on how many reports, first and last when."""

    run: Run
    reports: int
    first: datetime | None
    last: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, times in ISO 8601."""
        run, times = self.run, (self.first, self.last)
        first, last = (moment.isoformat() if moment else None for moment in times)
        named = {"id": run.id, "engine": run.engine, "version": run.version, "settings": dict(run.settings)}
        return {**named, "reports": self.reports, "first": first, "last": last}


@dataclass(frozen=True, slots=True)
class RoleRow:
    """What a report calls somebody: a name, a role and what it is of, on its day of publication."""

    day: str | None
    report_id: str
    publisher: str | None
    name: str
    role: str | None
    of: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)
