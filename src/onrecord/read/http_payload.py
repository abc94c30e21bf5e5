"""An HTTP response as an archive keeps it: status, headers, and the body with its encodings undone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onrecord.errors import Unreadable
from onrecord.read.compressed import inflated

_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:+-]{1,40})", re.IGNORECASE)
_LARGEST_HEADER = 256 * 1024
_MOST_ENCODINGS = 3
_SAVE = "Open the page in a browser, save it, and give the file."


@dataclass(frozen=True, slots=True)
class Response:
    """Header names are in small letters; `body` is as stored, encodings not undone."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def parse_response(block: bytes) -> Response:
    """A stored response taken apart. Raises Unreadable where it does not begin as one."""
    status = _STATUS.match(block)
    end = _END.search(block, 0, _LARGEST_HEADER)
    if not status:
        raise Unreadable("is no HTTP response, though the archive says so.", advice="See how the archive was made.")
    head, body = (block[: end.start()], block[end.end() :]) if end else (block[:_LARGEST_HEADER], b"")
    return Response(int(status[1]), parse_headers(head.split(b"\n", 1)[-1]), body)


def parse_headers(head: bytes) -> dict[str, str]:
    """Header lines to name → value; of a name that comes twice the first counts, folded lines are joined."""
    headers: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\n"):
        if line[:1] in (" ", "\t") and name:
            headers[name] += " " + line.strip()
            continue
        key, colon, value = line.partition(":")
        name = key.strip().lower() if colon else ""
        if name in headers:
            name = ""
        elif name:
            headers[name] = value.strip()
    return headers


def media_type(content_type: str) -> str:
    """`text/html` of `text/html; charset=utf-8`."""
    return content_type.split(";", 1)[0].strip().lower()


def charset(content_type: str) -> str | None:
    """The character encoding that a Content-Type header names."""
    found = _CHARSET.search(content_type)
    return found[1] if found else None


def dechunked(body: bytes) -> bytes | None:
    """A body without the framing of chunked transfer; None where it has none. Raises Unreadable where it breaks off."""
    if not _CHUNK.match(body):
        return None
    parts, at = [], 0
    while found := _CHUNK.match(body, at):
        size = int(found[1], 16)
        part = body[found.end() : found.end() + size]
        parts.append(part)
        if size == 0:
            return b"".join(parts)
        if len(part) < size:
            break
        at = found.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    if len(parts) == 1 and len(parts[0]) < size:
        return None
    raise Unreadable("is cut off in the middle of its transfer.", advice="Fetch the page again.")


def decoded(body: bytes, encodings: str, limit: int) -> bytes:
    """A body with its Content-Encoding undone; as it is where it is decoded already, as many archives keep it.

    Raises Unreadable for an encoding that is not known or damaged data, Refused for a bomb or more than `limit` bytes.
    """
    names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
    if len(names) > _MOST_ENCODINGS:
        raise Unreadable(f"is encoded {len(names)} times over.", advice=_SAVE)
    for name in reversed(names):
        codec = _codec(name, body)
        if codec:
            body = inflated(codec, body, limit)
    return body


def _codec(name: str, body: bytes) -> str | None:
    if name in ("gzip", "x-gzip"):
        return "gzip" if body.startswith(b"\x1f\x8b") else None
    if name == "zstd":
        return "zstd" if body.startswith(b"\x28\xb5\x2f\xfd") else None
    if name == "deflate":
        if body[:1] == b"<":
            return None
        return "zlib" if len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0 else "deflate"
    if name == "br":
        return None if body.lstrip()[:1] == b"<" else "br"
    if name in ("identity", "utf-8", "none"):
        return None
    raise Unreadable(f"has the content encoding {name[:40]!r}, which is not known.", advice=_SAVE)
