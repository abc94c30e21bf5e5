"""Who is named where in a text, and what tells whether two mentions are one: what the resolver sees besides vectors.

A mention is the part of a noun phrase up to its head ("[the minister] of [Russia]", "[Trump]'s [campaign]"), so that
mentions never overlap. The same code feeds training and the shipped resolver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from onrecord.engines.decode import Ints
from onrecord.engines.words import Words

KINDS = ("person", "organization", "place")
PERSON, ORGANIZATION, PLACE = range(3)
NAME, DEFINITE, INDEFINITE, PRONOUN, SELF, GROUP_SELF, YOU, RELATIVE = range(8)
FORMS = 8
"""name · "the minister", "his wife" · "a minister", "voters" · he, it, they · I · we · you · who"""

_PRONOUNS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("he", "him", "his", "himself"), (PRONOUN, 1)),
    **dict.fromkeys(("she", "her", "hers", "herself"), (PRONOUN, 2)),
    **dict.fromkeys(("it", "its", "itself"), (PRONOUN, 3)),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves"), (PRONOUN, 4)),
    **dict.fromkeys(("i", "me", "my", "mine", "myself"), (SELF, 5)),
    **dict.fromkeys(("we", "us", "our", "ours", "ourselves"), (GROUP_SELF, 6)),
    **dict.fromkeys(("you", "your", "yours", "yourself", "yourselves"), (YOU, 7)),
    **dict.fromkeys(("who", "whom", "whose", "which", "that"), (RELATIVE, 8)),
}
PRONOUNS = 9
"""Classes of pronoun; 0: none."""
_OWNED = ("his", "her", "its", "their", "our", "my", "your")
_POINTING = frozenset(("the", "this", "that", "these", "those", "whose", *_OWNED))
_LIGHT = _POINTING | frozenset(("a", "an", "mr", "mrs", "ms", "dr", "sir", ",", ".", "-", "'", "’", "s"))
_POSSESSIVE = frozenset(("'", "’"))
AFTER_HEAD = frozenset(
    (
        *"of in on at for from to with by who whom whose which that where when about as and or".split(),  # noqa: SIM905
        *"including behind like near against among over under between".split(),  # noqa: SIM905
        *",(–—:;",
    )
)
"""What a noun phrase ends before, up to its head."""
_WIDTH = 5
"""Words of a mention that are compared, the last ones."""

SHAPES = 9
"""pronoun · no word in common · some · same head · shorter · longer · the same · other part of a name · initials"""
_WORDS_BETWEEN = np.array([3, 6, 12, 25, 50, 100, 200, 400, 800])
_SENTENCES_BETWEEN = np.array([1, 2, 3, 5, 9])
TABLES: Mapping[str, int] = {
    "shape": FORMS * FORMS * SHAPES,
    "pronouns": PRONOUNS * PRONOUNS,
    "kinds": len(KINDS) ** 2 * 2,
    "words": 10 * FORMS,
    "sentences": 6 * FORMS,
    "quotes": 5 * PRONOUNS,
    "speaker": 4 * PRONOUNS,
    "place": 4 * PRONOUNS,
    "often": 4 * FORMS,
    "beside": 5 * 3,
}
"""Features of a pair, each with its number of values."""
NONE_TABLES: Mapping[str, int] = {"form": FORMS * 2, "pronoun": PRONOUNS}
"""Features of a mention alone, for the score of being the first of its entity."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Mentions of one text in order, `m` of them, in words of the text (end excluded).

    `form`, `pronoun`, `kind` (m): see above. `tokens` (m, 5): the last words without articles and titles, as numbers, 0
    where there is none. `initials` (m): number of a name's initials, or of a word in capitals, 0 where neither.
    `sentence`, `quotation` (m): which one it stands in; quotation 0: none. `opens` (m): the first in its sentence.
    `owns` (m): a possessive, "Trump's" or "his". `beside` (m): what stands between the mention before and this one:
    several words, nothing, a comma, a comma and an article (part of the mention), "'s".
    """

    starts: Ints
    ends: Ints
    kind: Ints
    form: Ints
    pronoun: Ints
    tokens: Ints
    initials: NDArray[np.int64]
    sentence: Ints
    quotation: Ints
    opens: NDArray[np.bool_]
    owns: NDArray[np.bool_]
    beside: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, start: int, end: int) -> Mentions:
        """Mentions `start … end`."""
        return Mentions(*(getattr(self, f.name)[start:end] for f in fields(self)))


def base(parts: Sequence[str]) -> tuple[int, int]:
    """Of a noun phrase's words, those of its head: without what follows it, and without a possessor in front."""
    lower = [p.lower() for p in parts]
    stop = next((k for k in range(1, len(lower)) if lower[k] in AFTER_HEAD), len(lower))
    first = 0
    for k in range(stop - 1):
        if lower[k] in _POSSESSIVE:
            first = k + 2 if lower[k + 1] == "s" else k + 1 if k and lower[k - 1].endswith("s") else first
    return (first, stop) if first < stop else (0, stop)


def mentions_of(text: str, words: Words, spans: Sequence[tuple[int, int, int]]) -> Mentions:
    """Spans `(kind, start, end)` of words, in order → what is compared of them."""
    m = len(spans)
    kind, starts, ends = np.array(spans, np.int32).reshape(-1, 3).T
    vocabulary: dict[str, int] = {}
    form, pronoun = np.zeros(m, np.int32), np.zeros(m, np.int32)
    tokens, initials = np.zeros((m, _WIDTH), np.int32), np.zeros(m, np.int64)
    owns = np.zeros(m, np.bool_)
    sentence_of, opening = _sentences(text, words)
    cases = words.features[:, 0]
    for k, (a, b) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        parts = [text[s:e] for s, e in zip(words.starts[a:b].tolist(), words.ends[a:b].tolist(), strict=True)]
        lower = [p.lower() for p in parts]
        form[k], pronoun[k] = _form(lower, cases[a:b].tolist(), bool(opening[a]), _possessed(text, words, a))
        owns[k] = lower[0] in _OWNED if len(lower) == 1 else False
        owns[k] |= _possessed(text, words, b + 2)
        if form[k] < PRONOUN:
            kept = [w for w in lower if w not in _LIGHT][-_WIDTH:] or lower[-1:]
            numbers = [vocabulary.setdefault(w, len(vocabulary) + 1) for w in kept]
            tokens[k, : len(numbers)] = numbers[::-1]
            initials[k] = _initials(parts)
    sentence = sentence_of[starts] if m else np.zeros(0, np.int32)
    opens = np.r_[True, sentence[1:] != sentence[:-1]][:m]
    quotation = _quotation(words)[starts]
    beside = _beside(text, words, starts, ends, form)
    return Mentions(starts, ends, kind, form, pronoun, tokens, initials, sentence, quotation, opens, owns, beside)


def _beside(text: str, words: Words, starts: Ints, ends: Ints, form: Ints) -> Ints:
    out = np.zeros(len(starts), np.int32)
    for k in range(1, len(starts)):
        a, b = int(ends[k - 1]), int(starts[k])
        if b - a <= 2 and words.features[a : b + 1, 1].max(initial=0) < 2:
            between = text[words.ends[a - 1] : words.starts[b]].strip()
            out[k] = {"": 1, ",": 3 if form[k] in (DEFINITE, INDEFINITE) else 2, "'s": 4, "’s": 4}.get(between, 0)
    return out


def _form(lower: list[str], cases: list[int], opening: bool, possessed: bool) -> tuple[int, int]:
    if len(lower) == 1 and lower[0] in _PRONOUNS:
        return _PRONOUNS[lower[0]]
    capital = cases[-1] in (1, 2, 3)
    if capital and (len(lower) > 1 or not (opening and lower[0].endswith("s"))):
        return NAME, 0
    return (DEFINITE if lower[0] in _POINTING or possessed else INDEFINITE), 0


def _possessed(text: str, words: Words, start: int) -> bool:
    """Whether "'s" stands before that word."""
    before = [text[words.starts[k] : words.ends[k]] for k in range(max(0, start - 2), min(start, len(words)))]
    return len(before) == 2 and before[0] in _POSSESSIVE and before[1].lower() == "s"


def _initials(parts: Sequence[str]) -> int:
    """A name's initials, or the letters of a word in capitals, as one number; 0 where there are none."""
    if len(parts) == 1 and parts[0].isupper() and 2 <= len(parts[0]) <= 6:
        letters = parts[0]
    else:
        letters = "".join(p[0] for p in parts if p[0].isupper())
        if len(letters) < 2:
            return 0
    return int.from_bytes(letters[:7].encode("ascii", "ignore") or b"\0", "big")


def _sentences(text: str, words: Words) -> tuple[Ints, NDArray[np.bool_]]:
    """Of each word which sentence it is in, and whether it opens one."""
    n = len(words)
    gaps, cases = words.features[:, 1], words.features[:, 0]
    stop = np.fromiter((text[s] in ".!?" for s in words.starts.tolist()), np.bool_, n)
    quote = np.isin(words.features[:, 2], (3, 4))
    before = np.r_[False, False, stop & quote.take(np.arange(1, n + 1), mode="clip")][: n + 1][:n]
    opens = (gaps >= 2) | ((np.r_[True, stop[:-1]] | before) & (gaps > 0) & (cases != 0))
    return np.cumsum(opens).astype(np.int32), opens | np.r_[False, (opens & quote)[:-1]]


def _quotation(words: Words) -> Ints:
    """Of each word the number of the quotation it is in, 0 outside."""
    inside = np.isin(words.features[:, 2], (1, 3, 4, 5))
    fresh = (words.features[:, 2] == 3) | (inside & np.r_[True, ~inside[:-1]][: len(inside)])
    out: Ints = np.where(inside, np.cumsum(fresh), 0).astype(np.int32)
    return out


def shapes(m: Mentions) -> Ints:
    """What the words of two mentions have in common (m, m): see SHAPES; row: the later one."""
    t = m.tokens
    real = t > 0
    has = np.zeros((len(t), int(t.max(initial=0)) + 1), np.float32)
    has[np.arange(len(t))[:, None], t] = 1
    has[:, 0] = 0
    size = has.sum(1)
    held = has @ has.T
    whole, contains = held == size[:, None], size[None, :] == held.T
    head = (t[:, None, 0] == t[None, :, 0]) & real[:, None, 0]
    out = np.where(held > 0, 2, 1)
    out = np.where(head, 3, out)
    out = np.where(head & contains, 5, out)
    out = np.where(head & whole, 4, out)
    out = np.where(head & whole & contains, 6, out)
    out = np.where(~head & (held > 0) & (whole | contains), 7, out)
    short = (m.initials[:, None] == m.initials[None, :]) & (m.initials[:, None] > 0)
    out = np.where(short & (held == 0), 8, out)
    spoken = m.form >= PRONOUN
    both: Ints = np.where(spoken[:, None] | spoken[None, :], 0, out).astype(np.int32)
    return both


def head_in(m: Mentions, start: int, end: int) -> int:
    """The mention that words `start … end` are about: the first in them that is not a possessive; -1: none.

    Of mentions without anything between ("Obama | spokesman Josh Earnest"), the last; of a description with a name in
    apposition, the name.
    """
    inside = np.flatnonzero((m.starts >= start) & (m.ends <= end))
    free = inside[~m.owns[inside]]
    while len(free) > 1 and m.starts[free[1]] == m.ends[free[0]]:
        free = free[1:]
    if len(free) > 1 and m.form[free[0]] != NAME and m.form[free[1]] == NAME and m.kind[free[1]] == m.kind[free[0]]:
        gap = m.starts[free[1]] - m.ends[free[0]]
        if gap <= 1:  # "his spokeswoman, Ann Lee", "a defiant Sen. Ann Lee": the name is the one meant
            return int(free[1])
    return int(free[0]) if len(free) else int(inside[-1]) if len(inside) else -1


def speakers(
    m: Mentions, said: Sequence[tuple[tuple[int, int] | None, Sequence[tuple[int, int]]]]
) -> tuple[Ints, NDArray[np.bool_]]:
    """For each mention (m) whose words it stands in, and whether it is a source itself: see `pair_features`.

    `said`: of each attribution its source and its contents, in words. The smallest content around a mention counts.
    """
    speaker, sources = np.full(len(m), -1, np.int32), np.zeros(len(m), np.bool_)
    contents = []
    for source, spans in said:
        head = -2 if source is None else head_in(m, *source)
        if head >= 0:
            sources[head] = True
        contents += [(b - a, a, b, head if head >= 0 else -2) for a, b in spans]
    for _, a, b, head in sorted(contents, reverse=True):
        speaker[(m.starts >= a) & (m.ends <= b)] = head
    return speaker, sources


def pair_features(m: Mentions, speaker: Ints, sources: NDArray[np.bool_]) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """Of each pair (m, m; row: the later) the value of each of TABLES, and of each mention (m) that of NONE_TABLES.

    `speaker` (m): the mention that is the source of the words that this one stands in; -1: of nobody's, -2: of
    somebody who is no mention. `sources` (m): whether it is the source of something.
    """
    n = len(m)
    at = np.arange(n)
    shape = shapes(m)
    form, pronoun = m.form[:, None], m.pronoun[:, None]
    between = np.maximum(m.starts[:, None] - m.ends[None, :], 0)
    lines = np.maximum(m.sentence[:, None] - m.sentence[None, :], 0)
    mine, theirs = m.quotation[:, None], m.quotation[None, :]
    quotes = np.where(mine == 0, np.where(theirs == 0, 0, 2), np.where(theirs == 0, 1, np.where(mine == theirs, 3, 4)))
    earlier = at[:, None] > at[None, :]
    named = (shape == 6) | (shape == 4) | (shape == 5)
    alike = named & earlier
    often = np.minimum(alike.sum(1), 3)
    # In somebody's words: whether the other is that source, and if not, whether both are in the same one's words.
    said = speaker[:, None]
    by = (named | named.T | (at[:, None] == at[None, :]))[np.maximum(speaker, 0)]
    spoken = np.where(said == -1, 0, np.where((said >= 0) & by, 1, np.where(said == speaker[None, :], 2, 3)))
    pairs = {
        "shape": (form * FORMS + m.form[None, :]) * SHAPES + shape,
        "pronouns": pronoun * PRONOUNS + m.pronoun[None, :],
        "kinds": (m.kind[:, None] * len(KINDS) + m.kind[None, :]) * 2 + (form >= PRONOUN),
        "words": np.searchsorted(_WORDS_BETWEEN, between) * FORMS + form,
        "sentences": np.searchsorted(_SENTENCES_BETWEEN, lines, side="right") * FORMS + form,
        "quotes": quotes * PRONOUNS + pronoun,
        "speaker": spoken * PRONOUNS + pronoun,
        "place": (2 * sources[None, :] + m.opens[None, :]) * PRONOUNS + pronoun,
        "often": often[None, :] * FORMS + form,
        "beside": m.beside[:, None] * 3 + np.minimum(at[:, None] - at[None, :], 2).clip(0),
    }
    alone = {"form": m.form * 2 + alike.any(1), "pronoun": m.pronoun}
    return {k: v.astype(np.int32) for k, v in pairs.items()}, {k: v.astype(np.int32) for k, v in alone.items()}
