"""The application: routes, templates, errors in words. One record, opened once, asked by many requests at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.exceptions import HTTPException

from onrecord.answer import Record
from onrecord.brief import NOT_A_VERDICT
from onrecord.claim_views import MARK, SAYS
from onrecord.errors import NotFound, OnRecordError, StoreError, UsageError
from onrecord.marks import one_line, visible
from onrecord.web.guard import Guard

HERE = Path(__file__).parent
LOCAL = ("127.0.0.1", "localhost", "::1", "testserver")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the application works on: a record, and the name under which whoever sits here judges.

    `hosts`: names that the desk answers to; `root`: the path it lies under, behind a proxy (`/desk`).
    """

    record: Record
    person: str
    hosts: tuple[str, ...] = LOCAL
    root: str = ""
    reports: list[str] = field(default_factory=list)


def create_app(desk: Desk) -> Guard:
    """The application, ready to serve; the guard stands around all of it, so that no answer goes out without it."""
    from onrecord.web.review import router as review
    from onrecord.web.routes import router

    app = FastAPI(
        title="OnRecord",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        root_path=desk.root,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.templates = environment()
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.include_router(router)
    app.include_router(review)
    for kind in (OnRecordError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _told)
    return Guard(app, desk.hosts)


def environment() -> Environment:
    """The templates, escaped by default; a name that a page lacks is an error, not nothing."""
    made = Environment(
        loader=PackageLoader("onrecord.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "line": one_line,
        "visible": visible,
        "short": lambda name: str(name).rpartition("-")[2][:12],
        "count": counted,
        "said": lambda stance: SAYS[stance],
        "mark": lambda stance: MARK[stance],
        "direction": lambda text: "rtl" if _RIGHT_TO_LEFT.search(text[:80]) else "auto",
        "svg": lambda made: Markup(made),  # noqa: S704 - of `brief.svg`, which escapes what it was given
        "words": lambda text: str(text).replace("_", " "),
    }
    made.globals["NOT_A_VERDICT"] = NOT_A_VERDICT
    made.globals["has_htmx"] = (HERE / "static" / "vendor" / "htmx.min.js").exists()
    return made


def counted(number: int, word: str, plural: str | None = None) -> str:
    """`1 voice`, `2 voices`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def render(request: Request, name: str, page: Any, *, status: int = HTTPStatus.OK, **more: Any) -> HTMLResponse:
    """A page as HTML. Templates get the page, the desk, and `at`, which puts the root path before one of our paths."""
    desk: Desk = request.app.state.desk
    root = request.scope.get("root_path", "")
    values = {"page": page, "desk": desk, "at": lambda path: f"{root}{path}", "nonce": request.state.nonce, **more}
    template = request.app.state.templates.get_template(name)
    return HTMLResponse(template.render(values), status_code=status)


def _told(request: Request, error: Exception) -> Response:
    """What went wrong, in a sentence, as a page or, under /api, as problem details (RFC 9457)."""
    status, title, advice = _in_words(error)
    if request.url.path.removeprefix(request.scope.get("root_path", "")).startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": advice}
        return JSONResponse(body, status, media_type="application/problem+json")
    return render(request, "error.html", None, status=status, title=title, advice=advice)


def _in_words(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, NotFound):
        return HTTPStatus.NOT_FOUND, "That is not on record.", one_line(str(error))
    if isinstance(error, UsageError):
        return HTTPStatus.BAD_REQUEST, "That question could not be answered.", one_line(str(error))
    if isinstance(error, StoreError):
        return HTTPStatus.SERVICE_UNAVAILABLE, "The record cannot be read just now.", one_line(str(error))
    if isinstance(error, RequestValidationError):
        return HTTPStatus.UNPROCESSABLE_ENTITY, "That question could not be understood.", _fields(error.errors())
    if isinstance(error, HTTPException):
        phrase = "There is no such page." if error.status_code == HTTPStatus.NOT_FOUND else str(error.detail)
        return error.status_code, phrase, ""
    return HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.", "It was noted. Nothing was changed."


def _fields(errors: Iterable[Any]) -> str:
    return "; ".join(one_line(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}") for e in errors)[:500]
