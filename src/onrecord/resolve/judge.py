"""Who is who across reports: candidates by an index, a comparison, and a reason in plain words.

Nothing is merged here: a verdict is a judgement for the log, which a person can overrule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import numpy as np

from onrecord.model import Entity
from onrecord.resolve import bodies, people, trees
from onrecord.resolve.spelling import fold, tokens
from onrecord.resolve.states import speaking_for
from onrecord.resolve.tables import Actor, Names, State, fields

VERSION = "1"
"""Of the rules and the shipped tables together."""

MOST_CANDIDATES = 400
"""Profiles that are looked at under one key, and compared in all."""
SURE = 0.9
"""How sure the trained comparison of two names must be for them to be judged one; chosen by cross-validation on the
half of the pairs that it learned from (`training/names.py`), where .99 of what is as sure is right."""
_SAME_FAMILY = 0.97

_NEVER = frozenset(("unnamed", "collective", "author", "document", "place"))
_SIDE_BY_SIDE = frozenset(
    map(frozenset, (("politics", "military"), ("politics", "law"), ("politics", "business"), ("politics", "activism"),
                    ("law", "activism"), ("law", "police"), ("science", "health")))
)  # fmt: skip
"""Fields of work that one person goes from and to, or does both of."""
_CHANGING = frozenset(("politics", "military", "law", "business", "police"))
"""Fields of work in which one person holds one office after another."""


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
    """Whether one name is borne by both, who cannot be one: then the name alone does not say who is meant."""
    apart: bool = False
    """Whether the names tell two people: a third name that fits both does not say who is meant."""
    supported: bool = False


_NOTHING = _Said(None, 0.0, "")


class Index:
    """Entities that were met, by what their names may be looked up. It grows by `judge_all`; one thread at a time."""

    def __init__(self, names: Names | None = None) -> None:
        self.names = names or Names.shipped()
        self.torn: dict[Profile, bool] = {}
        """Whether a name alone does not say which of several it means, as far as that was asked."""
        self._first: dict[Profile, str] = {}
        self._ids: set[str] = set()
        self._blocks: defaultdict[str, list[Profile]] = defaultdict(list)
        self._parsed: dict[str, bodies.Body] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def profile(self, entity: Entity, stands_for_state: bool = False) -> Profile | None:
        """What of an entity is compared; None where it is never merged: unnamed, collective, author, document, place,
        or a name without letters. `stands_for_state`: it speaks, so that a capital is the state's government."""
        if entity.kind in _NEVER or not tokens(entity.name) or _described(entity.name):
            return None
        of = entity.of or ""
        if entity.kind in ("country", "organization"):
            state = speaking_for(entity.name, self.names)
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
            for other in self._blocks.get(key, ())[:MOST_CANDIDATES]:
                listed = key[-1] == "@"
                if listed or profile.kind != "person" or not people.far(profile.name, other.name):
                    votes[other] = votes.get(other, 0) + (2 if " " in key or key[0] in "=#" else 1)
        return sorted(votes, key=lambda p: -votes[p])[:MOST_CANDIDATES]

    def known(self, profile: Profile) -> str | None:
        """The first entity with this very profile."""
        return self._first.get(profile)

    def meet(self, entity: Entity, *, stands_for_state: bool = False) -> None:
        """Takes in an entity that was compared before."""
        profile = self.profile(entity, stands_for_state)
        if profile is not None:
            self.add(entity.id, profile)

    def add(self, entity_id: str, profile: Profile) -> None:
        """Takes an entity in. The same entity twice is one."""
        self._ids.add(entity_id)
        if profile not in self._first:
            self._first[profile] = entity_id
            for key in self._keys(profile):
                if key[0] == "=":  # whoever sounds the same may mean several from now on
                    for other in self._blocks[key]:
                        self.torn.pop(other, None)
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
            return self.names.home_of(of)
        words = role.split()
        ways = (" ".join(words[:n]) for n in (3, 2, 1) if len(words) > n)
        return next((s for w in ways if (s := self.names.state_of(w)) is not None), None)

    def _keys(self, profile: Profile) -> tuple[str, ...]:
        if profile.kind == "country":
            return (f"country={profile.name}",)
        own = people.keys(profile.name) if profile.kind == "person" else bodies.keys(self.body(profile.name))
        listed = [f"={fold(a.name)}@" for a in self.names.actors(profile.kind, profile.name)]
        kind = profile.kind[0]
        mine = (f"{k[0]}{kind}{k[1:]}" if k[0] in "=#" else f"{kind}:{k}" for k in own)
        return tuple(dict.fromkeys((*mine, *listed, f"=={fold(profile.name)}")))


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
    """Of one entity. Where those of its name contradict each other, only what context supports is said.

    One like it, met before, stands for all that that one was compared with.
    """
    known = index.known(profile) is not None
    if not known or profile not in index.torn:
        near = index.candidates(profile)
        met = [(p, s) for p, s in zip(near, compare(profile, near, index), strict=True) if s.relation or s.contradicts]
        same = [p for p, s in met if s.relation == "same"]
        index.torn[profile] = any(s.contradicts for _, s in met) or _torn(same, index)
    said = [(profile, compare(profile, [profile], index)[0])] if known else met
    torn = index.torn[profile]
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
    return any(s.contradicts or s.apart for i, a in enumerate(some) for s in compare(a, some[i + 1 :], index))


def compare(a: Profile, others: Sequence[Profile], index: Index) -> list[_Said]:
    """What can be said of a profile and each of the others."""
    alike = [b.kind == a.kind for b in others]
    if not all(alike) and a.kind != "country":
        found = iter(compare(a, [b for b, like in zip(others, alike, strict=True) if like], index))
        return [next(found) if like else _kinds_differ(a, b) for b, like in zip(others, alike, strict=True)]
    if a.kind == "country":
        both = _Said("same", 0.99, f"both stand for {a.name}", supported=True)
        return [both if like and b.name == a.name else _NOTHING for b, like in zip(others, alike, strict=True)]
    if a.kind == "organization":
        return [_organizations(a, b, index) if like else _NOTHING for b, like in zip(others, alike, strict=True)]
    people_ = [b for b, like in zip(others, alike, strict=True) if like]
    if not people_:
        return [_NOTHING] * len(others)
    names = index.names
    likes = [people.compare(a.name, b.name, names.rarity) for b in people_]
    rows = np.array([like.features for like in likes], np.float32)
    for name, agree in (("agree", True), ("differ", False)):
        rows[:, people.FEATURES.index(name)] = [_states(a, b) is agree for b in people_]
    sure = iter(zip(people_, likes, trees.shipped().sure(rows).tolist(), strict=True))
    return [_people(a, *next(sure), names) if like else _NOTHING for like in alike]


def _kinds_differ(a: Profile, b: Profile) -> _Said:
    """Of a name that one report has as a person's, another as an organisation's: only the name itself can tell."""
    if "country" in (a.kind, b.kind) or a.role or b.role or len(tokens(a.name)) < 2 or fold(a.name) != fold(b.name):
        return _NOTHING
    return _Said("same", 0.9, f"same name, though reports differ on its kind: {a.name} / {b.name}")


def _states(a: Profile, b: Profile) -> bool | None:
    """Whether the states of both are one; None: not known of both."""
    return None if a.state is None or b.state is None else a.state.code == b.state.code


def _people(a: Profile, b: Profile, like: people.Likeness, sure: float, names: Names) -> _Said:
    listed = _shared(a, b, names)
    agree, differ = _states(a, b) is True, _states(a, b) is False
    office = bool(a.role) and a.role == b.role and (agree or bool(a.of and a.of == b.of))
    both = f"{a.name} / {b.name}"
    if listed is not None and listed.given:
        return _Said("same", 0.98, f"your alias table has both as names of {listed.name}: {both}", supported=True)
    if office and like.other_given:
        return _Said("different", 0.8, f"same family name, other given names; both {_office(a)}: {both}", apart=True)
    work = _other_work(a, b)
    if differ or work or (like.junior and not office):
        if sure < SURE:
            return _Said(None, 0.0, "", apart=like.other_given)
        told = (("country", differ), ("work", work), ('"Jr."', like.junior))
        what = f"same name, but other {' and '.join(word for word, is_so in told if is_so)}: {both}"
        return _Said("different" if differ and work else None, 0.75, what, contradicts=True)
    support = f"; both {_office(a)}" if office else f"; both of {a.state.name}" if agree and a.state else ""
    if listed is not None and (agree or not like.single):
        return _Said("same", 0.95, f"both are names of {listed.name} in the table{support}: {both}", supported=agree)
    if _ambiguous(a, b, names) or like.other_given:
        return _Said(None, 0.0, "", apart=like.other_given)
    if a.of and b.of and a.of != b.of and _other_role(a, b):
        return _NOTHING
    if like.single:
        if office and like.family and like.features[0] >= _SAME_FAMILY:
            return _Said("same", 0.86, f"same family name{support}: {both}", supported=True)
        return _NOTHING
    if like.heard or sure >= SURE:
        words = "same name, in another script or romanisation" if like.heard else like.words
        return _Said("same", max(sure, SURE), f"{words}{support}: {both}", supported=agree or office)
    return _NOTHING


def _other_role(a: Profile, b: Profile) -> bool:
    """Whether both have a role, and these have no word in common."""
    return bool(a.role and b.role) and not set(a.role.split()) & set(b.role.split())


def _other_work(a: Profile, b: Profile) -> bool:
    """Whether both have a role, and what they do is not what one person does, as far as the roles tell."""
    if not _other_role(a, b):
        return False
    if a.field == b.field:
        return a.field not in _CHANGING
    return frozenset((a.field, b.field)) not in _SIDE_BY_SIDE


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
    return any(people.compare(x, y, names.rarity).other_given for i, x in enumerate(full) for y in full[i + 1 :])


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
        return _Said(
            "same",
            0.6 + 0.33 * like.closeness + (0.04 if agree else 0),
            f"{like.words}: {both}{support}",
            supported=agree,
        )
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
        if "official" in parsed.core:
            continue
        for initials in parsed.initials:
            listed[initials].add(parsed.core)
    return {initials: frozenset(cores) for initials, cores in listed.items()}


def _role(role: str) -> str:
    """A role without states, blanks and "former"."""
    words = [w for w in tokens(role) if w not in ("former", "ex", "then", "the", "acting", "late", "current")]
    return " ".join(words)


def _described(name: str) -> bool:
    """Whether it is no name but a description: "the ministry", "mining company"; not "al-Qaeda", "eBay"."""
    words = name.split()
    first = words[1] if words[0].lower() in ("the", "a", "an") and len(words) > 1 else words[0]
    return first.islower() and first.split("-")[0] not in people.PARTICLES


@lru_cache(maxsize=4096)
def _field(role: str) -> str:
    """The field of work that a role tells, or empty."""
    padded = f" {role} "
    return (
        next((field for words, field in fields() if f" {words} " in padded or f" {words}s " in padded), "")
        if role
        else ""
    )


def _office(profile: Profile) -> str:
    return f"{profile.role} of {profile.state.name if profile.state else profile.of}"
