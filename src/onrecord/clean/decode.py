"""Bytes to characters, with the way back: which bytes each code point came from.

The encoding is chosen as browsers do (byte order mark, what came with the bytes, what the page declares, a trial
of UTF-8, windows-1252 last), labels are read by the WHATWG rules, and what was guessed or broken is flagged.
"""

from __future__ import annotations

import codecs
import re
import threading
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onrecord.errors import Unreadable
from onrecord.model import Found, RawReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_INVALID = 100_000
"""Invalid byte sequences after which the input is taken for something other than text."""

_SINGLE_BYTE = {
    **{f"windows-{n}": f"cp{n}" for n in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)},
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "cp874": "cp874",
    "cp866": "cp866",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    "mac-cyrillic": "mac_cyrillic",
}
_MULTI_BYTE = {
    "gb18030": "gb18030",
    "big5hkscs": "big5hkscs",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "cp932": "cp932",
    "cp949": "cp949",
    "utf-16-le": "utf_16_le",
    "utf-16-be": "utf_16_be",
}
_BY_CODEC = {codec: name for name, codec in (_SINGLE_BYTE | _MULTI_BYTE).items()}
_OTHER_LABELS = {
    **dict.fromkeys(
        ("ascii", "us-ascii", "ansi_x3.4-1968", "l1", "latin1", "latin-1", "iso8859-1", "iso88591"), "windows-1252"
    ),
    **dict.fromkeys(("iso-8859-1", "iso_8859-1", "iso_8859-1:1987", "cp819", "ibm819", "x-cp1252"), "windows-1252"),
    **dict.fromkeys(("latin5", "l5", "iso-8859-9", "iso8859-9", "iso_8859-9", "x-cp1254"), "windows-1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "iso8859-11", "dos-874", "windows-874"), "cp874"),
    **dict.fromkeys(("gbk", "gb2312", "gb_2312-80", "chinese", "x-gbk", "csgb2312"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji"), "cp932"),
    **dict.fromkeys(("euc-kr", "korean", "ks_c_5601-1987", "ksc5601", "windows-949"), "cp949"),
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "x-unicode20utf8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2", "csunicode"), "utf-16-le"),
    "utf-16be": "utf-16-be",
    "mac": "macintosh",
    "x-mac-roman": "macintosh",
    "x-mac-cyrillic": "mac-cyrillic",
    "iso-8859-8-i": "iso-8859-8",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "x-euc-jp": "euc-jp",
}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,1000}?charset\s{0,10}=\s{0,10}[\"']?\s{0,10}([\w.:-]{1,40})", re.IGNORECASE)
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"SQLite format 3\x00", "a database"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters of `data` without its byte order mark. `encoding` is a name that `bytes.decode` understands."""

    text: str
    encoding: str
    flags: tuple[str, ...]
    first: int
    starts: NDArray[np.int32] | None
    inexact: tuple[int, ...]
    stateful: bool

    def bytes_of(self, start: int, end: int) -> tuple[int, int]:
        """Byte offsets of the code points `start … end` (end excluded, not empty)."""
        if self.starts is None:
            return self.first + start, self.first + end
        return int(self.starts[start]), int(self.starts[end])

    def exact(self, start: int, end: int) -> bool:
        """Whether those bytes, decoded on their own, give those characters one by one."""
        if self.stateful:
            return False
        at = bisect_left(self.inexact, start)
        return at == len(self.inexact) or self.inexact[at] >= end

    def broken_in(self, start: int, end: int) -> tuple[int, ...]:
        """The code points in `start … end` that stand for bytes invalid in the encoding."""
        return self.inexact[bisect_left(self.inexact, start) : bisect_left(self.inexact, end)]


def encoding_named(label: str) -> str | None:
    """The encoding that a label means by the WHATWG rules (`latin-1` is windows-1252); None for one we do not read."""
    wanted = label.strip().lower()
    if wanted in _OTHER_LABELS:
        return _OTHER_LABELS[wanted]
    if wanted in _SINGLE_BYTE or wanted in _MULTI_BYTE:
        return wanted
    try:
        return _BY_CODEC.get(codecs.lookup(wanted).name.replace("-", "_"))
    except (LookupError, ValueError):
        return None


def refuse_binary(raw: RawReport) -> None:
    """Raises Unreadable where the first bytes are those of a known kind of file that is neither text nor a page."""
    for magic, kind in _MAGIC:
        if raw.data.startswith(magic):
            raise Unreadable(f"This is {kind}, not text.", which=raw.origin, advice="Give its text instead.")


def decode(data: bytes, given: Found | None = None, *, page: bool = False) -> Decoded:
    """The characters of `data`. `given` is the encoding that came with it; `page` says that it may declare one itself.

    Raises Unreadable where more than MAX_INVALID sequences are invalid.
    """
    encoding, first, flags = _choose(data, given, page)
    if encoding == "utf-8":
        return _utf8(data, first, flags)
    if encoding in _SINGLE_BYTE:
        return _single_byte(data, encoding, flags)
    return _multi_byte(data, first, encoding, flags)


def _choose(data: bytes, given: Found | None, page: bool) -> tuple[str, int, tuple[str, ...]]:
    """Encoding, length of the byte order mark, flags."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name, len(bom), ()
    declared = encoding_named(given.value) if given else None
    if declared is None and page and (meta := _META.search(data[:4096])):
        declared = encoding_named(meta[1].decode("ascii", "replace"))
        declared = "utf-8" if declared in ("utf-16-le", "utf-16-be") else declared
    if declared is None and (wide := _wide(data)):
        return wide, 0, (f"encoding: guessed {wide}",)
    if declared in (None, "utf-8", "windows-1252"):
        return _told_apart(data, declared)
    return declared, 0, ()


def _told_apart(data: bytes, declared: str | None) -> tuple[str, int, tuple[str, ...]]:
    """UTF-8 or windows-1252, which are taken for each other so often that the bytes outrank the declaration."""
    if data.isascii():
        return declared or "utf-8", 0, ()
    try:
        data.decode("utf-8")
        actual = "utf-8"
    except UnicodeDecodeError:
        multi = re.search(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", data)
        actual = "utf-8" if multi else "windows-1252"
    if actual == "windows-1252" and declared is None:
        return actual, 0, ("encoding: guessed windows-1252",)
    if declared not in (None, actual):
        return actual, 0, (f"encoding: declared {declared}, read as {actual}",)
    return actual, 0, ()


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of Latin text is zero."""
    head = data[:2000]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = len(head) * 3 // 10
    if odd >= enough and even * 10 < odd:
        return "utf-16-le"
    return "utf-16-be" if even >= enough and odd * 10 < even else None


class _Invalid(threading.local):
    """Where the decoding under way in this thread met invalid bytes: (start, end) in bytes."""

    def __init__(self) -> None:
        self.found: list[tuple[int, int]] = []


_invalid = _Invalid()


def _note_invalid(error: UnicodeError) -> tuple[str, int]:
    """Decoding error handler: U+FFFD for what is invalid, and a note of where."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101
    if len(_invalid.found) >= MAX_INVALID:
        raise error
    _invalid.found.append((error.start, error.end))
    return "�", error.end


codecs.register_error("onrecord.note", _note_invalid)


def _noted(data: bytes | memoryview, codec: str) -> tuple[str, list[tuple[int, int]]]:
    _invalid.found = []
    try:
        return codecs.decode(data, codec, "onrecord.note"), _invalid.found
    except UnicodeDecodeError as error:
        raise Unreadable(f"This is not text: over {MAX_INVALID:,} invalid bytes in {codec}.") from error
    finally:
        _invalid.found = []


def _broken_flag(flags: tuple[str, ...], count: int, encoding: str) -> tuple[str, ...]:
    return (*flags, f"encoding: {count} invalid in {encoding}") if count else flags


def _utf8(data: bytes, first: int, flags: tuple[str, ...]) -> Decoded:
    if data.isascii():
        return Decoded(data.decode("ascii"), "utf-8", flags, first, None, (), stateful=False)
    import numpy as np

    text, invalid = _noted(memoryview(data)[first:], "utf-8")
    octets = np.frombuffer(data, np.uint8)[first:]
    leads = (octets & 0xC0) != 0x80
    for start, end in invalid:
        leads[start:end] = False
        leads[start] = True
    starts = np.append(np.flatnonzero(leads), len(octets)).astype(np.int32) + np.int32(first)
    bad = np.searchsorted(starts, np.array([start + first for start, _ in invalid], np.int32)).tolist()
    return Decoded(text, "utf-8", _broken_flag(flags, len(bad), "utf-8"), first, starts, tuple(bad), stateful=False)


def _single_byte(data: bytes, encoding: str, flags: tuple[str, ...]) -> Decoded:
    text, invalid = _noted(data, _SINGLE_BYTE[encoding])
    bad = tuple(at for start, end in invalid for at in range(start, end))
    return Decoded(text, encoding, _broken_flag(flags, len(bad), encoding), 0, None, bad, stateful=False)


def _multi_byte(data: bytes, first: int, encoding: str, flags: tuple[str, ...]) -> Decoded:
    """Byte by byte, because several sequences may stand for one character and none can be worked out backwards.

    After a broken sequence decoders differ in where the next character begins: then no piece is called exact.
    """
    import numpy as np

    decoder: Any = codecs.getincrementaldecoder(_MULTI_BYTE[encoding])("replace")
    parts: list[str] = []
    starts: list[int] = []
    begun = first
    for at in range(first, len(data) + 1):
        got = decoder.decode(data[at : at + 1], at >= len(data))
        if got:
            parts.append(got)
            starts.extend([begun] * len(got))
            begun = min(at + 1, len(data))
    text = "".join(parts)
    bad = tuple(match.start() for match in re.finditer("�", text))
    bad = tuple(sorted({*bad, *(k for k in range(1, len(starts)) if starts[k] == starts[k - 1])}))
    offsets = np.array([*starts, len(data)], np.int32)
    broken = "�" in text
    stateful = broken or encoding == "iso-2022-jp"
    return Decoded(text, encoding, _broken_flag(flags, text.count("�"), encoding), first, offsets, bad, stateful)
