"""Scripts in every text of a record, in a real browser: none runs, and none is even held back, since all are text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser

from onrecord.web.guard import Guard
from tests.web.hostile import STANDS_IN, hostile, look, places, unescaped
from tests.web.payloads import payloads
from tests.web.served import Served, run_at, served, watched

HELD = payloads(300)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk on nothing but payloads."""
    with hostile(tmp_path_factory.mktemp("hostile") / "r.db", HELD) as record, served(record) as at_work:
        yield at_work


def test_no_script_runs_and_all_are_read_as_text(browser: Browser, attacked: Served) -> None:
    with browser.new_context() as context:
        page = watched(context, attacked.at)
        found = look(page, places(attacked.desk.record, HELD, claims=8, asked=18), HELD)
        assert page.fired == []
        assert page.strangers == []
        assert attacked.desk.reports == []
        assert found.injected == []
        assert found.worked_out == []
        assert set(HELD) - found.read == set()
        assert page.console == []


def test_answers_that_are_put_into_a_page_run_none_either(browser: Browser, attacked: Served) -> None:
    with browser.new_context() as context:
        page = watched(context, attacked.at)
        page.open("/sources")
        for payload in HELD[:: len(HELD) // 6]:
            with page.page.expect_response(lambda r: "/sources?" in r.url):
                page.page.fill(".filters [name=q]", payload)
                page.page.locator(".filters [name=q]").blur()
        page.page.wait_for_timeout(300)
        assert (page.fired, page.strangers, attacked.desk.reports, page.console) == ([], [], [], [])


def test_the_same_scripts_run_where_nothing_stands_in_their_way(browser: Browser) -> None:
    with browser.new_context() as context:
        page = watched(context, "http://127.0.0.1")
        some = HELD[::3]
        ran = unescaped(page, some, STANDS_IN[0]) | unescaped(page, some, STANDS_IN[1])
        assert len(ran) >= len(some) // 6


def test_the_policy_alone_holds_them_back_and_says_so(browser: Browser) -> None:
    raw, told = FastAPI(), []

    @raw.get("/raw/{number}")
    def shown(number: int) -> HTMLResponse:
        return HTMLResponse(f"<!doctype html><p>{HELD[number]}")

    @raw.post("/csp-reports", status_code=204)
    def report() -> None:
        told.append(1)

    guard = Guard(raw, ("127.0.0.1",), lambda request, status, reason: HTMLResponse(reason, status))
    with run_at(guard) as at, browser.new_context() as context:
        page = watched(context, at)
        for number in range(0, len(HELD), 6):
            page.open(f"/raw/{number}")
        assert [each for each in page.fired if not each.startswith("asked")] == []
        assert len(told) > 10


def test_the_list_of_payloads_is_long_and_each_is_there_once() -> None:
    every = payloads()
    assert len(every) == len(set(every)) >= 2000


def test_hostile_bytes_come_as_a_download(attacked: Served, browser: Browser, tmp_path: Path) -> None:
    report = attacked.desk.record.reports()[0].id
    with browser.new_context() as context:
        page = watched(context, attacked.at)
        page.open(f"/reports/{report}")
        with page.page.expect_download() as got:
            page.page.get_by_role("link", name="Raw bytes").click()
        got.value.save_as(tmp_path / "raw")
        assert (tmp_path / "raw").read_bytes() == attacked.desk.record.raw(
            attacked.desk.record.report(report).report.raw_sha256
        )
        assert page.path == f"/reports/{report}"
        assert page.fired == []
