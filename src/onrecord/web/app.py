"""The application: routes, templates, errors in words. One record, opened once, asked by many requests at a time."""

from __future__ import annotations

import re
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
from onrecord.errors import OnRecordError
from onrecord.marks import one_line, visible
from onrecord.settings import whole
from onrecord.web.access import Access, Alone
from onrecord.web.guard import Guard
from onrecord.web.limits import Buckets
from onrecord.web.problems import PROBLEM_JSON, Declined, details, of_api, told
from onrecord.web.seen import log

HERE = Path(__file__).parent
LOCAL = ("127.0.0.1", "localhost", "::1", "testserver")
IN_A_TEAM = 600
"""Requests a minute of one account, and of one address, where there are accounts and nobody set another limit."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the application works on: a record, and the name under which whoever sits here judges.

    `hosts`: names that the desk answers to; `root`: the path it lies under, behind a proxy (`/desk`); `access`: who
    may do what, else whoever reaches it is that person.
    """

    record: Record
    person: str
    hosts: tuple[str, ...] = LOCAL
    root: str = ""
    reports: list[str] = field(default_factory=list)
    access: Access | None = None


def create_app(desk: Desk) -> Guard:
    """The application, ready to serve; the guard stands around all of it, so that no answer goes out without it."""
    from onrecord.web import api
    from onrecord.web.api.extracting import Reader
    from onrecord.web.health import Readiness
    from onrecord.web.health import router as health
    from onrecord.web.metrics import Metrics, readers
    from onrecord.web.review import router as review
    from onrecord.web.routes import router
    from onrecord.web.team import router as team

    app = FastAPI(
        title="OnRecord",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        root_path=desk.root,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.access = desk.access or Alone(desk.person)
    most = whole("requests_per_minute") or (0 if app.state.access.alone else IN_A_TEAM)
    app.state.buckets = Buckets(most) if most else None
    app.state.reader = Reader()
    app.state.readiness = Readiness(desk.record)
    app.state.readers = readers()
    app.state.metrics = metrics = Metrics(desk.record) if app.state.readers else None
    app.state.templates = environment()
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.include_router(api.router)
    app.include_router(router)
    app.include_router(review)
    app.include_router(team)
    app.include_router(health)
    for kind in (OnRecordError, Declined, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _told)
    watching = (log, metrics.note) if metrics else (log,)
    return Guard(app, desk.hosts, _refused, desk.root, watching)


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
        "quoted": quoted,
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


def quoted(words: str) -> str:
    """In quotation marks, unless the words begin and end (or are cut off) with some of their own."""
    own = words.startswith(("“", "„", "«", '"')) and words.endswith(("”", "“", "»", '"', "..."))
    return words if own else f"“{words}”"


def counted(number: int, word: str, plural: str | None = None) -> str:
    """`1 voice`, `2 voices`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def render(request: Request, name: str, page: Any, *, status: int = HTTPStatus.OK, **more: Any) -> HTMLResponse:
    """A page as HTML. Templates get the page, the desk, and `at`, which puts the root path before one of our paths."""
    desk: Desk = request.app.state.desk
    root = request.scope.get("root_path", "")
    values = {
        "page": page,
        "desk": desk,
        "at": lambda path: f"{root}{path}",
        "nonce": request.state.nonce,
        "actor": getattr(request.state, "actor", None),
        "alone": request.app.state.access.alone,
    } | more
    template = request.app.state.templates.get_template(name)
    return HTMLResponse(template.render(values), status_code=status)


def _refused(request: Request, status: int, reason: str) -> Response:
    return render(request, "error.html", None, status=status, title=reason, advice="")


def _told(request: Request, error: Exception) -> Response:
    """What went wrong, in a sentence, as a page or, under /api, as problem details (RFC 9457)."""
    what = told(error)
    path, root = request.scope["path"], request.scope.get("root_path", "")
    if of_api(path, root):
        body = details(what, path, root, request.state.request_id)
        return JSONResponse(body, what.kind.status, what.headers, media_type=PROBLEM_JSON)
    if what.kind.name == "token" and request.method == "GET":
        from onrecord.web.team import login_page

        return login_page(request)
    page = render(request, "error.html", None, status=what.kind.status, title=what.kind.title, advice=what.detail)
    page.headers.update(what.headers or {})
    return page
