"""The record as a database for Datasette: rows for `onrecord.store.datasette`, and what Datasette shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from onrecord.claims import Claim
from onrecord.export import tables
from onrecord.export.chosen import Reported
from onrecord.store import write_datasette

ENTITIES: dict[str, type] = {"id": str, "name": str, "kind": str}
"""Who speaks, over all reports."""
COLUMNS = {
    "reports": tables.REPORTS,
    "entities": ENTITIES,
    "attributions": tables.ATTRIBUTIONS,
    "claims": tables.CLAIMS,
    "positions": tables.POSITIONS,
}


def write(path: Path, reported: Iterable[Reported], claims: Iterable[Claim]) -> int:
    """Write the database; how many rows it was given."""
    return write_datasette(path, COLUMNS, _rows(reported, claims))


def metadata(name: str) -> dict[str, Any]:
    """What Datasette shows of the tables of the database of that name, which is its file's without the ending."""
    told = {
        "reports": ("One version of one published article each.", "headline"),
        "entities": ("Who speaks, over all reports.", "name"),
        "attributions": ("In this report, this source is said to hold this content.", "content"),
        "claims": ("What is claimed, and how many voices take which stance. Never whether it is true.", "claim"),
        "positions": ("Which attribution takes which stance to which claim.", None),
    }
    described = {
        table: {"description": what} | ({"label_column": label} if label else {})
        for table, (what, label) in told.items()
    }
    return {
        "title": "OnRecord",
        "description": "Who said what, in which report, at which characters. It is not said what is true.",
        "databases": {name: {"tables": described}},
    }


def _rows(reported: Iterable[Reported], claims: Iterable[Claim]) -> Iterator[tuple[str, tables.Row]]:
    for each in reported:
        yield "reports", tables.report_row(each.extraction)
        for said, found, _ in each.told():
            if said.entity:
                yield "entities", {"id": said.entity, "name": said.entity_name, "kind": said.source_kind}
            yield "attributions", tables.attribution_row(said, found, each.extraction.report.text)
    for claim in claims:
        yield from (("claims", row) for row in tables.claim_rows([claim]))
        yield from (("positions", row) for row in tables.position_rows([claim]))
