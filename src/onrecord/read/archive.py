"""The records of a web archive file, found again after damage.

An archive is read member by member (gzip, zstd) or straight on (not compressed). What cannot be read is a `Gap`;
reading goes on at the next member, or the next header, that begins a record. No record is given out before the member
it lies in has ended with the right checksum, unless another record follows it in the same member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from onrecord import settings
from onrecord.errors import InputError, Unreadable
from onrecord.read.compressed import PIECE, Ratio, damage, first_bytes, unpacker
from onrecord.read.http_payload import parse_headers
from onrecord.read.window import Window

if TYPE_CHECKING:
    import zstandard

WANTED = ("response", "resource", "conversion")
"""Types of record that can hold a report; of the others only the header is read."""

_VERSION = re.compile(rb"WARC/\d\.\d{1,2} {0,4}\r?\n")
_NEXT = re.compile(rb"(?<=\n)WARC/\d\.\d{1,2} {0,4}\r?\n")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_MAGIC = {"gzip": re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"), "zstd": re.compile(rb"\x28\xb5\x2f\xfd")}
_ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
_LARGEST_HEADER = 64 * 1024
_CHUNK = 32 * 1024
_TRIAL = 4096
_LARGEST_DICTIONARY = 16 * 2**20
_WASTE = 512 * 2**20
"""Bytes unpacked from damaged members before an archive is given up: a million false beginnings would take for ever."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `offset` is that of its member in the file, `inner` its own in what the member unpacks to.

    Field names are in small letters. `block` is what of it was kept: nothing where the type is not wanted, only the
    beginning where it is too large.
    """

    offset: int
    inner: int
    fields: Mapping[str, str]
    length: int
    block: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes `start … end` of the file that could not be read, and why."""

    start: int
    end: int
    reason: str


class _DamagedError(Exception):
    """The compressed data of a member are damaged."""


class _MalformedError(Exception):
    """No record begins here, or it does not end where it says."""


def records(stream: BinaryIO, packing: str) -> Iterator[Record | Gap]:
    """All records of an archive, and all gaps, in order. Raises InputError where no reading on is possible."""
    window = Window(stream)
    if packing == "none":
        yield from _parsed(window)
    else:
        yield from _Members(window, packing).records()


class _Member:
    """What one compressed member unpacks to, as a stream."""

    def __init__(self, raw: Window, offset: int, codec: str, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        self._raw = raw
        self._codec = codec
        self._unpacker = unpacker(codec, dictionary)
        self._pieces = self._unpacked()
        self.ratio = Ratio()
        self.end = offset

    def read(self, _size: int) -> bytes:
        """The next piece. Raises _DamagedError, also where the member does not end or its checksum is wrong."""
        try:
            return next(self._pieces, b"")
        except damage(self._codec) as error:
            raise _DamagedError(f"damaged: {error}") from None
        except InputError as error:
            raise _DamagedError(error.what) from None

    def _unpacked(self) -> Iterator[bytes]:
        while not self._unpacker.eof:
            data = self._raw.at(self.end, _CHUNK)
            if not data:
                raise _DamagedError("cut off, the file ends within it")
            self.end += len(data)
            self.ratio.given += len(data)
            for piece in self._unpacker.feed(data):
                self.ratio.add(len(piece))
                yield piece
        self.end -= len(self._unpacker.unused)


class _Members:
    """The members of a compressed archive, one after another."""

    def __init__(self, raw: Window, codec: str) -> None:
        self._raw = raw
        self._codec = codec
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        self._wasted = 0

    def records(self) -> Iterator[Record | Gap]:
        """Records and gaps in order."""
        offset = self._after_dictionary()
        while self._raw.at(offset, 1):
            if not _MAGIC[self._codec].match(self._raw.at(offset, 4)):
                end = self._next(offset + 1)
                if self._raw.at(offset, _TRIAL).strip(b"\0"):
                    yield Gap(offset, end, "no compressed data begin here")
                offset = end
                continue
            member = _Member(self._raw, offset, self._codec, self._dictionary)
            given = 0
            try:
                for item in self._of(member, offset):
                    yield item
                    given += 1
                end = member.end
            except _DamagedError as error:
                self._waste(member)
                end = self._next(offset + 1)
                doubt = f"; the {given} records read from there before may be altered" if given else ""
                yield Gap(offset, end, f"{error}{doubt}")
            offset = end
            self._raw.forget(offset)

    def _of(self, member: _Member, offset: int) -> Iterator[Record | Gap]:
        held: Record | Gap | None = None
        for item in _parsed(Window(member)):
            if held:
                yield held
            held = replace(item, offset=offset) if isinstance(item, Record) else item
            if isinstance(item, Gap):
                held = Gap(offset, member.end, f"{item.reason}, at byte {item.start:,} of what is packed there")
        if isinstance(held, Gap):
            held = replace(held, end=member.end)
        if held:
            yield held

    def _next(self, position: int) -> int:
        """Where the next member that begins a record does; the end of the file where there is none."""
        while True:
            found = self._raw.find(_MAGIC[self._codec], position)
            if found is None:
                return self._raw.reached
            if first_bytes(self._codec, self._raw.at(found, _TRIAL), self._dictionary) == b"WARC/":
                return found
            position = found + 1

    def _waste(self, member: _Member) -> None:
        self._wasted += member.ratio.made + member.ratio.given
        if self._wasted > _WASTE:
            raise Unreadable(
                f"is damaged in so many places that reading stopped at byte {member.end:,}.",
                advice="Copy or download it again.",
            )

    def _after_dictionary(self) -> int:
        """Position of the first member; before it, a .warc.zst may have the dictionary that all its members need."""
        head = self._raw.at(0, 8)
        if self._codec != "zstd" or head[:4] != _ZSTD_DICTIONARY:
            return 0
        import zstandard

        size = int.from_bytes(head[4:8], "little")
        data = self._raw.at(8, min(size, _LARGEST_DICTIONARY))
        try:
            if data[:4] == b"\x28\xb5\x2f\xfd":
                data = zstandard.ZstdDecompressor().decompress(data, max_output_size=_LARGEST_DICTIONARY)
            self._dictionary = zstandard.ZstdCompressionDict(data)
        except zstandard.ZstdError as error:
            raise Unreadable(f"has a damaged dictionary: {error}.", advice="Copy or download it again.") from None
        return 8 + size


def _parsed(window: Window) -> Iterator[Record | Gap]:
    """Records of what is not (or no longer) compressed."""
    position, bad = 0, None
    while True:
        position = _past_blank(window, position)
        if not window.at(position, 1):
            break
        try:
            record, end = _record(window, position)
        except _MalformedError as error:
            bad = bad or (position, str(error))
            position = window.find(_NEXT, position + 1) or window.reached
            continue
        if bad:
            yield Gap(bad[0], position, bad[1])
            bad = None
        yield record
        position = end
        window.forget(position)
    if bad:
        yield Gap(bad[0], position, bad[1])


def _past_blank(window: Window, position: int) -> int:
    while (seen := window.at(position, 64)) and not seen.lstrip(b"\r\n"):
        position += len(seen)
    return position + len(seen) - len(seen.lstrip(b"\r\n"))


def _record(window: Window, position: int) -> tuple[Record, int]:
    """The record that begins at `position`, and where it ends. Raises _MalformedError."""
    head = window.at(position, 2048)
    end = _HEADER_END.search(head)
    if not end:
        head = window.at(position, _LARGEST_HEADER)
        end = _HEADER_END.search(head)
    version = _VERSION.match(head)
    if not version or not end:
        raise _MalformedError("no WARC header begins here" if not version else "its WARC header does not end")
    fields = parse_headers(head[version.end() : end.start()])
    declared = fields.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,15}", declared):
        raise _MalformedError("its WARC header does not say how long the record is")
    begin, length = position + end.end(), int(declared)
    _check_end(window, begin, length)
    kept = 0
    if fields.get("warc-type", "").lower() in WANTED:
        kept = length if length <= settings.whole("max_input_bytes") else _LARGEST_HEADER
    block = window.at(begin, kept)
    return Record(position, position, fields, length, block), begin + length


def _check_end(window: Window, begin: int, length: int) -> None:
    """Raises _MalformedError unless the file, or the next record, follows on a block of this length."""
    after = window.at(begin + length, 32)
    if not after and length and not window.at(begin + length - 1, 1):
        there = len(window.at(begin, min(length, PIECE)))
        has = f"only {there:,} are there" if there < PIECE else "the file ends before"
        raise _MalformedError(f"cut off: it should have {length:,} bytes, {has}")
    rest = after.lstrip(b"\r\n")
    if rest and not (len(after) > len(rest) and rest.startswith(b"WARC/"[: len(rest)])):
        raise _MalformedError("it does not end where its header says")
