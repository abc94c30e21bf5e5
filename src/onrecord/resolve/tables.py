"""What is known of names: states and what stands for them, people in office, organisations, a user's own aliases.

The tables lie in `onrecord/tables`, with their licences in its README. They are read when `Names.shipped()` is first
called, and never changed.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, get_args

from onrecord.errors import Unreadable
from onrecord.model import EntityKind
from onrecord.resolve.spelling import LONGEST_NAME, fold, tokens

Sense = Literal["name", "adjective", "capital", "seat"]
"""As what words stand for a state."""

MOST_ALIASES = 100_000
LARGEST_ALIASES = 32 * 2**20
"""Rows, and bytes, of a user's alias table; the rest of a longer one is not read, and a larger one is refused."""

_SENSES: tuple[Sense, ...] = get_args(Sense)
_ALIAS_KINDS = ("person", "organization", "country")


@dataclass(frozen=True, slots=True)
class State:
    """The state that words stand for. `code`: ISO 3166 alpha-3; `name`: its standard English name."""

    code: str
    name: str
    sense: Sense


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something of the tables under all its names. `state`: a code, or a sort as CAMEO has it, or empty.

    `offices`: `CAMEO role first/last`, days, of the state unless `XXX:` names another.
    """

    name: str
    kind: EntityKind
    names: tuple[str, ...]
    state: str = ""
    offices: tuple[str, ...] = ()
    given: bool = False
    """Whether a user's alias table says so."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of an alias table that was left out: which line, counted from 1, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def rows_of(table: str) -> Iterator[list[str]]:
    """The rows of a shipped table, without head and comments."""
    text = resources.files("onrecord").joinpath("tables", f"{table}.tsv").read_text(encoding="utf8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    next(lines)
    yield from lines


@dataclass(frozen=True, slots=True)
class Aliases:
    """A user's own table of names: whom it lists, the rows that were left out, and the SHA-256 of what was read."""

    actors: tuple[Actor, ...]
    problems: tuple[Problem, ...]
    digest: str


def read_aliases(path: Path) -> Aliases:
    """A user's own table: a line `kind TAB name TAB variants`, kind one of person, organization, country; variants are
    separated by `|`. Empty lines and lines that begin with `#` mean nothing. Broken rows come back as problems, the
    rest is used. Raises Unreadable where the file cannot be read as UTF-8 text or is larger than LARGEST_ALIASES.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_ALIASES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"The alias table cannot be read: {error.strerror}.", which=str(path)) from error
    except UnicodeDecodeError as error:
        advice = "Save it as UTF-8."
        raise Unreadable("The alias table is not UTF-8 text.", which=str(path), advice=advice) from error
    if len(data) > LARGEST_ALIASES:
        raise Unreadable(f"The alias table is larger than {LARGEST_ALIASES} bytes.", which=str(path))
    actors: list[Actor] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if not line.strip() or line.startswith("#"):
            continue
        if len(actors) == MOST_ALIASES:
            problems.append(Problem(number, f"more than {MOST_ALIASES} rows; the rest is left out"))
            break
        made = _alias(line, seen)
        if isinstance(made, str):
            problems.append(Problem(number, made))
        else:
            actors.append(made)
    return Aliases(tuple(actors), tuple(problems), hashlib.sha256(data).hexdigest())


def _alias(line: str, seen: dict[str, str]) -> Actor | str:
    """The actor of a line, or what is wrong with it."""
    cells = line.split("\t")
    if len(cells) != 3:
        return f"has {len(cells)} columns instead of 3: kind, name, variants, with tabs between"
    kind, name, variants = (c.strip() for c in cells)
    names = tuple(dict.fromkeys(n.strip() for n in (name, *variants.split("|")) if n.strip()))
    if kind not in _ALIAS_KINDS:
        return f"kind is {kind[:40]!r} instead of one of {', '.join(_ALIAS_KINDS)}"
    if not name or len(names) < 2:
        return "has no name, or no variant of it"
    wrong = next((n for n in names if len(n) > LONGEST_NAME or not fold(n)), None)
    if wrong is not None:
        return f"{wrong[:40]!r} is no name: no letters, or more than {LONGEST_NAME} characters"
    other = next((n for n in names if seen.get(f"{kind} {fold(n)}", name) != name), None)
    if other is not None:
        return f"{other!r} already stands for {seen[f'{kind} {fold(other)}']!r}"
    seen.update((f"{kind} {fold(n)}", name) for n in names)
    return Actor(
        name, "person" if kind == "person" else "country" if kind == "country" else "organization", names, given=True
    )


class Names:
    """All that is known of names. Immutable once made; `Names.shipped()` gives the one of the package."""

    def __init__(self, actors: Iterable[Actor] = (), states: Mapping[str, State] | None = None) -> None:
        """`states`: folded words → the state they stand for."""
        self._states = dict(states or {})
        self._actors: dict[tuple[EntityKind, str], list[Actor]] = {}
        for actor in actors:
            for key in {fold(n) for n in actor.names}:
                self._actors.setdefault((actor.kind, key), []).append(actor)
        people = {a.name: a for listed in self._actors.values() for a in listed if a.kind == "person"}
        self._borne = Counter(word for a in people.values() for word in {w for n in a.names for w in tokens(n)})
        self._people = len(people)

    @classmethod
    def shipped(cls) -> Names:
        """The tables of the package, loaded once."""
        return _shipped()

    @classmethod
    def of_states(cls) -> Names:
        """States alone, which are quickly loaded."""
        return _state_names()

    @classmethod
    def load(cls, without: Callable[[str], bool] = lambda _: False, aliases: Iterable[Actor] = ()) -> Names:
        """The tables of the package but for the people and organisations whose name `without` says to leave out, and
        the actors of an alias table besides."""
        return cls((*aliases, *(a for a in shipped_actors() if not without(a.name))), _states())

    def state_of(self, words: str) -> State | None:
        """The state that the words stand for, all of them: by its name, its adjective, its capital or a seat.

        None where they stand for none, or for several ("Congolese"). "Government of X" is an organisation of X, not X.
        """
        given = self._actors.get(("country", fold(_bare(words))), ())
        for actor in given:
            if actor.given:
                return self._states.get(fold(actor.name)) or State("", actor.name, "name")
        state = self._states.get(_key(words))
        short = words.strip()
        if state is None or (len(short) <= 3 and short != short.upper()) or (state.sense != "name" and short.islower()):
            return None
        return state

    def home_of(self, words: str) -> State | None:
        """The state that the words stand for, or of which they name a part ("Scotland")."""
        return self.state_of(words) or _regions().get(_key(words))

    def actors(self, kind: EntityKind, name: str) -> tuple[Actor, ...]:
        """Whom the tables list under this name."""
        return tuple(self._actors.get((kind, fold(_bare(name))), ()))

    def rarity(self, part: str) -> float:
        """How few of the tables' people bear a folded part of a name: natural logarithm of one in how many."""
        return math.log((self._people + 1) / (self._borne[part] + 1))

    def listed(self, kind: EntityKind) -> Iterator[str]:
        """All names that the tables list of a kind."""
        for (of, _), actors in self._actors.items():
            if of == kind:
                for actor in actors:
                    yield from actor.names


def _bare(words: str) -> str:
    return words.strip().removeprefix("the ").removeprefix("The ")


def _key(words: str) -> str:
    return fold(_bare(words))


@cache
def _shipped() -> Names:
    return Names.load()


@cache
def _state_names() -> Names:
    return Names(states=_states())


@cache
def shipped_actors() -> tuple[Actor, ...]:
    """Everybody and everything of the shipped tables of people and organisations."""
    people = [
        Actor(name, "person", (name, *_several(variants)), state, _several(offices))
        for name, state, variants, offices in rows_of("people")
    ]
    bodies = [
        Actor(name, "organization", (name, *_several(variants)), state)
        for name, state, variants in rows_of("organizations")
    ]
    shared = [
        Actor(person, "person", (person, name)) for name, people in rows_of("namesakes") for person in people.split("|")
    ]
    return (*people, *bodies, *shared)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(v for v in cell.split("|") if v)


@cache
def _states() -> dict[str, State]:
    """Folded words → state. A name wins over an adjective and so on; an independent state over another; else none."""
    ranked: dict[str, dict[tuple[int, int], set[str]]] = {}
    names: dict[str, str] = {}
    independent: dict[str, bool] = {}
    hand = list(rows_of("seats"))

    def note(words: str, code: str, sense: Sense) -> None:
        rank = (_SENSES.index(sense), 0 if independent[code] else 1)
        ranked.setdefault(_key(words), {}).setdefault(rank, set()).add(code)

    for code, free, name, others, adjectives, capitals in rows_of("countries"):
        names[code], independent[code] = name, free == "1" or code in ("TWN", "PSE", "UNK")
        for words in (name, *_several(others)):
            note(words, code, "name")
        for words in _several(adjectives):
            note(words, code, "adjective")
            note(words + "s", code, "adjective")
        for words in _several(capitals):
            note(words, code, "capital")
    for code, sense, several in hand:
        kind = next(s for s in _SENSES if s == sense)
        for words in _several(several):
            note(words, code, kind)
    states = {}
    for words, ranks in ranked.items():
        best = min(ranks)
        if words and len(ranks[best]) == 1:
            code = next(iter(ranks[best]))
            states[words] = State(code, names[code], _SENSES[best[0]])
    return states


@cache
def _regions() -> dict[str, State]:
    """Folded names of parts of states → the state."""
    names = {code: name for code, _, name, *_ in rows_of("countries")}
    return {
        _key(region): State(code, names[code], "name")
        for code, regions in rows_of("regions")
        for region in _several(regions)
    }


@cache
def nicknames() -> dict[str, frozenset[str]]:
    """Folded given name → the names it is a form of, itself among them."""
    roots: dict[str, set[str]] = {}
    for name, forms in rows_of("nicknames"):
        for form in (name, *_several(forms)):
            roots.setdefault(form, {form}).add(name)
    return {form: frozenset(names) for form, names in roots.items()}


@cache
def apart() -> frozenset[frozenset[str]]:
    """Pairs of folded given names that are two names."""
    return frozenset(frozenset(pair) for pair in rows_of("apart"))


@cache
def fields() -> tuple[tuple[str, str], ...]:
    """Words of a role and the field of work they tell, longest words first."""
    pairs = [(word, field) for field, words in rows_of("roles") for word in words.split("|")]
    return tuple(sorted(pairs, key=lambda p: -len(p[0])))
