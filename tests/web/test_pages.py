"""Every page in a real browser: nothing from elsewhere, no complaint, readable by everybody at any width."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import Browser

from onrecord.answer import Record
from tests.web.conftest import NARROW, WIDE
from tests.web.served import Served, Watched, addresses, axe, pages_of, watched

AXE = """async () => (await axe.run(document, {
  resultTypes: ["violations"],
  rules: {"target-size": {enabled: true}},
})).violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) =>
  [v.id, v.help, ...v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160) + " " + n.failureSummary.slice(0, 300))].join("\\n  "))"""
TOO_WIDE = """() => { const w = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= w) return [];
  return [...document.querySelectorAll("body *")].filter((x) => x.getBoundingClientRect().right > w + 1
    && !x.closest(".scroll") && getComputedStyle(x).position !== "fixed").slice(0, 5)
    .map((x) => x.tagName + "." + x.className + " " + Math.round(x.getBoundingClientRect().right)).concat(["scrolls"]); }"""
SMALL = """() => [...document.querySelectorAll("button, input, select, summary, nav a, .n[href]")].filter((x) => x.offsetParent
    && x.type !== "checkbox").map((x) => [x, x.getBoundingClientRect()]).filter(([x, box]) => {
  if (x.matches(".n[href]")) { const at = (dy) => document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2 + dy);
    if (box.bottom > innerHeight - 20 || box.top < 20) return false;
    return [-11, 11].some((dy) => at(dy) !== x); }
  return box.width < 24 || box.height < 24; }).slice(0, 5).map(([x, b]) => `${x.outerHTML.slice(0, 90)} ${b.width}x${b.height}`)"""


def every(record: Record) -> list[str]:
    """All addresses that are looked at."""
    return list(itertools.chain.from_iterable(addresses(record).values()))


def test_every_page_is_looked_at(desk: Served, record: Record) -> None:
    missing = pages_of(desk.app) - set(addresses(record))
    assert not missing, f"name an address of each in tests/web/served.py: {sorted(missing)}"


def test_everybody_can_use_every_page(page: Watched, record: Record) -> None:
    script, faults = axe(), []
    for path in every(record):
        page.open(path)
        page.page.evaluate(script)
        for size, scheme in itertools.product((WIDE, NARROW), ("light", "dark")):
            page.page.set_viewport_size(size)  # type: ignore[arg-type]
            page.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            faults += [f"{path} {size['width']} {scheme}: {fault}" for fault in page.page.evaluate(AXE)]
    assert not faults, "\n".join(faults)


def test_nothing_scrolls_sideways_and_nothing_is_too_small_to_hit(page: Watched, record: Record) -> None:
    faults = []
    for path in every(record):
        page.open(path)
        for width in (1280, 640, 390, 320):
            page.page.set_viewport_size({"width": width, "height": 800})
            faults += [f"{path} at {width}: {fault}" for fault in page.page.evaluate(TOO_WIDE)]
            faults += [f"{path} at {width}: {fault} is small" for fault in page.page.evaluate(SMALL)]
    assert not faults, "\n".join(faults)


def test_all_can_be_read_and_asked_without_javascript(browser: Browser, desk: Served, record: Record) -> None:
    with browser.new_context(java_script_enabled=False) as plain, browser.new_context() as scripted:
        without, with_ = watched(plain, desk.at), watched(scripted, desk.at)
        for path in every(record):
            without.open(path)
            with_.open(path)
            assert without.page.inner_text("main") == with_.page.inner_text("main"), path
        without.open("/claims")
        without.page.get_by_label("Words").fill("wall")
        without.page.get_by_label("affirmed and denied").check()
        without.page.get_by_role("button", name="Show").click()
        assert "q=wall" in without.path
        assert "disputed=true" in without.path
        assert without.page.locator(".claims > li").count() == 1
        without.page.get_by_role("searchbox", name="Search claims").fill("pumps")
        without.page.get_by_role("button", name="Search").click()
        assert "pumps" in without.page.inner_text("main")
        assert without.page.title().startswith("pumps")
        assert (without.strangers, with_.strangers, with_.console) == ([], [], [])


def test_on_paper_are_the_words_and_where_they_stand(page: Watched, record: Record) -> None:
    page.page.emulate_media(media="print")
    for path in every(record):
        page.open(path)
        assert page.page.locator("main").is_visible()
        for gone in ("header.top", ".filters", ".skip"):
            assert page.page.locator(gone).locator("visible=true").count() == 0, (path, gone)
    page.open(addresses(record)["/claims/{claim_id}"][0])
    assert "The Morning" in page.page.inner_text("main")
    background = page.page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    assert background == "rgb(255, 255, 255)"


def test_names_of_another_direction_stay_where_they_are(page: Watched, record: Record) -> None:
    """Between a name and what follows it, the direction of the name must not spill over."""
    page.open(addresses(record)["/claims/{claim_id}"][0])
    for path in every(record):
        page.open(path)
        loose = page.page.evaluate(
            """() => { const rtl = /[\\u0590-\\u08ff]/, walk = document.createTreeWalker(document.querySelector("main"), 4), out = [];
            while (walk.nextNode()) { const n = walk.currentNode;
              if (rtl.test(n.data) && !n.parentElement.closest("bdi, [dir], option, title")) out.push(n.data.slice(0, 60)); }
            return out; }"""
        )
        assert loose == [], path
    rtl = next(head.id for head in record.reports() if "وزير" in (head.headline or ""))
    page.open(f"/reports/{rtl}")
    assert page.page.evaluate("() => getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    assert page.page.evaluate("() => getComputedStyle(document.querySelector('.text p:nth-of-type(2)')).direction") == "rtl"


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


