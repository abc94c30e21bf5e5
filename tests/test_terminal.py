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
from onrecord.model import Attribution, Extraction, Found, Report, Run, SetAside, Span
from onrecord.report_json import report_json
from onrecord.results import Result, answers
from onrecord.store.rows import Hit, Mark, Source
from onrecord.terminal import hit_list, report_view, said_list, source_line

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
