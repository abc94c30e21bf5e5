"""Parts of a plain text: what is found, what is set aside, and above all what must stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.clean.furniture import plain, reason
from onrecord.clean.plain import PlainParts, parts

BODY = (
    "The sea wall at Oru will be closed to walkers from Monday, the harbour board said in a notice pinned to its door.",
    "“We have looked at the stones and we do not like what we see,” said Marta Ilves, who leads the board.",
    "Residents of the lower town have asked since the spring why the gauges were taken out, and nobody has told them.",
)
HEADLINE = "Harbour board closes the sea wall at Oru"
REPORT = "\n\n".join((HEADLINE, *BODY))


def aside(text: str) -> list[tuple[str, str]]:
    """Reason, without its first word, and characters of what was set aside."""
    return [(p.reason.removeprefix("furniture: "), text[p.start : p.end]) for p in parts(text).set_aside]


def headline(text: str) -> str | None:
    found = parts(text).headline_span
    return found.of(text) if found else None


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Leave a Reply", "comment form"),
        ("Your email address will not be published. Required fields are marked *", "comment form"),
        ("3 Comments", "comment form"),
        ("Save my name, email, and website in this browser for the next time I comment.", "comment form"),
        ("Back to top ↑", "navigation"),
        ("Home › News › Coast", "navigation"),
        ("News | Sport | Weather", "navigation"),
        ("We use cookies to make this site better.", "cookie notice"),
        ("Accept all", "cookie notice"),
        ("Share on Facebook", "share bar"),
        ("Facebook Twitter WhatsApp Email 12", "share bar"),
        ("Copy link", "share bar"),
        ("Sign up for our morning newsletter and get the coast in your inbox.", "newsletter prompt"),
        ("Follow us on Instagram and YouTube for more.", "newsletter prompt"),
        ("Read more: Gauges taken out in spring", "related link"),
        ("Related: Who owns the wall?", "related link"),
        ("READ MORE Gauges taken out in spring", "related link"),
        ("The wall at dusk. Photo: Ada Gone.", "caption"),
        ("The wall at dusk (AP Photo/Ada Gone)", "caption"),
        ("FILE PHOTO: The wall at dusk. REUTERS/Ada Gone", "caption"),
        ("Ada Gone / AFP via Getty Images", "caption"),
        ("The wall in 2008; from file.", "caption"),
        ("Advertisement", "advertisement"),
        ("Story continues below", "advertisement"),
        ("© 2031 Oru Gazette. All rights reserved.", "copyright line"),
        ("4 min read", "reading aid"),
        ("Tags: harbour, sea wall", "tags"),
        ("(Reporting by Ada Gone in Oru; Editing by Bo Lind)", "credit line"),
        ("Ada Gone contributed to this report.", "credit line"),
        ("Follow her on Bluesky @adagone", "author box"),
    ],
)
def test_lines_that_are_furniture_wherever_they_stand(line: str, kind: str) -> None:
    for text in (f"{REPORT}\n\n{line}", "\r\n".join((HEADLINE, BODY[0], line, *BODY[1:])), f"{line}\n{REPORT}"):
        assert (kind, line.rstrip(" ↑")) in [(k, chars.rstrip(" ↑")) for k, chars in aside(text)]
        assert headline(text) == HEADLINE


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell by a tenth in an hour.",
        "Share.",
        "Subscribe to the view that the wall is old, and you will want it gone.",
        "“Subscribe to our newsletter today,” the board told residents.",
        "The company uses cookies to follow its readers, the regulator said.",
        "“We use cookies,” the company said.",
        "Copyright law was rewritten last year.",
        "Comments by the minister were met with silence.",
        "Follow the money, the inspector advised.",
        "Reporting by the Gazette showed that the gauges were gone.",
        "The court was shown a picture: a crack as wide as a hand.",
        "The figures come from a poll by Reuters/Ipsos.",
        "By Monday the wall had moved a hand's breadth.",
        "More than 300 people left their homes.",
        "Related companies must register, the court ruled.",
        "Photographs of the wall were shown to the board.",
        "All rights reserved to the crown were handed to the town, the board said.",
        "Home owners were told to leave.",
        "See more of the coast than you wanted, as one walker put it.",
        "Watch: that was all the note on the door said.",
        "Marta Ilves is the head of the harbour board, and she lives below the wall.",
        "Ilves announces where the wall will be cut. Photo: Ada Gone.",
        "In Oru",
        "What the engineers found",
    ],
)
def test_lines_of_a_body_stay(line: str) -> None:
    for text in (f"{REPORT}\n\n{line}\n\n{BODY[0]}", f"{REPORT}\n\n{line}"):
        assert aside(text) == []


@pytest.mark.parametrize(
    "above", ["POLITICS\n\n", "Home | News | Sport\nNews\nLocal\n", "The Oru Gazette\n\nCoast news\n\n"]
)
@pytest.mark.parametrize("breaks", ["\n\n", "\n", "\r\n", "\r\n\r\n", "\n \u00a0\n", "\u2029"])
def test_the_headline_is_found_under_a_kicker_a_menu_or_the_papers_name(above: str, breaks: str) -> None:
    assert headline((above + REPORT).replace("\n\n", breaks)) == HEADLINE


@pytest.mark.parametrize(
    "title", ["Who closed the sea wall?", "“Not on my watch”: board closes wall", "الوزير: السد آمن للجميع"]
)
def test_headlines_of_other_shapes(title: str) -> None:
    assert headline("\n".join((title, *BODY))) == title


@pytest.mark.parametrize(
    "text", ["", " \n\u00a0\r\n", HEADLINE, BODY[0], "\n\n".join(BODY), f"Dear reader,\n{BODY[0]}"]
)
def test_no_headline_where_there_is_none(text: str) -> None:
    assert parts(text) == PlainParts()


def test_a_title_line_names_the_paper_and_a_repeated_headline_is_set_aside() -> None:
    text = f"{HEADLINE} | Oru Gazette\n\n{REPORT}"
    assert headline(text) == HEADLINE
    assert aside(text) == [("repeated headline", f"{HEADLINE} | Oru Gazette")]
    found = parts(text).publisher
    assert found is not None
    assert (found.value, found.where) == ("Oru Gazette", "text:title line")


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Thursday, January 12, 2006", "2006-01-12"),
        ("2006-01-12", "2006-01-12"),
        ("12 January 2006", "2006-01-12"),
        ("Published: 12 Jan 2006, 10:15 GMT | Updated: 13 Jan 2006", "2006-01-12"),
        ("12.01.2006 08:30", "2006-01-12"),
        ("13/01/2006", "2006-01-13"),
        ("03/04/2006", None),
        ("January 12", None),
        ("Last updated 12 January 2006", None),
        ("31 February 2006", None),
    ],
)
def test_date_lines(line: str, published: str | None) -> None:
    text = "\n\n".join((HEADLINE, line, *BODY))
    found = parts(text).published
    assert aside(text) == [("date line", line)]
    assert (found.value if found else None) == published
    assert found is None or (found.where, found.inferred) == ("text:date line", False)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe", ["Jane Doe"]),
        ("By JANE DOE and Juan de la Cruz in Oru", ["JANE DOE", "Juan de la Cruz"]),
        ("Jane Doe, Reuters", ["Jane Doe"]),
        ("Jane Doe | Political correspondent", ["Jane Doe"]),
        ("By The Associated Press", ["The Associated Press"]),
        ("By Jane Doe | 12 January 2006 | 4 min read", ["Jane Doe"]),
        ("Posted on January 12, 2006 by Jane Doe", ["Jane Doe"]),
    ],
)
def test_bylines(line: str, names: list[str]) -> None:
    text = "\n\n".join((HEADLINE, line, *BODY))
    assert [found.value for found in parts(text).byline] == names
    assert [chars for _, chars in aside(text)] == [line]


def test_the_agency_of_a_dateline_is_credited_and_is_no_publisher() -> None:
    found = parts(f"{HEADLINE}\n\nORU, March 3 (Reuters) — {BODY[0]}\n\n{BODY[1]}")
    assert [(b.value, b.where) for b in found.byline] == [("Reuters", "text:dateline")]
    assert found.publisher is None
    assert found.set_aside == ()


def test_the_publisher_of_a_copyright_line_unless_an_agency_claims_it() -> None:
    own = parts(f"{REPORT}\n\n© 2031 Oru Gazette. All rights reserved.").publisher
    assert own is not None
    assert (own.value, own.inferred) == ("Oru Gazette", True)
    assert parts(f"{REPORT}\n\nCopyright 2031 The Associated Press. All rights reserved.").publisher is None


def test_lists_at_the_end_and_in_the_middle() -> None:
    links = "Related stories\nGauges taken out in spring\nWho owns the wall"
    assert aside(f"{REPORT}\n\n{links}") == [("related link", links)]
    assert aside("\n".join((HEADLINE, BODY[0], links, *BODY[1:]))) == [("related link", links)]
    assert aside(f"{REPORT}\n\nSources\n\n“The wall” — Gazette, 1 May") == [
        ("references", "Sources\n\n“The wall” — Gazette, 1 May")
    ]
    assert aside("\n\n".join((HEADLINE, BODY[0], "Sources", *BODY[1:]))) == []


def test_menus_above_and_titles_below() -> None:
    menu = "Harbour\nTides\nFerry times\nThe old town\nMy Oru\nWalks\nKitchen"
    below = "Share this article\nGauges taken out in spring\nHarbour dues to rise again next year"
    text = f"{menu}\n{REPORT}\n{below}"
    assert aside(text)[0] == ("navigation", menu)
    assert headline(text) == HEADLINE
    assert text.endswith(aside(text)[-1][1])
    names = "The dead were named as:\nAda Gone\nBo Lind\nJuan de la Cruz\nMarta Ilves\nOdd Ramsvik\nIda Lorn"
    assert aside("\n".join((HEADLINE, BODY[0], names, *BODY[1:]))) == []


def test_what_readers_wrote_and_who_the_author_is() -> None:
    comments = (
        "2 Comments\nBo Lind says:\nMay 3, 2031 at 9:15 pm\nI have always said that this wall was a scandal.\nReply"
    )
    text = f"{REPORT}\n{REPORT}\n{comments}\nLeave a Reply"
    assert not any(line in "".join(chars for _, chars in aside(text)) for line in BODY)
    assert "always said that this wall" in "".join(chars for _, chars in aside(text))
    text = "\n\n".join(
        (HEADLINE, "By Jane Doe", *BODY, "Jane Doe covers the coast and has written two books on tides.")
    )
    assert aside(text)[-1][0] == "author box"


def test_wrapped_paragraphs_are_read_as_paragraphs() -> None:
    wrapped = (
        "The sea wall at Oru will be closed to walkers from Monday, the board\nsaid in a notice. It did not say why, "
        "and\nShare holders of the ferry line, who had not been told, asked it to\nexplain the closure by "
        "the end of the week.\n"
    )
    text = f"{HEADLINE}\n\n{wrapped}\n{wrapped}\nShare on Facebook\n"
    assert headline(text) == HEADLINE
    assert aside(text) == [("share bar", "Share on Facebook")]


FURNITURE = (
    "Advertisement",
    "Share this article",
    "Read more: Gauges out",
    "Leave a Reply",
    "Related stories",
    "Home",
    "News",
)
words = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1, max_size=9)
sentences = st.lists(
    st.sampled_from(
        ["share", "Print", "cookies", "wall", "subscribe", "Photo", "by", "Ada", "comments", "news", "2031", "and"]
    ),
    min_size=12,
    max_size=20,
).map(lambda chosen: "Thus " + " ".join(chosen) + " in the end.")
paragraphs = st.lists(sentences, min_size=2, max_size=4).map(" ".join)
breaks = st.sampled_from(["\n", "\n\n", "\r\n", "\u2029", "\n\u00a0\n"])


@given(st.text() | st.lists(words | st.sampled_from(FURNITURE) | breaks).map("".join))
def test_parts_are_in_bounds_sorted_disjoint_and_clear_of_the_headline(text: str) -> None:
    found = parts(text)
    ends = [0, *(part.end for part in found.set_aside if part.end is not None)]
    assert len(ends) == len(found.set_aside) + 1
    for before, part in zip(ends, found.set_aside, strict=False):
        assert part.start is not None
        assert part.end is not None
        assert before <= part.start < part.end <= len(text)
        assert part.stage == "clean"
        assert not (
            found.headline_span and part.start < found.headline_span.end and found.headline_span.start < part.end
        )
    assert found.headline_span is None or found.headline_span.of(text).strip()


@given(st.lists(paragraphs | st.sampled_from(FURNITURE), min_size=1, max_size=8), breaks)
def test_no_paragraph_is_ever_lost(blocks: list[str], between: str) -> None:
    text = between.join(blocks)
    kept = list(text)
    for part in parts(text).set_aside:
        kept[part.start : part.end] = "\0" * ((part.end or 0) - (part.start or 0))
    for block in blocks:
        assert block in FURNITURE or block in "".join(kept)


@pytest.mark.parametrize(
    "line", ["Photo: Ada " * 29, "subscribe " + "newsletter " * 30, "A/AP " * 60, "By " + "Ab, " * 36, "a"]
)
def test_time_is_linear_in_the_text(line: str) -> None:
    def seconds(lines: int) -> float:
        start = time.process_time()
        parts(f"{line}\n" * lines)
        return time.process_time() - start

    reason(plain(line))
    assert seconds(400) < 12 * seconds(100) + 0.1
