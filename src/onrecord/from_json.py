"""Values made again from the JSON that their `to_dict()` gave: what a client needs to answer as the record does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from onrecord.claims import Claim, Compared, Comparison, History, Line, News, Noticed, Opposed, Step
from onrecord.link import Altered, Changes, Notice
from onrecord.model import Attribution, Entity, Evidence, Found, Meaning, Report, Run, SetAside, Span, When
from onrecord.results import Result, Version
from onrecord.standing import Change
from onrecord.store import ClaimRow, CopyGroup, Head, Judgement, Position, Reading, Reply, RunRow, Withdrawal

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
Json = Mapping[str, Any]
ELSEWHERE = Run("unknown", "as the desk has it")
"""The run of a report whose JSON does not tell it."""


def value(of: type[T], told: Json) -> T:
    """A dataclass whose JSON has its fields by name, checked."""
    adapter: TypeAdapter[T] = _adapter(cast(Any, of))
    return adapter.validate_python(told)


@cache
def _adapter(of: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(of)


def judgement(told: Json) -> Judgement:
    """A judgement; its id follows from the rest."""
    return value(Judgement, {name: each for name, each in told.items() if name != "id"} | {"at": _moment(told["at"])})


def withdrawal(told: Json) -> Withdrawal:
    """A person's withdrawal, as the export of judgements has it."""
    return Withdrawal(told["judgement_id"], "person", told["by"], datetime.fromisoformat(told["at"]), told["reason"])


def reading(told: Json) -> Reading:
    """One time a report was met."""
    return value(Reading, {**told, "captured": _moment(told["captured"]), "read": _moment(told["read"])})


def run_row(told: Json) -> RunRow:
    """An engine that worked on a record."""
    run = Run(told["engine"], told["version"], told["settings"])
    return RunRow(run, told["reports"], _moment(told["first"]), _moment(told["last"]))


def copy_group(told: Json) -> CopyGroup:
    """Reports that reprint one text."""
    return CopyGroup(
        told["id"],
        tuple(value(Head, each) for each in told["reports"]),
        tuple(told["credited"]),
        tuple(map(judgement, told["judgements"])),
    )


@dataclass(frozen=True, slots=True)
class ToldClaim(Claim):
    """A claim whose trail is asked for when it is wanted."""

    steps: Callable[[str], list[Step]] = lambda _: []

    def trail(self) -> list[Step]:
        """From the claim over judgements and attributions to reports and raw bytes."""
        return self.steps(self.id)


def claim(told: Json, readings: Callable[[str], list[Reading]], steps: Callable[[str], list[Step]]) -> Claim:
    """A claim; how it stands, on any day, follows from its positions."""
    rivals = tuple((each["id"], each["wording"]) for each in told["contradicts"])
    positions = tuple(value(Position, each) for each in told["positions"])
    row = ClaimRow(told["id"], told["wording"], told["named"], positions, tuple(name for name, _ in rivals))
    noticed = (Noticed(value(Head, each["report"]), each["kind"], each["text"]) for each in told["notices"])
    replies = tuple(value(Reply, {name: v for name, v in each.items() if name != "id"}) for each in told["replies"])
    return ToldClaim(row, rivals, tuple(noticed), readings, replies, steps)


def step(told: Json) -> Step:
    """One line of a trail."""
    return Step(
        value(Position, told["position"]),
        tuple(map(judgement, told["judgements"])),
        tuple(map(reading, told["readings"])),
    )


def history(told: Json) -> History:
    """What a voice has said over time."""
    lines = tuple(
        Line(each["day"], value(Position, each["position"]), each["claim"], each["wording"]) for each in told["lines"]
    )
    by_id = {line.position.said.id: line for line in lines}
    return History(
        told["name"],
        lines,
        tuple(value(Change, {"name": told["name"], **each}) for each in told["shifts"]),
        tuple((by_id[one], by_id[other]) for one, other in told["contradictions"]),
        tuple(
            Opposed(o["claim"], o["wording"], o["stance"], tuple((x["name"], x["stance"]) for x in o["others"]))
            for o in told["opposed"]
        ),
    )


def comparison(told: Json) -> Comparison:
    """Two side by side; its JSON must hold the positions."""
    held = {p.said.id: p for p in (value(Position, each) for each in told["positions"])}

    def side(each: Json, name: str) -> tuple[Position, ...]:
        return tuple(held[p["attribution"]] for p in each[name])

    claims = (Compared(c["claim"], c["wording"], side(c, "one"), side(c, "other")) for c in told["claims"])
    return Comparison(told["between"], told["one"], told["other"], tuple(claims))


def news(told: Json) -> News:
    """What is new on a claim."""
    changes = tuple(value(Change, each) for each in told["changes"])
    return News(told["claim"], told["wording"], changes, told["disputed_since"])


def versions(told: Sequence[Json], result: Callable[[str], Result]) -> list[Version]:
    """Versions of an article; `result` gives the report of an id."""
    found: list[Version] = []
    before: dict[str, Attribution] = {}
    for each in told:
        now = result(each["report"]["id"])
        after = {a.id: a for a in now.attributions}
        said = tuple(Notice(n["kind"], Span(n["start"], n["end"])) for n in each["notices"])
        found.append(Version(value(Head, each["report"]), now, _changes(each["changes"], before, after), said))
        before = after
    return found


def _changes(told: Json | None, before: Mapping[str, Attribution], after: Mapping[str, Attribution]) -> Changes | None:
    if told is None:
        return None
    return Changes(
        tuple(after[name] for name in told["appeared"]),
        tuple(before[name] for name in told["vanished"]),
        tuple(
            Altered(before[a["before"]], after[a["after"]], tuple(a["fields"]), tuple((x, y) for x, y in a["numbers"]))
            for a in told["altered"]
        ),
        told["kept"],
    )


def result(told: Json) -> Result:
    """A report with its attributions from the JSON of a report (docs/json.md)."""
    fields, found = told["report"], told["report"]["found"]

    def one(name: str) -> Found | None:
        return Found(fields[name], found[name]["where"], found[name]["inferred"]) if name in found else None

    byline = (
        Found(name, found[f"byline[{k}]"]["where"], found[f"byline[{k}]"]["inferred"])
        for k, name in enumerate(fields["byline"])
    )
    report = Report(
        text=fields["text"],
        raw_sha256=fields["raw_sha256"],
        origin=fields["origin"],
        url=one("url"),
        publisher=one("publisher"),
        headline=one("headline"),
        byline=tuple(byline),
        published=one("published"),
        captured=_moment(fields["captured"]),
        delivered_by=fields["delivered_by"],
        language=one("language"),
        flags=tuple(fields["flags"]),
    )
    return Result(
        report,
        tuple(_attribution(each, fields["id"]) for each in told["attributions"]),
        ELSEWHERE,
        tuple(value(SetAside, each) for each in told["set_aside"]),
        tuple(_entity(each, fields["id"]) for each in told["entities"]),
    )


def _attribution(told: Json, report_id: str) -> Attribution:
    meaning = Meaning(
        act=told["act"],
        modality=told["modality"],
        entity=told["entity"],
        candidates=tuple((c["entity"], c["score"]) for c in told["candidates"]),
        distance=_spans(told["distance"]),
        evidence=tuple(Evidence(_span(e), e["type"]) for e in told["evidence"]),
        within=told["within"],
        about=told["about"],
        addressee=_one(told["addressee"]),
        venue=_one(told["venue"]),
        said_on=told["said_on"],
        content_when=tuple(When(_span(w), w["value"]) for w in told["content_when"]),
        scores=tuple(told["scores"].items()),
    )
    return Attribution(
        report_id,
        _one(told["source"]),
        _one(told["cue"]),
        _spans(told["content"]),
        told["kind"],
        told["score"],
        meaning,
    )


def _entity(told: Json, report_id: str) -> Entity:
    made = Entity(report_id, told["name"], told["kind"], _spans(told["mentions"]), told["role"], told["of"])
    return replace(made, score=told["score"])


def _one(told: Json | None) -> Span | None:
    return _span(told) if told else None


def _spans(told: Sequence[Json]) -> tuple[Span, ...]:
    return tuple(map(_span, told))


def _span(told: Json) -> Span:
    return Span(told["start"], told["end"])


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
