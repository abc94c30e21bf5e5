"""How reports and answers look on a terminal: short lines, plain words, never by colour alone.

On a terminal sources are bold, cues in italics, contents underlined; where there is no styling, `*source*`,
`/cue/` and `_content_`. The number behind a mark is that of the attribution in the list below the text; what was worked
out of it stands below its words, in words of ours (`marks.notes`). Text is never read as markup, and characters that
could steer the terminal are written out (`marks.visible`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.text import Text

from onrecord.doctor import Check
from onrecord.flat import BETWEEN, said_in
from onrecord.marks import (
    NO_CUE,
    NO_SOURCE,
    Known,
    Piece,
    Role,
    known_in,
    notes,
    notes_line,
    on_whose_word,
    one_line,
    pieces,
    role_of,
    visible,
)
from onrecord.model import Extraction, Failure, Found, Report, SetAside, Span
from onrecord.store.rows import Head, Hit, Identity, Reading, Said, Source

STYLES: dict[Role, str] = {
    "source": "bold cyan",
    "cue": "italic yellow",
    "content": "underline green",
    "headline": "bold",
    "aside": "dim not bold not underline",
}
SIGNS: dict[Role, str] = {"source": "*", "cue": "/", "content": "_", "headline": "", "aside": "~"}
INDENT = "    "
NARROWEST = 20
"""Columns that words get at least; in a narrower terminal, indentation gives way."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """A text wrapped to the width at hand, its first line after `first`, the others after `rest`; nothing padded."""

    text: Text
    first: str = ""
    rest: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Wrapped and indented lines."""
        room = max(0, options.max_width - NARROWEST)
        first = self.first if self.first.strip() else self.first[:room]
        rest = self.rest[:room]
        width = max(1, options.max_width - max(len(first), len(rest)))
        for k, line in enumerate(self.text.wrap(console, width)):
            line.rstrip()
            yield Text(rest if k else first) + line if line.plain else Text()


def report_view(extraction: Extraction, *, styled: bool = True) -> RenderableType:
    """A whole report: what it is, its text with everything marked, who said what, who they are, what was set aside."""
    set_aside = (*extraction.report.set_aside, *extraction.set_aside)
    count = len(extraction.attributions)
    nobody = Text("OnRecord found nobody quoted or reported here.")
    said = list(said_in(extraction))
    known = known_in(extraction, {each.id: each.within for each in said})
    return Group(
        *header(extraction.report),
        Text(),
        Hanging(_trimmed(marked_text(extraction, styled=styled)), "  ", "  "),
        Text(),
        Text(f"{count} attribution{'' if count == 1 else 's'}", style="bold") if count else nobody,
        *([Hanging(legend(styled=styled))] if count else []),
        *(said_view(each, number, known[each.id]) for number, each in enumerate(said, 1)),
        *_quoted_view(extraction),
        *_aside_view(set_aside),
    )


def header(report: Report) -> list[RenderableType]:
    """Headline; then publisher, date, byline and language on one line; then where it was read."""
    title = one_line(report.headline.value) if report.headline else "(no headline found)"
    facts = [
        _fact(report.publisher),
        _fact(report.published),
        ("by " + ", ".join(one_line(b.value) for b in report.byline)) if report.byline else "",
        "" if _value(report.language) in ("", "en", "und") else f"language: {_fact(report.language)}",
        *(one_line(flag) for flag in report.flags),
    ]
    known = " · ".join(fact for fact in facts if fact)
    where = one_line(_value(report.url) or report.origin)
    return [
        Hanging(Text(title, style="bold")),
        *([Hanging(Text(known))] if known else []),
        Hanging(Text(where, style="dim")),
    ]


def marked_text(extraction: Extraction, *, styled: bool = True, within: Span | None = None) -> Text:
    """The report's text, or a part, with source, cue, content and set-aside parts marked, each mark with its number."""
    report = extraction.report
    text = Text()
    for piece in pieces(report, extraction.attributions, (*report.set_aside, *extraction.set_aside)):
        if within is None or (piece.start < within.end and within.start < piece.end):
            _append(text, piece, report.text, styled, within)
    return text


def legend(*, styled: bool = True) -> Text:
    """How to read the marks, one line."""
    text = Text("marked: ")
    roles: tuple[Role, ...] = ("source", "cue", "content")
    for role in roles:
        sign = "" if styled else SIGNS[role]
        text.append(f"{sign}{role}{sign}", style=STYLES[role] if styled else "").append(" ")
    return text.append("[number]", style="dim")


def said_view(said: Said, number: int, known: Known) -> RenderableType:
    """SOURCE — cue — content; below it what is known of it, and the kind, the characters and how sure the engine is."""
    trail = Text(f"{said.kind} · {trail_of(said)} · score {said.score:.2f}", style="dim")
    line = Hanging(said_line(said, voices=False), f"{number:>3} ", INDENT)
    return Group(line, *_notes(known), Hanging(trail, INDENT, INDENT))


def trail_view(extraction: Extraction, said: Said, *, styled: bool = True) -> RenderableType:
    """One attribution in the paragraphs where it stands, and which characters of which report it is."""
    report = extraction.report
    only = replace(extraction, attributions=tuple(a for a in extraction.attributions if a.id == said.id))
    shown = {a.id: f"another (show {short(a.id)})" for a in extraction.attributions}
    known = known_in(extraction, {said.id: said.within}, shown)
    passage = Hanging(marked_text(only, styled=styled, within=_paragraphs(said, report.text)), "  ", "  ")
    facts = [
        f"{said.kind} · score {said.score:.2f}",
        trail_of(said),
        f"of {report.id}",
        said.id,
    ]
    return Group(
        *header(report),
        Text(),
        Hanging(said_line(said), "", INDENT),
        *(Hanging(Text(note), INDENT, INDENT) for note in notes(known.get(said.id, Known()))),
        Text(),
        passage,
        Text(),
        *map(dim, facts),
    )


def readings_view(readings: Iterable[Reading]) -> RenderableType:
    """Where a report was read, when, and from which bytes."""
    lines = []
    for reading in readings:
        bytes_ = f"raw bytes sha256 {reading.raw_sha256}"
        lines.append(dim(f"read from {one_line(reading.origin)} on {reading.read:%Y-%m-%d %H:%M} UTC · {bytes_}"))
    return Group(*lines)


def said_line(said: Said, *, voices: bool = True) -> Text:
    """SOURCE — cue — content on one line, and with `voices` on whose word it comes."""
    line = _source(said)
    line.append(" — ").append(one_line(said.cue.text) if said.cue else NO_CUE, style=STYLES["cue"])
    line.append(" — ").append(BETWEEN.join(one_line(c.text) for c in said.content))
    line.append(_reviewed(said), style="dim")
    return line.append(on_whose_word(said.voices), style="dim") if voices else line


def _reviewed(said: Said) -> str:
    """That a person rejected or corrected it; nothing where nobody did."""
    review = said.review
    if not review or (review.verdict == "right" and not review.was):
        return ""
    what = "rejected" if review.verdict == "wrong" else "corrected"
    return f" [{what} by {one_line(review.by)}{': ' if review.reason else ''}{one_line(review.reason or '')}]"


def trail_of(said: Said) -> str:
    """Which characters of the report: `characters 0-6 source, 7-13 cue, 14-90 content`."""
    quotes = [(quote, name) for quote, name in ((said.source, "source"), (said.cue, "cue")) if quote]
    quotes += [(quote, "content") for quote in said.content]
    places = sorted((quote.start, quote.end, name) for quote, name in quotes)
    return "characters " + ", ".join(f"{start}-{end} {name}" for start, end, name in places)


def _source(said: Said) -> Text:
    """The source as written, and the name it leads to where its own words don't have it: "she (Ann Reyes)"."""
    written = one_line(said.source.text) if said.source else NO_SOURCE
    line = Text().append(written, style=STYLES["source"])
    name = said.entity_name or said.source_name
    if name and name.lower() not in written.lower():
        line.append(f" ({one_line(name)})", style="not bold default")
    return line


def said_list(said: Iterable[Said]) -> Iterator[RenderableType]:
    """Attributions under the report they stand in, in the order of its text, one blank line between reports."""
    for report, group in groupby(said, key=lambda each: each.report):
        yield head_view(report)
        for each in sorted(group, key=_place):
            yield Hanging(said_line(each), INDENT, INDENT)
            yield _trail(each)
        yield Text()


def hit_list(hits: Iterable[Hit]) -> Iterator[RenderableType]:
    """Answers to a search under the report they stand in, in the order of its text, the words asked for marked."""
    for report, group in groupby(hits, key=lambda hit: hit.report):
        yield head_view(report)
        for hit in sorted(group, key=lambda hit: _place(hit.said) if hit.said else 0):
            yield Hanging(_hit_line(hit), INDENT, INDENT)
            if hit.said:
                yield _trail(hit.said)
        yield Text()


def head_view(report: Head) -> RenderableType:
    """A report in two lines: its headline; publisher, date, and the short id that `onrecord show` takes."""
    title = one_line(report.headline or report.origin)
    facts = [report.publisher, report.published, f"show {short(report.id)}"]
    line = Text(" · ".join(one_line(fact) for fact in facts if fact), style="dim")
    return Group(Hanging(Text(title, style="bold")), Hanging(line))


def source_line(source: Source) -> RenderableType:
    """A source with how often, in how many reports, when and where it is quoted."""
    days = " to ".join(dict.fromkeys(one_line(day) for day in (source.first, source.last) if day))
    counts = f"{counted(source.attributions, 'attribution')} in {counted(source.reports, 'report')}"
    facts = [counts, days, ", ".join(one_line(p) for p in source.publishers)]
    line = Text(one_line(source.name), style=STYLES["source"])
    return Hanging(line.append(" — " + " · ".join(f for f in facts if f), style="not bold default"), "", INDENT)


def entity_line(one: Identity) -> RenderableType:
    """Somebody who is quoted: kind, how often, in how many reports, when; other names; the short id."""
    days = " to ".join(dict.fromkeys(one_line(day) for day in (one.first, one.last) if day))
    counts = f"{counted(one.attributions, 'attribution')} in {counted(one.reports, 'report')}"
    others = ", ".join(one_line(n) for n in one.names if n != one.name)
    facts = [one.kind or "not led to anybody", counts, days, f"also {others}" if others else ""]
    facts.append(f"entity {short(one.id)}" if one.id else "")
    line = Text(one_line(one.name), style=STYLES["source"])
    return Hanging(line.append(" — " + " · ".join(f for f in facts if f), style="not bold default"), "", INDENT)


def short(content_id: str) -> str:
    """The first 12 hex digits of an id: enough to name a row on the command line."""
    return content_id.rsplit("-", 1)[-1][:12]


def console(*, stderr: bool = False) -> Console:
    """A console that reads no markup in text; colour as the terminal, NO_COLOR and FORCE_COLOR say."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def counter() -> Progress:
    """How far a long reading is, on stderr, gone when it ends."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=console(stderr=True), transient=True)


def rule() -> RenderableType:
    """A line between two reports."""
    return Group(Text(), Rule(style="dim"), Text())


def failure_line(failure: Failure) -> str:
    """What, which, what to do: one line."""
    return one_line(" ".join(part for part in (f"{failure.origin}: {failure.reason}", failure.advice) if part))


def plain_line(text: str) -> RenderableType:
    """Any one fact on a line."""
    return Hanging(Text(one_line(text)), "", INDENT)


def fact_line(name: str, value: str) -> RenderableType:
    """A name and its value."""
    return Hanging(Text(f"{name:<13}", style="bold").append(one_line(value), style="not bold"), "", INDENT)


def check_line(check: Check) -> RenderableType:
    """One line of `onrecord doctor`."""
    line = Text("ok    " if check.ok else "wrong ", style="green" if check.ok else "bold red")
    line.append(f"{check.name}: {one_line(check.value)}", style="not bold default")
    return Hanging(line.append(f" {check.advice}" if check.advice else "", style="bold default"), "", INDENT)


def _notes(known: Known) -> list[RenderableType]:
    """The quiet line of what is known of an attribution, where anything is."""
    line = notes_line(known)
    return [Hanging(Text(line), INDENT, INDENT)] if line else []


def _quoted_view(extraction: Extraction) -> list[RenderableType]:
    """Who the sources are: name, kind, role, how often mentioned and quoted; in order of their first words."""
    quoted = Counter(a.meaning.entity for a in extraction.attributions if a.meaning.entity)
    entities = {entity.id: entity for entity in extraction.entities}
    lines = []
    for name, times in quoted.items():
        if entity := entities.get(name):
            line = Text(one_line(entity.name), style=STYLES["source"])
            role = role_of(entity.role, entity.of)
            facts = [entity.kind, one_line(role) if role else ""]
            facts += [counted(len(entity.mentions), "mention"), f"quoted {often(times)}"]
            line.append(" — " + " · ".join(f for f in facts if f), style="not bold default")
            lines.append(Hanging(line, INDENT, INDENT * 2))
    return [Text(), Text("Who is quoted", style="bold"), *lines] if lines else []


def _append(text: Text, piece: Piece, whole: str, styled: bool, within: Span | None) -> None:
    start, end = (max(piece.start, within.start), min(piece.end, within.end)) if within else (piece.start, piece.end)
    words = visible(whole[start:end])
    number = f"[{','.join(map(str, piece.ends))}]" if piece.ends else ""
    reason = f" [set aside: {one_line(piece.reason)}]" if piece.reason else ""
    if styled:
        text.append(words, style=_style(piece.roles)).append(number + reason, style="dim")
    else:
        opens = "".join(SIGNS[r] for r in piece.opens)
        closes = "".join(SIGNS[r] for r in piece.closes)
        text.append(f"{opens}{words}{closes}{number}{reason}")


def _trimmed(text: Text) -> Text:
    """Without blank lines at the end."""
    text.rstrip()
    return text


def _style(roles: frozenset[Role]) -> str:
    """Inner roles last, so that a source inside a content has the source's colour and keeps the underline."""
    return " ".join(STYLES[r] for r in ("headline", "content", "cue", "source", "aside") if r in roles)


def _trail(said: Said) -> RenderableType:
    """The line below an attribution in a list: its kind, its characters, the id that `onrecord show` takes."""
    return Hanging(Text(f"{said.kind} · {trail_of(said)} · show {short(said.id)}", style="dim"), INDENT, INDENT)


def _place(said: Said) -> int:
    """Where in the text an attribution begins."""
    return min(quote.start for quote in (said.source, said.cue, *said.content) if quote)


def _paragraphs(said: Said, text: str) -> Span:
    """From the start of the paragraph where the attribution starts to the end of that where it ends."""
    quotes = [quote for quote in (said.source, said.cue, *said.content) if quote]
    first, last = min(q.start for q in quotes), max(q.end for q in quotes)
    end = text.find("\n", last)
    return Span(text.rfind("\n", 0, first) + 1, end if end >= 0 else len(text))


def dim(text: str) -> RenderableType:
    return Hanging(Text(text, style="dim"), "", INDENT)


def _hit_line(hit: Hit) -> Text:
    line = Text()
    if hit.said:
        line.append_text(_source(hit.said))
        line.append(" — ").append(one_line(hit.said.cue.text) if hit.said.cue else NO_CUE, style=STYLES["cue"])
        line.append(" — ")
    at = 0
    for mark in hit.marks:
        line.append(_kept(hit.snippet[at : mark.start]))
        line.append(_kept(hit.snippet[mark.start : mark.end]), style="bold reverse")
        at = mark.end
    line.append(_kept(hit.snippet[at:]))
    return line.append(_reviewed(hit.said) + on_whose_word(hit.said.voices), style="dim") if hit.said else line


def _kept(text: str) -> str:
    """Visible, line ends as blanks; blanks at the ends stay, because the piece goes on in the next."""
    return visible(text.replace("\r\n", " ").replace("\n", " "))


def _aside_view(set_aside: Iterable[SetAside]) -> list[RenderableType]:
    places = {(one_line(p.reason), p.start, p.end, p.raw_start, p.raw_end) for p in set_aside}
    reasons = Counter(reason for reason, *_ in sorted(places, key=str))
    if not reasons:
        return []
    listed = ", ".join(f"{reason} ({n})" if n > 1 else reason for reason, n in reasons.items())
    return [Text(), Hanging(Text(f"Set aside: {listed}", style="dim"), "", INDENT)]


def often(n: int) -> str:
    """Once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def counted(n: int, what: str) -> str:
    """1 report, 2 reports."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _fact(found: Found | None) -> str:
    if found is None:
        return ""
    return one_line(found.value) + (" (inferred)" if found.inferred else "")


def _value(found: Found | None) -> str:
    return found.value if found else ""
