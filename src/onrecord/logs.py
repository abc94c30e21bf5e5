"""What a service tells machines: one JSON object a line on stderr, where it was asked for (`--log-format json`).

An event has `time` (UTC), `level`, `event`, and fields that its caller chose: counts, durations, names of routes and of
kinds of error. What somebody asked, who they are, what they carried and where they went has no place in it: not an
address, not a name, not a line of a text. To people the same commands speak in sentences, as ever.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

Level = Literal["info", "warning", "error"]


_SPEAK_FOR_THEMSELVES = ("uvicorn", "uvicorn.error")
"""Loggers that a server started earlier in the process gave handlers of their own."""


class LogFormat(StrEnum):
    """For whom a service speaks."""

    text = "text"
    json = "json"


class _State:
    """Set once, before a command does anything."""

    form = LogFormat.text
    lock = threading.Lock()


def use(form: LogFormat) -> None:
    """Speak to people, or to machines; in the latter case what libraries log becomes events as well."""
    _State.form = form
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Events)]:
        root.removeHandler(handler)
    if form is LogFormat.json:
        root.addHandler(_Events(logging.WARNING))
        for name in _SPEAK_FOR_THEMSELVES:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
            logger.setLevel(logging.NOTSET)


def to_machines() -> bool:
    """Whether events are what is asked for."""
    return _State.form is LogFormat.json


def event(name: str, level: Level = "info", **fields: str | float | None) -> None:
    """Write an event, where events are asked for; fields that are None are left out."""
    if not to_machines():
        return
    told = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": name}
    line = json.dumps(told | {key: value for key, value in fields.items() if value is not None})
    with _State.lock:
        print(line, file=sys.stderr, flush=True)


def site(address: str) -> str | None:
    """The host of a web address, which may be told; the rest of it may hold a key."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


class _Events(logging.Handler):
    """Of what libraries log: the sentence before anything was filled in, and the kind of error."""

    def emit(self, record: logging.LogRecord) -> None:
        """One event."""
        kind = record.exc_info[0] if record.exc_info else None
        level: Level = "error" if record.levelno >= logging.ERROR else "warning"
        said = record.msg if isinstance(record.msg, str) and kind is None else None
        event("library", level, logger=record.name, said=said, error=kind.__name__ if kind else None)
