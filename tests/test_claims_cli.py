"""Asking for claims on the command line: what is printed, what is written, and what bad input gets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from onrecord.answer import Record
from onrecord.cli import main
from onrecord.linking import find_claims
from onrecord.store import open_store
from tests.stand_in import WordComparer
from tests.test_claims import SAID, put, said


@pytest.fixture
def db(tmp_path: Path) -> str:
    """Four reports, three of them on one claim; one has a hostile publisher."""
    path = tmp_path / "r.db"
    with open_store(path) as store:
        for name, (day, text) in SAID.items():
            put(store, name, day, text, publisher="<script>alert(1)</script>\x1b[31m" if name == "c" else "The Morning")
        find_claims(store, WordComparer())
    return str(path)


def run(capsys: pytest.CaptureFixture[str], db: str, *arguments: str) -> tuple[int, str, str]:
    code = main(["--db", db, *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_claims_are_listed_most_shared_first(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, db, "claims", "--format", "table")
    assert code == 0
    assert out.startswith("disputed  “that the bridge at Orm was closed for repairs”")
    assert "2 voices said so · 1 voice denied it · 3 texts · 2031-05-01 to 2031-05-03" in " ".join(out.split())
    code, out, _ = run(capsys, db, "claims", "storm", "--format", "json")
    (claim,) = json.loads(out)
    assert claim["standing"]["confirmed"] is False
    code, out, _ = run(capsys, db, "claims", "--disputed", "--format", "csv")
    assert out.splitlines()[0].startswith("claim,affirms,denies,doubts,declines,disputed")
    code, out, err = run(capsys, db, "claims", "unicorns", "--format", "table")
    assert (code, out, err) == (0, "", "No claim on record is like that.\n")


def test_a_claim_shows_who_said_what_where_and_when(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, db, "claim", claim_id(db), "--trail", "--format", "table")
    told = " ".join(out.split())
    assert code == 0
    assert "Mayor Lee, in The Morning, on 2031-05-01" in told
    assert "- Denied it — 1 text in 1 report" in told
    assert "To call it confirmed: Mayor Lee and Engineer Wu affirm it, each for themselves." in told
    assert "opposes" in told
    assert "sha256" in told
    assert "\x1b" not in out
    code, out, _ = run(capsys, db, "claim", claim_id(db), "--as-of", "2031-05-02", "--format", "table")
    assert "Nobody on record denied it." in out
    assert not re.search(r"\b(true|false)\b", out)


def test_a_brief_is_safe_to_send(db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b.html", "b.md", "b.svg"):
        code, _, err = run(capsys, db, "claim", claim_id(db), "--brief", str(tmp_path / name))
        assert (code, err) == (0, f"Written: {tmp_path / name}\n")
    page, markdown, svg = ((tmp_path / name).read_text(encoding="utf-8") for name in ("b.html", "b.md", "b.svg"))
    for text in (page, markdown):
        assert "<script" not in text.replace("\\<", "")
        assert "\x1b" not in text
        assert "Trader Maki" in text
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert "default-src 'none'" in page
    assert len(ElementTree.fromstring(svg).findall("{http://www.w3.org/2000/svg}circle")) == 3
    code, _, err = run(capsys, db, "claim", claim_id(db), "--brief", str(tmp_path / "b.pdf"))
    assert (code, err.count("\n")) == (2, 1)
    code, _, err = run(capsys, db, "claim", claim_id(db), "--brief", str(tmp_path / "no" / "b.md"))
    assert code == 2


def test_side_by_side_over_time_and_new(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, db, "compare", "Mayor Lee", "Trader Maki", "--format", "table")
    assert code == 0
    assert out.startswith("differ  “that the bridge")
    assert "Trader Maki: Trader Maki denied it" in out
    code, out, _ = run(capsys, db, "changes", "--since", "2031-05-03", "bridge", "--format", "table")
    assert "2031-05-03: Trader Maki denied it" in out
    assert out.startswith("disputed since")
    code, out, _ = run(capsys, db, "who", "Mayor Lee", "--about", "bridge", "--format", "table")
    assert "2031-05-01  + Mayor Lee — said" in out
    code, out, _ = run(capsys, db, "who", "Mayor Lee", "--about", claim_id(db), "--format", "json")
    assert [line["position"]["stance"] for line in json.loads(out)["lines"]] == ["affirms"]


def test_judging_exporting_and_importing(db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(db) as store:
        lee, maki = said(store, "closed for long"), said(store, "not closed")
    code, out, err = run(
        capsys, db, "judge", "different", lee, maki, "--reason", "two", "--by", "Ada", "--format", "jsonl"
    )
    assert (code, "two claims from now on" in err) == (0, True)
    made = json.loads(out)["judgement"]
    assert run(capsys, db, "judge", "contradicts", lee, maki, "--reason", "r", "--by", "Ada")[0] == 0
    assert run(capsys, db, "judge", "stance", lee, "doubts", "--reason", "r", "--by", "Ada")[0] == 0
    assert run(capsys, db, "judge", "rename", lee, "Orm", "--reason", "r", "--by", "Ada")[0] == 0
    code, out, _ = run(capsys, db, "judge", "export")
    (tmp_path / "j.jsonl").write_text(out, encoding="utf-8")
    assert run(capsys, db, "judge", "undo", made, "--reason", "no", "--by", "Bo")[0] == 0
    code, out, _ = run(capsys, db, "judge", "log", "--format", "table")
    assert "Ada: different attribution" in out
    assert "taken back" in out
    code, _, err = run(capsys, db, "judge", "import", str(tmp_path / "j.jsonl"))
    assert (code, err) == (0, "4 read, 0 of them new here.\n")
    (tmp_path / "bad.jsonl").write_text('{"judgement": {"by_kind": "engine"}}\n', encoding="utf-8")
    assert run(capsys, db, "judge", "import", str(tmp_path / "bad.jsonl"))[0] == 2
    assert run(capsys, db, "judge", "same", lee, lee, "--reason", "r", "--by", "Ada")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["claim", "ffffffff"], 1),
        (["claim", "nonsense"], 1),
        (["claims", "--since", "soon"], 2),
        (["claims", "--evidence", "hearsay"], 2),
        (["changes", "--since", "2031-13-01"], 2),
        (["compare", "Nobody", "Noone"], 1),
        (["compare", "Mayor Lee", "Noone"], 1),
        (["claim", "x", "--as-of", "May"], 2),
        (["judge", "import", "/nowhere.jsonl"], 1),
    ],
)
def test_bad_input_gets_one_clear_line(
    db: str, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = run(capsys, db, *arguments)
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert "unexpected" not in err


def claim_id(db: str) -> str:
    with open_store(db) as store:
        return Record(store).claim(said(store, "not closed")).id
