"""The language of a text, worked out from the text alone.

Most of what we read is English, and py3langid unpacks 68 MB before its first answer. So English is first looked for by
its function words, which no other language has in such numbers; only what does not pass is put to the model.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Protocol

from onrecord.model import Found

UNDETERMINED = "und"
"""ISO 639's own code for a language that could not be told."""

_LOOKED_AT = 4000
_SLICES = 4
_PIECE = 500
_FEWEST_LETTERS = 24
_LEAST_SURE = 0.15

# English words that other languages do not write so: no "to", "in", "is", "on", "was", "had", "will".
# fmt: off
_ENGLISH = frozenset((
    "the", "of", "and", "that", "with", "from", "which", "this", "these", "those", "have", "has", "been", "would",
    "could", "their", "were", "said", "who", "they", "are", "his", "she", "when", "what", "there",
))
# fmt: on
# PolNeAR's English reports have 0.18 of these at the median; 98 of 100 have more than 0.12.
_ENGLISH_SHARE = 0.12
_ENGLISH_HITS = 6
_ENGLISH_KINDS = 3
_ENGLISH_ASCII = 0.9

_NO_LANGUAGE = "zxx"  # the model's class for addresses, numbers and code
_FIRST_CJK = "\u2e80"
_WORD = re.compile(r"[^\W\d_]+")


def identify(text: str) -> Found:
    """The language in which most of `text` is written, always inferred; of a long text four slices are looked at.

    ISO 639-1, or 639-3 for the few languages without a two-letter code; `und` where there is too little text to tell.
    `where` names what decided: `function words` (English only) or `py3langid`. Raises nothing.
    """
    sample = _sample(text)
    if _plainly_english(sample):
        return Found("en", "function words", inferred=True)
    return Found(_majority(sample), "py3langid", inferred=True)


def _sample(text: str) -> str:
    """At most 4,000 characters from all parts of the text, so that an English cookie notice does not speak for all."""
    if len(text) <= _LOOKED_AT:
        return text
    size = _LOOKED_AT // _SLICES
    step = (len(text) - size) // (_SLICES - 1)
    return "\n".join(text[k * step : k * step + size] for k in range(_SLICES))


def _plainly_english(sample: str) -> bool:
    words = _WORD.findall(sample.casefold())
    hits = [word for word in words if word in _ENGLISH]
    if len(hits) < _ENGLISH_HITS or len(set(hits)) < _ENGLISH_KINDS or len(hits) < _ENGLISH_SHARE * len(words):
        return False
    # Chinese or Thai has no blanks: a page of it counts as a few words.
    ascii_letters = sum(len(word) for word in words if word.isascii())
    return ascii_letters >= _ENGLISH_ASCII * sum(map(_letters, words))


def _majority(sample: str) -> str:
    """The language of most letters, line by line; a line counts by its letters and by how sure the model is."""
    pieces = [line[k : k + _PIECE] for line in sample.splitlines() for k in range(0, len(line), _PIECE)]
    weights = [_letters(piece) for piece in pieces]
    if sum(weights) < _FEWEST_LETTERS:
        return UNDETERMINED
    votes: dict[str, float] = {}
    for piece, weight in zip(pieces, weights, strict=True):
        if weight:
            language, probability = _model().classify(piece)
            votes[language] = votes.get(language, 0.0) + weight * probability
    best = max(votes, key=lambda language: votes[language])
    if best == _NO_LANGUAGE or votes[best] < _LEAST_SURE * sum(weights):
        return UNDETERMINED
    return best


def _letters(piece: str) -> int:
    """How many letters; one of Chinese, Japanese or Korean tells as much as three."""
    return sum(3 if c >= _FIRST_CJK else 1 for c in piece if c.isalpha())


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@cache
def _model() -> _Identifier:
    """py3langid with probabilities instead of raw scores; takes about 0.8 s to load, 140 MB to keep."""
    langid = import_module("py3langid.langid")
    identifier: _Identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    return identifier
