"""PolNeAR's form (one JSON object a line) → words, gold spans and gold links; with changes of style for training.

PolNeAR: Newell, Margolin & Ruths 2018. Its texts and annotations are not part of this repository.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord.engines.decode import CONTENT, CUE, SOURCE, Tagged
from onrecord.engines.words import Words, split_words

EDGE = " \t\n,.;:\xa0"
SAYING = frozenset({"said", "says", "say", "told", "added", "asked", "wrote", "tweeted", "according to"})


@dataclass(frozen=True)
class Layer:
    """Gold that does not overlap: `spans` in order; of each content the index of its cue, of each cue its source's.

    One source may serve several cues ("She denied it and said that …").
    """

    spans: tuple[Tagged, ...] = ()
    head_of: dict[int, int] = field(default_factory=dict)
    statement: dict[int, bool] = field(default_factory=dict)
    """Of some cues, whether they tell of a statement (training/annotations)."""


@dataclass(frozen=True)
class Document:
    """Words with gold: attributions, the same as PolNeAR's annotators mark them, who count acts and feelings in
    (`broad`), those within their contents, mentions (`who`; role: kind), and evidence, addressees and venues
    (`around`); None: nobody looked for them.

    `soft` (n, labels), where there is no gold: how likely teachers held each label of each word.
    """

    name: str
    text: str
    words: Words
    outer: Layer | None
    broad: Layer | None = None
    inner: Layer | None = None
    soft: NDArray[np.float16] | None = None
    who: Layer | None = None
    around: Layer | None = None


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
    inner = layer(row["inner"], text, words) if "inner" in row else None
    if row["attributions"] is None:
        return Document(row["doc"], row["text"], words, None, inner=inner)
    said = [righted(a, text) for a in row["attributions"]]
    narrow = [a for a in said if a.get("statement", a.get("taken", True))] + row.get("overlooked", [])
    broad = None if row.get("narrow") else layer(said, text, words)
    return Document(row["doc"], row["text"], words, layer(narrow, text, words), broad, inner)


def righted(attribution: dict[str, Any], text: str) -> dict[str, Any]:
    """Source and cue in their places: a few annotators' slips have "said" as the source and the name as the cue."""
    source, cue = (" ".join(text[a:b] for a, b in attribution[part]).lower() for part in ("source", "cue"))
    if source in SAYING and cue not in SAYING:
        return {**attribution, "source": attribution["cue"], "cue": attribution["source"]}
    return attribution


def layer(attributions: list[dict[str, Any]], text: str, words: Words) -> Layer:
    """Attributions with spans in `text` → spans in words; what overlaps an earlier one is left out."""
    taken = np.zeros(len(words), bool)
    spans: list[Tagged] = []
    head_of: dict[int, int] = {}
    statement: dict[int, bool] = {}
    sources: dict[tuple[int, int], int] = {}
    for attribution in attributions:
        mine: dict[int, list[int]] = {CUE: [], SOURCE: [], CONTENT: []}
        for role, name in ((CUE, "cue"), (SOURCE, "source"), (CONTENT, "content")):
            for start, end in attribution[name]:
                a, b = trim(start, end, text)
                first = int(np.searchsorted(words.ends, a, side="right"))
                last = int(np.searchsorted(words.starts, b))
                if role == SOURCE and (first, last) in sources:
                    mine[role].append(sources[first, last])
                elif first < last and not taken[first:last].any():
                    taken[first:last] = True
                    mine[role].append(len(spans))
                    if role == SOURCE:
                        sources[first, last] = len(spans)
                    spans.append(Tagged(role, first, last))
        for cue in mine[CUE][:1]:
            head_of.update(dict.fromkeys(mine[CONTENT], cue))
            if mine[SOURCE]:
                head_of[cue] = mine[SOURCE][0]
            if "statement" in attribution:
                statement[cue] = attribution["statement"]
    order = sorted(range(len(spans)), key=lambda k: spans[k].start)
    place = {k: i for i, k in enumerate(order)}
    heads = {place[k]: place[h] for k, h in head_of.items()}
    return Layer(tuple(spans[k] for k in order), heads, {place[k]: known for k, known in statement.items()})
