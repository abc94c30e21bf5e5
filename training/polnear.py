"""PolNeAR's form (one JSON object a line) → words, gold spans and gold links; with changes of style for training.

PolNeAR: Newell, Margolin & Ruths 2018. Its texts and annotations are not part of this repository.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from onrecord.engines.decode import CONTENT, CUE, SOURCE, Tagged
from onrecord.engines.words import Words, split_words

EDGE = " \t\n,.;:\xa0"


@dataclass(frozen=True)
class Document:
    """Words with gold: `spans` in order, and for each source or content the index of its cue among `spans`."""

    name: str
    text: str
    words: Words
    spans: tuple[Tagged, ...]
    cue_of: dict[int, int]


def read(path: Path) -> list[dict[str, Any]]:
    """Rows of a .jsonl.xz file."""
    with lzma.open(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def documents(rows: list[dict[str, Any]], tokenizer: Tokenizer, rng: random.Random | None = None) -> list[Document]:
    """Rows → documents. With `rng`, headlines, quotation marks and line breaks vary as they do from paper to paper."""
    texts = [restyle(unstopped(row["text"], rng), rng) if rng else row["text"] for row in rows]
    words = split_words(tokenizer, texts)
    if rng:
        words = [single_breaks(w) if rng.random() < 0.15 else w for w in words]
    return [_document(row, text, w) for row, text, w in zip(rows, texts, words, strict=True)]


def restyle(text: str, rng: random.Random) -> str:
    """Sometimes straight quotation marks for curly ones, or the other way about; always the same length."""
    dice = rng.random()
    if dice < 0.2:
        return text.translate(str.maketrans("“”‘’", "\"\"''"))
    if dice < 0.35:
        text = re.sub(r'(^|[\s(\[—–-])"', r"\1“", text)
        return text.replace('"', "”").replace("'", "’")
    if dice < 0.43:
        return text.translate(str.maketrans("“”", "‘’"))
    return text


def unstopped(text: str, rng: random.Random) -> str:
    """PolNeAR ends every headline with a full stop, which papers don't; mostly taken off here."""
    end = text.find("\n")
    if end > 0 and text[end - 1] == "." and rng.random() < 0.8:
        return f"{text[: end - 1]} {text[end:]}"
    return text


def single_breaks(words: Words) -> Words:
    """Paragraphs set apart by one line break instead of an empty line."""
    features = words.features.copy()
    features[1:, 1] = np.where(features[1:, 1] == 3, 2, features[1:, 1])
    return replace(words, features=features)


def trim(start: int, end: int, text: str) -> tuple[int, int]:
    """Commas, blanks and full stops at a span's edge are the annotators' habit rather than content; left off."""
    a, b = start, end
    while a < b and text[a] in EDGE:
        a += 1
    while b > a and text[b - 1] in EDGE:
        b -= 1
    return (a, b) if a < b else (start, end)


def _document(row: dict[str, Any], text: str, words: Words) -> Document:
    taken = np.zeros(len(words), bool)
    spans: list[Tagged] = []
    cue_of: dict[int, int] = {}
    for attribution in row["attributions"]:
        mine: list[tuple[int, int]] = []
        for role, name in ((CUE, "cue"), (SOURCE, "source"), (CONTENT, "content")):
            for start, end in attribution[name]:
                a, b = trim(start, end, text)
                first = int(np.searchsorted(words.ends, a, side="right"))
                last = int(np.searchsorted(words.starts, b))
                if first < last and not taken[first:last].any():
                    taken[first:last] = True
                    mine.append((role, len(spans)))
                    spans.append(Tagged(role, first, last))
        cues = [k for role, k in mine if role == CUE]
        if cues:
            cue_of.update({k: cues[0] for role, k in mine if role != CUE})
    order = sorted(range(len(spans)), key=lambda k: spans[k].start)
    place = {k: i for i, k in enumerate(order)}
    return Document(
        row["doc"], row["text"], words, tuple(spans[k] for k in order), {place[k]: place[c] for k, c in cue_of.items()}
    )
