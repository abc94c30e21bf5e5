"""The sample reports are what samples/README.md says: each is well formed, and they tell of what they should."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from onrecord.clean.language import identify
from onrecord.clean.plain import parts

SAMPLES = Path(__file__).parent.parent / "samples"
FILES = sorted(SAMPLES.glob("[0-9]*"))


class _Tags(HTMLParser):
    """Open elements of a page, without those that need no end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check_page(page: str) -> None:
    tags = _Tags()
    tags.feed(page)
    tags.close()
    assert tags.open == []


def test_there_are_a_dozen_in_five_forms_and_all_are_listed() -> None:
    assert len(FILES) == 12
    assert {"".join(path.suffixes) for path in FILES} == {".txt", ".html", ".jsonl", ".csv", ".warc.gz"}
    listed = (SAMPLES / "README.md").read_text("utf-8")
    assert all(f"`{path.name}`" in listed for path in FILES)


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".html"], ids=lambda path: path.name)
def test_pages_are_well_formed(path: Path) -> None:
    check_page(path.read_text("utf-8"))


@pytest.mark.parametrize("name", ["02-lys-morning.html", "06-metal-and-market.html"])
def test_metadata_of_pages_are_json(name: str) -> None:
    page = (SAMPLES / name).read_text("utf-8")
    data = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(data)["@type"] == "NewsArticle"


def test_two_versions_of_one_address() -> None:
    rows = [json.loads(line) for line in (SAMPLES / "07-essmark-today.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == 2
    assert rows[0]["url"] == rows[1]["url"]
    assert "Correction" in rows[1]["text"]


def test_the_table_has_its_columns() -> None:
    with (SAMPLES / "08-halden-observer.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert all(
        set(row) == {"id", "url", "title", "published", "publisher", "text"} and all(row.values()) for row in rows
    )


def test_the_archive_holds_one_page() -> None:
    with (SAMPLES / "09-border-echo.warc.gz").open("rb") as file:
        (page,) = [record.content_stream().read().decode() for record in ArchiveIterator(file)]
    check_page(page)


@pytest.mark.parametrize(
    ("name", "headline", "published", "byline", "aside"),
    [
        ("01-open-hour.txt", "Reyk shrugs off talk of poisoned river as market gossip", None, [], "Back to top"),
        (
            "03-agency.txt",
            "Essmark says upstream mine drained waste into shared river; Varland denies it",
            "2031-05-15",
            ["Ruth Adair", "Pell Okafor", "BNA"],
            "Advertisement",
        ),
        (
            "05-valley-courier.txt",
            "Mine owner: “Not one litre” left Kallas basin",
            "2031-05-13",
            ["Anton Weir"],
            "Bakery reopens after fire",
        ),
        ("12-brandt-warns.txt", "Brandt warns Varland over river as Council calls for calm", "2031-05-19", [], "Tags:"),
    ],
)
def test_pasted_texts(name: str, headline: str, published: str | None, byline: list[str], aside: str) -> None:
    text = (SAMPLES / name).read_text("utf-8")
    found = parts(text)
    assert found.headline_span is not None
    assert found.headline_span.of(text) == headline
    assert (found.published.value if found.published else None) == published
    assert [name.value for name in found.byline] == byline
    assert any(aside in text[part.start : part.end] for part in found.set_aside)
    assert not any(
        "Kallas" in text[part.start : part.end]
        for part in found.set_aside
        if "caption" not in part.reason and "tags" not in part.reason
    )


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".txt"], ids=lambda path: path.name)
def test_one_is_not_in_english(path: Path) -> None:
    assert identify(path.read_text("utf-8")).value == ("de" if path.name.startswith("10") else "en")
