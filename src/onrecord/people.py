"""Who works at a desk and what they may do there: roles, scopes, and the one function that decides. Pure.

A workspace is a name and the location of one record: workspaces cannot see each other, for each is a record of its own.
A role holds in one workspace. Whatever no table here allows is forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """What somebody may do in a workspace."""

    read = "read"
    export = "export"
    review = "review"
    watch = "watch"
    takedown = "takedown"
    manage = "manage"


class Role(StrEnum):
    """What somebody is in a workspace, from least to most."""

    reader = "reader"
    reviewer = "reviewer"
    admin = "admin"


class Scope(StrEnum):
    """What a token is for, from least to most; it narrows the role of its account and never widens it."""

    read = "read"
    review = "review"
    write = "write"
    admin = "admin"


_READING = frozenset({Verb.read, Verb.export})
_WORKING = _READING | {Verb.review, Verb.watch}

ALLOWED: dict[Role, frozenset[Verb]] = {
    Role.reader: _READING,
    Role.reviewer: _WORKING,
    Role.admin: frozenset(Verb),
}
"""What each role may do."""

WITHIN: dict[Scope, frozenset[Verb]] = {
    Scope.read: _READING,
    Scope.review: _READING | {Verb.review},
    Scope.write: _WORKING,
    Scope.admin: frozenset(Verb),
}
"""What a token of each scope may do at most."""

MACHINE = "machine"
"""Who acts where there is no account: whoever has the machine, and what runs on it by itself."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can log in. `id` is random, so that it says nothing of who it is."""

    id: str
    name: str
    made: datetime
    disabled: bool = False

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, times in ISO 8601."""
        return plain(asdict(self))


@dataclass(frozen=True, slots=True)
class Workspace:
    """A record that some accounts work on. `db` is its location."""

    id: str
    name: str
    db: str
    made: datetime

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, times in ISO 8601."""
        return plain(asdict(self))


@dataclass(frozen=True, slots=True)
class Membership:
    """An account's role in a workspace (both by id)."""

    account: str
    workspace: str
    role: Role

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return plain(asdict(self))


@dataclass(frozen=True, slots=True)
class Session:
    """A login. It ends at `expires`, and before that when it was not used for a while or was revoked."""

    id: str
    account: str
    made: datetime
    used: datetime
    expires: datetime
    revoked: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, times in ISO 8601."""
        return plain(asdict(self))


@dataclass(frozen=True, slots=True)
class Token:
    """What a program shows in place of a login. With `workspace` (an id) it is good for that one alone."""

    id: str
    account: str
    scope: Scope
    label: str
    made: datetime
    expires: datetime
    workspace: str | None = None
    used: datetime | None = None
    revoked: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, times in ISO 8601."""
        return plain(asdict(self))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its memberships, as narrowed by the token that it came with; or the machine itself.

    `by` names the session or token that it came with.
    """

    account: Account | None
    memberships: tuple[Membership, ...] = ()
    token: Token | None = None
    by: str | None = None
    machine: bool = False

    @property
    def id(self) -> str:
        """The account's id, or `machine`: what the audit log has for who."""
        return self.account.id if self.account else MACHINE

    @property
    def name(self) -> str:
        """What the actor is called."""
        return self.account.name if self.account else MACHINE


ALONE = Actor(None, machine=True)
"""Whoever sits at the machine that the record lies on: needs no account and may do everything."""


def may(actor: Actor | None, verb: Verb, workspace: str) -> bool:
    """Whether the actor may do this in a workspace (its id). The one place where that is decided."""
    if actor is None:
        return False
    if actor.account is None:
        return actor.machine
    if actor.account.disabled:
        return False
    mine = (m for m in actor.memberships if m.account == actor.account.id and m.workspace == workspace)
    if not any(verb in ALLOWED[m.role] for m in mine):
        return False
    token = actor.token
    if token is None:
        return True
    return (
        token.account == actor.account.id
        and verb in WITHIN[token.scope]
        and (token.workspace is None or token.workspace == workspace)
    )


def may_change(actor: Actor | None, theirs: Iterable[Membership]) -> bool:
    """Whether the actor may change an account (password, disabling, tokens) with these memberships: only who manages
    every workspace that it is in, or one could enter another workspace through it."""
    memberships = list(theirs)
    if actor is not None and actor.account is None:
        return actor.machine
    return bool(memberships) and all(may(actor, Verb.manage, m.workspace) for m in memberships)


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as JSON has them: times in ISO 8601, names of roles and scopes as words."""
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
