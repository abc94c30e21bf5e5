"""Which attributions of real reports are of one claim: FNC-1's training reports by topic, as readers sorted them.

`annotations/topics.jsonl` has a topic a line: `claims` [{`text`, `positions` [[body, attribution, stance]]}] and
`contradicts` [[k, j]] of claims that cannot both hold. Attributions are those of `annotations/bodies.jsonl`; their
words come out of the data folder. Attributions of a topic that are in no claim share theirs with no other.
"""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.extraction import check
from onrecord.link.statements import Statement, statements
from onrecord.model import Entity, Meaning, Proposal, Proposed, Report, Run, Span

ANNOTATIONS = Path(__file__).parent / "annotations"
RUN = Run("annotation", "1")
LONGEST_NAME = 60
_PRONOUNS = frozenset(("He", "She", "It", "They", "His", "Her", "Its", "Their"))
OF_CLAIM = 6
"""Pairs of like and of unlike statements that each claim gives to an epoch, at most."""


def stated(text: str, row: Mapping[str, Any]) -> dict[str, Statement]:
    """What each annotated attribution of a report states, by its name there ("S3"); those that put nothing forward, or
    whose claim another within them carries, are left out."""
    report = Report(text, "0" * 64, str(row["body"]))
    found = check(report, proposed(report, row), RUN)
    said = row["attributions"]
    names = {(_pairs(a["cue"]), _pairs(a["content"]), _pairs(a["source"])): a["id"] for a in said}
    by_id = {
        a.id: names.get((_of(a.cue), tuple((s.start, s.end) for s in a.content), _of(a.source)))
        for a in found.attributions
    }
    return {str(by_id[s.attribution]): s for s in statements(found) if by_id[s.attribution]}


def proposed(report: Report, row: Mapping[str, Any]) -> Proposed:
    """What the annotation of a report has, as an engine would propose it."""
    entities = tuple(_entities(report.text, report.id, row))
    at = {a["id"]: k for k, a in enumerate(row["attributions"])}
    return Proposed(tuple(_proposal(a, at, entities) for a in row["attributions"]), entities)


def annotated() -> dict[int, dict[str, Any]]:
    """`bodies.jsonl` by number."""
    rows: dict[int, Any] = {}
    for line in (ANNOTATIONS / "bodies.jsonl").read_text(encoding="utf8").splitlines():
        row = json.loads(line)
        rows.setdefault(row["body"], row)
    return rows


def _of(span: Span | None) -> tuple[tuple[int, int], ...]:
    return ((span.start, span.end),) if span else ()


def _pairs(spans: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(a), int(b)) for a, b in spans))


def _entities(text: str, report_id: str, row: Mapping[str, Any]) -> Iterator[Entity]:
    for held in row.get("entities", ()):
        mentions = tuple(sorted({Span(a, b) for a, b in held["mentions"]}))
        words = [m.of(text) for m in mentions]
        named = [
            w
            for w in words
            if w[:1].isupper() and len(w) <= LONGEST_NAME and w.split()[0] not in ("He", "She", "It", "They")
        ]
        kind = "collective" if held["kind"] == "group" else held["kind"]
        if mentions and (named or words):
            yield Entity(report_id, max(named or words, key=len), kind, mentions)


def _proposal(a: Mapping[str, Any], at: Mapping[str, int], entities: Sequence[Entity]) -> Proposal:
    source, cue = (Span(*a[name][0]) if a[name] else None for name in ("source", "cue"))
    mine = [k for k, e in enumerate(entities) if source and any(m.overlaps(source) for m in e.mentions)]
    return Proposal(
        source,
        cue,
        tuple(Span(*c) for c in a["content"]),
        1.0,
        meaning=Meaning(act=a["act"], modality=a.get("modality", "plain")),
        entity=mine[0] if mine else None,
        within=at.get(a.get("within", "")),
        about=at.get(a.get("about", "")),
    )


@dataclass(frozen=True)
class Member:
    """A statement and how its words, not its source, stand to a claim: `+` say it, `-` deny it, `?` doubt it."""

    text: str
    side: str


@dataclass(frozen=True)
class Topic:
    """Claims with their wording and the statements on them; all statements of the topic with the claims that each is
    on; pairs of claims that cannot both hold."""

    name: str
    claims: tuple[tuple[str, tuple[Member, ...]], ...]
    said: tuple[tuple[str, frozenset[int]], ...]
    rivals: frozenset[frozenset[int]]


def held_topic(topic: Topic) -> bool:
    """Whether a topic is held out to measure on: one in ten."""
    return held_name(topic.name)


def held_name(name: str) -> bool:
    """The same by the topic's name."""
    return int(name[1:]) % 10 == 3


def topics(texts: Mapping[str, str]) -> list[Topic]:
    """All of them; `texts` by body."""
    rows = annotated()
    lines = (ANNOTATIONS / "topics.jsonl").read_text(encoding="utf8").splitlines()
    return [_topic(json.loads(line), rows, texts) for line in lines]


def _topic(held: Mapping[str, Any], rows: Mapping[int, Any], texts: Mapping[str, str]) -> Topic:
    bodies = sorted({p[0] for c in held["claims"] for p in c["positions"]})
    found = {b: stated(texts[str(b)], rows[b]) for b in bodies}
    on: dict[tuple[int, str], set[int]] = defaultdict(set)
    claims = []
    for k, claim in enumerate(held["claims"]):
        members = []
        for body, name, stance in claim["positions"]:
            on[body, name].add(k)
            statement = found[body].get(name)
            side = _side(statement, stance) if statement else None
            if statement and side:
                members.append(Member(statement.text, side))
        claims.append((claim["text"], tuple(members)))
    said = tuple((s.text, frozenset(on[b, name])) for b in bodies for name, s in found[b].items() if not s.bare)
    return Topic(held["topic"], tuple(claims), said, frozenset(frozenset(pair) for pair in held["contradicts"]))


def _side(statement: Statement, stance: str) -> str | None:
    """A source that denies a content and is against the claim has the claim in its words."""
    if statement.bare:
        return None
    if stance == "affirms":
        return "+" if statement.bearing == "holds" else None
    if stance == "denies":
        return "+" if statement.bearing == "denies" else "-"
    if stance == "doubts":
        return "+" if statement.bearing == "doubts" else "?"
    return "+" if statement.bearing == "declines" else None


_RELATION = {"++": "same", "--": "same", "+-": "denies", "-+": "denies", "+?": "doubts", "?+": "doubts"}


def alike(topic: Topic, rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Pairs of statements on one claim, and of its wording with them, with their relation."""
    for text, members in topic.claims:
        shown = (Member(text, "+"), *members)
        pairs = list(itertools.combinations(shown, 2))
        pairs = [(a, b) for a, b in pairs if a.side + b.side in _RELATION and a.text != b.text]
        opposed = [(a, b) for a, b in pairs if a.side != b.side]
        for a, b in rng.sample(pairs, min(OF_CLAIM, len(pairs))) + rng.sample(opposed, min(2, len(opposed))):
            yield a.text, b.text, _RELATION[a.side + b.side]


def apart(topic: Topic, rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Pairs of statements of one topic that share no claim, those that share words rather than others."""
    pairs = [(a, b) for a, b in itertools.combinations(topic.said, 2) if not a[1] & b[1] and a[0] != b[0]]
    words = {text: {w[:6] for w in text.lower().split() if len(w) > 4} for text, _ in topic.said}
    near = sorted(
        pairs, key=lambda p: -len(words[p[0][0]] & words[p[1][0]]) / (1 + len(words[p[0][0]] | words[p[1][0]]))
    )
    many = OF_CLAIM * len(topic.claims)
    kept = rng.sample(near[: 4 * many], min(many, len(near[: 4 * many])))
    for (a, of_a), (b, of_b) in kept + rng.sample(pairs, min(many // 4, len(pairs))):
        rival = any(frozenset((k, j)) in topic.rivals for k in of_a for j in of_b)
        yield a, b, "contradicts" if rival else "different"
