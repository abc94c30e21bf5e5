"""Time expressions, and which time they are: an EDTF value against the day of publication, or honestly none.

A value is a day (`2015-08-19`), a month (`2015-08`) or an interval of days (`2015-08-19/2015-08-21`, also for a year),
as EDTF (ISO 8601-2) writes them.
What needs a day of publication stays without a value where there is none: no year is ever guessed. Of a weekday, the
nearest one before publication is meant, unless the words tell that it lies ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.engines.reckoning import NUMBERS, reckoned
from onrecord.engines.tense import lies_ahead
from onrecord.model import Span, When

_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_LAST_YEAR = r"(?P<last>(?:1[5-9]|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_LAST_DAY = r"(?:\s?(?:-|–|to|and|through)\s?(?P<last>[0-3]?\d)(?:st|nd|rd|th)?\b(?!:\d))?"
_COUNT = (
    r"(?P<count>\d{1,3}|a couple of|couple of|a few|few|several|an?|"
    + "|".join(w for w in NUMBERS if " " not in w and w not in ("a", "an"))
    + ")"
)
_UNIT = (
    r"(?P<unit>minute|hour|day|week|month|year|decade|centur(?:y|ie)|quarter|weekend|season|summer|winter|spring"
    r"|fall)s?"
)
_WEEKDAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_FEASTS = "".join(f"(?<!{day} )" for day in ("Ash", "Black", "Bloody", "Cyber", "Easter", "Good", "Palm", "Super"))
_FEAST = (
    r"Christmas(?:\s(?:Eve|Day))?|Easter(?:\s(?:Sunday|Day))?|Thanksgiving|New Year(?:['’]s(?:\s(?:Eve|Day))?)?"
    r"|Halloween"
    r"|Ramadan|Passover|Diwali"
)
_SINCE = "since|until|till|by|from|before|after|during|through|early|late|mid"
_PART = r"(?:\s(?:early\s|late\s)?(?:morning|afternoon|evening|night))?"
_SIDE = "past|last|next|coming|previous|following"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("iso", r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)\b"),
    (
        "month_day",
        rf"(?:\b(?:{_WEEKDAY}),?\s)?\b{_MONTH}\s{_DAY}\b(?!:\d|[\d,]{{0,9}}\d{{3}}|%){_LAST_DAY}(?:,?\s{_YEAR}\b)?",
    ),
    ("day_month", rf"\b{_DAY}{_LAST_DAY}\s(?:of\s)?{_MONTH}\b(?:,?\s{_YEAR}\b)?"),
    ("month_year", rf"\b(?:early\s|mid-?\s?|late\s)?{_MONTH},?\s(?:of\s)?{_YEAR}\b"),
    (
        "month",
        rf"\b(?P<which>in|this|last|next|of|for|into|beyond|between|early in|late in|(?:the )?end of|{_SINCE})[\s-]"
        rf"{_MONTH}(?!\w)(?:,?\s{_YEAR}\b|\s(?:of\s)?(?P<away>last|this"
        rf"|next)\syear\b)?(?!\.?\s[0-3]?\d\b)(?!\s(?:[a-z]{{1,20}}ly|have|be|not|I|we|you|he|she|they)\b)",
    ),
    (
        "named",
        r"\b(?P<month>January|February|April|June|July|August|September|October|November|December)\b"
        r"(?![’'\w]|\s[A-Z]|\s(?:said|says|told|was|is|had|has)\b)",
    ),
    ("years", rf"\b(?:between|from)\s{_YEAR}\s(?:and|to|until)\s{_LAST_YEAR}\b"),
    ("decade", r"\b(?:the\s)?(?:early\s|mid-?\s?|late\s)?(?P<decade>(?:1[5-9]|20)\d0)s\b"),
    (
        "year",
        rf"\b(?:in|of|the(?=\s\d{{4}}\s[a-z])|{_SINCE})[\s-]{_YEAR}\b"
        r"(?![,.]\d|\s?%|-\d|\s(?:people|men|women|[a-z]{1,20}s)\s(?:were|are|have)|(?<=00)\s[a-z]{1,20}s\b)",
    ),
    (
        "dated",
        r"(?<![\d$£€#.,:/–-])(?<!than )(?<!about )(?<!some )(?<!nearly )(?<!least )(?<!over )(?<!around )"
        r"\b(?P<year>19\d\d|20[0-4]\d)\b(?![,.:]\d|\s?%|[-/–]|\s(?!was\b|is\b|has\b)[a-z]{2,20}s\b"
        r"|\s(?:people|men|women|percent|per\scent|euros?|million|feet)\b)",
    ),
    (
        "part",
        rf"\bthe\s(?P<part>first|second|third|fourth|last)\s(?P<unit>quarter|half)\sof\s{_YEAR}\b",
    ),
    (
        "bound",
        rf"\b(?:by|before|until|at|since|towards?)\sthe\s(?P<edge>end|close|beginning|start|middle)\sof\s{_YEAR}\b",
    ),
    (
        "weekday",
        rf"\b(?:(?P<which>last|next|this|this past|this coming|coming|on|{_SINCE})\s)?"
        rf"{_FEASTS}(?P<weekday>{_WEEKDAY})\b"
        rf"{_PART}(?!\s(?:Times|Night Live|Mail|Express|Mirror|Herald|Telegraph))",
    ),
    ("near", rf"\b(?P<near>yesterday|today|tonight|tomorrow|this (?:morning|afternoon|evening)|last night)\b{_PART}"),
    (
        "ago",
        rf"\b(?:about\s|nearly\s|almost\s|more than\s|over\s|some\s)?\[?{_COUNT}\]?\s{_UNIT}"
        r"\s(?P<away>ago|earlier|later|from now)\b",
    ),
    (
        "span",
        r"\b(?:(?:over|in|during|for|within|of|throughout|across)\s)?"
        rf"the\s(?P<side>{_SIDE})\s(?:{_COUNT}\s)?{_UNIT}\b(?P<whose>\sof\b)?",
    ),
    ("within", rf"\bwithin\s(?:the next\s)?{_COUNT}\s{_UNIT}\b"),
    (
        "period",
        r"\b(?:(?:earlier|later|late|early)\s)?(?P<side>last|this|next|past)\s"
        r"(?P<unit>week|month|year|decade|century|quarter|summer|winter|spring|fall|autumn|season)\b",
    ),
    (
        "close",
        r"\b(?:(?:by|before|until|at|towards?|for)\s)?the\s(?P<edge>end|close|beginning|start|middle|conclusion"
        r"|rest)\sof\s"
        r"(?P<whose>the|this|next|last)\s(?P<unit>week|month|year|decade|century|day)\b",
    ),
    (
        "weekend",
        r"\b(?:(?:at|over|by|before|after|until|since|on|for|during)\s)?"
        r"(?:(?:the|this)\s)?(?P<side>the|this|last|past|next|coming)\sweekend\b",
    ),
    (
        "season",
        r"\b(?:in|last|next|this|by|since|until|during|from|before|after)\s(?:(?:the|last|next|this|early|late)\s)?"
        r"(?P<season>spring|summer|autumn|fall|winter)\b(?!\s(?:in|of|from|by|for|school|camp|games))",
    ),
    ("every", rf"\b(?:every|each)\s(?:single\s|other\s)?{_UNIT}\b"),
    (
        "feast",
        rf"\b(?P<which>at|on|over|by|before|after|since|until|beyond|last|next|this)\s(?P<feast>{_FEAST})(?!\s[A-Z])\b",
    ),
    (
        "lasting",
        r"\b(?:for\s|over\s|(?P<in>in)\s)?(?:almost\s|nearly\s|about\s|around\s|more than\s|over\s|at least\s|some\s)?"
        rf"{_COUNT}\s{_UNIT}\b(?!\s(?:ago|earlier|later|from now|old)|-)",
    ),
)


def _own(kind: str, pattern: str) -> str:
    """The pattern with its groups named after it, so that several stand in one expression."""
    return re.sub(r"[(]\?P<(\w+)>", lambda match: f"(?P<{kind}_{match.group(1)}>", pattern)


def _any(*kinds: str) -> re.Pattern[str]:
    patterns = dict(_PATTERNS)
    return re.compile("|".join(f"(?P<{kind}_>{_own(kind, patterns[kind])})" for kind in kinds), re.IGNORECASE)


_BY_SIGN = {
    "month": _any("month_day", "day_month", "month_year", "month", "named"),
    "weekday": _any("month_day", "weekday"),
    "year": _any("iso", "years", "part", "bound", "decade", "year", "dated"),
    "near": _any("near"),
    "unit": _any("near", "ago", "span", "within", "season", "period", "close", "weekend", "every", "lasting"),
    "feast": _any("feast"),
}
"""What to look for around each sign: one expression for all of it is ten times slower."""
_SIGN = re.compile(
    r"\b(?:(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?P<year>(?:1[5-9]|20)\d\d)"
    r"|(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)|(?P<near>[Yy]esterday|[Tt]oday|[Tt]onight|[Tt]omorrow)"
    r"|(?P<feast>Christmas|Easter|Thanksgiving|New Year|Halloween|Ramadan|Passover|Diwali)|(?P<unit>minute|hour"
    r"|day|week|month|year|decade|centur|quarter|summer|winter|spring|fall|autumn|season|morning"
    r"|afternoon|evening|night))"
)
_LED = r"(?:the|an?|his|her|its|their|our|my|your|this|that|these|those|most|[A-Z][\w’'-]+)"
_GONE = (
    r"that|which|who|whom|and|or|but|as|if|when|where|while|because|so|than|is|was|were|are|be|been|has|had"
    r"|have|will|would"
    r"|could|can|may|might|should|he|she|they|it|we|you|there|said|says|saying"
)
_LOOSE = re.compile(
    r"\b(?:(?P<event>[Bb]efore|[Dd]uring|[Ff]ollowing|[Ss]ince|[Uu]ntil|[Pp]rior to|[Uu]pon"
    r"|(?<!go )(?<!goes )(?<!going )(?<!went )(?<!look )(?<!looks )(?<!looking )(?<!named )(?<!came )(?<!come )[Aa]fter"
    r"|(?:[Aa]t|[Bb]y) the (?:conclusion|end|start|beginning|time|height|outset) of)\s"
    r"(?!(?:the|an?|his|her|their) (?:other\b|court|judge|magistrates?|regulator|chamber|doctor|bench|committee"
    r"|panel|house|senate|council|tribunal|jury|board|public"
    r"|parliament|cameras?|crowd|audience|fact|rest)\b)"
    rf"{_LED}(?:\s(?!(?:{_GONE})\b)[\w’'-]+){{0,7}}(?<!\bthe)(?<!\bof)(?<!\bto)(?<!\bin)(?<!\bfor)(?<!\bwith)"
    r"|(?:[Aa]t|[Bb]y) (?:this|that|the) (?:time|stage|point|moment)|(?:[Bb]y|[Uu]ntil|[Ss]ince|[Aa]round|[Ff]rom) then"
    r"|(?:[Oo]n |[Ll]ater |[Ee]arlier )?[Tt]hat (?:very |same )?(?:day|night|morning|afternoon|evening|week"
    r"|month|year|summer|winter"
    r"|spring|autumn)(?! when)|[Tt]he same (?:day|night|morning|evening|week|month|year)"
    r"|[Tt]he (?:next|following|previous) (?:morning|night|evening|afternoon)|[Ww]ithin (?:minutes|hours|days"
    r"|weeks|months|years)"
    r"|(?:[Aa]t|[Bb]y|[Uu]ntil|[Bb]efore|[Aa]fter|[Ss]ince|[Aa]round) (?:about |around |nearly "
    r"|exactly )?(?:noon|midday|midnight|dawn"
    r"|dusk|nightfall|lunchtime|\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b\.?|\d{1,2}[:.]\d\d(?!\d))|[Ss]o far"
    r"|[Tt]hus far|[Ss]ince then|these days"
    r"|in the (?:past|future)|[Ff]or now|[Oo]ver the weekend|[Ii]n (?:recent|coming|many) (?:days|weeks|months|years)"
    r"|for (?:days|weeks|months|years|decades|centuries|a (?:long )?(?:time|while))"
    r"|(?:[Ii]n |[Tt]his |[Ll]ast |[Nn]ext |[Dd]uring )?the (?:summer|winter|spring|autumn))\b"
)
"""What tells when or how long by another event, or loosely: no value can be worked out from the day of publication."""
_LEADS = re.compile(r"\b(since|by|until|till|before|beyond)\s(?:(?:the|early|late|at least)\s)?", re.IGNORECASE)
_AROUND = 48
"""May with a capital is a month."""
_NAMED_MAY = re.compile(
    r"\b(?!In |By |Last |Next |Since |Until |From |Early |Late )(?:[A-Z][a-z]+|Mrs?\.|Ms\.|Dr\.) May\b"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day from which "yesterday" and "in May" are reckoned; None: nobody knows. `said`: when it was said, if the
    report tells: the weekdays that then lay ahead are reckoned from there."""

    published: date | None
    said: date | None = None


def times_in(text: str, start: int, end: int, anchor: Anchor, *, ahead: bool = False) -> tuple[When, ...]:
    """Every time expression in `text[start:end]`, in order, with its value or None.

    Words that begin with "to" tell of what lies ahead ("to walk the bridge on Friday"), and so do those of somebody who
    promises, asks, expects or warns (`ahead`).
    """
    ahead = ahead or text.startswith("to ", start)
    found: list[When] = []
    done = start
    for sign in _SIGN.finditer(text, start, end):
        if sign.start() < done:
            continue
        pattern = _BY_SIGN[str(sign.lastgroup)]
        for match in pattern.finditer(text, max(done, sign.start() - _AROUND), min(end, sign.end() + _AROUND)):
            if match.end() < sign.start():
                continue
            if match.start() <= sign.start() and _is_time(match) and not _is_may(text, match):
                found.append(When(_bare(match), _value(match, _led(match, start), (start, end), anchor, ahead=ahead)))
                done = match.end()
            break
    for loose in _LOOSE.finditer(text, start, end):
        span = Span(*loose.span())
        if (loose["event"] is None or " " in loose.group()[len(loose["event"]) + 1 :]) and not any(
            span.overlaps(w.span) for w in found
        ):
            found.append(When(span, None))
    return tuple(sorted(found, key=lambda when: when.span))


def said_on(sentence: Iterable[When], outside: Sequence[tuple[int, int]]) -> str | None:
    """The day on which it was said, as the reporter's own words tell it: the first day among the times of its sentence
    that lies outside the spans `outside`."""
    for when in sentence:
        free = not any(when.span.start < b and a < when.span.end for a, b in outside)
        if free and when.value and len(when.value) == 10:
            return when.value
    return None


def _bare(match: re.Match[str]) -> Span:
    """Without an "of" at its edges: "[of] the last five months [of] her life"."""
    words = match.group().lower()
    return Span(match.start() + 3 * words.startswith("of "), match.end() - 3 * words.endswith(" of"))


def _is_may(text: str, match: re.Match[str]) -> bool:
    """Whether a bare "May" is rather the person of that name of whom the text tells."""
    return match.lastgroup == "month_" and match.group().endswith("May") and bool(_NAMED_MAY.search(text))


def _is_time(match: re.Match[str]) -> bool:
    """Not "may" the verb, nor a day that no month has."""
    kind = (match.lastgroup or "").rstrip("_")
    groups = _groups(match, kind)
    month = groups.get("month")
    if month and not month[0].isupper():
        return False
    return all(
        1 <= int(groups[k]) <= 31 for k in ("day", "last") if groups.get(k) and kind in ("month_day", "day_month")
    )


def _groups(match: re.Match[str], kind: str) -> dict[str, str]:
    head = f"{kind}_"
    return {k[len(head) :]: v for k, v in match.groupdict().items() if v and k.startswith(head) and k != head}


def _led(match: re.Match[str], start: int) -> str:
    """The preposition that leads a time, its own or right before it, lower case; or "within"."""
    found = _LEADS.search(match.string, max(start, match.start() - 12), match.end())
    led = found[1].lower() if found and found.end() >= match.start() else ""
    return "within" if match.lastgroup == "within_" else led


def _value(match: re.Match[str], led: str, bounds: tuple[int, int], anchor: Anchor, *, ahead: bool) -> str | None:
    kind = (match.lastgroup or "").rstrip("_")
    tells = ahead or led in ("by", "until", "till", "beyond", "within")
    told = lies_ahead(match.string, bounds, match.span(), default=tells)
    day = anchor.said or anchor.published if told and kind == "weekday" else anchor.published
    return reckoned(kind, _groups(match, kind), day, ahead=told, since=led == "since")
