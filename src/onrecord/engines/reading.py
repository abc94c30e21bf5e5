"""From spans in words to what a report says: attributions with their meaning, and the entities behind their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from onrecord.engines.answers import Answers, telling_of
from onrecord.engines.dateline import anchor_of
from onrecord.engines.decode import Floats, Ints, Tagged, Vectors
from onrecord.engines.distance import distant
from onrecord.engines.evidence import evidence_in, owner_of
from onrecord.engines.hearsay import CITING, cited, completed, introduced, shorn, whose
from onrecord.engines.lexicon import ACTS
from onrecord.engines.mentions import AFTER_HEAD, NAME, PRONOUN, Mentions, base, head_in
from onrecord.engines.naming import Namer
from onrecord.engines.occasion import addressee_of, venue_in
from onrecord.engines.pairs import Pairs
from onrecord.engines.resolver import Resolved, Resolver, parted
from onrecord.engines.sense import MODALITIES, Around, Part, Sense, Senses, names_in
from onrecord.engines.sureness import Field, Sureness
from onrecord.engines.times import Anchor, said_on, times_in
from onrecord.engines.words import Words, quotations
from onrecord.model import Entity, Evidence, Meaning, Proposal, Proposed, Report, Span, When
from onrecord.voices import enclosing

ANSWER_SCORE = 0.2
"""An answer less sure than this is left out; chosen on the reports held out."""
KNOWN_SCORE = 0.6
"""A pronoun that leads to its entity less surely than this leaves the source unknown; chosen on the reports held out,
where two thirds of those between this and 0.4 are wrong."""
ACT_SCORE = 0.15
"""What a source does is left open where the likeliest act is less likely right than this."""
BELONGS_SCORE = 0.4
"""Evidence, an addressee or a venue less surely of an attribution than this is left out."""
_AHEAD = ("commit", "request", "expect", "warn")
"""Acts whose contents tell of what lies ahead."""
_FAR = 600
"""Characters a sentence may go on for."""
_QUOTES = frozenset("“\"‘'«„")
_STOP = re.compile(r"[.!?][”\"’')]*\s+")
STATEMENT_SCORE = 0.5
"""What is less surely a statement than this ("voted against", "was angry at") is set aside; chosen on the annotated
articles that are held out, which gain; PolNeAR's dev, which counts acts and feelings in, loses 0.2 points of F1."""

LIMITS = {
    "statement_score": STATEMENT_SCORE,
    "known_score": KNOWN_SCORE,
    "answer_score": ANSWER_SCORE,
    "belongs_score": BELONGS_SCORE,
    "act_score": ACT_SCORE,
}
RULES = 8
"""Version of the rules and of the tables that people write (cues, roles, phrases, times). It counts up with any of
them, so that a run is named by all that decides what it finds."""


class Reader:
    """The trained tables of everything beyond spans and links. `broad`: what is no statement is not set aside."""

    def __init__(self, tables: Mapping[str, Floats], answers: Answers, *, broad: bool = False) -> None:
        self._least = 0.0 if broad else STATEMENT_SCORE
        self._sense = Sense(tables)
        self._answers = answers
        self._resolver = Resolver(Pairs(tables, "resolver"))
        self._sureness = Sureness(tables)

    def read(
        self,
        report: Report,
        words: Words,
        vectors: Vectors,
        outer: Sequence[Part],
        inner: Sequence[Part],
        mentions: Sequence[Tagged],
        around: Sequence[Tagged],
    ) -> Proposed:
        """What a report says. vectors (n, hidden) of its words; mentions and around: spans of their layers.

        `outer` are attributions, `inner` those that may stand within their contents.
        """
        text = report.text
        sure = [k for k, p in enumerate(outer) if p.statement >= self._least]
        parts = completed(text, words, shorn(text, words, [*outer, *within([outer[k] for k in sure], inner)]))
        if not parts:
            return Proposed(())
        named = [(s.role, s.start, glued(text, words, s.end)) for s in mentions]
        spans = sources_too(text, words, [p.source for p in parts if p.source], named)
        resolved = self._resolver.resolve(text, words, vectors, spans, [(p.source, p.content) for p in parts])
        parts = whose(text, words, parts, resolved.mentions)
        outer_of = introduced(parts)
        for part, on in cited(text, words, parts, resolved.mentions):
            outer_of[len(parts)] = on
            parts.append(part)
        order = sorted(range(len(parts)), key=lambda k: parts[k].place)
        now = {k: at for at, k in enumerate(order)}
        parts, outer_of = [parts[k] for k in order], {now[k]: now[on] for k, on in outer_of.items()}
        senses = self._sense.senses(text, words, vectors, parts)
        heads = [head_of(text, words, resolved.mentions, p.source) if p.source else -1 for p in parts]
        resolved = parted(text, words, resolved, [(p.source, h) for p, h in zip(parts, heads, strict=True) if p.source])
        entities, place = _entities(report, words, resolved, senses, parts, heads)
        speaker = np.array([resolved.cluster_of[h] if h >= 0 else -1 for h in heads], np.int32)
        inside = _inside(parts)
        inside = np.array([outer_of.get(k, at) for k, at in enumerate(inside.tolist())], np.int32)
        m = resolved.mentions
        told_of = names_in(m.starts, m.ends, resolved.cluster_of, [p.content for p in parts])
        stated = [k for k, p in enumerate(parts) if p.statement >= self._least]
        telling = telling_of(text, words, parts, senses, inside, speaker, told_of, stated)
        answered = dict(zip(stated, zip(*self._answers.answers(telling), strict=True), strict=True))
        belonging = self._sense.belonging(vectors, [(s.role, s.start, s.end) for s in around], parts)
        found = []
        anchor = anchor_of(text, report.published.value if report.published else None)
        times = _Times(text, anchor)
        quoted = [(a, b) for a, b, _, _ in quotations(text)]
        resting = _resting(text, words, parts)
        for k, part in enumerate(parts):
            meaning = _meaning(text, words, k, part, senses, belonging, resolved.mentions, quoted, resting[k])
            proposal = _timed(text, _proposal(words, part, meaning, self._least), times)
            if heads[k] >= 0:
                proposal = _resolved(proposal, resolved, heads[k], place)
            other, sure_of = answered.get(k, (-1, 0.0))
            if sure_of >= ANSWER_SCORE:
                scores = (*proposal.meaning.scores, ("about", float(sure_of)))
                proposal = replace(proposal, about=stated[other], meaning=replace(proposal.meaning, scores=scores))
            found.append(_calibrated(replace(proposal, within=outer_of.get(k)), self._sureness))
        return Proposed(tuple(_told_elsewhere(found, text)), entities)


def _calibrated(proposal: Proposal, sureness: Sureness) -> Proposal:
    """With scores that mean something; an act that is less sure than any other is left open."""
    fields: Mapping[str, Field] = {"act": "act", "modality": "modality", "entity": "entity"}
    meaning = proposal.meaning
    scores = tuple((name, sureness.of(fields[name], p) if name in fields else p) for name, p in meaning.scores)
    act = meaning.act if dict(scores).get("act", 1.0) >= ACT_SCORE else None
    score = sureness.of("attribution", proposal.score)
    return replace(proposal, score=score, meaning=replace(meaning, act=act, scores=scores))


def _told_elsewhere(found: Sequence[Proposal], text: str) -> Iterator[Proposal]:
    """A "citing …" that is another attribution's evidence, or names its source, is no statement of its own."""
    evidence = [(k, e.span) for k, p in enumerate(found) for e in p.meaning.evidence]
    sources = [(k, p.source) for k, p in enumerate(found) if p.source and p.cue and p.cue.of(text).lower() in CITING]
    for k, p in enumerate(found):
        if p.cue and p.cue.of(text).lower() in CITING:
            rests = any(j != k and p.cue.overlaps(span) for j, span in evidence)
            names = any(j != k and any(c.overlaps(span) for c in p.content) for j, span in sources)
            if rests or names:
                p = replace(p, doubt="evidence or source of another")
        yield p


def within(outer: Sequence[Part], inner: Sequence[Part]) -> list[Part]:
    """Those of `inner` that lie in one span of an outer content."""
    every = [(k, _spans(p), [Span(*c) for c in p.content]) for k, p in enumerate(outer)]
    every += [(k, _spans(p), []) for k, p in enumerate(inner, len(outer))]
    inside = enclosing(every)
    return [p for k, p in enumerate(inner, len(outer)) if k in inside]


def _inside(parts: Sequence[Part]) -> Ints:
    around = enclosing([(k, _spans(p), [Span(*c) for c in p.content]) for k, p in enumerate(parts)])
    return np.array([around.get(k, -1) for k in range(len(parts))], np.int32)


def _spans(part: Part) -> list[Span]:
    return [Span(*p) for p in (part.source, part.cue, *part.content) if p]


def glued(text: str, words: Words, end: int) -> int:
    """Where a mention ends with what hangs on its last word: "Suk|-yeol", "Lens|.com"."""
    n = len(words)
    while end + 1 < n and text[words.starts[end]] in "-." and not words.features[end : end + 2, 1].any():
        if not text[words.starts[end + 1]].isalnum():
            break
        end += 2
    return end


def sources_too(
    text: str, words: Words, sources: Sequence[tuple[int, int]], mentions: Sequence[tuple[int, int, int]]
) -> list[tuple[int, int, int]]:
    """Mentions, and every source of which none was found that it is about.

    That is one of whose head none was found ("[two people] who know Foley"), or only a name in front of it ("a
    [White House] statement", "[NASA] scientist Ann Lee").
    """
    found = list(mentions)
    for start, end in sorted(set(sources)):
        first, last = _base(text, words, start, end)
        own = [s for s in found if s[1] < last and first < s[2]]
        if not own:
            found.append((0, first, last))
        elif all(b < last and words.features[b - 1, 0] in (1, 2, 3) for _, _, b in own):
            found = [s for s in found if s not in own] + [(0, min(first, own[0][1]), last)]
    return sorted(found, key=lambda s: s[1])


def _base(text: str, words: Words, start: int, end: int) -> tuple[int, int]:
    first, last = base([text[words.starts[k] : words.ends[k]] for k in range(start, end)])
    return start + first, start + last


def head_of(text: str, words: Words, m: Mentions, source: tuple[int, int]) -> int:
    """The mention that a source is about; -1: none.

    The name that it ends with ("chief of staff | Ann Lee"), or else the mention that its head ends, or else the first.
    """
    first = head_in(m, *source)
    start, last = _base(text, words, *source)
    inside = np.flatnonzero((m.starts >= source[0]) & (m.ends <= source[1]) & ~m.owns)
    if not len(inside) or (m.form[first] == NAME and m.starts[first] >= last):  # "the minister, Ann Lee"
        return first
    named = int(inside[-1])
    if m.ends[named] == source[1] and m.form[named] == NAME and m.kind[named] == 0 and m.starts[named] > last:
        between = [text[words.starts[k] : words.ends[k]].lower() for k in range(last, m.starts[named])]
        if not {",", "who", "which", "that", "whose"} & set(between) and between[-1] not in (
            *AFTER_HEAD,
            "'",
            "’",
            "s",
            "the",
        ):
            return named
    ending = inside[(m.ends[inside] == last) & (m.starts[inside] >= start - 1)]
    return int(ending[-1]) if len(ending) else first


def _entities(
    report: Report,
    words: Words,
    resolved: Resolved,
    senses: Senses,
    parts: Sequence[Part],
    heads: Sequence[int],
) -> tuple[tuple[Entity, ...], dict[int, int]]:
    """The clusters as entities, and the place of each cluster among them."""
    namer = Namer(report.id, report.text, words, resolved)
    kinds: dict[int, list[Floats]] = {}
    described: dict[int, Span] = {}
    for k, head in enumerate(heads):
        source = parts[k].source
        if head < 0 or source is None:
            continue
        at = int(resolved.cluster_of[head])
        if resolved.mentions.form[head] < PRONOUN:
            kinds.setdefault(at, []).append(senses.kinds[k])
            whole = Span(int(words.starts[source[0]]), int(words.ends[source[1] - 1]))
            former = described.get(at)
            if former is None or whole.end - whole.start > former.end - former.start:
                described[at] = whole
    found: list[Entity] = []
    place: dict[int, int] = {}
    for at, cluster in enumerate(resolved.clusters):
        if cluster.members:
            place[at] = len(found)
            mean = np.mean(kinds[at], axis=0) if at in kinds else None
            found.append(namer.entity(cluster, mean, described.get(at)))
    return tuple(found), place


def _resolved(proposal: Proposal, resolved: Resolved, head: int, place: Mapping[int, int]) -> Proposal:
    """The proposal with its source's entity, or with who it may be where that is not sure enough."""
    m, at = resolved.mentions, int(resolved.cluster_of[head])
    sure = float(resolved.sure[head])
    alone = len(resolved.clusters[at].members) == 1
    spoken = m.form[head] >= PRONOUN
    named = any(m.form[k] < PRONOUN for k in resolved.clusters[at].members)
    if spoken and (alone or not named or sure < KNOWN_SCORE):
        others = [(at, sure)] if named and not alone else []
        others += [(c, p) for c, p in resolved.others[head] if c in place]
        return replace(proposal, candidates=tuple((place[c], round(p, 4)) for c, p in others if p >= 0.05))
    scores = (*proposal.meaning.scores, ("entity", sure))
    return replace(proposal, entity=place[at], meaning=replace(proposal.meaning, scores=scores))


def _meaning(
    text: str,
    words: Words,
    k: int,
    part: Part,
    senses: Senses,
    belonging: Sequence[Around],
    m: Mentions,
    quoted: Sequence[tuple[int, int]],
    resting: Sequence[Evidence],
) -> Meaning:
    def span(start: int, end: int) -> Span:
        return Span(int(words.starts[start]), int(words.ends[end - 1]))

    act, modality = int(senses.acts[k].argmax()), int(senses.modalities[k].argmax())
    mine = sorted((a for a in belonging if a.part == k and a.score >= BELONGS_SCORE), key=lambda a: -a.score)
    one = {role: next((span(a.start, a.end) for a in mine if a.role == role), None) for role in (1, 2)}
    whole = span(*part.whole)
    cue = span(*part.cue) if part.cue else None
    source = span(*part.source) if part.source else None
    contents = [span(*c) for c in part.content]
    own = [(c.start, c.end) for c in contents]
    start, end = _sentence(text, whole)
    taken = [(s.start, s.end) for s in (cue, source, *contents) if s]
    place = venue_in(text, start, end, taken, taken[0] if cue else None)
    told = None
    if part.cue:
        near = slice(*np.searchsorted(m.starts, (part.cue[0] - 8, part.cue[1] + 12)).tolist())
        beside = [
            (int(words.starts[a]), int(words.ends[b - 1])) for a, b in zip(m.starts[near], m.ends[near], strict=True)
        ]
        told = addressee_of(text, taken[0], own, beside, taken[1] if part.source else None)
    own_source = (source.start, source.end) if source else None
    away = {Span(a, b) for a, b in distant(text, taken[0] if cue else None, own_source, own, quoted)}
    found = {e.span: e for e in resting}
    for a in mine:
        if a.role == 0 and a.type and not any(e.overlaps(span(a.start, a.end)) for e in found):
            found[span(a.start, a.end)] = Evidence(span(a.start, a.end), a.type)
    return Meaning(
        act=ACTS[act],
        modality=MODALITIES[modality],
        distance=tuple(sorted(away)),
        evidence=tuple(found[s] for s in sorted(found)),
        addressee=Span(*told) if told else one[1],
        venue=Span(*place) if place else one[2],
        scores=(("act", float(senses.acts[k, act])), ("modality", float(senses.modalities[k, modality]))),
    )


def _resting(text: str, words: Words, parts: Sequence[Part]) -> list[list[Evidence]]:
    """Of each attribution what set phrases say that it rests on, each with one of those in whose sentence it stands."""

    def span(pair: tuple[int, int]) -> tuple[int, int]:
        return int(words.starts[pair[0]]), int(words.ends[pair[1] - 1])

    sentences = [_sentence(text, Span(*span(p.whole))) for p in parts]
    places = [[span(x) for x in (p.source, p.cue) if x] or [span(p.whole)] for p in parts]
    for k, part in enumerate(parts):
        if part.cue and text[slice(*span(part.cue))].lower() in CITING:
            sentences[k] = (0, 0)
    out: list[list[Evidence]] = [[] for _ in parts]
    every = {e.span: e for start, end in sorted(set(sentences)) for e in evidence_in(text, start, end)}
    for e in every.values():
        owner = owner_of(e.span, sentences, places)
        if owner is not None:
            out[owner].append(e)
    return out


class _Times:
    """The times in the sentences of one text; several attributions stand in one."""

    def __init__(self, text: str, anchor: Anchor) -> None:
        self.anchor = anchor
        self._text = text
        self._found: dict[tuple[int, int], tuple[When, ...]] = {}

    def of(self, sentence: tuple[int, int]) -> tuple[When, ...]:
        """Those of characters `start … end`."""
        if sentence not in self._found:
            self._found[sentence] = times_in(self._text, *sentence, self.anchor)
        return self._found[sentence]


def _timed(text: str, proposal: Proposal, times: _Times) -> Proposal:
    """With the day it was said on, and the times in its content; "today" in a quotation is the day it was said on."""
    spans = proposal.spans
    whole = Span(min(s.start for s in spans), max(s.end for s in spans))
    outside = [(c.start, c.end) for c in proposal.content]
    said = said_on(times.of(_sentence(text, whole)), outside)
    anchor = times.anchor
    day = date.fromisoformat(said) if said else None
    own, told = (Anchor(day, day), Anchor(anchor.published, day)) if day else (anchor, anchor)
    ahead = proposal.meaning.act in _AHEAD
    whens = [
        when
        for c in proposal.content
        for when in times_in(text, c.start, c.end, own if text[c.start] in _QUOTES else told, ahead=ahead)
    ]
    return replace(proposal, meaning=replace(proposal.meaning, said_on=said, content_when=tuple(whens)))


def _sentence(text: str, whole: Span) -> tuple[int, int]:
    """From the start of the sentence in which an attribution begins to the end of the one in which it ends."""
    line = text.rfind("\n", max(0, whole.start - _FAR), whole.start) + 1 or max(0, whole.start - _FAR)
    opened = [match.end() for match in _STOP.finditer(text, line, whole.start)]
    end = text.find("\n", whole.end, whole.end + _FAR)
    end = min(len(text), whole.end + _FAR) if end < 0 else end
    stop = _STOP.search(text, max(whole.start, whole.end - 2), end)
    return opened[-1] if opened else line, stop.start() + 1 if stop else end


def _proposal(words: Words, part: Part, meaning: Meaning, least: float) -> Proposal:
    def span(pair: tuple[int, int] | None) -> Span | None:
        return Span(int(words.starts[pair[0]]), int(words.ends[pair[1] - 1])) if pair else None

    contents = tuple(s for c in part.content if (s := span(c)))
    doubt = "no statement" if part.cue and part.statement < least else None
    return Proposal(span(part.source), span(part.cue), contents, part.score, doubt, meaning)
