"""Time expressions, and which time they are: an EDTF value against the day of publication, or honestly none.

A value is a day (`2015-08-19`), a month (`2015-08`) or an interval of days (`2015-08-19/2015-08-21`, also for a year),
as EDTF (ISO 8601-2) writes them.
What needs a day of publication stays without a value where there is none: no year is ever guessed. Of a weekday, the
nearest one before publication is meant, unless the words tell that it lies ahead.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from onrecord.model import Span, When

_MONTHS = {name.lower(): k for k, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): k for k, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): k for k, name in enumerate(calendar.day_name)}
_FIRST = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: k for k, word in enumerate(_FIRST, 1)}
_NUMBERS |= {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
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
    + "|".join(w for w in _NUMBERS if " " not in w and w not in ("a", "an"))
    + ")"
)
_UNIT = (
    r"(?P<unit>minute|hour|day|week|month|year|decade|centur(?:y|ie)|quarter|weekend|season|summer|winter|spring"
    r"|fall)s?"
)
_WEEKDAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_FEASTS = "".join(f"(?<!{day} )" for day in ("Ash", "Black", "Bloody", "Cyber", "Easter", "Good", "Palm", "Super"))
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
        rf"\b(?P<which>in|this|last|next|of|early in|late in|(?:the )?end of|{_SINCE})[\s-]"
        rf"{_MONTH}\b(?:,?\s{_YEAR}\b)?(?!\s[0-3]?\d\b)(?!\s(?:[a-z]{{1,20}}ly|have|be|not|I|we|you|he|she|they)\b)",
    ),
    ("years", rf"\b(?:between|from)\s{_YEAR}\s(?:and|to|until)\s{_LAST_YEAR}\b"),
    ("decade", r"\b(?:the\s)?(?:early\s|mid-?\s?|late\s)?(?P<decade>(?:1[5-9]|20)\d0)s\b"),
    (
        "year",
        rf"\b(?:in|of|the(?=\s\d{{4}}\s[a-z])|{_SINCE})[\s-]{_YEAR}\b"
        r"(?![,.]\d|\s?%|-\d|\s(?:people|men|women|[a-z]{1,20}s)\s(?:were|are|have)|(?<=00)\s[a-z]{1,20}s\b)",
    ),
    (
        "part",
        rf"\bthe\s(?P<part>first|second|third|fourth|last)\s(?P<unit>quarter|half)\sof\s{_YEAR}\b",
    ),
    ("bound", rf"\b(?:by|before|until|at|since|towards?)\sthe\s(?:end|close|beginning|start|middle)\sof\s{_YEAR}\b"),
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
        r"(?P<unit>week(?:end)?|month|year|decade|century|quarter|summer|winter|spring|fall|autumn|season)\b",
    ),
    (
        "close",
        r"\b(?:by|before|until|at|towards?)\sthe\s(?:end|close|beginning|start|conclusion)\sof\sthe\s"
        r"(?P<unit>week|month|year|decade|century|day)\b",
    ),
    (
        "season",
        r"\b(?P<which>in|last|next|this|by|since|until|during|from|before|after)\s(?:(?:the|last|next|this|early|late)\s)?"
        r"(?P<season>spring|summer|autumn|fall|winter)\b(?!\s(?:in|of|from|by|for|school|camp|games))",
    ),
    ("every", rf"\b(?:every|each)\s(?:single\s|other\s)?{_UNIT}\b"),
    ("feast", r"\b(?P<which>at|on|over|by|before|after|since|until|last|next|this)\s(?P<feast>Christmas)(?!\s[A-Z])\b"),
    (
        "lasting",
        r"\b(?:for\s|over\s|in\s)?(?:almost\s|nearly\s|about\s|around\s|more than\s|over\s|at least\s|some\s)?"
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
    "month": _any("month_day", "day_month", "month_year", "month"),
    "weekday": _any("month_day", "weekday"),
    "year": _any("iso", "years", "part", "bound", "decade", "year"),
    "near": _any("near"),
    "unit": _any("near", "ago", "span", "within", "season", "period", "close", "every", "lasting"),
    "feast": _any("feast"),
}
"""What to look for around each sign: one expression for all of it is ten times slower."""
_SIGN = re.compile(
    r"\b(?:(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?P<year>(?:1[5-9]|20)\d\d)"
    r"|(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)|(?P<near>[Yy]esterday|[Tt]oday|[Tt]onight|[Tt]omorrow)"
    r"|(?P<feast>Christmas)|(?P<unit>minute|hour|day|week|month|year|decade|centur|quarter|summer|winter|spring|fall|autumn|season|morning"
    r"|afternoon|evening|night))"
)
_LED = r"(?:the|an?|his|her|its|their|our|my|your|this|that|these|those|most|[A-Z][\w’'-]+)"
_GONE = (
    r"that|which|who|whom|and|or|but|as|if|when|where|while|because|so|than|is|was|were|are|be|been|has|had|have|will|would"
    r"|could|can|may|might|should|he|she|they|it|we|you|there|said|says|saying"
)
_LOOSE = re.compile(
    r"\b(?:(?P<event>[Bb]efore|[Dd]uring|[Ff]ollowing|[Ss]ince|[Uu]ntil|[Pp]rior to|[Uu]pon"
    r"|(?<!go )(?<!goes )(?<!going )(?<!went )(?<!look )(?<!looks )(?<!looking )(?<!named )(?<!came )(?<!come )[Aa]fter"
    r"|(?:[Aa]t|[Bb]y) the (?:conclusion|end|start|beginning|time|height|outset) of)\s"
    r"(?!(?:the|an?|his|her|their) (?:court|judge|committee|panel|house|senate|council|tribunal|jury|board|public"
    r"|parliament|cameras?|crowd|audience|fact|rest)\b)"
    rf"{_LED}(?:\s(?!(?:{_GONE})\b)[\w’'-]+){{0,7}}(?<!\bthe)(?<!\bof)(?<!\bto)(?<!\bin)(?<!\bfor)(?<!\bwith)"
    r"|(?:[Aa]t|[Bb]y) (?:this|that|the) (?:time|stage|point|moment)|[Ss]o far|[Tt]hus far|[Ss]ince then|these days"
    r"|in the (?:past|future)|[Ff]or now|[Oo]ver the weekend|[Ii]n (?:recent|coming|many) (?:days|weeks|months|years)"
    r"|for (?:days|weeks|months|years|decades|centuries|a (?:long )?(?:time|while))"
    r"|(?:[Ii]n |[Tt]his |[Ll]ast |[Nn]ext |[Dd]uring )?the (?:summer|winter|spring|autumn))\b"
)
"""What tells when or how long by another event, or loosely: no value can be worked out from the day of publication."""
_AROUND = 48
_AHEAD = re.compile(
    r"\b(?:[Ww]ill|shall|would|might|may|could|going to|plans?|planned|scheduled|expected|set|due|upcoming|ahead|'ll"
    r"|’ll|[Ii]f|begins|starts|opens|ends)\b"
)
"""May with a capital is a month."""
_NAMED_MAY = re.compile(
    r"\b(?!In |By |Last |Next |Since |Until |From |Early |Late )(?:[A-Z][a-z]+|Mrs?\.|Ms\.|Dr\.) May\b"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day from which "yesterday" and "in May" are reckoned; None: nobody knows."""

    published: date | None


def times_in(text: str, start: int, end: int, anchor: Anchor, *, ahead: bool = False) -> tuple[When, ...]:
    """Every time expression in `text[start:end]`, in order, with its value or None.

    Words that begin with "to" tell of what lies ahead ("to walk the bridge on Friday"), and so do those of somebody who
    promises, asks, expects or warns (`ahead`).
    """
    led = "will " if ahead or text.startswith("to ", start) else ""
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
                around = led + text[max(start, match.start() - 60) : min(end, match.end() + 40)]
                found.append(When(_bare(match), _value(match, around, anchor)))
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


def _value(match: re.Match[str], around: str, anchor: Anchor) -> str | None:
    kind = (match.lastgroup or "").rstrip("_")
    try:
        return _KINDS[kind](_groups(match, kind), around, anchor.published)
    except (ValueError, OverflowError):  # the 31st of April, a year before the first
        return None


def _interval(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"


def _year(year: int, last: int | None = None) -> str:
    return _interval(date(year, 1, 1), date(last or year, 12, 31))


def _month_of(words: str) -> int:
    return _MONTHS[words.lower().rstrip(".")]


def _nearest_year(month: int, day: int, anchor: date | None) -> int | None:
    """The year that puts a day nearest to the anchor."""
    if anchor is None:
        return None
    years = (anchor.year - 1, anchor.year, anchor.year + 1)
    last = min(day, 28)  # the distance decides between whole years; a day more or less does not
    return min(years, key=lambda y: abs((date(y, month, last) - anchor).days))


def _of_day(groups: dict[str, str], _: str, anchor: date | None) -> str | None:
    month, day = _month_of(groups["month"]), int(groups["day"])
    year = int(groups["year"]) if "year" in groups else _nearest_year(month, day, anchor)
    if year is None:
        return None
    first = date(year, month, day)
    if "last" in groups:
        return _interval(first, date(year, month, int(groups["last"])))
    return first.isoformat()


def _of_month(groups: dict[str, str], around: str, anchor: date | None) -> str | None:
    month = _month_of(groups["month"])
    if "year" in groups:
        return f"{int(groups['year']):04}-{month:02}"
    if anchor is None:
        return None
    which = groups.get("which", "").lower()
    year = anchor.year
    if which == "next" or (which != "last" and _AHEAD.search(around)):
        year += month <= anchor.month if which == "next" else month < anchor.month
    elif which in ("by", "until", "till"):
        year += month < anchor.month
    elif which != "this":
        year -= month > anchor.month or (which == "last" and month == anchor.month)
    if which.endswith("end of"):
        return date(year, month, calendar.monthrange(year, month)[1]).isoformat()
    return f"{year:04}-{month:02}"


def _of_season(groups: dict[str, str], around: str, anchor: date | None) -> str | None:
    """Of the north: spring is March to May. The last to begin, or the next, where the words tell that it lies ahead."""
    if anchor is None:
        return None
    month = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[groups["season"].lower()]
    which = groups["which"].lower()
    ahead = which in ("next", "by", "until") or (which != "last" and bool(_AHEAD.search(around)))
    year = anchor.year - (anchor.month < month)  # began last
    if which == "last" and _months_on(date(year, month, 1), 3) > anchor:
        year -= 1
    if ahead:
        year += 1
    first = date(year, month, 1)
    return _interval(first, _months_on(first, 3) - timedelta(1))


def _of_feast(groups: dict[str, str], around: str, anchor: date | None) -> str | None:
    if anchor is None:
        return None
    which = groups["which"].lower()
    passed = (anchor.month, anchor.day) > (12, 25)
    ahead = which in ("next", "this", "by", "until") or (which != "last" and bool(_AHEAD.search(around)))
    return date(anchor.year + (passed if ahead else passed - 1), 12, 25).isoformat()


def _of_weekday(groups: dict[str, str], around: str, anchor: date | None) -> str | None:
    which = groups.get("which", "").lower()
    if anchor is None:
        return None
    back = (anchor.weekday() - WEEKDAYS[groups["weekday"].lower()]) % 7
    if which in ("next", "coming", "this coming", "by", "until") or (
        which not in ("last", "this past") and _AHEAD.search(around)
    ):
        return (anchor + timedelta((7 - back) % 7 or 7 * (which == "next"))).isoformat()
    return (anchor - timedelta(back or 7 * (which == "last"))).isoformat()


def _near(groups: dict[str, str], _: str, anchor: date | None) -> str | None:
    words = groups["near"].lower()
    away = -1 if words.startswith(("yesterday", "last")) else 1 if words.startswith("tomorrow") else 0
    return (anchor + timedelta(away)).isoformat() if anchor else None


def _months_on(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _moved(day: date, count: int, unit: str) -> date:
    """So many units on."""
    if unit in ("minute", "hour"):
        return day + timedelta(count // 24 if unit == "hour" else 0)
    if unit in ("day", "week"):
        return day + timedelta(count * (7 if unit == "week" else 1))
    if unit in ("month", "quarter"):
        return _months_on(day, count * (3 if unit == "quarter" else 1))
    years = {"year": 1, "decade": 10}.get(unit, 100 if unit.startswith("centur") else 0)
    if not years:
        raise ValueError(unit)
    return _months_on(day, 12 * years * count)


def _count(words: str | None) -> int | None:
    if words is None:
        return 1
    return int(words) if words.isdigit() else _NUMBERS.get(words.lower())


def _ago(groups: dict[str, str], _: str, anchor: date | None) -> str | None:
    count, unit = _count(groups.get("count")), groups["unit"].lower()
    away = groups["away"].lower()
    if anchor is None or count is None or away in ("earlier", "later"):  # than what, the words before may tell
        return None
    day = _moved(anchor, -count if away == "ago" else count, unit)
    if unit == "year":
        return _year(day.year)
    return f"{day.year:04}-{day.month:02}" if unit == "month" else day.isoformat() if unit in ("day", "hour") else None


def _span(groups: dict[str, str], _: str, anchor: date | None) -> str | None:
    count, unit = _count(groups.get("count")), groups["unit"].lower()
    side = groups.get("side", "next").lower()
    told = "side" in groups and "count" not in groups and (side, unit) in (("next", "day"), ("last", "day"))
    if anchor is None or count is None or side in ("previous", "following") or "whose" in groups or told:
        return None  # "the last months of the war" end with the war, "the next day" is that of what was told before
    if side in ("past", "last"):
        return _interval(_moved(anchor, -count, unit), anchor)
    return _interval(anchor, _moved(anchor, count, unit))


def _period(groups: dict[str, str], _: str, anchor: date | None) -> str | None:
    unit, side = groups["unit"].lower(), groups["side"].lower()
    if anchor is None:
        return None
    away = {"last": -1, "past": -1, "next": 1}.get(side, 0)
    if unit == "week":
        monday = anchor - timedelta(anchor.weekday()) + timedelta(7 * away)
        return _interval(monday, monday + timedelta(6))
    if unit == "month":
        day = _months_on(anchor.replace(day=1), away)
        return f"{day.year:04}-{day.month:02}"
    return _year(anchor.year + away) if unit == "year" else None


def _decade(first: int) -> str:
    """The 1990s; the 1600s are a century, while of the 2000s nobody knows whether more than ten years are meant."""
    return _year(first, first + (99 if first % 100 == 0 and first < 2000 else 9))


def _part(groups: dict[str, str], _: str, __: date | None) -> str | None:
    months = 3 if groups["unit"].lower() == "quarter" else 6
    parts = ("first", "second", "third", "fourth")[: 12 // months]
    part = groups["part"].lower()
    first = _months_on(
        date(int(groups["year"]), 1, 1), months * (parts.index(part) if part != "last" else len(parts) - 1)
    )
    return _interval(first, _months_on(first, months) - timedelta(1))


def _iso(groups: dict[str, str], _: str, __: date | None) -> str | None:
    return date(int(groups["y"]), int(groups["m"]), int(groups["d"])).isoformat()


def _unresolved(_: dict[str, str], __: str, ___: date | None) -> str | None:
    return None


_KINDS: dict[str, Callable[[dict[str, str], str, date | None], str | None]] = {
    "iso": _iso,
    "month_day": _of_day,
    "day_month": _of_day,
    "month_year": _of_month,
    "month": _of_month,
    "years": lambda g, _, __: _year(int(g["year"]), int(g["last"])),
    "decade": lambda g, _, __: _decade(int(g["decade"])),
    "year": lambda g, _, __: _year(int(g["year"])),
    "part": _part,
    "bound": _unresolved,
    "weekday": _of_weekday,
    "near": _near,
    "ago": _ago,
    "span": _span,
    "within": _span,
    "season": _of_season,
    "feast": _of_feast,
    "period": _period,
    "close": _unresolved,
    "every": _unresolved,
    "lasting": _unresolved,
}
