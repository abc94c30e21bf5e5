"""Which time an expression is: days, months and intervals reckoned from the day of publication.

Each function takes the expression's parts by name, whether it lies ahead, and that day, None where nobody knows it.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

_MONTHS = {name.lower(): k for k, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): k for k, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): k for k, name in enumerate(calendar.day_name)}
_AWAY = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}
_FIRST = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: k for k, word in enumerate(_FIRST, 1)}
NUMBERS |= {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}


def reckoned(
    kind: str, groups: dict[str, str], published: date | None, *, ahead: bool = False, since: bool = False
) -> str | None:
    """The EDTF value of an expression of that kind, a name of `times`; None where it has none.

    What is told `since` a time goes on until the day of publication.
    """
    try:
        value = _KINDS[kind](groups, ahead and not since, published)
        first = value.partition("/")[0] if value else ""
        if since and published and first and first < published.isoformat()[: len(first)]:
            return f"{first}/{published.isoformat()}"
        return value
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


def _of_day(groups: dict[str, str], _: bool, anchor: date | None) -> str | None:
    month, day = _month_of(groups["month"]), int(groups["day"])
    year = int(groups["year"]) if "year" in groups else _nearest_year(month, day, anchor)
    if year is None:
        return None
    first = date(year, month, day)
    if "last" in groups:
        return _interval(first, date(year, month, int(groups["last"])))
    return first.isoformat()


def _of_month(groups: dict[str, str], ahead: bool, anchor: date | None) -> str | None:
    month = _month_of(groups["month"])
    if "year" in groups:
        return f"{int(groups['year']):04}-{month:02}"
    if anchor is None:
        return None
    if "away" in groups:  # "in May of last year"
        return f"{anchor.year + _AWAY[groups['away'].lower()]:04}-{month:02}"
    which = groups.get("which", "").lower()
    year = anchor.year
    if which == "next" or (which != "last" and ahead):
        year += month <= anchor.month if which == "next" else month < anchor.month
    elif which != "this":
        year -= month > anchor.month or (which == "last" and month == anchor.month)
    if which.endswith("end of"):
        return date(year, month, calendar.monthrange(year, month)[1]).isoformat()
    return f"{year:04}-{month:02}"


def _of_feast(groups: dict[str, str], ahead: bool, anchor: date | None) -> str | None:
    if anchor is None:
        return None
    which = groups["which"].lower()
    ahead = which in ("next", "this", "by", "until") or (which != "last" and ahead)
    days = [day for year in range(anchor.year - 1, anchor.year + 2) if (day := _feast(groups["feast"].lower(), year))]
    fit = [day for day in days if day >= anchor] if ahead else [day for day in reversed(days) if day <= anchor]
    return fit[0].isoformat() if fit else None


def _feast(name: str, year: int) -> date | None:
    """Its day in a year; None for those that a calendar of the moon, or the country, decides."""
    if name.startswith("easter"):
        return _easter(year)
    if name == "thanksgiving":
        return date(year, 11, 28) - timedelta((date(year, 11, 28).weekday() - WEEKDAYS["thursday"]) % 7)
    fixed = {"christmas eve": (12, 24), "christmas": (12, 25), "christmas day": (12, 25), "halloween": (10, 31)}
    if name.startswith("new year"):
        return date(year, 12, 31) if name.endswith("eve") else date(year, 1, 1)
    return date(year, *fixed[name]) if name in fixed else None


def _easter(year: int) -> date:
    """Easter Sunday of the western churches (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    far = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * far) // 451
    month, day = divmod(h + far - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _of_weekday(groups: dict[str, str], ahead: bool, anchor: date | None) -> str | None:
    which = groups.get("which", "").lower()
    if anchor is None:
        return None
    back = (anchor.weekday() - WEEKDAYS[groups["weekday"].lower()]) % 7
    if which in ("next", "coming", "this coming", "by", "until") or (which not in ("last", "this past") and ahead):
        return (anchor + timedelta((7 - back) % 7 or 7 * (which == "next"))).isoformat()
    return (anchor - timedelta(back or 7 * (which == "last"))).isoformat()


def _near(groups: dict[str, str], _: bool, anchor: date | None) -> str | None:
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
    return int(words) if words.isdigit() else NUMBERS.get(words.lower())


def _ago(groups: dict[str, str], _: bool, anchor: date | None) -> str | None:
    count, unit = _count(groups.get("count")), groups["unit"].lower()
    away = groups["away"].lower()
    if anchor is None or count is None or away in ("earlier", "later"):  # than what, the words before may tell
        return None
    day = _moved(anchor, -count if away == "ago" else count, unit)
    if unit == "year":
        return _year(day.year)
    return f"{day.year:04}-{day.month:02}" if unit == "month" else day.isoformat() if unit in ("day", "hour") else None


def _lasting(groups: dict[str, str], ahead: bool, anchor: date | None) -> str | None:
    """How long something lasts is no time of its own; "in two days" from now is one."""
    if "in" not in groups or not ahead:
        return None
    return _ago(groups | {"away": "from now"}, ahead, anchor)


def _weekend(groups: dict[str, str], ahead: bool, anchor: date | None) -> str | None:
    if anchor is None:
        return None
    which = groups.get("side", "").lower()
    saturday = anchor + timedelta(WEEKDAYS["saturday"] - anchor.weekday())
    behind = _AWAY[which] < 0 if which in _AWAY else not ahead
    if behind and saturday >= anchor:
        saturday -= timedelta(7)
    return _interval(saturday, saturday + timedelta(1))


def _close(groups: dict[str, str], _: bool, anchor: date | None) -> str | None:
    """The last day of this or another week, month or year; or what is left of it."""
    unit, edge = groups["unit"].lower(), groups["edge"].lower()
    if anchor is None or edge in ("beginning", "start", "middle"):
        return None
    away = _AWAY.get(groups["whose"].lower(), 0)
    if unit == "week":
        last = anchor - timedelta(anchor.weekday()) + timedelta(6 + 7 * away)
    elif unit == "month":
        last = _months_on(anchor.replace(day=1), away + 1) - timedelta(1)
    elif unit == "year":
        last = date(anchor.year + away, 12, 31)
    else:
        return None
    return _interval(anchor, last) if edge == "rest" else last.isoformat()


def _bound(groups: dict[str, str], _: bool, __: date | None) -> str | None:
    ends = groups["edge"].lower() in ("end", "close")
    return date(int(groups["year"]), 12, 31).isoformat() if ends else None


def _span(groups: dict[str, str], _: bool, anchor: date | None) -> str | None:
    count, unit = _count(groups.get("count")), groups["unit"].lower()
    side = groups.get("side", "next").lower()
    told = "side" in groups and "count" not in groups and (side, unit) in (("next", "day"), ("last", "day"))
    if anchor is None or count is None or side in ("previous", "following") or "whose" in groups or told:
        return None  # "the last months of the war" end with the war, "the next day" is that of what was told before
    if side in ("past", "last"):
        return _interval(_moved(anchor, -count, unit), anchor)
    return _interval(anchor, _moved(anchor, count, unit))


def _period(groups: dict[str, str], _: bool, anchor: date | None) -> str | None:
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


def _part(groups: dict[str, str], _: bool, __: date | None) -> str | None:
    months = 3 if groups["unit"].lower() == "quarter" else 6
    parts = ("first", "second", "third", "fourth")[: 12 // months]
    part = groups["part"].lower()
    first = _months_on(
        date(int(groups["year"]), 1, 1), months * (parts.index(part) if part != "last" else len(parts) - 1)
    )
    return _interval(first, _months_on(first, months) - timedelta(1))


def _iso(groups: dict[str, str], _: bool, __: date | None) -> str | None:
    return date(int(groups["y"]), int(groups["m"]), int(groups["d"])).isoformat()


def _unresolved(_: dict[str, str], __: bool, ___: date | None) -> str | None:
    return None


_KINDS: dict[str, Callable[[dict[str, str], bool, date | None], str | None]] = {
    "iso": _iso,
    "month_day": _of_day,
    "day_month": _of_day,
    "month_year": _of_month,
    "month": _of_month,
    "named": _of_month,
    "years": lambda g, _, __: _year(int(g["year"]), int(g["last"])),
    "decade": lambda g, _, __: _decade(int(g["decade"])),
    "dated": lambda g, _, __: _year(int(g["year"])),
    "year": lambda g, _, __: _year(int(g["year"])),
    "part": _part,
    "bound": _bound,
    "weekday": _of_weekday,
    "near": _near,
    "ago": _ago,
    "span": _span,
    "within": lambda g, ahead, anchor: _span(g, ahead, anchor) if ahead else None,
    "season": _unresolved,  # which months it has depends on the half of the world
    "feast": _of_feast,
    "period": _period,
    "close": _close,
    "weekend": _weekend,
    "every": _unresolved,
    "lasting": _lasting,
}
