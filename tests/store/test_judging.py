"""Judgements are appended and withdrawn, never changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from onrecord.errors import NotFound
from onrecord.store import Judgement, Withdrawal
from tests.store.examples import RUN, MakeStore, every_store, pair

AT = datetime(2026, 5, 5, 8, tzinfo=UTC)


@every_store
def test_judgements_are_kept_in_order_and_withdrawing_restores(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    a, b, c = (x.id for x in extraction.attributions)
    with make(tmp_path) as store:
        store.record(raw, extraction)
        same = Judgement(b, a, "same", "engine", RUN.id, AT, 0.75, "same actors")
        differ = Judgement(b, c, "different", "person", "ann", AT + timedelta(1), None, "another shipment")
        first, second = store.judge(same), store.judge(differ)
        assert [j.id for j in store.judgements()] == [first, second]
        assert [j.id for j in store.judgements(a)] == [first]
        assert (store.judgements(a)[0].score, store.judgements(a)[0].at) == (0.75, AT)
        undone = store.withdraw(Withdrawal(second, "person", "bo", AT + timedelta(2), "typo"))
        assert [j.id for j in store.judgements()] == [first]
        assert [j.id for j in store.judgements(withdrawn=True)] == [first, second]
        store.withdraw(Withdrawal(undone, "person", "ann", AT + timedelta(3)))
        assert [j.id for j in store.judgements()] == [first, second]
        assert store.status().judgements == 2
        assert not list(store.verify())
    with make(tmp_path) as store:
        assert [j.id for j in store.judgements()] == [first, second]


@every_store
def test_judging_again_adds_nothing(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    a, b, _ = (x.id for x in extraction.attributions)
    with make(tmp_path) as store:
        store.record(raw, extraction)
        first = store.judge(Judgement(a, b, "contradicts", "engine", RUN.id, AT, 0.7))
        assert store.judge(Judgement(b, a, "contradicts", "engine", RUN.id, AT + timedelta(1), 0.8)) == first
        mine = Judgement(a, b, "contradicts", "person", "ann", AT)
        assert store.judge(mine) == store.judge(mine) == mine.id
        assert store.judge(Judgement(a, b, "contradicts", "person", "ann", AT + timedelta(1))) != mine.id
        assert len(store.judgements()) == 3
        gone = Withdrawal(mine.id, "person", "ann", AT)
        assert store.withdraw(gone) == store.withdraw(gone)


@every_store
def test_only_rows_of_the_record_are_judged(make: MakeStore, tmp_path: Path) -> None:
    raw, extraction = pair()
    with make(tmp_path) as store:
        store.record(raw, extraction)
        for wrong in ("attribution-sha256-00", "claim-sha256-00", "x"):
            with pytest.raises(NotFound, match="no such row to judge"):
                store.judge(Judgement(extraction.report.id, wrong, "same", "person", "ann", AT))
        with pytest.raises(NotFound, match="no such judgement"):
            store.withdraw(Withdrawal("judgement-sha256-00", "person", "ann", AT))
