"""Page furniture: what a line copied off a news page says that is no part of the report. The words: furniture.txt.

Only whole lines are judged, never parts of one, and only short ones. A line is first made `plain`: single blanks,
straight apostrophes, no bullets, arrows or invisible signs at its ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST = 350
"""Characters of the longest line that can be furniture; a longer one is never looked at."""

AUTHOR = "furniture: author box"
BYLINE = "furniture: byline"
CAPTION = "furniture: caption"
COMMENTS = "furniture: comment form"
CREDIT = "furniture: credit line"
DATE = "furniture: date line"
MASTHEAD = "furniture: masthead"
MENU = "furniture: navigation"
READERS = "furniture: reader comments"
REFERENCES = "furniture: references"
RELATED = "furniture: related link"
REPEATED = "furniture: repeated headline"
SHARE = "furniture: share bar"

# fmt: off
_SERVICES = frozenset((
    "facebook", "twitter", "x", "whatsapp", "telegram", "linkedin", "reddit", "pinterest", "tumblr", "instagram",
    "youtube", "messenger", "viber", "vk", "flipboard", "bluesky", "mastodon", "threads", "tiktok", "snapchat",
    "wechat", "weibo", "pocket", "email", "e-mail", "sms", "print", "rss", "skype",
    "share", "tweet", "retweet", "pin", "save", "bookmark", "follow", "shares",
))
_SHARE_FILLERS = frozenset((
    "this", "it", "us", "me", "on", "via", "by", "to", "with", "in", "a", "an", "the", "and", "or", "article", "story",
    "page", "link", "post", "friend", "copy", "like", "send", "comment", "line", "mail", "gift", "more",
))
_NAME_PARTICLES = frozenset((
    "of", "the", "for", "and", "via", "by", "in", "at", "de", "la", "da", "du", "van", "von", "der", "den", "bin", "al",
    "additional", "reporting", "editing", "writing", "courtesy",
))
# fmt: on
_MOST_NAME_WORDS = 24

# Capitals matter here: "a picture: Gone." is a sentence and "Picture: Ada Gone." is not.
_PICTURE = r"(?:Photo|PHOTO|Image|IMAGE|Picture|PICTURE|Photograph|Illustration|Graphic|Video|Credit|CREDIT|Pic)s?"
_PHOTO_AGENCY = r"(?:AP Photo|AP|AFP|Reuters|REUTERS|Getty Images|Getty|EPA-EFE|EPA|PA Wire|PA|ANP|DPA|dpa|Xinhua|TASS)"
_CREDIT_STARTS = (
    re.compile(rf"(?:^|[\s(\[/|]){_PICTURE}(?: credits?| by| courtesy(?: of)?)?: ?"),
    re.compile(rf"(?:^|[.)(\[] ?){_PICTURE}(?: by| courtesy of|/) ?"),
)
_AGENCY_CREDITS = (
    re.compile(rf"(?:^|[\s(\[]){_PHOTO_AGENCY} ?/ ?(?!Ipsos|YouGov|NORC)(?=[A-Z])"),
    re.compile(rf"(?<=\w) ?/ ?{_PHOTO_AGENCY}(?=$|[)\]]| via )"),
    re.compile(r"(?<=\w) via (?:AP|Reuters|REUTERS|Getty Images)(?=[)\]]*$)"),
)
_WORK_CREDIT = re.compile(
    r"[(\[]?((additional )?(reporting|writing|editing|edited|compiled|translated|reported) (by|for)"
    r"|with (files|reporting) (from|by)) ",
    re.IGNORECASE,
)

_REPORTS = re.compile(
    r"\b(says?|said|tells?|told|add(s|ed)|ask(s|ed)|warn(s|ed)|claim(s|ed)|den(ies|ied)|wrote|argue[sd]|announce[sd]|according)\b",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"[“”„«»\"]")
_CRUMBS = re.compile(r"\s*[|›»>•·/]\s*")
_INVISIBLE = "\u200b\u200c\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BLANKS = re.compile(rf"[\s{_INVISIBLE}]+")
_ORNAMENTS = " •·▪■●◦‣▶►▸→⇒➤»›>|✓✔★☆📷📸🔊▲△↑▼▾^\ufe0f"
_EDGES = " .,:;!?…*()[]#"


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """furniture.txt, read: reasons of whole lines, of lines next to furniture, of patterns (True: may be prose).

    `any_rule` is all patterns in one, for most lines match none.
    """

    phrases: dict[str, str]
    weak: dict[str, str]
    any_rule: re.Pattern[str]
    rules: tuple[tuple[str, re.Pattern[str], bool], ...]


@cache
def _lexicon() -> _Lexicon:
    phrases: dict[str, str] = {}
    weak: dict[str, str] = {}
    rules: list[tuple[str, re.Pattern[str], bool]] = []
    reason = ""
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            reason = f"furniture: {line.strip('[]')}"
        elif line.startswith("- "):
            weak[line[2:]] = reason
        elif line.startswith(("~ ", "? ")):
            rules.append((reason, re.compile(line[2:], re.IGNORECASE), line[0] == "?"))
        elif line and not line.startswith("#"):
            phrases[line] = reason
    any_rule = re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern, _ in rules), re.IGNORECASE)
    return _Lexicon(phrases, weak, any_rule, tuple(rules))


def plain(line: str) -> str:
    """The line as the lexicon spells it."""
    return _BLANKS.sub(" ", line.replace("’", "'")).strip(_ORNAMENTS)


def reason(line: str) -> str | None:
    """What kind of furniture this `plain` line is wherever it stands, or None. Linear in the line, which may be any."""
    if not line or len(line) > LONGEST:
        return None
    phrase = _lexicon().phrases.get(_key(line))
    if phrase:
        return phrase
    if _is_share_bar(line):
        return SHARE
    reports = _REPORTS.search(line) is not None
    if _is_photo_credit(line) and not reports:
        return CAPTION
    if _is_work_credit(line):
        return CREDIT
    if _is_trail(line):
        return MENU
    if not _lexicon().any_rule.fullmatch(line):
        return None
    told = reports or _QUOTES.search(line) is not None
    return next(
        (r for r, rule, may_be_prose in _lexicon().rules if not (told and may_be_prose) and rule.fullmatch(line)), None
    )


def weak_reason(line: str) -> str | None:
    """What kind of furniture this `plain` line is if a neighbour of it is furniture, or None."""
    return _lexicon().weak.get(_key(line))


def opens_list(line: str) -> bool:
    """Whether this `plain` line of furniture is a heading, and what follows belongs to it."""
    return _key(line) in _lexicon().phrases or line.casefold().startswith("more ")


def is_section(line: str) -> bool:
    """Whether this `plain` line is a section of a paper: "Politics", "World news", "Sport > Sailing"."""
    return 0 < len(line) <= LONGEST and all(weak_reason(part) == MENU for part in _CRUMBS.split(line))


def _key(line: str) -> str:
    return line.casefold().strip(_EDGES)


def _is_share_bar(line: str) -> bool:
    """Services and what one does with them, and nothing else: "Share on Facebook", "Tweet Email Print"."""
    words = [word.strip("(),:|/") for word in line.casefold().split()]
    words = [word for word in words if word and not word.isdigit()]
    if len(words) > 14 or line.endswith(".") or words in ([], ["x"], ["line"]):
        return False
    return any(word in _SERVICES for word in words) and all(
        word in _SERVICES or word in _SHARE_FILLERS for word in words
    )


def _is_photo_credit(line: str) -> bool:
    """A caption, or what stands under one: it ends with "Photo: Ada Gone.", "(AP Photo/Ada Gone)", "Ada Gone / AFP"."""
    if any(_is_names(line[found.end() :]) for rule in _CREDIT_STARTS for found in rule.finditer(line)):
        return True
    if line.endswith((".", "!", "?")):
        return False
    return any(
        _is_names(line[found.end() :], may_be_none=True) for rule in _AGENCY_CREDITS for found in rule.finditer(line)
    )


def _is_work_credit(line: str) -> bool:
    """Who worked on the report: "(Reporting by Ada Gone; editing by Bo Lind)"."""
    found = _WORK_CREDIT.match(line)
    return found is not None and _is_names(line[found.end() :])


def _is_names(words: str, *, may_be_none: bool = False) -> bool:
    """Whether these are names and the little words between them only."""
    names = re.split(r"[\s/|,;()\[\]–—-]+", words.rstrip(".)]"))
    names = [name for name in names if name]
    if not names:
        return may_be_none
    if len(names) > _MOST_NAME_WORDS or names[-1] in _NAME_PARTICLES:
        return False
    return all(not name[0].islower() or name in _NAME_PARTICLES for name in names)


def _is_trail(line: str) -> bool:
    """A menu or a trail of crumbs on one line: "Home › World › Europe", "News | Sport | Weather"."""
    crumbs = [crumb for crumb in _CRUMBS.split(line) if crumb]
    if len(crumbs) < 2 or line.endswith(".") or any(len(crumb.split()) > 3 for crumb in crumbs):
        return False
    known = sum(weak_reason(crumb) == MENU or _key(crumb) in _lexicon().phrases for crumb in crumbs)
    return 2 * known > len(crumbs) or (crumbs[0].casefold() == "home" and len(crumbs) > 2)
