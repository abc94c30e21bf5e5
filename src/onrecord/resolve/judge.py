"""Who is who across reports: candidates by an index, a comparison, and a reason in plain words.

Nothing is merged here: a verdict is a judgement for the log, which a person can overrule.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from onrecord.model import Entity
from onrecord.resolve import bodies, people
from onrecord.resolve.spelling import fold, tokens
from onrecord.resolve.tables import Actor, Names, State, fields

VERSION = "1"
"""Of the rules and the shipped tables together."""

LARGEST_BLOCK = 400
"""Profiles under one key; under a key with more, only those that share another key are looked at."""
MOST_CANDIDATES = 400

_NEVER = frozenset(("unnamed", "collective", "author", "document", "place"))
_SIDE_BY_SIDE = frozenset(
    map(frozenset, (("politics", "military"), ("politics", "law"), ("politics", "business"), ("military", "space"),
                    ("science", "health"), ("science", "business"), ("media", "arts"), ("politics", "activism"),
                    ("law", "activism"), ("law", "police"), ("politics", "religion"), ("science", "space")))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """The resolver's judgement on two entities, by id. `score`: how sure, 0 … 1; `reason` is for people."""

    a: str
    b: str
    relation: Literal["same", "different"]
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of an entity for comparing: entities that share a profile are compared once."""

    kind: Literal["person", "organization", "country"]
    name: str
    state: State | None
    role: str
    field: str
    of: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What comparing two profiles came to. relation None: nothing can be said."""

    relation: Literal["same", "different"] | None
    score: float
    reason: str
    contradicts: bool = False
    supported: bool = False


_NOTHING = _Said(None, 0.0, "")


class Index:
    """Entities that were met, by what their names may be looked up. It grows by `judge_all`; one thread at a time."""

    def __init__(self, names: Names | None = None) -> None:
        self.names = names or Names.shipped()
        self._first: dict[Profile, str] = {}
        self._ids: set[str] = set()
        self._blocks: defaultdict[str, list[Profile]] = defaultdict(list)
        self._parsed: dict[str, bodies.Body] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def profile(self, entity: Entity, stands_for_state: bool = False) -> Profile | None:
        """What of an entity is compared; None where it is never merged: unnamed, collective, author, document, place,
        or a name without letters. `stands_for_state`: it speaks, so that a capital is the state's government."""
        if entity.kind in _NEVER or not tokens(entity.name):
            return None
        of = entity.of or ""
        if entity.kind in ("country", "organization"):
            state = self.names.state_of(entity.name)
            if state is not None and (state.sense in ("name", "seat") or stands_for_state):
                return Profile("country", state.name, state, "", "", "")
            if state is not None and state.sense == "capital":
                return None
        if entity.kind == "country":
            return Profile("country", fold(entity.name), None, "", "", "")
        role = _role(entity.role or "")
        kind: Literal["person", "organization"] = "person" if entity.kind == "person" else "organization"
        return Profile(kind, entity.name.strip(), self._state(of, entity.role or ""), role, _field(role), fold(of))

    def candidates(self, profile: Profile) -> list[Profile]:
        """Profiles that share enough with this one to be compared, at most MOST_CANDIDATES."""
        keys = self._keys(profile)
        votes: dict[Profile, int] = {}
        for key in keys:
            for other in self._blocks.get(key, ())[: LARGEST_BLOCK if " " not in key else MOST_CANDIDATES]:
                votes[other] = votes.get(other, 0) + (2 if " " in key or key[0] in "=#" else 1)
        return sorted(votes, key=lambda p: -votes[p])[:MOST_CANDIDATES]

    def known(self, profile: Profile) -> str | None:
        """The first entity with this very profile."""
        return self._first.get(profile)

    def add(self, entity_id: str, profile: Profile) -> None:
        """Takes an entity in. The same entity twice is one."""
        self._ids.add(entity_id)
        if profile not in self._first:
            self._first[profile] = entity_id
            for key in self._keys(profile):
                self._blocks[key].append(profile)

    def body(self, name: str) -> bodies.Body:
        """An organisation's name taken apart."""
        if name not in self._parsed:
            self._parsed[name] = bodies.body(name, lambda words: _code(self.names, words))
        return self._parsed[name]

    def candidates_by_acronym(self, acronym: str) -> list[Profile]:
        """Organisations that have this acronym, or these initials."""
        return self._blocks.get(f"#o{acronym}", [])[:MOST_CANDIDATES]

    def __contains__(self, entity_id: object) -> bool:
        return entity_id in self._ids

    def _state(self, of: str, role: str) -> State | None:
        if of:
            return self.names.state_of(of)
        words = role.split()
        ways = (" ".join(words[:n]) for n in (3, 2, 1) if len(words) > n)
        return next((s for w in ways if (s := self.names.state_of(w)) is not None), None)

    def _keys(self, profile: Profile) -> tuple[str, ...]:
        if profile.kind == "country":
            return (f"country={profile.name}",)
        own = people.keys(profile.name) if profile.kind == "person" else bodies.keys(self.body(profile.name))
        listed = [f"={fold(a.name)}@" for a in self.names.actors(profile.kind, profile.name)]
        return tuple(dict.fromkeys((*(k[0] + f"{profile.kind[0]}{k[1:]}" if k[0] in "=#" else f"{profile.kind[0]}:{k}"
                                      for k in own), *listed)))  # fmt: skip


def judge_all(new: Iterable[Entity], known: Index, stands_for_state: Collection[str] = ()) -> Iterator[Verdict]:
    """Judges each new entity against those known and those before it, and takes it into `known`.

    `stands_for_state`: ids of entities that speak somewhere, so that "Moscow" among them is Russia's government. Lazy:
    the index grows as verdicts are drawn. Entities of one report are not compared with each other there beyond their
    names: who is who within a report is the engine's word. An entity that is known already gives nothing. The time is
    in proportion to the entities times those that share their names, at most MOST_CANDIDATES.
    """
    for entity in new:
        if entity.id in known:
            continue
        profile = known.profile(entity, entity.id in stands_for_state)
        if profile is None:
            continue
        yield from _verdicts(entity.id, profile, known)
        known.add(entity.id, profile)


def _verdicts(entity_id: str, profile: Profile, index: Index) -> Iterator[Verdict]:
    """Of one entity. Where those of its name contradict each other, only what context supports is said."""
    said = [(p, s) for p in index.candidates(profile) if (s := compare(profile, p, index)).relation or s.contradicts]
    if not any(p == profile for p, _ in said) and (first := index.known(profile)) is not None:
        said.append((profile, compare(profile, profile, index)))
    same = [(p, s) for p, s in said if s.relation == "same"]
    torn = any(s.contradicts for _, s in said) or _torn([p for p, _ in same], index)
    for other, judged in said:
        first = index.known(other)
        if first is None or judged.relation is None:
            continue
        if judged.relation == "same" and torn and not judged.supported:
            continue
        yield Verdict(entity_id, first, judged.relation, round(judged.score, 3), judged.reason)


def _torn(profiles: Sequence[Profile], index: Index) -> bool:
    """Whether the candidates cannot all be one: then a name alone does not say which is meant."""
    some = profiles[:12]
    return any(compare(a, b, index).contradicts for i, a in enumerate(some) for b in some[i + 1 :])


def compare(a: Profile, b: Profile, index: Index) -> _Said:
    """What can be said of two profiles."""
    if a.kind != b.kind:
        return _NOTHING
    if a.kind == "country":
        return _Said("same", 0.99, f"both stand for {a.name}", supported=True) if a.name == b.name else _NOTHING
    if a.kind == "organization":
        return _organizations(a, b, index)
    return _people(a, b, index.names)


def _people(a: Profile, b: Profile, names: Names) -> _Said:
    like = people.compare(a.name, b.name)
    listed = _shared(a, b, names)
    states_differ = a.state is not None and b.state is not None and a.state.code != b.state.code
    fields_differ = bool(a.field and b.field) and a.field != b.field and frozenset((a.field, b.field)) not in _SIDE_BY_SIDE
    agree = a.state is not None and b.state is not None and not states_differ
    office = bool(a.role) and a.role == b.role and (agree or bool(a.of and a.of == b.of))
    both = f"{a.name} / {b.name}"
    given = listed is not None and listed.given
    if like.level == "contradict":
        why = f"{like.words}: {both}" + (f"; both {_office(a)}" if office else "")
        return _Said("different" if office or people.suffix(a.name) else None, 0.8, why, contradicts=True)
    if (states_differ or fields_differ) and (like.level == "full" or given) and not given:
        what = " and ".join(w for w, d in (("country", states_differ), ("field of work", fields_differ)) if d)
        sure = states_differ and fields_differ
        return _Said("different" if sure else None, 0.75, f"same name, but other {what}: {both}", contradicts=True)
    if given and listed is not None:
        return _Said("same", 0.98, f"your alias table has both as names of {listed.name}: {both}", supported=True)
    if states_differ or fields_differ:
        return _NOTHING
    support = f"; both {_office(a)}" if office else f"; both of {a.state.name}" if agree and a.state else ""
    reason = f"{like.words}: {both}{support}"
    if like.level == "full" and not _ambiguous(a, b, names):
        score = min(0.97, 0.62 + 0.3 * like.closeness + (0.06 if agree else 0) + (0.03 if office else 0))
        enough = like.closeness >= 0.9 or agree or (bool(a.of) and a.of == b.of)
        return _Said("same", score, reason, supported=agree or office) if enough else _NOTHING
    if listed is not None and (agree or min(len(people.parts(n.name)) for n in (a, b)) > 1):
        return _Said("same", 0.95, f"both are names of {listed.name} in the table: {both}{support}", supported=agree)
    if like.level == "namesake" and office and agree:
        return _Said("same", 0.8, reason, supported=True)
    if like.level in ("loose", "initial") and agree and like.closeness >= 0.9 and not _ambiguous(a, b, names):
        return _Said("same", 0.84 + (0.05 if office else 0), reason, supported=True)
    if like.level == "surname" and office and like.closeness >= 0.97 and not _ambiguous(a, b, names):
        return _Said("same", 0.86, reason, supported=True)
    return _NOTHING


def _shared(a: Profile, b: Profile, names: Names) -> Actor | None:
    """The only one whom the tables list under both names, where its state fits."""
    one, two = names.actors(a.kind, a.name), names.actors(b.kind, b.name)
    shared = [x for x in one if x in two]
    if any(x.given for x in shared):
        return next(x for x in shared if x.given)
    if len(one) != 1 or len(two) != 1 or not shared:
        return None
    codes = [p.state.code for p in (a, b) if p.state is not None]
    home = shared[0].state
    return shared[0] if all(len(home) != 3 or not home or c == home for c in codes) or a.kind != "person" else None


def _ambiguous(a: Profile, b: Profile, names: Names) -> bool:
    """Whether the shorter name is one that several people of the tables share, who cannot be one."""
    short = min((a.name, b.name), key=lambda n: len(people.parts(n)))
    listed = names.actors("person", short)
    full = [x.name for x in listed]
    return any(people.compare(x, y).level == "contradict" for i, x in enumerate(full) for y in full[i + 1 :])


def _organizations(a: Profile, b: Profile, index: Index) -> _Said:
    one, two = index.body(a.name), index.body(b.name)
    both = f"{a.name} / {b.name}"
    listed = _shared(a, b, index.names)
    if listed is not None and listed.given:
        return _Said("same", 0.98, f"your alias table has both as names of {listed.name}: {both}", supported=True)
    of = [frozenset((*body.states, *((p.state.code,) if p.state else ()))) for p, body in ((a, one), (b, two))]
    if of[0] and of[1] and not of[0] & of[1]:
        return _NOTHING
    agree = bool(of[0] & of[1]) or bool(a.of and a.of == b.of)
    like = bodies.compare(one, two)
    if listed is not None:
        return _Said("same", 0.95, f"both are names of {listed.name} in the table: {both}", supported=agree)
    if like.level == "none" or (a.of and b.of and not agree and not like.telling):
        return _NOTHING
    support = f"; both of {a.state.name}" if agree and a.state else ""
    if like.level == "full" and (like.telling or agree):
        return _Said("same", 0.6 + 0.33 * like.closeness + (0.04 if agree else 0), f"{like.words}: {both}{support}", supported=agree)
    if like.level == "acronym" and (like.telling or agree) and not _many(one, two, index):
        return _Said("same", 0.86 + (0.06 if agree else 0), f"{like.words}: {both}{support}", supported=agree)
    return _NOTHING


def _many(a: bodies.Body, b: bodies.Body, index: Index) -> bool:
    """Whether an acronym is that of several organisations known: then it does not say which."""
    short = a.acronym if a.acronym in b.initials else b.acronym
    names = {index.body(p.name).core for p in index.candidates_by_acronym(short)}
    spelled = {core for core in names if core != (short,)} | _listed_initials(index.names).get(short, frozenset())
    return len(spelled | {a.core if short != a.acronym else b.core}) > 1


def _code(names: Names, words: str) -> str | None:
    """The state that a part of an organisation's name names."""
    state = names.state_of(words)
    return state.code if state is not None and state.sense in ("name", "adjective") else None


@cache
def _listed_initials(names: Names) -> dict[str, frozenset[tuple[str, ...]]]:
    """Initials → the telling words of the organisations of the tables that have them."""
    listed: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for name in names.listed("organization"):
        parsed = bodies.body(name, lambda words: _code(names, words))
        for initials in parsed.initials:
            listed[initials].add(parsed.core)
    return {initials: frozenset(cores) for initials, cores in listed.items()}


def _role(role: str) -> str:
    """A role without states, blanks and "former"."""
    words = [w for w in tokens(role) if w not in ("former", "ex", "then", "the", "acting", "late", "current")]
    return " ".join(words)


def _field(role: str) -> str:
    """The field of work that a role tells, or empty."""
    padded = f" {role} "
    return next((field for words, field in fields() if re.search(rf" {re.escape(words)}s? ", padded)), "")


def _office(profile: Profile) -> str:
    return f"{profile.role} of {profile.state.name if profile.state else profile.of}"
