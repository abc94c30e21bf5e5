"""What people decide of single attributions, as values and as they are written in judgements."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from onrecord.errors import UsageError
from onrecord.model import Act, Modality, Span, canonical_json

Verdict = Literal["right", "wrong"]
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
