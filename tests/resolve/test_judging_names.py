"""Who is who across reports, by names, roles and states: found under other spellings, and two of one name kept two."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import Unreadable
from onrecord.model import Entity, EntityKind, Span
from onrecord.resolve import Index, Names, Verdict, judge_all, read_aliases, standard
from onrecord.resolve.states import speaking_for

NUMBER = itertools.count()


def who(name: str, role: str | None = None, of: str | None = None, kind: EntityKind = "person") -> Entity:
    """An entity of a report of its own."""
    return Entity(f"report-{next(NUMBER)}", name, kind, (Span(0, 1),), role, of)


def verdicts(*entities: Entity, names: Names | None = None) -> list[Verdict]:
    return list(judge_all(entities, Index(names), {e.id for e in entities}))


def same(*entities: Entity, names: Names | None = None) -> bool:
    return any(v.relation == "same" for v in verdicts(*entities, names=names))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sergei Lavrov", "Sergey Lavrov"),
        ("Sergei Lavrov", "Сергей Лавров"),
        ("Yoon Suk Yeol", "Yun Suk-yeol"),
        ("Moon Jae-in", "문재인"),
        ("Xi Jinping", "习近平"),
        ("Muammar Gaddafi", "Moammar Gadhafi"),
        ("Lech Walesa", "Lech Wałęsa"),
        ("Secretary-General Amadou Sarr", "Amadou Sarr"),
        ("Shinzo Abe", "Abe Shinzo"),
    ],
)
def test_one_person_under_other_spellings_and_scripts(one: str, other: str) -> None:
    (verdict,) = verdicts(who(one), who(other))
    assert verdict.relation == "same"
    assert verdict.score >= 0.85
    assert one in verdict.reason
    assert "name" in verdict.reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (who("Michael Jackson", "singer", "United States"), who("Michael Jackson", "general", "United Kingdom")),
        (who("Li Na", "tennis player", "China"), who("Li Na", "cyclist", "China")),
        (who("George H. W. Bush"), who("George W. Bush")),
        (who("Robert F. Kennedy"), who("Robert F. Kennedy Jr.")),
        (who("Kim Jong-il"), who("Kim Jong-un")),
        (who("Jean-Marie Le Pen"), who("Marine Le Pen")),
        (who("Dara Quill"), who("Tara Squill")),
        (who("Quill"), who("Dara Quill")),
        (who("Ann Price", "senator", "Ohio"), who("Ann Price", "mayor", "Leeds")),
    ],
)
def test_two_stay_two(one: Entity, other: Entity) -> None:
    assert not same(one, other)


def test_changing_offices_are_no_hindrance_where_the_name_is_rare() -> None:
    assert same(who("Rahm Emanuel", "chief of staff", "White House"), who("Rahm Emanuel", "mayor", "Illinois"))


def test_a_name_that_two_people_bear_goes_to_neither_without_a_role() -> None:
    singer, general = who("Michael Jackson", "singer", "United States"), who("Michael Jackson", "general", "Britain")
    assert not same(singer, general, who("Michael Jackson"))
    assert same(singer, general, who("Michael Jackson", "singer", "United States"))


@pytest.mark.parametrize("words", ["Moscow", "the Kremlin", "Russian", "Russia", "Russian Federation"])
def test_states_by_capital_seat_and_adjective_where_they_speak(words: str) -> None:
    assert same(who("Russia", kind="country"), who(words, kind="country"))


def test_a_capital_that_does_not_speak_is_a_place() -> None:
    entities = [who("Russia", kind="country"), who("Moscow", kind="country")]
    assert not list(judge_all(entities, Index()))
    assert same(who("North Korea", kind="country"), who("DPRK", kind="country"))
    assert not same(who("North Korea", kind="country"), who("South Korea", kind="country"))


def test_organisations_by_acronym_order_and_state() -> None:
    assert same(who("World Health Organization", kind="organization"), who("WHO", kind="organization"))
    ministries = [who("Foreign Ministry", of=state, kind="organization") for state in ("France", "Japan")]
    assert not same(*ministries)
    assert same(*(who("Foreign Ministry", of="France", kind="organization") for _ in range(2)))
    assert not same(*(who("the ministry", kind="organization") for _ in range(2)))


@pytest.mark.parametrize("kind", ["unnamed", "collective", "author", "document"])
def test_who_has_no_name_is_never_merged(kind: EntityKind) -> None:
    assert not verdicts(who("A spokesperson", kind=kind), who("A spokesperson", kind=kind))


def test_a_word_that_is_also_a_month_or_a_country() -> None:
    assert not same(who("May"), who("Theresa May"))
    assert not same(who("Jordan"), who("Jordan", kind="country"))
    assert not same(who("Chad Wolf"), who("Chad", kind="country"))


def test_an_alias_table_counts_and_its_broken_rows_are_told(tmp_path: Path) -> None:
    table = tmp_path / "aliases.tsv"
    rows = [
        "# ours",
        "person\tDara Quill\tthe Commissioner|D. Q.",
        "person\tTwo columns",
        "ghost\tA\tB",
        "",
        "person\t\tX",
    ]
    table.write_text("\n".join(rows), encoding="utf8")
    own = read_aliases(table)
    assert [a.name for a in own.actors] == ["Dara Quill"]
    assert [p.line for p in own.problems] == [3, 4, 6]
    assert "2 columns instead of 3" in str(own.problems[0])
    assert same(who("Dara Quill"), who("D. Q."), names=Names.load(aliases=own.actors))
    assert not same(who("Dara Quill"), who("D. Q."))
    table.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match="not UTF-8"):
        read_aliases(table)
    with pytest.raises(Unreadable, match="cannot be read"):
        read_aliases(tmp_path / "none.tsv")


NAMES = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["Kim", "Lee Na", "al-", "J. R.", "  ", "李"]
)


@given(st.lists(st.builds(who, NAMES, st.none() | NAMES, st.none() | NAMES), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_name_is_judged_without_failing_and_each_verdict_names_two(entities: Iterable[Entity]) -> None:
    known = {e.id for e in entities}
    for verdict in verdicts(*entities):
        assert {verdict.a, verdict.b} <= known
        assert verdict.a != verdict.b
        assert 0 < verdict.score <= 1
        assert verdict.reason


def test_the_order_of_two_does_not_matter() -> None:
    pairs = [("Sergei Lavrov", "Sergey Lavrov"), ("Ann Lee", "Anne Leigh"), ("J. Smith", "John Smith")]
    for a, b in pairs:
        assert same(who(a), who(b)) == same(who(b), who(a))


def test_names_of_hostile_length_take_no_time() -> None:
    assert not same(*(who(f"{'ab' * 90}{k:02} {'cd' * 90}") for k in range(40)))


def test_others_of_the_family_name_do_not_stand_in_the_way() -> None:
    assert same(who("Ann Quill"), who("Tomas Quill"), who("Ann Quill"))
    assert not same(who("Ann Quill"), who("Tomas Quill"))


def test_a_name_of_two_bearers_stays_nobodys_when_the_index_is_made_again() -> None:
    bearers = [who("Michael Jackson", "singer", "United States"), who("Michael Jackson", "general", "Britain")]
    index = Index()
    for entity in (*bearers, who("Michael Jackson")):
        index.meet(entity)
    assert not [v for v in judge_all([who("Michael Jackson")], index) if v.relation == "same"]


def test_a_seat_that_speaks_is_named_as_written_with_the_government_it_stands_for() -> None:
    seat = Entity("report-1", "Kremlin", "organization", (Span(0, 7),), None, None, 1.0)
    named = standard(seat, speaks=True)
    assert (named.name, named.of) == ("Kremlin (Government of Russia)", "Russia")
    assert standard(seat, speaks=False) == seat
    state = speaking_for(named.name, Names.of_states())
    assert state is not None
    assert state.name == "Russia"
