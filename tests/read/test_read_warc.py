"""Web archives: the pages in them, and reading on after damage."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import random
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from onrecord.model import Failure, RawReport
from onrecord.read import read

DATE = "2024-05-01T12:30:00Z"
COUNT = 200


@functools.cache
def page(number: int) -> bytes:
    noise = "".join(random.Random(number).choices("abcdefghij ", k=300))
    return f"<!doctype html><title>Report {number}</title><p>The mayor said {noise}.</p>".encode()


def response(
    body: bytes, *, status: str = "200 OK", headers: str = "Content-Type: text/html; charset=utf-8\r\n"
) -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body


def record(block: bytes, kind: str = "response", *, fields: str = "", content_type: str = "application/http") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: {DATE}\r\nWARC-Target-URI: https://example.org/a\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(block)}\r\n{fields}\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


@functools.cache
def written(count: int, *, packed: bool) -> bytes:
    """An archive as another program writes it, digests and all."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for number in range(count):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        url = f"https://example.org/{number}"
        writer.write_record(
            writer.create_warc_record(url, "response", payload=io.BytesIO(page(number)), http_headers=headers)
        )
    return out.getvalue()


def read_bytes(tmp_path: Path, data: bytes, name: str = "x.warc") -> tuple[list[RawReport], list[Failure]]:
    (tmp_path / name).write_bytes(data)
    items = list(read([str(tmp_path / name)]))
    return [i for i in items if isinstance(i, RawReport)], [i for i in items if isinstance(i, Failure)]


def test_a_record_gives_its_page_and_where_it_is_from(tmp_path: Path) -> None:
    data = b"".join(gzip.compress(record(response(page(number)))) for number in range(3))
    reports, failures = read_bytes(tmp_path, data, "crawl.warc.gz")
    assert failures == []
    assert [report.data for report in reports] == [page(0), page(1), page(2)]
    last = reports[-1]
    offset = data.rindex(b"\x1f\x8b\x08")
    assert (last.form, last.origin) == ("html", f"{tmp_path}/crawl.warc.gz@{offset}")
    assert last.captured == datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    assert last.delivered_by is None
    assert last.given.url is not None
    assert (last.given.url.value, last.given.url.where) == ("https://example.org/a", "warc:WARC-Target-URI")
    assert last.given.encoding is not None
    assert (last.given.encoding.value, last.given.encoding.where) == ("utf-8", "http:Content-Type")


@pytest.mark.parametrize("packed", [False, True])
def test_another_programs_archives_are_read_as_it_reads_them(tmp_path: Path, packed: bool) -> None:
    data = written(COUNT, packed=packed)
    reports, failures = read_bytes(tmp_path, data, "x.warc.gz" if packed else "x.warc")
    iterator = ArchiveIterator(io.BytesIO(data))
    theirs = []
    for other in iterator:
        url = other.rec_headers.get_header("WARC-Target-URI")
        theirs.append((url, other.content_stream().read(), iterator.get_record_offset()))
    ours = [(r.given.url and r.given.url.value, r.data, int(r.origin.rsplit("@")[-1])) for r in reports]
    assert failures == []
    assert ours == theirs


@pytest.mark.parametrize("name", ["x.warc", "x.warc.gz", "no-name", "-"])
@pytest.mark.parametrize("packing", ["none", "members", "one member", "zstd", "zstd dictionary", "bzip2"])
def test_every_packing_under_every_name(tmp_path: Path, name: str, packing: str) -> None:
    records = [record(response(page(number))) for number in range(20)]
    if packing == "members":
        data = b"".join(map(gzip.compress, records))
    elif packing == "one member":
        data = gzip.compress(b"".join(records))
    elif packing == "zstd":
        data = b"".join(map(zstandard.compress, records))
    elif packing == "zstd dictionary":
        dictionary = zstandard.train_dictionary(4096, [*records, *records, *records])
        packer = zstandard.ZstdCompressor(dict_data=dictionary)
        shipped = zstandard.compress(dictionary.as_bytes())
        data = b"\x5d\x2a\x4d\x18" + len(shipped).to_bytes(4, "little") + shipped
        data += b"".join(map(packer.compress, records))
    elif packing == "bzip2":
        data = bz2.compress(b"".join(records))
    else:
        data = b"".join(records)
    if name == "-":
        items = list(read(["-"], stdin=io.BytesIO(data)))
    else:
        (tmp_path / name).write_bytes(data)
        items = list(read([str(tmp_path / name)]))
    assert [item.data for item in items if isinstance(item, RawReport)] == [page(number) for number in range(20)]
    assert len({item.origin for item in items}) == len(items) == 20


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip\r\n", gzip.compress(page(1))),
        ("Content-Encoding: x-gzip\r\n", gzip.compress(page(1))),
        ("Content-Encoding: deflate\r\n", zlib.compress(page(1))),
        ("Content-Encoding: deflate\r\n", zlib.compress(page(1))[2:-4]),
        ("Content-Encoding: br\r\n", brotli.compress(page(1))),
        ("Content-Encoding: zstd\r\n", zstandard.compress(page(1))),
        ("Content-Encoding: deflate, gzip\r\n", gzip.compress(zlib.compress(page(1)))),
        ("Content-Encoding: gzip\r\n", page(1)),
        ("Content-Encoding: br\r\n", page(1)),
        ("Transfer-Encoding: chunked\r\n", b"A\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n" % (page(1)[:10], 351, page(1)[10:])),
        ("Transfer-Encoding: chunked\r\n", page(1)),
        ("X-Folded: a\r\n b\r\n", page(1)),
    ],
)  # fmt: skip
def test_encodings_are_undone(tmp_path: Path, headers: str, body: bytes) -> None:
    block = response(body, headers="Content-Type: text/html\r\n" + headers)
    reports, failures = read_bytes(tmp_path, record(block))
    assert failures == []
    assert [report.data for report in reports] == [page(1)]


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstandard.compress)]
)
def test_a_long_page_is_unpacked_to_its_end(tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    long = page(1) + b"".join(b"<p>Sentence %d." % (n * n) for n in range(60_000))
    reports, failures = read_bytes(tmp_path, record(response(pack(long), headers=f"Content-Encoding: {encoding}\r\n")))
    assert failures == []
    assert [report.data for report in reports] == [long]


def test_what_is_no_page_is_passed_over_and_what_is_broken_is_told(tmp_path: Path) -> None:
    good = record(response(page(1)))
    data = b"".join(
        [
            record(b"software: x\r\n", "warcinfo", content_type="application/warc-fields"),
            record(b"GET / HTTP/1.1\r\n\r\n", "request"),
            record(response(b"\x89PNG", headers="Content-Type: image/png\r\n")),
            record(response(page(2), status="404 Not Found")),
            record(response(b"", status="302 Found")),
            record(b"HTTP/1.1 200 OK\r\n\r\n", "revisit", fields="WARC-Refers-To: <urn:uuid:itself>\r\n"),
            good,
            record(response(bytes(range(256)) * 9)),
            record(b"no http at all"),
            record(response(gzip.compress(b"<p>" + b" " * 2**22), headers="Content-Encoding: gzip\r\n")),
            record(response(b"5\r\nabcde\r\n5\r\nab", headers="Transfer-Encoding: chunked\r\n")),
            record(response(page(3)), fields="WARC-Segment-Number: 1\r\n"),
            record(page(4), "resource", content_type="text/html"),
            record(b"A text, they said.", "conversion", content_type="text/plain"),
        ]
    )
    reports, failures = read_bytes(tmp_path, data)
    assert [report.data for report in reports] == [page(1), page(4), b"A text, they said."]
    assert [report.form for report in reports] == ["html", "html", "text"]
    said = ["binary", "no HTTP response", "bomb", "cut off", "split over several"]
    assert [word in failure.reason for word, failure in zip(said, failures, strict=True)] == [True] * 5


def test_an_archive_without_a_page_says_what_it_holds(tmp_path: Path) -> None:
    reports, (failure,) = read_bytes(tmp_path, record(b"GET / HTTP/1.1\r\n\r\n", "request") * 3)
    assert reports == []
    assert "3 request records" in failure.reason


@pytest.mark.parametrize("field", ["WARC-Block-Digest", "WARC-Payload-Digest"])
@pytest.mark.parametrize("digest", ["sha1:" + "A" * 32, "sha256:" + "0" * 64, "md5:" + "f" * 32])
def test_a_wrong_digest_is_told(tmp_path: Path, field: str, digest: str) -> None:
    bad = record(response(page(1)), fields=f"{field}: {digest}\r\n")
    reports, (failure,) = read_bytes(tmp_path, bad + record(response(page(2)), fields=f"{field}: xyz:1\r\n"))
    assert [report.data for report in reports] == [page(2)]
    assert "digest" in failure.reason
    assert failure.origin.endswith("@0")


def test_a_page_cut_short_by_the_crawler_is_read_and_told(tmp_path: Path) -> None:
    reports, (failure,) = read_bytes(tmp_path, record(response(page(1)), fields="WARC-Truncated: length\r\n"))
    assert len(reports) == 1
    assert "cut short" in failure.reason


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_off_archive_is_noticed(tmp_path: Path, packed: bool) -> None:
    data = written(5, packed=packed)
    last = data.rindex(b"\x1f\x8b\x08" if packed else b"WARC/1.0")
    for end in (last + 4, last + 300, len(data) - 5):
        reports, (failure,) = read_bytes(tmp_path, data[:end], "x.warc.gz" if packed else "x.warc")
        assert len(reports) == 4
        assert f"bytes {last} to {end} " in failure.reason
    reports, failures = read_bytes(tmp_path, written(5, packed=False)[:-4])
    assert (len(reports), failures) == (5, [])


@pytest.mark.parametrize("length", ["5", "99999999999999", "-1", "x", ""])
def test_a_wrong_length_costs_one_record(tmp_path: Path, length: str) -> None:
    records = [record(response(page(number))) for number in range(5)]
    bad = re.sub(rb"Content-Length: \d+", f"Content-Length: {length}".encode(), records[2])
    for name, data in (
        ("x.warc", b"".join([*records[:2], bad, *records[3:]])),
        ("x.warc.gz", b"".join(map(gzip.compress, [*records[:2], bad, *records[3:]]))),
    ):
        reports, (failure,) = read_bytes(tmp_path, data, name)
        assert [report.data for report in reports] == [page(number) for number in (0, 1, 3, 4)]
        assert "were skipped" in failure.reason
        stream = list(read(["-"], stdin=io.BytesIO(data)))
        assert len(stream) == 5


def test_a_million_false_beginnings_end_soon(tmp_path: Path) -> None:
    fake = b"WARC/1.0\r\nContent-Length: 700000\r\n\r\n"
    reports, failures = read_bytes(tmp_path, record(response(page(1))) + fake * 5_000)
    assert (len(reports), len(failures)) == (1, 1)
    member = gzip.compress(b"WARC/1.0\r\nContent-Length: 9\r\n\r\n" + bytes(2**18))[:-4]
    reports, failures = read_bytes(tmp_path, gzip.compress(record(response(page(1)))) + member * 100, "x.warc.gz")
    assert len(reports) == 1
    assert len(failures) <= 100


def test_a_bomb_in_a_member_costs_that_member(tmp_path: Path) -> None:
    bomb = gzip.compress(record(response(b"<p>" + bytes(2**24))))
    good = gzip.compress(record(response(page(1))))
    reports, failures = read_bytes(tmp_path, bomb + good, "x.warc.gz")
    assert [report.data for report in reports] == [page(1)]
    assert "bomb" in failures[0].reason


def test_damage_late_in_one_large_member_puts_what_came_before_in_doubt(tmp_path: Path) -> None:
    data = gzip.compress(b"".join(record(response(page(number))) for number in range(2000)))
    reports, (failure,) = read_bytes(tmp_path, data[:-8] + bytes(8), "x.warc.gz")
    assert len(reports) > 1000
    assert f"the {len(reports)} records read from there before may be altered" in failure.reason


def ranges(failures: list[Failure]) -> list[tuple[int, int]]:
    found = [re.search(r"bytes (\d+) to (\d+) ", failure.reason) for failure in failures]
    return [(int(match[1]), int(match[2])) for match in found if match]


def check_damaged(path: Path, data: bytes, offsets: list[int], *, most_lost: int, most_altered: int = 0) -> None:
    """Nothing altered is accepted, little is lost, and what is lost is told."""
    path.write_bytes(data)
    items = list(read([str(path)]))
    kept = [item for item in items if isinstance(item, RawReport)]
    failures = [item for item in items if isinstance(item, Failure)]
    originals = {page(number) for number in range(COUNT)}
    assert sum(report.data not in originals for report in kept) <= most_altered
    assert len(kept) >= COUNT - most_lost
    here = {int(report.origin.rsplit("@")[-1]) for report in kept}
    told = {int(failure.origin.rsplit("@")[-1]) for failure in failures if "@" in failure.origin}
    skipped = ranges(failures)
    for offset in offsets:
        assert offset in here or offset in told or any(start <= offset < end for start, end in skipped)


def member_offsets(data: bytes) -> list[int]:
    iterator = ArchiveIterator(io.BytesIO(data))
    return [iterator.get_record_offset() for other in iterator if other.content_stream().read()]


PACKED_OFFSETS: list[int] = []


@given(st.integers(0, 2**40), st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_one_flipped_byte_in_a_packed_archive_costs_one_record(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    data = bytearray(written(COUNT, packed=True))
    offsets = PACKED_OFFSETS or member_offsets(bytes(data))
    PACKED_OFFSETS[:] = offsets
    data[place % len(data)] ^= flip
    check_damaged(tmp_path_factory.getbasetemp() / "flip.warc.gz", bytes(data), offsets, most_lost=1)


@given(st.integers(0, 2**40), st.integers(0, 7))
@settings(max_examples=40, deadline=None)
def test_one_flipped_bit_in_a_plain_archive_costs_one_record(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    data = bytearray(written(COUNT, packed=False))
    offsets = [found.start() for found in re.finditer(rb"(?m)^WARC/1.0", data)]
    data[place % len(data)] ^= 1 << bit
    check_damaged(tmp_path_factory.getbasetemp() / "flip.warc", bytes(data), offsets, most_lost=2)


@pytest.mark.parametrize("within", range(0, 18))
def test_every_byte_of_a_members_header_may_be_hit(tmp_path: Path, within: int) -> None:
    data = bytearray(written(COUNT, packed=True))
    offsets = PACKED_OFFSETS or member_offsets(bytes(data))
    for member in (0, 77, COUNT - 1):
        hit = bytearray(data)
        hit[offsets[member] + within] ^= 0xFF
        check_damaged(tmp_path / "x.warc.gz", bytes(hit), offsets, most_lost=1)


@given(st.lists(st.tuples(st.integers(0, 2**40), st.sampled_from(["flip", "cut", "put"])), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_any_damage_to_a_plain_archive_is_survived(
    tmp_path_factory: pytest.TempPathFactory, damages: list[tuple[int, str]]
) -> None:
    data = bytearray(written(COUNT, packed=False))
    for place, what in damages:
        at = place % len(data)
        if what == "flip":
            data[at] ^= 1 + place % 255
        elif what == "cut":
            del data[at : at + 1 + place % 50]
        else:
            data[at:at] = b"\r\nWARC/1.0\r\n" if place % 2 else b"\x1f\x8b\x08\x00"
    # a lost separator takes the records on both sides of it; one hit may take a page's digests, a second the page
    path = tmp_path_factory.getbasetemp() / "x.warc"
    check_damaged(path, bytes(data), [], most_lost=2 * len(damages), most_altered=len(damages) - 1)
