"""What is noted of each request: its id, method, route as a template, status and duration. Never an address, a
question, a name or a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Scope

from onrecord import logs

METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))


@dataclass(frozen=True, slots=True)
class Seen:
    """One request and its answer. `route`: `/claims/{claim_id}`, `/static/`, or `none`; `error`: the kind of one that
    nobody foresaw."""

    id: str
    method: str
    route: str
    status: int
    seconds: float
    error: str | None = None


Watching = Callable[[Seen], None]


def seen(scope: Scope, root: str, id_: str, status: int, seconds: float, error: BaseException | None) -> Seen:
    """A request that is over, by its scope after routing."""
    route = getattr(scope.get("route"), "path", None)
    if route is None:
        route = "/static/" if scope["path"].removeprefix(root).startswith("/static/") else "none"
    method = scope["method"] if scope["method"] in METHODS else "other"
    return Seen(id_, method, route, status, seconds, type(error).__name__ if error else None)


def log(one: Seen) -> None:
    """An event of it, where events are asked for."""
    level: logs.Level = "error" if one.status >= 500 else "info"
    logs.event(
        "request",
        level,
        id=one.id,
        method=one.method,
        route=one.route,
        status=one.status,
        ms=round(1000 * one.seconds, 1),
        error=one.error,
    )
