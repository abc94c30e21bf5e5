"""The record as plain tables, for Parquet, databases and spreadsheets: the same columns in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from onrecord import flat
from onrecord.claim_views import claim_row
from onrecord.claims import Claim
from onrecord.export.chosen import Reported
from onrecord.model import Attribution, Extraction, Found
from onrecord.store.rows import Said

Row = dict[str, Any]

REPORTS: dict[str, type] = {
    "id": str, "headline": str, "publisher": str, "published": str, "url": str, "byline": str, "language": str,
    "captured": str, "origin": str, "raw_sha256": str, "characters": int, "attributions": int, "text": str,
}  # fmt: skip
"""Columns and types, as of each table below. Every cell may be empty; nothing but text, whole numbers, floats."""
_MORE = {
    "entity": str, "entity_name": str, "about": str, "evidence_types": str, "addressee": str, "venue": str,
    "content_when": str,
}  # fmt: skip
_NUMBERS = {"score": float, **dict.fromkeys(("source_start", "source_end", "cue_start", "cue_end"), int)}
ATTRIBUTIONS: dict[str, type] = {name: _NUMBERS.get(name, str) for name in flat.COLUMNS} | _MORE
"""`flat.COLUMNS`, and who speaks over all reports (`entity`), what it answers, to whom, where, about when."""
CLAIMS: dict[str, type] = {
    "claim": str, "affirms": int, "denies": int, "doubts": int, "declines": int, "disputed": int, "confirmed": int,
    "texts": int, "reports": int, "first": str, "last": str, "id": str, "contradicts": str,
}  # fmt: skip
"""How many voices take each stance, in how many texts and reports, first and last day. `confirmed` is not: true."""
POSITIONS: dict[str, type] = {
    "claim_id": str, "attribution_id": str, "report_id": str, "stance": str, "day": str, "text_id": str, "own": int,
    "headline": int, "person": str,
}  # fmt: skip
"""Which attribution takes which stance to which claim; `text_id` is shared by reports that reprint one text."""
TABLES: dict[str, dict[str, type]] = {
    "reports": REPORTS,
    "attributions": ATTRIBUTIONS,
    "claims": CLAIMS,
    "positions": POSITIONS,
}


def report_row(extraction: Extraction) -> Row:
    """One report."""
    report = extraction.report

    def value(found: Found | None) -> str | None:
        return found.value if found else None

    return {
        "id": report.id,
        "headline": value(report.headline),
        "publisher": value(report.publisher),
        "published": value(report.published),
        "url": value(report.url),
        "byline": "; ".join(b.value for b in report.byline) or None,
        "language": value(report.language),
        "captured": report.captured.isoformat() if report.captured else None,
        "origin": report.origin,
        "raw_sha256": report.raw_sha256,
        "characters": len(report.text),
        "attributions": len(extraction.attributions),
        "text": report.text,
    }


def attribution_row(said: Said, found: Attribution, text: str) -> Row:
    """One attribution, as the record has it and as it was extracted from the text."""
    m = found.meaning
    return flat.row(said) | {
        "entity": said.entity,
        "entity_name": said.entity_name,
        "about": said.about,
        "evidence_types": " | ".join(said.evidence_types) or None,
        "addressee": m.addressee.of(text) if m.addressee else None,
        "venue": m.venue.of(text) if m.venue else None,
        "content_when": " | ".join(w.value for w in m.content_when if w.value) or None,
    }


def attribution_rows(reported: Iterable[Reported]) -> Iterator[Row]:
    """All attributions of reports."""
    for each in reported:
        for said, found, _ in each.told():
            yield attribution_row(said, found, each.extraction.report.text)


def claim_rows(claims: Iterable[Claim]) -> Iterator[Row]:
    """Claims with how they stand, in numbers."""
    for claim in claims:
        row = claim_row(claim).to_dict()
        flags = {name: int(row[name]) for name in ("disputed", "confirmed")}
        yield row | flags | {"contradicts": " ".join(name for name, _ in claim.contradicts) or None}


def position_rows(claims: Iterable[Claim]) -> Iterator[Row]:
    """Which attributions bear on the claims, and how."""
    for claim in claims:
        for p in claim.positions:
            yield {
                "claim_id": claim.id,
                "attribution_id": p.said.id,
                "report_id": p.said.report.id,
                "stance": p.stance,
                "day": p.day,
                "text_id": p.text,
                "own": int(p.own),
                "headline": int(p.headline),
                "person": p.person,
            }
