"""What an input is, by its content; its name decides only where the content leaves it open."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Literal

from onrecord.errors import Unreadable
from onrecord.read.compressed import first_bytes
from onrecord.read.options import ReadOptions

Kind = Literal["html", "text", "jsonl", "json", "csv", "parquet", "warc", "gzip", "zstd", "bzip2"]
HEAD = 64 * 1024
"""Bytes at the beginning of an input that are looked at."""

_ZSTD = b"\x28\xb5\x2f\xfd"
_PACKED: tuple[tuple[bytes, Kind], ...] = (
    (b"\x1f\x8b", "gzip"),
    (_ZSTD, "zstd"),
    (b"\x5d\x2a\x4d\x18", "zstd"),
    (b"BZh", "bzip2"),
)
_BLANK = b"\r\n\t \x0c\x00"
_EMPTY = "See whether it was copied, saved or fetched whole."
_UNPACK = "Unpack it and give the folder."
_NOT_READ: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "is a PDF, which is not read.", "Save its text (pdftotext FILE.pdf) and give that."),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive.", _UNPACK),
    (b"Rar!\x1a\x07", "is a RAR archive.", _UNPACK),
    (b"\xfd7zXZ\x00", "is compressed with xz.", "Unpack it (xz -d FILE) and give the result."),
    (b"{\\rtf", "is an RTF document.", "Save it as plain text and give that."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Office document.", "Save it as plain text or HTML and give that."),
    (b"SQLite format 3\x00", "is a database, not a report.", "If it is a record of OnRecord, name it with --db."),
)
_BINARY = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....(?:WEBP|WAVE|AVI )|\x7fELF|MZ\x90\x00|wOF[F2]|OTTO|\x00\x00\x01\x00|ID3|OggS"
    rb"|....ftyp|\xca\xfe\xba\xbe|\x00asm|fLaC|\x1aE\xdf\xa3",
    re.DOTALL,
)
_NOT_REPORTS = {
    ".css": "a stylesheet",
    ".js": "a script",
    ".mjs": "a script",
    ".map": "a source map",
    ".svg": "an image",
    ".py": "a program",
    ".yaml": "a configuration file",
    ".yml": "a configuration file",
    ".toml": "a configuration file",
    ".ini": "a configuration file",
}
_HTML_START = re.compile(
    r"(?:\s|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|title|meta|script|style|link|base|div|p|article|"
    r"section|main|header|nav|table|h[1-6]|span|a|br|font|center|iframe|img|ul|ol|noscript)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
_HTML_WITHIN = re.compile(r"<!doctype\s+html|<html[\s>]|<body[\s>]", re.IGNORECASE)
_XML_START = re.compile(r"\s*<\?xml|\s*<(?:rss|feed|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_MHTML = re.compile(r"\s*(?:From: <Saved by |MIME-Version:.{0,400}multipart/related)", re.IGNORECASE | re.DOTALL)
_WARC_DICTIONARY = b"\x5d\x2a\x4d\x18"
_WARC_VERSION = re.compile(rb"WARC/\d\.\d")
_WARC_GZIP = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def printed(data: bytes) -> bytes:
    """The data from the first byte on that is neither blank nor NUL; none where there is no such byte."""
    return data.lstrip(_BLANK)


def kind_of(head: bytes, name: str, options: ReadOptions) -> Kind:
    """The kind of an input that begins with `head`. Raises Unreadable, with what to do, where we read none such."""
    if not printed(head):
        raise Unreadable("is empty.", advice=_EMPTY)
    if warc_packing(head, name):
        return "warc"
    for magic, kind in _PACKED:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PAR1"):
        return "parquet"
    _refuse_binary(head)
    return _kind_of_text(readable(head), name, options)


def _kind_of_text(text: str, name: str, options: ReadOptions) -> Kind:
    suffix = suffix_of(name)
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    if suffix in (".csv", ".tsv"):
        return "csv"
    as_json = _json_kind(text, suffix)
    if as_json:
        return as_json
    if _HTML_START.match(text) or (suffix != ".txt" and _HTML_WITHIN.search(text[:8192])):
        return "html"
    if _is_table(text, options):
        return "csv"
    _refuse_text(text, suffix)
    return "html" if suffix in (".html", ".htm", ".xhtml", ".shtml") else "text"


def form_of(data: bytes) -> Literal["html", "text"]:
    """Whether a page's or cell's bytes are HTML. Raises Unreadable where they are binary or empty."""
    if not printed(data):
        raise Unreadable("is empty.", advice=_EMPTY)
    _refuse_binary(data[:HEAD])
    text = readable(data[:HEAD])
    return "html" if _HTML_START.match(text) or _HTML_WITHIN.search(text[:8192]) else "text"


def suffix_of(name: str) -> str:
    """The ending of a file's name, in small letters, that of its compression left off."""
    path = PurePath(name.lower())
    if path.suffix in (".gz", ".zst", ".bz2"):
        path = path.with_suffix("")
    return path.suffix


def readable(head: bytes) -> str:
    """The beginning as characters, good enough to tell kinds apart; never an error."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    wide = _wide(head)
    return head.decode(wide, "replace") if wide else head.decode("utf-8", "replace")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Latin letters is zero, and no other."""
    even, odd = head[0:512:2], head[1:512:2]
    if len(odd) >= 8 and odd.count(0) > 0.6 * len(odd) and even.count(0) == 0:
        return "utf-16-le"
    if len(odd) >= 8 and even.count(0) > 0.6 * len(even) and odd.count(0) == 0:
        return "utf-16-be"
    return None


def warc_packing(head: bytes, name: str) -> Literal["gzip", "zstd", "none"] | None:
    """How a web archive is packed; None for what is none. Its very first bytes may be damaged."""
    if head.startswith(b"WARC/"):
        return "none"
    if head.startswith(_WARC_DICTIONARY) or (head.startswith(_ZSTD) and first_bytes("zstd", head) == b"WARC/"):
        return "zstd"
    suffixes = PurePath(name.lower()).suffixes[-2:]
    named = ".warc" in suffixes and not head.startswith(b"BZh")
    packed = head.startswith(b"\x1f\x8b")
    begin = first_bytes("gzip", head) if packed else b""
    if begin == b"WARC/" or ((named or (packed and not begin)) and _later_member(head)):
        return "gzip"
    if not named:
        return None
    if _WARC_VERSION.search(head):
        return "none"
    return "gzip" if suffixes[-1] == ".gz" else "zstd" if suffixes[-1] == ".zst" else "none"


def _later_member(head: bytes) -> bool:
    """Whether a later member begins a record.

    Asked only where the first one is damaged, or the name says so: a page may have such bytes in it.
    """
    starts = [found.start() for found in _WARC_GZIP.finditer(head)][:64]
    return any(first_bytes("gzip", head[start : start + 4096]) == b"WARC/" for start in starts)


def _refuse_binary(head: bytes) -> None:
    for magic, what, advice in _NOT_READ:
        if head.startswith(magic):
            raise Unreadable(what, advice=advice)
    if head.startswith(b"PK\x03\x04"):
        _refuse_zip(head)
    if head[257:262] == b"ustar":
        raise Unreadable("is a tar archive.", advice=_UNPACK)
    marked = any(head.startswith(bom) for bom, _ in _BOMS) or _wide(head)
    sample = head[:8192]
    control = len(sample) - len(sample.translate(None, bytes(c for c in range(32) if c not in b"\t\n\r\f\x1b")))
    if not marked and (_BINARY.match(head) or control > 0.1 * len(sample)):
        raise Unreadable("is a binary file, not a report.", advice="Give HTML, plain text, a table or a web archive.")


def _refuse_zip(head: bytes) -> None:
    if b"word/" in head or b"[Content_Types].xml" in head[:100] or b"mimetypeapplication/vnd.oasis" in head[:100]:
        raise Unreadable("is an Office document.", advice="Save it as plain text or HTML and give that.")
    if len(head) > 6 and head[6] & 1:
        raise Unreadable("is a password-protected zip archive.", advice="Unpack it with its password, give the folder.")
    raise Unreadable("is a zip archive.", advice=_UNPACK)


def _refuse_text(text: str, suffix: str) -> None:
    if suffix in _NOT_REPORTS:
        raise Unreadable(f"is {_NOT_REPORTS[suffix]}, not a report.", advice="Leave it out with --exclude.")
    if _XML_START.match(text):
        raise Unreadable("is XML (a feed or a site's index), not a report.", advice="Give the pages it names.")
    if _MHTML.match(text):
        raise Unreadable("is a page saved as MHTML.", advice="Save it as HTML and give that.")


def _json_kind(text: str, suffix: str) -> Kind | None:
    text = text.lstrip()
    if suffix == ".json" or re.match(r"\[\s*[{\[\]]", text):
        first, newline, rest = text.partition("\n")
        return "jsonl" if newline and rest.lstrip().startswith("{") and _is_object(first) else "json"
    if not re.match(r'\{\s*["}]', text):
        return None
    first, newline, rest = text.partition("\n")
    lines = not newline or _is_object(first) or re.search(r"^\{", rest, re.MULTILINE)
    return "jsonl" if lines else "json"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_table(text: str, options: ReadOptions) -> bool:
    first = text.split("\n", 1)[0].strip("\r")
    wanted = {options.column("text").casefold(), options.column("html").casefold()}
    return any(
        len(cells) > 1 and wanted & {cell.strip(' "').casefold() for cell in cells}
        for cells in (first.split(delimiter) for delimiter in ",;\t|")
    )
