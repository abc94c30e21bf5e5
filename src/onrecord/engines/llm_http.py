"""One question to an OpenAI-compatible address, within a time and a size. Knows no proxies and follows no redirects."""

from __future__ import annotations

import http
import json
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from onrecord.errors import OnRecordError, UsageError

MOST_BYTES = 2 * 2**20
"""Of one answer."""


class NoAnswer(OnRecordError):
    """The server gave nothing that can be used. `status` is the HTTP status, 0 where there was none."""

    def __init__(self, what: str, status: int = 0) -> None:
        super().__init__(what)
        self.status = status


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask: an address taken apart. `shown` is for people: without user, query and key."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """The address that is asked."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def endpoint(base_url: str) -> Endpoint:
    """`https://host[:port][/v1]` → where chat completions are asked for. Raises UsageError."""
    try:
        parts = urlsplit(base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise UsageError("is no proper address.", which="--llm-url", advice="Give it as https://HOST/v1.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not base_url.isascii():
        raise UsageError("is no http or https address.", which="--llm-url", advice="Give it as https://HOST/v1.")
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError(
            "has a user name, a query or a fragment in it.",
            which="--llm-url",
            advice="Give the address alone, and the key in ONRECORD_LLM_KEY.",
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return Endpoint(parts.scheme, parts.hostname, port, (path or "/v1") + "/chat/completions")


def ask(where: Endpoint, body: Mapping[str, Any], key: str | None, seconds: float) -> dict[str, Any]:
    """The server's answer, a JSON object. Raises NoAnswer, which never holds the key or what the server wrote."""
    backend = _Backend(time.monotonic() + seconds)
    headers = [("Content-Type", "application/json"), ("Accept", "application/json"), ("Accept-Encoding", "identity")]
    if key:
        headers.append(("Authorization", f"Bearer {key}"))
    url = httpcore2.URL(scheme=where.scheme, host=where.host, port=where.port, target=where.path)
    data = json.dumps(body, ensure_ascii=True).encode()
    context = httpx2.create_ssl_context() if where.scheme == "https" else None
    try:
        # a pool of our own knows no proxies of the environment
        with (
            httpcore2.ConnectionPool(ssl_context=context, network_backend=backend) as pool,
            pool.stream("POST", url, headers=headers, content=data) as response,
        ):
            return _object(response)
    except httpcore2.TimeoutException:
        raise NoAnswer(f"did not answer within {seconds:g} seconds") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError, OSError):
        raise NoAnswer("cannot be reached, or broke off") from None


def _object(response: httpcore2.Response) -> dict[str, Any]:
    if response.status != http.HTTPStatus.OK:
        raise NoAnswer(f"answered {response.status}", response.status)
    names = {name.lower(): value for name, value in response.headers}
    kind = names.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise NoAnswer("answered something other than JSON", response.status)
    if names.get(b"content-encoding", b"identity").lower() != b"identity":
        raise NoAnswer("answered in an encoding that was not asked for", response.status)
    parts, size = [], 0
    for part in response.iter_stream():
        size += len(part)
        if size > MOST_BYTES:
            raise NoAnswer(f"answered more than {MOST_BYTES} bytes", response.status)
        parts.append(part)
    found = loads(b"".join(parts).decode("utf-8", "replace"))
    if not isinstance(found, dict):
        raise NoAnswer("answered broken JSON", response.status)
    return found


def loads(text: str) -> Any:
    """JSON → value; None where it is broken, too deep, or has what JSON lacks (NaN)."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None


class _Backend(httpcore2.NetworkBackend):
    """Connections that end at a moment on the monotonic clock, however slowly the bytes drip."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the moment stands for it
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._sockets.connect_tcp(host, port, self.left(), local_address, socket_options)
        return _Stream(stream, self)

    def left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("no time left")
        return left


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, backend: _Backend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._backend.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._backend.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._backend.left()), self._backend)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
