"""The vocabulary: what a report is, what an attribution is, as frozen values. Pure; imports nothing of ours but errors.

Offsets are Unicode code points into `Report.text`, 0-based, end excluded, everywhere: here, in the JSON, in the store.
Ids come from content and carry the algorithm's name: `KIND-sha256-HEX`, the first 32 hex digits of the SHA-256 of the
canonical JSON (UTF-8, sorted keys, no blanks) of what the row says. Reading twice therefore names the same rows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

_FOLLOWS = re.compile(r"utm_\w+|fbclid|gclid|igshid|mc_[ce]id|ref|ref_src|cmpid|ns_\w+|at_\w+", re.IGNORECASE)
"""Parameters of an address that follow its readers and change nothing of what is there."""

Kind = Literal["direct", "indirect", "mixed"]
Form = Literal["html", "text"]
Stage = Literal["read", "clean", "extract", "record"]
Act = Literal[
    "assert",
    "confirm",
    "deny",
    "dismiss",
    "decline",
    "accuse",
    "criticize",
    "praise",
    "request",
    "warn",
    "commit",
    "expect",
    "believe",
    "ask",
    "decide",
]
"""What a source does by what it says."""
Modality = Literal["plain", "negated", "conditional", "hypothetical"]
"""How a source holds a content."""
EvidenceType = Literal[
    "imagery",
    "recording",
    "document",
    "data",
    "eyewitness",
    "official",
    "expert",
    "media_report",
    "unnamed_source",
    "physical",
]
EntityKind = Literal["person", "organization", "country", "document", "collective", "unnamed", "author", "place"]
"""Of an entity. collective: an unspecified group ("critics"); unnamed: a particular person or body left unnamed ("a
spokesperson"); author: the report's own."""


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

    def raw_place(self, span: Span) -> tuple[int, int] | None:
        """The bytes `start … end` of the raw page that these characters were made from; None where none were."""
        places = [
            place for o in self.origins if o.start < span.end and span.start < o.end for place in self._in(o, span)
        ]
        return (min(places), max(places)) if places else None

    def _in(self, origin: Origin, span: Span) -> tuple[int, int]:
        if not origin.exact:
            return origin.raw_start, origin.raw_end

        def byte(at: int) -> int:
            return origin.raw_start + len(self.text[origin.start : at].encode(self.encoding, "replace"))

        return byte(max(span.start, origin.start)), byte(min(span.end, origin.end))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a content is said to rest on, in the report's words ("citing satellite images")."""

    span: Span
    type: EvidenceType


@dataclass(frozen=True, slots=True)
class When:
    """A time expression in a content, and which time that is: EDTF, a day or an interval of days; None: unresolved."""

    span: Span
    value: str | None


@dataclass(frozen=True, slots=True)
class Entity:
    """Whom or what mentions in one report lead to, as far as that report tells.

    `name` is the fullest name, or description, that the report gives. `mentions` are in order of the text, at least
    one. `role` and `of`: "foreign minister", "Russia". `score` is 0 … 1.
    """

    report_id: str
    name: str
    kind: EntityKind
    mentions: tuple[Span, ...]
    role: str | None = None
    of: str | None = None
    score: float = 1.0

    @property
    def id(self) -> str:
        """Named by its first mention; `entity_id` of any other mention leads to it as well."""
        return entity_id(self.report_id, self.mentions[0])


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was worked out of an attribution beyond its spans; None or empty: not worked out, or there is none.

    `entity`, `within` and `about` name an entity and attributions of the same report by id. `candidates` are entities
    that the source may be where it stayed unknown which, with how likely, likeliest first. `said_on` is EDTF.
    `scores`: name of a field and how sure, 0 … 1.
    """

    act: Act | None = None
    modality: Modality | None = None
    entity: str | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    distance: tuple[Span, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    within: str | None = None
    about: str | None = None
    addressee: Span | None = None
    venue: Span | None = None
    said_on: str | None = None
    content_when: tuple[When, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()


UNKNOWN = Meaning()
"""Nothing worked out."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an engine proposes; nothing is recorded before `extraction` has checked every span. `score` is 0 … 1.

    `doubt` is why the engine itself would not have it recorded; it is set aside with that reason. Where the engine
    works out more, `meaning` holds it, but for what names other rows: `entity` and `candidates` are indices into the
    entities, `within` and `about` into the attributions of the same `Proposed`.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    score: float
    doubt: str | None = None
    meaning: Meaning = UNKNOWN
    entity: int | None = None
    candidates: tuple[tuple[int, float], ...] = ()
    within: int | None = None
    about: int | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Source and cue where there are, and the contents."""
        return _spans(self.source, self.cue, self.content)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an engine makes of one report."""

    attributions: tuple[Proposal, ...]
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """In this report, this source is said to hold this content. Source and cue may be missing; content has 1…n.

    The spans are what the report says; `kind`, `score` and `meaning` what a run made of them.
    """

    report_id: str
    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    kind: Kind
    score: float
    meaning: Meaning = UNKNOWN

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
    entities: tuple[Entity, ...] = ()


def _spans(source: Span | None, cue: Span | None, content: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(s for s in (source, cue, *content) if s)


def content_id(kind: str, what: Sequence[Any]) -> str:
    """`KIND-sha256-` and the first 32 hex digits of the SHA-256 of the canonical JSON of `what`."""
    return f"{kind}-sha256-{hashlib.sha256(canonical_json([kind, *what])).hexdigest()[:32]}"


def entity_id(report_id: str, mention: Span) -> str:
    """The id by which a mention leads to its entity."""
    return content_id("entity", [report_id, _pair(mention)])


def address(url: str) -> str:
    """An address as versions of one article share it: without scheme, fragment, "www." and what follows readers."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # such as a bracket that never closes
        return url.strip()
    asked = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _FOLLOWS.fullmatch(k)])
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}{'?' if asked else ''}{asked}"


def canonical_json(what: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks: equal values give equal bytes."""
    return json.dumps(what, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _value(found: Found | None) -> str | None:
    return found.value if found else None


def _pair(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None
