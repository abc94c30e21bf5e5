"""Bytes in: files, folders, globs, stdin, tables, web archives and single addresses → `RawReport` or `Failure`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from onrecord.errors import InputError, Unreadable
from onrecord.model import Failure, Found, Given, RawReport
from onrecord.read import kinds
from onrecord.read.compressed import inflate
from onrecord.read.files import find
from onrecord.read.options import DEFAULT, ReadOptions
from onrecord.read.problems import failure
from onrecord.read.streams import as_stream, chunks, whole

__all__ = ["ReadOptions", "read"]

Item = RawReport | Failure


def read(
    paths: Sequence[str], options: ReadOptions = DEFAULT, *, stdin: BinaryIO | None = None
) -> Iterator[RawReport | Failure]:
    """What lies at `paths`, in input order: reports, and one `Failure` for each thing that cannot be read.

    A path is a file, a folder, a glob, an http(s) address, or `-` for `stdin` (by default the process's own).
    Streams: no archive or table is ever in memory as a whole. Raises nothing for bad input.
    """
    left = options.limit
    if left == 0:
        return
    for item in _all(paths, options, stdin):
        yield item
        if left is not None and isinstance(item, RawReport):
            left -= 1
            if left == 0:
                return


def _all(paths: Sequence[str], options: ReadOptions, stdin: BinaryIO | None) -> Iterator[Item]:
    web = None
    for path in paths:
        scheme, mark, _ = path.partition("://")
        if path == "-":
            yield from _stream(stdin or sys.stdin.buffer, "stdin", options, file=None)
        elif mark and scheme.lower() in ("http", "https"):
            if web is None:
                from onrecord.read.web import Web

                web = Web(options)
            yield web.fetch(path)
        elif mark and scheme.isalpha() and not Path(path).exists():
            yield Failure(path, "read", f"is an address of {scheme}, which is not fetched.", "Use http or https.")
        else:
            yield from _files(path, options)


def _files(path: str, options: ReadOptions) -> Iterator[Item]:
    for found in find(path, options):
        if isinstance(found, Failure):
            yield found
            continue
        try:
            with found.open("rb") as opened:
                yield from _stream(opened, str(found), options, file=opened if opened.seekable() else None)
        except (OSError, ValueError) as error:
            yield failure(str(found), error)


def _stream(stream: BinaryIO, origin: str, options: ReadOptions, *, file: BinaryIO | None) -> Iterator[Item]:
    """Everything in one stream; `file` is the same where it can go back to its beginning."""
    try:
        yield from _items(chunks(stream), origin, options, file=file)
    except (InputError, OSError) as error:
        yield failure(origin, error)


def _items(
    pieces: Iterator[bytes], origin: str, options: ReadOptions, *, file: BinaryIO | None = None, packed: bool = False
) -> Iterator[Item]:
    head, pieces = _looked_at(pieces)
    if not kinds.printed(head):
        # only what comes after tells a report from a bomb from nothing at all
        data = whole(pieces)
        head, pieces = kinds.printed(data)[: kinds.HEAD], iter((data,))
    kind = kinds.kind_of(head, origin, options)
    if kind == "warc":
        from onrecord.read.warc import read_warc

        yield from read_warc(file or as_stream(pieces), head, origin, options)
    elif kind in ("gzip", "zstd", "bzip2"):
        if packed:
            raise Unreadable("is compressed twice over.", advice="Unpack it once and give the result.")
        yield from _items(inflate(kind, pieces), origin, options, packed=True)
    elif kind == "parquet":
        from onrecord.read.table import read_parquet

        yield from read_parquet(file or io.BytesIO(whole(pieces)), origin, options)
    elif kind in ("html", "text"):
        yield _page(pieces, kind, origin, options)
    else:
        yield from _table(pieces, kind, origin, options)


def _table(pieces: Iterator[bytes], kind: kinds.Kind, origin: str, options: ReadOptions) -> Iterator[Item]:
    from onrecord.read.table import read_csv, read_json, read_jsonl

    if kind == "json":
        return read_json(pieces, origin, options)
    return (read_jsonl if kind == "jsonl" else read_csv)(as_stream(pieces), origin, options)


def _page(pieces: Iterator[bytes], kind: kinds.Kind, origin: str, options: ReadOptions) -> RawReport:
    form = options.form if options.form != "auto" else "html" if kind == "html" else "text"
    published = Found(options.published, "user") if options.published else None
    return RawReport(data=whole(pieces), form=form, origin=origin, given=Given(published=published))


def _looked_at(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The beginning, and all pieces again; an error met while looking comes after what lies before it."""
    held: list[bytes] = []
    error: InputError | None = None
    try:
        while sum(map(len, held)) < kinds.HEAD and (piece := next(pieces, b"")):
            held.append(piece)
    except InputError as met:
        if not held:
            raise
        error = met

    def again() -> Iterator[bytes]:
        yield from held
        if error:
            raise error
        yield from pieces

    return b"".join(held)[: kinds.HEAD], again()
