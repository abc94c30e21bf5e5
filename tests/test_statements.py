"""What attributions state, and what follows of two statements: numbers, days and denials decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onrecord.link import Statement, answered, statements, verdict
from onrecord.link.statements import Bearing, in_short
from onrecord.model import Attribution, Entity, Extraction, Meaning, Report, Run, Span, When

TEXT = (
    "Dara Quill said on Monday that she had seen it on Friday.\n"
    "“I saw it,” Quill said. The mine denied that it was there.\n"
    "Reyk said that Holt had told him that the wall was dry.\n"
)


def span(words: str, after: int = 0) -> Span:
    start = TEXT.index(words, after)
    return Span(start, start + len(words))


def said(content: str, after: int = 0, **meaning: object) -> Attribution:
    return Attribution("r", None, None, (span(content, after),), "indirect", 0.9, Meaning(**meaning))  # type: ignore[arg-type]


def stated(*attributions: Attribution) -> tuple[Statement, ...]:
    quill = Entity("r", "Dara Quill", "person", (span("Dara Quill"), span("she"), span("Quill", 60)))
    report = Report(TEXT, "0" * 64, "t.txt")
    return statements(Extraction(report, attributions, Run("x", "1"), (), (quill,)))


QUILL = Entity("r", "Dara Quill", "person", (span("Dara Quill"),)).id


def test_names_stand_for_pronouns_and_days_for_weekdays() -> None:
    when = (When(span("on Friday"), "2031-05-09"),)
    (found,) = stated(said("that she had seen it on Friday", entity=QUILL, content_when=when))
    assert found.text == "that Dara Quill had seen it on 9 May 2031"
    assert found.own
    assert found.days == {"2031-05-09"}


def test_i_is_the_speaker_in_a_quotation() -> None:
    quote = Attribution("r", None, None, (span("“I saw it,”"),), "direct", 0.9, Meaning(entity=QUILL))
    (found,) = stated(quote)
    assert found.text == "“Dara Quill saw it,”"
    assert found.own


def test_only_the_innermost_carries_a_claim_and_a_question_carries_none() -> None:
    inner = said("that the wall was dry")
    outer = said("that Holt had told him that the wall was dry")
    inner = Attribution("r", span("Holt"), span("had told"), inner.content, "indirect", 0.9, Meaning(within=outer.id))
    asks = said("it was there", act="ask")
    assert [s.attribution for s in stated(outer, inner, asks)] == [inner.id]


@pytest.mark.parametrize(
    ("act", "bearing"), [("assert", "holds"), ("deny", "denies"), ("dismiss", "denies"), ("decline", "declines")]
)
def test_the_act_tells_what_is_done_with_the_content(act: str, bearing: str) -> None:
    (found,) = stated(said("it was there", act=act))
    assert found.bearing == bearing


def one(text: str, bearing: Bearing = "holds", days: frozenset[str] = frozenset(), name: str = "a") -> Statement:
    return Statement(name, text, bearing, False, None, False, False, days)


SAME = np.array([0.02, 0.94, 0.02, 0.01, 0.01], np.float32)
DENIES = np.array([0.02, 0.02, 0.94, 0.01, 0.01], np.float32)
RIVALS = np.array([0.02, 0.02, 0.02, 0.0, 0.94], np.float32)
DIFFERENT = np.array([0.94, 0.02, 0.02, 0.01, 0.01], np.float32)


def test_numbers_that_cannot_both_be_have_the_last_word() -> None:
    a, b = one("three people died in the fire"), one("five people died in the fire", name="b")
    found = verdict(a, b, SAME)
    assert found
    assert found.relation == "contradicts"
    assert "“three” and “five” cannot both be" in found.reason
    about = verdict(one("about 1,000 boxes came"), one("1,012 boxes came", name="b"), SAME)
    assert about
    assert about.relation == "same"


def test_days_that_differ_are_no_one_claim() -> None:
    days = frozenset(("2031-05-01",)), frozenset(("2031-05-02",))
    found = verdict(one("the vote was held", days=days[0]), one("the vote was held then", days=days[1], name="b"), SAME)
    assert found
    assert found.relation == "contradicts"


def test_a_denial_turns_the_side() -> None:
    holds, denies = one("waste left the basin"), one("that anything got out of there", "denies", name="b")
    assert verdict(holds, denies, SAME).relation == "opposes"  # type: ignore[union-attr]
    assert verdict(holds, denies, DENIES).relation == "same"  # type: ignore[union-attr]
    assert verdict(holds, one("no waste left", name="b"), DENIES).relation == "opposes"  # type: ignore[union-attr]
    assert verdict(holds, denies, DIFFERENT).relation == "different"  # type: ignore[union-attr]
    assert verdict(holds, denies, np.array([0.3, 0.5, 0.1, 0.0, 0.1], np.float32)) is None
    assert verdict(holds, denies, RIVALS).relation == "different"  # type: ignore[union-attr]
    assert verdict(holds, one("sand left the basin", name="b"), RIVALS).relation == "contradicts"  # type: ignore[union-attr]


def test_an_answer_in_the_same_report_needs_no_words_in_common() -> None:
    claim = one("waste left the basin")
    assert answered(one("nonsense", "denies", name="b"), claim).relation == "opposes"
    assert answered(one("to comment", "declines", name="b"), claim).relation == "same"


def test_who_denies_in_answer_to_a_denial_denies_the_same() -> None:
    denied = replace(one("not one litre left the basin"), denial=True)
    repeated = replace(one("the denial", "denies", name="b"), denial=True)
    assert answered(repeated, denied).relation == "same"
    assert answered(one("the denial as gossip", "denies", name="c"), denied).relation == "opposes"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("that 40,000 cubic metres of slurry had drained into the river Oru", True),
        ("about forty thousand cubic metres of slurry drained into the Oru", True),
        ("that 40,000 cubic metres of slurry had not drained into the river Oru", False),
        ("that 40,000 cubic metres of slurry may have drained into the river Oru", False),
        ("that 14,000 cubic metres of slurry had drained into the river Oru", False),
        ("that 40,000 cubic metres of slurry had drained into the river Lys", False),
        ("that 40,000 cubic metres of water had drained into the river Oru", False),
    ],
)
def test_a_statement_in_short_is_the_same_but_for_what_decides(other: str, same: bool) -> None:
    assert in_short("About 40,000 cubic metres of slurry drained into the river Oru", other) == same
