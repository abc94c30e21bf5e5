"""What people see: every mark and number, at any width, and nothing that hostile text could do to the terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType

from onrecord import flat, notebook
from onrecord.marks import one_line, pieces, visible
from onrecord.model import (
    Attribution,
    Entity,
    Evidence,
    Extraction,
    Found,
    Meaning,
    Report,
    Run,
    SetAside,
    Span,
    When,
)
from onrecord.report_json import report_json
from onrecord.results import Result, answers
from onrecord.store.rows import Hit, Mark, Source
from onrecord.terminal import hit_list, report_view, said_list, source_line, trail_view

HOSTILE = (
    "[bold]Mallory[/bold] \x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u2066 <script>alert(1)</script> :smile: \x9b31m\r\x00"
)


def extraction(text: str, *spans: tuple[int, int], aside: tuple[SetAside, ...] = ()) -> Extraction:
    """A report with one attribution: source, cue, contents."""
    source, cue, *content = (Span(*span) for span in spans)
    report = Report(text, "0" * 64, "a.txt", headline=Found("Who said what", "user"), set_aside=aside)
    return Extraction(report, (Attribution(report.id, source, cue, tuple(content), "indirect", 0.5),), Run("tiny", "1"))


def drawn(view: RenderableType, width: int = 80, *, terminal: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=terminal, markup=False, emoji=False, highlight=False).print(view)
    return out.getvalue()


SIMPLE = extraction("Ann said yes, and no.\n\nLeave a Reply", (0, 3), (4, 8), (9, 12), (14, 20))
HOSTILE_ONE = extraction(
    HOSTILE + " said yes", (0, len(HOSTILE)), (len(HOSTILE) + 1, len(HOSTILE) + 5), (len(HOSTILE) + 6, len(HOSTILE) + 9)
)


def test_marks_are_readable_without_colour() -> None:
    shown = drawn(report_view(SIMPLE, styled=False))
    assert "*Ann*[1] /said/[1] _yes_[1], _and no_[1]." in shown
    assert "  1 Ann — said — yes … and no" in shown
    assert "indirect · characters 0-3 source, 4-8 cue, 9-12 content, 14-20 content" in shown


def test_marks_on_a_terminal_are_bold_italic_and_underlined() -> None:
    shown = drawn(report_view(SIMPLE), terminal=True)
    assert "\x1b[1;36mAnn" in shown
    assert "\x1b[3;33msaid" in shown
    assert "\x1b[4;32myes" in shown


def test_set_aside_parts_say_why() -> None:
    aside = (
        SetAside("clean", "furniture: comment form", 23, 36),
        SetAside("clean", "hidden: display none", raw_start=1, raw_end=2),
    )
    shown = drawn(report_view(replace(SIMPLE, report=replace(SIMPLE.report, set_aside=aside)), styled=False))
    assert "~Leave a Reply~ [set aside: furniture: comment form]" in shown
    assert "Set aside: furniture: comment form, hidden: display none" in shown


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = extraction("Ann " + "very long words " * 40 + "said yes", (0, 3), (644, 648), (649, 652))
    for line in drawn(report_view(long, styled=False), width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_hostile_text_cannot_steer_the_terminal() -> None:
    said = list(flat.said_in(HOSTILE_ONE))
    hit = Hit(said[0].report, said[0], HOSTILE, (Mark(6, 13),))
    views = [report_view(HOSTILE_ONE, styled=False), *said_list(said), *hit_list([hit])]
    views.append(source_line(Source(HOSTILE, 1, 1, (HOSTILE,), HOSTILE, None)))
    shown = "".join(drawn(view, 500) for view in views)
    assert "[bold]Mallory[/bold]" in shown
    assert ":smile:" in shown
    assert "\\x1b[2J" in shown
    assert "\\u202e" in shown
    for character in "\x1b\x07\x9b\r\x00\u202e\u2066":
        assert character not in shown


def test_notebook_views_escape_everything() -> None:
    said = list(flat.said_in(HOSTILE_ONE))
    hits = answers([Hit(said[0].report, said[0], HOSTILE, (Mark(6, 13),))])
    pages = [
        Result.of(HOSTILE_ONE)._repr_html_(),
        answers(said)._repr_html_(),
        hits._repr_html_(),
        notebook.sources_html([Source(HOSTILE, 1, 1, (HOSTILE,), None, None)]),
    ]
    for html in pages:
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "\u202e" not in html
    assert "<mark>Mallory</mark>" in pages[2]


def test_results_become_rows_and_frames() -> None:
    result = Result.of(SIMPLE)
    (row,) = result.to_rows()
    assert row["content"] == "yes … and no"
    assert list(row) == list(flat.COLUMNS)
    assert result.to_pandas().loc[0, "source"] == "Ann"
    assert answers(result.said()).to_pandas().shape == (1, len(flat.COLUMNS))
    assert result.to_dict() == report_json(SIMPLE)


def test_a_voice_in_anothers_words_is_shown_as_such() -> None:
    text = "Kim said that Ann told yes."
    kim, ann = extraction(text, (0, 3), (4, 8), (9, 26)), extraction(text, (14, 17), (18, 22), (23, 26))
    both = replace(kim, attributions=kim.attributions + ann.attributions)
    result = Result.of(both)
    assert [(row["source"], row["voices"]) for row in result.to_rows()] == [("Kim", None), ("Ann", "Kim")]
    assert "Ann — told — yes (in the words of Kim)" in "".join(drawn(view) for view in said_list(result.said()))
    hits = [Hit(said.report, said, "yes", (Mark(0, 3),)) for said in result.said()]
    assert "Ann — told — yes (in the words of Kim)" in "".join(drawn(view) for view in hit_list(hits))
    for page in (answers(result.said()), answers(hits)):
        assert "<mark>yes</mark> (in the words of Kim)" in page._repr_html_()


INTERVIEW = (
    "Minister Roza Tal told Radio Lys in an interview that the dam reportedly held on March 3, citing survey data.\n"
    "Her rival, Ivo Brand, said the minister was wrong. A spokesperson said no. He may say more, he said."
)


def at(words: str, n: int = 0) -> Span:
    """Where the words stand in the interview, the n-th time."""
    start = -1
    for _ in range(n + 1):
        start = INTERVIEW.index(words, start + 1)
    return Span(start, start + len(words))


def interview() -> Extraction:
    """Three known sources, one open one; evidence, distance, times, an answer."""
    report = Report(INTERVIEW, "0" * 64, "dam.txt")
    tal = Entity(report.id, "Roza Tal", "person", (at("Minister Roza Tal"), at("the minister")), "minister", "Lys")
    brand = Entity(report.id, "Ivo Brand", "person", (at("Ivo Brand"),))
    nobody = Entity(report.id, "spokesperson", "unnamed", (at("A spokesperson"),))
    held = Attribution(
        report.id,
        at("Minister Roza Tal"),
        at("told"),
        (at("that the dam reportedly held on March 3"),),
        "indirect",
        0.9,
    )
    he = Span(at("he said").start, at("he said").start + 2)
    wrong = Attribution(report.id, at("Ivo Brand"), at("said"), (at("the minister was wrong"),), "indirect", 0.9)
    no = Attribution(report.id, at("A spokesperson"), at("said", 1), (at("no", 0),), "indirect", 0.9)
    more = Attribution(report.id, he, at("said", 2), (at("He may say more"),), "indirect", 0.9)
    meanings = (
        Meaning(
            act="assert",
            modality="plain",
            entity=tal.id,
            distance=(at("reportedly"),),
            evidence=(Evidence(at("citing survey data"), "data"),),
            addressee=at("Radio Lys"),
            venue=at("in an interview"),
            said_on="2026-03-04",
            content_when=(When(at("on March 3"), "2026-03-03"),),
        ),
        Meaning(act="deny", modality="negated", entity=brand.id, within=held.id, about=held.id),
        Meaning(act="decline", entity=nobody.id, content_when=(When(at("more"), None),)),
        Meaning(act="expect", modality="hypothetical", candidates=((brand.id, 0.5), (tal.id, 0.4))),
    )
    said = tuple(replace(a, meaning=m) for a, m in zip((held, wrong, no, more), meanings, strict=True))
    return Extraction(report, said, Run("tiny", "1"), entities=(tal, brand, nobody))


def test_one_quiet_line_tells_what_is_known() -> None:
    lines = [line.strip() for line in drawn(report_view(interview(), styled=False), 400).splitlines()]
    first, second, third, fourth = (
        lines[k + 1] for k, line in enumerate(lines) if " — told — " in line or " — said" in line
    )
    assert first == (
        "minister of Lys · reporter's distance: reportedly · on data: citing survey data · to Radio Lys · "
        "where: in an interview · said on 2026-03-04 · on March 3: 2026-03-03"
    ).replace("minister of Lys", "Roza Tal, minister of Lys")
    assert second == "denies · says it is not so · within 1: on the word of Roza Tal · answers 1"
    assert third == "not named · declines to answer · more: unresolved"
    assert fourth == "unknown; may be Ivo Brand or Roza Tal · expects it · says it as a possibility"
    people = lines[lines.index("Who is quoted") + 1 :]
    assert people == [
        "Roza Tal — person · minister of Lys · 2 mentions · quoted once",
        "Ivo Brand — person · 1 mention · quoted once",
        "spokesperson — unnamed · 1 mention · quoted once",
    ]


def test_where_nothing_was_worked_out_nothing_is_told() -> None:
    shown = drawn(report_view(SIMPLE, styled=False), 400)
    assert "unknown" not in shown
    assert "Who is quoted" not in shown


def test_an_open_source_without_candidates_is_unknown_and_a_missing_one_is_not() -> None:
    open_ = replace(SIMPLE, attributions=(replace(SIMPLE.attributions[0], meaning=Meaning(act="assert")),))
    assert "\n    unknown\n" in drawn(report_view(open_, styled=False), 400)
    missing = replace(open_, attributions=(replace(open_.attributions[0], source=None),))
    assert "unknown" not in drawn(report_view(missing, styled=False), 400)


def test_one_attribution_tells_where_to_read_the_others() -> None:
    one = interview()
    said = list(flat.said_in(one))[1]
    shown = drawn(trail_view(one, said, styled=False), 400)
    assert f"answers another (show {said.within.rsplit('-', 1)[1][:12]})" in shown  # type: ignore[union-attr]
    assert "on the word of Roza Tal" in shown


@pytest.mark.parametrize("width", [24, 40, 80])
def test_what_is_known_fits_any_width(width: int) -> None:
    for line in drawn(report_view(interview(), styled=False), width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


@given(st.text(alphabet=st.sampled_from(HOSTILE), min_size=3, max_size=40).filter(str.strip))
def test_what_is_known_cannot_steer_anything(words: str) -> None:
    report = Report(words + " x y", "0" * 64, "a.txt")
    span = Span(0, len(words))
    entity = Entity(report.id, words + "!", "person", (span,), words, words)
    meaning = Meaning(
        entity=entity.id, distance=(span,), evidence=(Evidence(span, "document"),), addressee=span, venue=span
    )
    said = Attribution(report.id, Span(len(words) + 1, len(words) + 2), None, (span,), "indirect", 1.0, meaning)
    told = Extraction(report, (said,), Run("tiny", "1"), entities=(entity,))
    shown = drawn(report_view(told, styled=False), 4000) + Result.of(told)._repr_html_().replace("\n", "")
    assert not set(shown) & set("\x1b\x07\x9b\r\x00\u202e\u2066")
    assert "<script" not in Result.of(told)._repr_html_()


def test_a_notebook_tells_what_is_known() -> None:
    html = Result.of(interview())._repr_html_()
    assert "<b>Minister Roza Tal</b> · Roza Tal, minister of Lys" in html
    assert "on data: citing survey data" in html


@st.composite
def marked(draw: st.DrawFn) -> Extraction:
    text = draw(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=6, max_size=60)
    )
    spans = st.tuples(st.integers(0, len(text) - 2), st.integers(1, 8)).map(
        lambda s: (s[0], min(len(text), s[0] + s[1]))
    )
    return extraction(text, *draw(st.lists(spans, min_size=3, max_size=5)))


@given(marked())
def test_the_pieces_are_the_text(one: Extraction) -> None:
    text = one.report.text
    cut = list(pieces(one.report, one.attributions, one.report.set_aside))
    assert "".join(text[p.start : p.end] for p in cut) == text
    (attribution,) = one.attributions
    assert attribution.source
    assert "".join(text[p.start : p.end] for p in cut if "source" in p.roles) == attribution.source.of(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_visible_has_nothing_that_steers(text: str) -> None:
    shown = one_line(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029")
    assert visible(visible(text)) == visible(text)
