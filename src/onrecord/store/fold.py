"""Words made comparable: without accents, case and punctuation."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """The words of a text, case-folded and without accents, with one blank before, between and after them."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return f" {' '.join(_WORD.findall(bare.casefold()))} "


def has_words(text: str, words: str) -> bool:
    """Whether a folded text contains every word of folded `words`, in any order."""
    return set(words.split()) <= set(text.split())
