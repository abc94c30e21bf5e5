"""Our own text, written piece by piece, with the way of every character back to the raw bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onrecord.clean.decode import Decoded
from onrecord.model import Origin

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and lone surrogates: databases and JSON do not carry them."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A text and where its characters came from."""

    text: str
    origins: tuple[Origin, ...]


class Writer:
    """Collects the pieces of one text. `at` is the offset at which the next character will stand."""

    def __init__(self, decoded: Decoded) -> None:
        self._decoded = decoded
        self._parts: list[str] = []
        self._origins: list[Origin] = []
        self.at = 0

    def copy(self, start: int, end: int) -> None:
        """The code points `start … end` of the decoded page as they are, less what cannot be kept."""
        source = self._decoded.text
        for gap in _UNKEEPABLE.finditer(source, start, end):
            self._copy_runs(start, gap.start())
            start = gap.end()
        self._copy_runs(start, end)

    def made(self, text: str, start: int, end: int) -> None:
        """Characters that stand for the code points `start … end` as a whole (a reference, several blanks)."""
        raw_start, raw_end = self._decoded.bytes_of(start, end)
        self._put(text, raw_start, raw_end, exact=False)

    def own(self, text: str) -> None:
        """Characters of ours that the page has no bytes for (what parts two paragraphs)."""
        self._parts.append(text)
        self.at += len(text)

    def done(self) -> Copied:
        """What was written."""
        return Copied("".join(self._parts), tuple(self._origins))

    def _copy_runs(self, start: int, end: int) -> None:
        """Splits at invalid bytes, so that all around them stays exact."""
        if start >= end:
            return
        if self._decoded.stateful:
            return self.made(self._decoded.text[start:end], start, end)
        for bad in self._decoded.broken_in(start, end):
            self._copy_run(start, bad)
            self.made(self._decoded.text[bad], bad, bad + 1)
            start = bad + 1
        self._copy_run(start, end)

    def _copy_run(self, start: int, end: int) -> None:
        if start < end:
            raw_start, raw_end = self._decoded.bytes_of(start, end)
            self._put(self._decoded.text[start:end], raw_start, raw_end, exact=True)

    def _put(self, text: str, raw_start: int, raw_end: int, *, exact: bool) -> None:
        last = self._origins[-1] if self._origins else None
        self._parts.append(text)
        start, self.at = self.at, self.at + len(text)
        if exact and last and last.exact and last.end == start and last.raw_end == raw_start:
            self._origins[-1] = Origin(last.start, self.at, last.raw_start, raw_end, exact=True)
        else:
            self._origins.append(Origin(start, self.at, raw_start, raw_end, exact))


def copied(decoded: Decoded) -> Copied:
    """The whole text as decoded."""
    writer = Writer(decoded)
    writer.copy(0, len(decoded.text))
    return writer.done()


def titled(body: Copied, title: str) -> Copied:
    """A headline that came beside the text, set before it. Its characters have no place in the raw bytes."""
    head = _UNKEEPABLE.sub("", title) + "\n\n"
    by = len(head)
    moved = tuple(Origin(o.start + by, o.end + by, o.raw_start, o.raw_end, o.exact) for o in body.origins)
    return Copied(head + body.text, moved)
