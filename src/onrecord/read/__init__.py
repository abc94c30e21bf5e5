"""Bytes in: files, folders, globs, stdin, tables, web archives and single addresses → `RawReport` or `Failure`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from onrecord.model import Failure, RawReport
from onrecord.read.options import ReadOptions

__all__ = ["ReadOptions", "read"]


def read(
    paths: Sequence[str], options: ReadOptions = ReadOptions(), *, stdin: BinaryIO | None = None
) -> Iterator[RawReport | Failure]:
    """What lies at `paths`, in input order: reports, and one `Failure` for each thing that cannot be read.

    A path is a file, a folder, a glob, an http(s) address, or `-` for `stdin` (by default the process's own).
    Streams: no archive or table is ever in memory as a whole. Raises nothing for bad input.
    """
    raise NotImplementedError
