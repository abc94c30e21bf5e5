"""Text → the words that the tagger sees: pieces of the vocabulary, and what the letters alone don't tell it.

The encoder's vocabulary is uncased and blind to layout. Case, line breaks, quotation marks and the headline's place
carry much of what tells a content from the text around it, so each word comes with four small features.
The same code feeds training and the shipped tagger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

Ints = NDArray[np.int32]

CASES = 5  # lower · Capitalised · CAPITALS · miXed · without letters
GAPS = 4  # before the word: nothing · blank · line break · empty line
QUOTES = 6  # outside · inside “…” · inside ‘…’ · opening mark · closing mark · in “… never closed
PLACES = 2  # body · first block (where a headline stands)

FEATURES = (CASES, GAPS, QUOTES, PLACES)
"""Number of values of each feature, in the order of `Words.features`' columns."""

PIECES_MAX = 254
"""Pieces in one window; with the two frame pieces this makes 256 positions."""

# Two words typed as one ("saidthat") hide the end of the cue and the start of the content.
_GLUED = re.compile(
    r"\b(said|says|say|stated|states|added|adds|noted|notes|claimed|claims|told|warned|warns|announced|announces"
    r"|reported|reports|argued|argues|insisted|insists|confirmed|confirms|denied|denies|believes?|explained|explains"
    r"|emphasi[sz]ed|stressed|stresses|suggested|suggests|acknowledged|admitted|admits|asserted|declared|promised)"
    r"(that|the|he|she|it|they|we|there)\b",
    re.IGNORECASE,
)
_SENTENCE_ENDS = frozenset('.!?:”"’…')
_LINES = re.compile(r"\n+[^\S\n]*")
_MARK = re.compile(r"[\"“”„‟«»‘’‚‹›'＂]|''|``")
_OPENERS = "“„‟«"
_DOUBLE = '"“”„‟«»＂'


@dataclass(frozen=True, slots=True)
class Words:
    """One text as words, `n` of them, made of `m ≥ n` pieces.

    `starts`, `ends` (n): code points, end excluded. `first` (n + 1): index of each word's first piece, m at the end.
    `pieces` (m): vocabulary ids. `features` (n, 4): case, gap, quotation mark, place.
    """

    starts: Ints
    ends: Ints
    first: Ints
    pieces: Ints
    features: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, keep: NDArray[np.bool_]) -> Words:
        """Only the words where `keep` (n) is true."""
        sizes = np.diff(self.first)
        pieces = self.pieces[np.repeat(keep, sizes)]
        first = np.r_[0, np.cumsum(sizes[keep])].astype(np.int32)
        return Words(self.starts[keep], self.ends[keep], first, pieces, self.features[keep])


@dataclass(frozen=True, slots=True)
class Window:
    """Words `start … end` that go through the encoder together; it answers for words `own_start … own_end` of them."""

    start: int
    end: int
    own_start: int
    own_end: int


def split_words(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Words]:
    """Each text as words. The tokenizer must not add frame pieces or truncate."""
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [_words(text, encoding, tokenizer) for text, encoding in zip(texts, encodings, strict=True)]


def _words(text: str, encoding: Encoding, tokenizer: Tokenizer) -> Words:
    pieces = np.array(encoding.ids, np.int32)
    if not len(pieces):
        empty = np.zeros(0, np.int32)
        return Words(empty, empty, np.zeros(1, np.int32), empty, np.zeros((0, len(FEATURES)), np.int32))
    offsets = np.array(encoding.offsets, np.int32).reshape(-1, 2)
    word_of = np.array(encoding.word_ids, np.int32)
    fresh = np.r_[True, word_of[1:] != word_of[:-1]]
    for match in _GLUED.finditer(text):
        ids = [tokenizer.token_to_id(part.lower()) for part in match.groups()]
        low, high = np.searchsorted(offsets[:, 0], [match.start(), match.end()])
        if low < high and offsets[low, 0] == match.start() and offsets[high - 1, 1] == match.end() and None not in ids:
            pieces = np.r_[pieces[:low], np.array(ids, np.int32), pieces[high:]]
            parts = np.array([match.span(1), match.span(2)], np.int32)
            offsets = np.concatenate([offsets[:low], parts, offsets[high:]])
            fresh = np.r_[fresh[:low], True, True, fresh[high:]]
    first = np.flatnonzero(fresh).astype(np.int32)
    starts = offsets[first, 0]
    ends = offsets[np.r_[first[1:], len(pieces)] - 1, 1]
    gaps = _gaps(text, starts, ends)
    features = np.stack([_cases(text, starts, ends), gaps, _quotes(text, starts), _places(gaps)], axis=1)
    return Words(starts, ends, np.r_[first, len(pieces)].astype(np.int32), pieces, features.astype(np.int32))


def _cases(text: str, starts: Ints, ends: Ints) -> Ints:
    out = np.empty(len(starts), np.int32)
    for i, (a, b) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        word = text[a:b]
        if word.islower():
            out[i] = 0
        elif word.upper() == word.lower():
            out[i] = 4
        elif word.istitle() or (word[0].isupper() and word[1:].islower()):
            out[i] = 1
        else:
            out[i] = 2 if word.isupper() else 3
    return out


def _gaps(text: str, starts: Ints, ends: Ints) -> Ints:
    breaks = np.array([m.start() for m in re.finditer("\n", text)], np.int32)
    before = np.r_[0, ends[:-1]]
    lines = np.searchsorted(breaks, starts) - np.searchsorted(breaks, before)
    one = 1 if _is_wrapped(text) else 2
    gaps = np.where(lines > 1, 3, np.where(lines == 1, one, np.where(starts > before, 1, 0)))
    gaps[0] = 3
    out: Ints = gaps.astype(np.int32)
    return out


def _is_wrapped(text: str) -> bool:
    """Whether single line breaks only wrap: lines of one length, most of them ending in the middle of a sentence."""
    lines = text.split("\n")
    if len(lines) < 4 or max(map(len, lines)) > 100:
        return False
    inner = [line for line, after in pairwise(lines) if line and after]
    if len(inner) < 3:
        return False
    open_ended = sum(line.rstrip()[-1:] not in _SENTENCE_ENDS for line in inner)
    return 2 * open_ended > len(inner) and sum(map(len, inner)) > 45 * len(inner)


def _places(gaps: Ints) -> Ints:
    out: Ints = (np.cumsum(gaps >= 2) == 1).astype(np.int32)
    return out


def _quotes(text: str, starts: Ints) -> Ints:
    out = np.zeros(len(starts), np.int32)

    def fill(a: int, b: int, value: int) -> None:
        out[np.searchsorted(starts, a) : np.searchsorted(starts, b)] = value

    for a, b, closed, double in quotations(text):
        fill(a, b, (1 if double else 2) if closed else 5)
        fill(a, a + 1, 3)
        if closed:
            fill(b - 1, b, 4)
    return out


def quotations(text: str) -> Iterator[tuple[int, int, bool, bool]]:
    """Each quotation as `start, end, closed, double`, marks included, in order of its end.

    A quotation ends with its paragraph at the latest; where that comes first it is not `closed`.
    """
    ends = [m.start() for m in _LINES.finditer(text)]
    ends.append(len(text))
    line = 0
    opened: int | None = None
    single: int | None = None
    for mark in _MARK.finditer(text):
        at = mark.start()
        while at > ends[line]:
            if opened is not None:
                yield opened, ends[line], False, True
            opened = single = None
            line += 1
        before = text[at - 1] if at else " "
        after = text[mark.end()] if mark.end() < len(text) else " "
        if mark.group() in _DOUBLE or mark.group() in ("''", "``"):
            if _opens(mark.group(), before, after, opened is not None):
                if opened is None:
                    opened = at
            elif opened is not None:
                yield opened, mark.end(), True, True
                opened = single = None
        elif _opens_single(mark.group(), before, after):
            single = at
        elif single is not None and not after.isalnum():
            yield single, mark.end(), True, False
            single = None
    if opened is not None:
        yield opened, ends[line], False, True


def _opens(mark: str, before: str, after: str, is_open: bool) -> bool:
    if mark in _OPENERS or mark == "``":
        return True
    if mark in ("”", "»", "''"):
        return False
    glued_left, glued_right = not before.isspace(), not after.isspace()
    if glued_left != glued_right and before not in "(—–-[":
        return glued_right
    return not is_open


def _opens_single(mark: str, before: str, after: str) -> bool:
    if mark in "‘‚‹":
        return True
    return mark == "'" and not before.isalnum() and before not in ".,!?" and after.isalnum()


def windows(words: Words, limit: int = PIECES_MAX, context: int = 64, lead: int | None = None) -> list[Window]:
    """Cut a text into windows of at most `limit` pieces, at paragraph ends where that is possible.

    Each window but the first opens with up to `context` pieces of what came before, so that it does not start blind;
    its own words begin after them. `lead` shortens the first window (training varies its cuts by it).
    """
    n = len(words)
    out: list[Window] = []
    own = 0
    room = lead or limit
    while own < n:
        start = own
        if own and context:
            start = _back(words, own, context)
        end = _cut(words, own, start, max(room, 1))
        out.append(Window(start, end, own, end))
        own = end
        room = limit
    return out


def _back(words: Words, own: int, context: int) -> int:
    start = int(np.searchsorted(words.first, words.first[own] - context))
    paragraphs = np.flatnonzero(words.features[start:own, 1] >= 2)
    return start + int(paragraphs[0]) if len(paragraphs) else start


def _cut(words: Words, own: int, start: int, limit: int) -> int:
    n = len(words)
    end = int(np.searchsorted(words.first, words.first[start] + limit, side="right")) - 1
    end = min(max(end, own + 1), n)
    if end == n:
        return n
    starts = np.flatnonzero(words.features[own + 1 : end + 1, 1] >= 2)
    half = words.first[own] + (words.first[end] - words.first[own]) // 3
    if len(starts) and words.first[own + 1 + starts[-1]] > half:
        return own + 1 + int(starts[-1])
    return end
