"""Files, folders, globs and stdin, in order, each bad one as one clear line."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import UsageError
from onrecord.model import Failure, RawReport
from onrecord.read import ReadOptions, read

PAGE = b"<!doctype html><html><head><title>T</title></head><body><p>He said so.</p></body></html>"
TEXT = "Kyiv – “We will rebuild,” the mayor said.\n".encode()


def reports(items: Iterator[RawReport | Failure]) -> list[RawReport]:
    found = list(items)
    assert [item for item in found if isinstance(item, Failure)] == []
    return [item for item in found if isinstance(item, RawReport)]


def the_failure(*paths: str | Path, stdin: bytes | None = None, options: ReadOptions | None = None) -> Failure:
    """The only thing that comes of these paths."""
    stream = io.BytesIO(stdin) if stdin is not None else None
    (item,) = read([str(path) for path in paths], options or ReadOptions(), stdin=stream)
    assert isinstance(item, Failure)
    assert item.stage == "read"
    assert item.reason
    assert "\n" not in item.reason
    assert item.advice
    return item


def test_a_page_is_its_bytes_unaltered(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"\xef\xbb\xbf" + PAGE + b"\r\n\x00")
    (report,) = reports(read([str(path)]))
    assert report.data == path.read_bytes()
    assert (report.form, report.origin, report.delivered_by) == ("html", str(path), None)


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.txt", PAGE, "html"),
        ("a.html", TEXT, "html"),
        ("a", TEXT, "text"),
        ("a.md", TEXT, "text"),
        ("a.dat", PAGE, "html"),
        ("a", b"<!-- saved -->\n<HTML lang=en><p>x", "html"),
        ("a", b"<?xml version='1.0'?><!DOCTYPE html><html/>", "html"),
        ("a", b"HTTP/1.1 200 OK\nServer: x\n\n" + PAGE, "html"),
        ("a.txt", b"How to write <html> by hand, they said.", "text"),
        ("a", TEXT.decode().encode("utf-16"), "text"),
        ("a", TEXT.decode().replace("“", "'").encode("utf-16-le"), "text"),
        ("a", PAGE.decode().encode("utf-16"), "html"),
        ("a", "Он сказал: «Нет».".encode("windows-1251"), "text"),
        ("a", b"{not json} but a text that begins so", "text"),
        ("a", b"[Updated] The mayor said so.", "text"),
    ],
)
def test_the_content_says_what_it_is(tmp_path: Path, name: str, data: bytes, form: str) -> None:
    (tmp_path / name).write_bytes(data)
    (report,) = reports(read([str(tmp_path / name)]))
    assert report.form == form
    assert report.data == data


def test_a_page_with_an_archive_in_it_is_a_page(tmp_path: Path) -> None:
    inner = gzip.compress(b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 5\r\n\r\nforge\r\n\r\n")
    data = PAGE.replace(b"He said so.", b"He said so. " * 40) + inner  # as much page as makes the bytes a small part
    (tmp_path / "a.html").write_bytes(data)
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(data, 0))
    assert [report.data for report in reports(read([str(tmp_path)]))] == [data, data]


def test_the_user_overrides_form_and_date(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    (report,) = reports(read([str(tmp_path / "a.txt")], ReadOptions(form="html", published="2024-05-01")))
    assert report.form == "html"
    assert report.given.published is not None
    assert (report.given.published.value, report.given.published.where) == ("2024-05-01", "user")


def test_packed_pages_are_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(PAGE[:40]) + gzip.compress(PAGE[40:]) + bytes(512))
    (tmp_path / "b.html.zst").write_bytes(zstandard.compress(PAGE[:40]) + zstandard.compress(PAGE[40:]))
    (tmp_path / "c.bz2").write_bytes(bz2.compress(PAGE))
    (tmp_path / "misnamed.html").write_bytes(gzip.compress(PAGE))
    assert [report.data for report in reports(read([str(tmp_path)]))] == [PAGE] * 4


def test_what_lies_behind_many_blanks_is_read(tmp_path: Path) -> None:
    data = b"\n" * 100_000 + PAGE
    (tmp_path / "a.html").write_bytes(data)
    (tmp_path / "b").write_bytes(gzip.compress(data))
    for report in reports(read([str(tmp_path)])):
        assert (report.data, report.form) == (data, "html")


def test_stdin_is_looked_at_in_the_same_way() -> None:
    for data in (PAGE, gzip.compress(PAGE), zstandard.compress(PAGE)):
        (report,) = reports(read(["-"], stdin=io.BytesIO(data)))
        assert (report.data, report.form, report.origin) == (PAGE, "html", "stdin")
    rows = reports(read(["-"], stdin=io.BytesIO(gzip.compress(b'{"text": "A."}\n{"text": "B."}\n'))))
    assert [row.origin for row in rows] == ["stdin#1", "stdin#2"]


def test_order_is_that_of_the_input(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".hidden", "b/.git/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    found = reports(read([str(tmp_path / "b"), str(tmp_path / "a.txt"), str(tmp_path / "*.txt"), str(tmp_path / "**")]))
    names = [report.data.decode() for report in found]
    assert names == ["b/1.txt", "b/2.txt", "a.txt", "a.txt", "a.txt", "b/1.txt", "b/2.txt"]


def test_patterns_and_limit(tmp_path: Path) -> None:
    for name in ("a.html", "b.txt", "c.txt", "x/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    def names(**options: Any) -> list[str]:
        return [report.data.decode() for report in reports(read([str(tmp_path)], ReadOptions(**options)))]

    assert names(include=("*.txt",)) == ["b.txt", "c.txt", "x/d.txt"]
    assert names(include=("*.txt",), exclude=("x/*",)) == ["b.txt", "c.txt"]
    assert names(limit=2) == ["a.html", "b.txt"]
    assert names(limit=0) == []


def test_a_name_with_glob_marks_is_a_file_first(tmp_path: Path) -> None:
    (tmp_path / "report [1].txt").write_bytes(TEXT)
    assert len(reports(read([str(tmp_path / "report [1].txt")]))) == 1


def _zip(*, encrypted: bool = False, word: bool = False) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml" if word else "a.html", "x")
    data = bytearray(packed.getvalue())
    data[6] |= encrypted
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "binary"),
        (bytes(range(256)) * 40, "binary"),
        (_zip(), "zip archive"),
        (_zip(encrypted=True), "password-protected"),
        (_zip(word=True), "Office"),
        (b"%PDF-1.7\nstream", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "Office"),
        (b"{\\rtf1 x}", "RTF"),
        (b"SQLite format 3\x00" + bytes(99), "database"),
        (b"\xfd7zXZ\x00\x00", "xz"),
        (bytes(257) + b"ustar" + bytes(250), "tar"),
        (b"<?xml version='1.0'?><rss><item/></rss>", "XML"),
        (b"From: <Saved by Blink>\nMIME-Version: 1.0\n", "MHTML"),
        (gzip.compress(PAGE)[:-9], "cut off"),
        (gzip.compress(PAGE)[:20], "cut off"),
        (zstandard.compress(PAGE * 9)[:-3], "cut off"),
        (bz2.compress(PAGE)[:-9], "cut off"),
        (gzip.compress(PAGE)[:-8] + bytes(8), "damaged"),
        (gzip.compress(gzip.compress(PAGE)), "twice"),
        (gzip.compress(b""), "empty"),
        (bytes(2000), "empty"),
        (bytes(200_000), "empty"),
        (gzip.compress(bytes(2000)), "empty"),
        (gzip.compress(bytes(200_000)), "empty"),
        (gzip.compress(bytes(2**25)), "bomb"),
        (gzip.compress(b" " * 2**25), "bomb"),
        (gzip.compress(b"%PDF-1.7"), "PDF"),
    ],
)
def test_what_is_no_report_is_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "x").write_bytes(data)
    assert said in the_failure(tmp_path / "x").reason
    assert said in the_failure("-", stdin=data).reason


def test_places_that_cannot_be_read_are_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / ".x").write_bytes(TEXT)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert "does not exist" in the_failure(tmp_path / "none.html").reason
    assert "does not exist" in the_failure(tmp_path / "gone").reason
    assert "without a file" in the_failure(tmp_path / "empty").reason
    assert "without a file" in the_failure(tmp_path / "hidden").reason
    assert "fits no file" in the_failure(tmp_path / "*.html").reason
    assert "itself" in the_failure(tmp_path / "loop").reason
    assert "could not be read" in the_failure("a\0b").reason
    assert "no name" in the_failure("").reason
    assert "too long" in the_failure(tmp_path / ("x" * 400)).reason
    assert "not fetched" in the_failure("ftp://example.com/a").reason


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_bytes(TEXT)
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")
    items = list(read([str(tmp_path)]))
    assert [type(item) for item in items] == [Failure, Failure, RawReport]
    assert "already" in items[0].reason  # type: ignore[union-attr]
    assert "itself" in items[1].reason  # type: ignore[union-attr]


def test_a_file_without_permission_is_one_line_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_bytes(TEXT)
    whole = Path.open

    def refuse(self: Path, *args: Any, **named: Any) -> Any:
        if self.name == "b.txt":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return whole(self, *args, **named)

    monkeypatch.setattr(Path, "open", refuse)
    a, b, c = read([str(tmp_path)])
    assert isinstance(a, RawReport)
    assert isinstance(c, RawReport)
    assert isinstance(b, Failure)
    assert "may not be read" in b.reason


def test_what_is_too_large_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_MAX_INPUT_BYTES", "100000")
    monkeypatch.setenv("ONRECORD_MAX_RATIO", "1000000")
    (tmp_path / "a.html").write_bytes(PAGE + b" " * 100_000)
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(PAGE + b" " * 100_000))
    (tmp_path / "c.html").write_bytes(PAGE.ljust(100_000))
    a, b, c = read([str(tmp_path)])
    assert isinstance(a, Failure)
    assert isinstance(b, Failure)
    assert "100,000" in a.reason
    assert "100,000" in b.reason
    assert isinstance(c, RawReport)


@pytest.mark.parametrize("codec", ["gzip", "zstd", "bzip2"])
def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, codec: str) -> None:
    size = 2**26
    path = tmp_path / "bomb.html"
    if codec == "gzip":
        piece = gzip.compress(PAGE + b" " * 2**24)
        path.write_bytes(piece * (size // 2**24))
    elif codec == "zstd":
        path.write_bytes(zstandard.compress(PAGE + b" " * size))
    else:
        path.write_bytes(bz2.compress(PAGE + b" " * 2**22) * 16)
    tracemalloc.start()
    try:
        assert "bomb" in the_failure(path).reason
        assert tracemalloc.get_traced_memory()[1] < 48 * 2**20
    finally:
        tracemalloc.stop()


def test_options_that_cannot_be_meant_are_refused_at_once() -> None:
    with pytest.raises(UsageError, match="no such field"):
        ReadOptions(columns={"txet": "body"})
    with pytest.raises(UsageError, match="negative"):
        ReadOptions(limit=-1)


@given(st.binary(max_size=300), st.sampled_from(["x", "x.json", "x.csv", "x.warc", "x.warc.gz", "x.html.zst"]))
@settings(max_examples=40, deadline=None)
def test_no_bytes_whatever_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    for begin in (b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b'{"text":', b"text,url\n", b"PAR1"):
        path.write_bytes(begin + data)
        assert list(read([str(path)]))
