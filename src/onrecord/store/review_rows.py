"""What the store takes and gives back of review: people's decisions on single rows, and what waits for one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import log2
from typing import Any, Literal, get_args

from onrecord.errors import UsageError
from onrecord.model import Act, Modality, Span, canonical_json

Verdict = Literal["right", "wrong"]
ItemKind = Literal["attribution", "link", "entity", "source"]
"""What waits for a decision: an attribution, whether two attributions are of one claim, whether two entities are one,
who speaks where an engine left it open."""
SPANS, ACT, MODALITY, VERDICT, SKIPPED = "spans:", "act:", "modality:", "verdict:", "skipped:"
"""What stands in the other row's place of a judgement on one row alone."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Source, cue and contents of an attribution as a person has them, the contents in the order of the text."""

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]

    def __str__(self) -> str:
        """Canonical JSON: `{"content":[[14,90]],"cue":[9,13],"source":null}`."""
        pairs = {"source": _pair(self.source), "cue": _pair(self.cue), "content": [_pair(s) for s in self.content]}
        return canonical_json(pairs).decode()

    @classmethod
    def read(cls, text: str) -> Spans:
        """The spans again. Raises ValueError where the text is not exactly what `str` makes."""
        try:
            held = json.loads(text)
            source, cue = (Span(*_two(held[name])) if held[name] else None for name in ("source", "cue"))
            made = cls(source, cue, tuple(Span(*_two(pair)) for pair in held["content"]))
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"no spans: {error}") from None
        if str(made) != text or not made.content or any(a.end > b.start for a, b in made.neighbours()):
            raise ValueError("no spans as they are written here")
        return made

    def neighbours(self) -> list[tuple[Span, Span]]:
        """Each content with the next."""
        return list(zip(self.content, self.content[1:], strict=False))

    @property
    def end(self) -> int:
        """Where the last of them ends."""
        return max(s.end for s in (self.source, self.cue, *self.content) if s)


@dataclass(frozen=True, slots=True)
class Review:
    """What people decided of an attribution: the last word counts.

    `verdict`: `wrong` where it was rejected, `right` where it was accepted or corrected, by whom, when (ISO 8601), why;
    `judgement`: the id of that decision. `was`: what the engine had in place of what was corrected, as field and words.
    """

    verdict: Verdict
    by: str
    at: str
    reason: str | None
    judgement: str
    spans: Spans | None = None
    act: Act | None = None
    modality: Modality | None = None
    was: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to decide, and why now.

    `item` names it; `a` and `b` are its rows; `sure`: how sure the engine is, 0 … 1; `bearing`: attributions on the
    claims concerned, or of the people; `copies`: reports that print the text; `others`: who else decided it.
    """

    item: str
    kind: ItemKind
    a: str
    b: str | None
    sure: float
    bearing: int = 1
    disputed: bool = False
    copies: int = 1
    others: tuple[str, ...] = ()

    @property
    def need(self) -> float:
        """How much a decision is needed: doubt × weight, halved where somebody else has decided.

        The doubt is 1 − `sure`; the weight 1 + log₂ `bearing` + log₂ `copies`, and 2 more on a disputed claim.
        """
        weight = 1 + log2(max(1, self.bearing)) + log2(max(1, self.copies)) + 2 * self.disputed
        return (1 - self.sure) * weight / (2 if self.others else 1)

    @property
    def why(self) -> str:
        """The same in words: `73 % sure; on a disputed claim that 11 attributions bear on`."""
        told = [f"{100 * self.sure:.0f} % sure"]
        if self.kind == "entity":
            told.append(f"{_many(self.bearing, 'attribution')} of theirs")
        elif self.bearing > 1 or self.disputed:
            claim = "a disputed claim" if self.disputed else "a claim"
            told.append(f"on {claim} that {_many(self.bearing, 'attribution')} bear{'s' * (self.bearing == 1)} on")
        if self.copies > 1:
            told.append(f"its text is printed by {self.copies} reports")
        if self.others:
            told.append(f"{', '.join(self.others)} decided it")
        return "; ".join(told)


def act_of(row: str) -> Act:
    """The act in a judgement's place. Raises ValueError where it is none."""
    word = row.removeprefix(ACT)
    if word not in get_args(Act):
        raise ValueError(word)
    return word  # type: ignore[return-value]


def modality_of(row: str) -> Modality:
    """The modality in a judgement's place. Raises ValueError where it is none."""
    word = row.removeprefix(MODALITY)
    if word not in get_args(Modality):
        raise ValueError(word)
    return word  # type: ignore[return-value]


def is_decision(row: str) -> bool:
    """Whether this may stand in the other row's place of a judgement on one row alone."""
    try:
        if row.startswith(SPANS):
            return bool(Spans.read(row.removeprefix(SPANS)))
        if row.startswith(ACT):
            return bool(act_of(row))
        if row.startswith(MODALITY):
            return bool(modality_of(row))
    except ValueError:
        return False
    return row.removeprefix(VERDICT) in get_args(Verdict) or row.removeprefix(SKIPPED) in ("attribution", "source")


def checked(text: str, spans: Spans) -> Spans:
    """The spans, where they fit the text. Raises UsageError: outside of it, blank, contents that overlap, a source or
    cue over the end of a line."""
    every = [("source", spans.source), ("cue", spans.cue), *(("content", span) for span in spans.content)]
    if not spans.content:
        raise UsageError("mark what was said.", which="content", advice="An attribution has one content at least.")
    for role, span in every:
        if span is None:
            continue
        here = f"{role} {span.start}–{span.end}"
        if span.end > len(text):
            raise UsageError(f"the text has {len(text)} characters only.", which=here, advice="Select words in it.")
        if not span.of(text).strip():
            raise UsageError("there are no words there.", which=here, advice="Select words.")
        if "\n" in span.of(text):
            advice = "A content may go on in the next one: mark each part." if role == "content" else "Select less."
            raise UsageError(f"a {role} stands in one line or paragraph, this is more.", which=here, advice=advice)
    for one, other in spans.neighbours():
        if other.start < one.end:
            raise UsageError(
                "two contents share characters.",
                which=f"content {one.start}–{one.end}, {other.start}–{other.end}",
                advice="Mark the words once.",
            )
    return spans


def _pair(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None


def _two(pair: Any) -> tuple[int, int]:
    start, end = pair
    if type(start) is not int or type(end) is not int:
        raise ValueError(pair)
    return start, end


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
