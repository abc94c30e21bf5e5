"""How values that are no single column are kept: raw bytes, the map back to them, small lists and tables as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import zstandard

from onrecord.model import Found, Given, Origin, canonical_json

MAP_VERSION = 1
"""First byte of a packed map."""

_SMALLER = 0.95
"""Compressed bytes are kept where they are below this share of the plain ones."""


def pack_bytes(data: bytes) -> tuple[str, bytes]:
    """Name of the codec and the bytes under it: `zstd`, or `none` where compressing does not pay."""
    packed = zstandard.ZstdCompressor(level=6).compress(data)
    return ("zstd", packed) if len(packed) < _SMALLER * len(data) else ("none", data)


def unpack_bytes(codec: str, data: bytes, size: int) -> bytes:
    """The bytes again. Raises ValueError where they are damaged."""
    if codec == "none":
        return data
    if codec != "zstd":
        raise ValueError(f"unknown codec {codec!r}")
    try:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
    except zstandard.ZstdError as error:
        raise ValueError(f"damaged: {error}") from error


def pack_map(origins: Iterable[Origin]) -> bytes:
    """The way back to the raw bytes, a few bytes a piece: each number as its difference from where it is expected."""
    out = bytearray([MAP_VERSION])
    end = raw_end = 0
    for piece in origins:
        length, raw_length = piece.end - piece.start, piece.raw_end - piece.raw_start
        differences = (piece.start - end, length, piece.raw_start - raw_end, raw_length - length)
        _write(out, _fold(differences[0]) << 1 | piece.exact)
        for difference in differences[1:]:
            _write(out, _fold(difference))
        end, raw_end = piece.end, piece.raw_end
    return bytes(out)


def unpack_map(packed: bytes) -> tuple[Origin, ...]:
    """The pieces again. Raises ValueError where the bytes are damaged."""
    if packed[:1] != bytes([MAP_VERSION]):
        raise ValueError("unknown kind of map")
    numbers = list(_numbers(packed[1:]))
    if len(numbers) % 4:
        raise ValueError("damaged map")
    pieces, end, raw_end = [], 0, 0
    for k in range(0, len(numbers), 4):
        start = end + _unfold(numbers[k] >> 1)
        length, raw_start = _unfold(numbers[k + 1]), raw_end + _unfold(numbers[k + 2])
        end, raw_end = start + length, raw_start + length + _unfold(numbers[k + 3])
        pieces.append(Origin(start, end, raw_start, raw_end, bool(numbers[k] & 1)))
    return tuple(pieces)


def _fold(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _unfold(number: int) -> int:
    return -((number + 1) >> 1) if number & 1 else number >> 1


def _write(out: bytearray, number: int) -> None:
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def _numbers(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0
    if shift:
        raise ValueError("damaged map")


def to_json(value: Any) -> str:
    """Canonical JSON as text."""
    return canonical_json(value).decode()


def found_json(found: Found | None) -> list[Any] | None:
    """`[value, where, inferred]`."""
    return [found.value, found.where, found.inferred] if found else None


def given_json(given: Given) -> str:
    """What came with the bytes; fields that are empty left out."""
    fields = {name: found_json(getattr(given, name)) for name in ("url", "title", "publisher", "published", "encoding")}
    fields["byline"] = [found_json(b) for b in given.byline]
    fields["id"] = [given.id] if given.id is not None else None
    return to_json({name: value for name, value in fields.items() if value})


def given_of(fields: Mapping[str, Any]) -> Given:
    """What came with the bytes, of what `given_json` made of it. Raises TypeError where that is damaged."""
    found = {name: Found(*value) for name, value in fields.items() if name not in ("id", "byline")}
    byline = tuple(Found(*value) for value in fields.get("byline", ()))
    return Given(id=fields["id"][0] if "id" in fields else None, byline=byline, **found)


def where_json(where: Mapping[str, Found | None], byline: Sequence[Found]) -> str:
    """`{field: [where, inferred]}` of the fields that were found; their values have columns of their own."""
    places: dict[str, Any] = {name: [found.where, found.inferred] for name, found in where.items() if found}
    if byline:
        places["byline"] = [[found.where, found.inferred] for found in byline]
    return to_json(places)


def from_json(text: str) -> Any:
    """What `to_json` made into text."""
    return json.loads(text)


def now() -> str:
    """This moment, in ISO 8601, UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """A stored time."""
    return datetime.fromisoformat(text) if text is not None else None
