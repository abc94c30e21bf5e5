"""A desk for a team: people log in, programs bring a token, and what they may do follows from their role in the
workspace whose record this is. Who changed what goes into the desk's audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from onrecord import people
from onrecord.desk import Desk as Accounts
from onrecord.errors import BadLogin
from onrecord.people import Verb, Workspace, may
from onrecord.web.access import Actor, Needs
from onrecord.web.app import render

COOKIE = "onrecord"
MOST_NAME, MOST_PASSWORD = 200, 1000
NOBODY = [Depends(Needs(None))]

router = APIRouter(default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True)
class Team:
    """Who asks, by the session in their cookie or the token that they send, and what they may do in one workspace."""

    accounts: Accounts
    workspace: Workspace
    alone: bool = False

    def actor_of(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Actor | None:
        """None where neither session nor token is in force, or the account has no part in this workspace."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        try:
            if kind.lower() == "bearer":
                who = self.accounts.by_token(token.strip())
            elif COOKIE in cookies:
                who = self.accounts.by_session(cookies[COOKIE])
            else:
                return None
        except BadLogin:
            return None
        verbs = frozenset(verb for verb in Verb if may(who, verb, self.workspace.id))
        return Actor(who.name, verbs, who=who) if verbs else None

    def note(self, actor: Actor, action: str, target: str) -> None:
        """Write in the audit log what somebody asked to change."""
        self.accounts.note(action, target, {}, db=self.workspace.db, by=actor.who or people.ALONE)


@router.get("/login", dependencies=NOBODY)
def ask(request: Request, next: Annotated[str, Query(max_length=2000)] = "") -> HTMLResponse:  # noqa: A002
    """Who are you?"""
    return render(request, "login.html", None, next=_own(next), problem="")


@router.post("/login", dependencies=NOBODY)
def login(
    request: Request,
    name: Annotated[str, Form(max_length=MOST_NAME)] = "",
    password: Annotated[str, Form(max_length=MOST_PASSWORD)] = "",
    next: Annotated[str, Form(max_length=2000)] = "",  # noqa: A002
) -> Response:
    """A session, in a cookie that no script sees and no other site can send."""
    team = request.app.state.access
    if not isinstance(team, Team):
        return _to(request, "/")
    try:
        _, secret = team.accounts.login(name, password, former=request.cookies.get(COOKIE))
    except BadLogin as error:
        shown = {"next": _own(next), "problem": str(error)}
        return render(request, "login.html", None, status=HTTPStatus.FORBIDDEN, **shown)
    answer = _to(request, _own(next))
    path = f"{request.scope.get('root_path', '')}/"
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, secret, path=path, httponly=True, samesite="lax", secure=secure)
    return answer


@router.post("/logout", dependencies=NOBODY)
def logout(request: Request) -> Response:
    """The end of a session, on this side too."""
    team = request.app.state.access
    if isinstance(team, Team) and COOKIE in request.cookies:
        team.accounts.logout(request.cookies[COOKIE])
    answer = _to(request, "/login")
    answer.delete_cookie(COOKIE, path=f"{request.scope.get('root_path', '')}/", httponly=True, samesite="lax")
    return answer


def login_page(request: Request) -> RedirectResponse:
    """To the page where one logs in, and from there back."""
    root = request.scope.get("root_path", "")
    path = request.scope["path"].removeprefix(root)
    asked = f"{path}?{request.url.query}" if request.url.query else path
    return RedirectResponse(f"{root}/login?{urlencode({'next': asked})}", HTTPStatus.SEE_OTHER)


def _own(path: str) -> str:
    """A path of this desk; the home page in place of anything else."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    parts = urlsplit(path) if plain else None
    fits = parts and not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith("//")
    return path if fits else "/"


def _to(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{path}", HTTPStatus.SEE_OTHER)
