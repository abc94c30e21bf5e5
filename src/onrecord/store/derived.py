"""What is derived from the observed rows: the word indexes and the counts by source. Dropped and made again at will.
Who is one with whom is in `identities`.

`said` indexes contents. Beside them stand source, cue, kind, publisher and day, the name that the source leads to and
what it means (`xactdenyx`), as words of their own, so that every filter of a search is answered by the index; `texts`
does the same for headlines and texts. Both hold words only: what they index stays in its table. A day is indexed as its
year, month and day (`2026 202605 20260503`).
"""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from onrecord.clusters import JOINING
from onrecord.store import identities, positions

VERSION = 6
"""Counts up when anything here changes; a record with another is rebuilt on opening."""

_TOKENS = "tokenize = 'porter unicode61 remove_diacritics 2'"
_DATED = "r.published GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
_DAY = f"CASE WHEN {_DATED} THEN substr(r.published, 1, 10) END"
_DAY_WORDS = f"""CASE WHEN {_DATED} THEN substr(r.published, 1, 4) || ' ' || substr(r.published, 1, 4)
    || substr(r.published, 6, 2) || ' ' || replace(substr(r.published, 1, 10), '-', '') END"""

_MAKE = (
    f"""CREATE VIEW said_rows AS
    SELECT a.seq, a.content, a.source, a.cue, r.publisher, {_DAY_WORDS} AS day,
        (SELECT s.kind FROM sightings s WHERE s.attribution_seq = a.seq ORDER BY s.run_seq DESC LIMIT 1) AS kind,
        v.name AS who, m.means
    FROM attributions a JOIN reports r ON r.seq = a.report_seq LEFT JOIN meanings m ON m.attribution_seq = a.seq
        AND m.run_seq = (SELECT max(s.run_seq) FROM sightings s WHERE s.attribution_seq = a.seq)
    LEFT JOIN voices v ON v.attribution_seq = a.seq AND v.kind <> 'unknown'""",
    f"CREATE VIEW text_rows AS SELECT r.seq, r.headline, r.text, r.publisher, {_DAY_WORDS} AS day FROM reports r",
    f"""CREATE VIRTUAL TABLE said USING fts5(content, source, cue, kind, publisher, day, who, means,
    content = 'said_rows', content_rowid = 'seq', {_TOKENS})""",
    f"""CREATE VIRTUAL TABLE texts USING fts5(headline, text, publisher, day,
    content = 'text_rows', content_rowid = 'seq', {_TOKENS})""",
    """CREATE TABLE source_counts (
    source TEXT NOT NULL, publisher TEXT NOT NULL, folded TEXT NOT NULL, attributions INTEGER NOT NULL,
    reports INTEGER NOT NULL, first TEXT, last TEXT, PRIMARY KEY (source, publisher)) WITHOUT ROWID""",
    """CREATE VIEW who_said_what AS
    SELECT a.source, k.who AS source_name, a.cue, a.content, k.kind, r.headline, r.publisher, r.published, r.url,
        a.id AS attribution, r.id AS report
    FROM attributions a JOIN said_rows k ON k.seq = a.seq JOIN reports r ON r.seq = a.report_seq""",
)
_DROP = (
    "DROP VIEW IF EXISTS who_said_what",
    "DROP TABLE IF EXISTS source_counts",
    "DROP TABLE IF EXISTS texts",
    "DROP TABLE IF EXISTS said",
    "DROP VIEW IF EXISTS text_rows",
    "DROP VIEW IF EXISTS said_rows",
)

_COUNTED = f"""SELECT a.source, coalesce(r.publisher, ''), fold(a.source), count(*), count(DISTINCT a.report_seq),
    min({_DAY}), max({_DAY})
    FROM attributions a JOIN reports r ON r.seq = a.report_seq WHERE a.source IS NOT NULL GROUP BY 1, 2"""

_COUNT_NEW = f"""INSERT INTO source_counts
    SELECT a.source, coalesce(r.publisher, ''), fold(a.source), count(*),
        NOT EXISTS (SELECT 1 FROM attributions o WHERE o.report_seq = r.seq AND o.seq < :first AND o.source = a.source),
        {_DAY}, {_DAY}
    FROM attributions a JOIN reports r ON r.seq = a.report_seq
    WHERE a.report_seq = :report AND a.seq >= :first AND a.source IS NOT NULL GROUP BY a.source
    ON CONFLICT (source, publisher) DO UPDATE SET
        attributions = attributions + excluded.attributions,
        reports = reports + excluded.reports,
        first = min(coalesce(first, excluded.first), coalesce(excluded.first, first)),
        last = max(coalesce(last, excluded.last), coalesce(excluded.last, last))"""

_SEQ = text("SELECT seq, report_seq FROM attributions WHERE id = :id")
_OF_CLAIMS = (*JOINING, "different", "contradicts", "stance", "named")
"""Relations that, on attributions, concern claims alone."""
_SAID = "content, source, cue, kind, publisher, day, who, means"


def is_current(connection: Connection) -> bool:
    """Whether what is derived was made by this version of it."""
    return bool(connection.exec_driver_sql("PRAGMA user_version").scalar_one() == VERSION)


def rebuild(connection: Connection) -> None:
    """Drop everything derived, and make it from the observed rows."""
    for statement in (*_DROP, *_MAKE):
        connection.exec_driver_sql(statement)
    identities.rebuild(connection)
    connection.exec_driver_sql("INSERT INTO said (said) VALUES ('rebuild')")
    connection.exec_driver_sql("INSERT INTO texts (texts) VALUES ('rebuild')")
    connection.exec_driver_sql(f"INSERT INTO source_counts {_COUNTED}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def add_report(connection: Connection, report_seq: int) -> None:
    """Index a new report's headline and text."""
    connection.exec_driver_sql(
        "INSERT INTO texts (rowid, headline, text, publisher, day) "
        "SELECT seq, headline, text, publisher, day FROM text_rows WHERE seq = ?",
        (report_seq,),
    )


def add_said(connection: Connection, report_seq: int, first: int, last: int) -> None:
    """Index and count the new attributions `first … last` (both included) of one report."""
    connection.exec_driver_sql(
        f"INSERT INTO said (rowid, {_SAID}) SELECT seq, {_SAID} FROM said_rows WHERE seq BETWEEN ? AND ?", (first, last)
    )
    connection.exec_driver_sql(_COUNT_NEW, {"report": report_seq, "first": first})


def forget_said(connection: Connection, seq: int) -> None:
    """Take one attribution out of the index, before a row changes what `said_rows` says of it."""
    connection.exec_driver_sql(
        f"INSERT INTO said (said, rowid, {_SAID}) SELECT 'delete', seq, {_SAID} FROM said_rows WHERE seq = ?", (seq,)
    )


def add_said_again(connection: Connection, seq: int) -> None:
    """Index one attribution anew, after `forget_said`."""
    connection.exec_driver_sql(
        f"INSERT INTO said (rowid, {_SAID}) SELECT seq, {_SAID} FROM said_rows WHERE seq = ?", (seq,)
    )


def judged(connection: Connection, rows: Collection[str], relations: Collection[str] = ()) -> None:
    """Follow new judgements, or withdrawals of some, on these rows, by id; `relations`: theirs, where they are known.
    Those that concern claims alone leave words and voices as they are."""
    asked = ((row, connection.execute(_SEQ, {"id": row}).first()) for row in rows if row.startswith("attribution-"))
    said = {row: found for row, found in asked if found is not None}
    if said and relations and all(relation in _OF_CLAIMS for relation in relations):
        kept = [positions.keep_judged(connection, report) for report in {found.report_seq for found in said.values()}]
        identities.regroup(connection, set(rows).union(*kept))
        return
    for found in said.values():
        forget_said(connection, found.seq)
    identities.judged(connection, rows)
    for found in said.values():
        add_said_again(connection, found.seq)


def faults(connection: Connection) -> list[tuple[str, str]]:
    """Derived tables that do not follow from the observed rows: name and what is wrong. Needs a write transaction."""
    found = [(index, why) for index in ("said", "texts") if (why := _index_fault(connection, index))]
    held = "SELECT source, publisher, folded, attributions, reports, first, last FROM source_counts"
    odd, missing = f"SELECT * FROM ({held} EXCEPT {_COUNTED})", f"SELECT * FROM ({_COUNTED} EXCEPT {held})"
    differing = f"SELECT count(*) FROM ({odd} UNION ALL {missing})"
    if count := connection.exec_driver_sql(differing).scalar_one():
        found.append(("source_counts", f"{count} counts do not follow from the attributions"))
    return [*found, *identities.faults(connection)]


def _index_fault(connection: Connection, index: str) -> str | None:
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError as error:
        return f"the word index does not follow from the rows ({error.orig})"
    return None
