"""Reports put together for the desk: every part is given by hand, so that any text can stand in any place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.model import (
    Act,
    Attribution,
    Entity,
    EntityKind,
    Evidence,
    Extraction,
    Failure,
    Found,
    Meaning,
    RawReport,
    Report,
    Run,
    SetAside,
    Span,
)
from onrecord.store import Store

RUN = Run("tiny", "1")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a report: who, by which verb, what, as what kind of source; `on`: the evidence, a part of `what`;
    `within` and `about`: the number of another line from 0."""

    who: str
    verb: str
    what: str
    kind: EntityKind = "person"
    act: Act | None = None
    role: str | None = None
    of: str | None = None
    on: str | None = None
    within: int | None = None
    about: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A report to be: what it says of itself, and its lines; `plain` stands between them, `aside` is set aside."""

    headline: str
    lines: Sequence[Line]
    publisher: str = "The Morning"
    day: str = "2031-05-01"
    url: str | None = None
    byline: tuple[str, ...] = ()
    plain: Sequence[str] = ()
    aside: Sequence[tuple[str, str]] = ()
    flags: tuple[str, ...] = ()
    language: str = "en"
    origin: str = ""
    run: Run = RUN
    delivered_by: str | None = None
    reason: str = "furniture: comment form"


class _Text:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, part: str) -> Span:
        start = self.length
        self.parts.append(part)
        self.length += len(part)
        return Span(start, self.length)


def extraction_of(made: Made) -> tuple[RawReport, Extraction]:
    """The report as an engine would have left it."""
    text = _Text()
    headline = text.add(made.headline)
    places: list[tuple[Span, Span, Span]] = []
    for line in made.lines:
        text.add("\n\n")
        source = text.add(line.who)
        text.add(" ")
        cue = text.add(line.verb)
        text.add(" ")
        places.append((source, cue, text.add(line.what)))
        text.add(".")
    for part in made.plain:
        text.add("\n\n" + part)
    text.add("\n\n")
    aside = [text.add("Post a comment on this report")] if made.reason else []
    whole = "".join(text.parts)
    data = whole.encode("utf-8", "surrogatepass")
    report = Report(
        whole,
        hashlib.sha256(data).hexdigest(),
        made.origin or f"{made.publisher}/{made.day}.txt",
        Found(made.url, "user") if made.url else None,
        Found(made.publisher, "og:site_name"),
        Found(made.headline, "text:first line"),
        headline,
        tuple(Found(name, "html:byline") for name in made.byline),
        Found(made.day, "user"),
        delivered_by=made.delivered_by,
        language=Found(made.language, "py3langid", True),
        set_aside=(
            *(SetAside("clean", made.reason, span.start, span.end) for span in aside),
            *(SetAside("clean", reason, detail=detail) for reason, detail in made.aside),
        ),
        flags=made.flags,
    )
    entities = _entities(report, made.lines, places)
    said = _attributions(report, made.lines, places, entities)
    raw = RawReport(data, "text", report.origin, delivered_by=made.delivered_by)
    return raw, Extraction(report, tuple(said), made.run, (), tuple(dict.fromkeys(entities)))


def _entities(report: Report, lines: Sequence[Line], places: Sequence[tuple[Span, Span, Span]]) -> list[Entity]:
    """Of each line its source; one wording of a source is one."""
    mentions: dict[str, list[Span]] = {}
    for line, (source, _, _) in zip(lines, places, strict=True):
        mentions.setdefault(line.who, []).append(source)
    firsts = {line.who: line for line in reversed(lines)}
    made = {
        who: Entity(
            report.id, firsts[who].name or who, firsts[who].kind, tuple(spans), firsts[who].role, firsts[who].of
        )
        for who, spans in mentions.items()
    }
    return [made[line.who] for line in lines]


def _attributions(
    report: Report, lines: Sequence[Line], places: Sequence[tuple[Span, Span, Span]], entities: Sequence[Entity]
) -> list[Attribution]:
    plain = [Attribution(report.id, source, cue, (content,), "indirect", 0.9) for source, cue, content in places]
    said = []
    for line, bare, entity in zip(lines, plain, entities, strict=True):
        content = bare.content[0]
        at = content.start + line.what.find(line.on) if line.on else 0
        meaning = Meaning(
            line.act,
            entity=entity.id,
            evidence=(Evidence(Span(at, at + len(line.on)), "document"),) if line.on else (),
            within=plain[line.within].id if line.within is not None else None,
            about=plain[line.about].id if line.about is not None else None,
        )
        said.append(Attribution(report.id, bare.source, bare.cue, bare.content, "indirect", 0.9, meaning))
    return said


def put(store: Store, made: Made) -> None:
    """Record one."""
    store.record(*extraction_of(made))


def fail(store: Store, origin: str, reason: str, advice: str | None = None) -> None:
    """Record that an input failed."""
    store.record_failure(Failure(origin, "read", reason, advice))
