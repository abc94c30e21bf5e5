"""The record in the formats that others read, and back. A module each; `sending` has them by name.

Text formats stream; importing this loads none of the libraries that some of them need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from onrecord.export.lines import array, csv_lines, graph, jsonl, line
from onrecord.export.w3c import AROUND, CONTEXT, w3c, web_annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from onrecord.answer import Record
    from onrecord.export.bundle_check import Checked
    from onrecord.export.sending import Table

__all__ = [
    "AROUND",
    "CONTEXT",
    "array",
    "check_bundle",
    "csv_lines",
    "graph",
    "jsonl",
    "key_name",
    "line",
    "new_key",
    "send",
    "w3c",
    "web_annotations",
]


def send(
    record: Record,
    name: str,
    to: Path | None,
    put: Callable[[str], object],
    *,
    claims: Sequence[str] = (),
    words: str = "",
    table: Table = "attributions",
    key: Path | None = None,
    title: str = "On record",
) -> str | None:
    """Write a record, or of it the claims that ids and words choose, in the format of that name, to a place or line by
    line to `put`; what was written. Raises UsageError, NotFound."""
    from onrecord.export.chosen import Chosen
    from onrecord.export.sending import send

    return send(Chosen(record, claims, words), name, to, put, table=table, key=key, title=title)


def new_key(path: Path) -> str:
    """Make a key to sign bundles with, in a new file; its fingerprint. Raises UsageError."""
    from onrecord.export import signing

    return signing.new_key(path)


def key_name(path: Path) -> str:
    """The fingerprint of a key in a file. Raises UsageError."""
    from onrecord.export import signing

    return signing.fingerprint(signing.private_key(path).public_key())


def check_bundle(path: Path, key: str | None = None) -> Checked:
    """Check a bundle, without a record; see `onrecord.export.bundle_check.check`. Raises InputError, UsageError."""
    from onrecord.export import bundle_check

    return bundle_check.check(path, key)
