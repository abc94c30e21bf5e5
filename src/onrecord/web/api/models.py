"""What the API answers and takes, as its schema has it: the same shapes as `to_dict()` of the Python API.

Where `to_dict()` gives the fields of a dataclass as they are, that class stands for itself (`Said`, `Head` …).
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from onrecord.claims import Between
from onrecord.model import Act, EntityKind, EvidenceType, Kind, Modality, SetAside, Stage
from onrecord.standing import Change, Cited
from onrecord.store import Head, Hit, Identity, Position, Quote, Quoted, RoleRow, Said, Source, Status
from onrecord.store.claim_rows import Stance
from onrecord.store.rows import By, Relation

__all__ = ["Head", "Hit", "Identity", "Position", "Quoted", "RoleRow", "Said", "Source", "Status"]

T = TypeVar("T")
Moment = Annotated[str, Field(description="A moment, ISO 8601, UTC.", examples=["2026-05-03T10:15:00+00:00"])]
Day = Annotated[str, Field(description="A day, 2026-05-03.")]


class Listed(BaseModel, Generic[T]):
    """Some answers, and the cursor of the next page; null: these were the last."""

    items: list[T]
    cursor: str | None


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    where: str = Field(description="query, path, header or body")
    field: str
    message: str


class Problem(BaseModel):
    """Problem details, RFC 9457. `type` leads to the kind of problem on the reference page."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str = Field(description="By which the request stands in the desk's log; also in `X-Request-ID`.")
    errors: list[FieldProblem] | None = Field(None, description="Fields that are missing or out of bounds.")


class FoundAt(BaseModel):
    """Where a field of a report was found, and whether it was worked out rather than stated."""

    where: str
    inferred: bool


class ReportFields(BaseModel):
    """A report as it states itself."""

    id: str
    url: str | None
    publisher: str | None
    headline: str | None
    byline: list[str]
    published: str | None
    captured: str | None
    language: str | None
    text: str = Field(description="What every offset points into, in code points.")
    raw_sha256: str
    origin: str
    delivered_by: str | None
    found: dict[str, FoundAt]
    flags: list[str]


class EvidenceSpan(BaseModel):
    """What a content is said to rest on."""

    start: int
    end: int
    text: str
    type: EvidenceType


class WhenSpan(BaseModel):
    """A time in a content; `value` in EDTF."""

    start: int
    end: int
    text: str
    value: str | None


class Candidate(BaseModel):
    """Who a source may be."""

    entity: str
    name: str
    score: float


class ReportAttribution(BaseModel):
    """One attribution of a report; null or empty: not worked out, or there is none."""

    id: str
    source: Quote | None
    cue: Quote | None
    content: list[Quote]
    kind: Kind
    source_name: str | None
    source_kind: EntityKind | None
    entity: str | None
    candidates: list[Candidate]
    act: Act | None
    modality: Modality | None
    distance: list[Quote]
    evidence: list[EvidenceSpan]
    within: str | None
    about: str | None
    addressee: Quote | None
    venue: Quote | None
    said_on: str | None
    content_when: list[WhenSpan]
    score: float
    scores: dict[str, float]


class ReportEntity(BaseModel):
    """Whom or what mentions in one report lead to."""

    id: str
    name: str
    kind: EntityKind
    role: str | None
    of: str | None
    mentions: list[Quote]
    score: float


class ReportJson(BaseModel):
    """The JSON of a report, docs/json.md."""

    schema_version: int
    report: ReportFields
    attributions: list[ReportAttribution]
    entities: list[ReportEntity]
    set_aside: list[SetAside]


class ReadingJson(BaseModel):
    """One time a report was met: from where, which bytes, when."""

    id: str
    report_id: str
    raw_sha256: str
    origin: str
    captured: str | None
    delivered_by: str | None
    read: Moment


class NoticeJson(BaseModel):
    """Where a report says that it was corrected, withdrawn or updated."""

    kind: Literal["correction", "retraction", "update"]
    start: int
    end: int
    text: str


class AlteredJson(BaseModel):
    """An attribution of the version before and what became of it: ids, which fields and numbers differ."""

    before: str
    after: str
    fields: list[str]
    numbers: list[list[str]]


class ChangesJson(BaseModel):
    """From one version to the next: attributions by id."""

    appeared: list[str]
    vanished: list[str]
    altered: list[AlteredJson]
    kept: int


class VersionJson(BaseModel):
    """One version of an article; `changes` since the one before, null of the first."""

    report: Head
    notices: list[NoticeJson]
    changes: ChangesJson | None


class JudgementJson(BaseModel):
    """Who judged what of which two rows, when, and why."""

    id: str
    a: str
    b: str
    relation: Relation
    by_kind: By
    by: str
    at: Moment
    score: float | None
    reason: str | None


class CopyGroupJson(BaseModel):
    """Reports that reprint one text, the earliest first, and the agencies that they credit."""

    id: str
    credited: list[str]
    reports: list[Head]
    judgements: list[JudgementJson]


class SpokenJson(BaseModel):
    """One voice on one side of a claim."""

    name: str
    entity: str | None
    named: bool
    own: bool
    texts: int
    reports: int
    publishers: list[str]
    first: str | None
    last: str | None
    word_of: list[str]
    attributions: list[str]


class SideJson(BaseModel):
    """Everybody with one stance."""

    stance: Stance
    texts: int
    reports: int
    publishers: list[str]
    first: str | None
    last: str | None
    voices: list[SpokenJson]
    unnamed: list[SpokenJson]


class StandingJson(BaseModel):
    """How a claim stands, or stood on a day. Never a verdict: `confirmed` means that two independent voices say so."""

    as_of: str | None
    disputed: bool
    confirmed: bool
    independent: list[str]
    needed: str
    undated: int
    sides: list[SideJson]
    evidence: list[Cited]
    changes: list[Change]


class ClaimName(BaseModel):
    """A claim by id and wording."""

    id: str
    wording: str


class NoticedJson(BaseModel):
    """A report on a claim that says that it was corrected or withdrawn."""

    report: Head
    kind: str
    text: str


class ReplyJson(BaseModel):
    """What somebody concerned says to a report or a claim, kept beside it."""

    id: str
    target: str
    name: str
    text: str
    by: str
    at: Moment


class ClaimJson(BaseModel):
    """A claim with its standing and every position on it."""

    id: str
    wording: str
    named: bool
    standing: StandingJson
    contradicts: list[ClaimName]
    notices: list[NoticedJson]
    positions: list[Position]
    replies: list[ReplyJson]


class StepJson(BaseModel):
    """One line of a trail: a position, what joins it to the claim, from which bytes its report was read."""

    position: Position
    judgements: list[JudgementJson]
    readings: list[ReadingJson]


class LineJson(BaseModel):
    """What a voice said on a day, and the claim that it bears on."""

    day: str | None
    claim: str
    wording: str
    position: Position


class ShiftJson(BaseModel):
    """A day on which a voice took another stance to a claim than before."""

    day: Day
    stance: Stance
    before: Stance | None
    attribution: str


class OtherSide(BaseModel):
    """Somebody on the other side."""

    name: str
    stance: Stance


class OpposedJson(BaseModel):
    """A claim on which a voice takes a side and others the other."""

    claim: str
    wording: str
    stance: Stance
    others: list[OtherSide]


class HistoryJson(BaseModel):
    """What a voice has said over time."""

    name: str
    lines: list[LineJson]
    shifts: list[ShiftJson]
    contradictions: list[tuple[str, str]]
    opposed: list[OpposedJson]


class Held(BaseModel):
    """A position in a comparison."""

    attribution: str
    stance: Stance


class ComparedJson(BaseModel):
    """One claim in a comparison."""

    claim: str
    wording: str
    differ: bool
    one: list[Held]
    other: list[Held]


class ComparisonJson(BaseModel):
    """Two side by side, claim by claim. `positions`: those named in it, where they were asked for."""

    between: Between
    one: str
    other: str
    claims: list[ComparedJson]
    positions: list[Position] | None = None


class NewsJson(BaseModel):
    """What is new on a claim since a day."""

    claim: str
    wording: str
    disputed_since: bool
    changes: list[Change]


class PublisherJson(BaseModel):
    """A publisher, and how many of its reports are on record."""

    publisher: str
    reports: int


class RunJson(BaseModel):
    """An engine that worked on the record."""

    id: str
    engine: str
    version: str
    settings: dict[str, Any]
    reports: int
    first: Moment | None
    last: Moment | None


class FailureJson(BaseModel):
    """An input that could not be read, and whether a later read succeeded."""

    origin: str
    stage: Stage
    reason: str
    advice: str | None
    at: Moment
    resolved: Moment | None


class StanceJson(BaseModel):
    """How an attribution stands to the claim that it bears on, and how many bear on that."""

    attribution: str
    claim: str
    stance: Stance
    attributions: int


class WithdrawalJson(BaseModel):
    """A judgement that was taken back."""

    judgement_id: str
    by: str
    at: Moment
    reason: str | None
