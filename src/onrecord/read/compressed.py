"""Decompression with limits: in small pieces, so that a bomb is noticed before it goes off.

Codecs: `gzip`, `zlib`, `deflate` (without header), `zstd`, `bzip2`, `br`. Two limits: the ratio of bytes made to bytes
given, after the first MiB made (setting `max_ratio`), and, where the whole is wanted, its size.
"""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from onrecord import settings
from onrecord.errors import Refused, Unreadable

if TYPE_CHECKING:
    import zstandard

PIECE = 256 * 1024
"""Bytes that a codec may make at once; brotli makes up to twice as many, and zstd, without such a limit, even more."""
_ZSTD_STEP = 512
_ZSTD_WINDOW = 128 * 2**20
_FREE = 2**20
_CHUNK = 64 * 1024


class Unpacker(Protocol):
    """One compressed member (gzip member, zstd frame …) on its way out."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended, and its checksum was right."""

    @property
    def unused(self) -> bytes:
        """Bytes given that lie after the member's end."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes make, piece by piece. Raises the codec's own error where they are damaged."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._member = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused(self) -> bytes:
        return self._member.unused_data

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._member.decompress(data, PIECE)
            if piece:
                yield piece
            data = self._member.unconsumed_tail
            if self._member.eof or (not data and len(piece) < PIECE):
                return


class _Bzip2:
    def __init__(self) -> None:
        self._member = bz2.BZ2Decompressor()

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused(self) -> bytes:
        return self._member.unused_data

    def feed(self, data: bytes) -> Iterator[bytes]:
        return _drained(self, lambda given: self._member.decompress(given, PIECE), data)


class _Zstd:
    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None = None) -> None:
        import zstandard

        whole = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_ZSTD_WINDOW)
        self._member = whole.decompressobj()
        self._rest = b""

    @property
    def eof(self) -> bool:
        return self._member.eof

    @property
    def unused(self) -> bytes:
        return self._member.unused_data + self._rest

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_STEP):
            piece = self._member.decompress(data[start : start + _ZSTD_STEP])
            if piece:
                yield piece
            if self._member.eof:
                self._rest = data[start + _ZSTD_STEP :]
                return


class _Brotli:
    unused = b""

    def __init__(self) -> None:
        try:
            import brotli  # type: ignore[import-untyped]
        except ImportError:
            raise Unreadable(
                "is compressed with brotli, which this installation cannot unpack.", advice="Run: pip install brotli"
            ) from None
        self._member = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._member.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        return _drained(self, lambda given: self._member.process(given, output_buffer_limit=PIECE), data)


def _drained(member: Unpacker, take: Callable[[bytes], bytes], data: bytes) -> Iterator[bytes]:
    """All pieces from a codec that holds what it was given until they are taken; it may want more data before that."""
    piece = take(data)
    while piece:
        yield piece
        piece = b"" if member.eof else take(b"")


_CODECS: dict[str, Callable[[], Unpacker]] = {
    "gzip": lambda: _Zlib(31),
    "zlib": lambda: _Zlib(15),
    "deflate": lambda: _Zlib(-15),
    "bzip2": _Bzip2,
    "zstd": _Zstd,
    "br": _Brotli,
}


def unpacker(codec: str, dictionary: zstandard.ZstdCompressionDict | None = None) -> Unpacker:
    """A fresh one for one member; `dictionary` is for zstd only. Raises Unreadable where brotli is not installed."""
    return _Zstd(dictionary) if dictionary is not None else _CODECS[codec]()


def damage(codec: str) -> tuple[type[Exception], ...]:
    """The errors by which a codec says that its data are damaged."""
    if codec == "zstd":
        import zstandard

        return (zstandard.ZstdError,)
    if codec == "br":
        import brotli

        return (brotli.error,)
    return (zlib.error, OSError, EOFError, ValueError)


def first_bytes(codec: str, data: bytes, dictionary: zstandard.ZstdCompressionDict | None = None) -> bytes:
    """The first five bytes of what a gzip or zstd member unpacks to; fewer where it is damaged there."""
    try:
        if codec == "gzip":
            # asked for no more, for damage further on is no matter
            return zlib.decompressobj(31).decompress(data, 5)
        return next(unpacker(codec, dictionary).feed(data), b"")[:5]
    except damage(codec):
        return b""


class Ratio:
    """Bytes given and made so far; raises Refused where they look like a bomb."""

    def __init__(self) -> None:
        self.given = 0
        self.made = 0
        self._largest = settings.whole("max_ratio")

    def add(self, made: int) -> None:
        """So many bytes more were made."""
        self.made += made
        if self.made > _FREE and self.made > self._largest * self.given:
            raise Refused(
                f"unpacks to more than {self._largest} times its size, like a decompression bomb.",
                advice="If it is what it should be, unpack it yourself, or raise ONRECORD_MAX_RATIO.",
            )


def inflate(codec: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A compressed stream unpacked, its members one after another.

    Raises Unreadable where it is damaged or cut off (after what comes before was given out), Refused past the ratio.
    """
    ratio = Ratio()
    member: Unpacker | None = None
    for given in pieces:
        data = given
        ratio.given += len(data)
        while data:
            if member is None:
                data = data.lstrip(b"\0")  # padding to full blocks, as tapes have it
                if not data:
                    break
                member = unpacker(codec)
            yield from _fed(codec, member, data, ratio)
            data, member = (member.unused, None) if member.eof else (b"", member)
    if member is not None:
        raise Unreadable(
            f"is cut off: its {codec} data end too early.",
            advice="Copy or download it again; what came before is kept.",
        )


def _fed(codec: str, member: Unpacker, data: bytes, ratio: Ratio) -> Iterator[bytes]:
    made = member.feed(data)
    while True:
        try:
            piece = next(made, None)
        except damage(codec) as error:
            raise Unreadable(f"is damaged: {error}.", advice="Copy or download it again.") from None
        if piece is None:
            return
        ratio.add(len(piece))
        yield piece


def inflated(codec: str, data: bytes, limit: int) -> bytes:
    """`data` unpacked whole. Raises Unreadable where damaged or cut off, Refused past the ratio or `limit` bytes."""
    made = bytearray()
    for piece in inflate(codec, (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))):
        made += piece
        if len(made) > limit:
            raise Refused(f"unpacks to more than {limit:,} bytes.", advice="Raise ONRECORD_MAX_INPUT_BYTES to read it.")
    return bytes(made)
