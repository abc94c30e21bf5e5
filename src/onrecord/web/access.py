"""Who asks, and whether they may: every route declares the one verb that it needs, and one without is refused.

`Access` finds out who somebody is. Alone on one's machine everybody who reaches the desk is the person at it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from fastapi.routing import APIRoute

from onrecord import people
from onrecord.people import Verb
from onrecord.web.limits import Buckets
from onrecord.web.problems import Declined

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
MOST_TARGET = 300
"""Characters of an address that the audit log keeps."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name under which they judge, and what they may do. `machine`: whoever sits at the machine itself,
    who may also write down what others judged. `who`: the account, where there is one."""

    name: str
    verbs: frozenset[Verb]
    machine: bool = False
    who: people.Actor | None = None


class Access(Protocol):
    """How a desk tells who asks."""

    @property
    def alone(self) -> bool:
        """Whether there are no accounts: whoever reaches the desk may do everything."""
        ...

    def actor_of(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Actor | None:
        """Who sent a request with these headers (names in small letters) and cookies; None: nobody that is known."""
        ...

    def note(self, actor: Actor, action: str, target: str) -> None:
        """Write down that somebody asked to change something."""
        ...


@dataclass(frozen=True, slots=True)
class Alone:
    """No accounts: the desk listens on this machine alone, and whoever reaches it is the person at it."""

    person: str
    alone: bool = True

    def actor_of(
        self,
        headers: Mapping[str, str],  # noqa: ARG002 - whatever they are
        cookies: Mapping[str, str],  # noqa: ARG002
    ) -> Actor | None:
        """The person at the machine."""
        return Actor(self.person, frozenset(Verb), machine=True)

    def note(self, actor: Actor, action: str, target: str) -> None:
        """Nothing: the record's own log says who judged what."""


class Needs:
    """A dependency by which a route declares what it needs: a verb, or nothing (None: it tells nothing of a record).
    Gives the actor. What changes something is written down before it is done."""

    def __init__(self, verb: Verb | None) -> None:
        self.verb = verb

    def __call__(self, request: Request) -> Actor | None:
        """Raises Declined."""
        access: Access = request.app.state.access
        buckets: Buckets | None = request.app.state.buckets
        if buckets:
            _take(buckets, f"address {request.client.host if request.client else ''}")
        if self.verb is None:
            return None
        actor = access.actor_of(request.headers, request.cookies)
        if actor is None:
            raise Declined("token", "Send a token that is in force.", {"WWW-Authenticate": 'Bearer realm="OnRecord"'})
        if buckets:
            _take(buckets, f"actor {actor.name}")
        if self.verb not in actor.verbs:
            raise Declined("not-allowed", f"It needs the right to {self.verb}, which you do not have here.")
        if request.method not in SAFE:
            access.note(actor, f"{request.method.lower()} {self.verb}", request.url.path[:MOST_TARGET])
        request.state.actor = actor
        return actor


def declared(routes: Iterable[Any]) -> Iterator[tuple[APIRoute, Needs | None]]:
    """Every route of ours, and what it declares that it needs; routers among them are gone into."""
    for route in routes:
        if isinstance(route, APIRoute):
            needs = (each.call for each in route.dependant.dependencies)
            yield route, next((each for each in needs if isinstance(each, Needs)), None)
        elif inner := getattr(route, "original_router", None):
            yield from declared(inner.routes)


def _take(buckets: Buckets, who: str) -> None:
    wait = buckets.take(who)
    if wait:
        raise Declined("too-many", f"Wait {wait} seconds.", {"Retry-After": str(wait)})
