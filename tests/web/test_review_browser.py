"""Review in a real browser: the whole flow by keyboard and by mouse, in a page whose policy runs nothing of others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onrecord.answer import Record
from onrecord.store import Store
from tests.web.browsing import served
from tests.web.desk import filled, said

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path / "r.db") as store:
        yield store


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, store: Store) -> Iterator[Page]:
    """A page of the desk that fails the test on any error of a script or word of the policy."""
    with served(store) as address:
        context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" and "409" not in m.text else None)
        yield page
        context.close()
    assert wrong == []


def settled(page: Page, words: str) -> None:
    """Wait until the live region says so."""
    page.wait_for_function("w => document.getElementById('live').textContent.includes(w)", arg=words)


def verdict(store: Store, attribution: str | None) -> str | None:
    review = Record(store).attribution(str(attribution)).review
    return review.verdict if review else None


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_queue_is_worked_off_by_keyboard_alone(page: Page, store: Store) -> None:
    record = Record(store)
    before = len(record.waiting("Ada"))
    page.goto("/review")
    first = page.get_attribute("#item", "data-item")
    page.keyboard.press("a")
    settled(page, "Accepted. Undo: u.")
    assert focus(page) == "item"
    second = page.get_attribute("#item", "data-item")
    assert second != first
    page.keyboard.press("x")
    settled(page, "Rejected.")
    page.keyboard.press("s")
    settled(page, "Skipped.")
    assert len(record.waiting("Ada")) < before
    assert "2 decided today" in page.inner_text(".progress")
    assert verdict(store, first) == "right"
    assert verdict(store, second) == "wrong"
    page.keyboard.press("u")
    settled(page, "Undone.")
    page.keyboard.press("u")
    page.wait_for_function("id => document.getElementById('item').dataset.item === id", arg=second)
    assert verdict(store, second) is None
    assert page.url.endswith(f"/review/{second}?done=undone")
    page.keyboard.press("n")
    page.wait_for_function("id => document.getElementById('item').dataset.item !== id", arg=second)
    page.keyboard.press("p")
    page.wait_for_function("id => document.getElementById('item').dataset.item === id", arg=second)


def test_spans_are_marked_by_keyboard(page: Page, store: Store) -> None:
    record = Record(store)
    harbour = said(store, "harbour")
    page.goto(f"/review/{harbour}")
    page.keyboard.press("e")
    page.wait_for_selector("#marking")
    page.wait_for_function("document.activeElement.id === 'marking'")
    page.keyboard.press("ArrowRight")
    settled(page, "that")
    page.keyboard.press("ArrowRight")
    settled(page, "the")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
    settled(page, "the harbour 🚢")
    page.keyboard.press("3")
    settled(page, "content: the harbour 🚢")
    page.keyboard.press("Control+Enter")
    settled(page, "Changed.")
    now = record.attribution(harbour)
    assert [c.text for c in now.content] == ["the harbour 🚢"]
    assert now.source
    assert now.source.text == "Mayor Lee"
    assert now.review
    assert now.review.was == (("content", "that the harbour 🚢 will close"),)


def test_spans_are_marked_by_mouse_across_paragraphs_and_a_table(page: Page, store: Store) -> None:
    record = Record(store)
    harbour = said(store, "harbour")
    page.goto(f"/review/{harbour}?change=true")
    drag(page, "will close", "3 boats")
    page.click("[data-role=source]")
    settled(page, "A source stands in one paragraph, this selection has words of 3.")
    page.click("[data-role=content]")
    settled(page, "content: will close., then")
    page.select_option("[name=act]", "warn")
    page.click("#save")
    settled(page, "Changed.")
    now = record.attribution(harbour)
    text = record.text(now.report.id)
    assert [c.text for c in now.content] == ["will close.", "Pier\t12 boats", "Quay\t3 boats"]
    assert all(text[c.start : c.end] == c.text for c in now.content)
    assert now.act == "warn"


def drag(page: Page, first: str, last: str) -> None:
    """With the mouse from before the one to behind the other."""
    box = """([words, end]) => {
        const walk = document.createTreeWalker(document.getElementById("marking"), NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const at = node.data.indexOf(words);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            const r = range.getBoundingClientRect();
            return [end ? r.right : r.left, (r.top + r.bottom) / 2];
        }
    }"""
    x, y = page.evaluate(box, [first, False])
    page.mouse.move(x + 0.5, y)
    page.mouse.down()
    x, y = page.evaluate(box, [last, True])
    page.mouse.move(x, y, steps=5)
    page.mouse.up()


def test_decisions_are_made_by_mouse(page: Page, store: Store) -> None:
    record = Record(store)
    page.goto("/review?kind=link")
    item = page.get_attribute("#item", "data-item")
    page.fill("[name=reason]", "two bridges")
    page.click("button[value=different]")
    settled(page, "Decided: different.")
    (made,) = record.item(str(item)).decisions
    assert (made.relation, made.reason, made.by) == ("different", "two bridges", "Ada")
    page.click("text=Undo my last decision")
    settled(page, "Undone.")
    assert record.item(str(item)).decisions == ()


def test_two_versions_stand_side_by_side_and_one_key_keeps_one(page: Page, store: Store) -> None:
    record = Record(store)
    harbour = said(store, "harbour")
    page.goto(f"/review/{harbour}")
    record.wrong(harbour, by="Bo", reason="not a statement")
    page.keyboard.press("a")
    page.wait_for_selector("text=Bo has decided this since you saw it")
    assert "not a statement" in page.inner_text("#item")
    page.keyboard.press("2")
    page.wait_for_selector("text=decided today")
    assert verdict(store, harbour) == "right"
