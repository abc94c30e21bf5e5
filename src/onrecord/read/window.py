"""A stream's bytes by position, with a way back: what a reader needs to find its feet again after damage."""

from __future__ import annotations

import io
import re
from typing import BinaryIO, Protocol

from onrecord import settings

_CHUNK = 64 * 1024
_OVERLAP = 64
_SLACK = 2**20


class Readable(Protocol):
    """What a window looks at: `read` gives some bytes, however many were asked for, and none at the end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""


class Window:
    """Bytes by absolute position. Keeps little more than the largest input in memory; a file can go back further."""

    def __init__(self, stream: Readable | BinaryIO) -> None:
        self._stream = stream
        self._file = stream if isinstance(stream, io.IOBase) and stream.seekable() else None
        self._size = self._file.seek(0, io.SEEK_END) if self._file else None
        self._start = 0
        self._data = bytearray()
        self._ended = False
        self._keep = settings.whole("max_input_bytes") + _SLACK

    @property
    def oldest(self) -> int:
        """First position that can still be read."""
        return 0 if self._file else self._start

    @property
    def reached(self) -> int:
        """Position after the last byte read so far."""
        return self._start + len(self._data)

    def at(self, position: int, size: int) -> bytes:
        """The `size` bytes from `position`: fewer only at the end of the stream, none where they were forgotten."""
        if self._size is not None and position >= self._size:
            return b""
        if self._file and (position < self._start or position > self.reached + _SLACK):
            if position > self.reached and size <= _OVERLAP:
                self._file.seek(position)
                return bytes(self._file.read(size))
            self._start, self._ended = position, False
            self._data.clear()
        self._fill(position + size)
        begin = position - self._start
        return bytes(memoryview(self._data)[begin : begin + size]) if begin >= 0 else b""

    def find(self, pattern: re.Pattern[bytes], position: int) -> int | None:
        """First place from `position` on where the pattern (of at most 64 bytes) fits; None where it fits nowhere."""
        position = max(position, self.oldest)
        self.at(position, _CHUNK)
        while True:
            # the byte before may belong to a look-behind
            found = pattern.search(self._data, max(position - self._start, 0))
            if found and (self._ended or found.end() < len(self._data)):
                return self._start + found.start()
            if self._ended:
                return None
            position = max(position, self.reached - _OVERLAP)
            self.forget(position - 1)
            self._fill(self.reached + _CHUNK)

    def forget(self, before: int) -> None:
        """What lies before this position is not needed any more."""
        size = min(max(before - self._start, 0), len(self._data))
        del self._data[:size]
        self._start += size

    def _fill(self, end: int) -> None:
        while self.reached < end and not self._ended:
            if self._file:
                self._file.seek(self.reached)
            data = self._stream.read(_CHUNK)
            self._ended = not data
            self._data += data
            if len(self._data) > self._keep:
                self.forget(self.reached - self._keep)
