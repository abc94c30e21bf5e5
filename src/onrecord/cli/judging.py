"""A person's word on the command line: who says it, why, and how to take it back."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from onrecord.cli import talk
from onrecord.cli.talk import Format
from onrecord.errors import UsageError

Reason = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; kept with it.", show_default=False)]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so; else your login name.")]


def why(reason: str) -> str:
    """The reason given. Raises UsageError where it is blank."""
    if not reason.strip():
        raise UsageError("say why.", which="--reason", advice='Such as --reason "same office, same day".')
    return _written(reason.strip())


def signed(given: str) -> str:
    """Who judges: as given, else the login name. Raises UsageError where that has none."""
    if given.strip():
        return _written(given.strip())
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise UsageError("your login has no name.", which="--by", advice="Say who you are: --by NAME.") from None


def _written(text: str) -> str:
    """Bytes of the command line that are no characters are written out."""
    return text.encode(errors="backslashreplace").decode()


def tell(judgement: str, sentence: str, format_: Format | None, room: str = "judge") -> None:
    """What changed, and how to undo it."""
    from onrecord.terminal import short

    if format_ in (Format.json, Format.jsonl):
        talk.put_object({"judgement": judgement}, format_)
    talk.say(sentence)
    talk.say(f"Undo: onrecord {room} undo {short(judgement)} --reason WHY")
