"""Who is who over all reports, from texts to the record and back: read, compared, asked, corrected, read again."""

from __future__ import annotations

from pathlib import Path

import pytest

import onrecord
from onrecord.answer import Record
from onrecord.errors import NotFound
from onrecord.identify import RUN, identify
from onrecord.store import open_store

REPORTS = {
    "a.txt": "The bridge\n\nForeign Minister Sergei Lavrov said the bridge was safe. He denied that it had moved.",
    "b.txt": "The river\n\nSergey Lavrov said on Monday that the river was low.\n\nAn official said it was rising.",
    "c.txt": "The road\n\nMinister Ann Reyes said the road was shut.\n\nAn official said it was open.",
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three reports, read."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in REPORTS.items():
        (folder / name).write_text(text, encoding="utf8")
    summary = onrecord.record(folder, folder / "record.db")
    assert (summary.recorded, summary.compared) == (3, 3)
    return folder / "record.db"


def test_one_minister_under_two_spellings_is_one_and_two_officials_are_not(db: Path) -> None:
    with onrecord.open(db) as record:
        minister = record.entity("Sergei Lavrov")
        assert record.entity("Sergey Lavrov") == minister
        assert set(minister.names) == {"Sergei Lavrov", "Sergey Lavrov"}
        assert (minister.reports, minister.role) == (2, "Foreign Minister")
        (judged,) = record.judgements(minister.id)
        assert (judged.by_kind, judged.by, judged.relation) == ("engine", RUN.id, "same")
        assert "Sergey Lavrov" in str(judged.reason)
        for name in ("Sergey Lavrov", str(minister.id), minister.members[1]):
            assert {said.report.origin[-5:] for said in record.who(name)} == {"a.txt", "b.txt"}
        first, *_ = record.who(str(minister.id), limit=1)
        assert len(record.who(str(minister.id), limit=1, cursor=record.who(str(minister.id), limit=1).cursor)) == 1
        assert record.id_of(str(first.entity)[14:26]) == minister.id
        assert record.id_of("Lavrov") == "Lavrov"
        officials = record.entities("official")
        assert all(each.id is None or each.reports == 1 for each in officials)
        assert sum(each.reports for each in officials) == 2
        assert not list(record.verify())


def test_comparing_again_adds_nothing(db: Path) -> None:
    with open_store(db) as store:
        before = store.judgements()
        assert identify(store) == 0
        assert store.judgements() == before
    again = onrecord.record(db.parent / "a.txt", db)
    assert (again.known, again.compared) == (1, 0)


def test_what_a_person_says_stands_and_is_taken_back(db: Path) -> None:
    with onrecord.open(db) as record:
        minister, reyes = record.entity("Sergei Lavrov"), record.entity("Ann Reyes")
        one, other = minister.members
        apart = record.different(one, other, by="kim", reason="a namesake")
        assert record.entity(one).id != record.entity(other).id
        renamed = record.rename(str(reyes.id), "Ana Reyes", by="kim", reason="her own spelling")
        assert record.entity("Ana Reyes").names == ("Ann Reyes",)
        for judgement in (apart, renamed):
            record.undo(judgement[:40], by="kim", reason="mistaken")
        assert record.entity(one) == minister
        assert record.entity("Ann Reyes") == reyes
        assert not list(record.verify())


def test_a_name_is_never_guessed(db: Path) -> None:
    with onrecord.open(db) as record:
        with pytest.raises(NotFound, match="nobody of that name or id"):
            record.entity("Nobody At All")
        assert isinstance(record, Record)
        assert record.entity("lavrov").name.endswith("Lavrov")
