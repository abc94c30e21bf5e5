"""What a report's attributions state: the innermost contents, with who is meant and which day put in, ready to compare.

"He said on Monday that they had sent it" compares with nothing; "that the ministry had sent the letter" does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from onrecord.link.quantities import in_digits
from onrecord.model import Act, Attribution, Entity, Extraction, Span

Bearing = Literal["holds", "denies", "doubts", "declines"]
"""What an attribution does with its content: holds it, denies or dismisses it, doubts it, declines to speak of it."""

LONGEST = 600
"""Characters of a statement that are compared."""
TELLING = 2
"""Words that say something by themselves, fewer than which say nothing that could be compared ("it", "the number")."""
MOSTLY = 0.6
"""Share of the telling words of the longer of two statements that the shorter must have to say it in short."""
COVERED = 0.6
"""Share of a content that others within it take up from which they carry the claim, and it does not."""
_BEARS_NONE: frozenset[Act] = frozenset(("ask", "request"))
"""Acts that put nothing forward: a question, a demand."""
_PRONOUN = re.compile(r"(?:he|she|it|they|him|her|them|his|hers|its|their|theirs)", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:I|[Mm]y|[Mm]e|[Ww]e|[Oo]ur|[Uu]s)\b(?!['’]\w*\s*(?:all|both))")
_POSSESSIVE = frozenset(("his", "its", "their", "hers", "theirs", "my", "our"))
_DOUBT = re.compile(
    r"\bdoubt(?:s|ed|ful|ing)?\b|\bquestion(?:s|ed|ing) (?:whether|if|the|that|how)|\bsceptical\b|\bskeptical\b"
    r"|\bunconvinced\b|\bnot (?:convinced|sure|certain|clear|proven|proved|known)\b|\bunclear\b|\bunlikely\b"
    r"|\bno (?:evidence|proof|indication|sign)\b|\bhard to believe\b|\bunproven\b|\bunconfirmed\b"
    r"|\bremains to be seen\b"
    r"|\b(?:cannot|could not|can['’]t|couldn['’]t|unable to|not been able to) (?:be )?"
    r"(?:independently )?(?:verif|confirm|corroborat|substantiat)",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|false|untrue|fabricat\w+|hoax)\b|n['’]t\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying|ials?)|reject|refut|disput|rebut|dismiss|repudiat|contradict)", re.IGNORECASE
)
_MODAL = re.compile(r"\b(?:may|might|could|can|should|must|if|unless|wants?|plans?|will|would|considering)\b")
_EMPTY = frozenset(
    (
        *("that", "this", "these", "those", "which", "what", "when", "where", "whom", "whose", "they", "them", "their"),
        *("have", "having", "been", "being", "were", "will", "would", "could", "should", "might", "must", "shall"),
        *("does", "done", "doing", "with", "from", "into", "upon", "about", "over", "under", "after", "before"),
        *("than", "then", "there", "here", "such", "some", "very", "also", "only", "just", "more", "most", "much"),
        *("other", "another", "itself", "himself", "herself", "themselves", "because", "while", "until", "since"),
    )
)
_BARE = re.compile(
    r"(?:to |any |further |immediate |immediately |on |about |the |this |that |for |a |an |it |its |his |her |their "
    r"|comments?|respond|response|repl(?:y|ies)|answers?|questions?|requests?|elaborate|discuss|speak|matter"
    r"|allegations?|reports?|rumou?rs?|claims?|accusations?|details?|be interviewed|interview|confirm|deny|or |and "
    r"|say more|speculation|speculate|statements?|story|nonsense|false|untrue|baseless|ridiculous|lies?|true|as |are "
    r"|is |were |was |not |i |we |don['’]t |do )+[.\"”]*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"that\b|[“\"‘«„][A-Z]")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One attribution as it is compared.

    `text` has names for pronouns and days for "on Monday". `answers` is the attribution, by id, whose claim this one
    takes up; `bare`: it says nothing of its own beyond that ("to comment"). `own`: the source speaks of itself.
    `days` are the days its content names (EDTF). `denial`: saying it is a denial, if only by a "not" in the content.
    `clause`: its words can stand alone ("that …", a quoted sentence), unlike those behind "accused" or "called".
    """

    attribution: str
    text: str
    bearing: Bearing
    negated: bool
    answers: str | None
    bare: bool
    own: bool
    days: frozenset[str]
    denial: bool = False
    clause: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether words of doubt stand in it."""
        return doubtful(self.text)


def statements(extraction: Extraction) -> tuple[Statement, ...]:
    """Those of a report that put something forward, in the order of its text."""
    entities = {e.id: e for e in extraction.entities}
    covered = _covered(extraction.attributions)
    return tuple(
        _statement(a, extraction.report.text, entities)
        for a in extraction.attributions
        if a.id not in covered and a.meaning.act not in _BEARS_NONE
    )


def plain(text: str) -> str:
    """A statement's words alone: two that have the same say the same."""
    return " ".join(_WORD.findall(text.lower())).removeprefix("that ")


def in_short(one: str, other: str) -> bool:
    """Whether one statement says the other in fewer or the same words: no word of its own that tells something, most of
    the other's, and what the other has more is no name, number, negation or "may"."""
    mine, theirs = ({w[:5] for w in _telling(in_digits(t))} for t in (one, other))
    small, big = sorted((mine, theirs), key=len)
    if len(small) < 3 or not small <= big or len(small) < MOSTLY * len(big) or negative(one) != negative(other):
        return False
    held = [{w for w in _WORD.findall(in_digits(t)) if w[0].isdigit() or w[0].isupper()} for t in (one, other)]
    first = {t.strip("“\"' ").split(maxsplit=1)[0].strip("“\"',.") for t in (one, other) if t.split()}
    modal = [set(_MODAL.findall(t.lower())) for t in (one, other)]
    return not (held[0] ^ held[1]) - first and modal[0] == modal[1]


def _telling(text: str) -> set[str]:
    """The words that say something by themselves."""
    return {w for w in _WORD.findall(text.lower()) if (len(w) > 3 or w.isdigit()) and w not in _EMPTY}


def doubtful(text: str) -> bool:
    """Whether words of doubt stand in it."""
    return bool(_DOUBT.search(text))


def negative(text: str) -> bool:
    """Whether a word of negation stands in it."""
    return bool(_NEGATED.search(text))


def _covered(attributions: Sequence[Attribution]) -> set[str]:
    """Those that pass on another's words for the most part: the innermost carries the claim. Not those that deny it."""
    by_id = {a.id: a for a in attributions}
    taken: dict[str, set[int]] = {}
    for inner in attributions:
        outer = by_id.get(inner.meaning.within or "")
        if outer is None or outer.meaning.act in ("deny", "dismiss", "decline"):
            continue
        mine = {k for span in inner.spans for k in range(span.start, span.end)}
        taken.setdefault(outer.id, set()).update(mine)
    return {
        name
        for name, inside in taken.items()
        for held in ({k for span in by_id[name].content for k in range(span.start, span.end)},)
        if len(held & inside) >= COVERED * len(held)
    }


def _statement(a: Attribution, text: str, entities: Mapping[str, Entity]) -> Statement:
    m = a.meaning
    who = entities.get(m.entity or "")
    cue = a.cue.of(text) if a.cue else ""
    content = " ".join(span.of(text) for span in sorted(a.content))
    shown = " ".join(_resolved(a, span, text, entities, who) for span in sorted(a.content))[:LONGEST]
    bearing: Bearing = "holds"
    if m.act in ("deny", "dismiss") and (_DENIES.search(cue) or not negative(content)):
        bearing = "denies"  # not “Nothing leaked,” he said: there the content itself says that it is not so
    elif m.act == "decline":
        bearing = "declines"
    elif doubtful(cue):
        bearing = "doubts"
    bare = bool(_BARE.fullmatch(content.strip(" “”\"'.,"))) or len(_telling(shown)) < TELLING
    takes_up = m.act in ("dismiss", "decline") or (bare and m.act in ("deny", "confirm"))
    answers = m.about if takes_up else None
    days = frozenset(w.value for w in m.content_when if w.value and len(w.value) == 10)
    negated = m.modality == "negated" or negative(shown)
    own, clause = _own(a, text, who), bool(_CLAUSE.match(content))
    return Statement(a.id, shown, bearing, negated, answers, bare, own, days, m.act == "deny", clause)


def _resolved(a: Attribution, span: Span, text: str, entities: Mapping[str, Entity], who: Entity | None) -> str:
    """A content's words with names for pronouns and days for "on Monday"."""
    put: dict[Span, str] = {}
    for entity in entities.values():
        if entity.kind in ("unnamed", "collective"):
            continue
        for mention in entity.mentions:
            if span.start <= mention.start and mention.end <= span.end and _PRONOUN.fullmatch(mention.of(text)):
                put[mention] = _as(mention.of(text), entity.name)
    if who is not None and who.kind in ("person", "organization", "country") and a.kind != "indirect":
        for match in _FIRST.finditer(text, span.start, span.end):
            put.setdefault(Span(*match.span()), _as(match.group(), who.name))
    for when in a.meaning.content_when:
        if when.value and span.start <= when.span.start and when.span.end <= span.end:
            spoken = _spoken(when.value)
            if spoken:
                put.setdefault(when.span, spoken)
    made, at = [], span.start
    for where in sorted(put):
        if where.start >= at:
            made += [text[at : where.start], put[where]]
            at = where.end
    return "".join([*made, text[at : span.end]])


def _as(pronoun: str, name: str) -> str:
    return f"{name}'s" if pronoun.lower() in _POSSESSIVE else name


def _spoken(value: str) -> str | None:
    """A day in words, "on 4 May 2026"; None where it is no day."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return f"on {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _own(a: Attribution, text: str, who: Entity | None) -> bool:
    """Whether the source speaks of itself: in the first person, or by a mention of it in its own content."""
    if a.kind != "indirect" and any(_FIRST.search(text, span.start, span.end) for span in a.content):
        return True
    return who is not None and any(m.overlaps(span) for m in who.mentions for span in a.content)
