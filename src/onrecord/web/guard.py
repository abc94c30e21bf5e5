"""What stands before every request: whose host it is meant for, where it comes from, how large it is; and the headers
of every answer.

Pages run no script but our own files, with a nonce that changes with every answer, load nothing from anywhere else,
and can be framed by nobody. What changes something must come from a page of this very desk: a browser says so by
`Sec-Fetch-Site` or `Origin`, and a request without either (curl, say) is taken only where it carries no cookie.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from http import HTTPStatus
from time import perf_counter
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from onrecord.web.problems import BY_STATUS, PROBLEM_JSON, Told, details, of_api
from onrecord.web.seen import Watching, seen

MOST_BODY = 2 * 2**20
"""Bytes of a request's body that are read."""
MOST_QUERY = 16 * 2**10
"""Bytes of an address's query."""
TOO_LARGE = "That is more than the desk takes at once."
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_HOST = re.compile(r"(?P<name>[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?")
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types htmx",
        "report-uri /csp-reports",
    )
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
"""On every answer, of whatever status, besides the policy; `cache-control` where the answer has none of its own."""


class Guard:
    """The outermost layer. `hosts` are the names that the desk answers to (without port; `*`: any): a page elsewhere
    whose name was pointed at this machine gets nothing. `page` makes a page of a status and a sentence; `root`: the
    path that the desk lies under; `watching` are told of each request that is over."""

    def __init__(
        self,
        app: FastAPI,
        hosts: Iterable[str],
        page: Callable[[Request, int, str], Response],
        root: str = "",
        watching: Iterable[Watching] = (),
    ) -> None:
        self.app = app
        self._page = page
        self._root = root
        self._hosts = frozenset(host.lower() for host in hosts)
        self._watching = tuple(watching)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, failed = perf_counter(), None
        state = scope.setdefault("state", {})
        state["nonce"], state["request_id"] = secrets.token_urlsafe(18), secrets.token_hex(8)
        answer = _Answer(send, state["nonce"], state["request_id"], bodiless=scope["method"] == "HEAD")
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._answer(scope, asked, receive, answer)
        except Exception as error:
            failed = error
            raise
        finally:
            over = {**asked, "method": scope["method"]}
            told = seen(over, self._root, state["request_id"], answer.status, perf_counter() - begun, failed)
            for each in self._watching:
                each(told)

    async def _answer(self, scope: Scope, asked: Scope, receive: Receive, answer: Send) -> None:
        refusal = self._refusal(scope)
        if refusal:
            await self._refused(scope, *refusal)(scope, receive, answer)
            return
        await self.app(asked, _Bounded(receive), answer)

    def _refused(self, scope: Scope, status: int, reason: str) -> Response:
        """A refusal: a problem under /api; a page, for whoever reads pages and is at the right desk; else a line."""
        headers = {"allow": ", ".join(sorted(METHODS))} if status == HTTPStatus.METHOD_NOT_ALLOWED else None
        if of_api(scope["path"], self._root):
            body = details(Told(BY_STATUS[status], reason), scope["path"], self._root, scope["state"]["request_id"])
            return JSONResponse(body, status, headers, media_type=PROBLEM_JSON)
        if status == HTTPStatus.MISDIRECTED_REQUEST or "text/html" not in Headers(scope=scope).get("accept", ""):
            return PlainTextResponse(f"{reason}\n", status, headers)
        page = self._page(Request({**scope, "app": self.app, "root_path": self.app.root_path}), status, reason)
        page.headers.update(headers or {})
        return page

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not _meant_for(headers.getlist("host"), self._hosts):
            return HTTPStatus.MISDIRECTED_REQUEST, "This desk answers to another name. Start it with --host NAME."
        if scope["method"] not in METHODS:
            return HTTPStatus.METHOD_NOT_ALLOWED, "That is no method of this desk."
        if len(scope["query_string"]) > MOST_QUERY:
            return HTTPStatus.REQUEST_URI_TOO_LONG, "That question is too long: take fewer words."
        if not headers.get("content-length", "0").isdigit() or int(headers.get("content-length", "0")) > MOST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE
        if headers.get("content-encoding"):
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Compressed requests are not taken."
        if scope["method"] not in SAFE and not same_site(headers, host):
            return HTTPStatus.FORBIDDEN, "That did not come from a page of this desk, so nothing was changed."
        return None


def same_site(headers: Headers, host: str) -> bool:
    """Whether a request that changes something was made by a page of this desk, or by no page at all.

    Browsers send `Sec-Fetch-Site` or, the old ones, `Origin` with every such request
    (https://web.dev/articles/fetch-metadata); programs send neither, and carry a token instead of a cookie.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin == "null" and site == "same-origin":
        return True  # a form of a page of ours: under `referrer-policy: no-referrer` browsers hide its origin
    if origin is not None:
        try:
            return urlsplit(origin).netloc.lower() == host.lower() and origin != "null"
        except ValueError:
            return False
    return site is not None or "cookie" not in headers


def _meant_for(hosts: list[str], names: frozenset[str]) -> bool:
    """Whether the one `Host` of a request is one of these names, with or without a port."""
    match = _HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
    return match is not None and ("*" in names or match["name"].strip("[]") in names)


class _Bounded:
    """The body as it comes, up to a size."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > MOST_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        return message


class _Answer:
    """An answer on its way out, with the headers that all have; `status` is 500 until it has one."""

    def __init__(self, send: Send, nonce: str, request_id: str, *, bodiless: bool) -> None:
        self.status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        self._send = send
        self._bodiless = bodiless
        self._own = {"content-security-policy": POLICY.format(nonce=nonce), "x-request-id": request_id}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.update(self._own)
            for name, value in HEADERS.items():
                if name != "cache-control" or name not in headers:
                    headers[name] = value
        elif self._bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)
