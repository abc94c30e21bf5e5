"""Hostile pages: text kept or flagged, in time; a page that harms the parser process harms nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onrecord.clean import Cleaner, clean
from onrecord.clean.article import parts
from onrecord.errors import Unparsable
from onrecord.model import RawReport
from tests.clean.pages import HEADLINE, PARAGRAPHS, page, raw

CLAIM = "The last word of the board was that it would not be hurried by anyone at all, come what may."


def costs(source: str) -> tuple[str, float]:
    """The text of a page and the processor time that the parser process spends on it."""
    begun = time.process_time()
    text = parts(source.encode(), None, "page.html")["text"]
    return str(text), time.process_time() - begun


@pytest.mark.parametrize("depth", [255, 256, 257, 10_000])
@pytest.mark.parametrize("tag", ["div", "b"])
def test_text_below_and_after_deep_nesting_is_kept(depth: int, tag: str, cleaner: Cleaner) -> None:
    deep = f"<{tag}>" * depth + f"<p>{CLAIM}</p>" + f"</{tag}>" * depth
    report = cleaner.clean(raw(page(between=deep)))
    assert CLAIM in report.text or any(flag.startswith("partial") for flag in report.flags)
    assert PARAGRAPHS[3] in report.text


def test_forty_thousand_attributes_on_one_tag() -> None:
    attributes = " ".join(f"a{k}=x" for k in range(40_000))
    text, took = costs(page(between=f"<p {attributes}>{CLAIM}</p>"))
    assert CLAIM in text
    assert took < 2


def test_a_hundred_thousand_paragraphs() -> None:
    text, took = costs(page(between="<p>It rained again on the pier.</p>" * 100_000))
    assert PARAGRAPHS[3] in text
    assert took < 8


@pytest.mark.parametrize("size", [10, 11])
def test_a_text_node_of_many_megabytes(size: int) -> None:
    long = "word " * (size * 200_000)
    text, took = costs(page(between=f"<p>{long}</p>"))
    assert PARAGRAPHS[3] in text
    assert took < 8


def test_a_line_of_a_million_characters() -> None:
    text, took = costs(page(between=f"<p>{'x' * 1_000_000} said nothing of the kind to the board that day.</p>"))
    assert PARAGRAPHS[3] in text
    assert took < 8


HOSTILE = {
    "unclosed tags": "<a " * 200_000,
    "unclosed quotes": "<a b='" * 100_000,
    "unclosed comments": "<!--" * 200_000,
    "unclosed styles": "<style>" * 50_000,
    "entities": "&amp;" * 200_000,
    "half entities": "&#" * 200_000,
    "long number": "&#" + "9" * 200_000 + ";",
    "many classes": "".join(f"<p class='c{k}'>x</p>" for k in range(20_000)),
    "many rules": "<style>"
    + "".join(f".a .b{k}{{display:none}}" for k in range(20_000))
    + "</style>"
    + "<p class=a>x</p>" * 2_000,
    "braces": "<style>" + "a{" * 100_000 + "</style>",
    "unclosed css comments": "<style>" + "/*" * 200_000 + "</style>",
    "formatting": "<p><b><i><u>x</p>" * 20_000,
    "cells": "<table>" + "<tr><td>x" * 30_000,
    "end tags": "</div></span></b>" * 60_000,
    "json": '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
    "style attribute": f"<p style='{'translate(' * 40_000}'>x</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_read_in_time(name: str) -> None:
    text, took = costs(page(extra=HOSTILE[name]))
    assert PARAGRAPHS[1] in text
    assert took < 5


def test_a_page_over_the_size_limit_is_refused_in_one_line(cleaner: Cleaner) -> None:
    with pytest.raises(Unparsable, match=r"^page\.html: The page has .* characters"):
        cleaner.clean(raw("<p>" + "x" * (17 * 2**20)))
    with pytest.raises(Unparsable, match="tags"):
        cleaner.clean(raw("<b>" * 500_000))
    assert cleaner.clean(raw(page())).text.startswith(HEADLINE)


def test_a_page_that_takes_too_long_is_given_up_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PARSE_SECONDS", "0.001")
    with Cleaner(workers=1) as one:
        with pytest.raises(Unparsable, match=r"more than 0.001 s"):
            one.clean(raw(page(between="<p>word</p>" * 20_000)))
        monkeypatch.setenv("ONRECORD_PARSE_SECONDS", "30")
        assert one.clean(raw(page())).text.startswith(HEADLINE)


def test_a_page_that_needs_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_PARSE_BYTES", str(4 * 2**20))
    with Cleaner(workers=1) as one, pytest.raises(Unparsable, match="2 times: over 4 MB"):
        one.clean(raw(page(between="<p>word <b>word</b></p>" * 100_000)))


def test_a_killed_parser_process_is_replaced(cleaner: Cleaner) -> None:
    with Cleaner(workers=1) as one:
        one.clean(raw(page()))
        for child in _children():
            if b"onrecord.clean.worker" in child[1]:
                os.kill(child[0], signal.SIGKILL)
        assert one.clean(raw(page())).text.startswith(HEADLINE)


def _children() -> list[tuple[int, bytes]]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                found.append((int(entry.name), (entry / "cmdline").read_bytes()))
        except (OSError, ValueError, IndexError):
            continue
    return found


def test_plain_text_starts_no_process_and_loads_no_parser() -> None:
    script = (
        "import sys\nfrom onrecord.clean import clean\nfrom onrecord.model import RawReport\n"
        "clean(RawReport(b'The board said on Tuesday that it would wait for the survey.', 'text', 't'))\n"
        "assert not {'trafilatura', 'lxml', 'htmldate'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_one_page_needs_no_pool() -> None:
    assert clean(RawReport(page().encode(), "html", "a")).text.startswith(HEADLINE)


def test_the_parser_process_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIER_TOKEN", "not for you")
    with Cleaner(workers=1) as one:
        one.clean(raw(page()))
        workers = [pid for pid, line in _children() if b"onrecord.clean.worker" in line]
        assert workers
        assert all(b"PIER_TOKEN" not in Path(f"/proc/{pid}/environ").read_bytes() for pid in workers)
