"""What we know of a report's source ourselves, and what the page says of itself, kept apart."""

from __future__ import annotations

from typing import Any

from onrecord.model import Found, RawReport, Report


def prefer(given: Found | None, found: Found | None) -> Found | None:
    """What came with the bytes, before what stands in them."""
    return given or found


def page_report(raw: RawReport, page: dict[str, Any]) -> Report:
    """The report of a page from the parts that the parser process found."""
    return Report(text=str(page["text"]), raw_sha256=raw.sha256, origin=raw.origin)
