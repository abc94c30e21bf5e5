"""brat standoff (https://brat.nlplab.org/standoff.html): text and annotations of a report, and the way back.

An attribution is an event on its cue (`Cue`), with its spans as arguments; where a report has no cue for it, the event
(`NoCue`) is on its first content. One that comes on another's word is tied to that (`Within`). Offsets are code points,
as ours are. A span over a line end is given in pieces, as brat has it: the pieces of one line of `.ann` are one span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from onrecord.errors import UsageError
from onrecord.export.spans import Marked, marked
from onrecord.model import Act, Attribution, EvidenceType, Extraction, Modality, Span
from onrecord.voices import nesting

TYPES = {
    "source": "Source",
    "content": "Content",
    "distance": "Distance",
    "evidence": "Evidence",
    "addressee": "Addressee",
    "venue": "Venue",
    "content_when": "When",
}
"""Our roles besides the cue, and what they are called there."""
CUE, NO_CUE, WHOLE = "Cue", "NoCue", "WholeSpan"
_ROLES = {name: role for role, name in TYPES.items()}
_BREAKS = frozenset("\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_BREAK = re.compile(f"[{''.join(sorted(_BREAKS))}]+")
"""What would end a line, or a field, of `.ann` for one reader or another."""
_ARGUMENT = re.compile(r"(\w+?)\d*:([TE]\d+)")


def config() -> str:
    """`annotation.conf`: the types that brat must know to show what is written here."""

    def choice(name: str, on: str, values: tuple[str, ...]) -> str:
        return f"{name} Arg:{on}, Value:{'|'.join(values)}"

    spans = "\n".join([*TYPES.values()])
    many = ", ".join([f"{name}*:{name}" for name in TYPES.values()])
    return (
        f"[entities]\n{spans}\n\n[relations]\nWithin Arg1:{CUE}|{NO_CUE}, Arg2:{CUE}|{NO_CUE}\n\n"
        f"[events]\n{CUE} {many}\n{NO_CUE} {many}\n\n[attributes]\n"
        + choice("Act", "<EVENT>", Act.__args__)  # type: ignore[attr-defined]
        + "\n"
        + choice("Modality", "<EVENT>", Modality.__args__)  # type: ignore[attr-defined]
        + "\n"
        + choice("Kind", "<EVENT>", ("direct", "indirect", "mixed"))
        + "\n"
        + choice("EvidenceType", "Evidence", EvidenceType.__args__)  # type: ignore[attr-defined]
        + "\n"
    )


def ann(extraction: Extraction) -> Iterator[str]:
    """The lines of `.ann`; `.txt` is the report's text as it is."""
    lines = _Lines(extraction.report.text)
    triggers: dict[str, str] = {}
    for number, attribution in enumerate(extraction.attributions, 1):
        triggers[attribution.id] = lines.next("T")
        yield from lines.event(attribution, f"E{number}", triggers[attribution.id])
    for inner, outer in nesting(extraction.attributions).items():
        if outer in triggers:
            yield f"{lines.next('R')}\tWithin Arg1:{triggers[inner]} Arg2:{triggers[outer]}"


class _Lines:
    """Writes lines and numbers them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last = dict.fromkeys("TAR#", 0)

    def event(self, attribution: Attribution, name: str, trigger: str) -> Iterator[str]:
        """The lines of one attribution."""
        kind, at = (CUE, attribution.cue) if attribution.cue else (NO_CUE, attribution.content[0])
        yield self._span(trigger, kind, at)
        arguments: list[str] = []
        more = self._edges(trigger, at)
        seen: dict[str, int] = {}
        for mark in marked(attribution):
            if mark.role == "cue":
                continue
            made, label = self.next("T"), TYPES[mark.role]
            seen[label] = seen.get(label, 0) + 1
            arguments.append(f"{label}{seen[label] if seen[label] > 1 else ''}:{made}")
            yield self._span(made, label, mark.span)
            more += self._edges(made, mark.span)
            if mark.more and mark.role == "evidence":
                more.append(f"{self.next('A')}\tEvidenceType {made} {mark.more}")
            elif mark.more:
                more.append(f"{self.next('#')}\tAnnotatorNotes {made}\t{mark.more}")
        yield " ".join([f"{name}\t{kind}:{trigger}", *arguments])
        yield from more
        meaning = attribution.meaning
        values = {"Act": meaning.act, "Modality": meaning.modality, "Kind": attribution.kind}
        yield from (f"{self.next('A')}\t{label} {name} {value}" for label, value in values.items() if value)
        yield f"{self.next('#')}\tAnnotatorNotes {name}\t{attribution.id}"

    def _edges(self, name: str, span: Span) -> list[str]:
        """A span that begins or ends with a line end, which no annotation can: a note says where it is."""
        if {self._text[span.start], self._text[span.end - 1]} & _BREAKS:
            return [f"{self.next('#')}\t{WHOLE} {name}\t{span.start} {span.end}"]
        return []

    def next(self, letter: str) -> str:
        """A name of that sort which none has yet."""
        self._last[letter] += 1
        return f"{letter}{self._last[letter]}"

    def _span(self, name: str, label: str, span: Span) -> str:
        parts = list(_pieces(span, self._text))
        places = ";".join(f"{p.start} {p.end}" for p in parts)
        return f"{name}\t{label} {places}\t{' '.join(p.of(self._text) for p in parts)}"


def _pieces(span: Span, text: str) -> Iterator[Span]:
    at = span.start
    for found in _BREAK.finditer(text, span.start, span.end):
        if found.start() > at:
            yield Span(at, found.start())
        at = found.end()
    if at < span.end:
        yield Span(at, span.end)


def read(text: str) -> dict[str, tuple[Marked, ...]]:
    """The spans of each attribution, by its id (or by the event, `E1`, where nobody noted one).

    Raises UsageError, naming the line that is not understood.
    """
    spans: dict[str, tuple[str, Span]] = {}
    events: dict[str, list[str]] = {}
    more: dict[str, str] = {}
    for number, row in enumerate(text.split("\n"), 1):
        try:
            _take(row, spans, events, more)
        except (ValueError, LookupError) as why:
            raise UsageError("that line is not brat standoff.", which=f"line {number}: {row[:80]}") from why
    return {more.get(name, name): tuple(_marks(ids, spans, more)) for name, ids in events.items()}


def _take(
    row: str, spans: dict[str, tuple[str, Span]], events: dict[str, list[str]], more: dict[str, str]
) -> None:  # fmt: skip
    if not row.strip():
        return
    name, rest = row.split("\t", 1)
    if name[0] == "T":
        label, _, places = rest.split("\t", 1)[0].partition(" ")
        ends = [tuple(map(int, place.split(" "))) for place in places.split(";")]
        spans[name] = (label, Span(ends[0][0], ends[-1][1]))
    elif name[0] == "E":
        events[name] = [found for _, found in _ARGUMENT.findall(rest)]
    elif name[0] == "A":
        label, of, *value = rest.split(" ")
        if label == "EvidenceType":
            more[of] = value[0]
    elif name[0] == "#":
        about, note = rest.split("\t", 1)
        label, of = about.split(" ")
        if label == WHOLE:
            start, end = map(int, note.split(" "))
            spans[of] = (spans[of][0], Span(start, end))
        else:
            more[of] = note


def _marks(ids: list[str], spans: Mapping[str, tuple[str, Span]], more: Mapping[str, str]) -> Iterator[Marked]:
    for name in ids:
        if name in spans:
            label, span = spans[name]
            if label == CUE:
                yield Marked("cue", span)
            elif label in _ROLES:
                yield Marked(_ROLES[label], span, more.get(name))
