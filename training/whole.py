"""Whole texts: who is who in them, and what each attribution means, as the annotations and GUM have it.

GUM: Zeldes 2017; of gum-open.jsonl.xz the news and its dev and test interviews are held out. CoreNLP's coreference in
PolNeAR is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
from tokenizers import Tokenizer

from onrecord.engines.decode import Tagged
from onrecord.engines.lexicon import ACTS, act_of, bits_of
from onrecord.engines.mentions import AFTER_HEAD, Mentions, mentions_of, pair_features, speakers
from onrecord.engines.naming import roles
from onrecord.engines.words import Words, split_words
from onrecord.model import EntityKind, EvidenceType, Modality
from training.annotations import marks
from training.polnear import Document, Layer

MODALITIES: tuple[str, ...] = get_args(Modality)
SOURCE_KINDS: tuple[str, ...] = get_args(EntityKind)[:7]
EVIDENCE: tuple[str, ...] = get_args(EvidenceType)
AROUND = ("evidence", "addressee", "venue")
_KIND_OF = {
    **dict.fromkeys(("person", "group", "unnamed"), 0),
    "organization": 1,
    **dict.fromkeys(("country", "place"), 2),
}
Pair = tuple[int, int]


@dataclass(frozen=True)
class Said:
    """One attribution in words of the text, and what it means; -1: nobody said, or there is none."""

    source: Pair | None
    cue: Pair | None
    content: tuple[Pair, ...]
    act: int = -1
    modality: int = -1
    kind: int = -1
    lexicon: int = 0
    bits: int = 0


@dataclass(frozen=True)
class Who:
    """Mentions with what tells them apart, and the entity of each."""

    mentions: Mentions
    entity: tuple[int, ...]
    pairs: dict[str, np.ndarray]
    alone: dict[str, np.ndarray]


@dataclass(frozen=True)
class Whole:
    """A document with attributions that mean something (`read`: somebody said what, of some; `whole`: of all),
    and who is who, if that is known.

    `around`: evidence, addressees and venues as role, start, end, type of evidence (-1: none), attribution.
    """

    document: Document
    said: tuple[Said, ...]
    read: bool
    around: tuple[tuple[int, int, int, int, int], ...] = ()
    who: Who | None = None
    whole: bool = False


def in_words(words: Words, start: int, end: int) -> Pair | None:
    """Characters → words; None where they hold none."""
    first = int(np.searchsorted(words.ends, start, side="right"))
    last = int(np.searchsorted(words.starts, end))
    return (first, last) if first < last else None


def said_of(document: Document, rows: Sequence[dict[str, Any]], labels: Sequence[dict[str, Any]]) -> list[Said]:
    """Attributions with their labels."""
    text, words = document.text, document.words
    found = []
    for row, label in zip(rows, labels, strict=True):
        spans = {
            part: [p for a, b in row[part] if (p := in_words(words, a, b))] for part in ("source", "cue", "content")
        }
        cue = " ".join(text[a:b] for a, b in row["cue"])
        contents = [text[a:b] for a, b in row["content"]]
        told = bool(label) and not label.get("drop")
        kind = label.get("source_kind")
        found.append(
            Said(
                spans["source"][0] if spans["source"] else None,
                (spans["cue"][0][0], spans["cue"][-1][1]) if spans["cue"] else None,
                tuple(spans["content"]),
                ACTS.index(label["act"]) if told else -1,
                MODALITIES.index(label.get("modality", "plain")) if told else -1,
                SOURCE_KINDS.index(kind) if kind in SOURCE_KINDS else -1,
                act_of(cue),
                bits_of(cue, contents),
            )
        )
    return found


def around_of(
    document: Document, labels: Sequence[dict[str, Any]]
) -> tuple[Layer, tuple[tuple[int, int, int, int, int], ...]]:
    """Evidence, addressees and venues as a layer of labels, and each with the attribution it belongs to."""
    taken = np.zeros(len(document.words), bool)
    found: list[tuple[int, int, int, int, int]] = []
    for k, label in enumerate(labels):
        spans = [(0, a, b, EVIDENCE.index(kind)) for a, b, kind in label.get("evidence", ())]
        spans += [(role, *label[name], -1) for role, name in ((1, "addressee"), (2, "venue")) if label.get(name)]
        for role, a, b, kind in spans:
            pair = in_words(document.words, a, b)
            if pair and not taken[pair[0] : pair[1]].any():
                taken[pair[0] : pair[1]] = True
                found.append((role, *pair, kind, k))
    found.sort(key=lambda f: f[1])
    return Layer(tuple(Tagged(role, a, b) for role, a, b, _, _ in found)), tuple(found)


def base(text: str, words: Words, start: int, end: int, inner: Sequence[Pair]) -> Pair | None:
    """A noun phrase's words up to its head, without a possessor in front that is a mention itself."""
    lower = [text[a:b].lower() for a, b in zip(words.starts[start:end], words.ends[start:end], strict=True)]
    first, last = start, end
    for a, b in inner:
        if a == first and b < last and lower[b - start : b - start + 2] in (["'", "s"], ["’", "s"]):
            first = b + 2
    if first == start and last - first > 1 and lower[0] in ("his", "her", "its", "their", "our", "my", "your"):
        first += 1
    while last - first > 1 and lower[last - 1 - start] in ("'", "’", "s"):
        last -= 1
    stop = next((k for k in range(first + 1, last) if lower[k - start] in AFTER_HEAD), last)
    if lower[stop - start : stop - start + 1] == ["and"] and any(a >= stop for a, _ in inner):
        return None
    return (first, stop) if first < stop else None


def titled(text: str, words: Words, start: int, end: int) -> int:
    """Where a name starts with the titles and roles in front of it, which some annotators leave out."""

    def word(k: int) -> str:
        return text[words.starts[k] : words.ends[k]]

    if words.features[end - 1, 0] not in (1, 2, 3):
        return start
    at = start
    while at > 0 and words.features[at, 1] < 2:
        before = word(at - 1).lower()
        if (
            before in roles()
            or (before == "." and at > 1 and word(at - 2).lower() in roles())
            or (at < start and words.features[at - 1, 0] in (1, 2) and words.features[at - 1, 1] == 1)
        ):
            at -= 1
        else:
            break
    return at


def who_of(
    document: Document, entities: Sequence[tuple[int, Sequence[Pair]]], said: Sequence[Said]
) -> tuple[Layer, Who] | None:
    """Entities as kind and mentions in characters → mentions that don't overlap, and whom each leads to."""
    text, words = document.text, document.words
    every = [(p, kind, k) for k, (kind, spans) in enumerate(entities) for a, b in spans if (p := in_words(words, a, b))]
    pairs = sorted({p for p, _, _ in every})
    parts: set[tuple[int, int, int, int]] = set()
    for (a, b), kind, k in every:
        part = base(text, words, a, b, [p for p in pairs if a <= p[0] and p[1] <= b and p != (a, b)])
        if part:
            parts.add((titled(text, words, *part), part[1], kind, k))
    # A name in front of a noun is a mention of its own, and the rest is one: "[Apple] [chief Tim Cook]".
    parts = {
        (max([a, *(d for c, d, _, _ in parts if a <= c and d < b and (c, d) != (a, b))]), b, kind, k)
        for a, b, kind, k in parts
    }
    taken = np.zeros(len(words), bool)
    found: list[tuple[int, int, int, int]] = []
    widest = [p for p in parts if not any(o != p and o[3] == p[3] and o[0] <= p[0] and p[1] <= o[1] for o in parts)]
    for part in sorted(widest, key=lambda p: (p[1] - p[0], p)):
        if not taken[part[0] : part[1]].any():
            taken[part[0] : part[1]] = True
            found.append(part)
    found.sort()
    if not found:
        return None
    spans = [(kind, a, b) for a, b, kind, _ in found]
    m = mentions_of(text, words, spans)
    pairs_, alone = pair_features(m, *speakers(m, [(s.source, s.content) for s in said]))
    layer = Layer(tuple(Tagged(kind, a, b) for kind, a, b in spans))
    return layer, Who(m, tuple(f[3] for f in found), pairs_, alone)


def guided(
    documents: Sequence[Document],
    rows: Sequence[dict[str, Any]],
    guide: dict[str, dict[str, Any]],
    who: dict[str, dict[str, Any]],
    acts: dict[str, dict[str, Any]],
) -> Iterator[Whole]:
    """Documents of PolNeAR that somebody read with the guide, or for who is who, or for some of their acts."""
    for document, row in zip(documents, rows, strict=True):
        known, told, some = guide.get(row["doc"]), who.get(row["doc"]), acts.get(row["doc"], {}).get("labels")
        if not known and not told and not some:
            continue
        said_rows = row["attributions"]
        labels = [some.get(str(k), {}) if some else {} for k in range(len(said_rows))]
        around, layer = (), None
        if known:
            said_rows, labels = [*said_rows, *known["more"]], [*known["labels"], *known["more"]]
            layer, around = around_of(document, labels)
        said = said_of(document, said_rows, labels)
        made = told and who_of(
            document,
            [(_KIND_OF[e["kind"]], e["mentions"]) for e in told["entities"] if e["kind"] in _KIND_OF],
            said,
        )
        document = replace(document, around=layer, who=made[0] if made else None)
        read = bool(known or some)
        yield Whole(document, tuple(said), read, around, made[1] if made else None, bool(known))


def read_bodies(documents: Sequence[Document], rows: Sequence[dict[str, Any]]) -> list[Whole]:
    """Reports of `training.annotations.bodies`, read whole."""
    guide = {row["doc"]: row["guide"] for row in rows if row["guide"]}
    who = {row["doc"]: row["who"] for row in rows if row["who"]}
    shown = [{**row, "attributions": row["attributions"] or []} for row in rows]
    return list(guided(documents, shown, guide, who, {}))


def gum(
    documents: Sequence[Document],
    rows: Sequence[dict[str, Any]],
    heard: Mapping[str, Sequence[tuple[Pair | None, Sequence[Pair]]]],
) -> Iterator[Whole]:
    """GUM's documents; `heard` (training.heard) tells who speaks."""
    kinds = {"person": 0, "organization": 1, "place": 2}
    for document, row in zip(documents, rows, strict=True):
        entities = [(kinds[e["kind"]], e["mentions"]) for e in row["entities"] if e["kind"] in kinds]
        mine = [
            Said(
                in_words(document.words, *source) if source else None,
                None,
                tuple(p for a, b in contents if (p := in_words(document.words, a, b))),
            )
            for source, contents in heard.get(row["doc"], ())
        ]
        made = who_of(document, entities, mine)
        if made:
            yield Whole(replace(document, outer=None, who=made[0]), tuple(mine), False, (), made[1])


def wholes_of(documents: Sequence[Document], rows: Sequence[dict[str, Any]], *, held_out: bool = False) -> list[Whole]:
    """Those of PolNeAR's documents that somebody read whole: to train on, or held out."""
    return list(guided(documents, rows, *(marks(name, held_out=held_out) for name in ("guide", "who", "acts"))))


def words_only(rows: Sequence[dict[str, Any]], tokenizer: Tokenizer) -> list[Document]:
    """Texts as words."""
    split = split_words(tokenizer, [row["text"] for row in rows])
    return [Document(row["doc"], row["text"], words, None) for row, words in zip(rows, split, strict=True)]


def is_held_out(row: dict[str, Any]) -> bool:
    """GUM's news, and its dev and test interviews: measured on, never trained on."""
    return "_news_" in row["doc"] or ("_interview_" in row["doc"] and row["split"] != "train")
