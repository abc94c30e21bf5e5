"""Reports → attributions: runs an engine over reports in batches and checks its every span before anybody sees it.

What an engine proposes counts only when it lies on the text. What does not is set aside, with a reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from onrecord.engines.words import quotations
from onrecord.errors import EngineError
from onrecord.model import (
    Attribution,
    Entity,
    Extraction,
    Failure,
    Kind,
    Meaning,
    Proposal,
    Proposed,
    Report,
    Run,
    SetAside,
    Span,
)
from onrecord.resolve import standard

CHARACTERS_AT_ONCE = 400_000
"""Characters of text that go to an engine together: enough to fill its batches, little enough to stay small."""

LANGUAGES = ("en", "und")
"""Languages that are extracted from; of a text too short to tell, we try."""


class Engine(Protocol):
    """An interchangeable extractor: reports in, proposals out. It writes nothing anywhere."""

    @property
    def run(self) -> Run:
        """Name, version and settings, as recorded with every row."""
        ...

    def propose(self, reports: Sequence[Report]) -> Sequence[Proposed | Failure]:
        """For each report what is proposed of it, or why it could not be read."""
        ...


def extract_all(reports: Iterable[Report | Failure], engine: Engine) -> Iterator[Extraction | Failure]:
    """Every report with what was extracted from it, in order; failures pass through in their place."""
    waiting: list[Report | Failure] = []
    size = 0
    for report in reports:
        waiting.append(report)
        size += len(report.text) if isinstance(report, Report) else 0
        if size >= CHARACTERS_AT_ONCE:
            yield from _together(waiting, engine)
            waiting, size = [], 0
    yield from _together(waiting, engine)


def extract_one(report: Report, engine: Engine) -> Extraction:
    """One report with what was extracted from it. Raises EngineError where the engine could not read it."""
    if not _readable(report):
        return _unread(report, engine.run)
    proposed = engine.propose([report])[0]
    if isinstance(proposed, Failure):
        raise EngineError(proposed.reason, which=proposed.origin, advice=proposed.advice)
    return check(report, proposed, engine.run)


def _together(waiting: Sequence[Report | Failure], engine: Engine) -> Iterator[Extraction | Failure]:
    readable = [r for r in waiting if isinstance(r, Report) and _readable(r)]
    proposals = iter(engine.propose(readable) if readable else ())
    for item in waiting:
        if isinstance(item, Failure):
            yield item
        elif not _readable(item):
            yield _unread(item, engine.run)
        else:
            proposed = next(proposals)
            yield proposed if isinstance(proposed, Failure) else check(item, proposed, engine.run)


def _readable(report: Report) -> bool:
    return bool(report.text.strip()) and (report.language is None or report.language.value in LANGUAGES)


def _unread(report: Report, run: Run) -> Extraction:
    """A report that nothing was extracted from, with the reason."""
    reason = f"language: {report.language.value}" if report.language and report.text.strip() else "no text"
    return Extraction(report, (), run, (SetAside("extract", reason),))


def check(report: Report, proposed: Proposed, run: Run) -> Extraction:
    """Proposals → attributions in order of the text, each once; no span off the text or in what was set aside."""
    marks = [(a, b) for a, b, _, _ in quotations(report.text)] if proposed.attributions else []
    aside: list[SetAside] = []
    ids: dict[int, str] = {}
    kept: dict[str, tuple[Attribution, Proposal]] = {}
    for k, proposal in enumerate(proposed.attributions):
        reason = _fault(report, proposal)
        if reason:
            place = proposal.cue or (proposal.content[0] if proposal.content else None)
            aside.append(SetAside("extract", reason, place.start if place else None, place.end if place else None))
            continue
        content = tuple(sorted(proposal.content))
        kind = kind_of(report.text, content, marks)
        attribution = Attribution(report.id, proposal.source, proposal.cue, content, kind, proposal.score)
        ids[k] = attribution.id
        kept.setdefault(attribution.id, (attribution, proposal))
    speaking = {p.entity for p in proposed.attributions}
    named = ((k, standard(e, k in speaking)) for k, e in enumerate(proposed.entities))
    entities = {k: e for k, e in named if _lies_on(report.text, e.mentions)}
    found = [replace(a, meaning=_meaning(report.text, a.id, p, ids, entities)) for a, p in kept.values()]
    ordered = sorted(found, key=lambda a: (a.cue or a.content[0], a.content))
    return Extraction(report, tuple(ordered), run, tuple(aside), tuple(entities.values()))


def _meaning(
    text: str, own: str, proposal: Proposal, ids: Mapping[int, str], entities: Mapping[int, Entity]
) -> Meaning:
    """What was worked out of an attribution: other rows by their ids, no span off the text, nothing of itself."""
    meaning, mine = proposal.meaning, proposal.entity

    def on_text(span: Span | None) -> Span | None:
        return span if span and _lies_on(text, (span,)) else None

    def other(k: int | None) -> str | None:
        return None if k is None or ids.get(k) == own else ids.get(k)

    return replace(
        meaning,
        entity=entities[mine].id if mine is not None and mine in entities else None,
        candidates=tuple((entities[k].id, score) for k, score in proposal.candidates if k in entities),
        distance=tuple(s for s in meaning.distance if on_text(s)),
        evidence=tuple(e for e in meaning.evidence if on_text(e.span)),
        addressee=on_text(meaning.addressee),
        venue=on_text(meaning.venue),
        within=other(proposal.within),
        about=other(proposal.about),
    )


def _lies_on(text: str, spans: Iterable[Span]) -> bool:
    return all(s.end <= len(text) and not s.of(text).isspace() for s in spans)


def _fault(report: Report, proposal: Proposal) -> str | None:
    if not proposal.content:
        return "proposal: no content"
    if proposal.source is None and proposal.cue is None:
        return "proposal: neither source nor cue"
    if proposal.doubt:
        return f"proposal: {proposal.doubt}"
    if not 0 <= proposal.score <= 1:
        return "proposal: score outside 0 … 1"
    for span in proposal.spans:
        if span.end > len(report.text):
            return "proposal: span outside the text"
        if span.of(report.text).isspace():
            return "proposal: blank span"
        for part in report.set_aside:
            if part.start is not None and part.end is not None and span.overlaps(Span(part.start, part.end)):
                return f"proposal: inside {part.reason}"
    contents = sorted(proposal.content)
    if any(a.overlaps(b) for a, b in itertools.pairwise(contents)):
        return "proposal: overlapping contents"
    return None


def kind_of(text: str, content: Sequence[Span], marks: Sequence[tuple[int, int]]) -> Kind:
    """direct: all of the content stands inside quotation marks; indirect: none of it; mixed: some.

    `marks` are the text's quotations, `start, end`, marks included. Only letters and digits count.
    """
    inside = outside = False
    for span in content:
        quoted = [(max(a, span.start), min(b, span.end)) for a, b in marks if a < span.end and span.start < b]
        at = span.start
        for a, b in sorted(quoted):
            outside |= _has_words(text[at:a])
            inside |= _has_words(text[max(a, at) : b])
            at = max(at, b)
        outside |= _has_words(text[at : span.end])
    if inside:
        return "mixed" if outside else "direct"
    return "indirect"


def _has_words(part: str) -> bool:
    return any(c.isalnum() for c in part)
