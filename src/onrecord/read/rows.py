"""A table's row → a report: which columns are ours, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from onrecord import settings
from onrecord.errors import Unreadable
from onrecord.model import Form, Found, Given, RawReport
from onrecord.read.options import ReadOptions

_ENCODING = Found("utf-8", "row")
_MOST_NAMED = 20
_HALF_PAIR = re.compile("[\ud800-\udfff]")
CONVERT = "Convert the file: iconv -f windows-1252 -t utf-8 FILE > NEW."
"""What to do about a table that is not UTF-8."""


class NoColumn(Unreadable):
    """The row has neither the text column nor the html column."""


def row_report(row: Mapping[str, Any], origin: str, options: ReadOptions) -> RawReport:
    """The report that a row holds. Raises Unreadable where it holds none: no such column, no text in it, too large."""
    form, content = _content(row, options)
    data = _written(content).encode()
    limit = settings.whole("max_input_bytes")
    if len(data) > limit:
        raise Unreadable(
            f"has a text of more than {limit:,} bytes.", advice="Raise ONRECORD_MAX_INPUT_BYTES if it is worth reading."
        )
    return RawReport(data=data, form=form, origin=origin, given=_given(row, options))


def check_columns(names: Iterable[str], options: ReadOptions) -> None:
    """Raises NoColumn, naming the columns there are, unless one of them is the text or html column."""
    names = list(names)
    text, html = options.column("text"), options.column("html")
    asked = {"text", "html"} & set(options.columns)
    wanted = [options.column(name) for name in sorted(asked)] or [text, html]
    if not any(name in names for name in wanted):
        shown = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
        raise NoColumn(
            f"has no column {' or '.join(repr(name) for name in wanted)}; its columns are: {shown or '(none)'}.",
            advice="Say which one holds the text: --map text=COLUMN (or html=COLUMN).",
        )


def _content(row: Mapping[str, Any], options: ReadOptions) -> tuple[Form, str]:
    check_columns(row, options)
    order: tuple[Form, Form] = ("html", "text") if options.form == "html" else ("text", "html")
    for form in order:
        value = row.get(options.column(form))
        if isinstance(value, bytes):
            value = _decoded(value)
        if value is not None and not isinstance(value, str):
            reason = f"has a {type(value).__name__} in {options.column(form)!r}, where a text should be."
            raise Unreadable(reason, advice="Say which column holds the text: --map text=COLUMN.")
        if value and not value.isspace():
            return (form if options.form == "auto" else options.form), value
    raise Unreadable("has no text.", advice="Nothing to read in this row.")


def _given(row: Mapping[str, Any], options: ReadOptions) -> Given:
    def found(name: str) -> Found | None:
        value = _said(row.get(options.column(name)))
        return Found(value, f"row:{options.column(name)}") if value else None

    byline = row.get(options.column("byline"))
    names = byline if isinstance(byline, list) else [byline]
    where = f"row:{options.column('byline')}"
    return Given(
        id=_said(row.get(options.column("id"))),
        url=found("url"),
        title=found("title"),
        publisher=found("publisher"),
        published=Found(options.published, "user") if options.published else found("published"),
        byline=tuple(Found(said, where) for name in names if (said := _said(name))),
        encoding=_ENCODING,
    )


def _said(value: object) -> str | None:
    """A cell that states something: words, a number, a date."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _written(str(value)).strip() or None


def _written(text: str) -> str:
    """Half a surrogate pair, as JSON can have it, is no character, and cannot be written."""
    return _HALF_PAIR.sub("\ufffd", text)


def _decoded(cell: bytes) -> str:
    try:
        return cell.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 at byte {error.start}.", advice=CONVERT) from None
