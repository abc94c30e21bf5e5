"""Times: which are found, and which day they are; and that nothing is guessed."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.engines.dateline import anchor_of
from onrecord.engines.times import Anchor, said_on, times_in

FRIDAY = Anchor(date(2023, 10, 20))
NOBODY_KNOWS = Anchor(None)
EDTF = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?:/\d{4}-\d\d-\d\d)?")


def read(text: str, anchor: Anchor) -> list[tuple[str, str | None]]:
    return [(w.span.of(text), w.value) for w in times_in(text, 0, len(text), anchor)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the talks of October 18-19 failed", [("October 18-19", "2023-10-18/2023-10-19")]),
        ("over the past two months", [("over the past two months", "2023-08-20/2023-10-20")]),
        ("It fell in September, on September 13.", [("in September", "2023-09"), ("September 13", "2023-09-13")]),
        ("the strike on Tuesday", [("on Tuesday", "2023-10-17")]),
        ("cameras by March", [("by March", "2024-03")]),
        ("if the duty ends in January", [("in January", "2024-01")]),
        ("before the end of September", [("the end of September", "2023-09-30")]),
        ("It was built in the spring", [("in the spring", None)]),
        ("a vote next winter", [("next winter", None)]),
        ("last winter's floods", [("last winter", None)]),
        ("home by Christmas", [("by Christmas", "2023-12-25")]),
        ("closed since Christmas", [("since Christmas", "2022-12-25/2023-10-20")]),
        ("they will meet on Monday", [("on Monday", "2023-10-23")]),
        ("next Tuesday", [("next Tuesday", "2023-10-24")]),
        ("last Friday", [("last Friday", "2023-10-13")]),
        ("yesterday morning", [("yesterday morning", "2023-10-19")]),
        ("last week", [("last week", "2023-10-09/2023-10-15")]),
        ("ten years ago", [("ten years ago", "2013-01-01/2013-12-31")]),
        ("20 January", [("20 January", "2024-01-20")]),
        ("within 48 hours", [("within 48 hours", "2023-10-20/2023-10-22")]),
        ("the last five months of the war", [("the last five months", None)]),
        ("for almost 15 years", [("for almost 15 years", None)]),
        ("every other week", [("every other week", None)]),
        ("a 15-year-old", []),
        ("It has been shut since May", [("since May", "2023-05/2023-10-20")]),
        ("closed since 2019", [("since 2019", "2019-01-01/2023-10-20")]),
        ("In May of last year it sank", [("In May of last year", "2022-05")]),
        ("repairs by Oct. 30", [("Oct. 30", "2023-10-30")]),
        ("the rest of the month", [("the rest of the month", "2023-10-20/2023-10-31")]),
        ("by the end of next month", [("by the end of next month", "2023-11-30")]),
        ("The pipe burst at the weekend", [("at the weekend", "2023-10-14/2023-10-15")]),
        ("It will open this weekend", [("this weekend", "2023-10-21/2023-10-22")]),
        ("The gate will be ready by Easter", [("by Easter", "2024-03-31")]),
        ("They met before Thanksgiving", [("before Thanksgiving", "2022-11-24")]),
        ("They fast until Ramadan", [("until Ramadan", None)]),
        ("The line set up in 2009 rang on Sunday", [("in 2009", "2009-01-01/2009-12-31"), ("on Sunday", "2023-10-15")]),
        ("The result would be read out on Sunday", [("on Sunday", "2023-10-22")]),
        ("The ship would have left on Sunday", [("on Sunday", "2023-10-15")]),
        ("if the rain lasted into December", [("into December", "2023-12")]),
        ("In two months the lake will be dry", [("In two months", "2023-12")]),
        ("It was mended within a week", [("within a week", None)]),
        ("We saw nobody that night", [("that night", None)]),
        ("shut at around 4.20am", [("at around 4.20am", None)]),
        ("the work could slip to 2026", [("2026", "2026-01-01/2026-12-31")]),
        ("more than 2000 came", []),
        ("by the end of the year", [("by the end of the year", "2023-12-31")]),
        ("three days later", [("three days later", None)]),
        ("the next day", [("the next day", None)]),
        ("They left in May and came back on Monday", [("in May", "2023-05"), ("on Monday", "2023-10-16")]),
        ("the third quarter of 2014", [("the third quarter of 2014", "2014-07-01/2014-09-30")]),
        ("the second half of 2014", [("the second half of 2014", "2014-07-01/2014-12-31")]),
        ("by the end of 2016", [("by the end of 2016", "2016-12-31")]),
        ("April 31, 2020", [("April 31, 2020", None)]),
        ("next October", [("next October", "2024-10")]),
        ("ships of the 1600s", [("the 1600s", "1600-01-01/1699-12-31")]),
        ("before the vote, it fell", [("before the vote", None)]),
        ("He wept during his presidency", [("during his presidency", None)]),
        ("before the court", []),
        ("They went after the minister", []),
        ("during the summer of 2012", [("2012", "2012-01-01/2012-12-31")]),
        ("It is quiet so far", [("so far", None)]),
    ],
)
def test_times_are_reckoned_from_the_day_of_publication(text: str, found: list[tuple[str, str | None]]) -> None:
    assert read(text, FRIDAY) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("March 4, 2011", "2011-03-04"),
        ("in May 2019", "2019-05"),
        ("20 May 2021", "2021-05-20"),
        ("2021-05-20", "2021-05-20"),
        ("in 2012", "2012-01-01/2012-12-31"),
        ("from 2010 to 2015", "2010-01-01/2015-12-31"),
        ("the 1990s", "1990-01-01/1999-12-31"),
        ("on Tuesday", None),
        ("yesterday", None),
        ("in May", None),
        ("October 18", None),
        ("over the past two months", None),
    ],
)
def test_without_that_day_only_what_names_its_year_is_known(text: str, value: str | None) -> None:
    assert read(text, NOBODY_KNOWS) == [(text, value)]


@pytest.mark.parametrize(
    "text",
    [
        "he may have been",
        "Theresa May said",
        "Mrs. May lost. Nobody has confidence in May",
        "a Black Friday sale",
        "2000 people were there",
        "the Sunday Times",
        "they march on",
    ],
)
def test_names_and_numbers_are_no_times(text: str) -> None:
    assert read(text, FRIDAY) == []


def test_a_weekday_ahead_is_reckoned_from_the_day_it_was_said() -> None:
    text = "they would leave on Thursday"
    told = Anchor(date(2023, 10, 20), date(2023, 10, 18))
    assert [w.value for w in times_in(text, 0, len(text), told)] == ["2023-10-19"]


def test_what_somebody_promises_or_asks_lies_ahead() -> None:
    text = "cameras on Tuesday"
    assert [w.value for w in times_in(text, 0, len(text), FRIDAY, ahead=True)] == ["2023-10-24"]


def test_the_day_of_publication_is_given_or_stands_at_the_head() -> None:
    page = "Bridge opens\n\nWednesday, April 13, 2011\n\nIt was opened on May 2, 2010, the mayor said."
    assert anchor_of(page, None) == Anchor(date(2011, 4, 13))
    assert anchor_of(page, "2011-04-14T08:00:00Z") == Anchor(date(2011, 4, 14))
    assert anchor_of(page, "soon") == anchor_of(page, "2011-04-13 or so") == NOBODY_KNOWS
    assert anchor_of("Bridge opens\n\nOSLO, April 13, 2011 - It opened.", None) == Anchor(date(2011, 4, 13))
    assert anchor_of("Bridge opens\n\nIt was opened on May 2, 2010, by the mayor and a band.", None) == NOBODY_KNOWS


def test_of_contradicting_dates_none_is_taken() -> None:
    assert anchor_of("Bridge opens\n\nTuesday, April 13, 2011\n\nIt opened.", None) == NOBODY_KNOWS
    assert anchor_of("Bridge opens\n\nApril 13, 2011\n\nMay 2, 2012\n\nIt opened.", None) == NOBODY_KNOWS


def test_the_day_it_was_said_stands_in_the_reporters_own_words() -> None:
    text = "“We met yesterday,” the mayor said on Wednesday."
    assert said_on(times_in(text, 0, len(text), FRIDAY), [(0, 19)]) == "2023-10-18"
    assert said_on(times_in(text, 0, len(text), NOBODY_KNOWS), [(0, 19)]) is None


WORDS = st.sampled_from(
    ["May", "in", "2011", "13", "last", "the", "past", "two", "months", "Monday", ",", "-", "ago", "\n"]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join)), st.booleans())
def test_every_time_lies_on_the_text_and_no_year_is_guessed(text: str, known: bool) -> None:
    end = 0
    for when in times_in(text, 0, len(text), FRIDAY if known else NOBODY_KNOWS):
        assert end <= when.span.start < when.span.end <= len(text)
        end = when.span.end
        if when.value is not None:
            assert EDTF.fullmatch(when.value)
            assert known or re.search(r"\d{3}", when.span.of(text))
