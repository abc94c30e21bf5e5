"""`onrecord entity`: who is who, and a person's word on it. Every change is a judgement that can be undone."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Protocol, cast

import typer

from onrecord.cli import talk
from onrecord.cli.options import AsFormat, Db, Limit, opened
from onrecord.cli.talk import Format
from onrecord.errors import NotFound, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import RenderableType

    from onrecord.store.rows import Page, Relation


class EntityRow(Protocol):
    """Whom mentions in any reports lead to: what the record tells of them."""

    id: str
    name: str
    kind: str
    role: str | None
    of: str | None
    names: tuple[str, ...]
    attributions: int
    first: str | None
    last: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        ...


class JudgementRow(Protocol):
    """Who judged what, and whether it still counts."""

    id: str
    a: str
    b: str
    relation: Relation
    by: str
    at: datetime
    reason: str | None
    withdrawn: bool

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        ...


class Entities(Protocol):
    """What these commands ask of a record."""

    def entities(self, name: str, *, limit: int) -> Page[EntityRow]:
        """Those of that name, or the one of that id."""
        ...

    def judge_entities(self, a: str, b: str, relation: Relation, *, by: str, reason: str) -> str:
        """A person's judgement; its id."""
        ...

    def rename_entity(self, entity_id: str, name: str, *, by: str, reason: str) -> str:
        """A person's name for an entity; the id of that judgement."""
        ...

    def undo(self, judgement_id: str, *, by: str, reason: str) -> str:
        """Withdraw a judgement; the id of the withdrawal."""
        ...

    def entity_log(self, entity_id: str | None, *, limit: int) -> Page[JudgementRow]:
        """Judgements on who is who, newest first."""
        ...


LISTED = 20
"""Entities named where a name fits several."""

app = typer.Typer(name="entity", rich_markup_mode=None, no_args_is_help=True)

One = Annotated[str, typer.Argument(metavar="NAME|ID", help="A name that fits one only, or an id, or its beginning.")]
Reason = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; kept with it.", show_default=False)]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so; else your login name.")]


@app.callback()
def entity() -> None:
    """Who is who: look, and correct it.

    What a person says stands above what any engine says, also when
    everything is read again. Every change can be undone.

    \b
    Examples:
      onrecord entity show "Tom Price"
      onrecord entity merge "Tom Price" "T. Price" --reason "same mayor"
    """


@app.command()
def show(name: One, format_: AsFormat = None, db: Db = None) -> None:
    """Print who that is: the names as reports write them, roles, how often quoted.

    \b
    Example:
      onrecord entity show "Tom Price"
    """
    with _asked(db) as record:
        found = _one(record, name)
        talk.put_rows([found], talk.chosen(format_), lambda _: _entity_lines(found))


@app.command()
def merge(a: One, b: One, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that two are one.

    \b
    Example:
      onrecord entity merge "Tom Price" "T. Price" --reason "same mayor"
    """
    _judge(db, a, b, "same", reason, by, format_)


@app.command()
def split(a: One, b: One, reason: Reason, by: By = "", format_: AsFormat = None, db: Db = None) -> None:
    """Say that two are not one, whatever an engine says.

    \b
    Example:
      onrecord entity split 3fa9c1d2e4b5 77b01c9ad3f0 --reason "father and son"
    """
    _judge(db, a, b, "different", reason, by, format_)


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
    with _asked(db) as record:
        one = _one(record, id_)
        judgement = record.rename_entity(one.id, name, by=_by(by), reason=_why(reason))
        _tell(judgement, f"{one.name} is called {name} from now on.", format_)


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
    with _asked(db) as record:
        withdrawal = record.undo(judgement, by=_by(by), reason=_why(reason))
        _tell(withdrawal, "Taken back; all is as before it.", format_)


@app.command()
def log(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="Only of this one.")] = "",
    limit: Limit = 50,
    format_: AsFormat = None,
    db: Db = None,
) -> None:
    """List who judged what about who is who, newest first.

    \b
    Example:
      onrecord entity log
    """
    with _asked(db) as record:
        rows = record.entity_log(_one(record, name).id if name else None, limit=limit)
        talk.put_rows(rows, talk.chosen(format_), lambda _: map(_judgement_line, rows))
        if not rows.items:
            talk.say("Nobody has judged who is who yet.")


@contextmanager
def _asked(db: str | None) -> Iterator[Entities]:
    with opened(db) as record:
        yield cast("Entities", record)


def _judge(db: str | None, a: str, b: str, relation: Relation, reason: str, by: str, format_: Format | None) -> None:
    with _asked(db) as record:
        one, other = _one(record, a), _one(record, b)
        if relation == "same" and one.id == other.id:
            talk.say(f"{_called(one)} is one already; nothing was changed.")
            return
        first, second = one.id, other.id
        if first == second:  # any member's id leads to its entity, so two of one entity are told apart by theirs
            first, second = a, b
            if a == b or not (a.startswith("entity-") and b.startswith("entity-")):
                raise NotFound("that is one entity.", which=f"{a}, {b}", advice="Name two of its members by full id.")
        judgement = record.judge_entities(first, second, relation, by=_by(by), reason=_why(reason))
        now = "are one from now on" if relation == "same" else "are two from now on"
        _tell(judgement, f"{_called(one)} and {_called(other)} {now}.", format_)


def _one(record: Entities, name: str) -> EntityRow:
    """The one entity of that name or id. Raises NotFound where there is none, or more than one: never guesses."""
    found = record.entities(name, limit=LISTED).items
    if not found:
        raise NotFound("nobody of that name is on record.", which=name, advice="Try: onrecord sources WORDS")
    if len(found) > 1:
        for each in found:
            talk.complain(f"  {_called(each)} — {_facts(each)}")
        raise NotFound("several fit that name.", which=name, advice="Take one of the ids above.")
    return found[0]


def _called(one: EntityRow) -> str:
    from onrecord.marks import one_line
    from onrecord.terminal import short

    return f"{one_line(one.name)} ({short(one.id)})"


def _why(reason: str) -> str:
    if not reason.strip():
        raise UsageError("say why.", which="--reason", advice='Such as --reason "same office, same day".')
    return reason.strip()


def _by(given: str) -> str:
    """Who judges: as given, else the login name."""
    if given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise UsageError("your login has no name.", which="--by", advice="Say who you are: --by NAME.") from None


def _tell(judgement: str, sentence: str, format_: Format | None) -> None:
    """What changed, and how to undo it."""
    from onrecord.terminal import short

    if format_ in (Format.json, Format.jsonl):
        talk.put_object({"judgement": judgement}, format_)
    talk.say(sentence)
    talk.say(f"Undo: onrecord entity undo {short(judgement)} --reason WHY")


def _facts(one: EntityRow) -> str:
    from onrecord.marks import one_line, role_of

    quoted = f"{one.attributions} attribution{'' if one.attributions == 1 else 's'}"
    return " · ".join(one_line(fact) for fact in (one.kind, role_of(one.role, one.of), quoted) if fact)


def _entity_lines(one: EntityRow) -> Iterator[RenderableType]:
    from onrecord.terminal import fact_line

    yield fact_line("name", one.name)
    yield fact_line("is", _facts(one))
    yield fact_line("written as", ", ".join(one.names))
    if days := " to ".join(dict.fromkeys(day for day in (one.first, one.last) if day)):
        yield fact_line("published", days)
    yield fact_line("id", one.id)


def _judgement_line(row: JudgementRow) -> RenderableType:
    from onrecord.terminal import plain_line, short

    said = f"{row.at:%Y-%m-%d %H:%M} UTC · {short(row.a)} and {short(row.b)}: {row.relation} · by {row.by}"
    undone = " · taken back" if row.withdrawn else ""
    return plain_line(f"{said}{': ' + row.reason if row.reason else ''}{undone} · undo {short(row.id)}")
