"""Text formats line by line: JSON lines, JSON arrays and JSON-LD graphs that stream, CSV without formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onrecord import flat
from onrecord.model import Extraction
from onrecord.report_json import report_json

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def jsonl(extractions: Iterable[Extraction]) -> Iterator[str]:
    """The JSON of each report (docs/json.md), one a line."""
    for extraction in extractions:
        yield line(report_json(extraction))


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = flat.COLUMNS) -> Iterator[str]:
    """A header and one line for each row, quoted as RFC 4180 says, without the line end.

    A cell that a spreadsheet would take for a formula (it starts with = + - @, a tab or a carriage return) gets an
    apostrophe in front; whoever needs the words to the letter takes JSONL.
    """
    names = list(columns)
    yield _csv_line(names)
    for row in rows:
        yield _csv_line([_guarded(row[name]) for name in names])


def array(items: Iterable[Any]) -> Iterator[str]:
    """One JSON array, an item a line."""
    yield "["
    yield from _listed(items)
    yield "]"


def graph(context: Any, items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One JSON-LD document: a context and a graph, an item a line."""
    yield f'{{"@context":{line(context)},"@graph":['
    yield from _listed(items)
    yield "]}"


def line(what: Any) -> str:
    """JSON on one line, readable in any script."""
    return json.dumps(what, ensure_ascii=False, allow_nan=False)


def urn(content_id: str) -> str:
    """The name of a row of the record among names of the web."""
    return f"urn:onrecord:{content_id}"


def filled(what: Mapping[str, Any]) -> dict[str, Any]:
    """Only what there is: without None, empty strings and empty lists."""
    return {name: value for name, value in what.items() if value not in (None, "", [], {})}


def _listed(items: Iterable[Any]) -> Iterator[str]:
    comma = ""
    for item in items:
        yield comma + line(item)
        comma = ","


def _csv_line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)  # what stands in the line end is quoted within cells
    return out.getvalue().removesuffix("\r\n")


def _guarded(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return cell
