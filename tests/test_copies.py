"""Which reports reprint one text: from texts to the record and back; and what must always hold of laying two side by
side."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import onrecord
from onrecord.errors import NotFound
from onrecord.link import Compared, alike, credited
from onrecord.read import ReadOptions
from onrecord.reprints import RUN, find_copies
from onrecord.store import open_store

AGENCY = """Ferry runs aground off Marren

PORT LISSE (Reuters) - A ferry with 212 people on board ran aground on a sandbank off the island of Marren early on
Sunday, and all passengers were brought ashore within four hours, the coast guard said.

Three people were treated for bruises at the harbour clinic, where volunteers had laid out blankets and hot tea.

The vessel, built in 1998 and last inspected in March, had left Port Lisse shortly before midnight in thick fog on a
route that it sails twice a day throughout the winter.

"We felt a long scrape and then everything stood still, and nobody said a word for a whole minute," said Ida Brenn, a
teacher from Lisse who was travelling with her class.

The coast guard's spokesman, Olav Tress, said that investigators would look at the radar and at the crew's hours, and
that the sandbank had moved by some forty metres since the last chart was drawn.
"""
CUT = """Island ferry stuck in fog: all safe

A ferry with 212 people aboard ran aground on a sandbank off the island of Marren early Sunday, and all passengers were
brought ashore within five hours, the coast guard said.

The vessel, built in 1998 and last inspected in March, had left Port Lisse shortly before midnight in thick fog on a
route it sails twice daily throughout the winter.

Three people were treated for bruises at the harbour clinic, where volunteers had laid out blankets and tea.
"""
OWN = """Teacher tells of night on stranded ferry

Ida Brenn had promised her pupils an adventure, and on Saturday night they got one.

"We felt a long scrape and then everything stood still, and nobody said a word for a whole minute," said Ms Brenn, who
teaches music in Lisse.

Her class of eleven-year-olds sang in the lounge until boats came out of the fog to fetch them. By breakfast they were
asleep on gym mats in Marren's school, and parents were on the first boat across. She said she would take the same
ferry again, by daylight.
"""


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An agency's report, a paper that cut and re-ordered it, and one that wrote its own on the same words."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in {"a.txt": AGENCY, "b.txt": CUT, "c.txt": OWN}.items():
        (folder / name).write_text(text, encoding="utf8")
    summary = onrecord.record(folder, folder / "record.db", options=ReadOptions(published="2031-02-03"))
    assert (summary.recorded, summary.copies) == (3, 1)
    return folder / "record.db"


def ids(record: onrecord.Record) -> dict[str, str]:
    return {Path(head.origin).name: head.id for head in record.reports()}


def test_a_reprint_is_one_text_with_the_agency_s_and_a_report_of_its_own_is_not(db: Path) -> None:
    with onrecord.open(db) as record:
        at = ids(record)
        (group,) = record.copied()
        assert {head.id for head in group.reports} == {at["a.txt"], at["b.txt"]}
        assert group.credited == ("Reuters",)
        assert record.copies(at["b.txt"]) == group
        assert group.id == min(at["a.txt"], at["b.txt"])
        assert [head.id for head in record.copies(at["c.txt"]).reports] == [at["c.txt"]]
        (judged,) = [j for j in record.judgements() if j.by == RUN.id]
        assert group.judgements == (judged,)
        assert (judged.relation, judged.by_kind) == ("same", "engine")
        assert "without quotations" in str(judged.reason)
        assert not list(record.verify())
        with pytest.raises(NotFound):
            record.copies("report-sha256-0000")


def test_comparing_again_adds_nothing_and_an_emptied_index_is_filled_anew(db: Path) -> None:
    with open_store(db) as store:
        before = store.judgements()
        assert find_copies(store) == 0
        assert store.judgements() == before
        assert store.unsketched(RUN.id) == []
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("DELETE FROM shingles")
        connection.execute("DELETE FROM sketched")
    with open_store(db) as store:
        assert find_copies(store) == 1
        assert store.judgements() == before
        assert store.unsketched(RUN.id) == []


def test_what_another_process_took_in_meanwhile_stays_as_it_is(db: Path) -> None:
    with open_store(db) as store:
        (_, number), *_ = store.holding(RUN.id, Compared(AGENCY).sketch).items()
        held = store.sketches(RUN.id, number)
        before = store.holding(RUN.id, Compared(AGENCY).sketch)
        store.add_copies(RUN, [(n, 1, [*before], []) for n in held])
        assert store.sketches(RUN.id, number) == held
        assert store.holding(RUN.id, Compared(AGENCY).sketch) == before


def test_a_line_of_opening_marks_takes_no_time() -> None:
    assert not alike(Compared("“a " * 200_000), Compared("„b " * 200_000)).copied


def test_a_person_s_word_on_copies_stands_and_is_taken_back(db: Path) -> None:
    with onrecord.open(db) as record:
        at = ids(record)
        apart = record.different(at["a.txt"], at["b.txt"], by="kim", reason="two reporters")
        assert list(record.copied()) == []
        joined = record.same(at["a.txt"], at["c.txt"], by="kim", reason="one desk")
        assert {head.id for head in record.copies(at["c.txt"]).reports} == {at["a.txt"], at["c.txt"]}
        assert not list(record.verify())
        for judgement in (apart, joined):
            record.undo(judgement, by="kim", reason="mistaken")
        assert {head.id for head in record.copies(at["a.txt"]).reports} == {at["a.txt"], at["b.txt"]}


def test_a_report_that_comes_later_finds_those_before_it(db: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.txt"
    late.write_text(AGENCY.replace("212", "213").replace("Ferry runs aground", "Grounded"), encoding="utf8")
    assert onrecord.record(late, db, options=ReadOptions(published="2031-02-04")).copies == 1
    with open_store(db) as store:
        group = store.copies(next(head.id for head in store.heads() if head.origin.endswith("late.txt")))
        assert len(group.reports) == 3
        assert group.reports[-1].published == "2031-02-04"
        store.take_down(group.reports[-1].id, by="kim", reason="asked")
        assert len(store.copied()[0].reports) == 2
        assert not list(store.verify())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PARIS (AFP) - Ministers met.", ("Agence France-Presse",)),
        ("By The Associated Press\n\nMinisters met.", ("Associated Press",)),
        ("Ministers met.\n\nReporting by Reuters; editing by A. N. Other", ("Reuters",)),
        ("Ministers met, an aide told Reuters.", ()),
        ("Tass the dog barked.", ()),
        ("", ()),
    ],
)
def test_a_credit_is_no_mere_mention(text: str, names: tuple[str, ...]) -> None:
    assert credited(text) == names


def test_a_byline_credits_too() -> None:
    assert credited("Ministers met.", ["Reuters"]) == ("Reuters",)


@given(st.text(max_size=400), st.text(max_size=400))
def test_laying_side_by_side_takes_any_text_either_way_round(one: str, other: str) -> None:
    a, b = Compared(one), Compared(other)
    how = alike(a, b)
    assert 0 <= how.kept <= 1
    if len(a.words) != len(b.words):
        assert alike(b, a) == how


@given(st.integers(0, 5))
def test_a_text_without_a_paragraph_is_a_copy_of_the_whole(gone: int) -> None:
    blocks = AGENCY.split("\n\n")
    cut = "\n\n".join(block for k, block in enumerate(blocks) if k != gone)
    how = alike(Compared(cut), Compared(AGENCY))
    assert how.copied
    assert how.kept > 0.9
