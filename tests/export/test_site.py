"""A folder of pages: readable, closed to the outside, no script, every link leads somewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from onrecord.answer import Record
from onrecord.export.whole import MARK, whole_folder
from tests.export.conftest import Send
from tests.export.examples import HOSTILE, full

FETCHING = {"script", "img", "iframe", "link", "object", "embed", "audio", "video", "source", "form", "base", "frame"}


class Page(HTMLParser):
    """What a browser makes of a page, as far as it matters: tags, attributes, ids, links, text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids |= {str(value) for name, value in attrs if name == "id"}
        self.links += [str(value) for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def site(send: Send, tmp_path: Path) -> Path:
    """Pages on all claims with one of these words."""
    folder = tmp_path / "site"
    for words in ("bridge", "closed"):
        ran = send("export", "--format", "site", "--to", folder, "--words", words, "--title", HOSTILE)
        assert ran.code == 0, ran.err
        assert "Written: " in ran.err
    return folder


def test_every_link_leads_somewhere_and_nothing_is_fetched(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 5
    for path, page in pages.items():
        assert not page.tags & FETCHING, path
        assert not {name for name in page.attributes if name.startswith("on")} | (page.attributes & {"src", "srcset"})
        assert "default-src 'none'" in path.read_text(encoding="utf-8")
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https")
                continue
            target = (path.parent / unquote(parts.path)).resolve()
            assert target in pages, f"{path}: {link}"
            assert not parts.fragment or parts.fragment in pages[target].ids, f"{path}: {link}"


def test_the_pages_show_the_words_in_their_place_and_no_verdict(site: Path, asked: Record) -> None:
    index = Page(site / "index.html")
    assert "disputed" in index.text
    assert "This is what is on record, not whether it is true." in index.text
    claim = asked.claims(disputed=True)[0]
    page = Page(site / "claims" / f"{claim.id.rsplit('-', 1)[1]}.html")
    for p in claim.positions:
        words = p.said.content[0].text
        assert words in page.text
        report = Page(site / "reports" / f"{p.said.report.id.rsplit('-', 1)[1]}.html")
        assert words in report.text
        assert claim.wording in report.text


def test_only_paragraphs_with_the_words_are_shown(site: Path) -> None:
    report = Page(site / "reports" / f"{full()[1].report.id.rsplit('-', 1)[1]}.html")
    assert "the ferry" not in report.text
    assert "<b>Aide Moe</b>" in report.text
    assert "[…]" in report.text


def test_hostile_words_stay_words(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "\u202e" not in text


def test_only_a_folder_of_ours_is_replaced(send: Send, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years of work")
    ran = send("export", "--format", "site", "--to", theirs, "--words", "bridge")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert [path.name for path in theirs.iterdir()] == ["thesis.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert send("export", "--format", "site", "--to", empty, "--words", "bridge").code == 0
    before = {path.name for path in empty.iterdir()}
    assert MARK in before
    (empty / "index.html").write_text("old")
    assert send("export", "--format", "site", "--to", empty, "--words", "bridge").code == 0
    assert (empty / "index.html").read_text() != "old"
    assert {path.name for path in tmp_path.iterdir()} == {"theirs", "empty"}


def test_what_breaks_off_leaves_the_old_folder_as_it_was(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "f", "x") as part:
        (part / "a.txt").write_text("one")
    with pytest.raises(ZeroDivisionError), whole_folder(tmp_path / "f", "x") as part:
        (part / "a.txt").write_text(f"two {1 / 0}")
    assert (tmp_path / "f" / "a.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
