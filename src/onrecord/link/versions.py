"""What changed between two versions of one article: attributions that appeared, vanished or were altered; and whether
the paper says that it corrected or withdrew something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.link.quantities import quantities
from onrecord.model import Attribution, Extraction, Span

ALIKE = 0.5
"""Share of the words of two contents (Dice 1945) from which the later is taken for an altered earlier one."""
_Said = tuple[str, str, str, str, str]
_FIELDS = ("source", "cue", "content", "act", "modality")
_WORD = re.compile(r"\w+")
_NOTICES: tuple[tuple[Literal["correction", "retraction", "update"], str], ...] = (
    (
        "retraction",
        r"(?:this|the) (?:article|story|report|piece) (?:has been|was|is) (?:retracted|withdrawn|removed)"
        r"|(?:we|the \w+) (?:have |has )?(?:retracted?|withdrawn?|withdrew) (?:this|the|our) "
        r"(?:article|story|report|piece)"
        r"|^retraction\b",
    ),
    (
        "correction",
        r"^(?:correction|corrected|clarification|erratum)s?\b(?:\s*[:(—–-]|\s*$)"
        r"|(?:this|the) (?:article|story|report|piece|headline)(?: above| below)? (?:has been|was) "
        r"(?:corrected|amended|clarified|changed to correct)"
        r"|(?:an?|the) (?:earlier|previous|original) version of (?:this|the) (?:article|story|report|piece|headline)"
        r"|(?:in|under) an earlier version of (?:this|the)"
        r"|(?:we|the editors) (?:regret|apologi[sz]e for) (?:the|this) error",
    ),
    ("update", r"^updated?\b\s*[:(—–-]|(?:this|the) (?:article|story|report|piece) (?:has been|was) updated"),
)
_NOTICE = [(kind, re.compile(pattern, re.IGNORECASE | re.MULTILINE)) for kind, pattern in _NOTICES]
_STOP = re.compile(r"\n|(?<=[.!?])\s+(?=[A-Z“\"])")
_FAR = 400
"""Characters a sentence may go on for, before and after the words that make it a notice."""
_WITHIN = 200
"""Places in the order of a text by which an altered attribution may have moved: all with all would not do for a long
report."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Where a text says that it was corrected, withdrawn or updated: the paper's own words."""

    kind: Literal["correction", "retraction", "update"]
    span: Span


@dataclass(frozen=True, slots=True)
class Altered:
    """An attribution in the earlier version and what became of it; `fields`: which of it differ; `numbers`: quantities
    of like things in both contents that cannot be of one number, in the words of the one and of the other."""

    before: Attribution
    after: Attribution
    fields: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """From one version to the next: attributions that are new, gone, altered; how many stayed as they were."""

    appeared: tuple[Attribution, ...]
    vanished: tuple[Attribution, ...]
    altered: tuple[Altered, ...]
    kept: int


def notices(text: str) -> tuple[Notice, ...]:
    """The sentences in which a text says that it was corrected, withdrawn or updated, in order."""
    found: dict[Span, Notice] = {}
    for kind, pattern in _NOTICE:
        for match in pattern.finditer(text):
            low, high = max(0, match.start() - _FAR), min(len(text), match.end() + _FAR)
            stops = [stop.end() for stop in _STOP.finditer(text, low, match.start())]
            after = _STOP.search(text, match.end(), high)
            span = Span(stops[-1] if stops else low, after.start() if after else high)
            found.setdefault(span, Notice(kind, span))
    return tuple(found[span] for span in sorted(found))


def changes(before: Extraction, after: Extraction) -> Changes:
    """What became of the attributions of one version in the next."""
    old, new = before.attributions, after.attributions
    olds, news = ([_said(a, e.report.text) for a in e.attributions] for e in (before, after))
    pairs: dict[int, int] = {}
    _pair(olds, news, pairs, lambda said: said)
    _pair(olds, news, pairs, lambda said: said[2])
    _pair_alike(olds, news, pairs)
    altered = []
    for k, j in sorted(pairs.items()):
        fields = tuple(name for name, a, b in zip(_FIELDS, olds[k], news[j], strict=True) if a != b)
        if fields:
            both = _content(old[k], before.report.text), _content(new[j], after.report.text)
            altered.append(Altered(old[k], new[j], fields, tuple(_numbers(*both))))
    taken = set(pairs.values())
    return Changes(
        tuple(a for j, a in enumerate(new) if j not in taken),
        tuple(a for k, a in enumerate(old) if k not in pairs),
        tuple(altered),
        len(pairs) - len(altered),
    )


def _pair(olds: Sequence[_Said], news: Sequence[_Said], pairs: dict[int, int], key: Callable[[_Said], object]) -> None:
    """Pair those that are equal in `key`, in order."""
    free: dict[object, list[int]] = {}
    taken = set(pairs.values())
    for j in range(len(news) - 1, -1, -1):
        if j not in taken:
            free.setdefault(key(news[j]), []).append(j)
    for k, said in enumerate(olds):
        if k not in pairs and (fitting := free.get(key(said))):
            pairs[k] = fitting.pop()


def _pair_alike(olds: Sequence[_Said], news: Sequence[_Said], pairs: dict[int, int]) -> None:
    """Pair those left whose contents share most of their words, likeliest first; one source counts a little."""
    taken = set(pairs.values())
    left = [[k for k in range(len(olds)) if k not in pairs], [j for j in range(len(news)) if j not in taken]]
    words = [{k: Counter(each[k][2].split()) for k in ks} for each, ks in zip((olds, news), left, strict=True)]
    likely = sorted(
        (-_dice(words[0][k], words[1][j]) - 0.1 * (olds[k][0] == news[j][0]), k, j)
        for at, k in enumerate(left[0])
        for j in left[1][max(0, at - _WITHIN) : at + _WITHIN]
    )
    for share, k, j in likely:
        if -share >= ALIKE and k not in pairs and j not in taken:
            pairs[k] = j
            taken.add(j)


def _content(a: Attribution, text: str) -> str:
    return "\n".join(span.of(text) for span in sorted(a.content))


def _numbers(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Quantities of like things that differ, where each side has as many of that thing."""
    mine, theirs = quantities(one), quantities(other)
    for unit in dict.fromkeys(q.unit for q in mine):
        a, b = ([q for q in each if q.unit == unit] for each in (mine, theirs))
        if len(a) == len(b):
            for p, q in zip(a, b, strict=True):
                if not p.agrees(q):
                    yield one[p.start : p.end], other[q.start : q.end]


def _said(a: Attribution, text: str) -> _Said:
    """Source, cue, content, act and modality as they are compared: without case, marks and spacing."""

    def plain(spans: Sequence[Span]) -> str:
        return " ".join(_WORD.findall(" ".join(span.of(text) for span in spans).lower()))

    one = [plain([span]) if span else "" for span in (a.source, a.cue)]
    return one[0], one[1], plain(sorted(a.content)), a.meaning.act or "", a.meaning.modality or ""


def _dice(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())
