"""How reports that belong together look on a terminal: copies of one text, versions of one article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from onrecord.link import Changes
from onrecord.marks import one_line
from onrecord.results import Result, Version
from onrecord.store.rows import CopyGroup
from onrecord.terminal import INDENT, Hanging, counted, dim, head_view, said_line, short


def copies_view(group: CopyGroup) -> RenderableType:
    """Reports of one text: how many, the agency they credit, each of them, earliest first, and why each is a copy."""
    said = f"One text in {counted(len(group.reports), 'report')}"
    if group.credited:
        said += f", credited to {', '.join(map(one_line, group.credited))}"
    lines: list[RenderableType] = [Text(said + "; earliest first:")]
    seen: set[str] = set()
    for head in group.reports:
        lines.append(head_view(head))
        for j in group.judgements:
            other = j.b if j.a == head.id else j.a
            if head.id in (j.a, j.b) and other in seen:
                by = f"{one_line(j.by)}: " if j.by_kind == "person" else ""
                relation = "like" if j.relation == "same" else "unlike"
                lines.append(dim(f"{INDENT}{relation} {short(other)}: {by}{one_line(j.reason or '')}"))
        seen.add(head.id)
    return Group(*lines, Text())


def versions_view(versions: Sequence[Version]) -> RenderableType:
    """Each version of an article, with what changed since the one before in the words of both."""
    lines: list[RenderableType] = []
    before: Result | None = None
    for version in versions:
        lines.append(head_view(version.head))
        text = version.result.report.text
        lines += [Hanging(Text(f"{n.kind}: {one_line(n.span.of(text))}"), INDENT, INDENT) for n in version.notices]
        if version.changes and before:
            lines += _changed(version.changes, before, version.result)
        lines.append(Text())
        before = version.result
    return Group(*lines)


def _changed(changes: Changes, before: Result, now: Result) -> Iterator[RenderableType]:
    old, new = ({said.id: said for said in each.said()} for each in (before, now))
    for each in changes.altered:
        yield Hanging(Text("- ", style="red").append_text(said_line(old[each.before.id])), INDENT, INDENT)
        yield Hanging(Text("+ ", style="green").append_text(said_line(new[each.after.id])), INDENT, INDENT)
        numbers = "; ".join(f"{one_line(a)} → {one_line(b)}" for a, b in each.numbers)
        yield dim(f"{INDENT}  altered: {', '.join(each.fields)}{f' ({numbers})' if numbers else ''}")
    for gone in changes.vanished:
        yield Hanging(Text("- ", style="red").append_text(said_line(old[gone.id])), INDENT, INDENT)
    for came in changes.appeared:
        yield Hanging(Text("+ ", style="green").append_text(said_line(new[came.id])), INDENT, INDENT)
    yield dim(f"{INDENT}{counted(changes.kept, 'attribution')} as before")


def also_in(group: CopyGroup) -> RenderableType:
    """Of a report, how many others reprint its text."""
    others = counted(len(group.reports) - 1, "other report")
    return dim(f"the same text as in {others} · copies {short(group.id)}")
