"""Options that several commands share, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from onrecord.cli import talk
from onrecord.cli.talk import Format
from onrecord.errors import UsageError
from onrecord.logs import LogFormat
from onrecord.model import Act, EvidenceType, Modality

if TYPE_CHECKING:
    from onrecord.answer import Record
    from onrecord.desk import Desk
    from onrecord.extraction import Engine
    from onrecord.read import ReadOptions


class Form(StrEnum):
    """What an input is."""

    auto = "auto"
    html = "html"
    text = "text"


class Spoken(StrEnum):
    """How a content is given."""

    direct = "direct"
    indirect = "indirect"
    mixed = "mixed"


class Voice(StrEnum):
    """What a source is called by."""

    named = "named"
    unnamed = "unnamed"
    collective = "collective"


class Where:
    """The record named before the command: `onrecord --db FILE status`."""

    db: str | None = None


Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH", help="Files, folders, globs, web addresses; - is standard input.", show_default=False
    ),
]
Db = Annotated[
    str | None,
    typer.Option("--db", metavar="FILE", help="The record; else $ONRECORD_DB, else the platform's data folder."),
]
AsDesk = Annotated[
    str | None, typer.Option("--desk", metavar="FILE", help="The desk; else $ONRECORD_DESK, else in the data folder.")
]
AsFormat = Annotated[
    Format | None, typer.Option("--format", help="How to print; else table on a terminal, jsonl elsewhere.")
]
Published = Annotated[
    str | None, typer.Option(metavar="DATE", help="Day of publication, such as 2023-10-20, for all inputs.")
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS", help="Column of a table, such as text=body. May be repeated."),
]
AsLog = Annotated[
    LogFormat | None,
    typer.Option(
        "--log-format", help="json: one event a line on stderr, without names or questions.", show_default=False
    ),
]
AsForm = Annotated[Form, typer.Option("--form", help="What the inputs are; auto looks at them.")]
Include = Annotated[
    list[str] | None, typer.Option(metavar="PATTERN", help="In folders, only names like this, such as '*.html'.")
]
Exclude = Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="In folders, no names like this.")]
AtMost = Annotated[int | None, typer.Option("--limit", min=0, metavar="N", help="At most so many reports.")]
Verbatim = Annotated[
    bool, typer.Option("--verbatim", help="Take texts as they are: no cleaning, offsets of the input.")
]
Inside = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT", help="A server inside the network that may be fetched from."),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=0, metavar="N", help="At most so many answers; 0 for all.")]


AsAct = Annotated[
    str | None,
    typer.Option("--act", metavar="ACT", help=f"Only where the source does this: {', '.join(get_args(Act))}."),
]
AsModality = Annotated[
    str | None, typer.Option("--modality", metavar="HOW", help=f"Only so held: {', '.join(get_args(Modality))}.")
]
OnEvidence = Annotated[
    str | None, typer.Option(metavar="TYPE", help=f"Only with such evidence: {', '.join(get_args(EvidenceType))}.")
]
AsEntityKind = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="Only this kind: person, organization, country, document, …"),
]
OfVoice = Annotated[
    Voice | None, typer.Option("--voice", help='Only named sources, unnamed ("a spokesperson"), or groups ("critics").')
]


class WhichEngine(StrEnum):
    """Who reads the reports."""

    tagger = "tagger"
    broad = "broad"
    llm = "llm"


AsEngine = Annotated[
    WhichEngine,
    typer.Option("--engine", help="Who reads: the tagger; broad: counting acts and feelings in; a language model."),
]
LlmUrl = Annotated[
    str | None, typer.Option("--llm-url", metavar="URL", help="Where the language model is asked: https://HOST/v1.")
]
LlmModel = Annotated[str | None, typer.Option("--llm-model", metavar="NAME", help="Which model.")]
LlmBudget = Annotated[int | None, typer.Option("--llm-budget", metavar="TOKENS", help="Most tokens to spend in all.")]
LlmTimeout = Annotated[float | None, typer.Option("--llm-timeout", metavar="SECONDS", help="For one call; else 60.")]
OwnNames = Annotated[
    Path | None,
    typer.Option("--aliases", metavar="FILE", help="Names of one, a line each: KIND, tab, name, tab, other|other."),
]
Send = Annotated[bool, typer.Option("--send", help="Consent: the reports' text is sent to that address.")]


@contextmanager
def engine_of(
    which: WhichEngine, url: str | None, model: str | None, budget: int | None, timeout: float | None, send: bool
) -> Iterator[Engine]:
    """The engine asked for; of a language model it is told where texts go, and what it took. Raises UsageError."""
    from onrecord.engines import default_engine, llm_engine

    if which is not WhichEngine.llm:
        if send or any(given is not None for given in (url, model, budget, timeout)):
            raise UsageError("these need --engine llm.", which="--llm-…, --send", advice="Add it, or leave them out.")
        yield default_engine(broad=which is WhichEngine.broad)
        return
    engine = llm_engine(url, model, budget=budget, timeout=60.0 if timeout is None else timeout, send=send)
    talk.say(f"Texts of reports are sent to {engine.address}.")
    try:
        yield engine
    finally:
        talk.say(f"{engine.tokens_spent} tokens used.")


def one_of(words: object, option: str, given: str | None) -> str | None:
    """A value of a closed list, a `Literal` of `onrecord.model`. Raises UsageError, listing the right ones."""
    allowed = get_args(words)
    if given is None or given in allowed:
        return given
    raise UsageError("that is not one of them.", which=f"{option} {given}", advice=f"Take one of {', '.join(allowed)}.")


def read_options(
    published: str | None,
    columns: list[str] | None,
    form: Form,
    include: list[str] | None,
    exclude: list[str] | None,
    limit: int | None,
    inside: list[str] | None,
) -> ReadOptions:
    """The options of reading as one value. Raises UsageError."""
    from onrecord.read import ReadOptions

    return ReadOptions(
        columns=dict(_mapped(each) for each in columns or ()),
        form=form.value,
        published=None if published is None else _day(published),
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        limit=limit,
        inside=frozenset(inside or ()),
    )


def speak(asked: LogFormat | None) -> None:
    """To people or to machines: as asked for, else as the setting has it. Raises UsageError."""
    from onrecord import logs
    from onrecord.settings import value

    given = asked or str(value("log_format"))
    if given not in LogFormat.__members__:
        raise UsageError("that is no format of logs.", which=f"ONRECORD_LOG_FORMAT={given}", advice="text, or json.")
    logs.use(LogFormat(given))


def place(db: str | None) -> str:
    """Where the record lies."""
    from onrecord.settings import db_place

    return db or Where.db or db_place()


def opened(db: str | None) -> Record:
    """The record to ask. Raises NotFound where there is none yet."""
    from onrecord.answer import open_record

    return open_record(place(db))


def at_desk(desk: str | None, *, create: bool = False) -> Desk:
    """The desk to work at. Raises NotFound where there is none yet and `create` is false."""
    from onrecord.desk import open_the_desk
    from onrecord.settings import desk_place

    return open_the_desk(desk or desk_place(), create=create)


def noted(desk: str | None, action: str, target: str | None, details: dict[str, Any], db: str) -> None:
    """Write in the desk's audit log what was done to a record; where that cannot be, tell so and go on."""
    from onrecord.errors import StoreError

    try:
        with at_desk(desk, create=True) as here:
            here.note(action, target, details, db=db)
    except StoreError as error:
        talk.complain(f"This is not in the audit log: {error}")


def _mapped(pair: str) -> tuple[str, str]:
    ours, equals, theirs = pair.partition("=")
    if not (ours and equals and theirs):
        raise UsageError("that is no OURS=THEIRS.", which=f"--map {pair}", advice="Write --map text=body.")
    return ours, theirs


def _day(given: str) -> str:
    """The date as given, or its usual form; it must be a day, with or without a time, of the calendar."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError("that is no date.", which=f"--published {given!r}", advice="Write 2023-10-20.") from None
    if given.startswith(moment.date().isoformat()):
        return given
    return moment.isoformat() if "T" in given else moment.date().isoformat()
