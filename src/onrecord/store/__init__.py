"""The record, and the only place that speaks SQL. `open_store` is the door; `Store` says what lies behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from onrecord.store.claim_rows import ClaimRow, Position, Stated, Unlinked
from onrecord.store.overview_rows import Quoted, RoleRow, RunRow
from onrecord.store.protocol import Store
from onrecord.store.redress_rows import Left, Mention, Reply, Takedown
from onrecord.store.rows import (
    CopyGroup,
    FailureRow,
    Head,
    Hit,
    Identity,
    Judgement,
    Mark,
    Outcome,
    Page,
    Problem,
    Query,
    Quote,
    Reading,
    Said,
    Sketched,
    Source,
    Speakers,
    Status,
    Unsketched,
    Withdrawal,
)
from onrecord.store.watch_rows import (
    Became,
    Delivery,
    Item,
    Look,
    Met,
    NewsRow,
    Place,
    SavedQuery,
    item_key,
)
from onrecord.store.words import Words, bytes_left

__all__ = [
    "Became",
    "ClaimRow",
    "CopyGroup",
    "Delivery",
    "FailureRow",
    "Head",
    "Hit",
    "Identity",
    "Item",
    "Judgement",
    "Left",
    "Look",
    "Mark",
    "Mention",
    "Met",
    "NewsRow",
    "Outcome",
    "Page",
    "Place",
    "Position",
    "Problem",
    "Query",
    "Quote",
    "Quoted",
    "Reading",
    "Reply",
    "RoleRow",
    "RunRow",
    "Said",
    "SavedQuery",
    "Sketched",
    "Source",
    "Speakers",
    "Stated",
    "Status",
    "Store",
    "Takedown",
    "Unlinked",
    "Unsketched",
    "Withdrawal",
    "Words",
    "bytes_left",
    "item_key",
    "looks_like_record",
    "open_store",
    "write_datasette",
]


def open_store(where: str | Path, *, create: bool = True) -> Store:
    """Open the record at a path (or `sqlite:///path`); make it, folders included, where there is none and `create`.

    An older record is brought up to date first. Raises NewerSchema for one made by a newer OnRecord, NotFound where
    there is none and `create` is false, and StoreError for a file that is no record, a network file system, or a
    place that cannot be written.
    """
    from onrecord.store.sqlite import open_sqlite

    return open_sqlite(where, create=create)


def looks_like_record(path: Path) -> bool:
    """Whether a file is a record by the mark in its header: one in use, or a copy of one."""
    from onrecord.store import place

    return place.looks_like_record(path)


def write_datasette(
    path: Path, columns: Mapping[str, Mapping[str, type]], rows: Iterable[tuple[str, Mapping[str, Any]]]
) -> int:
    """Write rows of tables as a new SQLite file for other readers; see `onrecord.store.datasette.write`."""
    from onrecord.store import datasette

    return datasette.write(path, columns, rows)
