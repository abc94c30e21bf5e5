"""How a name is spelled, and whether two spellings may be one name: other scripts, romanisation, slips. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

LONGEST_NAME = 200
"""Characters of a name that are looked at; the rest of a longer one is not."""

LONGEST_PART = 40
"""Letters of a part of a name from which on it is compared as a whole only."""

_APOSTROPHES = re.compile(r"['’‘ʼʻ`´ʿʾ]")
_POSSESSIVE = re.compile(r"['’](?:s\b|$)", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_SYLLABIC = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNVOWELLED = re.compile(r"[\u0590-\u08ff]")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b(?!\.))?")
_SOUNDS = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"shch|sch|sh", "S"),
        (r"tsch|tch|tsh|ch", "C"),
        (r"dzh|dj", "j"),
        (r"zh", "Z"),
        (r"kh|qu|ck|q", "k"),
        (r"gh", "g"),
        (r"dh", "d"),
        (r"th", "t"),
        (r"ph", "f"),
        (r"x", "ks"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"w", "v"),
        (r"yeo|yo", "io"),
        (r"eo", "o"),
        (r"eu|oo|ou|uu", "u"),
        (r"ee|ie|ij|iy|yi|ii|ei|ey|y", "i"),
        (r"aa|ae", "a"),
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS = frozenset("aeiou")
_NEAR = {
    frozenset(pair): cost
    for pair, cost in (
        ("kg", 0.4), ("dt", 0.4), ("bp", 0.4), ("sz", 0.3), ("SC", 0.4), ("jg", 0.4), ("vf", 0.3), ("vb", 0.6),
        ("Ss", 0.4), ("Zj", 0.3), ("Zz", 0.4), ("Cj", 0.5), ("kh", 0.5), ("lr", 0.7), ("nm", 0.7), ("ij", 0.3),
        ("Cs", 0.5), ("ie", 0.35), ("ou", 0.35), ("ae", 0.35), ("vu", 0.4), ("gh", 0.6), ("ks", 0.8), ("td", 0.4),
    )
}  # fmt: skip


@lru_cache(maxsize=65536)
def latin(name: str) -> str:
    """The name in plain Latin letters, lower case; syllables of Chinese, Japanese and Korean apart."""
    name = unicodedata.normalize("NFKC", name[:LONGEST_NAME])
    name = _DOTTED.sub(lambda m: " ".join(m[0].replace(".", " ").split()) if len(m[0]) < 5 else m[0], name)
    syllabic = bool(_SYLLABIC.search(name))
    plain = anyascii(_APOSTROPHES.sub("", name))
    if syllabic:
        plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    return plain.lower()


@lru_cache(maxsize=65536)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, folded: no case, no diacritics, no apostrophes, hyphens part words."""
    return tuple(_WORD.findall(latin(_POSSESSIVE.sub("", name.strip()[:LONGEST_NAME]))))


def fold(name: str) -> str:
    """The words of a name with single blanks between."""
    return " ".join(tokens(name))


def unvowelled(name: str) -> bool:
    """Whether the name stands in a script that leaves out vowels."""
    return bool(_UNVOWELLED.search(name))


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """A folded word with what romanisations write in many ways written in one."""
    for pattern, new in _SOUNDS:
        word = pattern.sub(new, word)
    return word


@lru_cache(maxsize=65536)
def bones(word: str) -> str:
    """A coarse key of a folded word: its consonants, voiced and unvoiced as one, and whether it begins with a vowel."""
    heard = sound(word).translate(str.maketrans("gdbzSZCjvh", "ktpsssssf_")).replace("_", "")
    rest = "".join(c for c in heard[1:] if c not in _VOWELS)
    first = "a" if heard[:1] in _VOWELS else heard[:1]
    return re.sub(r"(.)\1+", r"\1", first + rest)


@lru_cache(maxsize=65536)
def closeness(a: str, b: str) -> float:
    """How alike two folded words are, 0 … 1; 1 where they are written or heard the same."""
    if a == b:
        return 1.0
    x, y = sound(a), sound(b)
    if x == y:
        return 0.98
    longest = max(len(x), len(y))
    if longest < 2 or abs(len(x) - len(y)) > 3 or longest > LONGEST_PART:
        return 0.0
    return max(0.0, 1.0 - _distance(x, y) / longest)


def _distance(x: str, y: str) -> float:
    """Least cost of turning one into the other; a vowel costs less than a consonant, but at the end it may be sex."""
    before: list[float] = []
    row = [0.0]
    for c in y:
        row.append(row[-1] + _alone(c, len(row) == len(y)))
    for i, a in enumerate(x, 1):
        last, row, older = row, [row[0] + _alone(a, i == len(x))], before
        for j, b in enumerate(y, 1):
            ends = i == len(x) and j == len(y)
            cost = min(
                last[j - 1] + _swap(a, b, ends),
                last[j] + _alone(a, i == len(x)),
                row[j - 1] + _alone(b, j == len(y)),
            )
            if older and j > 1 and a == y[j - 2] and b == x[i - 2]:
                cost = min(cost, older[j - 2] + 0.7)
            row.append(cost)
        before = last
    return row[-1]


def _alone(c: str, ends: bool) -> float:
    if c in _VOWELS:
        return 1.2 if ends and c in "ao" else 0.5
    return 0.4 if c == "h" else 1.0


def _swap(a: str, b: str, ends: bool) -> float:
    if a == b:
        return 0.0
    if ends and {a, b} == {"a", "o"}:
        return 1.3
    near = _NEAR.get(frozenset((a, b)))
    if near is not None:
        return near
    return 0.6 if a in _VOWELS and b in _VOWELS else 1.0
