"""Feeds, sitemaps and OPML: what is listed, and that no document, however made, gets further than that."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import listparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.errors import InputError, Unreadable
from onrecord.read.feeds import MOST_ITEMS, Feed, parse
from onrecord.read.opml import Outline, read_opml, write_opml
from onrecord.read.sitemaps import MOST_CHILDREN

URL = "https://news.example/feeds/all"
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Morning &amp; Co</title>
<item><title>Bridge &lt;b&gt;opens&lt;/b&gt;</title><link>/a?x=1&amp;y=2</link><guid isPermaLink="false">urn:1</guid>
<pubDate>Mon, 02 Mar 2026 10:00:00 +0200</pubDate><description>Not this.</description></item>
<item><title>No link</title></item>
<item><title>Script</title><link>javascript:alert(1)</link></item>
<item><guid>https://other.example/b</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title><id>urn:f</id>
<entry><id>tag:1</id><title type="html">&lt;i&gt;Pier&lt;/i&gt; vote</title><link rel="self" href="/self"/>
<link rel="alternate" href="https://news.example/pier"/><updated>2026-03-02T10:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="/"><title>Old</title></channel>
<item rdf:about="https://news.example/r"><title>One</title><link>https://news.example/r</link>
<dc:date>2026-03-02T10:00:00Z</dc:date></item></rdf:RDF>"""
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/old</loc><lastmod>2026-03-01</lastmod></url>
<url><loc>https://news.example/new</loc><image:image><image:loc>https://img.example/x.png</image:loc>
<image:title>A photograph</image:title></image:image><news:news><news:publication><news:name>The Morning</news:name>
</news:publication><news:publication_date>2026-03-03T08:00:00+02:00</news:publication_date>
<news:title>Harbour &amp; pier</news:title></news:news></url></urlset>"""


def read(text: str | bytes) -> Feed:
    return parse(text.encode() if isinstance(text, str) else text, URL)


def test_rss_with_its_titles_dates_and_ids() -> None:
    feed = read(RSS)
    assert feed.title == "The Morning & Co"
    first, last = feed.items
    assert (first.id, first.url, first.title) == ("urn:1", "https://news.example/a?x=1&y=2", "Bridge opens")
    assert first.published == "2026-03-02T08:00:00+00:00"
    assert last.url == "https://other.example/b"
    assert feed.problems == ("2 items without an address of http or https",)


def test_atom_and_rdf() -> None:
    (entry,) = read(ATOM).items
    assert (entry.id, entry.url, entry.title) == ("tag:1", "https://news.example/pier", "Pier vote")
    assert entry.published == "2026-03-02T10:00:00+00:00"
    (old,) = read(RDF).items
    assert (old.url, old.title, old.published) == ("https://news.example/r", "One", "2026-03-02T10:00:00+00:00")


def test_json_feed() -> None:
    items = [{"id": 7, "url": "/j", "title": "J", "date_published": "2026-03-02T10:00:00Z"}, {"id": "x"}, 5, None]
    feed = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Js", "items": items}))
    assert next((i.id, i.url, i.published) for i in feed.items) == (
        "7",
        "https://news.example/j",
        "2026-03-02T10:00:00+00:00",
    )
    assert feed.problems == ("2 items without an address of http or https",)


def test_news_sitemaps_keep_title_and_date_and_come_newest_first() -> None:
    feed = read(NEWS)
    assert feed.title == "The Morning"
    assert [(i.url, i.title, i.published) for i in feed.items] == [
        ("https://news.example/new", "Harbour & pier", "2026-03-03T06:00:00+00:00"),
        ("https://news.example/old", None, "2026-03-01"),
    ]


def test_an_index_names_its_newest_sitemaps() -> None:
    children = "".join(
        f"<sitemap><loc>https://news.example/{day}.xml</loc><lastmod>2026-03-{day:02}</lastmod></sitemap>"
        for day in range(1, 29)
    )
    feed = read(f"<sitemapindex>{children}<sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>")
    assert len(feed.children) == MOST_CHILDREN
    assert feed.children[0] == "https://news.example/28.xml"
    assert "28 sitemaps" in feed.problems[0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!doctype html><title>News</title><p>Hello", "is a web page, not a feed, and names none"),
        ("", "is empty"),
        ("Hello there.", "neither RSS, Atom, JSON Feed nor a sitemap"),
        ('{"a": 1}', "no JSON Feed"),
        ('{"a": ' * 100_000, "no JSON"),
        ('{"version": "https://jsonfeed.org/version/1", "items": 3}', "no JSON Feed"),
        ("<opml version='2.0'/>", "onrecord watch import"),
        ("\x89PNG\r\n\x1a\n" + "\x00" * 99, "binary"),
    ],
)
def test_what_is_no_feed_gets_a_sentence(body: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as met:
        read(body.encode("latin-1"))
    assert met.value.advice
    assert "\n" not in str(met.value)


def test_a_web_page_names_its_feeds() -> None:
    page = """<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml">
    <link rel="alternate" type="application/atom+xml" href="https://news.example/atom">
    <link rel="alternate" hreflang="de" href="/de"><link rel="alternate" type="application/rss+xml" href="javascript:x">
    """
    with pytest.raises(Unreadable) as met:
        read(page)
    assert "https://news.example/rss.xml, https://news.example/atom." in met.value.what


LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))


@pytest.mark.parametrize(
    "body",
    [
        f'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">{LAUGHS}]><rss><channel><title>&m;</title></channel></rss>',
        "<rss><channel><title>" + "a" * 4_000_000 + "</title></channel></rss>",
        "<rss>" + "<a>" * 1_000_000,
        "<rss>" + "<item>" * 1_000_000,
        "<rss>" + "<a " * 2_000_000,
        "<rss>" + "<" * 4_000_000,
        "<rss>" + "&x;" * 2_000_000,
        "<rss>" + "<title>x</title>" * 400_000,
        "<rss " + "".join(f"a{n}='' " for n in range(300_000)) + "/>",
        "<urlset>" + "<url><loc>x</loc>" * 300_000,
    ],
    ids=["laughs", "title", "deep", "items", "tags", "signs", "entities", "titles", "attributes", "urls"],
)
def test_no_document_takes_long_or_much(body: str) -> None:
    """Given to feedparser as they are, some of these take hours."""
    feed = read(body)
    assert len(feed.items) <= MOST_ITEMS
    assert len(feed.title or "") <= 300


def test_no_file_gets_in_by_an_entity(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden words")
    body = f"""<!DOCTYPE rss [<!ENTITY a SYSTEM "file://{tmp_path}/secret">
    <!ENTITY % b SYSTEM "file://{tmp_path}/secret">%b;]>
    <rss version="2.0"><channel><title>&a;</title><item><title>&a;</title><link>http://a.example/&a;</link></item>
    </channel></rss>"""
    assert "hidden" not in str(read(body))


def test_fifty_thousand_items_are_cut_and_that_is_said() -> None:
    items = "".join(f"<item><title>{n}</title><link>http://a.example/{n}</link></item>" for n in range(50_000))
    feed = read(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert [item.url for item in feed.items] == [f"http://a.example/{n}" for n in range(MOST_ITEMS)]
    assert any("left out" in problem for problem in feed.problems)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a/b", "//", ""]
)
def test_only_addresses_of_the_web_are_items(link: str) -> None:
    for body in (
        RSS.replace("/a?x=1&amp;y=2", link),
        ATOM.replace("https://news.example/pier", link),
        NEWS.replace("https://news.example/new", link),
    ):
        assert all(item.url.startswith(("http://", "https://")) for item in read(body).items)


@given(st.integers(0, 3), st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=4)), max_size=12))
def test_feeds_altered_anywhere_are_read_or_refused(which: int, changes: list[tuple[int, bytes]]) -> None:
    body = bytearray((RSS, ATOM, RDF, NEWS)[which].encode())
    for at, new in changes:
        body[at % len(body) : at % len(body) + len(new)] = new
    try:
        feed = read(bytes(body))
    except InputError:
        return
    for item in feed.items:
        assert item.url.startswith(("http://", "https://"))
        assert (item.title or "x").isprintable()


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
OUTLINES = st.lists(
    st.builds(
        Outline,
        st.integers(0, 10**6).map("https://feeds.example/{}?a=1&b=2".format),
        WORDS,
        st.lists(WORDS, max_size=3).map(tuple),
    ),
    max_size=8,
    unique_by=lambda o: o.url,
)


@given(OUTLINES)
def test_opml_goes_out_and_in_and_another_reader_reads_the_same(outlines: list[Outline]) -> None:
    written = write_opml(outlines)
    again, _ = read_opml(written.encode())
    assert {(o.url, o.under) for o in again} == {(o.url, tuple(_plain(u) for u in o.under)) for o in outlines}
    other = listparser.parse(written)
    assert not other.bozo
    assert {feed.url for feed in other.feeds} == {o.url for o in outlines}


def _plain(text: str) -> str:
    from onrecord.read.feeds import plain_title

    return plain_title(text) or ""


def test_opml_of_another_hand() -> None:
    text = """<?xml version="1.0"?><opml version="1.0"><head/><body><outline text="World"><outline text="East">
    <outline text="A" xmlUrl="http://a.example/rss"/></outline><outline title="B" xmlurl="http://b.example/"/></outline>
    <outline text="Bad" xmlUrl="javascript:x"/><outline text="A again" xmlUrl="http://a.example/rss"/></body></opml>"""
    found, problems = read_opml(text.encode())
    assert [(o.url, o.title, o.under) for o in found] == [
        ("http://a.example/rss", "A", ("World", "East")),
        ("http://b.example/", "B", ("World",)),
    ]
    assert problems == ["“Bad” has an address that is not of http or https"]
    for junk in (b"", b"<html/>", b"\x00\x01", gzip.compress(b"x")):
        with pytest.raises(Unreadable):
            read_opml(junk)
    assert read_opml(b"<opml><body>" + b"<outline text='x'>" * 100_000)[1]
