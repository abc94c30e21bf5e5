"""Clusters of mentions → entities: the fullest name the text gives, kind, role, and what the role is of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from onrecord.engines.decode import Floats
from onrecord.engines.mentions import DEFINITE, INDEFINITE, NAME, ORGANIZATION, PERSON, PLACE, PRONOUN, Mentions
from onrecord.engines.resolver import Cluster, Resolved
from onrecord.engines.words import Words
from onrecord.model import Entity, EntityKind, Span

SOURCE_KINDS: tuple[EntityKind, ...] = (
    "person",
    "organization",
    "country",
    "document",
    "collective",
    "unnamed",
    "author",
)
_NAMED = (0, 1, 2, 3)
_COLLECTIVE = SOURCE_KINDS.index("collective")
_ARTICLE = re.compile(r"^(?:the|a|an|some|this|that|these|those|(?:one|another)(?!\s+of\b))\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
_POSSESSED = re.compile(r"^\s*(?:['’]s?\s+)?")
_PLURAL = re.compile(r"(?:[^su]s|men|people|police|others|many|some|most|few|critics|media)$", re.IGNORECASE)
_OF = re.compile(r"\s+(?:of|for|at|from|to)\s+(?:the\s+)?", re.IGNORECASE)
_TITLE = re.compile(r"\b(\w+)\b\.?")
_CALLED = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:[A-Z]\.|(?:[Dd]e|[Vv]an|[Vv]on|[Aa]l|[Bb]in)\s+)?\s*[A-Z][\w’'-]+)+")
_PLAIN = re.compile(r"(?!(?:de|da|del|della|di|do|dos|du|van|von|der|den|ter|bin|bint|ibn|al|el|la|le)\b)[a-z\d]")
"""How a word in front of a name begins that is no part of it."""
_CAPITALS = r"[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){0,3}"
_GOES_ON = re.compile(rf"\s(?:of|for)\s(?:the\s)?{_CAPITALS}(?:(?:,\s{_CAPITALS})?,?\sand\s{_CAPITALS})?(?<!['’]s)")
_BEHIND = 60
"""Characters behind a title in which the name may stand."""
_NO_PERSON = 0.5
"""How surely a name that was found as a person's must be that of something else to be taken for it."""
_CLAUSE = re.compile(
    r"(?:,|\s?\(|\s[-–—]\s|\s(?:who|whom|whose|which|that|where|when|held|living|standing|working|based|known"
    r"|quoted|cited|released"
    r"|published|posted|interviewed|identified|named|called|briefed|familiar|close to|speaking|travell?ing"
    r"|close|present)\b).*$",
    re.DOTALL,
)
"""What a description goes on with that a short one leaves out."""
_BESIDE = re.compile(r"\s(with|from|for|at|of|in|on|near|inside|outside)\s(.+)$")
_COUNTED = re.compile(
    r"^(?:one|some|many|several|most|few|both|all|any|none|\w+(?:teen|ty))\s+of\b|^\d+ of\b", re.IGNORECASE
)
LONGEST = 90
"""Characters of a description that stands for a name."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What one mention tells: a name, a role, what the role is of."""

    name: str = ""
    role: str = ""
    of: str = ""


@cache
def roles() -> frozenset[str]:
    """Nouns that tell what somebody is, lower case."""
    table = resources.files("onrecord.engines").joinpath("roles.txt").read_text(encoding="utf8")
    return frozenset(w for line in table.splitlines() if not line.startswith("#") for w in line.split())


class Namer:
    """Names the clusters of one text."""

    def __init__(self, report_id: str, text: str, words: Words, resolved: Resolved) -> None:
        self._report_id, self._text, self._words = report_id, text, words
        self._m: Mentions = resolved.mentions
        self._resolved = resolved
        self._owners = {self.span(k).start: k for k in range(len(self._m)) if self._m.owns[k]}
        others = {self.span(k).of(text) for k in range(len(self._m)) if self._m.kind[k] != PERSON}
        self._others = tuple(sorted(others, key=len, reverse=True))

    def span(self, k: int) -> Span:
        """Where a mention stands, in characters."""
        return Span(int(self._words.starts[self._m.starts[k]]), int(self._words.ends[self._m.ends[k] - 1]))

    def entity(self, cluster: Cluster, source_kinds: Floats | None, source: Span | None) -> Entity:
        """The entity. `source_kinds`: where it is a source, how likely each of SOURCE_KINDS; `source`: the longest span
        by which it is one, which describes it where no name does."""
        told = [self._told(k) for k in cluster.members if self._m.form[k] < PRONOUN]
        name = _fullest([t.name for t in told if t.name])
        role = next((t for t in told if t.role), _Told())
        mentions = tuple(self.span(k) for k in cluster.members)
        kind = self._kind(cluster, bool(name), source_kinds)
        score = sum(cluster.sure) / len(cluster.sure)
        untold = kind in ("person", "unnamed") and (not name or name.split()[-1].lower() in roles())
        if untold and source is not None and (called := self._called(source)):  # a title is no name
            name, kind = called, "person"
        if not name:
            name = self._description(cluster, source)
            name = shortened(name) if kind in ("unnamed", "collective", "person") else name
        return Entity(self._report_id, name, kind, mentions, role.role or None, role.of or None, score)

    def _called(self, source: Span) -> str:
        """The person's name that stands after the last title in a source: "Sen. Ann Lee", "envoy to Spain Ann Lee"."""
        words = source.of(self._text)
        for title in _TITLE.finditer(words):
            if title.group(1).lower() in roles() and (
                match := _CALLED.search(words, title.end(), title.end() + _BEHIND)
            ):
                name = match.group()
                for place in self._others:
                    name = name.removeprefix(place).strip()
                if len(name.split()) > 1:
                    return name
        return ""

    def _told(self, k: int) -> _Told:
        """Name, role and what it is of, as one mention and the words right after it tell them."""
        words = self.span(k).of(self._text).split()
        person = self._m.kind[k] == PERSON
        if self._m.form[k] != NAME:
            head = words[-1].lower().strip(".")
            if not person or head not in roles() or self._m.form[k] not in (DEFINITE, INDEFINITE):
                return _Told()
            return _Told("", _ARTICLE.sub("", " ".join(words)), self._after(k))
        if not person:
            while len(words) > 1 and (_PLAIN.match(words[0]) or words[0].endswith("-based")):
                words = words[1:]
            return _Told(_ARTICLE.sub("", _POSSESSIVE.sub("", " ".join(words))) + self._goes_on(k))
        at = next((i + 1 for i in range(len(words) - 2, -1, -1) if words[i].lower().strip(".,") in roles()), 0)
        of, role = _split_role(words[:at])
        while at < len(words) - 1 and _PLAIN.match(words[at]):  # "the 66-year-old | Plant", "user | Oliver Bruno"
            at += 1
        name = " ".join(words[at:]).strip(",")
        return _Told(name, role, of)

    def _goes_on(self, k: int) -> str:
        """What an organisation's name goes on with behind the mention: "Department | of Homeland Security"."""
        span = self.span(k)
        more = _GOES_ON.match(self._text, span.end) if self._m.kind[k] == ORGANIZATION else None
        return more.group() if more and not span.of(self._text).isupper() else ""

    def _after(self, k: int) -> str:
        """What a role is of: the name that follows it after "of", "for" or "at"."""
        end = self.span(k).end
        match = _OF.match(self._text, end)
        if match is None or k + 1 >= len(self._m) or self._m.form[k + 1] != NAME:
            return ""
        following = self.span(k + 1)
        return following.of(self._text) if following.start in (match.end(), match.end() - 4) else ""

    def _kind(self, cluster: Cluster, named: bool, source_kinds: Floats | None) -> EntityKind:
        kinds = [int(self._m.kind[k]) for k in cluster.members if self._m.form[k] < PRONOUN]
        kind = max(set(kinds), key=kinds.count) if kinds else PERSON
        if source_kinds is not None:
            fit = range(len(SOURCE_KINDS)) if not named else _NAMED
            if named and kind == PERSON and max(float(p) for p in source_kinds[1:5]) < _NO_PERSON:
                return "person"
            if named and kind == PERSON and float(source_kinds[_COLLECTIVE]) >= _NO_PERSON:  # "Democrats"
                return "collective"
            return SOURCE_KINDS[max(fit, key=lambda j: float(source_kinds[j]))]
        if kind == PLACE:
            return "place"
        if named or kind == ORGANIZATION:
            return "person" if kind == PERSON else "organization"
        last = self.span(cluster.members[0]).of(self._text)
        return "collective" if _PLURAL.search(last) else "unnamed"

    def _description(self, cluster: Cluster, source: Span | None) -> str:
        described = [k for k in cluster.members if self._m.form[k] < PRONOUN]
        words = self.span((described or cluster.members)[0]).of(self._text)
        if described and source is not None and source.end - source.start <= LONGEST:
            words = self._owned(source) or source.of(self._text)
        return " ".join(_ARTICLE.sub("", words).split())

    def _owned(self, source: Span) -> str:
        """ "Ann Lee's lawyers" for "her lawyers" or "the mayor's lawyers", where the text names whose they are."""
        owner = self._owners.get(source.start)
        if owner is None or self.span(owner).end >= source.end:
            return ""
        members = self._resolved.clusters[int(self._resolved.cluster_of[owner])].members
        name = _fullest([t.name for k in members if self._m.form[k] < PRONOUN and (t := self._told(k)).name])
        rest = _POSSESSED.sub("", self._text[self.span(owner).end : source.end])
        return f"{name}'s {rest}" if name and rest else ""


def shortened(description: str) -> str:
    """A description up to its noun: "resident | who fled", "officers | in the square"; "Lomond Council spokesman" for
    "spokesman with Lomond Council"."""
    short = _CLAUSE.sub("", description).strip() or description
    if _COUNTED.match(short):
        return short
    beside = _BESIDE.search(short)
    if beside is None:
        return short
    of, head = _ARTICLE.sub("", beside[2]), short[: beside.start()]
    named = (
        beside[1] in ("with", "from", "for", "of", "at")
        and of[:1].isupper()
        and len(of.split()) <= 5
        and not _BESIDE.search(of)
    )
    return f"{of} {head}" if named else head


def _fullest(names: Sequence[str]) -> str:
    """The one of most words, the first of them; empty where there is none."""
    return max(names, key=lambda n: (len(n.split()), -names.index(n))) if names else ""


def _split_role(words: Sequence[str]) -> tuple[str, str]:
    """ "Russian Foreign Minister" → "Russian", "Foreign Minister": names in front of a role are what it is of."""
    at = 0
    while at < len(words) - 1 and words[at][0].isupper() and words[at + 1][0].islower():
        at += 1
    if at:
        return " ".join(words[:at]), " ".join(words[at:])
    return "", " ".join(words)
