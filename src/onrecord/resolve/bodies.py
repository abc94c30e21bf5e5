"""Whether two written names may be of one organisation, by the names alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from onrecord.resolve.spelling import bones, closeness, fold, sound, tokens

Level = Literal["full", "acronym", "none"]

LEGAL = frozenset(
    (
        *"inc incorporated corp corporation co company ltd limited llc llp plc gmbh ag sa nv bv".split(),  # noqa: SIM905
        *"spa oy ab asa as kg pty bhd srl sarl group holdings holding the".split(),  # noqa: SIM905
    )
)
SMALL = frozenset(
    (
        *"of the and for de du des la le el al et y in on to a an und fur der die das per di da".split(),  # noqa: SIM905
        *"do dos".split(),  # noqa: SIM905
    )
)
SAME_WORD = {
    "organisation": "organization", "programme": "program", "centre": "center", "labour": "labor",
    "defence": "defense", "intl": "international", "int": "international", "dept": "department", "natl": "national",
    "govt": "government", "gov": "government", "assn": "association", "assoc": "association", "univ": "university",
    "comm": "committee", "org": "organization", "cttee": "committee", "min": "ministry", "islamist": "islamic",
    "organizations": "organization", "nations": "nation", "peoples": "people", "affairs": "affair",
}  # fmt: skip
GENERIC = frozenset(
    (
        *"ministry government police parliament court army navy military cabinet council".split(),  # noqa: SIM905
        *"commission committee office department agency bank senate congress assembly opposition".split(),  # noqa: SIM905
        *"embassy foreign defense interior finance health justice education state national".split(),  # noqa: SIM905
        *"federal central supreme high central affair affairs trade labor agriculture party".split(),  # noqa: SIM905
        *"union news service city university intelligence security armed forces force air house".split(),  # noqa: SIM905
        *"representatives".split(),  # noqa: SIM905
    )
)
_SYNONYMS = (
    (re.compile(r"\bministry foreign affair\b|\bforeign affair ministry\b|\bforeign office\b"), "foreign ministry"),
    (re.compile(r"\bdepartment state\b"), "state department"),
    (re.compile(r"\bmod\b"), "defense ministry"),
)
_BRACKETS = re.compile(r"\(([^()]{2,12})\)")
_ACRONYM = re.compile(r"(?:[A-Z]\.?){2,}[A-Za-z]?\.?|[A-Z][A-Za-z]*[A-Z][A-Za-z]*")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two names agree, how closely they are spelled (0 … 1), whether any of it is more than what many are
    called, and in words."""

    level: Level
    closeness: float
    telling: bool
    words: str


NONE = Likeness("none", 0.0, False, "nothing in common")
StateOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation's name taken apart: its words that tell, sorted; the states named; its acronym; initials."""

    core: tuple[str, ...]
    states: frozenset[str]
    acronym: str
    initials: frozenset[str]


def body(name: str, state_of: StateOf) -> Body:
    """A name taken apart. `state_of`: the code of the state that words stand for."""
    inside = _BRACKETS.search(name)
    bare = _BRACKETS.sub(" ", name)
    words = [SAME_WORD.get(w, w) for w in tokens(bare)]
    states, rest = set(), []
    at = 0
    original = re.findall(r"[^\W_]+(?:\.[^\W_]+)*\.?|\S", bare)
    original = [w for w in original if fold(w)]
    if len(original) != len(words):
        original = words
    while at < len(words):
        size = next((n for n in (4, 3, 2, 1) if at + n <= len(words) and len(words) > n
                     and words[at] not in SMALL and state_of(_cased(original[at : at + n]))), 0)  # fmt: skip
        if size:
            code = state_of(_cased(original[at : at + size]))
            states.add(code or "")
            at += size
            continue
        rest.append(words[at])
        at += 1
    plain = " ".join(w for w in rest if w not in SMALL)
    for pattern, new in _SYNONYMS:
        plain = pattern.sub(new, plain)
    told = [_singular(w) for w in plain.split() if w not in LEGAL] or plain.split()
    return Body(tuple(sorted(told)), frozenset(states), _acronym(name, inside[1] if inside else ""), _initials(words))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] == "s" and word[-2] not in "siu" else word


def _cased(words: list[str]) -> str:
    return " ".join(w[:1].upper() + w[1:] for w in words)


def _acronym(name: str, inside: str) -> str:
    for words in (inside, name.strip().removeprefix("the ").removeprefix("The ").removesuffix("'s")):
        if words and " " not in words.strip() and _ACRONYM.fullmatch(words.strip()):
            return "".join(c for c in words.lower() if c.isalnum())
    return ""


def _initials(words: list[str]) -> frozenset[str]:
    if len(words) < 2:
        return frozenset()
    telling = [w for w in words if w not in SMALL]
    ways = [words, telling, [w for w in telling if w not in LEGAL]]
    if words[0] == "the":
        ways.append(words[1:])
    return frozenset("".join(w[0] for w in way) for way in ways if len(way) > 1)


def keys(parsed: Body) -> tuple[str, ...]:
    """By which an organisation is looked up: each telling word, each two words, its acronym and initials."""
    bare = [bones(w) for w in parsed.core if len(w) > 1]
    pairs = {f"{a} {b}" for i, a in enumerate(sorted(bare)[:8]) for b in sorted(bare)[i + 1 : 8]}
    short = {f"#{a}" for a in (parsed.acronym, *parsed.initials) if len(a) > 1}
    return (*dict.fromkeys(b for b in bare), *sorted(pairs), *sorted(short), "=" + " ".join(parsed.core))


@lru_cache(maxsize=65536)
def compare(a: Body, b: Body) -> Likeness:
    """How far two organisations' names agree."""
    if a.states and b.states and a.states != b.states:
        return NONE
    telling = any(w not in GENERIC and len(w) > 1 for w in a.core)
    if a.core == b.core and a.core:
        if a.states != b.states:
            return Likeness("full", 0.93, False, "same name, one with the state")
        words = "same name but for order, legal form and small words"
        return Likeness("full", 1.0, telling or bool(a.states), words)
    for one, two in ((a, b), (b, a)):
        if len(one.acronym) >= 2 and one.acronym in two.initials and not two.acronym:
            return Likeness("acronym", 1.0, len(one.acronym) > 2, "acronym of the other")
        if one.acronym and one.acronym == two.acronym and (not one.core or one.core == (one.acronym,)):
            return Likeness("acronym", 1.0, True, "the acronym that the other gives")
    close = _spelled(a.core, b.core)
    if close and a.states == b.states:
        return Likeness("full", close, telling, "same name, written otherwise")
    return NONE


def _spelled(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """How closely two sets of words are spelled where each word of one is one of the other; else 0."""
    if "".join(a) == "".join(b):
        return 0.95
    if len(a) != len(b):
        return 0.93 if sound("".join(a)) == sound("".join(b)) and len("".join(a)) > 7 else 0.0
    least, left = 1.0, list(b)
    for word in a:
        best = max(left, key=lambda w: closeness(word, w))
        close = closeness(word, best)
        longest = max(len(word), len(best))
        if close < 1.0 and (close < 0.85 or longest < 5 or word in GENERIC or any(c.isdigit() for c in word + best)):
            return 0.0
        least = min(least, close)
        left.remove(best)
    return least
