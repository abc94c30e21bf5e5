"""Every page in a real browser: nothing from elsewhere, no complaint, readable by everybody at any width."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser

from onrecord.answer import Record
from tests.web.conftest import NARROW, WIDE
from tests.web.served import Served, Watched, addresses, axe, pages_of, watched


@dataclass(slots=True)
class Seen:
    """What was found on all pages, by kind; each with its address."""

    axe: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    paper: list[str] = field(default_factory=list)
    looked_at: int = 0
    words: dict[str, str] = field(default_factory=dict)


def every(record: Record) -> list[str]:
    """All addresses that are looked at."""
    return list(itertools.chain.from_iterable(addresses(record).values()))


@pytest.fixture(scope="module")
def seen(browser: Browser, desk: Served, record: Record) -> Iterator[Seen]:
    """Every page, loaded once and looked at in every way."""
    script, found = axe(), Seen()
    with browser.new_context(viewport=WIDE) as context:  # type: ignore[arg-type]
        held = watched(context, desk.at)
        page = held.page
        for path in every(record):
            held.open(path)
            found.words[path] = page.inner_text("main")
            page.evaluate(script)
            for size, scheme in itertools.product((WIDE, NARROW), ("light", "dark")):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                found.axe += [f"{path} {size['width']} {scheme}: {fault}" for fault in page.evaluate("looks.axe()")]
                found.looked_at += 1
            for width in (1280, 640, 390, 320):
                page.set_viewport_size({"width": width, "height": 800})
                found.wide += [f"{path} at {width}: {fault}" for fault in page.evaluate("looks.wide()")]
                found.small += [f"{path} at {width}: {fault}" for fault in page.evaluate("looks.small()")]
            found.loose += [f"{path}: {fault}" for fault in page.evaluate("looks.loose()")]
            page.emulate_media(media="print")
            found.paper += [f"{path}: {fault}" for fault in page.evaluate("looks.paper()")]
            page.emulate_media(media="screen")
    yield found
    assert held.strangers == []
    assert held.console == []
    assert desk.desk.reports == []


def test_every_page_is_looked_at(desk: Served, record: Record) -> None:
    missing = pages_of(desk.app) - set(addresses(record))
    assert not missing, f"name an address of each in tests/web/served.py: {sorted(missing)}"


def test_everybody_can_use_every_page_wide_and_narrow_light_and_dark(seen: Seen, record: Record) -> None:
    assert seen.axe == []
    assert seen.looked_at == 4 * len(every(record))


def test_the_judge_of_accessibility_judges(page: Watched) -> None:
    page.open("/keys")
    page.page.evaluate(axe())
    page.page.evaluate(
        "() => { document.documentElement.lang = ''; document.querySelector('h1').style.color = '#eee'; }"
    )
    told = page.page.evaluate("looks.axe()")
    assert [fault.split("\n")[0] for fault in told] == ["color-contrast", "html-has-lang"]


def test_nothing_scrolls_sideways_at_any_width_or_at_twice_the_size(seen: Seen) -> None:
    assert seen.wide == []


def test_what_can_be_hit_is_large_enough(seen: Seen) -> None:
    assert seen.small == []


def test_names_of_another_direction_do_not_turn_what_stands_beside_them(
    page: Watched, seen: Seen, record: Record
) -> None:
    assert seen.loose == []
    turned = next(head.id for head in record.reports() if "وزير" in (head.headline or ""))
    page.open(f"/reports/{turned}")
    for part in ("h1", ".text p:nth-of-type(2)"):
        assert page.page.evaluate("(p) => getComputedStyle(document.querySelector(p)).direction", part) == "rtl"


def test_on_paper_are_the_words_and_not_the_desk(seen: Seen) -> None:
    assert seen.paper == []


def test_all_can_be_read_and_asked_without_javascript(browser: Browser, desk: Served, seen: Seen) -> None:
    with browser.new_context(java_script_enabled=False) as plain:
        without = watched(plain, desk.at)
        for path, words in seen.words.items():
            if "change=" in path:  # it tells of keys, or has fields to fill in: see test_review and test_review_browser
                continue
            without.open(path)
            assert without.page.inner_text("main") == words, path
        without.open("/claims")
        without.page.get_by_label("Words", exact=True).fill("wall")
        without.page.get_by_label("affirmed and denied").check()
        without.page.get_by_role("button", name="Show").click()
        assert "q=wall" in without.path
        assert "disputed=true" in without.path
        assert without.page.locator(".claims > li").count() == 1
        without.page.get_by_role("searchbox", name="Search claims").fill("pumps")
        without.page.get_by_role("button", name="Search").click()
        assert "pumps" in without.page.inner_text("main")
        assert without.page.title().startswith("pumps")
        assert without.strangers == []


def test_filters_are_in_the_address_and_the_way_back(page: Watched, browser: Browser, desk: Served) -> None:
    page.open("/claims")
    claims = page.page.locator("#found .claims > li")
    before = claims.count()
    page.page.get_by_label("affirmed and denied").check()
    page.page.wait_for_url("**disputed=true**")
    page.page.wait_for_function("n => document.querySelectorAll('#found .claims > li').length < n", arg=before)
    kept = page.path
    page.page.go_back()
    page.page.wait_for_function("n => document.querySelectorAll('#found .claims > li').length === n", arg=before)
    page.page.go_forward()
    page.page.wait_for_function("() => document.querySelectorAll('#found .claims > li').length === 1")
    claims.first.get_by_role("link").first.click()
    page.page.wait_for_url("**/claims/attribution-*")
    page.page.go_back()
    page.page.wait_for_url("**disputed=true**")
    assert claims.count() == 1
    with browser.new_context() as other:
        copied = watched(other, desk.at)
        copied.open(kept)
        assert copied.page.locator("#found .claims > li").count() == 1
        assert copied.page.get_by_label("affirmed and denied").is_checked()


@pytest.mark.parametrize("words", ["wall", "“wall”", "a" * 3000])
def test_what_was_searched_for_stays_in_the_box(page: Watched, words: str) -> None:
    page.open("/")
    page.page.keyboard.press("/")
    page.page.keyboard.type(words) if len(words) < 100 else page.page.fill("#q", words)
    page.page.keyboard.press("Enter")
    page.page.wait_for_url("**/search?q=*")
    assert page.page.input_value("#q") == words
