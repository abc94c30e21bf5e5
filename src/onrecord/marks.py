"""What to mark in a report's text, whoever draws it; what is known of an attribution, in plain words; and how hostile
characters are made visible. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from onrecord.model import UNKNOWN, Attribution, Extraction, Report, SetAside, Span

Role = Literal["source", "cue", "content", "headline", "aside"]

NO_SOURCE = "(no source named)"
NO_CUE = "(no cue)"

ACTS: dict[str, str] = {
    "confirm": "confirms",
    "deny": "denies",
    "dismiss": "dismisses it",
    "decline": "declines to answer",
    "accuse": "accuses",
    "criticize": "criticizes",
    "praise": "praises",
    "request": "requests it",
    "warn": "warns",
    "commit": "commits to it",
    "expect": "expects it",
    "believe": "believes it",
    "ask": "asks",
    "decide": "decides",
}
"""What a source does by what it says; "assert" goes without saying."""

MODALITIES: dict[str, str] = {
    "negated": "says it is not so",
    "conditional": "says it on a condition",
    "hypothetical": "says it as a possibility",
}
"""How a source holds a content; "plain" goes without saying."""

NAMELESS: dict[str, str] = {"unnamed": "not named", "collective": "a group", "author": "the report's author"}
"""Of entities without a name of their own: what to call them."""

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
_BLANKS = re.compile(r"[ \t\n\u2028\u2029]+")


def on_whose_word(voices: Sequence[str | None]) -> str:
    """` (in the words of Kim, of the ministry)`: the voices around one that stands in others' contents, or nothing."""
    named = ", of ".join(one_line(voice) if voice else "somebody not named" for voice in voices)
    return f" (in the words of {named})" if voices else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an attribution beyond its spans, as text; None or empty: not worked out, or there is none.

    `words` is the source as written; `role` as people say it, "foreign minister of Russia". `unknown` is true where it
    was tried, and stayed open, who the source is. `within` and `about` are what the other attributions are called:
    numbers in a list. `on_word_of` is the source of the former.
    """

    words: str | None = None
    name: str | None = None
    kind: str | None = None
    role: str | None = None
    unknown: bool = False
    candidates: tuple[str, ...] = ()
    act: str | None = None
    modality: str | None = None
    distance: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    within: str | None = None
    on_word_of: str | None = None
    about: str | None = None
    addressee: str | None = None
    venue: str | None = None
    said_on: str | None = None
    times: tuple[tuple[str, str | None], ...] = ()


def notes(known: Known) -> list[str]:
    """What is known beyond the words, each in a few plain words, most telling first; visible, on one line."""
    told = [
        _who(known),
        ACTS.get(known.act or ""),
        MODALITIES.get(known.modality or ""),
        known.within and f"within {known.within}: on the word of {known.on_word_of or 'somebody not named'}",
        known.distance and f"reporter's distance: {', '.join(known.distance)}",
        *(f"on {kind.replace('_', ' ')}: {words}" for kind, words in known.evidence),
        known.about and f"answers {known.about}",
        known.addressee and f"to {known.addressee}",
        known.venue and f"where: {known.venue}",
        known.said_on and f"said on {known.said_on}",
        *(f"{words}: {value or 'unresolved'}" for words, value in known.times),
    ]
    return [one_line(each) for each in told if each]


def notes_line(known: Known) -> str:
    """`notes` on one line; empty where nothing is known."""
    return " · ".join(notes(known))


def role_of(role: str | None, of: str | None) -> str | None:
    """`foreign minister of Russia`."""
    return " of ".join(part for part in (role, of) if part) if role else of


def known_in(
    extraction: Extraction, within: Mapping[str, str | None], numbers: Mapping[str, str] | None = None
) -> dict[str, Known]:
    """What is known of each attribution of a report, by id.

    `within` says on which attribution's word each comes; `numbers` what they are called, else `1`, `2` … in order.
    """
    text = extraction.report.text
    entities = {entity.id: entity for entity in extraction.entities}
    said = {a.id: a for a in extraction.attributions}
    called = numbers if numbers is not None else {name: str(n) for n, name in enumerate(said, 1)}

    def name_of(a: Attribution | None) -> str | None:
        if a is None:
            return None
        entity = entities.get(a.meaning.entity or "")
        return entity.name if entity else a.source.of(text) if a.source else None

    def known(a: Attribution) -> Known:
        m, outer = a.meaning, within.get(a.id)
        entity = entities.get(m.entity or "")
        return Known(
            words=a.source.of(text) if a.source else None,
            name=entity.name if entity else None,
            kind=entity.kind if entity else None,
            role=role_of(entity.role, entity.of) if entity else None,
            unknown=entity is None and m != UNKNOWN,
            candidates=tuple(entities[e].name for e, _ in m.candidates if e in entities),
            act=m.act,
            modality=m.modality,
            distance=tuple(span.of(text) for span in m.distance),
            evidence=tuple((e.type, e.span.of(text)) for e in m.evidence),
            within=called.get(outer) if outer else None,
            on_word_of=name_of(said.get(outer)) if outer else None,
            about=called.get(m.about) if m.about else None,
            addressee=m.addressee.of(text) if m.addressee else None,
            venue=m.venue.of(text) if m.venue else None,
            said_on=m.said_on,
            times=tuple((w.span.of(text), w.value) for w in m.content_when),
        )

    return {name: known(a) for name, a in said.items()}


def _who(known: Known) -> str:
    """Who the source is, where its words do not say so themselves."""
    words = (known.words or "").casefold()
    if known.name and known.kind:
        name = "" if known.name.casefold() in words else known.name
        role = "" if known.role is None or known.role.casefold() in words else known.role
        if known.kind in NAMELESS:
            described = ", ".join(part for part in (name, role) if part)
            return NAMELESS[known.kind] + (f": {described}" if described else "")
        return ", ".join((known.name, role)) if role else name
    if known.candidates:
        return f"unknown; may be {' or '.join(known.candidates)}"
    return "unknown" if known.words and known.unknown else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start … end` of a text that are all marked alike.

    `ends` are the numbers (from 1) of the attributions of which a span ends here; `opens` and `closes` the roles whose
    span starts or ends with this piece; `reason` says why a set-aside part that ends here was set aside.
    """

    start: int
    end: int
    roles: frozenset[Role]
    opens: tuple[Role, ...] = ()
    closes: tuple[Role, ...] = ()
    ends: tuple[int, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Mark:
    span: Span
    role: Role
    number: int | None = None
    reason: str | None = None


def pieces(report: Report, attributions: Sequence[Attribution], set_aside: Iterable[SetAside] = ()) -> Iterator[Piece]:
    """The whole text of `report` cut where marking changes: the pieces put together are the text, always."""
    waiting = sorted(_marks(report, attributions, set_aside), key=lambda m: m.span, reverse=True)
    cuts = sorted({0, len(report.text), *(m.span.start for m in waiting), *(m.span.end for m in waiting)})
    here: list[_Mark] = []
    for start, end in pairwise(cuts):
        here = [m for m in here if m.span.end > start]
        while waiting and waiting[-1].span.start == start:
            here.append(waiting.pop())
        ending = [m for m in here if m.span.end == end]
        yield Piece(
            start,
            end,
            roles=frozenset(m.role for m in here),
            opens=_ordered(m for m in here if m.span.start == start),
            closes=_ordered(ending)[::-1],
            ends=tuple(sorted({m.number for m in ending if m.number is not None})),
            reason=next((m.reason for m in ending if m.reason), None),
        )


def visible(text: str) -> str:
    """`text` with every character that could steer a terminal or turn the reading order written out as `\\u202e`.

    Letters of every script, combining marks, joiners, tabs and line ends stay as they are.
    """
    return _HIDDEN.sub(lambda m: _written_out(m.group()), text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`visible`, on one line: runs of blanks and line ends become one blank."""
    return visible(_BLANKS.sub(" ", text).strip())


def _marks(report: Report, attributions: Sequence[Attribution], set_aside: Iterable[SetAside]) -> Iterator[_Mark]:
    if report.headline_span:
        yield _Mark(report.headline_span, "headline")
    for number, a in enumerate(attributions, 1):
        if a.source:
            yield _Mark(a.source, "source", number)
        if a.cue:
            yield _Mark(a.cue, "cue", number)
        for span in a.content:
            yield _Mark(span, "content", number)
    for part in set_aside:
        if part.start is not None and part.end is not None and part.start < part.end:
            yield _Mark(Span(part.start, part.end), "aside", reason=part.reason)


def _ordered(marks: Iterable[_Mark]) -> tuple[Role, ...]:
    """Roles outermost first: longer spans hold shorter ones."""
    return tuple(m.role for m in sorted(marks, key=lambda m: m.span.start - m.span.end))


def _written_out(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
