"""Search, who and sources: what is found, in which order, and that nothing typed breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Unpack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.errors import UsageError
from onrecord.model import Kind
from onrecord.store import Query, Store
from onrecord.store.rows import Filters
from tests.store.examples import FACTORIES, NEWER, MakeStore, every_store, pair

LATE = "Vale again\nKIRBY’s spokesman said the container was empty. Lavrov Jr. denied it."
LATE_SAID: tuple[tuple[str, str, tuple[str, ...], Kind], ...] = (
    ("KIRBY’s spokesman", "said", ("the container was empty",), "direct"),
    ("Lavrov Jr.", "denied", ("it",), "direct"),
)
ALONE: tuple[tuple[None, None, tuple[str, ...], Kind], ...] = ((None, None, ("Containers here",), "direct"),)


@pytest.fixture(scope="module", params=list(FACTORIES.values()), ids=list(FACTORIES))
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A small record to ask."""
    with request.param(tmp_path_factory.mktemp("search")) as filled:
        filled.record(*pair())
        filled.record(
            *pair(LATE, LATE_SAID, origin="b.txt", publisher="The Post", published="2026-06-01T09:30:00+02:00")
        )
        filled.record(*pair("No day\nContainers here.", ALONE, origin="c.txt", publisher=None, published=None))
        yield filled


def _found(store: Store, **fields: object) -> list[str]:
    return [hit.said.content[0].text if hit.said else hit.report.origin for hit in store.search(Query(**fields))]  # type: ignore[arg-type]


MISSILES, ARMS, TALE = "The containers held missiles", "“any shipment of arms”", "it"
EMPTY, HERE = "the container was empty", "Containers here"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"words": "container"}, [HERE, EMPTY, MISSILES]),
        ({"words": "CONTAINERS missile"}, [MISSILES]),
        ({"words": '"containers held"'}, [MISSILES]),
        ({"words": '"held containers"'}, []),
        ({"words": "ship*"}, [ARMS]),
        ({"words": "shipment"}, [ARMS]),
        ({"words": "container", "source": "kirby"}, [EMPTY, MISSILES]),
        ({"words": "container", "source": "john kirby"}, [MISSILES]),
        ({"source": "sergei"}, [TALE, ARMS]),
        ({"cue": "deny", "words": "arms"}, [ARMS]),
        ({"words": "container", "kind": "direct"}, [HERE, EMPTY]),
        ({"words": "container", "publisher": "guardian"}, [MISSILES]),
        ({"words": "container", "since": "2026-05-03", "until": "2026-05-03"}, [MISSILES]),
        ({"words": "container", "since": "2026-05-04"}, [EMPTY]),
        ({"words": "container", "until": "2026-05-31"}, [MISSILES]),
        ({"words": "container", "since": "2025-01-01", "until": "2027-12-31"}, [EMPTY, MISSILES]),
        ({"words": "container", "since": "2027-01-01"}, []),
        ({"words": "vale", "field": "text"}, ["b.txt", "reports/a.txt"]),
        ({"words": "vale lavrov", "field": "text", "publisher": "post"}, ["b.txt"]),
        ({"words": "nowhere"}, []),
    ],
)
def test_what_is_asked_for_is_found(store: Store, fields: dict[str, object], found: list[str]) -> None:
    assert _found(store, order="newest", **fields) == found
    assert sorted(_found(store, **fields)) == sorted(found)


def test_everything_is_found_newest_first_when_nothing_is_asked_for(store: Store) -> None:
    assert _found(store)[0] == HERE
    assert len(_found(store)) == 6
    assert _found(store, field="text") == ["c.txt", "b.txt", "reports/a.txt"]


def test_the_words_asked_for_are_marked(store: Store) -> None:
    for field in ("content", "text"):
        for hit in store.search(Query("container*", field=field)):
            assert [hit.snippet[m.start : m.end].lower()[:9] for m in hit.marks] == ["container"]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        (Query("!!! …"), "no letter or digit"),
        (Query(source="-"), "no letter or digit"),
        (Query(since="May"), "is no day"),
        (Query(until="2026-5-3"), "is no day"),
        (Query(limit=0), "out of bounds"),
        (Query(cursor="'; DROP TABLE reports"), "no cursor"),
        (Query(kind="loud"), "is no kind"),  # type: ignore[arg-type]
        (Query(field="text", source="Kirby"), "filtered by publisher and day only"),
    ],
)
def test_a_malformed_question_is_refused_in_one_line(store: Store, query: Query, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        store.search(query)


HOSTILE = st.text(
    st.one_of(st.sampled_from("\"'*(){}:^+-~ ANDORNEAR\x00\ud800é漢…,;\\%_"), st.characters()), max_size=20
)


@given(words=HOSTILE, source=HOSTILE, publisher=HOSTILE)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_typed_breaks_a_search(store: Store, words: str, source: str, publisher: str) -> None:
    for query in (Query(words), Query(words, source=source, publisher=publisher), Query(words, field="text")):
        with suppress(UsageError):
            store.search(query)
    with suppress(UsageError):
        store.who(source)
    store.sources(words)


def test_who_finds_a_name_word_by_word(store: Store) -> None:
    def names(asked: str) -> list[str]:
        return [said.source.text for said in store.who(asked) if said.source]

    assert names("kirby") == ["KIRBY’s spokesman", "John Kirby"]
    assert names("Kirby John") == ["John Kirby"]
    assert names("SERGEI") == ["Sergéi Lavrov", "Sergéi Lavrov"]
    assert names("lavrov") == ["Lavrov Jr.", "Sergéi Lavrov", "Sergéi Lavrov"]
    assert names("kir") == []
    with pytest.raises(UsageError, match="no letter or digit"):
        names("—")


def test_sources_are_counted(store: Store) -> None:
    first, *others = store.sources()
    assert (first.name, first.attributions, first.reports) == ("Sergéi Lavrov", 2, 1)
    assert (first.publishers, first.first, first.last) == (("The Guardian",), "2026-05-03", "2026-05-03")
    assert [s.name for s in others] == ["John Kirby", "KIRBY’s spokesman", "Lavrov Jr."]
    assert [s.name for s in store.sources("LAVROV sergei")] == ["Sergéi Lavrov"]
    assert [s.name for s in store.sources(limit=1, offset=1)] == ["John Kirby"]
    assert store.sources("lav") == []
    assert store.status().sources == 4


@every_store
def test_pages_go_on_without_gaps_whatever_is_recorded_meanwhile(make: MakeStore, tmp_path: Path) -> None:
    said: list[tuple[str | None, str | None, tuple[str, ...], Kind]] = [
        ("A", "said", (f"word number {k}",), "direct") for k in range(100)
    ]
    text = "A said " + " ".join(f"word number {k}, " for k in range(100))
    for order in ("best", "newest"):
        folder = tmp_path / order
        folder.mkdir()
        with make(folder) as store:
            for k in range(12):
                store.record(*pair(f"{text}{k}", said, origin=f"{k}.txt"))
            seen, cursor = [], None
            while True:
                page = store.search(Query("word", order=order, limit=170, cursor=cursor))
                seen += [hit.said.id for hit in page if hit.said]
                if len(seen) < 200:
                    store.record(*pair(f"{text} late", said, origin="late.txt"))
                if (cursor := page.cursor) is None:
                    break
                assert len(page) == 170
            assert len(seen) == len(set(seen)) == 1200
            names, cursor = 0, None
            while True:
                who = store.who("a", limit=300, cursor=cursor)
                names += len(who)
                if (cursor := who.cursor) is None:
                    break
            assert names == 1300


@every_store
def test_any_span_of_days_finds_exactly_the_reports_of_those_days(make: MakeStore, tmp_path: Path) -> None:
    chance = Random(3)
    days = [date(2023, 1, 1) + timedelta(chance.randrange(1500)) for _ in range(60)] + [date(2024, 2, 29)]
    odd = ["May 2024", "2024-05", "", "0000-00-00", "9999-99-99"]
    with make(tmp_path) as store:
        store.record_many(
            pair(f"Words {k}.", ((None, None, ("Words",), "direct"),), origin=f"{k}", published=str(day) or None)
            for k, day in enumerate([*days, *odd])
        )
        for _ in range(40):
            since, until = sorted(chance.choice(days) + timedelta(chance.randrange(-3, 3)) for _ in range(2))
            found = store.search(Query("words", since=str(since), until=str(until), limit=100))
            assert sorted(str(h.report.published) for h in found) == sorted(str(d) for d in days if since <= d <= until)
        assert len(store.search(Query("words", since="2020-01-01", until="2029-01-01", limit=100))) == len(days)


CHAIN = "Kim said that the ministry had claimed that inspectors warned the dam could fall."
CHAIN_SAID: tuple[tuple[str, str, tuple[str, ...], Kind], ...] = (
    ("Kim", "said", ("that the ministry had claimed that inspectors warned the dam could fall",), "indirect"),
    ("the ministry", "had claimed", ("that inspectors warned the dam could fall",), "indirect"),
    ("inspectors", "warned", ("the dam could fall",), "indirect"),
)


@every_store
def test_who_stands_in_whose_words_is_told(make: MakeStore, tmp_path: Path) -> None:
    with make(tmp_path) as store:
        store.record(*pair(CHAIN, CHAIN_SAID))
        inspectors, ministry, kim = (store.who(name).items[0] for name in ("inspectors", "ministry", "kim"))
        assert (inspectors.within, inspectors.voices) == (ministry.id, ("the ministry", "Kim"))
        assert (ministry.within, ministry.voices) == (kim.id, ("Kim",))
        assert (kim.within, kim.voices) == (None, ())
        (hit,) = (hit for hit in store.search(Query(words="dam", source="inspectors")))
        assert hit.said == inspectors


@every_store
def test_whose_words_follow_the_run_that_saw_it(make: MakeStore, tmp_path: Path) -> None:
    """A newer run that no longer takes Kim's words for a statement leaves the ministry's standing alone."""
    with make(tmp_path) as store:
        store.record(*pair(CHAIN, CHAIN_SAID))
        store.record(*pair(CHAIN, CHAIN_SAID[1:], run=NEWER))
        assert store.who("ministry").items[0].voices == ()
        assert store.who("inspectors").items[0].voices == ("the ministry",)


@every_store
def test_what_was_worked_out_filters_answers(make: MakeStore, tmp_path: Path) -> None:
    with make(tmp_path) as store:
        store.record(*pair())
        store.record(*pair("Kirby said no.", [("Kirby", "said", ("no",), "indirect")], origin="b.txt"))

        def cues(**filters: Unpack[Filters]) -> set[str | None]:
            return {hit.said.cue.text if hit.said and hit.said.cue else None for hit in store.search(Query(**filters))}

        assert cues(act="deny") == cues(evidence="document") == cues(distance=True) == {"denied"}
        assert cues(modality="plain") == {"told"}
        assert cues(entity="kirby") == {"told"}
        assert cues(voice="named") == {"told", "denied"}
        assert cues(voice="collective") == cues(evidence="imagery") == set()
        denied = next(hit.said for hit in store.search(Query(act="deny")) if hit.said)
        assert (denied.source_name, denied.source_kind, denied.said_on) == ("Sergéi Lavrov", "person", "2026-05-02")
        assert [q.text for q in denied.evidence] == ["his words"]
        assert denied.about in {said.id for said in store.attributions(denied.report.id)}
