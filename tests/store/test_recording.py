"""Recording: once, whole, in any order, on every store."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.errors import NotFound
from onrecord.model import Attribution, Extraction, Failure, RawReport, Report, Span
from onrecord.report_json import report_json
from tests.store.examples import NEWER, RUN, MakeStore, every_store, everything, extractions, pair

few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@every_store
def test_what_is_recorded_comes_back_as_it_was(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    with make(tmp_path) as store:
        outcome = store.record(raw, extraction)
        back = store.extraction(outcome.report_id)
        assert (outcome.result, outcome.attributions) == ("recorded", 3)
        assert back.report == extraction.report == store.report(outcome.report_id)
        assert set(back.attributions) == set(extraction.attributions)
        assert (back.run, back.set_aside) == (RUN, extraction.set_aside)
        assert json.dumps(report_json(back)["report"]) == json.dumps(report_json(extraction)["report"])
        assert store.raw(raw.sha256) == raw.data
        assert not list(store.verify())


@every_store
def test_recording_again_adds_nothing(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    with make(tmp_path) as store:
        assert not store.done(raw.origin, raw.sha256, RUN.id)
        store.record(raw, extraction)
        before = everything(store), store.status().readings
        again = store.record(raw, extraction)
        assert (again.result, again.attributions) == ("known", 0)
        assert store.done(raw.origin, raw.sha256, RUN.id)
        assert not store.done(raw.origin, raw.sha256, NEWER.id)
        assert not store.done("reports/b.txt", raw.sha256, RUN.id)
    with make(tmp_path) as store:
        assert (everything(store), store.status().readings) == before


@every_store
@given(batch=st.lists(extractions(), min_size=1, max_size=3), order=st.randoms(use_true_random=False))
@few
def test_any_order_and_any_number_of_times_give_the_same_record(
    make: MakeStore, batch: list[tuple[RawReport, Extraction]], order: Random
) -> None:
    first_of: dict[str, tuple[RawReport, Extraction]] = {}
    for raw, extraction in batch:  # one run says one thing of one report
        first_of.setdefault(extraction.report.id, (raw, extraction))
    once, shuffled = list(first_of.values()), list(first_of.values()) * 2
    order.shuffle(shuffled)
    with TemporaryDirectory() as a, TemporaryDirectory() as b, make(Path(a)) as one, make(Path(b)) as other:
        one.record_many(once)
        for each in shuffled:
            other.record(*each)
        assert everything(one) == everything(other)
        assert not [*one.verify(), *other.verify()]
        for raw, extraction in once:
            text = extraction.report.text
            assert other.extraction(extraction.report.id).report.text == text
            assert other.raw(raw.sha256) == raw.data
            for said in other.attributions(extraction.report.id):
                for quote in filter(None, (said.source, said.cue, *said.content)):
                    assert text[quote.start : quote.end] == quote.text
        before = everything(other)
        other.rebuild()
        assert everything(other) == before


@every_store
def test_the_same_report_met_elsewhere_is_one_report_with_two_readings(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    other = RawReport(b"<html>other furniture", "html", "mirror/a.html")
    report = extraction.report
    elsewhere = Report(
        **{f: getattr(report, f) for f in report.__slots__ if f not in ("raw_sha256", "origin", "origins")},
        raw_sha256=other.sha256,
        origin=other.origin,
    )
    with make(tmp_path) as store:
        store.record(raw, extraction)
        assert store.record(other, Extraction(elsewhere, extraction.attributions, RUN)).result == "known"
        status = store.status()
        assert (status.reports, status.readings, status.attributions) == (1, 2, 3)
        assert [r.origin for r in store.readings(report.id)] == [raw.origin, other.origin]
        assert store.done(other.origin, other.sha256, RUN.id)
        assert store.raw(other.sha256) == other.data
        assert store.report(report.id).origin == raw.origin
        assert not list(store.verify())


@every_store
def test_a_newer_run_adds_its_sightings_and_has_the_word(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    kept = extraction.attributions[0]
    changed = Attribution(kept.report_id, kept.source, kept.cue, kept.content, "direct", 0.5)
    fresh = Attribution(kept.report_id, None, kept.cue, (Span(0, 4),), "indirect", 0.25)
    with make(tmp_path) as store:
        store.record(raw, extraction)
        outcome = store.record(raw, Extraction(extraction.report, (changed, fresh), NEWER))
        assert (outcome.result, outcome.attributions) == ("recorded", 1)
        assert set(store.extraction(outcome.report_id).attributions) == {changed, fresh}
        assert store.attribution(kept.id).kind == "direct"
        assert len(store.attributions(outcome.report_id)) == 4
        assert store.status().runs == 2
        assert not list(store.verify())


@every_store
def test_a_report_set_aside_as_a_whole_is_recorded_with_its_reason(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair("Das ist Deutsch.", (), whole="language: de")
    with make(tmp_path) as store:
        assert store.record(raw, extraction).result == "set aside"
        assert store.record(raw, extraction).result == "known"
        assert store.extraction(extraction.report.id).set_aside == extraction.set_aside
        assert (store.status().set_aside, store.status().reports) == (1, 1)


@every_store
def test_failures_are_noted_once_and_resolved_by_a_later_read(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    failure = Failure(raw.origin, "read", "the file is empty", "Save it again.")
    with make(tmp_path) as store:
        store.record_failure(failure)
        store.record_failure(failure)
        store.record_failure(Failure("b\udcff\x00.txt", "clean", "no text"))
        assert [(f.origin, f.advice, f.resolved) for f in store.failures()] == [
            (raw.origin, "Save it again.", None),
            ("b\\udcff\\x00.txt", None, None),
        ]
        store.record(raw, extraction)
        assert [f.origin for f in store.failures()] == ["b\\udcff\\x00.txt"]
        assert store.failures(resolved=True)[0].resolved is not None
        assert store.status().failures == 1
        store.record_failure(failure)
        assert len(store.failures()) == 2
        assert not store.done(raw.origin, raw.sha256, RUN.id)
        assert store.record(raw, extraction).result == "known"
        assert len(store.failures()) == 1
        assert store.done(raw.origin, raw.sha256, RUN.id)
        assert not list(store.verify())


@every_store
def test_a_batch_is_recorded_whole_or_not_at_all(make: MakeStore, tmp_path: Path) -> None:
    good, other = pair(), pair("Another one.", (), origin="b.txt")
    wrong = RawReport(b"other bytes", "text", "c.txt"), pair("Third.", (), origin="c.txt")[1]
    with make(tmp_path) as store:
        with pytest.raises(ValueError, match=r"c\.txt: this report was not made from these bytes"):
            store.record_many([good, wrong])
        assert store.status().reports == 0
        assert [o.result for o in store.record_many([good, other, good])] == ["recorded", "recorded", "known"]


@every_store
@pytest.mark.parametrize("content", [(Span(0, 99999),), ()])
def test_spans_that_are_not_on_the_text_are_refused(make: MakeStore, tmp_path: Path, content: tuple[Span, ...]) -> None:
    raw, extraction = pair()
    wrong = Attribution(extraction.report.id, None, None, content, "direct", 1)
    with make(tmp_path) as store:
        with pytest.raises(ValueError, match=r"reports/a\.txt"):
            store.record(raw, Extraction(extraction.report, (wrong,), RUN))
        assert store.status().readings == 0


@every_store
def test_rows_are_found_by_the_beginning_of_their_id(make: MakeStore, tmp_path: Path) -> None:
    with make(tmp_path) as store:
        ids = [store.record(*pair(f"Text {k}.", (), origin=f"{k}.txt")).report_id for k in range(40)]
        for name in ids:
            digits = name.removeprefix("report-sha256-")
            assert store.report_id(name) == store.report_id(digits) == store.report_id(digits[:20]) == name
        with pytest.raises(NotFound, match=r"fits several reports: report-sha256-.*Give more digits"):
            store.report_id(max("0123456789abcdef", key=lambda d: sum(i[14] == d for i in ids)))
        for wrong in ("", "xyz", "f" * 31, "attribution-sha256-12"):
            with pytest.raises(NotFound, match="no such report"):
                store.report(wrong)
        with pytest.raises(NotFound):
            store.raw("00")


@every_store
def test_lists_of_reports_go_on_by_cursor_and_streams_are_complete(make: MakeStore, tmp_path: Path) -> None:
    with make(tmp_path) as store:
        ids = [o.report_id for o in store.record_many(pair(f"Text {k}.", (), origin=f"{k}.txt") for k in range(120))]
        seen, cursor = [], None
        while True:
            page = store.heads(limit=50, cursor=cursor)
            seen += [head.id for head in page]
            if (cursor := page.cursor) is None:
                break
        assert seen == ids[::-1]
        stream = store.extractions()
        assert next(stream).report.id == ids[0]
        store.record(*pair("While streaming.", (), origin="late.txt"))
        assert [e.report.id for e in stream][:119] == ids[1:]
