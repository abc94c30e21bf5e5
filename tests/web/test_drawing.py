"""A report's text as pieces: nothing is lost, every piece knows its characters, and a sentence holds what it is of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onrecord.marks import visible
from onrecord.model import Attribution, Evidence, Meaning, Report, SetAside, Span
from onrecord.web.drawing import in_sentence, paragraphs, sentence_of

TEXTS = st.text(alphabet=st.sampled_from("ab. \n“”?\u202e\u200b\x07é😀שA\u0301"), min_size=2, max_size=60)


@st.composite
def marked(draw: st.DrawFn) -> tuple[Report, list[Attribution], list[SetAside]]:
    """A text with attributions and set-aside parts anywhere in it, over each other as well."""
    text = draw(TEXTS)

    def span() -> Span:
        start = draw(st.integers(0, len(text) - 1))
        return Span(start, draw(st.integers(start + 1, len(text))))

    report = Report(text, "0" * 64, "made up", headline_span=span() if draw(st.booleans()) else None)
    said = []
    for _ in range(draw(st.integers(0, 4))):
        source, cue = (span() if draw(st.booleans()) else None for _ in range(2))
        meaning = Meaning(distance=(span(),), evidence=(Evidence(span(), "document"),))
        content = tuple(span() for _ in range(draw(st.integers(1, 2))))
        said.append(Attribution(report.id, source, cue, content, "indirect", 0.5, meaning))
    aside = [SetAside("clean", "furniture: made up", s.start, s.end) for s in (span(),) if draw(st.booleans())]
    return report, said, aside


@given(marked())
def test_the_pieces_are_the_text(case: tuple[Report, list[Attribution], list[SetAside]]) -> None:
    report, said, aside = case
    pieces = [p for line in paragraphs(report, said, aside) for p in line]
    at = 0
    for piece in pieces:
        assert not report.text[at : piece.start].strip(" \n"), "only blank lines and line ends are between pieces"
        assert piece.text == visible(report.text[piece.start : piece.end])
        at = piece.end
    assert not report.text[at:].strip(" \n")


@given(marked())
def test_a_piece_is_marked_as_every_span_that_it_lies_in(
    case: tuple[Report, list[Attribution], list[SetAside]],
) -> None:
    report, said, aside = case
    for piece in (p for line in paragraphs(report, said, aside) for p in line):
        for number, a in enumerate(said, 1):
            inside = any(s.start <= piece.start and piece.end <= s.end for s in a.content)
            assert (("content", number) in piece.marks) == inside
            assert (("source", number) in piece.marks) == bool(
                a.source and a.source.start <= piece.start and piece.end <= a.source.end
            )


@given(marked())
def test_every_attribution_ends_somewhere(case: tuple[Report, list[Attribution], list[SetAside]]) -> None:
    report, said, aside = case
    lines = paragraphs(report, said, aside)
    ended = {n for line in lines for p in line for n in p.ends}
    for number, a in enumerate(said, 1):
        last = max(s.end for s in a.spans)
        if report.text[last - 1] != "\n" and any(p.end == last for line in lines for p in line):
            assert number in ended


@given(TEXTS, st.data())
def test_a_sentence_holds_its_spans(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    around = sentence_of(text, [span])
    assert around.start <= span.start
    assert around.end >= min(span.end, len(text.rstrip()))


def test_a_sentence_is_cut_at_its_ends_and_not_at_an_initial_in_a_quotation() -> None:
    text = "It rained. “We did not open it,” Mr. Lee said. “Nobody did.” The mayor left."
    start = text.index("We did")
    pieces = in_sentence(text, None, None, [Span(start, start + len("We did not open it"))])
    assert "".join(p.text for p in pieces).startswith("“We did not open it,” Mr.")
    assert [p.text for p in pieces if p.marks] == ["We did not open it"]


def test_what_could_turn_the_reading_order_is_written_out() -> None:
    report = Report("Lee said \u202eevil.", "0" * 64, "made up")
    (line,) = paragraphs(report, [])
    assert [(p.text, p.steering) for p in line] == [("Lee said ", False), ("\\u202e", True), ("evil.", False)]
