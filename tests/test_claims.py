"""Claims: from reports to how a claim stands; people decide; and what must always hold of sides and clusters."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.answer import Record
from onrecord.clusters import clusters, sides
from onrecord.errors import NotFound, UsageError
from onrecord.extraction import extract_one
from onrecord.link.comparing import Floats
from onrecord.linking import find_claims
from onrecord.model import Found, Given, Proposed, RawReport, Report, Run, Span
from onrecord.store import Judgement, Store, open_store
from tests.stand_in import WordComparer
from tests.tiny import TinyEngine

SAID = {
    "a": ("2031-05-01", "Mayor Lee said that the bridge at Orm was closed for repairs."),
    "b": ("2031-05-02", "Engineer Wu said that the bridge at Orm was closed for long repairs."),
    "c": ("2031-05-03", "Trader Maki said that the bridge at Orm was not closed for repairs."),
    "d": ("2031-05-04", "Pilot Roe said that no aircraft landed before the storm."),
}


def put(
    store: Store, name: str, day: str, text: str, publisher: str = "The Morning", engine: TinyEngine | None = None
) -> None:
    """Record one report as read from a file."""
    from onrecord.clean import clean

    given_ = Given(publisher=Found(publisher, "user"), published=Found(day, "user"))
    raw = RawReport(text.encode(), "text", f"{name}.txt", given=given_)
    store.record(raw, extract_one(clean(raw, verbatim=True), engine or TinyEngine()))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Four reports, three of them on one claim."""
    with open_store(tmp_path / "r.db") as store:
        for name, (day, text) in SAID.items():
            put(store, name, day, text)
        find_claims(store, WordComparer())
        yield store


def said(store: Store, words: str) -> str:
    """The id of the attribution whose content has these words."""
    return Record(store).search(f'"{words}"')[0].said.id  # type: ignore[union-attr]


def test_one_claim_has_those_for_it_and_those_against_it(store: Store) -> None:
    claim = Record(store).claim(said(store, "not closed"))
    now = claim.standing()
    assert [v.name for v in now.side("affirms").voices] == ["Mayor Lee", "Engineer Wu"]  # type: ignore[union-attr]
    assert [v.name for v in now.side("denies").voices] == ["Trader Maki"]  # type: ignore[union-attr]
    assert now.disputed
    assert claim.wording == "that the bridge at Orm was closed for repairs"
    assert (now.side("affirms").first, now.side("affirms").last) == ("2031-05-01", "2031-05-02")  # type: ignore[union-attr]


def test_any_attribution_leads_to_its_claim_and_a_lone_one_is_a_claim_as_well(store: Store) -> None:
    record = Record(store)
    ids = {record.claim(said(store, w)).id for w in ("closed for long", "not closed")}
    assert len(ids) == 1
    alone = record.claim(said(store, "before the storm"))
    assert alone.id not in ids
    assert "besides Pilot Roe" in alone.standing().needed


def test_a_claim_is_shown_as_it_stood_on_a_day(store: Store) -> None:
    claim = Record(store).claim(said(store, "not closed"))
    assert not claim.standing("2031-05-02").disputed
    assert claim.standing("2031-04-30").sides == ()
    assert [c.name for c in claim.standing("2031-05-02").changes] == ["Mayor Lee", "Engineer Wu"]


def test_claims_are_asked_for_by_how_they_stand(store: Store) -> None:
    record = Record(store)
    (disputed,) = record.claims(disputed=True)
    assert disputed.id == record.claim(said(store, "not closed")).id
    assert [c.id for c in record.claims("bridge")] == [disputed.id]
    assert [c.id for c in record.claims(denied_by="maki")] == [disputed.id]
    assert not record.claims(denied_by="lee").items
    (alone,) = record.claims(single_source=True)
    assert alone.positions[0].said.source_name == "Pilot Roe"
    assert not record.claims(since="2031-05-05").items
    assert not record.claims("nobody ever said this").items
    with pytest.raises(UsageError):
        record.claims(since="yesterday")


def test_a_person_decides_and_can_take_it_back(store: Store) -> None:
    record = Record(store)
    lee, wu = (said(store, w) for w in ("closed for repairs", "closed for long"))
    lee = next(p.said.id for p in record.claim(wu).positions if p.said.source_name == "Mayor Lee")
    made = record.different(lee, wu, by="Ada", reason="other repairs")
    assert record.claim(lee).id != record.claim(wu).id
    find_claims(store, WordComparer())
    assert record.claim(lee).id != record.claim(wu).id
    record.undo(made, by="Ada", reason="no")
    assert record.claim(lee).id == record.claim(wu).id
    stance = record.stance(wu, "doubts", by="Ada", reason="ironic")
    assert record.claim(wu).standing().side("doubts").voices[0].name == "Engineer Wu"  # type: ignore[union-attr]
    record.stance(wu, "none", by="Ada", reason="it is about another bridge")
    with pytest.raises(NotFound):
        record.claim(wu)
    assert [v.name for v in record.claim(lee).standing().side("affirms").voices] == ["Mayor Lee"]  # type: ignore[union-attr]
    assert stance != made
    record.rename(lee, "The bridge at Orm", by="Ada", reason="short")
    assert record.claim(lee).wording == "The bridge at Orm"
    assert list(store.verify()) == []


def test_a_persons_word_lasts_when_a_newer_engine_reads_other_spans(store: Store) -> None:
    record = Record(store)
    lee, maki = (said(store, w) for w in ("bridge at Orm was closed for repairs", "not closed"))
    lee = next(p.said.id for p in record.claim(maki).positions if p.said.source_name == "Mayor Lee")
    record.different(lee, maki, by="Ada", reason="other repairs")
    record.stance(lee, "doubts", by="Ada", reason="meant so")
    put(store, "a", *SAID["a"], engine=Shorter())
    find_claims(store, WordComparer())
    (newer,) = [s.id for s in store.attributions(record.attribution(lee).report.id) if s.id != lee]
    assert record.claim(newer).id != record.claim(maki).id
    assert [p.stance for p in record.claim(newer).positions if p.said.id == newer] == ["doubts"]
    assert list(store.verify()) == []


class Answering(TinyEngine):
    """Every statement is a denial, and all but the first answer the one before."""

    run = Run("tiny", "3")

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """The same, as denials."""
        return [
            replace(
                p,
                attributions=tuple(
                    replace(a, meaning=replace(a.meaning, act="deny"), about=k - 1 if k else None)
                    for k, a in enumerate(p.attributions)
                ),
            )
            for p in super().propose(reports)
        ]


def test_a_denial_repeated_is_on_the_same_side_and_no_wording(tmp_path: Path) -> None:
    words = "Mayor Lee said that no waste left the basin at Orm. Engineer Wu said that denial."
    with open_store(tmp_path / "r.db") as store:
        put(store, "a", "2031-05-01", words, engine=Answering())
        find_claims(store, WordComparer())
        claim = Record(store).claim(said(store, "no waste left"))
        assert {p.stance for p in claim.positions} == {"affirms"}
        assert len(claim.positions) == 2
        assert claim.wording == "that no waste left the basin at Orm"


class Shorter(TinyEngine):
    """A newer engine that leaves "that" out of contents."""

    run = Run("tiny", "2")

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        """The same, four characters further on."""
        return [
            replace(p, attributions=tuple(replace(a, content=(_later(a.content[0]),)) for a in p.attributions))
            for p in super().propose(reports)
        ]


def _later(span: Span) -> Span:
    return Span(span.start + 5, span.end)


def test_a_newer_engine_takes_back_what_the_older_judged(store: Store) -> None:
    record = Record(store)
    before = record.claim(said(store, "not closed")).id
    find_claims(store, Doubting())
    assert record.claim(said(store, "not closed")).id == said(store, "not closed")
    assert len(record.claim(before).positions) == 1
    assert {w.by_kind for w in store.withdrawals()} == {"engine"}
    assert list(store.verify()) == []


class Doubting(WordComparer):
    """A newer model that finds no two statements alike."""

    version = "doubting"

    def vectors(self, texts: Sequence[str]) -> Floats:
        """None near another."""
        return np.eye(384, dtype=np.float32)[: len(texts)]


def test_rebuilding_changes_nothing(store: Store) -> None:
    record = Record(store)
    record.opposes(said(store, "before the storm"), said(store, "not closed"), by="Ada", reason="a test")
    before = [c.to_dict() for c in record.claims(limit=100)]
    store.rebuild()
    assert [c.to_dict() for c in record.claims(limit=100)] == before


def test_reports_that_come_in_one_by_one_make_the_same_claims(tmp_path: Path) -> None:
    standings = []
    for k, order in enumerate(("abcd", "dcba", "cadb")):
        with open_store(tmp_path / f"{k}.db") as store:
            for name in order:
                put(store, name, *SAID[name])
                find_claims(store, WordComparer())
            found = Record(store).claims(limit=10)
            standings.append({frozenset((p.said.id, p.stance) for p in c.positions) for c in found})
            assert list(store.verify()) == []
    assert standings[0] == standings[1] == standings[2]


def test_what_people_judged_goes_into_another_record(store: Store, tmp_path: Path) -> None:
    record = Record(store)
    wu, maki = said(store, "closed for long"), said(store, "not closed")
    made = record.different(wu, maki, by="Ada", reason="other repairs")
    record.undo(record.stance(wu, "doubts", by="Bo", reason="?"), by="Bo", reason="no")
    with open_store(tmp_path / "other.db") as other:
        for name, (day, text) in SAID.items():
            put(other, name, day, text)
        find_claims(other, WordComparer())
        assert Record(other).take_in(*record.judged_by_people()) == 3
        assert Record(other).take_in(*record.judged_by_people()) == 0
        assert made in {j.id for j in other.judgements()}
        assert Record(other).claim(wu).id != Record(other).claim(maki).id


def test_a_report_taken_down_takes_its_positions_with_it(store: Store) -> None:
    record = Record(store)
    maki = said(store, "not closed")
    record.stance(maki, "doubts", by="Ada", reason="?")
    claim = record.claim(maki)
    gone = next(p.said.report.id for p in claim.positions if p.said.id == maki)
    store.take_down(gone, by="Ada", reason="asked for")
    left = Record(store).claim(said(store, "closed for long"))
    assert not left.standing().disputed
    with pytest.raises(NotFound):
        record.claim(maki)
    with pytest.raises(NotFound):
        record.stance(maki, "denies", by="Ada", reason="?")
    assert list(store.verify()) == []


def test_a_voice_over_time(tmp_path: Path) -> None:
    with open_store(tmp_path / "r.db") as store:
        put(store, "a", "2031-05-01", "Dara Quill said that the bridge at Orm was closed for repairs.")
        put(store, "b", "2031-06-01", "Dara Quill said that the bridge at Orm was not closed for repairs.")
        find_claims(store, WordComparer())
        from onrecord.identify import identify

        identify(store)
        past = Record(store).history("Dara Quill", "bridge")
        assert [line.position.stance for line in past.lines] == ["affirms", "denies"]
        assert [(c.day, c.before, c.stance) for c in past.shifts] == [("2031-06-01", "affirms", "denies")]
        assert len(past.contradictions) == 1


def test_publishers_days_and_changes_side_by_side(tmp_path: Path) -> None:
    with open_store(tmp_path / "r.db") as store:
        put(store, "a", *SAID["a"], publisher="The Morning")
        put(store, "c", *SAID["c"], publisher="Valley Courier")
        find_claims(store, WordComparer())
        record = Record(store)
        papers = record.compare("The Morning", "valley courier")
        assert papers.between == "publishers"
        assert [c.differ for c in papers.claims] == [True]
        days = record.compare("2031-05-03", "2031-05-01")
        assert (days.one, len(days.claims[0].one), len(days.claims[0].other)) == ("2031-05-01", 1, 2)
        (new,) = record.changed("2031-05-02")
        assert new.disputed_since
        assert [(c.name, c.stance) for c in new.changes] == [("Trader Maki", "denies")]
        assert record.changed("2031-05-04") == []


ROWS = [f"attribution-sha256-{k:032x}" for k in range(6)]
AT = datetime(2031, 5, 1, tzinfo=UTC)
judged = st.builds(
    lambda a, b, relation, person, score, minute: Judgement(
        ROWS[a], ROWS[b], relation, "person" if person else "engine", "x", AT + timedelta(minutes=minute),
        None if person else score, None,
    ),
    st.integers(0, 5), st.integers(0, 5), st.sampled_from(["same", "opposes", "different", "contradicts"]),
    st.booleans(), st.floats(0, 1), st.integers(0, 3),
)  # fmt: skip


@given(st.lists(judged, max_size=14), st.randoms(use_true_random=False))
def test_sides_do_not_depend_on_the_order_of_judgements(found: list[Judgement], rng: random.Random) -> None:
    found = [j for j in found if j.a != j.b]
    mixed = found[:]
    rng.shuffle(mixed)
    one, other = clusters(found), clusters(mixed)
    assert one == other
    assert sides(found, one) == sides(mixed, other)


@given(st.lists(judged, max_size=14))
@settings(max_examples=1000)
def test_a_person_is_never_overturned_by_an_engine(found: list[Judgement]) -> None:
    found = [j for j in found if j.a != j.b]
    people = [j for j in found if j.by_kind == "person"]
    alone, both = clusters(people), clusters(found)
    for j in people:
        if j.relation in ("different", "contradicts") and alone[j.a] != alone[j.b]:
            assert both[j.a] != both[j.b]
        if j.relation in ("same", "opposes") and alone[j.a] == alone[j.b]:
            assert both[j.a] == both[j.b]
            assert (sides(people, alone)[j.a] == sides(people, alone)[j.b]) == (
                sides(found, both)[j.a] == sides(found, both)[j.b]
            )


def test_a_claim_in_a_list_counts_what_its_page_shows(tmp_path: Path) -> None:
    from tests.web.records import full

    with full(tmp_path / "r.db") as record:
        most = record.claims(limit=1)[0]
        record.wrong(most.positions[0].said.id, by="Ada", reason="a test")
        rows = record.claim_rows(limit=100)
        assert len(rows) > 3
        assert record.claim_lines(limit=100) == [row.line() for row in rows]
        assert record.claim_lines(limit=2, offset=1) == [row.line() for row in rows[1:3]]
        for asked in ({"disputed": True}, {"many": True}, {"single_source": True}):
            for words in ("", "bridge", "the"):
                held = record.claim_rows(words, limit=9, offset=1, **asked)  # type: ignore[arg-type]
                assert record.claim_lines(words, limit=9, offset=1, **asked) == [row.line() for row in held]  # type: ignore[arg-type]
