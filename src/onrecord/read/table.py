"""Tables: JSONL, JSON, CSV and Parquet, a row at a time; a broken line is one failure, the others go on."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from onrecord import settings
from onrecord.errors import InputError, Unreadable
from onrecord.model import Failure, RawReport
from onrecord.read.options import COLUMNS, ReadOptions
from onrecord.read.problems import failure
from onrecord.read.rows import CONVERT, NoColumn, check_columns, row_report
from onrecord.read.streams import whole

Item = RawReport | Failure
Row = Mapping[str, Any] | InputError
"""A row, or why there is none."""

_GIVE_UP = 100
_DELIMITERS = ",;\t|"
_PARQUET_ROWS = 64
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


def read_jsonl(stream: io.BufferedReader, origin: str, options: ReadOptions) -> Iterator[Item]:
    """One report a line; lines are numbered from 1, blank ones counted."""
    return _reports(_json_lines(stream), origin, options)


def read_json(pieces: Iterable[bytes], origin: str, options: ReadOptions) -> Iterator[Item]:
    """A file that is one JSON value: a list of rows, one row, or an object that holds one list of rows."""
    value = _json(whole(pieces, "Make it JSONL: jq -c '.[]' FILE > NEW.jsonl"))
    if isinstance(value, dict) and options.column("text") not in value and options.column("html") not in value:
        lists = [held for held in value.values() if isinstance(held, list) and held and isinstance(held[0], dict)]
        value = lists[0] if len(lists) == 1 else value
    rows = value if isinstance(value, list) else [value]
    return _reports(enumerate(map(_row, rows), 1), origin, options)


def read_csv(stream: io.BufferedReader, origin: str, options: ReadOptions) -> Iterator[Item]:
    """One report a row, numbered by the line it begins on; the first row names the columns."""
    lines = _text_lines(stream)
    first = next(lines, "")
    # the module's own limit is for all who use it in this process: raised, never lowered
    csv.field_size_limit(max(csv.field_size_limit(), settings.whole("max_input_bytes")))
    rows = csv.reader(itertools.chain([first], lines), delimiter=_delimiter(first, options), strict=True)
    try:
        header = [name.strip() for name in next(rows)]
    except csv.Error as error:
        raise Unreadable(f"has a first line that names no columns ({error}).", advice="Mend that line.") from None
    check_columns(header, options)
    return _reports(_csv_rows(rows, header), origin, options)


def read_parquet(source: BinaryIO, origin: str, options: ReadOptions) -> Iterator[Item]:
    """One report a row, a few in memory at a time. Raises Unreadable: pyarrow is missing, or the file is damaged."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise Unreadable(
            "is Parquet, which this installation cannot read.", advice="Run: pip install 'onrecord[parquet]'"
        ) from None
    try:
        with pyarrow.parquet.ParquetFile(source) as table:
            names = table.schema_arrow.names
            check_columns(names, options)
            ours = [name for name in map(options.column, COLUMNS) if name in names]
            batches = table.iter_batches(batch_size=_PARQUET_ROWS, columns=ours)
            rows = itertools.chain.from_iterable(batch.to_pylist() for batch in batches)
            yield from _reports(enumerate(rows, 1), origin, options)
    except (pyarrow.ArrowException, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise Unreadable(f"is damaged: {reason}.", advice="Copy or download it again.") from None


def _reports(rows: Iterable[tuple[int, Row]], origin: str, options: ReadOptions) -> Iterator[Item]:
    """Numbered rows to reports; stops where the first hundred all lack a text. Raises Unreadable without any."""
    without, number = 0, 0
    for number, row in rows:
        try:
            if isinstance(row, InputError):
                raise row
            yield row_report(row, f"{origin}#{number}", options)
            without = -1
        except InputError as error:
            yield failure(f"{origin}#{number}", error)
            without += without >= 0 and isinstance(error, NoColumn)
            if without == _GIVE_UP:
                reason = f"has no text in any of its first {number} rows; the rest was not read."
                yield Failure(origin, "read", reason, error.advice)
                return
    if not number:
        raise Unreadable("has no rows.", advice="Nothing in it could be read; see whether it was made whole.")


def _json_lines(stream: io.BufferedReader) -> Iterator[tuple[int, Row]]:
    # escapes make a text longer
    limit = 2 * settings.whole("max_input_bytes")
    for number in itertools.count(1):
        line = stream.readline(limit)
        if not line:
            return
        if len(line) == limit and not line.endswith(b"\n"):
            while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
                pass
            yield number, Unreadable("is a longer line than is read.", advice="Raise ONRECORD_MAX_INPUT_BYTES.")
        elif line.strip():
            yield number, _json_row(line)


def _json_row(line: bytes) -> Row:
    try:
        return _row(_json(line))
    except InputError as error:
        return error


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 at byte {error.start}.", advice=CONVERT) from None
    except RecursionError:
        raise Unreadable("is JSON nested too deeply.", advice="Mend it, or make the file again.") from None
    except ValueError as error:
        raise Unreadable(f"is not valid JSON: {error}.", advice="Mend it, or make the file again.") from None


def _row(value: Any) -> Row:
    if isinstance(value, dict):
        return value
    return Unreadable(f"is a JSON {type(value).__name__}, not a row.", advice='A row is an object: {"text": "…"}.')


def _text_lines(stream: io.BufferedReader) -> Iterator[str]:
    marked = stream.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding, errors = ("utf-16", "strict") if marked else ("utf-8-sig", "surrogateescape")
    text = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")
    limit = 2 * settings.whole("max_input_bytes")
    try:
        while line := text.readline(limit):
            if len(line) == limit:
                raise Unreadable("has a longer line than is read.", advice="Raise ONRECORD_MAX_INPUT_BYTES.")
            yield line
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-16 throughout: {error.reason}.", advice="Save it as UTF-8.") from None


def _delimiter(header: str, options: ReadOptions) -> str:
    """What parts the columns: the mark that makes one of them the wanted one; else the most frequent."""
    wanted = {options.column("text"), options.column("html")}

    def fit(mark: str) -> tuple[bool, int]:
        cells = [cell.strip(' "\r\n') for cell in header.split(mark)]
        return bool(wanted & set(cells)), len(cells)

    return max(_DELIMITERS, key=fit)


def _csv_rows(rows: Iterator[list[str]], header: list[str]) -> Iterator[tuple[int, Row]]:
    line_number = rows.line_num  # type: ignore[attr-defined]
    while True:
        first = line_number + 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            line_number = rows.line_num  # type: ignore[attr-defined]
            lines = f"line {first}" if line_number <= first else f"lines {first} to {line_number}"
            yield first, Unreadable(f"is no proper CSV ({error}); {lines} not read.", advice="Mend the quotes there.")
            continue
        line_number = rows.line_num  # type: ignore[attr-defined]
        if cells is None:
            return
        if any(_NOT_UTF8.search(cell) for cell in cells):
            yield first, Unreadable("has bytes that are not UTF-8.", advice=CONVERT)
        elif len(cells) > len(header):
            reason = f"has {len(cells)} cells, but there are {len(header)} columns."
            yield first, Unreadable(reason, advice="Put cells with commas in quotes.")
        elif cells:
            yield first, dict(zip(header, cells, strict=False))
