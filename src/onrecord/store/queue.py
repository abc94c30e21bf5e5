"""What waits for a person's decision, and what people decided of one item: queries on what `reviews` derives.

Candidates are the least sure of each kind, `CANDIDATES` at most, and of attributions also those on the largest disputed
claims; so that asking costs the same in a record of any size.
"""
# ruff: noqa: S608 - the SQL is put together from names written here; what people type goes in as parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import Connection, text

from onrecord.errors import Conflict, NotFound
from onrecord.store import derived, judged, read, reviews
from onrecord.store.packing import from_json
from onrecord.store.queue_rows import SOURCE, ItemKind, Member, Waiting
from onrecord.store.rows import Judgement, Withdrawal

CANDIDATES = 1000
"""The least sure of a kind that are looked at."""
DISPUTED = 40
"""Disputed claims, the largest, whose every attribution waits."""
SAMPLE = 4
"""Quotations that show who a member of an entity is."""
_IN_FORCE = """NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.target = {0}.id
    AND NOT EXISTS (SELECT 1 FROM withdrawals v WHERE v.target = w.id))"""
_ON_ONE = """SELECT k.by FROM reviewed v JOIN judgements k ON k.id = v.judgement WHERE v.attribution_seq = {0}
    AND (k.relation <> 'skipped' OR k.by = :by AND k.b = 'skipped:attribution')"""
_ON_PAIR = f"""SELECT h.by FROM by_people h JOIN judgements k ON k.seq = h.judgement_seq WHERE h.a = j.a AND h.b = j.b
    AND (k.relation <> 'skipped' OR k.by = :by) AND {_IN_FORCE.format("k")}"""
_ON_SOURCE = f"""SELECT h.by FROM by_people h JOIN judgements k ON k.seq = h.judgement_seq WHERE h.a = a.id AND
    (k.relation = 'speaker' OR k.by = :by AND k.b = 'skipped:source') AND {_IN_FORCE.format("k")}"""
"""Who decided an item; of those who passed it over, the person asked for alone."""
_OTHERS = "(SELECT json_group_array(DISTINCT by) FROM ({0})) AS others"
_MINE = ":by IN ({0})"

_SAID = f"""SELECT a.id AS item, a.id AS a, NULL AS b, u.score AS sure, z.attributions AS bearing, z.disputed,
        (SELECT count(*) FROM clusters m WHERE m.cluster = (SELECT c.cluster FROM clusters c WHERE c.member = r.id))
        AS copies, {_OTHERS.format(_ON_ONE.format("a.seq"))}
    FROM (SELECT attribution_seq, score FROM (SELECT * FROM unsure o WHERE NOT
            {_MINE.format(_ON_ONE.format("o.attribution_seq"))} ORDER BY score LIMIT {CANDIDATES})
        UNION SELECT * FROM (SELECT o.attribution_seq, o.score FROM (SELECT claim FROM claim_sizes WHERE disputed
            ORDER BY attributions DESC, last DESC LIMIT {DISPUTED}) d JOIN positions p ON p.claim = d.claim
        JOIN unsure o ON o.attribution_seq = p.attribution_seq
        WHERE NOT {_MINE.format(_ON_ONE.format("o.attribution_seq"))} LIMIT {CANDIDATES})) u
    JOIN attributions a ON a.seq = u.attribution_seq JOIN reports r ON r.seq = a.report_seq
    LEFT JOIN positions p ON p.attribution_seq = a.seq LEFT JOIN claim_sizes z ON z.claim = p.claim"""
_OF_LOG = """FROM doubted d JOIN judgements j ON j.seq = d.judgement_seq"""
_LEFT = f"{_IN_FORCE.format('j')} AND NOT {_MINE.format(_ON_PAIR)} ORDER BY d.score LIMIT {CANDIDATES}"
_LINKS = f"""SELECT j.id AS item, j.a, j.b, d.score AS sure, CASE j.relation WHEN 'contradicts' THEN z.attributions
        + y.attributions ELSE max(z.attributions, y.attributions) END AS bearing,
        max(z.disputed, y.disputed) AS disputed, 1 AS copies, {_OTHERS.format(_ON_PAIR)} {_OF_LOG}
    JOIN attributions a ON a.id = j.a JOIN positions p ON p.attribution_seq = a.seq
    JOIN claim_sizes z ON z.claim = p.claim
    JOIN attributions b ON b.id = j.b JOIN positions q ON q.attribution_seq = b.seq
    JOIN claim_sizes y ON y.claim = q.claim WHERE d.sort = 'link' AND {_LEFT}"""
_ENTITIES = f"""SELECT j.id AS item, j.a, j.b, d.score AS sure, (SELECT k.attributions FROM entity_counts k
        WHERE k.entity = coalesce((SELECT c.cluster FROM clusters c WHERE c.member = j.a), j.a)) AS bearing,
        0 AS disputed, 1 AS copies, {_OTHERS.format(_ON_PAIR)} {_OF_LOG}
    WHERE d.sort = 'entity' AND {_LEFT}"""
_OPEN = f"""SELECT '{SOURCE}' || a.id AS item, a.id AS a, NULL AS b, z.attributions AS bearing, z.disputed, 1 AS copies,
        u.sure, {_OTHERS.format(_ON_SOURCE)}
    FROM unled u JOIN attributions a ON a.seq = u.attribution_seq
    LEFT JOIN positions p ON p.attribution_seq = a.seq LEFT JOIN claim_sizes z ON z.claim = p.claim
    WHERE NOT {_MINE.format(_ON_SOURCE)} ORDER BY u.sure LIMIT {CANDIDATES}"""
_ASKED: dict[ItemKind, str] = {"attribution": _SAID, "link": _LINKS, "entity": _ENTITIES, "source": _OPEN}
_BY = """SELECT j.* FROM by_people b JOIN judgements j ON j.seq = b.judgement_seq
    WHERE b.by = :by ORDER BY b.judgement_seq DESC"""


def waiting(connection: Connection, by: str, kinds: Collection[ItemKind]) -> list[Waiting]:
    """What waits for this person, what needs it most first; without what they decided or passed over."""
    found = [each for kind in kinds for each in _waiting(connection, by, kind)]
    return sorted(found, key=lambda w: (-w.need, w.item))


def _waiting(connection: Connection, by: str, kind: ItemKind) -> Iterator[Waiting]:
    for row in connection.execute(text(_ASKED[kind]), {"by": by}):
        others = () if row.others == "[]" else tuple(sorted(set(from_json(row.others)) - {by}))
        bearing, copies = row.bearing or 1, max(1, row.copies)
        yield Waiting(row.item, kind, row.a, row.b, row.sure, bearing, bool(row.disputed), copies, others)


def judgement(connection: Connection, judgement_id: str) -> Judgement:
    """One judgement by its full id. Raises NotFound."""
    row = connection.execute(text("SELECT * FROM judgements WHERE id = :id"), {"id": judgement_id}).first()
    if row is None:
        raise NotFound("there is no such judgement.", which=judgement_id, advice="`onrecord judge log` lists them.")
    return judged.judgement_of(row)


def decided(connection: Connection, kind: ItemKind, a: str, b: str | None) -> list[Judgement]:
    """What people decided of an item and is in force, the last one last."""
    if kind == "attribution":
        seq = connection.execute(text("SELECT seq FROM attributions WHERE id = :id"), {"id": a}).scalar()
        return reviews.decisions(connection, [seq]).get(seq, []) if seq is not None else []
    found = [j for j in judged.touching(connection, [a]) if j.by_kind == "person" and j.relation != "skipped"]
    if kind == "source":
        found = [j for j in found if j.relation == "speaker"]
    else:
        found = [j for j in found if {j.a, j.b} == {a, b}]
    return sorted(found, key=lambda j: (j.at, j.id))


def decide(
    connection: Connection,
    made: Sequence[Judgement],
    item: tuple[ItemKind, str, str | None] | None,
    seen: str | None,
) -> list[str]:
    """Append judgements of one person, unless another has decided the item since `seen`. Raises Conflict."""
    if item is not None:
        last = next(iter(reversed(decided(connection, *item))), None)
        if last is not None and last.id != seen and last.by != made[0].by:
            raise Conflict(
                f"{last.by} has decided this since you saw it.", which=item[1], advice="Keep theirs, or yours."
            )
    ids = [judged.judge(connection, each) for each in made]
    derived.judged(connection, {row for each in made for row in (each.a, each.b)}, {each.relation for each in made})
    return ids


def last_of(connection: Connection, by: str) -> list[Judgement]:
    """What a person decided last and is in force: one judgement, or those made at one moment together."""
    gone = judged.gone(connection)
    found: list[Judgement] = []
    for row in connection.execute(text(_BY), {"by": by}):
        if row.id in gone:
            continue
        each = judged.judgement_of(row)
        if found and each.at != found[0].at:
            break
        found.append(each)
    return found


def withdraw(connection: Connection, withdrawals: Iterable[Withdrawal]) -> None:
    """Take judgements back, all or nothing."""
    rows: set[str] = set()
    for each in withdrawals:
        judged.withdraw(connection, each)
        rows |= judged.rows_of(connection, each.judgement_id)
    derived.judged(connection, rows)


def count(connection: Connection, by: str, since: str) -> int:
    """Items that a person decided since a moment (ISO 8601), and that count."""
    gone = judged.gone(connection)
    moments = set()
    for row in connection.execute(text(_BY), {"by": by}):
        if row.at < since:
            break
        if row.id not in gone and row.relation != "skipped":
            moments.add(row.at)
    return len(moments)


def by_several(connection: Connection) -> list[tuple[str, Judgement]]:
    """Decisions in force on items that two or more people decided, with the item: its rows."""
    gone = judged.gone(connection)
    on_one = """SELECT a.id AS said, j.* FROM reviewed v JOIN attributions a ON a.seq = v.attribution_seq
        JOIN unsure u ON u.attribution_seq = v.attribution_seq JOIN judgements j ON j.id = v.judgement
        WHERE j.relation <> 'skipped'"""
    found = [(row.said, judged.judgement_of(row)) for row in connection.execute(text(on_one))]
    everybody = "SELECT j.* FROM by_people p JOIN judgements j ON j.seq = p.judgement_seq"
    for row in connection.execute(text(everybody)):
        if row.id not in gone and row.relation in ("same", "different", "opposes", "contradicts", "speaker", "stance"):
            low, high = sorted((row.a, row.b))
            found.append((low if row.relation in ("speaker", "stance") else f"{low} {high}", judged.judgement_of(row)))
    return found


def member(connection: Connection, entity: str) -> Member:
    """An entity of one report, with some of what it says there. Raises NotFound."""
    sql = """SELECT e.data, e.report_seq FROM entities e WHERE e.id = :id ORDER BY e.run_seq DESC LIMIT 1"""
    row = connection.execute(text(sql), {"id": entity}).first()
    if row is None:
        raise NotFound("there is no such entity.", which=entity, advice="Name one by its id.")
    said = f"SELECT attribution_seq FROM voices WHERE member = :id ORDER BY 1 LIMIT {SAMPLE}"
    seqs = list(connection.execute(text(said), {"id": entity}).scalars())
    if not seqs:  # the newest run finds the same one by another mention
        here = f"""SELECT v.attribution_seq FROM voices v JOIN clusters c ON c.member = v.member WHERE v.report_seq = :r
            AND c.cluster = (SELECT cluster FROM clusters WHERE member = :id) ORDER BY 1 LIMIT {SAMPLE}"""
        seqs = list(connection.execute(text(here), {"id": entity, "r": row.report_seq}).scalars())
    held = from_json(row.data)
    head = read.heads(connection, [row.report_seq])[row.report_seq]
    return Member(
        entity, held["name"], held["kind"], held["role"], held["of"], head, tuple(read.saids(connection, seqs))
    )


def candidates(connection: Connection, attribution: str) -> list[tuple[str, str, float]]:
    """Who may speak in an attribution, as its newest run has it: entity, name, how likely, the likeliest first."""
    sql = """SELECT m.data, a.report_seq, m.run_seq FROM attributions a JOIN meanings m ON m.attribution_seq = a.seq
        WHERE a.id = :id ORDER BY m.run_seq DESC LIMIT 1"""
    row = connection.execute(text(sql), {"id": attribution}).first()
    if row is None:
        return []
    names = "SELECT id, data FROM entities WHERE report_seq = :report AND run_seq = :run"
    held = connection.execute(text(names), {"report": row.report_seq, "run": row.run_seq})
    name_of = {each.id: from_json(each.data)["name"] for each in held}
    found = [(who, name_of[who], score) for who, score in from_json(row.data)["candidates"] if who in name_of]
    return sorted(found, key=lambda each: -each[2])


def in_report(connection: Connection, report_id: str) -> dict[str, list[Judgement]]:
    """What people decided of the attributions of a report, by id, the last decision last."""
    sql = "SELECT a.seq, a.id FROM attributions a JOIN reports r ON r.seq = a.report_seq WHERE r.id = :id"
    ids: dict[int, str] = {row.seq: row.id for row in connection.execute(text(sql), {"id": report_id})}
    return {ids[seq]: made for seq, made in reviews.decisions(connection, list(ids)).items()}


def reviewed_reports(connection: Connection) -> list[str]:
    """Reports in which a person decided of an attribution, in order of recording."""
    sql = "SELECT id FROM reports WHERE seq IN (SELECT report_seq FROM reviewed) ORDER BY seq"
    return list(connection.execute(text(sql)).scalars())
