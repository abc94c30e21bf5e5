"""Takedown as one procedure that reaches every copy it can: the record, its files, the audit log; and names the rest.

What was exported or backed up lies outside: it is listed, to be dealt with by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onrecord.desk import Desk
from onrecord.errors import UsageError
from onrecord.people import ALONE, Actor
from onrecord.store import Left, Store, Words, looks_like_record

EXPORTS = ("export", "brief", "backup")
"""Actions of the audit log by which something left the record as a file."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a takedown did. `reports` are ids; `rows`: kept rows that lost words; `left`: where the names still stand in
    the files of record and desk; `by_hand`: what lies out of reach and may hold them."""

    reports: tuple[str, ...]
    rows: int
    left: tuple[Left, ...]
    by_hand: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return {
            "reports": list(self.reports),
            "rows": self.rows,
            "left": [each.to_dict() for each in self.left],
            "by_hand": list(self.by_hand),
        }


def take_down(
    store: Store,
    desk: Desk,
    reports: Sequence[str],
    names: Collection[str] = (),
    *,
    by: str,
    reason: str,
    actor: Actor = ALONE,
) -> Done:
    """Take reports (by id) down, and with `names` erase these from whatever else holds them; then look for them in the
    files. The log says so, and holds none of the names. Raises NotFound, UsageError.

    Done twice, it does no harm, and finishes what a crash left over.
    """
    words = Words(names) if names else None
    if words and (words.stand_in(reason) or words.stand_in(by)):
        raise UsageError(
            "this would keep the name that is to be erased.", which="reason, by", advice="Say why, and who, without it."
        )
    full = tuple(dict.fromkeys(store.report_id(each) for each in reports))
    by_hand = tuple(_by_hand(store.location, desk))
    desk.note(
        "takedown", full[0] if len(full) == 1 else None, {"reports": list(full), "by": by, "reason": reason},
        db=store.location, by=actor,
    )  # fmt: skip
    rows = 0
    if words:
        rows = store.erase(names, full, by=by, reason=reason)
        held = words.stand_in
        desk.erase_details(desk.entries(lambda entry: any(map(held, _texts(entry.details)))), reason, by=actor)
    else:
        for each in full:
            store.take_down(each, by=by, reason=reason)
    return Done(full, rows, tuple(_left(store, desk, names)) if names else (), by_hand)


def _left(store: Store, desk: Desk, names: Collection[str]) -> Iterator[Left]:
    yield from store.left(names)
    for place in desk.left(names):
        yield Left(f"the desk {desk.path.name}: {place}")


def _by_hand(location: str, desk: Desk) -> Iterator[str]:
    """Exports that the log knows of, copies beside the record, and the records of other workspaces."""
    place = str(Path(location).absolute())
    for entry in desk.entries(lambda entry: entry.action in EXPORTS):
        told = entry.details or {}
        if entry.details is None or told.get("db") == place:
            yield f"{entry.action} of {entry.at[:10]}: {told.get('path') or 'where to is erased'}"
    for path in sorted(Path(place).parent.iterdir()):
        if path != Path(place) and looks_like_record(path):
            age = datetime.now(UTC) - datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield f"another record or a backup, {age.days} days old: {path}"
    for workspace in desk.workspaces():
        if workspace.db != place:
            yield f"the record of workspace {workspace.name}: {workspace.db}"


def _texts(told: Any) -> Iterator[str]:
    """All strings in details, however deep."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for each in told.values():
            yield from _texts(each)
    elif isinstance(told, list):
        for each in told:
            yield from _texts(each)
