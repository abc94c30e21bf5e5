"""A report's text as pieces to mark on a page: which spans of which attributions each piece is in. Pure.

The pieces of all paragraphs, with the line ends between them, are the text, always; each knows its offsets, so that a
selection on the page leads back to code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from onrecord.marks import visible
from onrecord.model import Attribution, Report, SetAside, Span

Role = Literal["source", "cue", "content", "distance", "evidence", "headline", "aside"]

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]+"
)
"""What `marks.visible` writes out, in runs."""
_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])")
MOST_AROUND = 300
"""Characters of a sentence that are shown on either side of what stands in it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start … end` that are all marked alike. `marks`: role and number (from 1) of each attribution that it
    belongs to; `ends`: the numbers of those whose last span ends here; `reason`: why a part was set aside."""

    start: int
    end: int
    text: str
    marks: tuple[tuple[Role, int], ...] = ()
    ends: tuple[int, ...] = ()
    reason: str | None = None
    steering: bool = False

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles alone, each once."""
        return tuple(dict.fromkeys(role for role, _ in self.marks))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The attributions, each once."""
        return tuple(dict.fromkeys(number for _, number in self.marks if number))


def paragraphs(
    report: Report, attributions: Sequence[Attribution], set_aside: Iterable[SetAside] = ()
) -> list[tuple[Piece, ...]]:
    """The pieces of each line that is not blank."""
    made: list[tuple[Piece, ...]] = []
    line: list[Piece] = []
    for piece in _pieces(report, attributions, set_aside):
        if piece.text == "\n":
            made.append(tuple(line))
            line = []
        else:
            line.append(piece)
    return [each for each in (*made, tuple(line)) if any(p.text.strip() for p in each)]


@dataclass(frozen=True, slots=True)
class _Mark:
    span: Span
    role: Role
    number: int = 0
    last: bool = False
    reason: str | None = None


def _pieces(report: Report, attributions: Sequence[Attribution], set_aside: Iterable[SetAside]) -> Iterator[Piece]:
    text = report.text
    waiting = sorted(_marks(report, attributions, set_aside), key=lambda m: m.span, reverse=True)
    cuts = {0, len(text), *(k for m in waiting for k in (m.span.start, m.span.end))}
    cuts |= {k + d for k, c in enumerate(text) if c == "\n" for d in (0, 1)}
    steering = {m.start(): m.end() for m in _STEERING.finditer(text)}
    cuts |= {k for both in steering.items() for k in both}
    here: list[_Mark] = []
    for start, end in pairwise(sorted(cuts)):
        here = [m for m in here if m.span.end > start]
        while waiting and waiting[-1].span.start <= start:
            here.append(waiting.pop())
        part = text[start:end]
        yield Piece(
            start,
            end,
            visible(part),
            tuple(sorted({(m.role, m.number) for m in here})),
            tuple(sorted({m.number for m in here if m.last and m.span.end == end})),
            next((m.reason for m in here if m.reason), None),
            any(s <= start < e for s, e in ((k, steering[k]) for k in (start,) if k in steering)),
        )


def _marks(report: Report, attributions: Sequence[Attribution], set_aside: Iterable[SetAside]) -> Iterator[_Mark]:
    if report.headline_span:
        yield _Mark(report.headline_span, "headline")
    for number, a in enumerate(attributions, 1):
        spans: list[tuple[Span, Role]] = [(span, "content") for span in a.content]
        spans += [(a.source, "source")] if a.source else []
        spans += [(a.cue, "cue")] if a.cue else []
        last = max(span.end for span, _ in spans)
        for span, role in spans:
            yield _Mark(span, role, number, span.end == last)
        for span in a.meaning.distance:
            yield _Mark(span, "distance", number)
        for evidence in a.meaning.evidence:
            yield _Mark(evidence.span, "evidence", number)
    for part in set_aside:
        if part.start is not None and part.end is not None and part.start < part.end:
            yield _Mark(Span(part.start, part.end), "aside", reason=part.reason)


def sentence_of(text: str, spans: Sequence[Span]) -> Span:
    """The sentences of one paragraph that these spans stand in; where they are long, the part around the spans."""
    first, last = min(s.start for s in spans), max(s.end for s in spans)
    begin = text.rfind("\n", 0, first) + 1
    end = text.find("\n", last)
    end = len(text) if end < 0 else end
    for match in _SENTENCE_END.finditer(text, begin, min(len(text), first + 2)):  # it looks two letters ahead
        begin = match.end() if match.end() <= first else begin
    after = _SENTENCE_END.search(text, max(last - 1, begin), end)
    if after:
        end = after.end()
    begin, end = max(begin, first - MOST_AROUND), min(end, last + MOST_AROUND)
    while end > last and text[end - 1].isspace():
        end -= 1
    return Span(begin, end)


def in_sentence(text: str, source: Span | None, cue: Span | None, content: Sequence[Span]) -> tuple[Piece, ...]:
    """The sentence of an attribution with its spans marked, as pieces of number 1."""
    marked: list[tuple[Span, Role]] = [(span, "content") for span in content]
    marked += [(source, "source")] if source else []
    marked += [(cue, "cue")] if cue else []
    near = [span for span, _ in marked if abs(span.start - content[0].start) <= 2 * MOST_AROUND] or [content[0]]
    around = sentence_of(text, near)
    cuts = {around.start, around.end}
    cuts |= {k for span, _ in marked for k in (span.start, span.end) if around.start < k < around.end}
    made = []
    for start, end in pairwise(sorted(cuts)):
        marks = tuple(sorted({(role, 1) for span, role in marked if span.start <= start and end <= span.end}))
        made.append(Piece(start, end, visible(text[start:end].replace("\n", " ")), marks))
    return tuple(made)
