"""Somebody new: from the first page to understanding a dispute in at most three steps, by mouse and by keyboard."""

from __future__ import annotations

from tests.web.served import Watched

UNDERSTOOD = (
    "said so",
    "denied it",
    "an official who asked not to be named",
    "Mine spokesman Carl Maki",
    "denied",
    "The Morning",
    "2031-05-01",
)


def seen_at_once(page: Watched) -> str:
    """The words on the screen, without scrolling."""
    words: str = page.page.evaluate("looks.words()")
    return words


def test_by_mouse_in_three_clicks(page: Watched) -> None:
    page.open("/")
    first = seen_at_once(page)
    assert "Somebody says so, somebody denies it" in first
    assert "disputed" in first
    page.page.locator(".claims .wording").first.click()  # 1
    page.page.wait_for_url("**/claims/attribution-*")
    at_once = seen_at_once(page)
    for words in ("disputed", "4 voices said so", "3 voices denied it", "independent text", "2031-05-01"):
        assert words in at_once, at_once
    everything = page.page.inner_text("main")
    for words in UNDERSTOOD:
        assert words in everything
    page.page.locator(".tally .of-denies a").click()  # 2
    assert "Who denied it" in seen_at_once(page)
    assert "Mine spokesman Carl Maki" in seen_at_once(page)
    page.page.locator(".side.of-denies").get_by_role("link", name="In the report").first.click()  # 3
    page.page.wait_for_url("**/reports/report-*#attribution-*")
    page.page.wait_for_function("() => document.querySelectorAll('.text .on').length >= 3")
    assert page.page.locator(".text .cue.on").inner_text() == "denied"
    assert page.page.locator(".text .source.on").inner_text() in seen_at_once(page)


def test_by_keyboard_in_three_steps(page: Watched) -> None:
    page.open("/")
    page.page.keyboard.press("j")
    page.page.keyboard.press("Enter")  # 1
    page.page.wait_for_url("**/claims/attribution-*")
    stops = 0
    while page.page.evaluate("() => document.activeElement.getAttribute('href')") != "#denies":
        page.page.keyboard.press("Tab")
        stops += 1
        assert stops < 20
    page.page.keyboard.press("Enter")  # 2
    assert "Who denied it" in seen_at_once(page)
    page.page.keyboard.press("Tab")
    while page.page.evaluate("() => document.activeElement.textContent") != "In the report":
        page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")  # 3
    page.page.wait_for_url("**/reports/report-*#attribution-*")
    page.page.wait_for_function("() => document.querySelectorAll('.text .on').length >= 3")
    assert page.page.locator(".text .cue.on").inner_text() == "denied"


def test_by_searching(page: Watched) -> None:
    page.open("/")
    page.page.keyboard.press("/")
    page.page.keyboard.type("wall")
    page.page.keyboard.press("Enter")  # 1
    page.page.wait_for_url("**/search?q=wall")
    page.page.locator(".claims .wording").first.click()  # 2
    page.page.wait_for_url("**/claims/attribution-*")
    assert "voices denied it" in seen_at_once(page)
