"""How the API answers: JSON with a strong `ETag`, 304 where the caller has it already, gzip, the next page in `Link`.

No answer holds a secret (no token, no cookie, no form's nonce), so that compressing it beside words from the address
gives nothing away (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import Request, Response

from onrecord.answer import Record
from onrecord.flat import Row
from onrecord.paging import cursor_at, offset_of

T = TypeVar("T", bound=Row)
GZIPPED = 1024
"""Bytes from which an answer is compressed."""


def record_of(request: Request) -> Record:
    """The record that the application works on."""
    record: Record = request.app.state.desk.record
    return record


def reply(request: Request, body: Any, *, cursor: str | None = None) -> Response:
    """An answer as JSON; `cursor`: of the next page, whose address goes into `Link`."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")
    headers = {"link": f'<{_next(request, cursor)}>; rel="next"'} if cursor else {}
    return reply_bytes(request, data, "application/json", headers)


def reply_bytes(request: Request, data: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """An answer of any sort, or 304 where the caller has these very bytes."""
    zipped = len(data) >= GZIPPED and _takes_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}{"-gzip" if zipped else ""}"'
    told = {
        "etag": tag,
        "cache-control": "private, no-cache",
        "vary": "authorization, cookie, accept-encoding",
        **(headers or {}),
    }
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=told)
    if zipped:
        return Response(
            gzip.compress(data, 5, mtime=0), headers=told | {"content-encoding": "gzip"}, media_type=media_type
        )
    return Response(data, headers=told, media_type=media_type)


def listed(request: Request, items: Iterable[Row], cursor: str | None = None) -> Response:
    """A page of answers."""
    return reply(request, {"items": [item.to_dict() for item in items], "cursor": cursor}, cursor=cursor)


def by_offset(request: Request, ask: Callable[[int, int], Sequence[T]], limit: int, cursor: str | None) -> Response:
    """A page of a list that is asked for by limit and offset. Raises UsageError."""
    offset = offset_of(cursor)
    found = ask(limit + 1, offset)
    return listed(request, found[:limit], cursor_at(offset + limit) if len(found) > limit else None)


def _next(request: Request, cursor: str) -> str:
    root: str = request.scope.get("root_path", "")
    asked = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    return f"{root}{request.scope['path'].removeprefix(root)}?{urlencode([*asked, ('cursor', cursor)])}"


def _takes_gzip(accepted: str) -> bool:
    for each in accepted.lower().split(","):
        name, _, weight = each.replace(" ", "").partition(";q=")
        if name in ("gzip", "*"):
            return weight.strip("0.") != "" or not weight
    return False


def _has(given: str, tag: str) -> bool:
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in given.split(","))
