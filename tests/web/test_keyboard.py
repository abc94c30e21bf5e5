"""Everything by keyboard: the ways in, the lines, the words; and where one is can always be seen."""

from __future__ import annotations

import pytest

from onrecord.answer import Record
from tests.web.conftest import NARROW
from tests.web.served import Watched, addresses

FOCUS = "looks.focus()"
KEYS = {"h": "/", "c": "/claims", "s": "/sources", "m": "/compare", "r": "/reports", "f": "/runs", "?": "/keys"}


@pytest.mark.parametrize("key", KEYS)
def test_a_key_leads_to_each_room(page: Watched, key: str) -> None:
    page.open("/search?q=wall")
    page.page.keyboard.press(key)
    page.page.wait_for_url(lambda url: url == page.at + KEYS[key])


def test_the_first_stop_is_a_way_past_what_is_on_every_page(page: Watched) -> None:
    page.open("/claims")
    page.page.keyboard.press("Tab")
    assert page.page.evaluate(FOCUS)["what"] == "A To the content"
    assert page.page.evaluate(FOCUS)["inside"]
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("() => !!document.activeElement.closest('main')")


def test_slash_searches_and_escape_leaves_and_letters_are_letters_there(page: Watched) -> None:
    page.open("/claims")
    page.page.keyboard.press("/")
    page.page.keyboard.type("chjk?/")
    assert page.page.input_value("#q") == "chjk?/"
    assert page.path == "/claims"
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("r")
    page.page.wait_for_url("**/reports")


def test_keys_held_with_others_are_left_to_the_browser(page: Watched) -> None:
    page.open("/")
    for key in ("Control+c", "Alt+r", "Meta+s", "Control+k"):
        page.page.keyboard.press(key)
    page.page.wait_for_timeout(200)
    assert page.path == "/"


def test_j_and_k_go_from_line_to_line_and_enter_opens(page: Watched) -> None:
    page.open("/claims")
    words = page.page.locator(".claims .wording").all_inner_texts()
    on = "() => document.activeElement.textContent"
    for expected, key in (
        (words[0], "j"),
        (words[1], "j"),
        (words[2], "j"),
        (words[1], "k"),
        (words[0], "k"),
        (words[0], "k"),
    ):
        page.page.keyboard.press(key)
        assert page.page.evaluate(on) == expected
        assert page.page.evaluate(FOCUS)["ring"]
    page.page.keyboard.press("Enter")
    page.page.wait_for_url("**/claims/attribution-*")
    assert words[0] in page.page.inner_text("h1")


@pytest.mark.parametrize("path", ["/claims/{claim_id}", "/reports/{report_id}", "/sources", "/", "/search"])
def test_every_page_has_lines_to_step_through(page: Watched, record: Record, path: str) -> None:
    """What was stepped to is on the screen, and is another each time."""
    page.open(addresses(record)[path][1 if path in ("/search", "/reports/{report_id}") else 0])
    met = []
    for _ in range(3):
        page.page.keyboard.press("j")
        met.append(tuple(page.page.evaluate(FOCUS)["place"]))
        assert page.page.evaluate(FOCUS)["inside"]
    assert len(set(met)) > 1


def test_in_a_report_the_keys_show_who_said_which_words(page: Watched, record: Record) -> None:
    report = next(head.id for head in record.reports() if head.headline == "Wall had cracks, engineer says")
    page.open(f"/reports/{report}")
    page.page.keyboard.press("j")
    page.page.keyboard.press("j")
    assert page.page.locator(".text .source.on").inner_text() == "Mine spokesman Carl Maki"
    assert page.page.locator(".text .cue.on").inner_text() == "denied"
    assert page.page.locator(".cards li.near").count() == 1  # what he answers
    assert page.page.locator("svg.arcs path").count() >= 2


@pytest.mark.parametrize("narrow", [False, True])
def test_where_one_is_can_be_seen_at_every_stop_and_the_stops_follow_the_page(
    page: Watched, record: Record, narrow: bool
) -> None:
    if narrow:
        page.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    for path in (
        "/claims",
        addresses(record)["/claims/{claim_id}"][0],
        addresses(record)["/reports/{report_id}"][0],
        "/sources",
    ):
        page.open(path)
        stops, ends = [], page.page.locator("a[href], button, input, select, summary, [tabindex='0']").count()
        for _ in range(ends + 2):
            page.page.keyboard.press("Tab")
            stop = page.page.evaluate(FOCUS)
            if stop["body"]:
                break
            assert stop["ring"], (path, stop)
            assert stop["inside"], (path, stop)
            assert not stop["covered"], (path, stop)
            stops.append(stop["what"])
        assert stops[0] == "A To the content"
        assert len(stops) >= ends - 3
    page.page.keyboard.press("Shift+Tab")
