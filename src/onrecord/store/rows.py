"""What the store takes and gives back besides the vocabulary of `onrecord.model`: frozen values, each with `to_dict()`.

Times are UTC. Offsets are code points into the report's text, end excluded, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypedDict, TypeVar

from onrecord.model import Act, Entity, EntityKind, EvidenceType, Kind, Modality, Stage, content_id
from onrecord.store.review_rows import Review

Result = Literal["recorded", "set aside", "known", "taken down"]
Relation = Literal[
    "same", "different", "opposes", "contradicts", "named", "speaker", "stance", "right", "wrong", "spans", "act",
    "modality", "skipped",
]  # fmt: skip
"""Two rows are one (attributions: of one claim, on one side of it), are two, are of one claim on two sides, contradict
each other; an entity or a claim has a name; who speaks in an attribution is an entity; how it stands to its claim; it
is rightly one, or not; its spans, act and modality are these; who judges passed it over for now."""
By = Literal["engine", "person"]
Field = Literal["content", "text"]
Order = Literal["best", "newest"]
Voice = Literal["named", "unnamed", "collective"]
"""Whether a source has a name, is a particular one left unnamed, or an unspecified group."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What recording one report did.

    `known`: this run had read this very report before; nothing of it was added. `set aside`: the report was recorded,
    and the run set it aside as a whole (`language: de`). `taken down`: it was taken down before, and is not recorded.
    `attributions` counts those that are new to the record.
    """

    result: Result
    report_id: str
    attributions: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters of a report together with where they stand."""

    start: int
    end: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """`{"start", "end", "text"}`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Head:
    """A report in one line: what a list of answers shows of it. `origin` is where it was first read from."""

    id: str
    headline: str | None
    publisher: str | None
    published: str | None
    url: str | None
    origin: str

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Said:
    """One attribution with its words and its report. `kind` and `score` are those of the newest run that saw it.

    `within` is the attribution in whose content it stands, `voices` the sources on whose word it comes, innermost first
    (None: nobody is named): "Kim said that his doctor had warned him" has the doctor's warning on Kim's word.
    `source_name` and `source_kind` tell whom the source leads to in its report, `entity` who that is over all reports
    and `entity_name` what that one is called there (`Identity`; None of unnamed and collective sources), `act` and what
    follows what it does by saying so, as that run worked it out; None or empty where it did not, or there is none.
    `review` is what people decided of it; spans, act and modality are theirs then, and `review.was` the run's.
    """

    id: str
    report: Head
    source: Quote | None
    cue: Quote | None
    content: tuple[Quote, ...]
    kind: Kind
    score: float
    within: str | None = None
    voices: tuple[str | None, ...] = ()
    source_name: str | None = None
    source_kind: EntityKind | None = None
    act: Act | None = None
    modality: Modality | None = None
    distance: tuple[Quote, ...] = ()
    evidence: tuple[Quote, ...] = ()
    evidence_types: tuple[EvidenceType, ...] = ()
    about: str | None = None
    said_on: str | None = None
    entity: str | None = None
    entity_name: str | None = None
    review: Review | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; the report as its head."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start … end` of a hit's `snippet` that answer the words asked for."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer to a search. `snippet` is cut from the content, or of a search in texts (`said` is None) the text."""

    report: Head
    said: Said | None
    snippet: str
    marks: tuple[Mark, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Some answers, and the `cursor` to ask on with; None when these are the last."""

    items: tuple[T_co, ...]
    cursor: str | None = None

    def __iter__(self) -> Iterator[T_co]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; every field given must hold.

    `words`, `source`, `cue` and `publisher` are plain words: each must occur, in any order and any inflection; words in
    double quotes must stand together; a word ending in `*` is a beginning. Nothing in them is an operator.
    `entity` are words of the name that a source leads to, or of another name of the same one over all reports: `Lee`
    also finds "she" and "the mayor". `act`, `modality`,
    `evidence` (a type), `voice` and `distance` are what the newest run worked out.
    `field` says where `words` are sought: in what is attributed (`content`) or in headlines and texts (`text`; then
    only `publisher` and the days apply). `since` and `until` are days of publication (`2026-05-03`), both included;
    a report without a known day of publication never fits them.
    `order`: `newest` is latest recorded first; `best` puts the best of the newest 1,000 answers first, then the best of
    the next 1,000. `limit` is 1 … 1,000.
    """

    words: str = ""
    field: Field = "content"
    source: str = ""
    cue: str = ""
    kind: Kind | None = None
    act: Act | None = None
    modality: Modality | None = None
    evidence: EvidenceType | None = None
    entity: str = ""
    voice: Voice | None = None
    distance: bool = False
    publisher: str = ""
    since: str | None = None
    until: str | None = None
    order: Order = "best"
    limit: int = 20
    cursor: str | None = None


class Filters(TypedDict, total=False):
    """The fields of `Query` besides `words`, as keyword arguments."""

    field: Field
    source: str
    cue: str
    kind: Kind | None
    act: Act | None
    modality: Modality | None
    evidence: EvidenceType | None
    entity: str
    voice: Voice | None
    distance: bool
    publisher: str
    since: str | None
    until: str | None
    order: Order
    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is written in reports (`U.S. officials`), not yet an entity.

    `first` and `last` are days of publication; None where no report with this source has one.
    """

    name: str
    attributions: int
    reports: int
    publishers: tuple[str, ...]
    first: str | None
    last: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Speakers:
    """A report by id, and those of its entities that say something in it, as its newest run has it."""

    report_id: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Unsketched:
    """A report that was not compared with others for copies yet; `number` is how the store knows it."""

    number: int
    id: str
    url: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Sketched:
    """A report that was, and how many shingles it is looked up by."""

    number: int
    id: str
    url: str | None
    text: str
    shingles: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who is quoted, over all reports: who is one with whom by judgements of engines and people.

    `id` leads there, and so does the id of any of its `members` (entities of single reports). `names` are those that
    reports use, the most frequent first; `kind` as most reports have it. Unnamed and collective sources ("officials"),
    and those that lead to nobody (`kind` None), come together by their words, though they are not one voice; they have
    no `id`. `role` and `of` are those of the
    report read last that tells them.
    """

    id: str | None
    name: str
    kind: EntityKind | None
    names: tuple[str, ...]
    attributions: int
    reports: int
    publishers: tuple[str, ...]
    first: str | None
    last: str | None
    role: str | None = None
    of: str | None = None
    members: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reading:
    """One time a report was met: from where, which bytes, when."""

    id: str
    report_id: str
    raw_sha256: str
    origin: str
    captured: datetime | None
    delivered_by: str | None
    read: datetime

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, times in ISO 8601."""
        fields = asdict(self)
        fields["captured"] = self.captured.isoformat() if self.captured else None
        fields["read"] = self.read.isoformat()
        return fields


@dataclass(frozen=True, slots=True)
class FailureRow:
    """An input that failed. `resolved` is when a later read of the same origin succeeded."""

    origin: str
    stage: Stage
    reason: str
    advice: str | None
    at: datetime
    resolved: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, times in ISO 8601."""
        fields = asdict(self)
        fields["at"] = self.at.isoformat()
        fields["resolved"] = self.resolved.isoformat() if self.resolved else None
        return fields


@dataclass(frozen=True, slots=True)
class Status:
    """The record in numbers. `set_aside` counts reports recorded without extraction; `failures` the unresolved ones."""

    location: str
    schema: str
    bytes: int
    reports: int
    readings: int
    attributions: int
    sources: int
    runs: int
    set_aside: int
    failures: int
    judgements: int

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Somebody judges that two rows of the record are the same, different, or contradict each other.

    `named`: one of the two is an entity, or an attribution of a claim, the other a name for it, `name:Thomas Price`.
    `speaker`: one is an attribution, the other the entity whose words these are. `stance`: one is an attribution, the
    other `stance:denies`, or `stance:none` where it bears on no claim. `right`, `wrong`, `spans`, `act`, `modality` and
    `skipped` have `verdict:right`, `spans:{…}` and the like in the other's place (`review_rows`). `by` names who: an
    engine's run id, or a person.
    `at` is the moment of judging. `kept`: the id, where a takedown erased words from which it followed.
    """

    a: str
    b: str
    relation: Relation
    by_kind: By
    by: str
    at: datetime
    score: float | None = None
    reason: str | None = None
    kept: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, and the id; the time in ISO 8601."""
        fields = {"id": self.id, **asdict(self), "at": self.at.isoformat()}
        del fields["kept"]
        return fields

    @property
    def id(self) -> str:
        """Named by all it says; `a` and `b` in either order are one judgement."""
        return self.kept or self.derived_id

    @property
    def derived_id(self) -> str:
        """The id that follows from what it says now."""
        first, second = sorted((self.a, self.b))
        said = [first, second, self.relation, self.by_kind, self.by, self.at.isoformat(), self.score, self.reason]
        return content_id("judgement", said)


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Reports that reprint one text: they count as one. Earliest first; those without a date of publication last.

    `id` is the least of theirs, to which any other leads. `credited`: agencies that one of them names as where the text
    comes from. `judgements`: what makes them one, and by whom.
    """

    id: str
    reports: tuple[Head, ...]
    credited: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return {
            "id": self.id,
            "credited": list(self.credited),
            "reports": [head.to_dict() for head in self.reports],
            "judgements": [judgement.to_dict() for judgement in self.judgements],
        }


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A later row by which a judgement no longer counts. Withdrawing a withdrawal restores what it withdrew."""

    judgement_id: str
    by_kind: By
    by: str
    at: datetime
    reason: str | None = None

    @property
    def id(self) -> str:
        """Named by all it says."""
        return content_id("withdrawal", [self.judgement_id, self.by_kind, self.by, self.at.isoformat(), self.reason])


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `verify` found wrong: in which table, on which row, what."""

    table: str
    row: str
    what: str

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"
