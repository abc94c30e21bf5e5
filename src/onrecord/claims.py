"""A claim to ask: how it stands and stood, and the way from each line back to the characters; what a voice has said
over time; what two publishers, people or days have in common and apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from onrecord.link import Notice
from onrecord.model import EvidenceType
from onrecord.standing import Change, Standing, day, key_of, name_of, standing
from onrecord.store.claim_rows import ClaimRow, Position, Stance
from onrecord.store.redress_rows import Reply
from onrecord.store.rows import Head, Judgement, Reading

Between = Literal["publishers", "voices", "days"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a trail: a position, what joins it to the claim and by whom, and from which bytes its report was
    read."""

    position: Position
    judgements: tuple[Judgement, ...]
    readings: tuple[Reading, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return {
            "position": self.position.to_dict(),
            "judgements": [j.to_dict() for j in self.judgements],
            "readings": [r.to_dict() for r in self.readings],
        }


@dataclass(frozen=True, slots=True)
class Noticed:
    """A report, or a later version of it, that says of itself that it was corrected or withdrawn."""

    head: Head
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The proposition behind a set of attributions, and who is on record on it.

    `wording` is the content that stands for it, in a report's own words, or the name a person gave it. `contradicts`
    are claims, by id and wording, that cannot hold together with it. `replies` are what people concerned say to it, or
    to a report that has it; they count for nothing in how it stands.
    """

    row: ClaimRow
    contradicts: tuple[tuple[str, str], ...]
    noticed: tuple[Noticed, ...]
    _readings: Callable[[str], list[Reading]]
    replies: tuple[Reply, ...] = ()

    @property
    def id(self) -> str:
        """The least of its attributions' ids; any other of them leads here as well."""
        return self.row.id

    @property
    def wording(self) -> str:
        """What is claimed."""
        return self.row.wording

    @property
    def positions(self) -> tuple[Position, ...]:
        """All attributions on it with their stances, by day of publication."""
        return self.row.positions

    def standing(self, as_of: str | None = None) -> Standing:
        """How it stands, or stood on a day (`2026-05-03`): who affirms, denies, doubts, declines. Never a verdict."""
        return standing(self.row, as_of)

    def trail(self) -> list[Step]:
        """From the claim over judgements and attributions to reports and raw bytes."""
        joins: dict[str, list[Judgement]] = {}
        for j in self.row.judgements:
            for name in {j.a, j.b}:
                joins.setdefault(name, []).append(j)
        return [
            Step(p, tuple(joins.get(p.said.id, ())), tuple(self._readings(p.said.report.id))) for p in self.positions
        ]

    def at_odds(self) -> list[tuple[Position, Position]]:
        """Reports whose headline takes another side than their body, each with a position of both."""
        found = []
        for head in dict.fromkeys(p.said.report.id for p in self.positions if p.headline):
            mine = [p for p in self.positions if p.said.report.id == head]
            tops, rest = [p for p in mine if p.headline], [p for p in mine if not p.headline]
            if rest and not {p.stance for p in tops} & {p.stance for p in rest}:
                found.append((tops[0], rest[0]))
        return found

    def to_dict(self) -> dict[str, Any]:
        """The claim with its standing and every position on it."""
        return {
            "id": self.id,
            "wording": self.wording,
            "named": self.row.named,
            "standing": self.standing().to_dict(),
            "contradicts": [{"id": name, "wording": wording} for name, wording in self.contradicts],
            "notices": [{"report": n.head.to_dict(), "kind": n.kind, "text": n.text} for n in self.noticed],
            "positions": [p.to_dict() for p in self.positions],
            "replies": [reply.to_dict() for reply in self.replies],
        }


class Asked(TypedDict, total=False):
    """Which claims: every one given must hold.

    disputed: somebody affirms and somebody denies it. unconfirmed: no two independent voices affirm it. single_source:
    one voice alone is on record on it. unnamed_only: nobody with a name affirms it. denied_by: words of the name of one
    who denies it. evidence: somebody cites evidence of that type. since: something on it was published that day or
    later. many: more than one attribution bears on it.
    """

    disputed: bool
    unconfirmed: bool
    single_source: bool
    unnamed_only: bool
    denied_by: str
    evidence: EvidenceType | None
    since: str | None
    many: bool


def fits(row: ClaimRow, asked: Asked) -> bool:
    """Whether a claim is of those asked for."""
    stances = {p.stance for p in row.positions}
    if (
        (asked.get("disputed") and not {"affirms", "denies"} <= stances)
        or (asked.get("many") and len(row.positions) < 2)
        or (asked.get("single_source") and len({key_of(p) for p in row.positions}) > 1)
        or (asked.get("denied_by") and not _denied_by(row, asked["denied_by"]))
        or (asked.get("evidence") and not any(asked["evidence"] in p.said.evidence_types for p in row.positions))
        or (asked.get("since") and not any((day(p) or "") >= str(asked["since"]) for p in row.positions))
    ):
        return False
    if not (asked.get("unconfirmed") or asked.get("unnamed_only")):
        return True
    now = standing(row)
    affirming = now.side("affirms")
    return not (
        (asked.get("unconfirmed") and (now.confirmed or not affirming))
        or (asked.get("unnamed_only") and (not affirming or affirming.voices))
    )


def _denied_by(row: ClaimRow, words: str) -> bool:
    wanted = words.lower().split()
    return any(p.stance == "denies" and all(w in name_of(p).lower() for w in wanted) for p in row.positions)


@dataclass(frozen=True, slots=True)
class Line:
    """What a voice said on a day, and the claim it bears on with its stance, where it bears on one."""

    day: str | None
    position: Position
    claim: str
    wording: str

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return {"day": self.day, "claim": self.claim, "wording": self.wording, "position": self.position.to_dict()}


@dataclass(frozen=True, slots=True)
class Opposed:
    """A claim on which a voice takes a side and others the other: its stance, and theirs by name."""

    claim: str
    wording: str
    mine: Stance
    others: tuple[tuple[str, Stance], ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        others = [{"name": name, "stance": stance} for name, stance in self.others]
        return {"claim": self.claim, "wording": self.wording, "stance": self.mine, "others": others}


@dataclass(frozen=True, slots=True)
class History:
    """What a voice has said over time: line by line; where it took another stance to a claim than before; pairs of its
    positions that cannot both hold; and who takes the other side of its claims."""

    name: str
    lines: tuple[Line, ...]
    shifts: tuple[Change, ...]
    contradictions: tuple[tuple[Line, Line], ...]
    opposed: tuple[Opposed, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return {
            "name": self.name,
            "lines": [line.to_dict() for line in self.lines],
            "shifts": [
                {"day": c.day, "stance": c.stance, "before": c.before, "attribution": c.attribution}
                for c in self.shifts
            ],
            "contradictions": [[a.position.said.id, b.position.said.id] for a, b in self.contradictions],
            "opposed": [each.to_dict() for each in self.opposed],
        }


def history(name: str, rows: Sequence[ClaimRow], mine: Callable[[Position], bool]) -> History:
    """What one voice said on these claims; `mine` tells its positions."""
    lines = [Line(day(p), p, row.id, row.wording) for row in rows for p in row.positions if mine(p)]
    lines.sort(key=lambda line: (line.day is None, line.day or "", line.position.said.id))
    shifts = [change for row in rows for change in standing(_only(row, mine)).changes if change.before is not None]
    in_order = tuple(sorted(shifts, key=lambda c: c.day))
    return History(name, tuple(lines), in_order, tuple(_clashes(lines, rows)), tuple(_opposed(rows, mine)))


def _opposed(rows: Sequence[ClaimRow], mine: Callable[[Position], bool]) -> Iterator[Opposed]:
    """Claims that the voice affirms and somebody else denies or doubts, or the other way round."""
    for row in rows:
        own = {p.stance for p in row.positions if mine(p)}
        for stance in ("affirms", "denies"):
            against = ("denies", "doubts") if stance == "affirms" else ("affirms",)
            others = dict.fromkeys((name_of(p), p.stance) for p in row.positions if p.stance in against and not mine(p))
            if stance in own and others:
                yield Opposed(row.id, row.wording, stance, tuple(others))


def _only(row: ClaimRow, mine: Callable[[Position], bool]) -> ClaimRow:
    held = tuple(p for p in row.positions if mine(p))
    return ClaimRow(row.id, row.wording, row.named, held)


def _clashes(lines: Sequence[Line], rows: Sequence[ClaimRow]) -> Iterator[tuple[Line, Line]]:
    """Both sides of one claim, or two claims that contradict each other, each affirmed."""
    rivals = {(row.id, other) for row in rows for other in row.contradicts}
    for k, one in enumerate(lines):
        for other in lines[k + 1 :]:
            stances = {one.position.stance, other.position.stance}
            rival = (one.claim, other.claim) in rivals and stances == {"affirms"}
            if rival or (one.claim == other.claim and stances == {"affirms", "denies"}):
                yield one, other


@dataclass(frozen=True, slots=True)
class Compared:
    """One claim in a comparison: the stances of the one and of the other, and the positions."""

    claim: str
    wording: str
    one: tuple[Position, ...]
    other: tuple[Position, ...]

    @property
    def differ(self) -> bool:
        """Whether both are on record, and not with the same stances: one denies it where the other does not, say."""
        stances = [{p.stance for p in each} for each in (self.one, self.other)]
        return bool(stances[0] and stances[1] and stances[0] != stances[1])

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; positions as ids and stances."""
        return {
            "claim": self.claim,
            "wording": self.wording,
            "differ": self.differ,
            "one": [{"attribution": p.said.id, "stance": p.stance} for p in self.one],
            "other": [{"attribution": p.said.id, "stance": p.stance} for p in self.other],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two publishers, voices or days side by side, claim by claim: those on which they differ first, then those that
    both speak of, then those that one alone does."""

    between: Between
    one: str
    other: str
    claims: tuple[Compared, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return {
            "between": self.between,
            "one": self.one,
            "other": self.other,
            "claims": [c.to_dict() for c in self.claims],
        }


def comparison(
    between: Between,
    names: tuple[str, str],
    rows: Iterable[ClaimRow],
    belongs: tuple[Callable[[Position], bool], Callable[[Position], bool]],
) -> Comparison:
    """Claims side by side; `belongs` tells which positions are of the one and of the other."""
    found = []
    for row in rows:
        one, other = (tuple(p for p in row.positions if of(p)) for of in belongs)
        if (one or other) and (between != "days" or one != other):
            found.append(Compared(row.id, row.wording, one, other))
    found.sort(key=lambda c: (not c.differ, not (c.one and c.other), -len(c.one) - len(c.other), c.claim))
    return Comparison(between, *names, tuple(found))


@dataclass(frozen=True, slots=True)
class News:
    """What is new on a claim since a day: voices that came, voices that changed sides; whether it is disputed since
    then."""

    claim: str
    wording: str
    changes: tuple[Change, ...]
    disputed_since: bool

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        changes = [
            {"day": c.day, "name": c.name, "stance": c.stance, "before": c.before, "attribution": c.attribution}
            for c in self.changes
        ]
        return {
            "claim": self.claim,
            "wording": self.wording,
            "disputed_since": self.disputed_since,
            "changes": changes,
        }


def news(row: ClaimRow, since: str, before: str) -> News:
    """What is new on a claim since a day; `before` is the day before it."""
    now = standing(row)
    changes = tuple(c for c in now.changes if c.day >= since)
    return News(row.id, row.wording, changes, now.disputed and not standing(row, before).disputed)


def noticed(head: Head, notices: Iterable[Notice], text: str) -> Iterator[Noticed]:
    """Corrections and retractions of a report in its own words."""
    for notice in notices:
        if notice.kind != "update":
            yield Noticed(head, notice.kind, notice.span.of(text))
