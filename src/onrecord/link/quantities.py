"""How many, how much: the numbers of a statement, each with its bounds and what it counts.

"About 1,000 containers" and "1,012 containers" agree; "three dead" and "five dead" do not; "at least three" and "five"
do. Years, dates, times of day, scores and ordinals are no quantities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ABOUT = 0.1
"""How far a number given as "about" may be from the one meant, as a share of it."""

_ONES = {
    w: k
    for k, w in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
            *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        )
    )
}
_ONES |= {
    w: 10 * k for k, w in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)
}
_SCALES = {"hundred": 100.0, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9}
_SCALES |= {"trillion": 1e12, "tn": 1e12}
_SHARES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}
_VAGUE = {"dozens": 24.0, "scores": 40.0, "hundreds": 200.0, "thousands": 2e3, "millions": 2e6, "billions": 2e9}
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SPELLED = rf"(?:{'|'.join(sorted(_ONES, key=len, reverse=True))})"
_SCALE = r"(?:hundred|thousand|million|billion|trillion)"
_WORDS = (
    rf"(?:{_SPELLED}(?:[- ]{_SPELLED})?|an?(?=\s(?:{_SCALE}|dozen)\b))(?:\s(?:{_SCALE}|dozen))*"
    rf"(?:\s(?:and\s)?{_SPELLED}(?:-{_SPELLED})?(?!\s{_SCALE}))?"
)
_ONE = (
    r"two[- ]thirds|three[- ]quarters|half(?: a dozen)?|a (?:third|quarter|fifth|tenth|dozen)"
    rf"|(?:{_DIGITS})(?:\s?(?:{_SCALE}|bn|mn|tn|m|k)\b)?|{_WORDS}"
)
_LESS = r"up to|at most|no more than|not more than|fewer than|less than|under|below|nearly|almost|close to|as many as"
_MORE = r"at least|more than|over|above|no fewer than|no less than|not less than|upwards of|well over|a minimum of"
_ROUGH = r"about|around|some|roughly|approximately|an estimated|circa"
_QUANTITY = re.compile(
    rf"(?<![\w.,:/-])(?:(?P<bound>{_LESS}|{_MORE}|{_ROUGH})\s)?(?P<money>[$€£¥])?"
    rf"(?:(?P<vague>{'|'.join(_VAGUE)})(?=\sof\b)|(?:(?:between|from)\s)?(?P<low>{_ONE})"
    rf"(?:\s?(?:-|–|to|and(?=\s(?:\d|{_SPELLED})))\s?[$€£¥]?(?P<high>{_ONE}))?)"
    r"(?P<percent>\s?%|\s(?:per cent|percent|pc)\b|\spercentage points?\b)?(?![\w:/]|[.,]\d|-year-old)",
    re.IGNORECASE,
)
_DATED = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s\d{{4}})?\b"
    rf"|\b{_MONTH}\.?\s\d{{1,2}}\b(?!,\d)(?:,?\s\d{{4}}\b)?"
    r"|\b(?:1[5-9]|20)\d\d\b(?![,.]\d|\s[a-z])|\b(?:in|since|by|until|of|from|before|after)\s(?:1[5-9]|20)\d\d\b"
    r"|\b\d{1,2}(?:[:.]\d\d)?\s?(?:a\.?m|p\.?m|o['’]clock)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[^\S\n]+(?P<of>of\s(?:(?:the|its|their|his|her|those|all)\s)?)?(?P<named>(?:[A-Za-z][\w’'-]*[^\S\n]?){1,4})"
)
_ENDS = frozenset(
    (
        *("a", "an", "the", "and", "or", "but", "in", "on", "at", "of", "for", "from", "to", "with", "by", "as"),
        *("than", "that", "which", "who", "were", "was", "is", "are", "be", "been", "being", "has", "had", "have"),
        *("will", "would", "could", "may", "might", "can", "it", "its", "their", "his", "her", "this", "these"),
        *("those", "when", "while", "after", "before", "during", "near", "over", "under", "between", "against"),
        *("since", "until", "into", "per", "each", "ago", "later", "earlier", "said", "died"),
    )
)
"""Words that end what is counted."""
_PEOPLE = frozenset(
    (
        *("people", "persons", "men", "women", "children", "civilians", "residents", "others", "workers"),
        *("soldiers", "protesters"),
    )
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """From `low` to `high` of something, and the characters `start … end` that say so. `unit`: the last word of what is
    counted, in the singular, "%" or a currency's sign; empty where nothing is named."""

    start: int
    end: int
    low: float
    high: float
    unit: str

    def agrees(self, other: Quantity) -> bool:
        """Whether both can be of one number."""
        return self.low <= other.high and other.low <= self.high


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities in a text, in order."""
    dated = [match.span() for match in _DATED.finditer(text)]
    return tuple(_found(text, dated))


def in_digits(text: str) -> str:
    """The text with its quantities in digits, so that "two dozen" and "24", "£1.2m" and "£1,200,000" look alike; bounds
    ("at least five") stay as they are."""
    made, at = [], 0
    for q in quantities(text):
        if q.low <= 0 or q.high > q.low * (1 + 3 * ABOUT):
            continue
        middle = (q.low + q.high) / 2
        share = 0 < middle < 1 and q.unit != "%"
        number = f"{100 * middle if share else middle:.10g}" + (" percent" if share or q.unit == "%" else "")
        sign = q.unit if q.unit and q.unit in "$€£¥" else ""
        made += [text[at : q.start], "about " if q.low != q.high else "", sign, number]
        at = q.end
    return "".join([*made, text[at:]])


def _found(text: str, dated: list[tuple[int, int]]) -> Iterator[Quantity]:
    for match in _QUANTITY.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in dated):
            continue
        if match["low"] and match["low"].lower() in ("one", "a", "an") and not match["percent"]:
            continue  # a pronoun or an article, most of the time
        if match["high"] and _number(match["high"]) < _number(match["low"]):
            continue  # a score
        unit = "%" if match["percent"] else match["money"] or _unit(text, match.end())
        low, high = _range(match)
        yield Quantity(match.start(), match.end(), low, high, unit)


def _range(match: re.Match[str]) -> tuple[float, float]:
    if match["vague"]:
        return _VAGUE[match["vague"].lower()], float("inf")
    low = _number(match["low"])
    if match["high"]:
        high = _number(match["high"])
        if low < high and match["high"].split()[-1] in _SCALES and match["low"].split()[-1] not in _SCALES:
            low *= _SCALES[match["high"].split()[-1]]  # "2 to 3 million"
        return min(low, high), max(low, high)
    bound = (match["bound"] or "").lower()
    if bound in _MORE.split("|"):
        return low, float("inf")
    if bound in ("nearly", "almost", "close to"):
        return low * (1 - ABOUT), low
    if bound in _LESS.split("|"):
        return 0.0, low
    away = ABOUT if bound else 0.0
    return low * (1 - away), low * (1 + away)


def _number(words: str) -> float:
    """The number that words or digits name."""
    fraction = {"two": 2 / 3, "three": 0.75}.get(re.split(r"[- ]", words.lower())[0])
    if fraction and re.search(r"thirds|quarters", words.lower()):
        return fraction
    total = part = 0.0
    for word in re.findall(r"\d[\d,]*(?:\.\d+)?|[a-z]+", words.lower()):
        if word[0].isdigit():
            part += float(word.replace(",", ""))
        elif word in _ONES:
            part += _ONES[word]
        elif word == "dozen":
            part = 12 * (part or 1)
        elif word in _SHARES:
            part = _SHARES[word]
        elif word == "hundred":
            part = 100 * (part or 1)
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], 0.0
    return total + part


def _unit(text: str, end: int) -> str:
    """What is counted: the last word of the noun phrase behind."""
    match = _COUNTED.match(text, end)
    named: list[str] = []
    for word in match["named"].lower().split() if match else ():
        if word in _ENDS or (match and match["of"] and named):
            break
        named.append(word)
    if not named:
        return ""
    last = next((w for w in named if w in _PEOPLE), named[-1])
    return "people" if last in _PEOPLE else last[:-1] if last.endswith("s") and not last.endswith("ss") else last
