"""The first desk: accounts, workspaces, memberships, sessions, tokens, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "desk_0001"
down_revision = None


def upgrade() -> None:
    """Make every table, and the triggers that keep the log as it was written."""
    _people()
    _secrets()
    _audit()


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False, unique=True),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Text()),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False, unique=True),
        sa.Column("db", sa.Text(), nullable=False, unique=True),
        sa.Column("made", sa.Text(), nullable=False),
    )
    op.create_table(
        "memberships",
        sa.Column("account", sa.Text(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("workspace", sa.Text(), sa.ForeignKey("workspaces.id"), primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
    )


def _secrets() -> None:
    for table in ("sessions", "tokens"):
        token = table == "tokens"
        op.create_table(
            table,
            sa.Column("id", sa.Text(), primary_key=True),
            sa.Column("secret", sa.Text(), nullable=False, unique=True),
            sa.Column("account", sa.Text(), sa.ForeignKey("accounts.id"), nullable=False),
            *([sa.Column("workspace", sa.Text(), sa.ForeignKey("workspaces.id"))] if token else []),
            *(sa.Column(name, sa.Text(), nullable=False) for name in (("scope", "label") if token else ())),
            sa.Column("made", sa.Text(), nullable=False),
            sa.Column("used", sa.Text(), nullable=token),
            sa.Column("expires", sa.Text(), nullable=False),
            sa.Column("revoked", sa.Text()),
        )
        op.create_index(f"ix_{table}_account", table, ["account"])
    op.create_table(
        "attempts",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
    )
    op.create_index("ix_attempts_name", "attempts", ["name"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("at", "who")),
        sa.Column("workspace", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("digest", "previous", "hash")),
    )
    op.create_table(
        "audit_details",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
    )
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END"
    for name, event in (("audit_no_update", "UPDATE"), ("audit_no_delete", "DELETE")):
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON audit {refuse}")
    op.execute(
        "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit "
        "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
    )
    op.execute(f"CREATE TRIGGER audit_details_no_update BEFORE UPDATE ON audit_details {refuse}")
