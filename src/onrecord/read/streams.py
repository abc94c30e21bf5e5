"""Bytes on their way through: a stream as pieces, pieces as a stream, pieces as a whole within the limit."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from onrecord import settings
from onrecord.errors import Unreadable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 64 * 1024


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """A stream as pieces, none of them empty."""
    while data := stream.read(_CHUNK):
        yield data


def whole(pieces: Iterable[bytes], advice: str = "Split it, or raise ONRECORD_MAX_INPUT_BYTES to read it.") -> bytes:
    """All pieces. Raises Unreadable past the setting `max_input_bytes`."""
    limit = settings.whole("max_input_bytes")
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > limit:
            raise Unreadable(f"is larger than {limit:,} bytes.", advice=advice)
    return bytes(data)


class _Pieces(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        view = memoryview(into)
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def as_stream(pieces: Iterator[bytes]) -> io.BufferedReader:
    """Pieces (none of them empty) as a stream; errors of the iterator come out of `read`."""
    return io.BufferedReader(_Pieces(pieces), _CHUNK)
