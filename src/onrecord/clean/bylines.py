"""The lines under a headline: when a report was published and who wrote it. Whole lines only; nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from onrecord.clean import furniture

_LONGEST = 160
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})\b"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?P<iso>\d{4}-\d\d-\d\d)(?:t\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:?\d\d)?)?\b",
        rf"\b{_MONTH} {_DAY},? {_YEAR}",
        rf"\b{_DAY} (?:of )?{_MONTH},? {_YEAR}",
        r"\b(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})\b",
        r"\b(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4})\b",
        rf"\b{_MONTH} {_DAY}\b",
        rf"\b{_DAY} {_MONTH}",
    )
)
# What may stand beside a date on its line: label, weekday, clock time, zone, and the signs between them.
_BESIDE = re.compile(
    r"\b(?:first|last|originally|published|posted|updated?|modified|created|issued|dated?|on|at|of|the|time)\b:?"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    r"|\b\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?: ?[ap]\.?m\b\.?)?|\b\d{1,2} ?[ap]\.?m\b\.?"
    r"|\b(?:gmt|utc|[ecmpb][sde]?t|cest|eest|eet|msk|ist|jst|aest|aedt|local|hrs)\b(?: ?[+-]\d{1,2}(?::\d\d)?)?"
    r"|[\s,|/·•()–—:-]+"
)
_UPDATED = re.compile(r"\b(?:updated?|modified)\b")
_SEPARATORS = re.compile(r"\s+[|·•–—]\s+|\s*[|·•]\s*|\s-\s")

_BY = re.compile(
    r"(?:(?:written|reported|words|story|report|text|posted|published|interview|analysis) by|by|from)[: ]+",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,\s*and\s|[,;&|·•]|\s[–—-]\s|\sand\s)\s*", re.IGNORECASE)
_IN_PLACE = re.compile(r"\s(?:in|for|at)\s.*")
_PERSON = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,5}")
_PARTICLES = frozenset(
    ("de", "la", "da", "del", "di", "du", "dos", "van", "von", "der", "den", "ter", "bin", "al", "el")
)
_NO_NAMES = re.compile(
    r"\b(?:the|our|this|that|an|all|numbers|night|day|morning|evening|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday|breaking|news|report|election|how|why|what|says|said)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:\S+ ){0,5}(?:reporters?|correspondents?|editors?|writers?|staff|journalists?|columnists?|bureau|desk|agencies"
    r"|contributors?|producers?)(?: in \S+(?: \S+)?| for .{1,30})?",
    re.IGNORECASE,
)
_AGENCIES = (
    "Reuters", "Associated Press", "The Associated Press", "AP", "Agence France-Presse", "AFP", "TASS", "Interfax",
    "Xinhua", "Bloomberg", "PA Media", "PA", "Press Association", "DPA", "dpa", "ANSA", "EFE", "Kyodo", "Kyodo News",
    "Yonhap", "Anadolu Agency", "RIA Novosti", "UPI", "PTI", "ANI", "IANS", "BNS", "BBC News", "CNN", "Ukrinform",
)  # fmt: skip
_AGENCY_NAMES = frozenset(name.casefold() for name in _AGENCIES)
_DATELINE = re.compile(
    r"[A-Z][\w.'’ /-]{1,40}(?:, [\w.'’ ]{1,30}){0,2} \((?P<agency>"
    + "|".join(map(re.escape, _AGENCIES))
    + r"|[A-Z]{2,6})\) ?[–—-]"
)


@dataclass(frozen=True, slots=True)
class Credits:
    """What one line under a headline says: ISO date of publication, names of writers. A line may say neither fully."""

    published: str | None = None
    names: tuple[str, ...] = ()
    has_date: bool = False


def of_line(line: str) -> Credits | None:
    """What the line says if it is nothing but date, byline or both ("By Ada Gone | 3 May 2021"); else None."""
    if not line or len(line) > _LONGEST:
        return None
    dated = _date_line(line)
    if dated is not None:
        return dated
    names = _byline(line)
    if names:
        return Credits(names=names)
    return _joined(line)


def is_role(line: str) -> bool:
    """Whether the line is somebody's post, as stands under a byline: "Political correspondent", "Staff writer"."""
    return len(line) <= 60 and _ROLE.fullmatch(line) is not None


def agency(paragraph: str) -> str | None:
    """The agency that a dateline credits: "ORU, May 3 (Reuters) — …", or any "(ABC)" there."""
    found = _DATELINE.match(paragraph[:_LONGEST])
    return found["agency"] if found else None


def is_agency(name: str) -> bool:
    """Whether this is a news agency, which credits a text but does not publish the paper it stands in."""
    return name.casefold() in _AGENCY_NAMES


def _joined(line: str) -> Credits | None:
    """Several statements on one line, each a date, a byline or a post; also "Posted on May 3, 2021 by Ada Gone"."""
    pieces = [piece for piece in _SEPARATORS.split(line) if piece]
    if len(pieces) == 1:
        before, by, after = line.rpartition(" by ")
        pieces = [before, f"by {after}"] if by else [*line.rsplit(", ", 1)] if line.startswith("By ") else pieces
    if len(pieces) == 1:
        return None
    published: str | None = None
    names: list[str] = []
    has_date = False
    for piece in pieces:
        dated = _date_line(piece)
        found = _byline(piece) if dated is None else ()
        if dated is None and not found and not is_role(piece) and not furniture.reason(piece):
            return None
        if dated is not None:
            has_date, published = True, published or dated.published
        names += found
    return Credits(published, tuple(names), has_date) if names or has_date else None


def _date_line(line: str) -> Credits | None:
    """A line of one or two dates and what may stand beside them; the first date not marked as an update counts."""
    rest, published, seen = line.casefold(), None, False
    for pattern in _DATES:
        for found in pattern.finditer(rest):
            seen = True
            if published is None and not _UPDATED.search(rest[: found.start()]):
                published = _iso(found.groupdict())
        rest = pattern.sub(lambda found: "\t" * len(found[0]), rest)
    return Credits(published, has_date=True) if seen and not _BESIDE.sub("", rest) else None


def _iso(parts: dict[str, str | None]) -> str | None:
    """ISO date; None where the year is missing, day and month cannot be told apart, or there is no such day."""
    if iso := parts.get("iso"):
        year, month, day = map(int, iso.split("-"))
    elif not parts.get("year"):
        return None
    else:
        year = int(parts["year"] or 0)
        month, day = _month_and_day(parts)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month_and_day(parts: dict[str, str | None]) -> tuple[int, int]:
    """Numbers of month and day, 0 where they cannot be told: 3/4/2021 is read differently on two sides of an ocean."""
    if first := parts.get("first"):
        a, b = int(first), int(parts["second"] or 0)
        return (b, a) if a > 12 or a == b else (a, b) if b > 12 else (0, 0)
    if name := parts.get("month"):
        return _MONTHS.index(name[:3]) + 1, int(parts["day"] or 0)
    return int(parts["number"] or 0), int(parts["day"] or 0)


def _byline(line: str) -> tuple[str, ...]:
    """The names in "By Ada Gone and Bo Lind in Oru", or in "Ada Gone, Reuters": post or agency proves the name."""
    by = _BY.match(line)
    pieces = [piece for piece in _AND.split(line[by.end() :] if by else line) if piece]
    names = tuple(_IN_PLACE.sub("", piece).rstrip(".") for piece in pieces)
    people = tuple(name for name in names if _is_person(name))
    proofs = tuple(name for name in names if is_agency(name) or is_role(name))
    if len(people) + len(proofs) < len(names) or not names:
        return ()
    if by:
        return people or tuple(name for name in proofs if by[0].casefold().startswith("by"))
    return people if proofs else ()


def _is_person(name: str) -> bool:
    """Two to six capitalised words, none of which says that it is no name."""
    if not _PERSON.fullmatch(name) or _NO_NAMES.search(name) or is_agency(name) or is_role(name):
        return False
    return all(not word[0].islower() or word in _PARTICLES for word in name.split())
