"""What can go wrong, as one tree. Every message says what happened, to which input, and what to do.

OnRecordError
├── UsageError        the call itself is wrong (unknown option value, bad date): exit 2
├── InputError        one input cannot be read; the others go on
│   ├── Unreadable    missing, empty, binary, encrypted, truncated, too large
│   ├── Refused       an address or a page we will not touch (inside the network, robots, limits)
│   └── Unparsable    the parser gave up within its limits
├── StoreError        the record cannot be used as asked
│   ├── NewerSchema   made by a newer OnRecord
│   ├── Conflict      somebody else decided on a row since it was seen
│   └── NotFound      no such report, attribution, …
│       └── TakenDown  there was one; it was taken down, and the record says by whom and why
├── Denied            somebody may not do this
│   └── BadLogin      name and password, session or token do not fit, or no longer
│       └── LockedOut  too many failures for now
└── EngineError       an engine cannot start (weights missing or altered)
"""

from __future__ import annotations


class OnRecordError(Exception):
    """Base of all errors that OnRecord raises on purpose.

    `what` is one sentence; `which` names the input, row or setting concerned; `advice` says what to do about it.
    """

    def __init__(self, what: str, *, which: str | None = None, advice: str | None = None) -> None:
        self.what = what
        self.which = which
        self.advice = advice
        super().__init__(str(self))

    def __str__(self) -> str:
        head = f"{self.which}: {self.what}" if self.which else self.what
        return f"{head} {self.advice}" if self.advice else head


class UsageError(OnRecordError):
    """The call is wrong; nothing was done."""


class InputError(OnRecordError):
    """One input cannot be read; the others go on."""


class Unreadable(InputError):
    """Missing, empty, binary, encrypted, truncated or too large."""


class Refused(InputError):
    """An address or page that we will not touch: inside the network, forbidden by robots.txt, over a limit."""


class Unparsable(InputError):
    """The parser gave up within its limits of time and memory."""


class StoreError(OnRecordError):
    """The record cannot be used as asked."""


class NewerSchema(StoreError):
    """The record was made by a newer OnRecord; this one will not write to it."""


class NotFound(StoreError):
    """No row by that name, or a prefix that fits several."""


class TakenDown(NotFound):
    """The report was taken down; by whom, when and why is what the error says."""


class Denied(OnRecordError):
    """Somebody may not do this; nothing was done."""


class BadLogin(Denied):
    """Name and password do not fit, or a session or token is none, or no longer one."""


class LockedOut(BadLogin):
    """Too many failed logins of this name; the right password helps only later."""


class Conflict(StoreError):
    """Somebody else has decided since; nothing was done."""


class EngineError(OnRecordError):
    """An engine cannot start: weights missing, altered, or made for another version."""
