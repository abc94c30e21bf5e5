"""The whole record in a standard format, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from onrecord import export as formats
from onrecord.flat import row, said_in
from onrecord.people import Verb
from onrecord.web.access import Needs
from onrecord.web.api.asked import routes
from onrecord.web.api.reply import record_of

router = routes("record")
Form = Literal["jsonl", "csv", "w3c"]
TYPES: dict[Form, str] = {
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "w3c": "application/ld+json",
}
_SHAPES: dict[Form, str] = {"jsonl": "string", "csv": "string", "w3c": "object"}


@router.get(
    "/export",
    dependencies=[Depends(Needs(Verb.export))],
    response_class=Response,
    responses={200: {"content": {kind: {"schema": {"type": _SHAPES[form]}} for form, kind in TYPES.items()}}},
)
def export(request: Request, form: Form = "jsonl") -> Response:
    """Every report with its attributions: JSON lines for programs, CSV for spreadsheets, W3C Web Annotations."""
    extractions = record_of(request).extractions()
    if form == "csv":
        lines = formats.csv_lines(row(said) for extraction in extractions for said in said_in(extraction))
    else:
        lines = formats.jsonl(extractions) if form == "jsonl" else formats.w3c(extractions)
    name = {"jsonl": "record.jsonl", "csv": "record.csv", "w3c": "record.jsonld"}[form]
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return StreamingResponse(_encoded(lines), media_type=TYPES[form], headers=headers)


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield f"{line}\n".encode("utf-8", "replace")
