"""Versions of one article: found by address, compared, and the paper's own word that it corrected something."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import onrecord
from onrecord.link import changes, notices
from onrecord.model import Attribution, Extraction, Report, Run, Span, address

FIRST = "The mayor said on Monday that five people had been hurt.\n\nThe union said that it would strike on Friday."
SECOND = (
    "The mayor said on Monday that three people had been hurt.\n\nA spokeswoman for the port denied that it was closed."
    "\n\nCorrection: An earlier version of this article gave a wrong number of those hurt."
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One address read twice, with a text that changed, and another address."""
    folder = tmp_path_factory.mktemp("versions")
    rows = [
        {
            "url": "https://paper.example/port?utm_source=mail",
            "published": "2031-05-01",
            "title": "Port",
            "text": FIRST,
        },
        {"url": "http://www.paper.example/port/", "published": "2031-05-02", "title": "Port", "text": SECOND},
        {"url": "https://paper.example/port-strike", "published": "2031-05-02", "title": "Strike", "text": FIRST},
    ]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf8")
    assert onrecord.record(folder / "rows.jsonl", folder / "record.db").recorded == 3
    return folder / "record.db"


def test_what_changed_from_one_version_to_the_next_is_told(db: Path) -> None:
    with onrecord.open(db) as record:
        at = {head.url: head.id for head in record.reports()}
        first, second = record.versions(at["http://www.paper.example/port/"])
        assert [v.head.published for v in (first, second)] == ["2031-05-01", "2031-05-02"]
        assert record.versions(at["https://paper.example/port?utm_source=mail"]) == [first, second]
        assert len(record.versions(at["https://paper.example/port-strike"])) == 1
        assert first.changes is None
        assert first.notices == ()
        assert second.changes is not None
        (number,) = second.changes.altered
        assert number.fields == ("content",)
        assert number.numbers == (("five", "three"),)
        text = second.result.report.text
        assert ["denied" in a.cue.of(text) for a in second.changes.appeared if a.cue] == [True]
        assert len(second.changes.vanished) == 1
        (notice,) = second.notices
        assert (notice.kind, notice.span.of(text)[:11]) == ("correction", "Correction:")
        told = second.to_dict()
        assert told["changes"]["altered"][0]["before"] == number.before.id
        assert told["notices"][0]["text"] == notice.span.of(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Rain fell.\n\nThis article was amended on 3 May to give the right date.", ["correction"]),
        ("Rain fell. An earlier version of this story misstated the date.", ["correction"]),
        ("This story has been retracted. We regret the error.", ["retraction", "correction"]),
        ("UPDATED: Rain fell.", ["update"]),
        ("The correction of the river's course took years, she said.", []),
        ("He updated the story every day. The article has been praised.", []),
        ("", []),
    ],
)
def test_a_notice_is_the_papers_word_on_itself(text: str, kinds: list[str]) -> None:
    found = notices(text)
    assert [n.kind for n in found] == kinds
    assert all(n.span.of(text).strip() for n in found)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x?utm_source=y#top", "http://www.A.example/x/", True),
        ("https://a.example/x?id=1", "https://a.example/x?id=2", False),
        ("https://a.example/x", "https://a.example/X", False),
        ("https://[broken", "https://[broken", True),
    ],
)
def test_addresses_of_one_article(one: str, other: str, same: bool) -> None:
    assert (address(one) == address(other)) == same


def test_words_without_a_stop_take_no_time() -> None:
    found = notices("this story was updated and " * 20_000)
    assert all(n.span.end - n.span.start <= 900 for n in found)


WORDS = st.lists(st.sampled_from(["rain", "five", "hurt", "port", "closed"]), min_size=1, max_size=6)


def made(contents: list[list[str]]) -> Extraction:
    """A report of these contents, each attributed to nobody."""
    text, spans = "", []
    for words in contents:
        spans.append((len(text), len(text) + len(" ".join(words))))
        text += " ".join(words) + "\n"
    report = Report(text or " ", "0" * 64, "made")
    said = tuple(Attribution(report.id, None, None, (Span(*s),), "indirect", 1.0) for s in spans)
    return Extraction(report, said, Run("made", "1"))


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_every_attribution_of_both_versions_is_accounted_for_once(one: list[list[str]], other: list[list[str]]) -> None:
    before, after = made(one), made(other)
    found = changes(before, after)
    kept = found.kept + len(found.altered)
    assert kept + len(found.vanished) == len(before.attributions)
    assert kept + len(found.appeared) == len(after.attributions)
    same = changes(before, replace(before))
    assert (same.kept, same.appeared, same.vanished, same.altered) == (len(before.attributions), (), (), ())
