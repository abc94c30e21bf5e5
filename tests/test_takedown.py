"""Taking down: nothing of a name stays in any file, ids and logs still verify, and the record says what happened."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from onrecord.answer import Record
from onrecord.desk import Desk, Role, Scope, open_the_desk
from onrecord.errors import NotFound, TakenDown, UsageError
from onrecord.model import Extraction, Failure, Found, Given, RawReport, Run
from onrecord.redress import take_down
from onrecord.store import Judgement, Reply, Store, Withdrawal, Words, open_store
from onrecord.store.redress_rows import ERASED
from tests.conftest import Command
from tests.store.examples import pair, tamper

AT = datetime(2031, 5, 5, tzinfo=UTC)
HARBOUR = "Harbour to open\nThe harbour opens in May, Minister Roy told reporters."
MADE = Run("names", "1")


def holding(name: str) -> list[tuple[RawReport, Extraction]]:
    """Reports with a name in text and origin, in a comment of the page alone, in the byline, in what came with them."""
    text = f"Bridge closed\nThe bridge is closed, {name} told Lem. Later {name.upper()} denied it."
    told = pair(text, [(name, "told", ("The bridge is closed",), "indirect")], origin=f"{name}.txt")
    page = f"<p>Nothing to see<!-- {name} --><p>at the harbour today."
    hidden = pair("Nothing to see at the harbour today.", (), origin="b.html", data=page.encode())
    raw, found = pair("Somebody wrote this.", (), origin="c.txt")
    signed = raw, replace(found, report=replace(found.report, byline=(Found(name.title(), "user"),)))
    raw, found = pair("Given with the bytes.", (), origin="d.txt")
    given_ = RawReport(raw.data, "text", "d.txt", given=Given(title=Found(f"On {name}", "row:title"))), found
    return [told, hidden, signed, given_]


def spread(store: Store, desk: Desk, name: str) -> list[str]:
    """Put a name wherever a record and a desk take words; ids of the reports that hold it."""
    kept = pair(HARBOUR, [("Minister Roy", "told", ("The harbour opens in May",), "indirect")], origin="roy.txt")
    gone = pair("Gone before.", (), origin="e.txt")
    held = holding(name)
    store.record_many([kept, gone, *held])
    store.take_down(gone[1].report.id, by="ada", reason=f"{name} asked")
    mine, theirs = kept[1].attributions[0].id, held[0][1].attributions[0].id
    judged = Judgement(mine, theirs, "different", "person", "ada", AT, None, "two matters")
    store.judge_many(
        [
            Judgement(mine, theirs, "contradicts", "person", name, AT, None, f"{name} said otherwise"),
            Judgement(mine, f"name:{name}", "named", "person", name, AT, None, "shorter"),
            Judgement(mine, "stance:doubts", "stance", "person", name, AT, None, f"so {name} told me"),
            judged,
        ],
        [Withdrawal(judged.id, "person", "ada", AT, f"asked {name}")],
    )
    engine = Judgement(mine, theirs, "same", "engine", MADE.id, AT, 0.75, f"both name {name}")
    store.compare(MADE, [(kept[1].report.id, (engine,))])
    store.reply(Reply(mine, name, "I was not asked.", "ada", AT))
    store.reply(Reply(mine, "Minister Roy", f"Ask {name.lower()}.", "ada", AT))
    store.record_failure(Failure(f"reports/{name}.pdf", "read", "not readable", "Look."))
    desk.note("export", None, {"path": f"/home/ada/{name}.csv", "format": "csv"}, db=store.location)
    return [extraction.report.id for _, extraction in held]


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def standing(folder: Path, name: str) -> list[str]:
    """Spellings of a name that stand in any file of a folder, looked for without any of the code under test."""
    held = bytes_in(folder).decode("latin-1")
    spellings = {name, name.lower(), name.upper(), name.title(), name.casefold()}
    return [each for each in spellings if each.encode().decode("latin-1") in held]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    open_store(folder / "record.db").close()
    open_the_desk(folder / "desk.db", create=True).close()
    return folder


LETTERS = st.sampled_from("abdeghiklmnoprstuvzéößøčığñΩжд")
WORDS = st.text(LETTERS, min_size=4, max_size=9).map(lambda word: word[0].upper() + word[1:])
NAMES = st.lists(WORDS, min_size=2, max_size=3).map(" ".join)


@given(name=NAMES)
@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
def test_nothing_of_a_name_stays_and_all_still_verifies(empty: Path, name: str) -> None:
    shutil.rmtree(folder := empty.parent / "taken", ignore_errors=True)
    shutil.copytree(empty, folder)
    with open_store(folder / "record.db") as store, open_the_desk(folder / "desk.db") as desk:
        reports = spread(store, desk, name)
        assert standing(folder, name)
        mentions = store.mentions([name])
        assert {m.report.id for m in mentions} == set(reports)
        done = take_down(store, desk, [m.report.id for m in mentions], [name], by="ada", reason="court order")
        assert (done.left, set(done.reports), done.rows > 6) == ((), set(reports), True)
        assert not list(store.verify())
        assert not list(desk.faults())
        assert not store.mentions([name])
        assert store.status().reports == 1
        assert [r.text for r in store.replies()] == []
        assert not store.failures()
        assert {t.report_id for t in store.takedowns()} > set(reports)
        for each in reports:
            with pytest.raises(TakenDown, match=r"taken down on .* by ada: court order"):
                store.report(each)
    assert standing(folder, name) == []
    assert b"court order" in bytes_in(folder)
    assert b"harbour opens in May" in bytes_in(folder)


@pytest.fixture
def both(tmp_path: Path) -> Iterable[tuple[Store, Desk]]:
    with open_store(tmp_path / "record.db") as store, open_the_desk(tmp_path / "desk.db", create=True) as desk:
        yield store, desk


def test_what_is_left_of_kept_rows_is_checked(both: tuple[Store, Desk], tmp_path: Path) -> None:
    store, desk = both
    reports = spread(store, desk, "Dara Quill")
    before = {j.id for j in store.judgements(withdrawn=True)}
    take_down(store, desk, reports, ["Dara Quill"], by="ada", reason="asked for")
    after = store.judgements(withdrawn=True)
    assert {j.id for j in after} == before
    assert {j.relation for j in store.judgements()} == {"contradicts", "stance", "same"}  # the name is taken back
    assert {j.reason for j in after} == {ERASED, "shorter"}
    assert {j.by for j in after} == {ERASED, "ada", MADE.id}
    for table, column in (
        ("judgements", "relation"),
        ("judgements", "reason"),
        ("judgements", "at"),
        ("withdrawals", "reason"),
        ("withdrawals", "target"),
        ("replies", "text"),
        ("replies", "target"),
        ("takedowns", "report_id"),
        ("redactions", "digest"),
        ("redactions", "row_id"),
    ):
        shutil.copy(tmp_path / "record.db", path := tmp_path / "altered.db")
        with closing(sqlite3.connect(path)) as connection:
            (seqs,) = connection.execute(
                f"SELECT group_concat(seq) FROM {table} WHERE "
                + ("digest != ''" if table == "redactions" else "id IN (SELECT row_id FROM redactions)")
            ).fetchone()
        for seq in seqs.split(",")[:2]:
            tamper(path, f"UPDATE {table} SET {column} = {column} || 'x' WHERE seq = {seq}")
            with open_store(path) as altered:
                assert list(altered.verify()), (table, column)
            shutil.copy(tmp_path / "record.db", path)
    shutil.copy(tmp_path / "record.db", path)
    tamper(path, "DELETE FROM redactions")
    with open_store(path) as altered:
        assert list(altered.verify())


def test_taking_one_report_down_erases_what_was_said_of_it(both: tuple[Store, Desk], tmp_path: Path) -> None:
    store, desk = both
    reports = spread(store, desk, "Dara Quill")
    store.reply(Reply(reports[0], "Orm Bridges", "The bridge was open.", "ada", AT))
    done = take_down(store, desk, [reports[0][:30]], by="ada", reason="asked for")
    assert done.reports == (reports[0],)
    assert not list(store.verify())
    held = bytes_in(tmp_path)
    for words in ("bridge is closed", "said otherwise", "both name", "bridge was open", "Orm Bridges", "denied it"):
        assert words.encode() not in held, words
    assert b"so Dara Quill told me" in held  # on another report's row: only the name itself can ask for that


def test_whole_words_are_meant_not_letters_within_others(both: tuple[Store, Desk]) -> None:
    store, desk = both
    store.record(*pair("Banjo Dahlem said nothing.", (), origin="a.txt"))
    mine = store.record(*pair("“No,” said Jo-Dahl.", (), origin="b.txt")).report_id
    assert [m.report.id for m in store.mentions(["jo dahl"])] == [mine]
    done = take_down(store, desk, [mine], ["jo dahl"], by="ada", reason="asked for")
    assert {each.inside for each in done.left} == {True}
    assert store.status().reports == 1
    assert not list(store.verify())


@pytest.mark.parametrize(
    ("source", "there"),
    [
        ("<p>Jos&eacute; D&#237;az</p>", True),
        ("Jos\u0065\u0301 Di\u0301az", True),
        ("JOSÉ  DÍAZ", True),
        ("jose diaz", True),
        ("Jo<b>sé</b> Díaz", True),
        ('"Jos\\u00e9 D\\u00edaz"', True),
        ("/jos%C3%A9-d%C3%ADaz.html", True),
        ("josé.díaz@example.org", True),
        ("San José Díazberg", False),
        ("Díaz José", False),
    ],
)
def test_a_name_is_found_however_a_page_writes_it(source: str, there: bool) -> None:
    assert Words(["José Díaz"]).stand_in_source(source) is there


def test_a_name_without_blanks_around_it_is_found() -> None:
    assert Words(["李明"]).stand_in("记者李明说")
    assert Words(["李明"]).are_part_of("记者李明说")
    for none in ("", " . ", "x", "—"):
        with pytest.raises(UsageError):
            Words([none])


def test_a_reason_that_would_keep_the_name_is_refused(both: tuple[Store, Desk]) -> None:
    store, desk = both
    for by, reason in (("Dara Quill", "asked for"), ("ada", "DARA QUILL asked")):
        with pytest.raises(UsageError, match="would keep the name"):
            take_down(store, desk, [], ["Dara Quill"], by=by, reason=reason)
    assert desk.log() == []


def test_what_is_out_of_reach_is_listed(both: tuple[Store, Desk], tmp_path: Path) -> None:
    store, desk = both
    reports = spread(store, desk, "Dara Quill")
    shutil.copy(tmp_path / "record.db", tmp_path / "record-old.bak")
    desk.note("export", None, {"path": "other.csv"}, db="elsewhere.db")
    desk.add_workspace("Harbour", tmp_path / "harbour.db")
    done = take_down(store, desk, reports, ["Dara Quill"], by="ada", reason="asked for")
    told = "\n".join(done.by_hand)
    assert "/home/ada/Dara Quill.csv" in told
    assert "record-old.bak" in told
    assert "0 days old" in told
    assert "workspace Harbour" in told
    assert "other.csv" not in told
    again = take_down(store, desk, [], ["Dara Quill"], by="ada", reason="asked for")
    assert (again.left, again.rows) == ((), 0)
    assert "where to is erased" in "\n".join(again.by_hand)


def test_an_account_of_that_name_is_told_not_erased(both: tuple[Store, Desk]) -> None:
    store, desk = both
    desk.add_workspace("Harbour", store.location)
    desk.add("Dara Quill", "four random words do", Role.reader)
    desk.add_token("Dara Quill", Scope.read, 3)
    done = take_down(store, desk, [], ["Dara Quill"], by="ada", reason="asked for")
    assert done.left
    assert all("the desk" in each.where for each in done.left)
    assert not list(desk.faults())


def test_a_reply_is_shown_taken_back_and_erased(both: tuple[Store, Desk]) -> None:
    store, desk = both
    _, extraction = pair()
    store.record(*pair())
    record = Record(store)
    said = extraction.attributions[0].id
    one = record.reply(said, name=" Bo  Ek ", text="Not so.\n", by="ada")
    other = record.reply(extraction.report.id[:30], name="Bo Ek", text="We were not asked.", by="ada")
    assert [(r.id, r.name, r.text) for r in record.replies(said)] == [(one, "Bo Ek", "Not so.")]
    assert [r.id for r in record.replies(extraction.report.id)] == [one, other]
    record.withdraw_reply(one[:26], by="ada", reason="sent by mistake")
    assert [r.id for r in record.replies()] == [other]
    assert [r.id for r in record.replies(withdrawn=True)] == [one, other]
    assert not list(store.verify())
    record.withdraw_reply(record.reply(said, name="a\udcff", text="b\0\udcff", by="ada"), by="ada", reason="odd")
    for name, text in (("", "x"), ("x" * 201, "x"), ("x", ""), ("x", "x" * 20_001)):
        with pytest.raises(UsageError):
            record.reply(said, name=name, text=text, by="ada")
    for nothing in ("report-sha256-00", "attribution-sha256-00", "zz"):
        with pytest.raises(NotFound):
            record.reply(nothing, name="x", text="x", by="ada")
    take_down(store, desk, [extraction.report.id], by="ada", reason="asked for")
    assert record.replies() == []
    assert not list(store.verify())


def test_the_command_line(command: Command, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("read", reports).code == 3
    (bridge,) = json.loads(command("search", "bridge", "--format", "json").out)
    report, said = bridge["report"]["id"], bridge["said"]["id"]
    assert command("export", "-o", tmp_path / "out.csv", "--format", "csv").code == 0
    shutil.move(tmp_path / "out.csv", tmp_path.parent / f"{tmp_path.name}.csv")
    ran = command("reply", said, "--from", "Orm <Town>", "--text", "It opens in June.\x1b[31m", "--by", "ada")
    assert (ran.code, "Take back" in ran.err) == (0, True)
    for shown in (("show", report), ("show", said), ("claim", said)):
        printed = " ".join(command(*shown, "--format", "table").out.split())
        assert "Orm <Town>: “It opens in June." in printed, shown
        assert "\x1b" not in printed
        assert "It opens in June." in command(*shown, "--format", "json").out
    for page in ("brief.html", "brief.md"):
        assert command("claim", said, "--brief", tmp_path / page).code == 0
        written = (tmp_path / page).read_text()
        assert "It opens in June" in written
        assert "<Town>" not in written.replace("\\<Town\\>", "")
        (tmp_path / page).unlink()
    (tmp_path / "words.txt").write_text("Not before July.")
    made = json.loads(
        command("reply", report, "--from", "Orm Town", "--file", tmp_path / "words.txt", "--format", "json").out
    )["reply"]
    assert len(json.loads(command("replies", "--format", "json").out)) == 2
    assert command("reply", made, "--withdraw", "--reason", "sent by mistake").code == 0
    assert "Not before July" not in command("replies", "--format", "table").out

    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = command("takedown", "--name", "Amara Diallo", "--reason", "asked for", "--by", "ada")
    assert (ran.code, "there is no terminal" in ran.err) == (2, True)
    assert "Bridge will open in May" in ran.err
    ran = command(
        "takedown", "--name", "Amara Diallo", "--reason", "asked for", "--by", "ada", "--yes", "--format", "table"
    )
    printed = " ".join(ran.out.split())
    assert ran.code == 0, ran.err
    assert "Taken down: 1 report" in printed
    assert "0 left in the files of record and desk." in printed
    assert "out.csv" in printed
    assert command("verify").code == 0
    assert command("audit", "verify").code == 0
    shutil.rmtree(reports / "none", ignore_errors=True)
    held = b"".join(f.read_bytes() for f in tmp_path.glob("*.db*"))
    assert [n for n in (b"Amara Diallo", b"amara", b"Nobody asked the engineers", b"opens in June") if n in held] == []
    for id_ in (report, report.removeprefix("report-sha256-")[:12]):
        ran = command("show", id_)
        assert (ran.code, "was taken down on" in ran.err, "asked for" in ran.err) == (1, True, True)
    again = command("read", reports)
    assert "1 taken down before and left out" in again.err
    assert command("status", "--format", "json").code == 0
    assert command("show", report).code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("takedown", "--reason", "x"),
        ("takedown", "abc", "--name", "Dara Quill", "--reason", "x"),
        ("takedown", "--name", "—", "--reason", "x", "--yes"),
        ("takedown", "--name", "Dara Quill", "--reason", "x", "--by", "Dara Quill", "--yes"),
        ("reply", "abc", "--from", "x"),
        ("reply", "abc", "--text", "x"),
        ("reply", "abc", "--from", "x", "--text", "x", "--file", "y"),
        ("reply", "abc", "--withdraw", "--text", "x"),
        ("reply", "abc", "--from", "x", "--file", "/nowhere.txt"),
    ],
)
def test_wrong_calls_are_told(command: Command, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    open_store(tmp_path / "record.db").close()
    ran = command(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), ran.err
