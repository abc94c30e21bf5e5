"""The vocabulary: what a report is, what an attribution is, as frozen values. Pure; imports nothing of ours but errors.

Offsets are Unicode code points into `Report.text`, 0-based, end excluded, everywhere: here, in the JSON, in the store.
Ids come from content and carry the algorithm's name: `KIND-sha256-HEX`, the first 32 hex digits of the SHA-256 of the
canonical JSON (UTF-8, sorted keys, no blanks) of what the row says. Reading twice therefore names the same rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

SCHEMA_VERSION = 1
"""Version of the JSON of a report (docs/json.md); grows only."""

Kind = Literal["direct", "indirect", "mixed"]
Form = Literal["html", "text"]
Stage = Literal["read", "clean", "extract", "record"]
K = TypeVar("K", str, int)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start … end` of one report's text: code points, 0-based, end excluded, never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: {self.start}…{self.end}")

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Found:
    """A value together with where it was found.

    `where` names the place: `jsonld:headline`, `og:title`, `html:h1`, `text:first line`, `user`, `row:title`,
    `address`, `htmldate`, `py3langid` … `inferred` is true where it was worked out rather than stated.
    """

    value: str
    where: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What came with the bytes, not in them: columns of a table row, headers of a response, options of the user."""

    id: str | None = None
    url: Found | None = None
    title: Found | None = None
    publisher: Found | None = None
    published: Found | None = None
    byline: tuple[Found, ...] = ()
    encoding: Found | None = None


@dataclass(frozen=True, slots=True)
class RawReport:
    """Bytes in, and where they came from.

    `data` is what was read, unaltered (of a table row the UTF-8 of its text or html cell; of a WARC record: payload).
    `origin` names the place for people: `reports/a.html`, `feed.jsonl#12`, `crawl.warc.gz@1048576`, `https://…`.
    `delivered_by` is what we ourselves know of the source (the host fetched from); what a page says of itself is apart.
    """

    data: bytes
    form: Form
    origin: str
    captured: datetime | None = None
    delivered_by: str | None = None
    given: Given = field(default_factory=Given)

    @property
    def sha256(self) -> str:
        """Name of the raw bytes: 64 hex digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Failure:
    """One input that could not be read or processed: what, which, what to do. Never dropped in silence."""

    origin: str
    stage: Stage
    reason: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A part that was not recorded, and why.

    `start`/`end` are in the report's text, where the part stands there (furniture in a plain text);
    `raw_start`/`raw_end` are byte offsets in the raw page, where it never entered the text (hidden text, navigation).
    `reason` is a short fixed phrase (`furniture: comment form`, `hidden: display none`, `language: de`), `detail` free.
    """

    stage: Stage
    reason: str
    start: int | None = None
    end: int | None = None
    raw_start: int | None = None
    raw_end: int | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """One piece of the way back to the raw page: `text[start:end]` was made from `raw[raw_start:raw_end]`.

    Where `exact`, the raw bytes decode to exactly these characters, one by one; otherwise (a character reference like
    `&amp;`, several blanks set as one) the piece stands for the whole.
    """

    start: int
    end: int
    raw_start: int
    raw_end: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Report:
    """One version of one published article, as we keep it. `text` is immutable: every offset points into it.

    `headline_span` and `set_aside` parts lie in `text`. `flags` are short phrases about the whole
    (`partial: parser limit`, `encoding: guessed windows-1252`). `encoding` is the one the raw bytes were decoded with.
    """

    text: str
    raw_sha256: str
    origin: str
    url: Found | None = None
    publisher: Found | None = None
    headline: Found | None = None
    headline_span: Span | None = None
    byline: tuple[Found, ...] = ()
    published: Found | None = None
    captured: datetime | None = None
    delivered_by: str | None = None
    language: Found | None = None
    encoding: str = "utf-8"
    origins: tuple[Origin, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Named by address, publisher, date, headline, byline and text: a changed article is another report."""
        return content_id(
            "report",
            [
                _value(self.url),
                _value(self.publisher),
                _value(self.published),
                _value(self.headline),
                [b.value for b in self.byline],
                self.text,
            ],
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an engine proposes; nothing is recorded before `extract` has checked every span. `score` is 0 … 1.

    `doubt` is why the engine itself would not have it recorded; it is set aside with that reason.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    score: float
    doubt: str | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Source and cue where there are, and the contents."""
        return _spans(self.source, self.cue, self.content)


@dataclass(frozen=True, slots=True)
class Attribution:
    """In this report, this source is said to hold this content. Source and cue may be missing; content has 1…n."""

    report_id: str
    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    kind: Kind
    score: float

    @property
    def spans(self) -> tuple[Span, ...]:
        """Source and cue where there are, and the contents."""
        return _spans(self.source, self.cue, self.content)

    @property
    def id(self) -> str:
        """Named by the report and the spans, whatever their order and whichever engine found them."""
        return content_id(
            "attribution", [self.report_id, _pair(self.source), _pair(self.cue), sorted(map(_pair, self.content))]
        )


@dataclass(frozen=True, slots=True)
class Run:
    """An engine at work: name, version (of code and weights), settings. Named by what it is, not by when it ran."""

    engine: str
    version: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same engine, version and settings are one run, however often it is started."""
        return content_id("run", [self.engine, self.version, dict(self.settings)])


@dataclass(frozen=True, slots=True)
class Extraction:
    """A report with what was extracted from it, by which run, and what was set aside on the way."""

    report: Report
    attributions: tuple[Attribution, ...]
    run: Run
    set_aside: tuple[SetAside, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON of a report (docs/json.md)."""
        return report_json(self.report, self.attributions, self.report.set_aside + self.set_aside)


def _spans(source: Span | None, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(s for s in (source, cue, *content) if s)


def content_id(kind: str, what: Sequence[Any]) -> str:
    """`KIND-sha256-` and the first 32 hex digits of the SHA-256 of the canonical JSON of `what`."""
    return f"{kind}-sha256-{hashlib.sha256(canonical_json([kind, *what])).hexdigest()[:32]}"


def canonical_json(what: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks: equal values give equal bytes."""
    return json.dumps(what, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def span_json(span: Span, text: str) -> dict[str, Any]:
    """`{"start", "end", "text"}`, so that a reader can check the offsets without our code."""
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def report_json(report: Report, attributions: Iterable[Attribution], set_aside: Iterable[SetAside]) -> dict[str, Any]:
    """The JSON of a report; the same shape from the command, the Python API and the store."""
    said = tuple(attributions)
    outer = nesting(said)
    return {
        "schema_version": SCHEMA_VERSION,
        "report": {
            "id": report.id,
            "url": _value(report.url),
            "publisher": _value(report.publisher),
            "headline": _value(report.headline),
            "byline": [b.value for b in report.byline],
            "published": _value(report.published),
            "captured": report.captured.isoformat() if report.captured else None,
            "language": _value(report.language),
            "text": report.text,
            "raw_sha256": report.raw_sha256,
            "origin": report.origin,
            "delivered_by": report.delivered_by,
            "found": {name: _found(value) for name, value in _found_fields(report)},
            "flags": list(report.flags),
        },
        "attributions": [attribution_json(a, report.text, outer.get(a.id)) for a in said],
        "entities": [],
        "set_aside": [set_aside_json(part) for part in set_aside],
    }


def nesting(attributions: Sequence[Attribution]) -> dict[str, str]:
    """For each attribution that stands as a whole within another's content: its id, and that of the innermost other."""
    return enclosing([(a.id, a.spans, a.content) for a in attributions])


def enclosing(attributions: Sequence[tuple[K, Sequence[Span], Sequence[Span]]]) -> dict[K, K]:
    """The same for attributions given as name, all spans, and those of the content."""
    waiting = sorted(((c, name) for name, _, content in attributions for c in content), reverse=True)
    wholes = [(Span(min(s.start for s in spans), max(s.end for s in spans)), name) for name, spans, _ in attributions]
    here: list[tuple[Span, K]] = []
    found: dict[K, K] = {}
    for whole, name in sorted(wholes):
        while waiting and waiting[-1][0].start <= whole.start:
            here.append(waiting.pop())
        here = [(c, other) for c, other in here if c.end > whole.start]
        around = [(c.end - c.start, other) for c, other in here if c.end >= whole.end and other != name]
        if around:
            found[name] = min(around)[1]
    return found


def chains(outer_of: Mapping[K, K]) -> dict[K, tuple[K, ...]]:
    """For each that stands within another: that one, the one around it, and so on; innermost first."""
    found: dict[K, tuple[K, ...]] = {}
    for name, outer in outer_of.items():
        chain = [name, outer]
        while (around := outer_of.get(chain[-1])) is not None and around not in chain:
            chain.append(around)
        found[name] = tuple(chain[1:])
    return found


def attribution_json(a: Attribution, text: str, within: str | None = None) -> dict[str, Any]:
    """One attribution, and in whose content it is; what no engine has worked out is null or empty, never guessed."""
    return {
        "id": a.id,
        "source": span_json(a.source, text) if a.source else None,
        "cue": span_json(a.cue, text) if a.cue else None,
        "content": [span_json(c, text) for c in a.content],
        "kind": a.kind,
        "source_name": None,
        "source_kind": None,
        "entity": None,
        "act": None,
        "modality": None,
        "distance": [],
        "evidence": [],
        "within": within,
        "about": None,
        "addressee": None,
        "venue": None,
        "said_on": None,
        "content_when": [],
        "score": round(a.score, 4),
    }


def set_aside_json(part: SetAside) -> dict[str, Any]:
    """Stage and reason always; places where there are any."""
    return {
        "stage": part.stage,
        "reason": part.reason,
        "start": part.start,
        "end": part.end,
        "raw_start": part.raw_start,
        "raw_end": part.raw_end,
        "detail": part.detail,
    }


def _found_fields(report: Report) -> list[tuple[str, Found]]:
    fields = [
        ("url", report.url),
        ("publisher", report.publisher),
        ("headline", report.headline),
        ("published", report.published),
        ("language", report.language),
        *((f"byline[{k}]", b) for k, b in enumerate(report.byline)),
    ]
    return [(name, found) for name, found in fields if found is not None]


def _found(found: Found) -> dict[str, Any]:
    return {"where": found.where, "inferred": found.inferred}


def _value(found: Found | None) -> str | None:
    return found.value if found else None


def _pair(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None
