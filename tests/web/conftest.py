"""A desk with content, and a browser to look at it. One browser a module: its driver keeps an event loop in the thread,
which other tests that start one would stumble over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from onrecord.answer import Record
from tests.web.records import full
from tests.web.served import Served, Watched, chromium, served, watched

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """The record of `records.full`. To read, not to change."""
    with full(tmp_path_factory.mktemp("desk") / "record.db") as made:
        yield made


@pytest.fixture(scope="session")
def desk(record: Record) -> Iterator[Served]:
    """That record at its address."""
    with served(record) as at_work:
        yield at_work


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile of its own, wide and light."""
    made = browser.new_context(viewport=WIDE, color_scheme="light", service_workers="block")  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, desk: Served) -> Iterator[Watched]:
    """A page on the desk; afterwards nothing must have gone out, been complained of, or been held back."""
    desk.desk.reports.clear()
    held = watched(context, desk.at)
    yield held
    assert held.strangers == []
    assert held.console == []
    assert held.fired == []
    assert desk.desk.reports == []
