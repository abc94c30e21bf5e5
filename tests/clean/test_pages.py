"""Pages through the door: text, headline, metadata, provenance, the way back to the bytes, encodings."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.clean import Cleaner
from onrecord.errors import Unreadable
from onrecord.model import Failure, Found, Given, RawReport
from tests.clean.pages import HEADLINE, PARAGRAPHS, check_origins, page, raw


def test_headline_and_body_are_the_text_and_the_rest_is_set_aside(cleaner: Cleaner) -> None:
    report = cleaner.clean(raw(page()))
    assert report.text == "\n\n".join((HEADLINE, *PARAGRAPHS))
    assert report.headline == Found(HEADLINE, "html:h1")
    assert report.headline_span
    assert report.headline_span.of(report.text) == HEADLINE
    assert {part.reason for part in report.set_aside} == {"furniture: navigation", "furniture: footer"}
    assert report.language
    assert report.language.value == "en"


def test_what_a_page_says_of_itself_is_kept_with_the_place(cleaner: Cleaner) -> None:
    node = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "@id": "#o", "name": "The Pier Post"},
            {"@type": ["NewsArticle"], "headline": HEADLINE, "datePublished": "2024-03-05T08:30:00Z",
             "author": [{"@type": "Person", "name": "Ann Lee"}, {"name": "Bo Carr"}], "publisher": {"@id": "#o"}},
        ],
    }  # fmt: skip
    head = f'<script type="application/ld+json">{json.dumps(node)}</script><link rel=canonical href="https://pier.example/1">'
    report = cleaner.clean(raw(page(head=head)))
    assert report.byline == (Found("Ann Lee", "jsonld:author"), Found("Bo Carr", "jsonld:author"))
    assert report.published == Found("2024-03-05T08:30:00+00:00", "jsonld:datePublished")
    assert report.publisher == Found("The Pier Post", "page says: jsonld:publisher")
    assert report.url == Found("https://pier.example/1", "page says: canonical")


def test_meta_tags_and_markup_serve_where_there_is_no_json(cleaner: Cleaner) -> None:
    date = '<meta property="article:published_time" content="2024-03-05">'
    head = date + '<meta property="og:site_name" content="A &amp; B">'
    report = cleaner.clean(raw(page(head=head, between="<p class='byline'>By <a rel=author>Ann Lee</a></p>")))
    assert report.published == Found("2024-03-05", "meta:article:published_time")
    assert report.publisher == Found("A & B", "page says: og:site_name")
    assert [name.value for name in report.byline] == ["Ann Lee"]


def test_a_date_worked_out_is_marked(cleaner: Cleaner) -> None:
    report = cleaner.clean(raw(page(between="<div class='date'>March 5, 2024</div>")))
    assert report.published
    assert report.published.inferred


FORGED = (
    '<link rel="canonical" href="https://bank.example/news/1">'
    '<meta property="og:url" content="https://bank.example/news/1"><meta property="og:site_name" content="The Bank">'
    '<script type="application/ld+json">{"@type":"NewsArticle","publisher":{"name":"The Bank"},'
    '"author":"The Bank","mainEntityOfPage":"https://bank.example/news/1"}</script>'
)


def test_a_forged_address_does_not_become_the_source(cleaner: Cleaner) -> None:
    came = replace(raw(page(head=FORGED), url=Found("https://blog.example/x", "address")), delivered_by="blog.example")
    report = cleaner.clean(came)
    assert report.url == Found("https://blog.example/x", "address")
    assert report.delivered_by == "blog.example"
    assert report.publisher
    assert report.publisher.where.startswith("page says: ")
    assert "provenance: page names bank.example, delivered by blog.example" in report.flags


def test_what_was_given_outranks_what_was_found(cleaner: Cleaner) -> None:
    given = {
        "publisher": Found("The Post", "row:publisher"),
        "published": Found("2020-01-01", "user"),
        "byline": (Found("Cy Day", "row:author"),),
    }
    report = cleaner.clean(raw(page(head=FORGED), **given))
    assert (report.publisher, report.published, report.byline) == tuple(given.values())


def test_a_page_without_h1_takes_its_title(cleaner: Cleaner) -> None:
    source = page().replace(f"<h1>{HEADLINE}</h1>", "")
    report = cleaner.clean(raw(source))
    assert report.headline == Found(HEADLINE, "html:title")
    assert report.text.startswith(HEADLINE + "\n\n")
    check_origins(report, source.encode())


def test_a_page_with_a_headline_only(cleaner: Cleaner) -> None:
    report = cleaner.clean(raw(f"<title>x</title><body><h1>{HEADLINE}</h1></body>"))
    assert report.text == HEADLINE
    assert "body: none found" in report.flags


@pytest.mark.parametrize("source", ["<html></html>", "<p hidden>Nobody sees this.</p>", " ", "<script>1</script>"])
def test_a_page_without_text_is_refused_in_one_line(source: str, cleaner: Cleaner) -> None:
    with pytest.raises(Unreadable, match=r"page\.html: .*no text"):
        cleaner.clean(raw(source))


def test_repeated_paragraphs_and_format_characters_stay(cleaner: Cleaner) -> None:
    odd = "She said “\u202bשלום\u202c” and a\u200bgain “No” \U0001f469\u200d\U0001f680 e\u0301 to all who asked."
    source = page(between=f"<p>{odd}</p>" + f"<p>{PARAGRAPHS[0]}</p>" * 3)
    report = cleaner.clean(raw(source))
    assert odd in report.text
    assert report.text.count(PARAGRAPHS[0]) == 4
    check_origins(report, source.encode())


def test_a_report_in_another_language_is_set_aside_from_extraction(cleaner: Cleaner) -> None:
    german = (
        "Der Rat hat die Abstimmung über den neuen Hafen am Dienstag verschoben, wie die Vorsitzende mitteilte. " * 4
    )
    source = (
        f"<html lang=de><body><article><h1>Rat verschiebt die Abstimmung</h1><p>{german}</p></article></body></html>"
    )
    report = cleaner.clean(raw(source))
    assert report.language
    assert report.language.value == "de"
    assert any(part.reason == "language: de" for part in report.set_aside)


def test_many_keep_their_order_and_failures_their_place(cleaner: Cleaner) -> None:
    sources = [
        page(title=f"Title {k}", between=f"<p>Number {k} was the number that the board had named.</p>")
        for k in range(9)
    ]
    items: list[RawReport | Failure] = [replace(raw(s), origin=f"p{k}") for k, s in enumerate(sources)]
    items[4] = Failure("p4", "read", "gone")
    items[7] = RawReport(b"<html></html>", "html", "p7")
    done = list(cleaner.clean_all(iter(items)))
    assert [one.origin for one in done] == [f"p{k}" for k in range(9)]
    assert done[4] is items[4]
    assert isinstance(done[7], Failure)
    assert done[7].stage == "clean"


ENCODINGS = {
    "utf-8": "<meta charset=utf-8>",
    "utf-8-sig": "",
    "utf-16": "",
    "windows-1252": "<meta charset='iso-8859-1'>",
    "windows-1251": "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>",
    "shift_jis": "<meta charset=Shift_JIS>",
    "gb18030": "<meta charset=gb2312>",
    "euc-kr": "<meta charset=euc-kr>",
}
WORDS = {"windows-1251": "Привет всем", "shift_jis": "日本の記事", "gb18030": "中文报道", "euc-kr": "한국어 기사"}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_declared_encodings_are_read_and_lead_back_to_the_bytes(encoding: str, cleaner: Cleaner) -> None:
    line = (
        f"The visitor said “{WORDS.get(encoding, 'café £5')}” to the board and left it at that for the rest of the day."
    )
    if encoding not in ("utf-8", "utf-8-sig", "utf-16", "windows-1252"):
        line = line.replace("“", '"').replace("”", '"')
    source = page(between=f"<p>{line}</p>").replace("’", "'").replace("“", '"').replace("”", '"')
    line = line.replace("“", '"').replace("”", '"')
    data = source.replace("<meta charset='utf-8'>", ENCODINGS[encoding]).encode(encoding)
    report = cleaner.clean(raw(data))
    assert line in report.text
    check_origins(report, data)
    assert not any(flag.startswith("encoding") for flag in report.flags)


@pytest.mark.parametrize(
    ("data", "given", "text", "flag"),
    [
        ("café at noon".encode("windows-1252"), None, "café at noon", "encoding: guessed windows-1252"),
        ("café at noon".encode(), "latin-1", "café at noon", "encoding: declared windows-1252, read as utf-8"),
        ("café at noon".encode("latin-1"), "utf-8", "café at noon", "encoding: declared utf-8, read as windows-1252"),
        ("caf\xe9 – no\u20acn".encode() + b" \xff end", None, "café – no€n \ufffd end", "encoding: 1 invalid in utf-8"),
        ("no mark here".encode("utf-16-le"), None, "no mark here", "encoding: guessed utf-16-le"),
        (b"\x93quoted\x94", "ascii", "“quoted”", None),
        (b"plain", "rot13", "plain", None),
    ],
)
def test_wrong_and_missing_encodings_are_flagged(
    data: bytes, given: str | None, text: str, flag: str | None, cleaner: Cleaner
) -> None:
    label = Found(given, "header") if given else None
    report = cleaner.clean(RawReport(data, "text", "t", given=Given(encoding=label)), verbatim=True)
    assert report.text == text
    assert [f for f in report.flags if f.startswith("encoding")] == ([flag] if flag else [])
    check_origins(report, data)


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
AWKWARD = st.sampled_from(
    [
        "&amp;",
        "&#x1F600;",
        "&lt;b&gt;",
        "&copy",
        "&nosuch;",
        "&#0;",
        "\x00",
        "  ",
        "\n\t",
        "<b>",
        "</b>",
        "<br>",
        "é",
        "e\u0301",
        "\U0001f469\u200d\U0001f680",
        "\u202eabc\u202c",
        "שלום",
        "<!-- x -->",
        "<i hidden>y</i>",
        "&#99999999999;",
        "< 3",
        "&",
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(ANY | AWKWARD, max_size=12), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_every_exact_piece_decodes_to_its_text(cleaner: Cleaner, inside: list[str], encoding: str) -> None:
    source = page(between=f"<p>The clerk said that {''.join(inside)} was what the board had asked for on that day.</p>")
    source = source.replace("charset='utf-8'", f"charset='{encoding}'")
    data = source.encode(encoding)
    report = cleaner.clean(raw(data))
    check_origins(report, data)
    assert "\x00" not in report.text


@settings(max_examples=100, deadline=None)
@given(
    st.binary(min_size=1, max_size=300), st.sampled_from(["utf-8", "latin-1", "shift_jis", "big5", "iso-2022-jp", None])
)
def test_any_bytes_decode_with_a_true_way_back(cleaner: Cleaner, data: bytes, label: str | None) -> None:
    encoding = Found(label, "header") if label else None
    try:
        report = cleaner.clean(RawReport(data, "text", "t", given=Given(encoding=encoding)), verbatim=True)
    except Unreadable:
        return
    for origin in report.origins:
        if origin.exact:
            assert (
                data[origin.raw_start : origin.raw_end].decode(report.encoding)
                == report.text[origin.start : origin.end]
            )


def test_a_title_that_came_beside_the_text_opens_it(cleaner: Cleaner) -> None:
    body = "The board said it would wait. “We are in no hurry,” its chair said."
    given = Given(title=Found("Board waits", "row:title"))
    report = cleaner.clean(RawReport(body.encode(), "text", "row", given=given))
    assert report.text == f"Board waits\n\n{body}"
    assert report.headline == Found("Board waits", "row:title")
    check_after = [o for o in report.origins if o.exact]
    assert all(body.encode()[o.raw_start : o.raw_end].decode() == report.text[o.start : o.end] for o in check_after)


def test_verbatim_takes_the_text_as_it_is(cleaner: Cleaner) -> None:
    text = "Leave a Reply\r\n\r\n  He said\x00 so.  \n"
    report = cleaner.clean(RawReport(text.encode(), "text", "t"), verbatim=True)
    assert report.text == text.replace("\x00", "")
    assert report.headline is None
    assert not [part for part in report.set_aside if part.start is not None]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 ...", b"PK\x03\x04abc", b"\x89PNG\r\n"])
def test_what_is_no_text_is_refused_in_one_line(data: bytes, cleaner: Cleaner) -> None:
    with pytest.raises(Unreadable, match=r"^t: "):
        cleaner.clean(RawReport(data, "text", "t"))
