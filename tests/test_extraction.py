"""What an engine proposes counts only when it lies on the text; what does not is set aside, with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.extraction import extract_one
from onrecord.model import Proposal, Proposed, Report, Run, SetAside, Span

TEXT = "The mayor said the bridge is safe.  Share this."
MAYOR, SAID, SAFE = Span(0, 9), Span(10, 14), Span(15, 33)
FURNITURE = SetAside("clean", "furniture: share bar", 36, 47)


class Proposing:
    """An engine that proposes what it was given."""

    run = Run("proposing", "1")

    def __init__(self, *proposals: Proposal) -> None:
        self._proposals = proposals

    def propose(self, reports: Sequence[Report]) -> list[Proposed]:
        return [Proposed(self._proposals) for _ in reports]


def report() -> Report:
    return Report(text=TEXT, raw_sha256="0" * 64, origin="test", set_aside=(FURNITURE,))


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        (Proposal(MAYOR, SAID, (), 0.9), "proposal: no content"),
        (Proposal(None, None, (SAFE,), 0.9), "proposal: neither source nor cue"),
        (Proposal(MAYOR, SAID, (SAFE,), 0.9, doubt="no statement"), "proposal: no statement"),
        (Proposal(MAYOR, SAID, (SAFE,), 1.1), "proposal: score outside 0 … 1"),
        (Proposal(MAYOR, SAID, (SAFE,), float("nan")), "proposal: score outside 0 … 1"),
        (Proposal(MAYOR, SAID, (Span(15, 99),), 0.9), "proposal: span outside the text"),
        (Proposal(MAYOR, SAID, (Span(34, 36),), 0.9), "proposal: blank span"),
        (Proposal(MAYOR, SAID, (Span(30, 40),), 0.9), "proposal: inside furniture: share bar"),
        (Proposal(MAYOR, SAID, (SAFE, Span(20, 25)), 0.9), "proposal: overlapping contents"),
    ],
)
def test_what_does_not_hold_is_set_aside_with_its_reason(proposal: Proposal, reason: str) -> None:
    done = extract_one(report(), Proposing(proposal, Proposal(MAYOR, SAID, (SAFE,), 0.8)))
    assert [part.reason for part in done.set_aside] == [reason]
    assert [(a.source, a.cue, a.content) for a in done.attributions] == [(MAYOR, SAID, (SAFE,))]


SPANS = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda p: Span(p[0], p[0] + p[1]))
PROPOSALS = st.builds(
    Proposal, st.none() | SPANS, st.none() | SPANS, st.lists(SPANS, max_size=3).map(tuple), st.floats(-0.5, 1.5)
)


@given(st.lists(PROPOSALS, max_size=6))
def test_each_proposal_is_either_on_the_text_or_set_aside(proposals: list[Proposal]) -> None:
    done = extract_one(report(), Proposing(*proposals))
    good = len(proposals) - len(done.set_aside)
    assert len(done.attributions) <= good
    assert good == 0 or done.attributions
    for attribution in done.attributions:
        for span in [*attribution.content, *(s for s in (attribution.source, attribution.cue) if s)]:
            assert span.of(TEXT).strip()
            assert not span.overlaps(Span(36, 47))
