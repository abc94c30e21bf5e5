"""Cursors of lists that the record gives by offset, as they go over HTTP: opaque, so that they may change."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from onrecord.errors import UsageError

DEEPEST = 10_000
"""Answers that a list by offset is paged through; beyond, a narrower question is the better one."""


def cursor_at(offset: int) -> str:
    """The cursor of the page that begins there."""
    return urlsafe_b64encode(f"from {offset}".encode()).decode().rstrip("=")


def offset_of(cursor: str | None) -> int:
    """Where the page of a cursor begins; without one, at 0. Raises UsageError on what is none, or goes too deep."""
    if cursor is None:
        return 0
    try:
        told = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
        offset = int(told.removeprefix("from "))
    except ValueError:
        offset = -1
    if offset < 0 or cursor_at(offset) != cursor:
        raise UsageError("this is no cursor.", which=repr(cursor[:80]), advice="Take the one of the page before.")
    if offset > DEEPEST:
        raise UsageError(
            f"lists like this one are given up to {DEEPEST:,} deep.", advice="Narrow the question by words or filters."
        )
    return offset
