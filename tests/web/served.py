"""The desk served on a free port, the addresses of its pages, and a browser that is watched while it looks at them."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, sync_playwright
from starlette.routing import BaseRoute, Mount

from hatch_build import fetch
from onrecord.answer import Record
from onrecord.web import Desk, create_app
from onrecord.web.guard import Guard
from onrecord.web.server import settings_of
from tests.web.records import disputed

ROOT = Path(__file__).parent.parent.parent
LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-prefers-reduced-motion",
)
LOOKED_AT = 5
"""Reports of which the pages are looked at, the newest."""
NO_PAGES = ("/attributions/{attribution_id}", "/reports/{report_id}/raw", "/healthz", "/readyz", "/metrics")
"""Routes one can get that show nothing: one leads to a page, one is a download, three are for machines. All under /api
is none either."""


@dataclass(frozen=True, slots=True)
class Served:
    """A desk at work at an address (`http://127.0.0.1:PORT`)."""

    desk: Desk
    app: Guard
    at: str


@contextmanager
def served(record: Record) -> Iterator[Served]:
    """The desk on a free port of this machine."""
    desk = Desk(record, "Ada")
    app = create_app(desk)
    with run_at(app) as at:
        yield Served(desk, app, at)


@contextmanager
def run_at(app: Guard) -> Iterator[str]:
    """An application on a free port, run as `onrecord serve` runs it; gives its address."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(256)
        server = uvicorn.Server(settings_of(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Without it the test is skipped, or fails where ONRECORD_BROWSER says that it must be there."""
    program = shutil.which("chromium")
    if program is None:
        reason = "no chromium on this machine: apt-get install chromium"
        if os.environ.get("ONRECORD_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


def axe() -> str:
    """The script of axe-core, as npm has it and front/package-lock.json names it. Skips where npm is out of reach."""
    folder = ROOT / ".tools" / "axe"
    try:
        fetch("axe-core", {"package/axe.min.js": "axe.min.js"}, folder)
    except OSError as error:
        if os.environ.get("ONRECORD_BROWSER"):
            pytest.fail(f"axe-core cannot be had: {error}")
        pytest.skip(f"axe-core cannot be had: {error}")
    return (folder / "axe.min.js").read_text(encoding="utf-8")


def routes_of(routes: Sequence[BaseRoute], before: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Path and methods of every route, also of routers and applications within."""
    for route in routes:
        within = getattr(route, "original_router", None)
        if within is not None:
            prefix = getattr(route.include_context, "prefix", "")  # type: ignore[attr-defined]
            yield from routes_of(within.routes, before + prefix)
        elif isinstance(route, Mount):
            yield from routes_of(route.routes, before + route.path)
        else:
            yield before + str(getattr(route, "path", "")), frozenset(getattr(route, "methods", None) or ())


def pages_of(app: Guard) -> set[str]:
    """Paths of the routes that show a page."""
    return {
        path
        for path, methods in routes_of(app.app.routes)
        if "GET" in methods and not path.startswith(("/api/", "/static")) and path not in NO_PAGES
    }


def addresses(record: Record) -> dict[str, tuple[str, ...]]:
    """Of each route that shows a page, addresses at which it shows something worth a look."""
    claim = disputed(record)
    reports = record.reports(limit=LOOKED_AT).items
    people = [who.id for who in record.entities(limit=50) if who.id]
    contested = record.claim(claim).positions[0].said.entity
    rival = next((c.id for c in record.claims(limit=40) if c.contradicts), claim)
    waiting = {each.kind: each.item for each in record.waiting("Ada")}
    said = record.claim(claim).positions[0].said.id
    return {
        "/": ("/",),
        "/search": ("/search", "/search?q=wall", "/search?q=wall&part=words", "/search?q=unicorns", '/search?q="'),
        "/claims": ("/claims", "/claims?disputed=true&order=newest&q=wall", "/claims?denied_by=nobody"),
        "/claims/{claim_id}": (f"/claims/{claim}", f"/claims/{claim}?as_of=2031-05-02", f"/claims/{rival}"),
        "/reports": ("/reports",),
        "/reports/{report_id}": tuple(f"/reports/{head.id}" for head in reports),
        "/voices/{entity_id}": tuple(f"/voices/{who}" for who in dict.fromkeys((contested, *people[:2]))),
        "/sources": ("/sources", "/sources?voice=unnamed"),
        "/compare": (
            "/compare",
            f"/compare?one={quote('The Morning')}&other={quote('صحيفة الوادي')}",
            "/compare?one=2031-05-01&other=nobody",
        ),
        "/runs": ("/runs",),
        "/keys": ("/keys",),
        "/api": ("/api/",),
        "/login": ("/login?next=/claims",),
        "/review": ("/review", "/review?kind=link"),
        "/review/agreement": ("/review/agreement",),
        "/review/claims/{claim_id}": (f"/review/claims/{claim}",),
        "/review/{item_id}": (*(f"/review/{item}" for item in waiting.values()), f"/review/{said}?change=1"),
        "(not found)": ("/claims/claim-sha256-0", "/claims?order=oldest"),
    }


@dataclass(slots=True)
class Watched:
    """A page in a browser, and what happened on it that should not: requests to others, words on the console, scripts
    that ran (by dialog, by calling `canary`, by asking a host named canary), and the frames they ran in."""

    page: Page
    at: str
    strangers: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    fired: list[str] = field(default_factory=list)
    fired_in: set[str] = field(default_factory=set)

    def open(self, path: str) -> None:
        """Go there, and wait until all of it is."""
        self.page.goto(self.at + path, wait_until="load")

    @property
    def path(self) -> str:
        """Where it is now, without the host."""
        return self.page.url.removeprefix(self.at)


def watched(context: BrowserContext, at: str) -> Watched:
    """A new page. Answers of status 4xx to its own address are no fault: Chromium notes them on the console."""
    held = Watched(context.new_page(), at)
    own = urlsplit(at).netloc

    def asked(request: Request) -> None:
        url = request.url
        if urlsplit(url).netloc != own and not url.startswith(("data:", "blob:", "about:")):
            held.strangers.append(url)
        if (urlsplit(url).hostname or "").endswith("canary.invalid"):
            held.fired.append(f"asked for {url}")
            held.fired_in.add(request.frame.name)

    def dialog(opened: Dialog) -> None:
        held.fired.append(f"dialog on {held.path}")
        opened.dismiss()

    def canary(source: dict[str, Any], *_: object) -> None:
        held.fired.append(f"canary on {held.path}")
        held.fired_in.add(source["frame"].name)

    page = held.page
    page.expose_binding("canary", canary)
    page.add_init_script(LOOKS)
    page.add_init_script("window.alert = (word) => window.canary(word)")
    page.on("request", asked)
    page.on("console", lambda said: None if _status(said.text) else held.console.append(f"{held.path}: {said.text}"))
    page.on("pageerror", lambda error: held.console.append(f"{held.path}: {error}"))
    page.on("dialog", dialog)
    return held


def _status(text: str) -> bool:
    return text.startswith("Failed to load resource: the server responded with a status of 4")
