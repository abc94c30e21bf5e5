"""The product in one test: three reports go in, a question is asked, and the answer leads back to the characters.

A claim, its denial, and a copy of the claim in another paper. It runs the shipped engine, end to end.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import onrecord
from onrecord.answer import Record

CLAIM = """Mine waste reached the river, commissioner says

Waste from the Kallas mine has reached the river, Water Commissioner Dara Quill said on Monday.

“We have pictures of the pipe,” Quill said.
"""

DENIAL = """Mine denies spill

Kallas Minerals denied that any waste had left the basin.

“Nothing was drained,” company spokesman Ivo Saal said.

Leave a Reply

Your email address will not be published.
"""

PAGE = """<!doctype html><html lang="en"><head><title>River</title>
<meta property="og:title" content="Commissioner: waste in the river">
<meta property="og:site_name" content="The Morning">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Commissioner: waste in the river",
"datePublished": "2031-05-12"}</script></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Commissioner: waste in the river</h1>
<p>Waste from the Kallas mine has reached the river, Water Commissioner Dara Quill said on Monday.</p>
<p>“We have pictures of the pipe,” Quill said. She showed them to reporters at the commission's office in Lys.</p>
<p style="display:none">“I invented it all,” Quill said.</p>
</article><footer>All rights reserved.</footer></body></html>
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three reports and one file that is none."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "claim.txt").write_text(CLAIM, encoding="utf-8")
    (folder / "denial.txt").write_text(DENIAL, encoding="utf-8")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(2000))
    return folder


@pytest.fixture(scope="module")
def db(folder: Path) -> Path:
    """The record of them."""
    db = folder.parent / "story.db"
    summary = onrecord.record(folder, db)
    assert (summary.recorded, summary.known) == (3, 0)
    return db


@pytest.fixture
def record(db: Path) -> Record:
    """The record, to ask."""
    return onrecord.open(db)


def test_one_asks_who_said_it_and_reads_where(record: Record) -> None:
    found = record.search("pictures", source="Quill")
    assert {hit.report.headline for hit in found} == {
        "Mine waste reached the river, commissioner says",
        "Commissioner: waste in the river",
    }
    for hit in found:
        said = hit.said
        assert said
        assert said.source
        text = record.report(said.report.id).report.text
        for quote in (said.source, *said.content):
            assert text[quote.start : quote.end] == quote.text


def test_the_denial_stands_beside_the_claim(record: Record) -> None:
    found = record.search("", cue="denied")
    assert any(hit.said and hit.said.source and "Kallas" in hit.said.source.text for hit in found)
    assert any("drained" in said.content[0].text for said in record.who("Saal"))


def test_what_no_reader_saw_is_nobodys_word(record: Record) -> None:
    assert not record.search("invented")
    assert not record.search("email")


def test_the_trail_ends_at_the_bytes(record: Record, folder: Path) -> None:
    (said, *_) = record.who("Saal")
    (reading,) = record.readings(said.report.id)
    assert record.raw(reading.raw_sha256) == (folder / "denial.txt").read_bytes()
    assert list(record.verify()) == []


def test_reading_again_adds_nothing(db: Path, folder: Path, record: Record) -> None:
    before = record.status()
    summary = onrecord.record(folder, db)
    assert (summary.recorded, summary.known, summary.attributions) == (0, 3, 0)
    after = record.status()
    assert (after.reports, after.attributions) == (before.reports, before.attributions)


def test_what_failed_is_listed(record: Record) -> None:
    (failure,) = record.failures()
    assert failure.origin.endswith("picture.jpg")


def test_one_text_gives_the_json_of_a_report() -> None:
    shown = json.loads(json.dumps(onrecord.extract(CLAIM).to_dict()))
    assert shown["report"]["headline"] == "Mine waste reached the river, commissioner says"
    assert any(a["source"] and "Quill" in a["source"]["text"] for a in shown["attributions"])
