"""How attributions stand to claims: derived from what they state and from judgements in force.

Of the statements of the newest run of each report. The claim of an attribution is its cluster (`identities`), or itself
where no other shares it. Which side of the claim it takes follows from "same" and "opposes" (`clusters.sides`); which
side is the claim's own, from who holds a content that is not negated and who denies one; a person's word on a stance
stands above.
"""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from onrecord.clusters import JOINING, sides
from onrecord.store import judged, reviews
from onrecord.store.rows import Judgement

_PART = 500

MAKE = (
    """CREATE TABLE positions (attribution_seq INTEGER PRIMARY KEY, claim TEXT NOT NULL, stance TEXT NOT NULL,
    own INTEGER NOT NULL)""",
    "CREATE INDEX positions_claim ON positions (claim)",
    """CREATE TABLE claim_sizes (claim TEXT PRIMARY KEY, attributions INTEGER NOT NULL, last INTEGER NOT NULL,
    wording_seq INTEGER NOT NULL, named TEXT, disputed INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX claim_sizes_most ON claim_sizes (attributions DESC, last DESC)",
    "CREATE INDEX claim_sizes_new ON claim_sizes (last DESC)",
    "CREATE INDEX claim_sizes_disputed ON claim_sizes (attributions DESC, last DESC) WHERE disputed",
)
TABLES = ("positions", "claim_sizes")

_STATED = """SELECT s.attribution_seq AS seq, a.id, s.bearing, s.flags FROM statements s
    JOIN attributions a ON a.seq = s.attribution_seq"""


_JUDGED = """SELECT a.seq, a.id, EXISTS (SELECT 1 FROM statements s WHERE s.attribution_seq = a.seq) AS current
    FROM attributions a WHERE a.report_seq = :report
        AND (EXISTS (SELECT 1 FROM judgements j WHERE j.a = a.id AND j.by_kind = 'person')
            OR EXISTS (SELECT 1 FROM judgements j WHERE j.b = a.id AND j.by_kind = 'person'))"""
_SPANS = """SELECT c.attribution_seq AS seq, a.id, c.start, c.end FROM contents c
    JOIN attributions a ON a.seq = c.attribution_seq WHERE a.report_seq = :report"""


def keep_judged(connection: Connection, report_seq: int) -> set[str]:
    """Let a person's word on an attribution that the newest run has no more hold for the one that it has in its place.

    Both ids are alike from then on. Returns them.
    """
    gone = [row for row in connection.execute(text(_JUDGED), {"report": report_seq}) if not row.current]
    if not gone:
        return set()
    characters: dict[int, set[int]] = {}
    ids: dict[int, str] = {}
    for row in connection.execute(text(_SPANS), {"report": report_seq}):
        characters.setdefault(row.seq, set()).update(range(row.start, row.end))
        ids[row.seq] = row.id
    here = set(connection.execute(text(f"{_STATED} WHERE s.report_seq = :report"), {"report": report_seq}).scalars())
    kept: set[str] = set()
    for row in gone:
        shares = {seq: _share(characters.get(row.seq, set()), characters.get(seq, set())) for seq in here}
        best = max(sorted(here), key=lambda seq: shares[seq], default=None)
        if best is not None and shares[best] >= reviews.KEPT:
            a, b = sorted((row.id, ids[best]))
            values = {"a": a, "b": b, "report": report_seq}
            connection.execute(text("INSERT OR IGNORE INTO alike VALUES (:a, :b, :report)"), values)
            kept |= {a, b}
    return kept


def _share(one: set[int], other: set[int]) -> float:
    """Jaccard's."""
    return len(one & other) / len(one | other) if one | other else 0.0


def in_place_of(connection: Connection) -> dict[str, str]:
    """Of attributions that people judged and that the newest run has no more, the one that it has in its place."""
    rows = connection.execute(text("SELECT a, b FROM alike WHERE a >= 'attribution-' AND a < 'attribution.'")).all()
    held: set[str] = set()
    for part in _parts(sorted({name for row in rows for name in row})):
        marks = ",".join(f":p{k}" for k in range(len(part)))
        values = {f"p{k}": row for k, row in enumerate(part)}
        held |= {row.id for row in connection.execute(text(f"{_STATED} WHERE a.id IN ({marks})"), values)}
    both = [pair for row in rows for pair in ((row.a, row.b), (row.b, row.a))]
    return {old: new for old, new in both if old not in held and new in held}


@dataclass(frozen=True, slots=True)
class _Member:
    """An attribution of a claim: what deriving its stance takes."""

    seq: int
    id: str
    bearing: str
    flags: frozenset[str]


def fill(connection: Connection, judgements: Iterable[Judgement]) -> None:
    """Derive all positions. `clusters` must be made."""
    rows = connection.execute(text(_STATED)).all()
    members = [_Member(row.seq, row.id, row.bearing, frozenset(row.flags.split())) for row in rows]
    found = connection.execute(text("SELECT member, cluster FROM clusters WHERE member LIKE 'attribution-%'"))
    _put(connection, members, {row.member: row.cluster for row in found}, list(judgements))


def follow(connection: Connection, rows: Collection[str], judgements: Sequence[Judgement]) -> None:
    """Derive the positions of these attributions, by id, anew: whole claims, with all judgements on them in force."""
    members: list[_Member] = []
    cluster_of: dict[str, str] = {}
    for part in _parts(sorted(row for row in rows if row.startswith("attribution-"))):
        marks = ",".join(f":p{k}" for k in range(len(part)))
        values = {f"p{k}": row for k, row in enumerate(part)}
        of_part = "SELECT seq FROM attributions WHERE id IN"
        held = f"SELECT DISTINCT claim FROM positions WHERE attribution_seq IN ({of_part} ({marks}))"
        connection.execute(text(f"DELETE FROM claim_sizes WHERE claim IN ({held})"), values)
        connection.execute(text(f"DELETE FROM positions WHERE attribution_seq IN ({of_part} ({marks}))"), values)
        for row in connection.execute(text(f"{_STATED} WHERE a.id IN ({marks})"), values):
            members.append(_Member(row.seq, row.id, row.bearing, frozenset(row.flags.split())))
        found = connection.execute(text(f"SELECT member, cluster FROM clusters WHERE member IN ({marks})"), values)
        cluster_of |= {row.member: row.cluster for row in found}
    _put(connection, members, cluster_of, judgements)


def _put(
    connection: Connection, members: Sequence[_Member], cluster_of: Mapping[str, str], judgements: Sequence[Judgement]
) -> None:
    other_side = sides((j for j in judgements if j.relation in JOINING), cluster_of)
    set_by: dict[str, str] = {}
    new_of = in_place_of(connection)
    names: dict[str, str] = {}
    for j in sorted(judgements, key=lambda j: (j.at, j.id)):
        if j.relation == judged.STANCE and j.by_kind == "person":
            attribution, stance = judged.stance_by(j)
            set_by[new_of.get(attribution, attribution)] = stance
        elif j.relation == judged.NAMED:
            row = new_of.get(min(j.a, j.b), min(j.a, j.b))
            names[cluster_of.get(row, row)] = judged.named_by(j)
    claims: dict[str, list[_Member]] = {}
    rejected = reviews.rejected(connection, [member.seq for member in members])
    for member in members:
        if set_by.get(member.id) != "none" and member.seq not in rejected:
            claims.setdefault(cluster_of.get(member.id, member.id), []).append(member)
    positions, sizes = [], []
    for claim, together in claims.items():
        together.sort(key=lambda m: m.seq)
        own_side = _own_side(together, other_side)
        stances = {m.id: set_by.get(m.id) or _stance(m, other_side.get(m.id, False) != own_side) for m in together}
        positions += [
            {"seq": m.seq, "claim": claim, "stance": stances[m.id], "own": int("own" in m.flags)} for m in together
        ]
        wording = min(together, key=lambda m: _as_wording(m, stances[m.id]))
        size = {"claim": claim, "n": len(together), "last": max(m.seq for m in together)}
        disputed = {"affirms", "denies"} <= set(stances.values())
        sizes.append(size | {"wording": wording.seq, "named": names.get(claim), "disputed": int(disputed)})
    if positions:
        connection.execute(text("INSERT INTO positions VALUES (:seq, :claim, :stance, :own)"), positions)
        columns = ":claim, :n, :last, :wording, :named, :disputed"
        connection.execute(text(f"INSERT INTO claim_sizes VALUES ({columns})"), sizes)


def _own_side(together: Sequence[_Member], other_side: Mapping[str, bool]) -> bool:
    """The side that affirms: where contents are held that are not negated, or those of the other side denied."""
    votes: Counter[bool] = Counter()
    two = len({other_side.get(m.id, False) for m in together}) > 1
    for m in together:
        side, against = other_side.get(m.id, False), m.bearing in ("denies", "doubts")
        if m.bearing != "declines":
            weak = two and bool(m.flags & {"negated", "doubtful"})  # "no ship sank" alone is a claim of its own
            votes[side != (against != weak)] += 1 if weak else 2
    least = other_side.get(together[0].id, False)
    return max((least, not least), key=lambda side: votes[side])


def _stance(member: _Member, against: bool) -> str:
    if member.bearing in ("declines", "doubts"):
        return member.bearing
    if not against:
        return "affirms"
    return "doubts" if "doubtful" in member.flags and member.bearing == "holds" else "denies"


def _as_wording(member: _Member, stance: str) -> tuple[bool, bool, bool, bool, int]:
    """What makes a content the wording of its claim: it puts it in words rather than pointing to where somebody did
    ("the denial", "all that as gossip"), states it as its own side has it, and can stand alone; the earliest."""
    points = bool(member.flags & {"bare", "answering"})
    states = (stance == "affirms" and member.bearing == "holds") or (stance == "denies" and member.bearing == "denies")
    weak = bool(member.flags & {"negated", "doubtful"})
    return points, not states, weak, "clause" not in member.flags, member.seq


def _parts(rows: Sequence[Any]) -> Iterator[list[Any]]:
    for k in range(0, len(rows), _PART):
        yield list(rows[k : k + _PART])
