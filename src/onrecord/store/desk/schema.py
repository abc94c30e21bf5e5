"""The tables of a desk, and the triggers that keep its audit log as it was written.

`id`s are random and say nothing of whom they name. Times are ISO 8601 in UTC, to the microsecond.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text

HEAD = "desk_0001"
"""The newest revision in `versions`: what this OnRecord reads and writes."""

APPLICATION_ID = 0x4F6E5264
"""`OnRd` in the header of the SQLite file: it is a desk."""

metadata = MetaData()


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _to(name: str, table: str, **more: bool) -> Column[str]:
    return Column(name, Text, ForeignKey(f"{table}.id"), nullable=False, **more)  # type: ignore[arg-type]


def _text(name: str, **more: bool) -> Column[str]:
    return Column(name, Text, nullable=False, **more)  # type: ignore[arg-type]


def _maybe(name: str) -> Column[str]:
    return Column(name, Text)


accounts = Table(
    "accounts",
    metadata,
    _id(),
    _text("name"),
    _text("folded", unique=True),
    _text("password"),
    _text("made"),
    _maybe("disabled"),
)

workspaces = Table(
    "workspaces", metadata, _id(), _text("name"), _text("folded", unique=True), _text("db", unique=True), _text("made")
)

memberships = Table(
    "memberships",
    metadata,
    _to("account", "accounts", primary_key=True),
    _to("workspace", "workspaces", primary_key=True),
    _text("role"),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _text("secret", unique=True),
    _to("account", "accounts", index=True),
    _text("made"),
    _text("used"),
    _text("expires"),
    _maybe("revoked"),
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    _text("secret", unique=True),
    _to("account", "accounts", index=True),
    Column("workspace", Text, ForeignKey("workspaces.id")),
    _text("scope"),
    _text("label"),
    _text("made"),
    _text("expires"),
    _maybe("used"),
    _maybe("revoked"),
)

attempts = Table("attempts", metadata, Column("seq", Integer, primary_key=True), _text("name", index=True), _text("at"))
"""Logins that have not succeeded, by the SHA-256 of the name: of names that are none as well."""

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("at"),
    _text("who"),
    _maybe("workspace"),
    _text("action"),
    _maybe("target"),
    _text("digest"),
    _text("previous"),
    _text("hash"),
)

details = Table("audit_details", metadata, Column("seq", Integer, primary_key=True), _text("salt"), _text("details"))
"""What an entry of `audit` holds a digest of; the only part of the log that may be erased."""

TRIGGERS = {
    "audit_no_update": "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END",
    "audit_no_delete": "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END",
    "audit_in_order": "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit "
    "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
    "audit_details_no_update": "CREATE TRIGGER audit_details_no_update BEFORE UPDATE ON audit_details "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END",
}
"""By name."""
