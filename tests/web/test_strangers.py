"""Pages elsewhere, in the browser of somebody who has the desk open: nothing that they do changes anything."""

from __future__ import annotations

import json
import re
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser

from onrecord.web.guard import Guard
from tests.web.served import Served, routes_of, run_at, watched

FORMS = (Path(__file__).parent / "stranger.js").read_text(encoding="utf-8")


def test_no_form_from_elsewhere_changes_anything(browser: Browser, desk: Served) -> None:
    """The same 14 ways against every route that changes something, from another port and from another name."""
    stranger = FastAPI()

    @stranger.get("/{rest:path}")
    def page() -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>elsewhere</title><p>hello")

    asked: list[tuple[str, str, int]] = []
    before = state(desk)
    with run_at(Guardless(stranger)) as elsewhere, browser.new_context() as context:
        context.add_cookies([{"name": "session", "value": "1", "url": desk.at, "sameSite": "Lax"}])
        held = watched(context, elsewhere)
        held.page.on(
            "response",
            lambda r: asked.append((r.request.method, r.url, r.status)) if r.url.startswith(desk.at) else None,
        )
        for origin in (elsewhere, elsewhere.replace("127.0.0.1", "localhost")):
            for path, _ in unsafe(desk):
                held.page.goto(origin)
                held.page.evaluate(FORMS, [desk.at + re.sub(r"\{[^}]*\}", "x", path), desk.at])
    assert [each for each in asked if each[0] not in ("GET", "HEAD", "OPTIONS") and each[2] != 403] == []
    assert sum(each[2] == 403 for each in asked) >= 8 * len(unsafe(desk))
    assert state(desk) == before


def test_a_page_of_the_desk_may(browser: Browser, desk: Served) -> None:
    """The control: the same request from the desk's own page goes through."""
    desk.desk.reports.clear()
    with browser.new_context() as context:
        held = watched(context, desk.at)
        held.open("/keys")
        assert (
            held.page.evaluate("async () => (await fetch('/csp-reports', {method: 'POST', body: '{}'})).status") == 204
        )
    assert desk.desk.reports == [json.dumps("{}")]
    desk.desk.reports.clear()


def unsafe(desk: Served) -> list[tuple[str, frozenset[str]]]:
    """Routes that change something."""
    return [(path, methods) for path, methods in routes_of(desk.app.app.routes) if methods - {"GET", "HEAD", "OPTIONS"}]


def state(desk: Served) -> object:
    """All that a request could change."""
    record = desk.desk.record
    return record.status(), len(desk.desk.reports), [j.reason for j in record.judgements()], record.judged_by_people()


class Guardless(Guard):
    """An application without a guard, to be run like one that has it."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        """Straight through."""
        await self.app(scope, receive, send)  # type: ignore[arg-type]
