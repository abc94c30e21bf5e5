"""Whether two written names may be of one person, by the names alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from onrecord.resolve.spelling import ALIKE, bones, closeness, fold, sound, tokens, unvowelled
from onrecord.resolve.tables import apart, nicknames

Level = Literal["full", "namesake", "loose", "initial", "surname", "contradict", "none"]
"""How far two names agree: in full; but for a "Jr." of one; but for further names of one at its end; by family name and initials; by one name
only; in the family name but not in given names; not."""

MOST_TOKENS = 8

TITLES = frozenset(
    "mr mrs ms miss dr sir dame lord lady baroness baron prof professor gen general col colonel capt lt maj sgt adm"
    " sen senator rep gov governor hon rev sheikh sheik shaikh sayyid sayyed seyyed ayatollah mullah imam hajj haji"
    " president minister king queen prince princess pope judge justice".split()
)
SUFFIXES = {"jr": "2", "junior": "2", "sr": "1", "senior": "1", "ii": "2", "iii": "3", "iv": "4"}
PARTICLES = frozenset("al el ul bin ibn bn bint ould de da do dos das du del della di la le las los van von der den y e".split())
_SERVANT = frozenset(("abd", "abdul", "abdel", "abdal", "abdol", "abdoul", "abdur"))
_KOREAN = frozenset("kim lee yi rhee ri park pak choi choe jung jeong chung chong cho jo kang gang roh noh yoon yun moon mun"
                    " woo shin lim im yoo yu ryu baek paik paek kwon koo suh seo ahn an han song hong ban pan jang chang"
                    " jon chun hwang son nam sin so ho yang".split())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two names agree, how closely the parts that were matched are spelled (0 … 1), and in words."""

    level: Level
    closeness: float
    words: str


@dataclass(frozen=True, slots=True)
class _Match:
    """Which tokens of both names were matched, and how."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    value: float
    how: Literal["exact", "heard", "short", "initial"]


NONE = Likeness("none", 0.0, "nothing in common")


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


@lru_cache(maxsize=65536)
def compare(a: str, b: str) -> Likeness:
    """How far two people's names agree. Nothing is said of who they are."""
    x, y = parts(a), parts(b)
    if len(x) > len(y):
        return compare(b, a)
    if not x or not y:
        return NONE
    one, two = suffix(a), suffix(b)
    if one and two and one != two:
        return Likeness("contradict", 1.0, "father and son of one name")
    if one != two:
        like = _compared(a, b, x, y)
        return Likeness("namesake", like.closeness, like.words) if like.level == "full" else like
    return _compared(a, b, x, y)


def _compared(a: str, b: str, x: tuple[str, ...], y: tuple[str, ...]) -> Likeness:
    """Of two names, the shorter first, whatever their suffixes."""
    if x == y or "".join(x) == "".join(y):
        level: Level = "full" if len(y) > 1 else "surname"
        return Likeness(level, 1.0, "same name" if fold(a) == fold(b) else "same name but for blanks and marks")
    if unvowelled(a) or unvowelled(b):
        return _by_consonants(x, y)
    initials = any(len(w) == 1 for w in (*x, *y))
    if not initials and len(x) not in (1, len(y)) and len("".join(x)) >= 8 and closeness("".join(x), "".join(y)) >= 0.94:
        return Likeness("full", 0.94, "same name, parted otherwise")
    best = max((_aligned(x, t) for t in _turned(y)), key=lambda pair: _worth(pair[0]))
    if _korean(x, y):
        return Likeness("full", 0.9, "same name, romanised otherwise")
    return _judged(x, best[1], best[0])


def _turned(y: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The name as it is, and with the family name at the other end."""
    return [y] if len(y) < 2 else [y, y[1:] + y[:1], y[-1:] + y[:-1]]


def _worth(matches: Sequence[_Match]) -> float:
    return sum(m.value * len(m.second) for m in matches)


def _aligned(x: tuple[str, ...], y: tuple[str, ...]) -> tuple[list[_Match], tuple[str, ...]]:
    """The best matches of tokens in one order."""
    table: list[list[list[_Match]]] = [[[] for _ in range(len(y) + 1)] for _ in range(len(x) + 1)]
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            options = [table[i - 1][j], table[i][j - 1]]
            for down, across in ((1, 1), (2, 1), (1, 2)):
                if i < down or j < across:
                    continue
                made = _token("".join(x[i - down : i]), "".join(y[j - across : j]), down + across > 2)
                if made is not None:
                    rows, columns = tuple(range(i - down, i)), tuple(range(j - across, j))
                    options.append([*table[i - down][j - across], _Match(rows, columns, made[0], made[1])])
            table[i][j] = max(options, key=lambda o: sum(m.value * (len(m.first) + len(m.second)) for m in o))
    return table[-1][-1], y


@lru_cache(maxsize=65536)
def _token(a: str, b: str, several: bool) -> tuple[float, Literal["exact", "heard", "short", "initial"]] | None:
    """How two tokens match, if they do."""
    if a == b:
        return 1.0, "exact"
    if several:
        close = closeness(a, b)
        return (close * 0.98, "heard") if close >= 0.9 and min(len(a), len(b)) >= 5 else None
    if len(a) == 1 or len(b) == 1:
        return (0.6, "initial") if a[0] == b[0] else None
    if frozenset((a, b)) in apart():
        return None
    close = closeness(a, b)
    short = max(len(sound(a)), len(sound(b))) <= 4
    if close >= (0.97 if short else ALIKE):
        return close, "heard"
    if short and sound(a).replace("o", "u").replace("g", "k") == sound(b).replace("o", "u").replace("g", "k"):
        return 0.9, "heard"
    if nicknames().get(a, frozenset((a,))) & nicknames().get(b, frozenset((b,))):
        return 0.95, "short"
    return None


def _korean(x: tuple[str, ...], y: tuple[str, ...]) -> bool:
    """Whether both are Korean names that differ in romanisation only; the family name may stand first or last."""

    def heard(given: Sequence[str]) -> str:
        plain = sound("".join(given)).translate(str.maketrans("Cgdbrou", "jktpluu")).replace("ai", "e")
        return plain.replace("io", "u").replace("iu", "u")

    for one in _family(x):
        for two in _family(y):
            if _token(one[0], two[0], False) and len(heard(one[1])) > 3 and heard(one[1]) == heard(two[1]):
                return True
    return False


def _family(name: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """A Korean family name and the given name, however they are ordered."""
    if not 2 <= len(name) <= 3:
        return []
    ways = [(name[0], name[1:])] if name[0] in _KOREAN else []
    return ways + ([(name[-1], name[:-1])] if name[-1] in _KOREAN else [])


def _by_consonants(x: tuple[str, ...], y: tuple[str, ...]) -> Likeness:
    """Of a name in a script without vowels only the consonants can agree, and all parts have to."""
    one, two = bones("".join(x)).replace("a", ""), bones("".join(y)).replace("a", "")
    strip = str.maketrans("", "", "iufv_")
    if len(x) > 1 and len(one) > 4 and one.translate(strip) == two.translate(strip):
        return Likeness("loose", 0.85, "same consonants, in another script")
    return NONE


def _judged(x: tuple[str, ...], y: tuple[str, ...], matches: Sequence[_Match]) -> Likeness:
    """What the matches of the shorter name `x` within `y` are worth."""
    if not matches:
        return NONE
    left = [i for i in range(len(x)) if not any(i in m.first for m in matches)]
    right = [j for j in range(len(y)) if not any(j in m.second for m in matches)]
    whole = [m for m in matches if m.how != "initial"]
    close = min((m.value for m in whole), default=0.0)
    family = any(m.first[-1] == len(x) - 1 and m.second[-1] == len(y) - 1 for m in whole)
    if left and right:
        return Likeness("contradict", close, "same family name, other given names") if family else NONE
    words = _words(whole, len(right) + len(left))
    if len(whole) >= 2 or (whole and len(x) == len(whole[0].first) and len(x) > 1):
        front = any(j == 0 and len(y[j]) > 1 for j in right) or 0 in left
        end = len(y) - 1 in right or len(x) - 1 in left
        if right and any(len(w) == 1 for w in x[1:-1]) and not front and not end:
            return Likeness("contradict", close, "same name, other initials")
        if front:
            return Likeness("none", close, "one of them may be named after the other")
        return Likeness("loose" if end else "full", close, words)
    if not whole:
        return NONE
    if len(x) == 1:
        return Likeness("surname", close, "same family name" if family else "one name in common")
    return Likeness("initial", close, "same family name and initials") if family else NONE


def _words(whole: Sequence[_Match], further: int) -> str:
    if any(m.how == "short" for m in whole):
        return "same name, given name in a short form"
    if all(m.how == "exact" for m in whole):
        return "same name, one with further names" if further else "same name, in another order"
    return "same name, written otherwise"
