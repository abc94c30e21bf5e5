"""ZIP files whose every byte follows from their contents, so that no byte can be changed unseen.

Files are stored, not compressed, in the order given, all of one date; nothing else is in the archive. Any unzip reads
it; `check` reads nothing that was not written in just this way. Without compression nothing swells when it is read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import pack
from typing import BinaryIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from onrecord.errors import Unreadable, UsageError

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}(/[a-z0-9][a-z0-9.-]{0,99}){0,3}")
"""Names of files in an archive; none leads out of it."""
MOST_FILES, MOST_BYTES = 60_000, 2**32 - 2**26
"""Files, and bytes of the whole, at most: what a ZIP holds without its later extensions."""
_DATE = (0, 0x21)  # midnight on 1 January 1980, the first that a ZIP can tell
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_PIECE = 2**20


class Writer:
    """Writes an archive file by file. Raises UsageError where it grows too large."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._at, self._entries = file, 0, list[bytes]()

    def add(self, name: str, data: bytes) -> None:
        """One file."""
        if len(self._entries) >= MOST_FILES or self._at + len(data) > MOST_BYTES:
            raise UsageError("that is too much for one bundle.", which=name, advice="Choose fewer claims.")
        if not NAME.fullmatch(name):
            raise ValueError(name)
        path, size = name.encode("ascii"), len(data)
        fields = pack("<HHHHHIIIHH", 20, 0, 0, *_DATE, zlib.crc32(data), size, size, len(path), 0)
        entry = _CENTRAL + pack("<H", 0x0314) + fields + pack("<HHHII", 0, 0, 0, 0o100644 << 16, self._at) + path
        self._entries.append(entry)
        self._put(_LOCAL + fields + path)
        self._put(data)

    def close(self) -> None:
        """Write the list of contents; the file itself stays open."""
        start, count = self._at, len(self._entries)
        for entry in self._entries:
            self._put(entry)
        self._put(_END + pack("<HHHHIIH", 0, 0, count, count, self._at - start, start, 0))

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)


@dataclass(frozen=True, slots=True)
class Contents:
    """An archive that was opened: names in order, and the files themselves, each read when asked for."""

    zip: ZipFile
    names: tuple[str, ...]

    def read(self, name: str) -> bytes:
        """One file. Raises Unreadable where it is damaged."""
        try:
            return self.zip.read(name)
        except (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as why:
            raise Unreadable(f"it cannot be read ({why}).", which=name) from None


def opened(path: Path) -> Contents:
    """An archive, opened with care: few enough files, small enough, stored, with plain names. Raises Unreadable."""
    try:
        if path.stat().st_size > MOST_BYTES + 2**26:
            raise Unreadable("that is larger than any bundle.", which=str(path), advice="Get it again.")
        file = ZipFile(path)
    except OSError as why:
        raise Unreadable(f"cannot be read: {why.strerror or why}.", which=str(path)) from None
    except (BadZipFile, NotImplementedError, ValueError) as why:
        raise Unreadable(f"that is no bundle ({why}).", which=str(path)) from None
    names = tuple(info.filename for info in file.infolist())
    if len(names) > MOST_FILES or len(set(names)) < len(names):
        raise Unreadable("that is no bundle: too many files, or one twice.", which=str(path))
    for info in file.infolist():
        plain = NAME.fullmatch(info.filename) and info.compress_type == ZIP_STORED
        if not plain or info.file_size != info.compress_size or info.file_size > path.stat().st_size:
            raise Unreadable("that is no bundle: a file in it is not as one writes them.", which=repr(info.filename))
    return Contents(file, names)


def same_bytes(path: Path, contents: Contents) -> bool:
    """Whether the archive is, byte for byte, what `Writer` makes of its contents. Raises Unreadable."""
    with path.open("rb") as file:
        compared = _Compared(file)
        writer = Writer(compared)  # type: ignore[arg-type]
        for name in contents.names:
            writer.add(name, contents.read(name))
        writer.close()
        return compared.same and not file.read(1)


class _Compared:
    """A file that is compared with what would be written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.same = file, True

    def write(self, data: bytes) -> None:
        for piece in _cut(data):
            self.same = self.same and self._file.read(len(piece)) == piece


def _cut(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), _PIECE):
        yield data[at : at + _PIECE]
