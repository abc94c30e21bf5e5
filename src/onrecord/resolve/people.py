"""Two written names of people side by side: which of their parts match, how closely, and how telling that is. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from onrecord.resolve.spelling import bones, closeness, fold, sound, tokens, unvowelled
from onrecord.resolve.tables import apart, nicknames

How = Literal["exact", "heard", "short", "initial", "joined"]

MOST_TOKENS = 8
_SEMIVOWELS = str.maketrans("", "", "aiufv_")
ALIKE = 0.5
"""Share of the shorter name's pairs of sounds that two names must have in common to be compared."""
LEAST_CLOSE = 0.5
"""Below this closeness two parts of names are not matched at all."""

TITLES = frozenset(
    (
        *"mr mrs ms miss dr sir dame lord lady baroness baron prof professor gen general col".split(),  # noqa: SIM905
        *"colonel capt lt maj sgt adm sen senator rep gov governor hon rev sheikh sheik shaikh".split(),  # noqa: SIM905
        *"sayyid sayyed seyyed secretary vice deputy prime foreign chief spokesman spokeswoman".split(),  # noqa: SIM905
        *"mayor commissioner chairman director chairwoman acting attorney premier chancellor".split(),  # noqa: SIM905
        *"ambassador crown archbishop bishop ayatollah mullah imam hajj haji president minister".split(),  # noqa: SIM905
        *"king queen prince princess pope judge justice".split(),  # noqa: SIM905
    )
)
SUFFIXES = {"jr": "2", "junior": "2", "sr": "1", "senior": "1", "ii": "2", "iii": "3", "iv": "4"}
PARTICLES = frozenset(
    (
        *"al el ul bin ibn bn bint ould de da do dos das du del della di la le las los van von".split(),  # noqa: SIM905
        *"der den y e".split(),  # noqa: SIM905
    )
)
_SERVANT = frozenset(("abd", "abdul", "abdel", "abdal", "abdol", "abdoul", "abdur"))
_KOREAN = {
    spelling: group[0]
    for group in (
        *(line.split() for line in (
            "kim gim", "lee yi rhee ri i", "park pak bak bag", "choi choe", "jung jeong chung chong", "cho jo",
            "kang gang", "roh noh no", "yoon yun", "moon mun", "woo u", "shin sin", "lim im rim", "yoo yu ryu", "oh o",
            "baek paik paek", "kwon gwon", "koo gu ku", "suh seo", "ahn an", "han", "song", "hong", "ban pan",
            "jang chang", "jon jeon chun", "hwang", "son", "nam", "so", "ho heo hur", "yang", "bae pae", "min",
        )),
    )
    for spelling in group
}  # fmt: skip
"""Spellings of Korean family names → one of them."""

FEATURES = (
    "least", "mean", "whole", "left", "right", "front", "end", "initials", "conflict", "short", "matched", "letters",
    "rare", "rarest", "turned", "agree", "differ", "first", "last", "unvowelled", "opening", "korean", "equal",
    "joined", "suffix",
)  # fmt: skip
"""What the trained comparison of `judge` sees of a pair, in this order: least and mean closeness of the matched parts,
of all letters together; parts left over in the shorter and in the longer name, whether the longer goes on in front or
at its end; initials matched, and parts left over in both; whether a short form was used; number and letters of matched
parts; how rare the matched parts are among people in office, all and the rarest; whether a name was turned round;
states known that agree, and that differ; closeness of the first and of the last part of the shorter; whether one is
written without vowels; whether the least alike parts begin with other letters; whether both are Korean names that sound
alike; all parts equal; parts written as one; one with "Jr.", the other without."""


@dataclass(frozen=True, slots=True)
class Match:
    """Parts `first … first_end` of the shorter name and `second … second_end` of the longer that were matched."""

    first: int
    first_end: int
    second: int
    second_end: int
    value: float
    how: How


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two names side by side.

    `features`: of FEATURES, but for what is known of states, which is 0. `single`: one of them is one part only;
    `family`: their last parts were matched. `other_given`: with one family name they have other given names or
    initials; `junior`: "Jr." or a number stands with one of them or differs. `heard`: equal but for the script or its
    romanisation. `words`: for people.
    """

    features: tuple[float, ...]
    single: bool
    family: bool
    other_given: bool
    junior: bool
    heard: bool
    words: str


@lru_cache(maxsize=65536)
def parts(name: str) -> tuple[str, ...]:
    """The tokens of a person's name that tell: without titles, suffixes and particles; "Abd al-Aziz" is one."""
    words = [w for w in tokens(name) if w not in SUFFIXES][:MOST_TOKENS]
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    joined: list[str] = []
    at = 0
    while at < len(words):
        if words[at] in _SERVANT and at + 1 < len(words):
            after = at + 2 if words[at + 1] in ("al", "el", "ul", "ar") and at + 2 < len(words) else at + 1
            joined.append("abdul" + words[after])
            at = after + 1
            continue
        word = words[at]
        if word.startswith("abdel") and len(word) > 7:
            word = "abdul" + word[5:]
        joined.append(word)
        at += 1
    telling = [w for i, w in enumerate(joined) if w not in PARTICLES or (len(w) == 1 and i == 0)]
    return tuple(telling or joined)


def suffix(name: str) -> str:
    """Which of several of one name: "2" for Jr. and II; empty where it is not told."""
    return next((SUFFIXES[w] for w in tokens(name)[1:] if w in SUFFIXES), "")


@lru_cache(maxsize=65536)
def keys(name: str) -> tuple[str, ...]:
    """By which a name is looked up: each part's consonants, each two parts', and all without blanks."""
    bare = [bones(w) for w in parts(name) if len(w) > 1]
    pairs = {" ".join(sorted((a, b))) for i, a in enumerate(bare) for b in bare[i + 1 :]}
    whole = "=" + bones("".join(parts(name)))
    return (*dict.fromkeys(bare), *sorted(pairs), whole)


@lru_cache(maxsize=262144)
def letters(name: str) -> int:
    """Which two sounds follow each other in a name, as bits: two names that share few of them are not one."""
    bits = 0
    for part in parts(name):
        heard = "^" + sound(part)
        for one, two in pairwise(heard):
            bits |= 1 << ((ord(one) * 31 + ord(two) * 7) % 251)
    return bits


def far(a: str, b: str) -> bool:
    """Whether two names need not be compared, since they share few sounds."""
    one, two = letters(a), letters(b)
    if unvowelled(a) or unvowelled(b):
        return False
    return (one & two).bit_count() < ALIKE * min(one.bit_count(), two.bit_count())


def compare(a: str, b: str, rarity: Callable[[str], float]) -> Likeness:
    """Two names side by side. `rarity`: of a part, how few people bear it (natural logarithm of one in how many)."""
    x, y = parts(a), parts(b)
    if len(x) > len(y):
        return compare(b, a, rarity)
    matches, y, turned = max(
        ((_aligned(x, t), t, k > 0) for k, t in enumerate(_turned(y))), key=lambda o: _worth(o[0]) - 0.01 * o[2]
    )
    left = [w for i, w in enumerate(x) if not any(m.first <= i < m.first_end for m in matches)]
    over = [j for j in range(len(y)) if not any(m.second <= j < m.second_end for m in matches)]
    whole = [m for m in matches if m.how != "initial"]
    values = [m.value for m in whole]
    family = bool(whole) and whole[-1].first_end == len(x) and whole[-1].second_end == len(y)
    weakest = min(whole, key=lambda m: m.value, default=None)
    rare = [_rare(m, x, y, rarity) for m in whole]
    one, two = suffix(a), suffix(b)
    joined = "".join(x), "".join(y)
    korean = _korean(x, y)
    initials = [tuple(w for w in name if len(w) == 1) for name in (x, y)]
    features = (
        min(values, default=0.0),
        sum(values) / max(1, len(values)),
        closeness(*joined) if abs(len(joined[0]) - len(joined[1])) <= 4 else 0.0,
        len(left),
        len(over),
        0 in over and len(y[0]) > 1,
        len(y) - 1 in over,
        len(matches) - len(whole),
        (bool(left) and bool(over)) + any(len(w) == 1 for w in left) * any(len(y[j]) == 1 for j in over),
        any(m.how == "short" for m in whole),
        len(whole),
        math.log1p(sum(len("".join(x[m.first : m.first_end])) for m in whole)),
        sum(rare),
        max(rare, default=0.0),
        turned,
        0.0,
        0.0,
        next((m.value for m in matches if m.first == 0), 0.0),
        next((m.value for m in matches if m.first_end == len(x)), 0.0),
        unvowelled(a) or unvowelled(b),
        weakest is not None and weakest.value < 1 and x[weakest.first][0] != y[weakest.second][0],
        korean,
        not left and not over and all(m.how == "exact" for m in matches),
        any(m.how == "joined" for m in whole),
        bool(one) != bool(two),
    )
    return Likeness(
        tuple(map(float, features)),
        len(x) < 2,
        family,
        family and ((bool(left) and bool(over)) or (all(initials) and initials[0] != initials[1])),
        one != two,
        korean or ((unvowelled(a) or unvowelled(b)) and _by_consonants(x, y)),
        _words(whole, fold(a) == fold(b), len(over) + len(left), turned),
    )


def _turned(y: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The name as it is, and with the family name at the other end."""
    return [y] if len(y) < 2 else [y, y[1:] + y[:1], y[-1:] + y[:-1]]


def _worth(matches: Sequence[Match]) -> float:
    return sum(m.value * (m.first_end - m.first + m.second_end - m.second) for m in matches)


def _aligned(x: tuple[str, ...], y: tuple[str, ...]) -> tuple[Match, ...]:
    """The best matches of parts in one order."""
    table: list[list[tuple[float, tuple[Match, ...]]]] = [[(0.0, ())] * (len(y) + 1) for _ in range(len(x) + 1)]
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            best = max(table[i - 1][j], table[i][j - 1], key=lambda t: t[0])
            for down, across in ((1, 1), (2, 1), (1, 2)):
                if i < down or j < across:
                    continue
                made = _part("".join(x[i - down : i]), "".join(y[j - across : j]), down + across > 2)
                before = table[i - down][j - across]
                if made and before[0] + made[0] * (down + across) > best[0]:
                    match = Match(i - down, i, j - across, j, *made)
                    best = (before[0] + made[0] * (down + across), (*before[1], match))
            table[i][j] = best
    return table[-1][-1][1]


@lru_cache(maxsize=262144)
def _part(a: str, b: str, several: bool) -> tuple[float, How] | None:
    """How two parts match, if they do."""
    if a == b:
        return 1.0, "joined" if several else "exact"
    close = closeness(a, b)
    if several:
        return (close * 0.98, "joined") if close >= 0.88 and min(len(a), len(b)) >= 5 else None
    if len(a) == 1 or len(b) == 1:
        return (0.6, "initial") if a[0] == b[0] else None
    if nicknames().get(a, frozenset((a,))) & nicknames().get(b, frozenset((b,))):
        return max(close, 0.9), "short"
    if close < LEAST_CLOSE:
        return None
    return (LEAST_CLOSE if frozenset((a, b)) in apart() else close), "heard"


def _rare(m: Match, x: Sequence[str], y: Sequence[str], rarity: Callable[[str], float]) -> float:
    """How telling a match is: less where it is written otherwise."""
    if m.how == "exact":
        return rarity(x[m.first])
    pieces = (*x[m.first : m.first_end], *y[m.second : m.second_end])
    return 0.7 * min(map(rarity, pieces))


def _korean(x: tuple[str, ...], y: tuple[str, ...]) -> bool:
    """Whether both are Korean names that differ in romanisation only; the family name may stand first or last."""

    def heard(given: Sequence[str]) -> str:
        plain = sound("".join(given)).translate(str.maketrans("Cgdbrou", "jktpluu")).replace("ai", "e")
        return plain.replace("io", "u").replace("iu", "u")

    return any(
        one[0] == two[0] and len(heard(one[1])) > 3 and heard(one[1]) == heard(two[1])
        for one in _family(x)
        for two in _family(y)
    )


def _family(name: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """A Korean family name and the given name, however they are ordered."""
    if not 2 <= len(name) <= 3:
        return []
    ways = [(_KOREAN[name[0]], name[1:])] if name[0] in _KOREAN else []
    return ways + ([(_KOREAN[name[-1]], name[:-1])] if name[-1] in _KOREAN else [])


def _by_consonants(x: tuple[str, ...], y: tuple[str, ...]) -> bool:
    """Whether two names have the same consonants, and enough of them to tell: in a script without vowels only these
    can agree."""
    one, two = (bones("".join(name)).translate(_SEMIVOWELS) for name in (x, y))
    return len(x) > 1 and len(one) > 4 and one == two


def _words(whole: Sequence[Match], same: bool, further: int, turned: bool) -> str:
    if same:
        return "same name"
    if any(m.how == "short" for m in whole):
        return "same name, given name in a short form"
    if any(m.value < 1 for m in whole):
        return "same name, written otherwise"
    if further:
        return "same name, one with further names or initials"
    return "same name, in another order" if turned else "same name but for blanks and marks"
