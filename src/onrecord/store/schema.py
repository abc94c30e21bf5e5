"""The tables of a record, as SQLAlchemy describes them, and the triggers that keep observed and judged rows.

`seq` numbers the rows of a table in the order of recording and joins tables; `id` names a row by its content.
Times are ISO 8601 in UTC. Migrations make these tables (`migrations/`); what is derived is made by `derived`.
"""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

HEAD = "0007"
"""The newest revision in `migrations/versions`: what this OnRecord reads and writes."""

APPLICATION_ID = 0x4F6E5263
"""`OnRc` in the header of the SQLite file: it is a record."""

metadata = MetaData()


def _seq() -> Column[int]:
    return Column("seq", Integer, primary_key=True)


def _id() -> Column[str]:
    return Column("id", Text, nullable=False, unique=True)


def _to(name: str, table: str, **more: bool) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{table}.seq"), nullable=False, **more)  # type: ignore[arg-type]


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _maybe_text(name: str) -> Column[str]:
    return Column(name, Text)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _maybe_number(name: str) -> Column[int]:
    return Column(name, Integer)


raws = Table(
    "raws",
    metadata,
    _seq(),
    Column("sha256", Text, nullable=False, unique=True),
    _number("bytes"),
    _text("codec"),
    Column("data", LargeBinary, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    _seq(),
    _id(),
    Column("url", Text, index=True),
    _maybe_text("publisher"),
    Column("published", Text, index=True),
    _maybe_text("headline"),
    _text("byline"),
    _text("text"),
)

readings = Table(
    "readings",
    metadata,
    _seq(),
    _id(),
    _to("report_seq", "reports"),
    _to("raw_seq", "raws", index=True),
    Column("origin", Text, nullable=False, index=True),
    _text("form"),
    _maybe_text("captured"),
    _maybe_text("delivered_by"),
    _text("given"),
    _maybe_text("language"),
    _text("encoding"),
    _maybe_number("headline_start"),
    _maybe_number("headline_end"),
    _text("found"),
    _text("flags"),
    Column("map", LargeBinary, nullable=False),
    _text("read_at"),
    UniqueConstraint("report_seq", "raw_seq", "origin"),
)

runs = Table("runs", metadata, _seq(), _id(), _text("engine"), _text("version"), _text("settings"))

examinations = Table(
    "examinations",
    metadata,
    _seq(),
    _to("reading_seq", "readings"),
    _to("run_seq", "runs"),
    _text("at"),
    _text("digest"),
    UniqueConstraint("reading_seq", "run_seq"),
)

attributions = Table(
    "attributions",
    metadata,
    _seq(),
    _id(),
    _to("report_seq", "reports", index=True),
    _maybe_number("source_start"),
    _maybe_number("source_end"),
    _maybe_number("cue_start"),
    _maybe_number("cue_end"),
    _maybe_text("source"),
    _maybe_text("cue"),
    _text("content"),
)

contents = Table(
    "contents",
    metadata,
    _to("attribution_seq", "attributions", primary_key=True),
    Column("n", Integer, primary_key=True),
    _number("start"),
    _number("end"),
    sqlite_with_rowid=False,
)

sightings = Table(
    "sightings",
    metadata,
    _to("attribution_seq", "attributions", primary_key=True),
    _to("run_seq", "runs", primary_key=True),
    _text("kind"),
    Column("score", Float, nullable=False),
    sqlite_with_rowid=False,
)

meanings = Table(
    "meanings",
    metadata,
    _to("attribution_seq", "attributions", primary_key=True),
    _to("run_seq", "runs", primary_key=True),
    _maybe_text("name"),
    _maybe_text("name_kind"),
    _maybe_text("within"),
    _text("means"),
    _text("data"),
    sqlite_with_rowid=False,
)

entities = Table(
    "entities",
    metadata,
    _to("report_seq", "reports", primary_key=True),
    _to("run_seq", "runs", primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, index=True),
    _text("data"),
    sqlite_with_rowid=False,
)

compared = Table(
    "compared",
    metadata,
    _to("report_seq", "reports", primary_key=True),
    _to("run_seq", "runs", primary_key=True),
    _to("by_seq", "runs", primary_key=True),
    sqlite_with_rowid=False,
)

sketched = Table(
    "sketched",
    metadata,
    _to("report_seq", "reports", primary_key=True),
    _to("by_seq", "runs", primary_key=True),
    _number("shingles"),
    sqlite_with_rowid=False,
)

shingles = Table(
    "shingles",
    metadata,
    _to("by_seq", "runs", primary_key=True),
    Column("shingle", Integer, primary_key=True),
    _to("report_seq", "reports", primary_key=True, index=True),
    sqlite_with_rowid=False,
)

linked = Table(
    "linked",
    metadata,
    _to("report_seq", "reports", primary_key=True),
    _to("run_seq", "runs", primary_key=True),
    _to("by_seq", "runs", primary_key=True),
    sqlite_with_rowid=False,
)

statements = Table(
    "statements",
    metadata,
    _to("attribution_seq", "attributions", primary_key=True),
    _to("by_seq", "runs", primary_key=True),
    _to("report_seq", "reports", index=True),
    _to("run_seq", "runs"),
    _number("cell"),
    Column("vector", LargeBinary, nullable=False),
    _text("text"),
    _text("bearing"),
    _text("flags"),
    _text("days"),
    Index("ix_statements_cell", "by_seq", "cell", "attribution_seq"),
)

set_aside = Table(
    "set_aside",
    metadata,
    _seq(),
    _to("reading_seq", "readings", index=True),
    Column("run_seq", Integer, ForeignKey("runs.seq")),
    _text("stage"),
    _text("reason"),
    _maybe_number("start"),
    _maybe_number("end"),
    _maybe_number("raw_start"),
    _maybe_number("raw_end"),
    _maybe_text("detail"),
)

failures = Table(
    "failures",
    metadata,
    _seq(),
    _id(),
    Column("origin", Text, nullable=False, index=True),
    _text("stage"),
    _text("reason"),
    _maybe_text("advice"),
    _text("at"),
)

resolutions = Table(
    "resolutions",
    metadata,
    _seq(),
    _id(),
    _to("failure_seq", "failures", unique=True),
    _text("at"),
)

judgements = Table(
    "judgements",
    metadata,
    _seq(),
    _id(),
    Column("a", Text, nullable=False, index=True),
    Column("b", Text, nullable=False, index=True),
    _text("relation"),
    _text("by_kind"),
    _text("by"),
    Column("score", Float),
    _maybe_text("reason"),
    _text("at"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    _seq(),
    _id(),
    Column("target", Text, nullable=False, index=True),
    _text("by_kind"),
    _text("by"),
    _maybe_text("reason"),
    _text("at"),
)

replies = Table(
    "replies",
    metadata,
    _seq(),
    _id(),
    Column("target", Text, nullable=False, index=True),
    _text("name"),
    _text("text"),
    _text("by"),
    _text("at"),
)

takedowns = Table("takedowns", metadata, _seq(), _id(), _text("report_id"), _text("by"), _text("reason"), _text("at"))

redactions = Table(
    "redactions",
    metadata,
    _seq(),
    _id(),
    _text("kind"),
    Column("row_id", Text, nullable=False, index=True),
    _text("digest"),
    _text("by"),
    _text("reason"),
    _text("at"),
)
"""Kept rows of other tables (`kind`) of which a takedown erased words; `digest` covers what is left of the row, and is
empty where that is nothing."""

takedown_open = Table("takedown_open", metadata, Column("report_id", Text, primary_key=True))
"""Holds a row only inside the transaction of a takedown; while it does, rows may be deleted."""

places = Table(
    "places",
    metadata,
    _seq(),
    _id(),
    _text("kind"),
    _text("address"),
    _text("url"),
    _maybe_text("title"),
    _text("under"),
    _number("every"),
    _text("added"),
    _maybe_text("removed"),
    _maybe_text("etag"),
    _maybe_text("modified"),
    _maybe_text("tried"),
    _maybe_text("fresh"),
    _number("failures"),
    _maybe_text("problem"),
    _text("notes"),
    Column("due", Text, nullable=False, index=True),
)

place_items = Table(
    "place_items",
    metadata,
    _seq(),
    _to("place_seq", "places"),
    Column("key", Text, nullable=False, unique=True),
    _maybe_text("own"),
    _maybe_text("url"),
    _maybe_text("title"),
    _maybe_text("published"),
    _text("met"),
    _text("state"),
    _number("tries"),
    _maybe_text("problem"),
    _text("due"),
    Index("ix_place_items_own", "place_seq", "own"),
    Index("ix_place_items_state", "place_seq", "state", "due"),
)

saved_queries = Table(
    "saved_queries",
    metadata,
    _seq(),
    Column("name", Text, nullable=False, unique=True),
    _text("words"),
    _text("asked"),
    _text("added"),
    _maybe_text("webhook"),
    _maybe_text("secret_env"),
    _number("allow_private"),
    _number("fed"),
    _number("digested"),
    _number("sent"),
)

query_news = Table(
    "query_news",
    metadata,
    Column("seq", Integer, primary_key=True),
    _to("query_seq", "saved_queries"),
    _text("claim"),
    _text("state"),
    _number("first"),
    _text("at"),
    Index("ix_query_news_claim", "query_seq", "claim", "seq"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    _seq(),
    _id(),
    _to("query_seq", "saved_queries", index=True),
    _text("claims"),
    _text("made"),
    _text("state"),
    _number("tries"),
    _maybe_text("problem"),
    _text("due"),
)

WORK = ("places", "place_items", "saved_queries", "query_news", "deliveries")
"""Tables of what is watched and asked: where the work stands, not what is on record; their rows change."""

INDEX = ("sketched", "shingles", "linked", "statements")
"""Tables by which copies and claims are looked up: whoever empties them has all compared anew at the next reading."""

KEPT = tuple(name for name in metadata.tables if name not in ("takedown_open", *WORK, *INDEX))
"""Tables whose rows are never changed, and deleted only by a takedown."""


def triggers() -> dict[str, str]:
    """The triggers by name: an update is refused always, a deletion outside a takedown."""
    made = {}
    for table in KEPT:
        kind = "judged" if table in ("judgements", "withdrawals", "replies") else "observed"
        refuse = f"BEGIN SELECT RAISE(ABORT, '{kind} rows are never %s (table {table})'); END"
        made[f"{table}_no_update"] = f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse % 'changed'}"
        made[f"{table}_no_delete"] = (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN NOT EXISTS (SELECT 1 FROM takedown_open) {refuse % 'deleted'}"
        )
    return made
