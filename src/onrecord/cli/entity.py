"""`onrecord entity`: who is who, and a person's word on it. Every change is a judgement that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.judging import By, Reason, signed, tell, why
from onrecord.cli.options import AsFormat, Db, opened
from onrecord.cli.talk import Format
from onrecord.errors import NotFound, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from onrecord.answer import Record
    from onrecord.store import Identity, Judgement

app = typer.Typer(name="entity", rich_markup_mode=None, no_args_is_help=True)

One = Annotated[str, typer.Argument(metavar="NAME|ID", help="A name that fits one only, or an id, or its beginning.")]
NAMED = 12
"""Members that `show` names on a terminal."""


@app.callback()
def entity() -> None:
    """Who is who over all reports: look, and correct it.

    What a person says stands above what any engine says, also when
    everything is read again. Every change can be undone.

    \b
    Examples:
      onrecord entity show "Tom Price"
      onrecord entity merge "Tom Price" "T. Price" --reason "same mayor"
    """


@app.command()
def show(name: One, format_: AsFormat = None, db: Db = None) -> None:
    """Print who that is: names in reports, role, how often quoted, why one.

    \b
    Example:
      onrecord entity show "Tom Price"
    """
    with opened(db) as record:
        found = record.entity(name)
        talk.put_rows([found], talk.chosen(format_), lambda _: _entity_lines(record, found))


@app.command()
def merge(a: One, b: One, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that two are one.

    \b
    Example:
      onrecord entity merge "Tom Price" "T. Price" --reason "same mayor"
    """
    with opened(db) as record:
        one, other = record.entity(a), record.entity(b)
        if one.id == other.id:
            talk.say(f"{_called(one)} is one already; nothing was changed.")
            return
        made = record.same(_id(one), _id(other), by=signed(by), reason=why(reason))
        tell(made, f"{_called(one)} and {_called(other)} are one from now on.", format_, "entity")


@app.command()
def split(a: One, b: One, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that two are not one, whatever an engine says.

    Two that are taken for one are told apart by the ids of their members:
    see entity show.

    \b
    Example:
      onrecord entity split 3fa9c1d2e4b5 77b01c9ad3f0 --reason "father and son"
    """
    with opened(db) as record:
        first, second = (_member(record, each) for each in (a, b))
        if first == second:
            advice = "Name two of its members by id: onrecord entity show ID lists them."
            raise NotFound("that is one entity.", which=f"{a}, {b}", advice=advice)
        made = record.different(first, second, by=signed(by), reason=why(reason))
        tell(made, f"{_short(first)} and {_short(second)} are two from now on.", format_, "entity")


@app.command()
def rename(
    id_: One,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    reason: Reason,
    by: By = "",
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Say what somebody is called. Reports stay as they are written.

    \b
    Example:
      onrecord entity rename 3fa9c1d2e4b5 "Thomas Price" --reason "full name"
    """
    with opened(db) as record:
        one = record.entity(id_)
        if not name.strip():
            raise UsageError("a name has letters.", which="NAME", advice='Such as "Thomas Price".')
        made = record.rename(_id(one), name, by=signed(by), reason=why(reason))
        tell(made, f"{_called(one)} is called {name.strip()} from now on.", format_, "entity")


@app.command()
def speaks(
    attribution: Annotated[str, typer.Argument(metavar="ATTRIBUTION", help="Its id, or the beginning of it.")],
    name: One,
    reason: Reason,
    by: By = "",
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Say whose words an attribution holds, where the engine was wrong or unsure.

    \b
    Example:
      onrecord entity speaks 5c02d6a1b7e9 "Tom Price" --reason "he is the mayor"
    """
    with opened(db) as record:
        one = record.entity(name)
        made = record.speaker(attribution, _id(one), by=signed(by), reason=why(reason))
        tell(made, f"These are words of {_called(one)} from now on.", format_, "entity")


@app.command()
def undo(
    judgement: Annotated[str, typer.Argument(metavar="JUDGEMENT", help="The id, or its beginning: see entity log.")],
    reason: Reason,
    by: By = "",
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """Take a judgement back; what it changed is as before.

    \b
    Example:
      onrecord entity undo 9a0c11d2e4b5 --reason "two people after all"
    """
    with opened(db) as record:
        withdrawal = record.undo(judgement, by=signed(by), reason=why(reason))
        if format_ in (Format.json, Format.jsonl):
            talk.put_object({"withdrawal": withdrawal}, format_)
        talk.say("Taken back; all is as before it.")


@app.command()
def log(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="Only of this one.")] = "",
    people: Annotated[bool, typer.Option("--people", help="Only what people said, not engines.")] = False,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """List who judged what about who is who, newest first.

    \b
    Example:
      onrecord entity log --people
    """
    with opened(db) as record:
        of = _id(record.entity(name)) if name else None
        standing = {j.id for j in record.judgements(of)}
        every = (j for j in reversed(record.judgements(of, withdrawn=True)) if _of_entities(j))
        rows = [j for j in every if not people or j.by_kind == "person"]
        talk.put_rows(rows, talk.chosen(format_), lambda _: (_judgement_line(j, j.id in standing) for j in rows))
        if not rows:
            talk.say("Nobody has judged who is who yet.")


def _of_entities(j: Judgement) -> bool:
    """Whether it says who is who, or who speaks."""
    return j.a.startswith("entity-") or j.b.startswith("entity-")


def _member(record: Record, name: str) -> str:
    """The member of that id, or the entity of that name. Raises NotFound."""
    one = record.entity(name)
    digits = name.removeprefix("entity-sha256-").lower()
    fitting = [m for m in one.members if digits and m.removeprefix("entity-sha256-").startswith(digits)]
    return fitting[0] if len(fitting) == 1 else _id(one)


def _id(one: Identity) -> str:
    """The id of somebody with a name, which `entity` gives."""
    return one.id or ""


def _short(entity_id: str) -> str:
    from onrecord.terminal import short

    return short(entity_id)


def _called(one: Identity) -> str:
    from onrecord.marks import one_line

    return f"{one_line(one.name)} ({_short(_id(one))})"


def _entity_lines(record: Record, one: Identity) -> Iterator[RenderableType]:
    from onrecord.marks import role_of
    from onrecord.terminal import counted, fact_line, often, plain_line

    yield fact_line("name", one.name)
    if role := role_of(one.role, one.of):
        yield fact_line("role", role)
    yield fact_line("kind", one.kind or "unknown")
    yield fact_line("quoted", f"{often(one.attributions)} in {counted(one.reports, 'report')}")
    yield fact_line("written as", ", ".join(one.names))
    if days := " to ".join(dict.fromkeys(day for day in (one.first, one.last) if day)):
        yield fact_line("published", days)
    yield fact_line("id", one.id or "")
    reasons = record.judgements(one.id)
    for j in sorted(reasons, key=lambda j: j.by_kind != "person")[:NAMED]:
        yield plain_line(f"  {_judged(j)}")
    if len(reasons) > NAMED:
        yield plain_line(f"  and {len(reasons) - NAMED} more: onrecord entity log {_short(one.id or '')}")


def _judged(j: Judgement) -> str:
    """What was judged, on which two, and why."""
    verbs = {"named": "is called", "speaker": "speaks in", "same": "is", "different": "is not"}
    about = verbs.get(j.relation, j.relation)
    a, b = (row.removeprefix("name:") if row.startswith("name:") else _short(row) for row in (j.a, j.b))
    if j.relation == "named" and j.b.startswith("entity-"):
        a, b = b, a
    if j.relation == "speaker" and j.a.startswith("attribution-"):
        a, b = b, a
    by = j.by if j.by_kind == "person" else f"engine, {100 * (j.score or 0):.0f} %"
    return f"{a} {about} {b} ({by}{': ' + j.reason if j.reason else ''})"


def _judgement_line(j: Judgement, standing: bool) -> RenderableType:
    from onrecord.terminal import plain_line

    undone = "" if standing else " · taken back"
    return plain_line(f"{j.at:%Y-%m-%d %H:%M} UTC · {_judged(j)}{undone} · undo {_short(j.id)}")
