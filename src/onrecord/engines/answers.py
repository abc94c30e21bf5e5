"""Which other attribution of its text an attribution answers: denies, confirms, dismisses, declines on, criticises.

Small nets look at each two attributions of a text: what their words say, and how the two stand to each other. Features
are shared with `training/answers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.engines.decode import Floats, Ints
from onrecord.engines.lexicon import ACTS, act_of
from onrecord.engines.pairs import softmax
from onrecord.engines.sense import Part, Senses
from onrecord.engines.words import Words

Pair = tuple[int, int]
Bools = NDArray[np.bool_]

AT_ONCE, SHARED = 200, 60
"""A long text's attributions are so many that all with all would not fit: as many at once, with as many beside them."""
NEVER = -1e4
"""The score of what can't be."""
_SHORT = 3
"""Letters of words that no two contents are compared by."""
_BEFORE = 40
"""Characters in front of an attribution in which a "But" stands."""
_RANKS = np.array([1, 2, 3, 5, 9])
_ASKING = tuple(ACTS.index(act) for act in ("ask", "request"))

_TALE = re.compile(
    r"\b(?:rumou?r(?:s|ed)?|claim(?:s|ed|ing)?|report(?:s|ed|edly)?|alleg(?:ations?|ed|edly)|stor(?:y|ies)|speculation"
    r"|accusations?|suggestions?)\b",
    re.IGNORECASE,
)
_TRUTH = re.compile(
    r"\b(?:hoax(?:es)?|fakes?|false|untrue|true|(?:in)?accurate|bogus|fabricat\w+|incorrect|nonsense|debunk\w*|myths?"
    r"|satir\w+|photoshop\w*|prank|real|legit\w*|authentic\w*|genuine)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:(?:the|this|that|these|those|such|any|all|his|her|its|their) )?(?:\w+ )?(?:rumou?rs?|claims?|reports?"
    r"|allegations?|stor(?:y|ies)|accusations?|suggestions?|charges?|it|that|this|them|speculation|comments?|remarks?|news|matter"
    r"|issues?|questions?|idea|theory|statements?|findings|figures?|information)",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"\b(?:comment\w*|requests?|respond\w*|repl(?:y|ied)|inquir\w+|questions?|return\w*|messages?|e-?mails?|calls?|reached)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"\b(?:ask(?:ed|s|ing)?|wonder\w*|question(?:ed|s|ing)?|whether)\b|\?", re.IGNORECASE)
_REPLY = re.compile(
    r"\b(?:respon[ds]\w*|repl(?:y|ied|ies|ying)|answer\w*|counter\w*|rebut\w*|den(?:y|ied|ies|ying|ial)|dismiss\w*|reject\w*"
    r"|refut\w*|disput\w*|contradict\w*|confirm\w*|debunk\w*|acknowledg\w*|admit\w*|doubt\w*|s[kc]eptic\w*|question\w*"
    r"|declin\w*|refus\w*|comment\w*|(?:dis)?agree\w*|insist\w*)\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|however|yet|though|although|while|despite|meanwhile)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she|they|it|i|we|who)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[.!?][”\"’')]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Telling:
    """What is known of a text's attributions (a) when it is asked which answers which, in order of the text.

    `cues`, `sources`: their words; `contents`: the words of each span; `places`: where each stands, in characters;
    `acts` (a, 15), `modalities` (a, 4): how likely each is; `bits` (a): `lexicon.bits_of`; `seen` (a, 192): what the
    classifier of acts sees of it, `vectors` (a, hidden): that of its content; `within` (a): whose content it is in, -1:
    nobody's; `speaker` (a): who its source is, -1: unknown; `named` (a, speakers): whom its content names.
    """

    text: str
    cues: Sequence[str]
    sources: Sequence[str]
    contents: Sequence[Sequence[str]]
    places: Ints
    acts: Floats
    modalities: Floats
    bits: Ints
    seen: Floats
    vectors: Floats
    within: Ints
    speaker: Ints
    named: Bools

    def __len__(self) -> int:
        return len(self.cues)

    def part(self, first: int, last: int) -> Telling:
        """That of attributions `first … last` alone."""
        k = slice(first, last)
        return Telling(
            self.text,
            self.cues[k],
            self.sources[k],
            self.contents[k],
            self.places[k],
            self.acts[k],
            self.modalities[k],
            self.bits[k],
            self.seen[k],
            self.vectors[k],
            self.within[k] - first,
            self.speaker[k],
            self.named[k],
        )


def telling_of(
    text: str,
    words: Words,
    parts: Sequence[Part],
    senses: Senses,
    inside: Ints,
    speaker: Ints,
    named: Bools,
    stated: Sequence[int],
) -> Telling:
    """What is known of the attributions `stated` when it is asked which answers which."""

    def said(span: Pair | None) -> str:
        return text[words.starts[span[0]] : words.ends[span[1] - 1]] if span else ""

    place = {k: at for at, k in enumerate(stated)}
    return Telling(
        text,
        [said(parts[k].cue) for k in stated],
        [said(parts[k].source) for k in stated],
        [[said(c) for c in parts[k].content] for k in stated],
        np.array([words.starts[parts[k].place[0]] for k in stated], np.int32),
        senses.acts[stated],
        senses.modalities[stated],
        senses.bits[stated],
        senses.inner[stated],
        senses.contents[stated],
        np.array([place.get(int(inside[k]), -1) for k in stated], np.int32),
        speaker[stated],
        named[stated],
    )


def own_features(t: Telling, first: int = 0) -> Floats:
    """Of each attribution by itself (a, own). `first`: how many of the text stand before these."""
    lines = t.text.find("\n") if "\n" in t.text else 0
    rows = []
    for cue, source, content, place in zip(t.cues, t.sources, t.contents, t.places.tolist(), strict=True):
        whole = " ".join(content)
        rows.append(
            (
                np.log1p(len(whole.split())) / 3,
                bool(_TALE.search(whole)),
                bool(_TRUTH.search(whole)),
                bool(_BARE.fullmatch(whole.strip())),
                bool(_COMMENT.search(cue) or _COMMENT.search(whole, 0, 60)),
                bool(_QUESTION.search(cue)),
                bool(_TALE.search(cue)),
                bool(_REPLY.search(cue)),
                bool(_TALE.search(source)),
                bool(_BUT.search(t.text, max(0, place - _BEFORE), place)),
                bool(_PRONOUN.fullmatch(source)),
                not source,
                not cue,
                whole.lstrip()[:1] in '"“',
                place < lines,
            )
        )
    n = len(t)
    at = np.arange(n)
    lexicon = np.eye(len(ACTS) + 1, dtype=np.float32)[[act_of(cue) for cue in t.cues]]
    rank = np.eye(len(_RANKS) + 1, dtype=np.float32)[np.searchsorted(_RANKS, at + first, side="right")]
    bits = t.bits[:, None] >> np.arange(3)[None, :] & 1
    nested = np.stack([t.within >= 0, np.isin(at, t.within)], 1)
    out: Floats = np.concatenate(
        [np.array(rows, np.float32).reshape(n, -1), lexicon, rank, bits, nested, t.acts, t.modalities], 1
    ).astype(np.float32)
    return out


def _shared(held: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
    """Of each two bags of words how much they share, rare words more; and how much each holds."""
    column: dict[str, int] = {}
    rows = [sorted({column.setdefault(w, len(column)) for w in words}) for words in held]
    has = np.zeros((len(held), len(column)), np.float32)
    for row, columns in enumerate(rows):
        has[row, columns] = 1
    rare = np.maximum(np.log((len(held) + 1) / (has.sum(0) + 0.5)), 0.1)
    weighed = has * rare
    return (weighed @ has.T).astype(np.float32), weighed.sum(1).astype(np.float32) + 1e-6


def _alike(vectors: Floats) -> Floats:
    length = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)
    out: Floats = length @ length.T
    return out


def _ranked(scores: Floats) -> Ints:
    """Of each row its columns' ranks, the best 0."""
    return scores.argsort(1)[:, ::-1].argsort(1).astype(np.int32)


def pair_features(t: Telling) -> Floats:
    """Of each attribution with each other (a, a, pair); row: the one that may answer."""
    n = len(t)
    at = np.arange(n)
    itself = np.eye(n, dtype=np.bool_)
    apart = at[:, None] - at[None, :]
    breaks = np.array([m.end() for m in _BREAK.finditer(t.text)], np.int32)
    lines = np.array([m.end() for m in re.finditer(r"\n+", t.text)], np.int32)
    sentence, line = (np.searchsorted(x, t.places, side="right") for x in (breaks, lines))
    far = np.abs(sentence[:, None] - sentence[None, :])
    words = [[w.lower() for w in _LETTERS.findall(" ".join(c))] for c in t.contents]
    named = [[w for w in _LETTERS.findall(" ".join(c)) if not w.islower()] for c in t.contents]
    sources = [[w.lower() for w in _LETTERS.findall(s) if w[0].isupper()] for s in t.sources]
    common, size = _shared([[w for w in each if len(w) > _SHORT or w.isdigit()] for each in words])
    common = np.where(itself, 0, common)
    names, _ = _shared(named)
    spelled = [[bool(set(s) & set(c)) for c in words] for s in sources]  # source of row, content of column
    of_source = np.array(spelled, np.bool_).reshape(n, n)
    alike, meant = _alike(t.vectors), _alike(t.seen)
    asking = np.cumsum(np.isin(t.acts.argmax(1), _ASKING))
    known = (t.speaker[:, None] >= 0) & (t.speaker[None, :] >= 0)
    one = t.speaker[:, None] == t.speaker[None, :]
    spoken = t.named[:, np.maximum(t.speaker, 0)] & (t.speaker >= 0) if t.named.size else np.zeros((n, n), np.bool_)
    strong = (common > 0) & (common >= common.max(1, keepdims=True) / 2) if n else itself
    close = np.where(itself, -9, alike)
    found = (
        np.log1p(np.abs(apart)) / 2,
        apart > 0,
        apart == 1,
        apart == -1,
        apart == 2,
        np.log1p(far) / 2,
        far == 0,
        line[:, None] == line[None, :],
        t.within[:, None] == at[None, :],
        t.within[None, :] == at[:, None],
        t.within[:, None] == t.within[None, :],
        known & one,
        known & ~one,
        spoken,
        spoken.T,
        of_source,
        of_source.T,
        common / 5,
        common / size[:, None],
        common / size[None, :],
        np.where(itself, 0, names) / 5,
        strong,
        strong & (np.cumsum(strong, 1) == 1),
        1 / (1 + _ranked(common - 0.001 * np.abs(apart))),
        1 / (1 + _ranked(close)),
        alike,
        meant,
        asking[:, None] == asking[None, :],
        np.repeat((common / size[:, None]).sum(0)[None, :], n, 0) / 3,
        np.repeat(1 / (1 + at[None, :]), n, 0),
    )
    return np.stack([np.asarray(f, np.float32) for f in found], -1)


class Answers:
    """The trained judge of answers: the mean of several nets, `tables` with one row for each."""

    def __init__(self, tables: Mapping[str, Floats]) -> None:
        self._nets = [{name: table[k] for name, table in tables.items()} for k in range(len(tables["row"]))]

    def answers(self, telling: Telling) -> tuple[Ints, Floats]:
        """Of each attribution the one that it answers, if any, and how likely that is."""
        answered, sure = np.full(len(telling), -1, np.int32), np.zeros(len(telling), np.float32)
        for low, high, first, last in _blocks(len(telling)):
            if last - first > 1:
                part = telling.part(first, last)
                held = self.held(own_features(part, first), pair_features(part))[low - first : high - first]
                answered[low:high] = held.argmax(1) + first
                sure[low:high] = held.max(1)
        return answered, sure

    def held(self, own: Floats, pair: Floats) -> Floats:
        """Features (a, own), (a, a, pair) → how likely each answers each (a, a)."""
        out: Floats = np.mean([softmax(scores(net, own, pair))[:, :-1] for net in self._nets], 0)
        return out


def scores(net: Mapping[str, Floats], own: Floats, pair: Floats) -> Floats:
    """What one net gives each two attributions, and last that one answers none; nobody answers themselves."""
    n = len(own)
    hidden = (own @ net["row"] + net["bias"])[:, None] + (own @ net["column"])[None, :] + pair @ net["pair"]
    out = np.empty((n, n + 1), np.float32)
    out[:, :-1] = np.maximum(hidden, 0) @ net["out"]
    out[:, -1] = np.maximum(own @ net["none"] + net["none_bias"], 0) @ net["none_out"] + net["none_last"]
    out[np.arange(n), np.arange(n)] = NEVER
    return out


def _blocks(n: int) -> Iterator[tuple[int, int, int, int]]:
    """Attributions `low … high` with those `first … last` that they are compared with."""
    for low in range(0, n, AT_ONCE):
        high = min(n, low + AT_ONCE)
        yield low, high, max(0, low - SHARED), min(n, high + SHARED)
