"""A small record with everything in it that a format may stumble over; all of it is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onrecord.clean import clean
from onrecord.linking import find_claims
from onrecord.model import (
    Attribution,
    Entity,
    Evidence,
    Extraction,
    Found,
    Given,
    Meaning,
    RawReport,
    Run,
    Span,
    When,
)
from onrecord.store import open_store
from tests.stand_in import WordComparer
from tests.test_claims import SAID, put

HOSTILE = "=HYPERLINK(\"x\")</title><script>alert('1')</script>{\\b_%$#&~^} \u202e😀"
TEXT = """😀 Bridge shut
“It is closed,
all of it,” Mayor Lee told the council at the town hall on Monday, citing photographs, she claimed; <b>Aide Moe</b>
had warned her that the river would rise in May.

Nobody was asked about the ferry.
"""
RUN = Run("by hand", "1", {"careful": True})


def span(words: str, text: str = TEXT) -> Span:
    """Where the words stand, which they do once."""
    assert text.count(words) == 1, words
    return Span(text.index(words), text.index(words) + len(words))


def full(origin: str = "a/full.txt") -> tuple[RawReport, Extraction]:
    """One report with all that can be worked out of an attribution, and every hostile character in its head."""
    given = Given(
        url=Found("https://paper.example/a?b=1&c={d}", "user"),
        publisher=Found(f"The {HOSTILE} Morning", "user"),
        published=Found("2031-05-02T10:00:00+02:00", "user"),
        byline=(Found(HOSTILE, "user"), Found("Ann Ng", "user")),
        title=Found(HOSTILE, "row:title"),
    )
    raw = RawReport(TEXT.encode(), "text", origin, datetime(2031, 5, 3, tzinfo=UTC), "paper.example", given)
    report = replace(clean(raw, verbatim=True), headline=Found(HOSTILE, "row:title"))
    lee = Entity(report.id, "Mayor Lee", "person", (span("Mayor Lee"), span(" she ")), "mayor", "Norway", 0.9)
    moe = Entity(report.id, "Moe <&> Co", "organization", (span("Aide Moe"),))
    outer = Attribution(
        report.id,
        span("Mayor Lee"),
        span("told"),
        (span("“It is closed,\nall of it,”"), span("had warned her that the river would rise in May")),
        "mixed",
        0.9123,
        Meaning(
            act="accuse",
            modality="plain",
            entity=lee.id,
            candidates=((lee.id, 0.8),),
            distance=(span("she claimed"),),
            evidence=(Evidence(span("photographs"), "imagery"),),
            addressee=span("the council"),
            venue=span("at the town hall"),
            said_on="2031-05-01",
            content_when=(When(span("on Monday"), None),),
            scores=(("act", 0.5),),
        ),
    )
    inner = Attribution(
        report.id,
        span("Aide Moe"),
        span("had warned"),
        (span("that the river would rise in May"),),
        "indirect",
        0.75,
        Meaning(
            act="warn",
            entity=moe.id,
            within=outer.id,
            addressee=span(" her "),
            content_when=(When(span("in May"), "2031-05"),),
        ),
    )
    cueless = Attribution(report.id, span("Mayor Lee"), None, (span("all of it"),), "direct", 0.5)
    return raw, Extraction(report, (outer, inner, cueless), RUN, (), (lee, moe))


def record(path: Path) -> Path:
    """Four plain reports on a bridge, three of them on one disputed claim, and the full one."""
    with open_store(path) as store:
        for name, (day, text) in SAID.items():
            put(store, name, day, text, publisher="<script>alert(1)</script>" if name == "c" else "The Morning")
        store.record(*full())
        find_claims(store, WordComparer())
    return path


def walk(value: Any) -> list[Any]:
    """A value of JSON and everything in it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(each for part in inner for each in walk(part))]
