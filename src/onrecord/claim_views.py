"""How claims look on a terminal: who said, denied, in what, when. Plain words, and never a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from onrecord.claims import Claim, Comparison, History, News
from onrecord.marks import one_line
from onrecord.standing import Change, Side, Spoken, Standing, day, name_of
from onrecord.store.claim_rows import Position, Stance
from onrecord.store.redress_rows import Reply
from onrecord.store.rows import Judgement, Withdrawal
from onrecord.terminal import INDENT, STYLES, Hanging, counted, dim, said_line, short

SAYS: dict[Stance, str] = {
    "affirms": "said so",
    "denies": "denied it",
    "doubts": "doubted it",
    "declines": "declined to speak of it",
}
"""What somebody with a stance did, in the words of a report."""
MARK: dict[Stance, str] = {"affirms": "+", "denies": "-", "doubts": "?", "declines": "o"}
COLOUR: dict[Stance, str] = {"affirms": "green", "denies": "red", "doubts": "yellow", "declines": "dim"}
CAME = 4
"""Voices that a day of the timeline names."""
VOICES = 12
"""Voices of one stance that a view names."""


def claim_line(claim: Claim) -> RenderableType:
    """A claim in short: its words; how many voices on each side, in how many texts; since when; its id."""
    now = claim.standing()
    facts = [_count(side) for side in now.sides]
    texts = len({p.text for p in claim.positions})
    facts.append(counted(texts, "text"))
    facts += [span_of(claim), f"claim {short(claim.id)}"]
    mark = Text("disputed  ", style="bold red") if now.disputed else Text()
    line = mark.append(f"“{one_line(claim.wording)}”", style="bold not red")
    return Group(Hanging(line), Hanging(Text(" · ".join(f for f in facts if f), style="dim"), INDENT, INDENT))


@dataclass(frozen=True)
class claim_row:  # noqa: N801 - used as a function: a claim as a row of a spreadsheet
    """A claim as one flat row."""

    claim: Claim

    def to_dict(self) -> dict[str, Any]:
        """Its words, how it stands in numbers, and its id."""
        now = self.claim.standing()
        sides: dict[str, int] = {each.stance: len(each.voices) + len(each.unnamed) for each in now.sides}
        days = [d for d in map(day, self.claim.positions) if d]
        return {
            "claim": self.claim.wording,
            **{str(stance): sides.get(stance, 0) for stance in SAYS},
            "disputed": now.disputed,
            "confirmed": now.confirmed,
            "texts": len({p.text for p in self.claim.positions}),
            "reports": len({p.said.report.id for p in self.claim.positions}),
            "first": min(days, default=None),
            "last": max(days, default=None),
            "id": self.claim.id,
        }


def claim_view(claim: Claim, as_of: str | None = None) -> RenderableType:
    """How a claim stands: each side with its voices, what would confirm it, evidence, rivals, corrections, timeline."""
    now = claim.standing(as_of)
    lines: list[RenderableType] = [Hanging(Text(f"“{one_line(claim.wording)}”", style="bold"))]
    if as_of:
        lines.append(dim(f"as it stood on {as_of}"))
    for side in now.sides:
        lines += [Text(), *_side_view(side)]
    for stance in ("affirms", "denies"):
        if not now.side(stance):
            lines += [Text(), Text(f"Nobody on record {SAYS[stance]}.")]
    lines += [Text(), Hanging(Text("To call it confirmed: ", style="bold").append(_needed(now), style="not bold"))]
    if now.evidence:
        lines += [Text(), Text("On what evidence", style="bold")]
        lines += [
            Hanging(Text(f"{one_line(e.by)}: “{one_line(e.text)}” ({e.type.replace('_', ' ')})"), INDENT, INDENT * 2)
            for e in now.evidence
        ]
    if claim.contradicts:
        lines += [Text(), Text("Cannot both hold with", style="bold")]
        lines += [Hanging(Text(f"“{one_line(w)}” · claim {short(i)}"), INDENT, INDENT) for i, w in claim.contradicts]
    for top, body in claim.at_odds():
        where = one_line(top.said.report.headline or top.said.report.origin)
        told = f"In “{where}” the headline {top.stance} it, the text {body.stance} it."
        lines.append(Hanging(Text(told), "", INDENT))
    if claim.noticed:
        lines += [Text(), Text("The papers themselves", style="bold")]
        lines += [
            Hanging(Text(f"{n.kind}, {_paper(n.head.publisher)}: {one_line(n.text)}"), INDENT, INDENT * 2)
            for n in claim.noticed
        ]
    lines += reply_lines(claim.replies)
    lines += [Text(), Text("Over time", style="bold"), *_timeline(claim, as_of)]
    if now.undated:
        lines.append(dim(f"{counted(now.undated, 'position')} in reports without a day of publication"))
    lines.append(dim(f"claim {claim.id}"))
    return Group(*lines, Text())


def reply_lines(replies: Sequence[Reply]) -> list[RenderableType]:
    """What people concerned say to it, word for word, by whom and when."""
    if not replies:
        return []
    lines: list[RenderableType] = [Text(), Text("Replies of people concerned", style="bold")]
    for each in replies:
        lines.append(Hanging(Text(f"{one_line(each.name)}: “{one_line(each.text)}”"), INDENT, INDENT * 2))
        to = f"to the {each.target.split('-', 1)[0]} {short(each.target)}"
        lines.append(dim(f"{INDENT}{to} · {each.at:%Y-%m-%d} · reply {short(each.id)}"))
    return lines


def trail_lines(claim: Claim) -> Iterator[RenderableType]:
    """Each position's way back: what joins it, its report, the bytes."""
    yield Text("The way back", style="bold")
    for step in claim.trail():
        said = step.position.said
        yield Hanging(said_line(said), "", INDENT)
        for j in step.judgements:
            by = one_line(j.by) if j.by_kind == "person" else "engine"
            other = j.b if j.a == said.id else j.a
            yield dim(f"{INDENT}{j.relation} {short(other)}, by {by}: {one_line(j.reason or '')}")
        for reading in step.readings:
            yield dim(
                f"{INDENT}report {short(said.report.id)} · {one_line(reading.origin)} · sha256 {reading.raw_sha256}"
            )
    yield Text()


def comparison_view(found: Comparison, limit: int) -> RenderableType:
    """Two side by side, claim by claim."""
    lines: list[RenderableType] = []
    for each in found.claims[:limit]:
        mark = Text("differ  ", style="bold red") if each.differ else Text()
        lines.append(Hanging(mark.append(f"“{one_line(each.wording)}”", style="bold not red")))
        for name, held in ((found.one, each.one), (found.other, each.other)):
            lines.append(Hanging(Text(f"{one_line(name)}: {_held(held)}"), INDENT, INDENT * 2))
        lines.append(dim(f"{INDENT}claim {short(each.claim)}"))
    left = len(found.claims) - limit
    return Group(*lines, *([dim(f"and {counted(left, 'more claim')}: --limit")] if left > 0 else []))


def history_view(found: History) -> RenderableType:
    """What a voice said over time, line by line; its shifts; what of it cannot both hold."""
    lines: list[RenderableType] = [Text(one_line(found.name), style=STYLES["source"])]
    for line in found.lines:
        lines.append(Hanging(Text(f"{line.day or 'no date'}  ").append_text(_position(line.position)), "", INDENT))
        lines.append(dim(f"{INDENT}on “{one_line(line.wording)}” · claim {short(line.claim)}"))
    for shift in found.shifts:
        told = f"On {shift.day} it {SAYS[shift.stance]}; before, it {SAYS[shift.before or 'affirms']}."
        lines.append(Hanging(Text("shift  ", style="bold yellow").append(told, style="not bold default"), "", INDENT))
    for one, other in found.contradictions:
        both = (f"“{one_line(each.wording)}” ({each.day or 'no date'})" for each in (one, other))
        told = " and ".join(both)
        stances = f"{one.position.stance}, {other.position.stance}"
        lines.append(
            Hanging(Text("against itself  ", style="bold red").append(f"{told}: {stances}", style="not bold default"))
        )
    return Group(*lines, Text())


def news_view(each: News) -> RenderableType:
    """What is new on a claim."""
    mark = Text("disputed since  ", style="bold red") if each.disputed_since else Text()
    lines: list[RenderableType] = [Hanging(mark.append(f"“{one_line(each.wording)}”", style="bold not red"))]
    lines += [Hanging(Text(_change(c)), INDENT, INDENT * 2) for c in each.changes]
    return Group(*lines, dim(f"{INDENT}claim {short(each.claim)}"))


def span_of(claim: Claim) -> str:
    """From the first to the last day, or nothing."""
    days = sorted({d for d in map(day, claim.positions) if d})
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else ""


def spoken_line(voice: Spoken) -> str:
    """`Dara Quill said so, in The Morning, on 2031-05-12 (about herself)` without the verb."""
    where = ", ".join(one_line(p) for p in voice.publishers)
    days = " to ".join(dict.fromkeys(d for d in (voice.first, voice.last) if d))
    facts = [f"in {where}" if where else "", f"on {days}" if days else "on a day not known"]
    if voice.reports > 1:
        facts.append(f"{counted(voice.reports, 'report')}, {counted(voice.texts, 'text')}")
    if voice.own:
        facts.append("about itself")
    if voice.word_of:
        facts.append(f"in the words of {', '.join(map(one_line, voice.word_of))}")
    return ", ".join(f for f in facts if f)


def _needed(now: Standing) -> str:
    return one_line(now.needed)


def _count(side: Side) -> str:
    named, unnamed = len(side.voices), len(side.unnamed)
    voices = " and ".join(
        part for part in (counted(named, "voice") if named else "", f"{unnamed} unnamed" if unnamed else "") if part
    )
    return f"{voices} {SAYS[side.stance]}"


def _side_view(side: Side) -> Iterator[RenderableType]:
    total = f"{counted(side.texts, 'text')} in {counted(side.reports, 'report')}"
    title = Text(f"{MARK[side.stance]} {SAYS[side.stance].capitalize()}", style=f"bold {COLOUR[side.stance]}")
    yield title.append(f" — {total}", style="not bold default")
    every = [*side.voices, *side.unnamed]
    for voice in every[:VOICES]:
        line = Text(one_line(voice.name), style=STYLES["source"] if voice.named else "")
        line.append(f"{'' if voice.named else ' (no name)'}, {spoken_line(voice)}", style="not bold default")
        yield Hanging(line, INDENT, INDENT * 2)
        said = voice.positions[0].said
        quoted = " … ".join(one_line(c.text) for c in said.content).strip('“”"')
        yield Hanging(Text(f"“{quoted}” · show {short(said.id)}", style="dim"), INDENT * 2, INDENT * 2)
    if len(every) > VOICES:
        yield dim(f"{INDENT}and {counted(len(every) - VOICES, 'more voice')}: --format json")


def _timeline(claim: Claim, as_of: str | None) -> Iterator[RenderableType]:
    """One line a day: marks for what was said, then who came or changed sides."""
    days: dict[str, list[Position]] = {}
    for p in claim.positions:
        d = day(p)
        if d and (as_of is None or d <= as_of):
            days.setdefault(d, []).append(p)
    changes: dict[str, list[Change]] = {}
    for c in claim.standing(as_of).changes:
        changes.setdefault(c.day, []).append(c)
    for d in sorted(days):
        line = Text(f"{d} ")
        for p in days[d][:20]:
            line.append(MARK[p.stance], style=COLOUR[p.stance])
        new = changes.get(d, [])
        more = f"; and {len(new) - CAME} more" if len(new) > CAME else ""
        line.append("  " + "; ".join(_came(c) for c in new[:CAME]) + more, style="default")
        yield Hanging(line, INDENT, INDENT * 2)


def _came(change: Change) -> str:
    turned = f" (before: {SAYS[change.before]})" if change.before else ""
    return f"{one_line(change.name)} {SAYS[change.stance]}{turned}"


def _change(change: Change) -> str:
    return f"{change.day}: {_came(change)}"


def _position(position: Position) -> Text:
    return Text(f"{MARK[position.stance]} ", style=COLOUR[position.stance]).append_text(said_line(position.said))


def _held(held: tuple[Position, ...]) -> str:
    if not held:
        return "nothing on record"
    voices = dict.fromkeys(f"{one_line(name_of(p))} {SAYS[p.stance]}" for p in held)
    return "; ".join(voices)


def _paper(publisher: str | None) -> str:
    return one_line(publisher) if publisher else "a report"


def judgement_line(j: Judgement, taken_back: Withdrawal | None) -> RenderableType:
    """Who judged what of which rows, when and why; and whether it was taken back."""
    rows = " and ".join(one_line(row) if ":" in row else f"{row.split('-', 1)[0]} {short(row)}" for row in (j.a, j.b))
    line = Text(f"{j.at:%Y-%m-%d %H:%M} {one_line(j.by)}: ").append(j.relation, style="bold")
    line.append(f" {rows}: {one_line(j.reason or '')}")
    if taken_back:
        line.append(f" (taken back on {taken_back.at:%Y-%m-%d} by {one_line(taken_back.by)})", style="dim")
    return Group(Hanging(line, "", INDENT), dim(f"{INDENT}judgement {short(j.id)}"))
