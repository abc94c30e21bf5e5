"""Decisions of people on single attributions: derived from the log, so that one on what the newest run has no more
holds for what it has in its place.

`reviewed`: of each attribution the judgements on it alone that are in force, its own and those of one that stood in its
place (contents that share half of their joint characters). `unsure`: what the newest run of each
report found, by score; `unled`: of these those whose source leads to nobody, though somebody may be meant, by how
likely; `doubted`: what engines judged of two rows, by score; `by_people`: who judged what. The log's
rows are found by these; they are never changed.
"""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text

from onrecord.store import judged
from onrecord.store.review_rows import SPANS, Review, Spans, act_of, modality_of
from onrecord.store.rows import Judgement

KEPT = 0.5
"""Share of their joint characters (Jaccard) that the contents of two runs' attributions must have in common for a
person's word on the one to hold for the other."""
DECIDING = ("right", "wrong", "spans", "act", "modality")
"""Relations that decide on one attribution."""
ALONE = (*DECIDING, "skipped")

MAKE = (
    """CREATE TABLE reviewed (attribution_seq INTEGER NOT NULL, judgement TEXT NOT NULL, report_seq INTEGER NOT NULL,
    PRIMARY KEY (attribution_seq, judgement)) WITHOUT ROWID""",
    "CREATE INDEX reviewed_report ON reviewed (report_seq)",
    """CREATE TABLE unsure (attribution_seq INTEGER PRIMARY KEY, score REAL NOT NULL, report_seq INTEGER NOT NULL)""",
    "CREATE INDEX unsure_score ON unsure (score)",
    "CREATE INDEX unsure_report ON unsure (report_seq)",
    "CREATE TABLE doubted (judgement_seq INTEGER PRIMARY KEY, sort TEXT NOT NULL, score REAL NOT NULL)",
    "CREATE INDEX doubted_score ON doubted (sort, score)",
    "CREATE TABLE by_people (judgement_seq INTEGER PRIMARY KEY, by TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL)",
    "CREATE INDEX by_people_rows ON by_people (a, b)",
    "CREATE INDEX by_people_by ON by_people (by)",
    "CREATE TABLE unled (attribution_seq INTEGER PRIMARY KEY, sure REAL NOT NULL, report_seq INTEGER NOT NULL)",
    "CREATE INDEX unled_sure ON unled (sure)",
    "CREATE INDEX unled_report ON unled (report_seq)",
)
TABLES = ("reviewed", "unsure", "unled", "doubted", "by_people")

_UNSURE = """INSERT INTO unsure SELECT a.seq, s.score, a.report_seq FROM (SELECT b.report_seq, max(x.run_seq) AS run_seq
        FROM attributions b JOIN sightings x ON x.attribution_seq = b.seq WHERE {where} GROUP BY b.report_seq) newest
    JOIN attributions a ON a.report_seq = newest.report_seq
    JOIN sightings s ON s.attribution_seq = a.seq AND s.run_seq = newest.run_seq"""
_UNLED = """INSERT INTO unled SELECT u.attribution_seq, max(json_extract(e.value, '$[1]')), u.report_seq
    FROM unsure u JOIN voices v ON v.attribution_seq = u.attribution_seq AND v.kind = 'unknown'
    JOIN meanings m ON m.attribution_seq = u.attribution_seq
        AND m.run_seq = (SELECT max(s.run_seq) FROM sightings s WHERE s.attribution_seq = u.attribution_seq)
    JOIN json_each(m.data, '$.candidates') e WHERE {where} GROUP BY u.attribution_seq"""
_CONTENTS = """SELECT c.attribution_seq AS seq, a.id, c.start, c.end FROM contents c
    JOIN attributions a ON a.seq = c.attribution_seq WHERE a.report_seq = :report"""
_ON_ONE = f"""SELECT DISTINCT a.report_seq FROM judgements j JOIN attributions a ON a.id = j.a OR a.id = j.b
    WHERE j.relation IN ({", ".join(repr(r) for r in ALONE)})"""


def fill(connection: Connection) -> None:
    """Make everything here anew, into empty tables."""
    connection.exec_driver_sql(_UNSURE.format(where="TRUE"))
    connection.exec_driver_sql(_UNLED.format(where="TRUE"))
    connection.exec_driver_sql(judged.DOUBTED.format(where="TRUE"))
    connection.exec_driver_sql(judged.BY_PEOPLE.format(where="TRUE"))
    for report_seq in connection.exec_driver_sql(_ON_ONE).scalars().all():
        ids = connection.execute(text("SELECT id FROM attributions WHERE report_seq = :r"), {"r": report_seq})
        _review(connection, report_seq, judged.touching(connection, set(ids.scalars())))


def refresh(connection: Connection, report_seq: int, touching: Iterable[Judgement]) -> None:
    """Follow what is new of one report; `touching`: the judgements in force on its attributions."""
    for name in ("unsure", "unled", "reviewed"):
        connection.exec_driver_sql(f"DELETE FROM {name} WHERE report_seq = ?", (report_seq,))
    connection.exec_driver_sql(_UNSURE.format(where="b.report_seq = ?"), (report_seq,))
    connection.exec_driver_sql(_UNLED.format(where="u.report_seq = ?"), (report_seq,))
    _review(connection, report_seq, touching)


def _review(connection: Connection, report_seq: int, touching: Iterable[Judgement]) -> None:
    decisions = [j for j in touching if j.by_kind == "person" and of_one(j)]
    if not decisions:
        return
    characters: dict[int, set[int]] = {}
    seqs: dict[str, int] = {}
    for row in connection.execute(text(_CONTENTS), {"report": report_seq}):
        characters.setdefault(row.seq, set()).update(range(row.start, row.end))
        seqs[row.id] = row.seq
    now = text("SELECT attribution_seq FROM unsure WHERE report_seq = :report")
    here = set(connection.execute(now, {"report": report_seq}).scalars())
    rows = set()
    for j in decisions:
        seq = seqs[_attribution(j)]
        rows |= {(seq, j.id), (_in_place(seq, here, characters), j.id)}
    values = [{"seq": seq, "id": id_, "report": report_seq} for seq, id_ in sorted(rows)]
    connection.execute(text("INSERT INTO reviewed VALUES (:seq, :id, :report)"), values)


def _in_place(seq: int, here: Collection[int], characters: dict[int, set[int]]) -> int:
    """What the newest run has in the place of an attribution: itself, or the one most like it, if it is like enough."""
    if seq in here:
        return seq

    def share(other: int) -> float:
        both = characters[seq] | characters[other]
        return len(characters[seq] & characters[other]) / len(both)

    best = max(sorted(here), key=share, default=seq)
    return best if best != seq and share(best) >= KEPT else seq


def of_one(judgement: Judgement) -> bool:
    """Whether it is on one attribution alone."""
    sorts = {row.split("-", 1)[0] for row in (judgement.a, judgement.b)}
    return judgement.relation in ALONE and "attribution" in sorts and len(sorts) > 1


def _attribution(judgement: Judgement) -> str:
    return next(row for row in (judgement.a, judgement.b) if row.startswith("attribution-"))


def _value(judgement: Judgement) -> str:
    return next(row for row in (judgement.a, judgement.b) if not row.startswith("attribution-"))


def decisions(connection: Connection, seqs: Sequence[int]) -> dict[int, list[Judgement]]:
    """What people decided of these attributions alone and is in force, the last one last; skipping is none."""
    found: dict[int, list[Judgement]] = {}
    for part in _parts(seqs):
        marks = ",".join(f":p{k}" for k in range(len(part)))
        relations = ", ".join(repr(r) for r in DECIDING)
        sql = f"""SELECT v.attribution_seq, j.* FROM reviewed v JOIN judgements j ON j.id = v.judgement
            WHERE v.attribution_seq IN ({marks}) AND j.relation IN ({relations}) ORDER BY j.at, j.seq"""
        for row in connection.execute(text(sql), {f"p{k}": seq for k, seq in enumerate(part)}):
            found.setdefault(row.attribution_seq, []).append(judged.judgement_of(row))
    return found


def rejected(connection: Connection, seqs: Sequence[int]) -> set[int]:
    """Those of these attributions that a person's last word rejects."""
    if connection.execute(text("SELECT 1 FROM reviewed LIMIT 1")).first() is None:
        return set()
    return {seq for seq, made in decisions(connection, seqs).items() if made[-1].relation == "wrong"}


def review_of(made: Sequence[Judgement]) -> Review:
    """What decisions on one attribution, the last one last, come to."""
    last = made[-1]
    spans, act, modality = None, None, None
    for j in made:
        if j.relation == "spans":
            spans = Spans.read(_value(j).removeprefix(SPANS))
        elif j.relation == "act":
            act = act_of(_value(j))
        elif j.relation == "modality":
            modality = modality_of(_value(j))
    verdict = "wrong" if last.relation == "wrong" else "right"
    return Review(verdict, last.by, last.at.isoformat(), last.reason, last.id, spans, act, modality)  # type: ignore[arg-type]


def _parts(rows: Sequence[Any], size: int = 500) -> Iterator[list[Any]]:
    for k in range(0, len(rows), size):
        yield list(rows[k : k + size])
