"""What can go wrong over HTTP: every kind with its status, in words, and as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from onrecord.errors import (
    BadLogin,
    Conflict,
    Denied,
    EngineError,
    InputError,
    NotFound,
    OnRecordError,
    StoreError,
    TakenDown,
    UsageError,
)
from onrecord.marks import one_line

PROBLEM_JSON = "application/problem+json"
MOST_FIELDS = 20
"""Fields of a request that a problem lists."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the name that its address ends in, its status, its title, and what to do about it."""

    name: str
    status: HTTPStatus
    title: str
    meaning: str


EVERY = (
    Kind("question", HTTPStatus.BAD_REQUEST, "That question could not be answered.", "A value has the right form but "
        "no meaning here: a day that is none, words without a letter, a cursor of another list. `detail` says which."),
    Kind("token", HTTPStatus.UNAUTHORIZED, "Who are you?", "No token, or one that is mistyped, expired or revoked. "
        "Send `Authorization: Bearer onr_…`."),
    Kind("not-allowed", HTTPStatus.FORBIDDEN, "You may not do that here.", "Your role, or the scope of your token, "
        "does not cover it; or a page elsewhere tried to change something here. Nothing was changed."),
    Kind("not-on-record", HTTPStatus.NOT_FOUND, "That is not on record.", "No report, attribution, claim, entity or "
        "judgement has that id, or a beginning of an id fits several; `detail` names them."),
    Kind("taken-down", HTTPStatus.GONE, "That was taken down.", "The report was on record and was taken down; `detail` "
        "says by whom, when and why."),
    Kind("no-such-address", HTTPStatus.NOT_FOUND, "There is no such page.", "The address is none of this desk's."),
    Kind("method", HTTPStatus.METHOD_NOT_ALLOWED, "Not by that method.", "The header `Allow` names those that go."),
    Kind("changed", HTTPStatus.CONFLICT, "Somebody else has decided since.", "Look at it again; nothing was done."),
    Kind("too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is more than the desk takes at once.",
        "The body is larger than 2 MiB."),
    Kind("too-long", HTTPStatus.REQUEST_URI_TOO_LONG, "That question is too long.", "Take fewer words."),
    Kind("form", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not in that form.", "Bodies are JSON or, of an import, JSON lines;"
        " never compressed."),
    Kind("elsewhere", HTTPStatus.MISDIRECTED_REQUEST, "This desk answers to another name.", "Start it with `--name`."),
    Kind("fields", HTTPStatus.UNPROCESSABLE_ENTITY, "That request could not be understood.",
        "`errors` lists each field that is missing or out of bounds."),
    Kind("unreadable", HTTPStatus.UNPROCESSABLE_ENTITY, "That text could not be read.", "It is empty, or no report."),
    Kind("too-many", HTTPStatus.TOO_MANY_REQUESTS, "Too many requests.", "Wait as long as `Retry-After` says, in "
        "seconds."),
    Kind("mistake", HTTPStatus.INTERNAL_SERVER_ERROR, "Something failed here.", "A mistake of ours. Nothing was "
        "changed; please report it."),
    Kind("busy", HTTPStatus.SERVICE_UNAVAILABLE, "That cannot be done just now.", "Others are being served, or the "
        "record or the engine cannot be used. Try again after `Retry-After` seconds."),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.name: kind for kind in EVERY}
BY_STATUS: dict[int, Kind] = {kind.status: kind for kind in reversed(EVERY)} | {404: KINDS["no-such-address"]}
"""For what the framework refuses itself."""


class Declined(Exception):
    """A request that is not answered, of one of the kinds above. `detail` is a sentence, `headers` go with it."""

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind = KINDS[kind]
        self.detail = detail
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Told:
    """What went wrong, ready to be shown: its kind, a sentence, fields with what is wrong of each, headers."""

    kind: Kind
    detail: str
    fields: tuple[dict[str, str], ...] = ()
    headers: Mapping[str, str] | None = None


def told(error: Exception) -> Told:
    """Any error in words. Of one that nobody foresaw, nothing is told but that it happened."""
    if isinstance(error, Declined):
        return Told(error.kind, one_line(error.detail), headers=error.headers)
    if isinstance(error, RequestValidationError):
        fields = tuple(map(_field, error.errors()[:MOST_FIELDS]))
        said = "; ".join(f"{field['field'] or field['where']}: {field['message']}" for field in fields)
        return Told(KINDS["fields"], one_line(said)[:500], fields)
    if isinstance(error, HTTPException):
        kind = BY_STATUS.get(error.status_code, KINDS["question"])
        of_ours = error.detail != HTTPStatus(error.status_code).phrase
        return Told(kind, one_line(str(error.detail)) if of_ours else kind.meaning, headers=error.headers)
    if isinstance(error, OnRecordError):
        kind = KINDS[next(name for of, name in _OF if isinstance(error, of))]
        retry = {"Retry-After": "5"} if kind.name == "busy" else None
        return Told(kind, one_line(str(error)), headers=retry)
    return Told(KINDS["mistake"], KINDS["mistake"].meaning)


_OF: tuple[tuple[type[OnRecordError], str], ...] = (
    (TakenDown, "taken-down"),
    (NotFound, "not-on-record"),
    (UsageError, "question"),
    (InputError, "unreadable"),
    (Conflict, "changed"),
    (StoreError, "busy"),
    (EngineError, "busy"),
    (BadLogin, "token"),
    (Denied, "not-allowed"),
    (OnRecordError, "question"),
)


def details(what: Told, path: str, root: str = "", id_: str = "") -> dict[str, Any]:
    """Problem details. `type` is where the reference page tells of the kind, `instance` the address that was asked,
    `request_id` by which the request stands in the desk's log."""
    body: dict[str, Any] = {
        "type": f"{root}/api/#problem-{what.kind.name}",
        "title": what.kind.title,
        "status": int(what.kind.status),
        "detail": _whole(what.detail),
        "instance": quote(_whole(path)),
        "request_id": id_,
    }
    return body | ({"errors": list(what.fields)} if what.fields else {})


def of_api(path: str, root: str = "") -> bool:
    """Whether an address is one of the API's, whose answers are for programs."""
    return path.removeprefix(root).startswith("/api/")


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    place: Sequence[Any] = error["loc"]
    return {
        "where": str(place[0]),
        "field": _whole(".".join(map(str, place[1:]))[:200]),
        "message": _whole(one_line(str(error["msg"]))[:300]),
    }


def _whole(text: str) -> str:
    """Without halves of characters, which no UTF-8 has."""
    return text.encode("utf-8", "replace").decode()
