"""Who is who over all reports: follows from judgements, lasts when reports are read again, and is undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import NotFound
from onrecord.model import Attribution, Entity, EntityKind, Extraction, Meaning, RawReport, Run, Span
from onrecord.store import Judgement, Query, Store, Withdrawal
from onrecord.store.rows import By, Relation
from tests.store.examples import NEWER, RUN, MakeStore, every_store, pair, sqlite

AT = datetime(2026, 5, 5, 8, tzinfo=UTC)
NAMES = Run("names", "1")


def said(
    name: str, number: int, *, run: Run = RUN, kind: EntityKind = "person", also: str = ""
) -> tuple[RawReport, Extraction]:
    """A report in which one source says one thing; the newer run finds an earlier mention of the same, `also`."""
    text = f"{also or name} is back. {name} said number {number} is up."
    raw, empty = pair(text, (), origin=f"{number}.txt", publisher="ABC"[number % 3], run=run)
    start = text.index(name, 1)
    mentions = (Span(0, len(also or name)), Span(start, start + len(name)))
    who = Entity(empty.report.id, name, kind, mentions if run == NEWER else mentions[1:])
    cue = Span(start + len(name) + 1, start + len(name) + 5)
    content = (Span(cue.end + 1, len(text) - 1),)
    meaning = Meaning("assert", entity=who.id)
    attribution = Attribution(empty.report.id, mentions[1], cue, content, "indirect", 0.9, meaning)
    return raw, replace(empty, attributions=(attribution,), entities=(who,))


def people(store: Store) -> list[tuple[str, int, int]]:
    return [(each.name, each.attributions, each.reports) for each in store.entities()]


@every_store
def test_two_that_are_judged_one_are_counted_found_and_shown_as_one(make: MakeStore, tmp_path: Path) -> None:
    pairs = [said("Tom Price", 1), said("T. Price", 2), said("Ann Lee", 3)]
    tom, short, ann = (extraction.entities[0].id for _, extraction in pairs)
    with make(tmp_path) as store:
        store.record_many(pairs)
        assert people(store) == [("Ann Lee", 1, 1), ("T. Price", 1, 1), ("Tom Price", 1, 1)]
        made = store.judge(Judgement(tom, short, "same", "person", "kim", AT, None, "same mayor"))
        assert people(store) == [("Tom Price", 2, 2), ("Ann Lee", 1, 1)]
        assert store.entity(tom) == store.entity(short[:30]) == store.entity(min(tom, short))
        one = store.entity(short)
        assert (one.id, set(one.members), one.names) == (min(tom, short), {tom, short}, ("Tom Price", "T. Price"))
        assert [each.name for each in store.entities("t price")] == ["Tom Price"]
        assert {(s.source_name, s.entity_name) for s in store.who("Tom Price")} == {
            ("Tom Price", "Tom Price"),
            ("T. Price", "Tom Price"),
        }
        assert len(store.search(Query(entity="tom"))) == 2
        store.judge(Judgement("name:Thomas Price", tom, "named", "person", "kim", AT))
        assert store.entities("thomas")[0].name == "Thomas Price"
        assert not list(store.verify())
        store.withdraw(Withdrawal(made, "person", "kim", AT))
        assert people(store) == [("Ann Lee", 1, 1), ("T. Price", 1, 1), ("Thomas Price", 1, 1)]
        with pytest.raises(NotFound, match="nobody of that name or id"):
            store.entity("00ff")
        assert store.entity(ann).members == (ann,)
        assert not list(store.verify())


@every_store
def test_a_persons_word_lasts_when_everything_is_read_again(make: MakeStore, tmp_path: Path) -> None:
    """The newer run finds each by an earlier mention first, so that the entities of its reports have other ids."""
    before = [said("Tom Price", 1, also="The mayor"), said("Tom Price", 2, also="He")]
    after = [said("Tom Price", 1, run=NEWER, also="The mayor"), said("Tom Price", 2, run=NEWER, also="He")]
    old, new = ([extraction.entities[0].id for _, extraction in pairs] for pairs in (before, after))
    assert not set(old) & set(new)
    with make(tmp_path) as store:
        store.record_many(before)
        store.judge(Judgement(old[0], old[1], "different", "person", "kim", AT, None, "father and son"))
        store.record_many(after)
        engines = Judgement(new[0], new[1], "same", "engine", NAMES.id, AT, 1.0, "same name")
        store.compare(NAMES, [(before[0][1].report.id, [engines])])
        assert people(store) == [("Tom Price", 1, 1), ("Tom Price", 1, 1)]
        assert store.entity(new[0]).id == store.entity(old[0]).id != store.entity(new[1]).id
        assert not list(store.verify())


@every_store
def test_a_wrong_speaker_is_set_right_and_stays_so(make: MakeStore, tmp_path: Path) -> None:
    wrong, other = said("She", 1), said("Ann Lee", 2)
    again = said("She", 1, run=NEWER)
    attribution, ann = wrong[1].attributions[0].id, other[1].entities[0].id
    with make(tmp_path) as store:
        store.record_many([wrong, other])
        made = store.judge(Judgement(attribution, ann, "speaker", "person", "kim", AT, None, "see the photo"))
        for _ in range(2):
            assert people(store) == [("Ann Lee", 2, 2)]
            assert store.attribution(attribution).entity_name == "Ann Lee"
            assert {s.report.origin for s in store.who("Ann Lee")} == {"1.txt", "2.txt"}
            store.record(*again)
        assert not list(store.verify())
        store.withdraw(Withdrawal(made, "person", "kim", AT))
        assert people(store) == [("Ann Lee", 1, 1), ("She", 1, 1)]


@every_store
def test_unnamed_and_collective_sources_are_never_one_voice(make: MakeStore, tmp_path: Path) -> None:
    with make(tmp_path) as store:
        store.record_many([said("An official", n, kind="unnamed") for n in (1, 2)])
        store.record(*said("Critics", 3, kind="collective"))
        officials, critics = store.entities()
        assert (officials.id, officials.name, officials.kind, officials.reports) == (None, "An official", "unnamed", 2)
        assert critics.id is None
        assert not store.entities(voice="named")
        assert [each.name for each in store.entities(voice="collective")] == ["Critics"]
        (hit, _) = store.search(Query(voice="unnamed"))
        assert hit.said
        assert hit.said.entity is None


@every_store
def test_speakers_are_handed_out_until_they_were_compared(make: MakeStore, tmp_path: Path) -> None:
    pairs = [said(f"Voice {n}", n) for n in range(5)]
    with make(tmp_path) as store:
        store.record_many(pairs)
        first, at = store.speakers(NAMES.id, compared=False, limit=3)
        rest, _ = store.speakers(NAMES.id, compared=False, after=at, limit=3)
        assert [s.entities for s in (*first, *rest)] == [extraction.entities for _, extraction in pairs]
        done = [first[0].report_id, rest[0].report_id]
        store.compare(NAMES, [(report, ()) for report in done])
        assert len(store.speakers(NAMES.id, compared=False)[0]) == 3
        assert [s.report_id for s in store.speakers(NAMES.id, compared=True)[0]] == done
        store.record(*said("Voice 0", 0, run=NEWER))
        assert done[0] in [s.report_id for s in store.speakers(NAMES.id, compared=False)[0]]
        assert not list(store.verify())


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_what_follows_step_by_step_is_what_is_rebuilt(data: st.DataObject) -> None:
    """Whatever is recorded, judged, taken back and read again, in whatever order."""
    everyone = [said(name, n) for n, name in enumerate(("Tom Price", "T. Price", "Tom Price", "Ann Lee"))]
    again = [said(name, n, run=NEWER) for n, name in enumerate(("Tom Price", "T. Price"))]
    with TemporaryDirectory() as folder, sqlite(Path(folder)) as store:
        ids: list[str] = []
        made: list[str] = []
        for step in range(data.draw(st.integers(3, 14))):
            todo = data.draw(st.sampled_from(["record", "judge", "withdraw", "rename"]))
            at = AT + timedelta(step)
            if todo == "record" or len(ids) < 2:
                raw, extraction = data.draw(st.sampled_from([*everyone, *again]))
                store.record(raw, extraction)
                ids += [e.id for e in extraction.entities if e.id not in ids]
            elif todo == "judge":
                a, b = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
                relation: Relation = data.draw(st.sampled_from(["same", "different"]))
                by: By = data.draw(st.sampled_from(["person", "engine"]))
                if a != b:
                    made.append(store.judge(Judgement(a, b, relation, by, "x", at, 0.5 if by == "engine" else None)))
            elif todo == "rename":
                named = Judgement(data.draw(st.sampled_from(ids)), f"name:N{step}", "named", "person", "x", at)
                made.append(store.judge(named))
            elif made:
                store.withdraw(Withdrawal(data.draw(st.sampled_from(made)), "person", "x", at))
        assert not list(store.verify())
        before = store.entities(limit=100)
        store.rebuild()
        assert store.entities(limit=100) == before
