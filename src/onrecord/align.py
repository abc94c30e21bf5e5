"""Puts a quoted string back on a text exactly, or refuses. Pure.

Equal means: the same characters; or else the same up to blanks, to the shapes of quotation marks, apostrophes and
dashes, and to the canonical normal form of Unicode. Nothing beyond that: a word that is not there is refused.
"""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from onrecord.model import Span

LONGEST_QUOTE = 4_000
"""Characters of a quote; a longer one is refused."""

_SHAPES = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛‹›′`´", "'") | dict.fromkeys("‐‑‒–—―−", "-"))


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text folded. Character k of `text` comes from the character `places[k]` of the original."""

    text: str
    places: tuple[int, ...]


def align(text: str, quote: str, *, near: int | None = None, within: Span | None = None) -> Span | None:
    """Where in `text` the quote stands, a span of code points; None where it does not, or where nobody can tell which.

    Of several places those at whole words count first, then the one that starts nearest to `near`; without `near` none
    is chosen. `within`: only there. A quote that is blank or longer than LONGEST_QUOTE stands nowhere. Takes time in
    proportion to the text.
    """
    if not quote.strip() or len(quote) > LONGEST_QUOTE:
        return None
    low, high = (within.start, min(within.end, len(text))) if within else (0, len(text))
    places = _places(text, quote, low, high)
    if near is None or not places:
        return Span(*places[0]) if len(places) == 1 else None
    after = bisect.bisect_left(places, (near, 0))
    return Span(*min(places[max(after - 1, 0) : after + 1], key=lambda p: (abs(p[0] - near), p)))


@lru_cache(maxsize=2)
def _places(text: str, quote: str, low: int, high: int) -> list[tuple[int, int]]:
    """Where the quote stands, in order. Kept for the next call, which asks from the other side."""
    places = list(_exact(text, quote, low, high)) or list(_alike(text, quote, low, high))
    return [p for p in places if _at_words(text, *p)] or places


def fold(text: str) -> str:
    """The text as it is compared: equal for texts that differ in nothing that counts; blanks around it are left out."""
    return _folded(text).text.strip()


def _exact(text: str, quote: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    at = text.find(quote, low, high)
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + len(quote), high)


def _alike(text: str, quote: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Places of whole characters, combining marks included, that fold to what the quote folds to."""
    sought = fold(quote)
    if not sought or unicodedata.combining(sought[0]):
        return
    folded = _window(text[low:high])
    size = len(folded.text)
    at = folded.text.find(sought)
    while at >= 0:
        end = at + len(sought)
        starts = at == 0 or folded.places[at] != folded.places[at - 1]
        ends = end == size or (
            folded.places[end] != folded.places[end - 1] and not unicodedata.combining(folded.text[end])
        )
        if starts and ends:
            # marks are put in order when folding, so that the last one need not be the last in the original
            base = end - 1
            while unicodedata.combining(folded.text[base]):
                base -= 1
            last = max(folded.places[base:end])
            yield low + folded.places[at], low + last + 1
        at = folded.text.find(sought, end if starts and ends else at + 1)


@lru_cache(maxsize=4)
def _window(text: str) -> _Folded:
    return _folded(text)


def _folded(text: str) -> _Folded:
    out: list[str] = []
    places: list[int] = []
    marks: list[tuple[int, str, int]] = []

    def close() -> None:
        for _, mark, at in sorted(marks, key=lambda m: m[0]):
            out.append(mark)
            places.append(at)
        marks.clear()

    for k, c in enumerate(text):
        if c.isspace():
            close()
            if not out or out[-1] != " ":
                out.append(" ")
                places.append(k)
            continue
        for d in unicodedata.normalize("NFD", c.translate(_SHAPES)).translate(_SHAPES):
            order = unicodedata.combining(d)
            if order:
                marks.append((order, d, k))
            else:
                close()
                out.append(d)
                places.append(k)
    close()
    return _Folded("".join(out), tuple(places))


def _at_words(text: str, a: int, b: int) -> bool:
    """Whether neither end of a span cuts a word."""
    return not (a > 0 and text[a - 1].isalnum() and text[a].isalnum()) and not (
        b < len(text) and text[b - 1].isalnum() and text[b].isalnum()
    )
