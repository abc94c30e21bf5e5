"""Where something was said, and to whom, where set phrases tell: "in an interview with …", "told reporters".

The tables are for people to read and to mend.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

Pair = tuple[int, int]

_PLACES = (
    r"interviews?|statements?|speech(?:es)?|letters?|conferences?|briefings?|briefs?|tweets?|posts?"
    r"|posting|Twitter|Facebook"
    r"|Instagram|YouTube|Telegram|Reddit|Weibo|X|Snapchat|blogs?|memos?|memorandum|e-?mails?|articles?"
    r"|books?|rall(?:y|ies)"
    r"|debates?"
    r"|hearings?|summit|programm?e?|show|radio|television|TV|address|testimony|court|affidavit|lawsuit"
    r"|complaint|filing"
    r"|releases?|announcement|ceremony|ads?|advertisement|commercial|videos?|messages?|texts?|phone calls?|op-ed"
    r"|editorial|column|essay|remarks|event|forum|panel|talk|lecture|appearance|session|meeting|gathering"
    r"|convention|campaign trail|website"
    r"|web ?site|page|report|paper|newsletter|podcast|broadcast|documentary|note|brief|opinion|decision"
    r"|order|exchange"
    r"|conversation|discussion|question and answer|q&a|chat|reception|dinner|breakfast|luncheon"
    r"|town hall|parliament|segment|Fox News|Fox Business|CNN|NBC|ABC|CBS|MSNBC|BBC|NPR|C-SPAN|Sky News|Al Jazeera"
)
_PHRASE = (
    r"(?=(?:(?:an?|the|his|her|its|their|our|my|this|that|one|another|several|recent)\s+)?"
    r"(?:[\w’'“”\"&.-]+\s+){0,5}?(?:" + _PLACES + r")\b)"
)
_OPENS = re.compile(
    r"\b(?:in|at|on|during|via|through|while (?:addressing|speaking (?:at|to|on|in))|speaking (?:at|on|in|during)"
    r"|addressing|writing (?:in|on))\s+" + _PHRASE,
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s+" + _PHRASE, re.IGNORECASE)
_PREPOSITION = re.compile(r"\b(?:in|at|on|during|via)$", re.IGNORECASE)
_HEAD = re.compile(rf"\b(?:{_PLACES})\b", re.IGNORECASE)
_TAIL = re.compile(
    r"\s+(?:with|to|for|on|at|in|of|by|before|about|from|published|posted|issued|released|broadcast|aired"
    r"|airing|held|hosted"
    r"|conference|interview|program(?:me)?|call|show|rally|speech|debate)\b[^,;:.!?\n()—–]*",
    re.IGNORECASE,
)
_STOPS = re.compile(
    r"[,;:!?\n()—–]|\.(?=\s|$)|\s(?:that|who|which|when|where|while|but|as|after|because|saying|said)\b"
)
_BARE = frozenset(("x", "report", "paper", "order", "decision", "call", "calls", "brief", "note", "court", "opinion"))
"""Too common a word to open a venue without an article before it."""
_LONGEST = 110

_TOLD = re.compile(
    r"\b(?:tell|tells|told|telling|ask|asks|asked|asking|urg(?:e|es|ed|ing)|warn(?:s|ed|ing)?"
    r"|call(?:s|ed|ing)? (?:up)?on|inform(?:s|ed|ing)?|remind(?:s|ed|ing)?|assur(?:e|es|ed|ing)|advis(?:e"
    r"|es|ed|ing)|invit(?:e|es|ed|ing)"
    r"|order(?:s|ed|ing)?|encourag(?:e|es|ed|ing)|beg(?:s|ged|ging)?|implor(?:e|es|ed|ing)|instruct(?:s|ed|ing)?"
    r"|notif(?:y|ies|ied|ying)|brief(?:s|ed|ing)?|challeng(?:e|es|ed|ing)|press(?:es|ed|ing)?|lobb(?:y|ies|ied|ying)"
    r"|thank(?:s|ed|ing)?|congratulat(?:e|es|ed|ing)|promis(?:e|es|ed|ing)|show(?:s|ed|ing)?|wrote to|writing to"
    r"|said to|says to|say to|speaking to|spoke to|explained to|appeal(?:s|ed|ing)? to|clarif(?:y|ies|ied|ying) with)$",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|be|being|when|if)\s+(?:\w+ly\s+)?(?:first\s+)?\w+(?:\s+(?:to|about|by))?$",
    re.IGNORECASE,
)
_TO_DO = re.compile(
    r"\b(?:urg(?:e|es|ed|ing)|ask(?:s|ed|ing)?|call(?:s|ed|ing)? (?:up)?on|plead(?:s|ed|ing)?(?: with)?"
    r"|persuad(?:e|es|ed|ing)|order(?:s|ed|ing)?|direct(?:s|ed|ing)?|tell|tells|told|telling|advis(?:e|es|ed"
    r"|ing)|warn(?:s|ed|ing)?|invit(?:e|es|ed|ing)"
    r"|encourag(?:e|es|ed|ing)|beg(?:s|ged|ging)?|implor(?:e|es|ed|ing)|instruct(?:s|ed|ing)?|press(?:es|ed|ing)?"
    r"|challeng(?:e|es|ed|ing)|request(?:s|ed|ing)?|remind(?:s|ed|ing)?|exhort(?:s|ed|ing)?|summon(?:s|ed|ing)?"
    r"|appeal(?:s|ed|ing)?(?: to)?|demand(?:s|ed|ing)? of|lobb(?:y|ies|ied|ying)|convinc(?:e|es|ed|ing))"
    r"(?:\s+(?:on|with|to|for))?$",
    re.IGNORECASE,
)
"""Cues that ask somebody to do something, who may be the content's first words."""
_WHO_TO = re.compile(
    r"((?:(?:(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Prof|U\.S)\.|[^\s,.;:“”\"]+)\s+){1,6}?)(?:not\s+)?"
    r"to\s+(?!(?:it|the|an?|this|that|these|those|his|her|their|its|our|my|your|him|them|me|us|you)\b)[a-z]",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:asked|told|advised|warned|urged|ordered|informed|instructed|invited|reminded|pressed)\b", re.IGNORECASE
)
_NO_SPEECH = re.compile(
    r"\b(?:according|referr\w+|plan\w*|want\w*|try\w*|hop\w+|refus\w+|declin\w+|vow\w*|propos\w*|pledg\w+|respon\w+)$",
    re.IGNORECASE,
)
"""Cues after which "to" does not lead to whom something is said."""
_WRITTEN_TO = re.compile(
    r"\b(?:(?:letter|note|memo|memorandum|e-?mail|message|speech|address|testimony|appeal|reply|response)s?\s+to"
    r"|speaking\s+(?:to|before|with)|addressing)\s+"
    r"((?:the\s|a\s|an\s|his\s|her\s|its\s|their\s)?[^\s,.;:“”\"()]+(?:\s(?!on\b|in\b|at\b|about\b|that\b|who\b"
    r"|and\b|from\b|last\b|this\b)"
    r"[^\s,.;:“”\"()]+){0,4})",
    re.IGNORECASE,
)
"""To whom something was written, or a speech was given."""
_APART = re.compile(r"\s{1,2}|,[^,\n]{1,40},\s")
"""What stands between somebody and what they were told: nothing, or what they are."""
_TO_WHOM = re.compile(r"\s+to\s+")
_BETWEEN = re.compile(r"\s+([^\s,.;:“”\"]+(?:\s+[^\s,.;:“”\"]+){0,6})\s*,?\s*")
_NO_ONE = re.compile(
    r"^(?:that|how|why|what|when|where|whether|if|who|about|for|on|in|at|by|to|of|from|during|after|before|not"
    r"|as|and|it)\b",
    re.IGNORECASE,
)


def venue_in(text: str, start: int, end: int, taken: Sequence[Pair], cue: Pair | None = None) -> Pair | None:
    """The first such phrase in `text[start:end]`, in characters, that lies outside the spans `taken`.

    A cue may have the phrase's preposition ("said in | a letter"), or all of it ("wrote on Twitter").
    """
    opened = cue and _PREPOSITION.search(text, *cue) and _GOES_ON.match(text, cue[1], end)
    for match in itertools.chain([opened] if opened else [], _OPENS.finditer(text, start, end)):
        head = _HEAD.search(text, match.end(), end)
        if head is None:
            continue
        words = text[match.end() : head.end()].lower().split()
        if len(words) == 1 and words[0] in _BARE:
            continue
        stop = _STOPS.search(text, head.end(), min(end, match.start() + _LONGEST))
        close = stop.start() if stop else min(end, match.start() + _LONGEST)
        tail = _TAIL.match(text, head.end(), close)
        last = tail.end() if tail else head.end()
        last = min([last, *(a for a, _ in taken if a >= head.end())])
        while last > head.end() and text[last - 1].isspace():
            last -= 1
        first = match.end() if match is opened else match.start()
        if not any(first < b and a < last and not ((a, b) == cue and a < first) for a, b in taken):
            return first, last
    return None


def addressee_of(
    text: str, cue: Pair, contents: Sequence[Pair], mentions: Sequence[Pair], source: Pair | None = None
) -> Pair | None:
    """Whom the cue is said to, in characters: what stands right after "told", "urged", "called on" and the like, or
    opens what somebody is asked to do ("asked | him to go"); of "he was told", he; "said … to the crowd"."""
    words = text[cue[0] : cue[1]]
    after = min((a for a, _ in contents if a >= cue[1]), default=None)
    if _TOLD.search(words) and not _PASSIVE.search(words):
        found = _right_after(text, cue[1], len(text) if after is None else after, mentions)
        if found is None and after is not None and (source is None or not cue[1] <= source[0] < after):
            between = _BETWEEN.fullmatch(text, cue[1], after)
            if between and not _NO_ONE.match(between[1]):
                found = between.span(1)
        if found:
            return found
    if _TO_DO.search(words) and after is not None and after - cue[1] <= 2 and not _PASSIVE.search(words):
        asked = _WHO_TO.match(text, after)
        if asked and not _NO_ONE.match(asked[1]):
            return asked.start(1), asked.start(1) + len(asked[1].rstrip())
    if _PASSIVE.search(words) and _ASKED.search(words):
        return next(((a, b) for a, b in mentions if b < cue[0] and _APART.fullmatch(text, b, cue[0])), None)
    if not _NO_SPEECH.search(words):
        at = max(cue[1], source[1]) if source and 0 <= source[0] - cue[1] <= 2 else cue[1]
        if to := _TO_WHOM.match(text, at):
            return next(((a, b) for a, b in mentions if 0 <= a - to.end() <= 5), None)
    stop = len(text) if after is None else after
    written = _WRITTEN_TO.search(text, cue[0], min(stop, cue[1] + _LONGEST))
    if written and "\n" not in text[cue[1] : written.end()]:
        return written.span(1)
    return None


def _right_after(text: str, at: int, nearest: int, mentions: Sequence[Pair]) -> Pair | None:
    for start, end in mentions:
        gap = text[at:start]
        if start >= at and start < nearest and (not gap.strip() or gap.strip().lower() in ("the", "a", "all", "both")):
            return at + len(gap) - len(gap.lstrip()), min(end, nearest)
        if start > at + 40:
            break
    return None
