"""A report: its text with everything marked, who said what in it, its versions and copies, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onrecord.answer import Record
from onrecord.brief import words_at
from onrecord.marks import ACTS, Known, known_in, notes
from onrecord.model import Attribution, Found, Report, Span
from onrecord.results import Result, Version
from onrecord.store import CopyGroup, Reading, Said
from onrecord.store.claim_rows import Stance
from onrecord.store.corrected import corrected, corrected_attribution
from onrecord.store.redress_rows import Reply
from onrecord.store.review_rows import Review
from onrecord.web.drawing import Piece, paragraphs

VERSIONS = 12
ASIDE = 200


@dataclass(frozen=True, slots=True)
class Card:
    """One attribution beside the text, `number` from 1. `links`: the numbers of the attribution on whose word it comes
    and of the one it answers. `place`: bytes of the raw page that its contents stand at."""

    number: int
    said: Said
    name: str
    entity: str | None
    act: str | None
    notes: tuple[str, ...]
    within: int | None
    about: int | None
    claim: str | None
    stance: Stance | None
    beside: int
    place: tuple[int, int] | None
    at: str | None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the article: when, its headline, which attributions came, went or were altered since the one
    before, in words, and what it says of itself."""

    id: str
    published: str | None
    headline: str | None
    here: bool
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]
    altered: tuple[tuple[str, str], ...]
    notices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report. `facts`: what it is, each with where it was found and whether it was inferred. `aside`: parts that
    never entered the text, or were not recorded, with reasons. `engine`: what extracted it."""

    id: str
    headline: str
    url: str | None
    facts: tuple[tuple[str, str, str], ...]
    flags: tuple[str, ...]
    language: str | None
    lines: tuple[tuple[Piece, ...], ...]
    cards: tuple[Card, ...]
    aside: tuple[tuple[str, str], ...]
    aside_more: int
    versions: tuple[VersionLine, ...]
    copies: CopyGroup
    readings: tuple[Reading, ...]
    raw_sha256: str
    engine: str
    text: str
    replies: tuple[Reply, ...]


def report_page(record: Record, report_id: str) -> ReportPage:
    """Raises NotFound."""
    result = record.report(report_id)
    report = result.report
    every = (*report.set_aside, *result.set_aside)
    reviews = record.reviews(report.id)
    outside = [(p.reason, p.detail or _bytes(p.raw_start, p.raw_end)) for p in every if p.start is None]
    return ReportPage(
        report.id,
        report.headline.value if report.headline else "(no headline found)",
        _web(report.url),
        tuple(_facts(report)),
        report.flags,
        report.language.value if report.language else None,
        tuple(paragraphs(report, [_marked(a, report, reviews.get(a.id)) for a in result.attributions], every)),
        _cards(record, result, reviews),
        tuple(outside[:ASIDE]),
        max(0, len(outside) - ASIDE),
        _versions(record.versions(report.id), report.id),
        record.copies(report.id),
        tuple(record.readings(report.id)),
        report.raw_sha256,
        f"{result.run.engine} {result.run.version}",
        report.text,
        tuple(record.replies(report.id)),
    )


def _marked(attribution: Attribution, report: Report, review: Review | None) -> Attribution:
    """As it is marked in the text: as people have it."""
    return corrected_attribution(attribution, report.text, review)


def _cards(record: Record, result: Result, reviews: Mapping[str, Review]) -> tuple[Card, ...]:
    said = [corrected(each, result.report.text, reviews.get(each.id)) for each in result.said()]
    numbers = {each.id: k for k, each in enumerate(said, 1)}
    known = known_in(result, {each.id: each.within for each in said})
    stances = record.stances([each.id for each in said])
    entities = {a.id: a.meaning.entity for a in result.attributions}
    return tuple(_card(result.report, each, numbers, known[each.id], stances, entities[each.id]) for each in said)


def _card(
    report: Report,
    said: Said,
    numbers: dict[str, int],
    known: Known,
    stances: dict[str, tuple[str, Stance, int]],
    entity: str | None,
) -> Card:
    claim, stance, beside = stances.get(said.id, (None, None, 0))
    content = [(c.start, c.end) for c in said.content]
    first, last = min(start for start, _ in content), max(end for _, end in content)
    return Card(
        numbers[said.id],
        said,
        said.source_name or (said.source.text if said.source else "nobody named"),
        entity if said.source_kind not in ("unnamed", "collective") else None,
        ACTS.get(said.act or ""),
        tuple(note for note in notes(known) if note not in (said.source_name, ACTS.get(said.act or ""))),
        numbers.get(said.within or ""),
        numbers.get(said.about or ""),
        claim,
        stance,
        beside - 1 if beside else 0,
        report.raw_place(Span(first, last)),
        words_at(said),
    )


def _versions(versions: Sequence[Version], here: str) -> tuple[VersionLine, ...]:
    if len(versions) < 2:
        return ()
    before = [None, *versions[:-1]]
    return tuple(_version(v, b, here) for v, b in zip(versions, before, strict=True))[-VERSIONS:]


def _version(version: Version, before: Version | None, here: str) -> VersionLine:
    c, now = version.changes, version.result.report.text
    then = before.result.report.text if before else ""
    return VersionLine(
        version.head.id,
        version.head.published,
        version.head.headline,
        version.head.id == here,
        tuple(_words(a, now) for a in c.appeared) if c else (),
        tuple(_words(a, then) for a in c.vanished) if c else (),
        tuple((_words(x.before, then), _words(x.after, now)) for x in c.altered) if c else (),
        tuple((n.kind, n.span.of(now)) for n in version.notices),
    )


def _words(a: Attribution, text: str) -> str:
    who = f"{a.source.of(text)}: " if a.source else ""
    return who + " … ".join(span.of(text) for span in a.content)


def _facts(report: Report) -> list[tuple[str, str, str]]:
    named: list[tuple[str, Found | None]] = [
        ("Publisher", report.publisher),
        ("Published", report.published),
        *(("By", name) for name in report.byline),
        ("Language", report.language),
    ]
    return [(name, f.value, f"{f.where}{', inferred' if f.inferred else ''}") for name, f in named if f]


def _web(url: Found | None) -> str | None:
    return url.value if url and url.value.lower().startswith(("http://", "https://")) else None


def _bytes(start: int | None, end: int | None) -> str:
    return f"bytes {start}–{end} of the page" if start is not None and end is not None else ""
