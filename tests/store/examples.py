"""Stores to test, and reports to put in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import strategies as st

from onrecord.model import (
    Attribution,
    Entity,
    Evidence,
    Extraction,
    Found,
    Given,
    Kind,
    Meaning,
    Origin,
    RawReport,
    Report,
    Run,
    SetAside,
    Span,
    When,
)
from onrecord.report_json import report_json
from onrecord.store import Store, open_store
from onrecord.store.schema import KEPT

RUN = Run("tagger", "1.0", {"threshold": 0.5, "cleaner": "1"})
NEWER = Run("tagger", "2.0", {"threshold": 0.5, "cleaner": "1"})

MakeStore = Callable[[Path], Store]


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        open_store(Path(folder) / "record.db").close()
        return (Path(folder) / "record.db").read_bytes()


def sqlite(folder: Path) -> Store:
    """The record in a folder; a new one is copied from an empty one, which is quicker than to make it."""
    path = folder / "record.db"
    if not path.exists():
        path.write_bytes(_empty())
    return open_store(path)


FACTORIES: dict[str, MakeStore] = {"sqlite": sqlite}
every_store = pytest.mark.parametrize("make", FACTORIES.values(), ids=FACTORIES)
"""Runs a test of behaviour on every kind of store that there is."""

CONTAINERS = (
    "Ship seized off Cape Vale\n"
    "The containers held missiles, John Kirby told reporters. 🚢\n"
    "Moscow’s foreign minister Sergéi Lavrov denied “any shipment of arms” and called it, in his words, “a fairy tale”."
)


def pair(
    text: str = CONTAINERS,
    said: Iterable[tuple[str | None, str | None, tuple[str, ...], Kind]] | None = None,
    *,
    origin: str = "reports/a.txt",
    data: bytes | None = None,
    publisher: str | None = "The Guardian",
    published: str | None = "2026-05-03",
    headline: str | None = None,
    run: Run = RUN,
    whole: str | None = None,
    score: float = 0.875,
) -> tuple[RawReport, Extraction]:
    """A report and what was extracted from it, each span given by its words."""
    raw = RawReport(
        text.encode() if data is None else data, "text", origin, given=Given(id="7", url=Found("u", "row:url"))
    )
    exact = data is None
    report = Report(
        text=text,
        raw_sha256=raw.sha256,
        origin=origin,
        url=Found(f"https://example.org/{origin}", "user"),
        publisher=Found(publisher, "user") if publisher else None,
        headline=Found(headline or text.split("\n")[0], "text:first line"),
        headline_span=Span(0, len(text.split("\n")[0])) if text.split("\n")[0] else None,
        byline=(Found("Ann Lee", "html:.byline"), Found("Bo Ek", "jsonld:author", True)),
        published=Found(published, "og:published", True) if published else None,
        captured=datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
        delivered_by="example.org",
        language=Found("en", "py3langid", True),
        origins=tuple(_map(text)) if exact else (),
        set_aside=(
            SetAside("clean", "furniture: share bar", 0, 4),
            SetAside("clean", "hidden", raw_start=2, raw_end=9),
        ),
        flags=("encoding: guessed utf-8",),
    )
    if said is None:
        said = KIRBY_AND_LAVROV if text == CONTAINERS else ()
    found = tuple(
        Attribution(report.id, _find(text, s), _find(text, c), tuple(_span(text, x) for x in parts), kind, score)
        for s, c, parts, kind in said
    )
    entities: tuple[Entity, ...] = ()
    if said is KIRBY_AND_LAVROV:
        found, entities = _meant(report, found)
    parts = (SetAside("extract", whole),) if whole else (SetAside("extract", "no cue", 1, 3, detail="ship"),)
    return raw, Extraction(report, found, run, parts, entities)


def _meant(report: Report, found: tuple[Attribution, ...]) -> tuple[tuple[Attribution, ...], tuple[Entity, ...]]:
    """What an engine might work out of `KIRBY_AND_LAVROV`."""
    kirby, lavrov, state = (_span(report.text, words) for words in ("John Kirby", "Sergéi Lavrov", "Moscow"))
    who = (
        Entity(report.id, "John Kirby", "person", (kirby,), None, None, 0.75),
        Entity(report.id, "Sergéi Lavrov", "person", (lavrov,), "foreign minister", "Moscow", 0.5),
        Entity(report.id, "Moscow", "country", (state,)),
    )
    told = Meaning("assert", "plain", who[0].id, addressee=_span(report.text, "reporters"), scores=(("act", 0.25),))
    denied = Meaning(
        "deny",
        "negated",
        who[1].id,
        distance=(_span(report.text, "denied"),),
        evidence=(Evidence(_span(report.text, "his words"), "document"),),
        about=found[0].id,
        venue=_span(report.text, "Cape Vale"),
        said_on="2026-05-02",
        content_when=(When(_span(report.text, "arms"), None), When(_span(report.text, "any"), "2026-05")),
    )
    called = Meaning("dismiss", candidates=((who[1].id, 0.5), (who[2].id, 0.25)), within=found[1].id)
    return tuple(replace(a, meaning=m) for a, m in zip(found, (told, denied, called), strict=True)), who


KIRBY_AND_LAVROV: tuple[tuple[str | None, str | None, tuple[str, ...], Kind], ...] = (
    ("John Kirby", "told", ("The containers held missiles",), "indirect"),
    ("Sergéi Lavrov", "denied", ("“any shipment of arms”",), "mixed"),
    ("Sergéi Lavrov", "called", ("it", "“a fairy tale”"), "direct"),
)


def _map(text: str) -> Iterable[Origin]:
    at = 0
    for k, c in enumerate(text):
        yield Origin(k, k + 1, at, at + len(c.encode()), True)
        at += len(c.encode())


def _span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def _find(text: str, words: str | None) -> Span | None:
    return _span(text, words) if words else None


def everything(store: Store) -> list[object]:
    """All that a record says, whatever the order in which it was recorded."""
    reports = sorted((report_json(e) for e in store.extractions()), key=lambda d: str(d["report"]["id"]))
    return [
        reports,
        store.sources(limit=1000),
        store.entities(limit=1000),
        store.status().reports,
        store.status().attributions,
    ]


ALPHABET = st.one_of(
    st.characters(codec="utf-8", exclude_characters="\x00"),
    st.sampled_from("aé️e\u0301👩‍👩‍👧🇫🇷שלוםمرحبا\u202e\u200b\ue000\ue001 \n…"),
)


@st.composite
def extractions(draw: st.DrawFn) -> tuple[RawReport, Extraction]:
    """Any text, with any spans in it."""
    text = draw(st.text(ALPHABET, min_size=2, max_size=60))
    raw, empty = pair(
        text, (), origin=f"{draw(st.integers(0, 3))}.txt", publisher=draw(st.sampled_from(["A", "B", None]))
    )
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda p: p[0] < p[1])
    span = spans.map(lambda p: Span(*p))
    some = st.lists(
        st.builds(
            Attribution,
            st.just(empty.report.id),
            st.none() | span,
            st.none() | span,
            st.lists(span, min_size=1, max_size=3, unique=True).map(tuple),
            st.sampled_from(["direct", "indirect", "mixed"]),
            st.floats(0, 1),
            st.builds(
                Meaning,
                act=st.none() | st.sampled_from(["deny", "ask"]),
                modality=st.none() | st.just("plain"),
                distance=st.lists(span, max_size=2).map(tuple),
                evidence=st.lists(st.builds(Evidence, span, st.just("imagery")), max_size=2).map(tuple),
                addressee=st.none() | span,
                venue=st.none() | span,
                said_on=st.none() | st.just("2026-05-03"),
                content_when=st.lists(st.builds(When, span, st.none() | st.just("2026")), max_size=2).map(tuple),
                scores=st.lists(st.tuples(st.just("act"), st.floats(0, 1)), max_size=1).map(tuple),
            ),
        ),
        max_size=3,
    )
    whose = draw(st.lists(span, max_size=2, unique=True))
    entities = tuple(Entity(empty.report.id, text[m.start : m.end], "person", (m,)) for m in whose)
    return raw, Extraction(empty.report, tuple(draw(some)), RUN, empty.set_aside, entities)


def tamper(path: Path, sql: str, *values: object, skip: Iterable[str] = ()) -> None:
    """Change a record behind its back, as somebody with the file could; of tables in `skip` the triggers go."""
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("fold", 1, str)
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        dropped = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in dropped:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(sql, values)
        for name, made in dropped:
            if not name.startswith(tuple(skip)):
                connection.execute(made)
        connection.commit()


def columns(path: Path) -> list[tuple[str, str]]:
    """Every column of every table whose rows are kept."""
    with closing(sqlite3.connect(path)) as connection:
        return [(table, row[1]) for table in KEPT for row in connection.execute(f"PRAGMA table_info({table})")]
