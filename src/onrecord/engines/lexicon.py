"""What a cue's words say by themselves: which act, by the table `cues.tsv`; and words that turn or hedge a content.

The table is for people to read and to mend. It is one of the classifier's features, and what decides where there is
no classifier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import get_args

from onrecord.model import Act

ACTS: tuple[Act, ...] = get_args(Act)
NO_ACT = len(ACTS)
"""Stands for: the table knows no word of this cue."""

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|'s|n't", re.IGNORECASE)
_DOUBLED = frozenset(
    (
        "admit",
        "plan",
        "bar",
        "rip",
        "bet",
        "shrug",
        "stun",
        "pan",
        "ban",
        "slam",
        "stop",
        "brag",
        "jab",
        "rebut",
        "commit",
        "refer",
    )
)
_BE = ("be", "is", "are", "was", "were", "been", "being", "am", "'s")
_NEGATION = re.compile(r"\b(?:not|no|never|nothing|none|nobody|nor|neither|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|unless|provided|should it|were to|in case|otherwise|as long as)\b", re.IGNORECASE)
_HEDGE = re.compile(r"\b(?:may|might|could|possibl[ey]|perhaps|maybe|would|likely|potentially)\b", re.IGNORECASE)
_WORDS_OF_OTHERS = (
    r"(?:statements?|reports?|claims?|allegations?|accusations?|charges?|stor(?:y|ies)|talk|suggestions?|assertions?"
    r"|remarks|insinuations?|theor(?:y|ies)|matter|it|that|this|they|these|those|all"
    r"|what \w+(?: \w+)? (?:says?|tells?|(?:is|are) (?:saying|telling)))"
)
_NOISE = (
    r"(?:rumou?rs?|nonsense|gossip|slander|speculation|ridiculous|absurd|rubbish|garbage|ludicrous|laughable|hearsay"
    r"|fantas(?:y|ies)|fairy[ -]tales?|hot air|hogwash|humbug|trash|inventions?|tittle-tattle)"
)
_MERE = (
    r"(?:(?:an?|all|just|only|mere|merely|pure|purely|nothing but|simply|sheer|utter|utterly|complete|completely|total"
    r"|totally|empty|idle|market|no more than|such|so much|fabricated|absolute|absolutely) )*"
)
_WAVED_AWAY = re.compile(
    rf"\b{_WORDS_OF_OTHERS}\b[^.!?;:]{{0,90}}? (?:is|are|was|were) {_MERE}{_NOISE}\b", re.IGNORECASE
)
_CALLS = re.compile(r"\b(?:call|describ|label|brand|term|dub|dismiss|deem)\w*\b", re.IGNORECASE)
_CALLED = re.compile(rf"\b{_WORDS_OF_OTHERS}\b[^.!?;:]{{0,120}}? {_NOISE}\W*$", re.IGNORECASE)
_LONGEST = 400
"""Characters of a content in which it is looked for that it waves others' words away."""
BITS = 8


def act_of(cue: str) -> int:
    """The act that the cue's words name by themselves, as a number of ACTS, or NO_ACT."""
    words = tuple(w.lower() for w in _WORD.findall(cue))
    phrases, longest = _phrases()
    best, act = 0, NO_ACT
    for at in range(len(words)):
        for end in range(min(len(words), at + longest), at + best, -1):
            found = phrases.get(words[at:end])
            if found is not None:
                best, act = end - at, found
                break
    return act


def bits_of(cue: str, contents: Iterable[str]) -> int:
    """Whether a content, or its cue, negates (1), sets a condition (2), hedges (4); the sum."""
    found = 0
    for words in (cue, *contents):
        found |= bool(_NEGATION.search(words)) | 2 * bool(_CONDITION.search(words)) | 4 * bool(_HEDGE.search(words))
    return found


def waves_away(cue: str, content: str) -> bool:
    """Whether it waves others' words away as noise: "such reports are rumours"; called "talk of it gossip"."""
    said = content[:_LONGEST]
    return bool(_WAVED_AWAY.search(said) or (_CALLS.search(cue) and _CALLED.search(said)))


def called_noise(cue: str, word: str) -> bool:
    """Whether a word is what a cue calls others' words: "called it all (rumours)"."""
    return bool(_CALLS.search(cue) and re.fullmatch(_NOISE, word, re.IGNORECASE))


@cache
def _phrases() -> tuple[dict[tuple[str, ...], int], int]:
    """Every form of every entry, and how many words the longest has."""
    table = resources.files("onrecord.engines").joinpath("cues.tsv").read_text(encoding="utf8")
    found: dict[tuple[str, ...], int] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            act, entries = line.split("\t")
            for entry in entries.split(","):
                for form in _forms(entry.strip()):
                    found.setdefault(form, ACTS.index(act))
    return found, max(map(len, found))


def _forms(entry: str) -> Iterable[tuple[str, ...]]:
    base, *irregular = entry.split("/")
    first, *rest = base.split()
    yield tuple(base.split())
    for form in irregular:
        yield tuple(form.split())
    for form in _BE if first == "be" else _inflected(first):
        yield (form, *rest)


def _inflected(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        return verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    if verb in _DOUBLED:
        return verb + "s", verb + verb[-1] + "ed", verb + verb[-1] + "ing"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"), verb + "ed", verb + "ing"
