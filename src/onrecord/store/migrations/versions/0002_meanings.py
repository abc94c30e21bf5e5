"""What runs work out of attributions, and the entities they find."""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables, and the triggers that keep their rows as they are."""
    op.create_table(
        "meanings",
        sa.Column("attribution_seq", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("name_kind", sa.Text(), nullable=True),
        sa.Column("within", sa.Text(), nullable=True),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["attribution_seq"], ["attributions.seq"]),
        sa.ForeignKeyConstraint(["run_seq"], ["runs.seq"]),
        sa.PrimaryKeyConstraint("attribution_seq", "run_seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entities",
        sa.Column("report_seq", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_seq"], ["reports.seq"]),
        sa.ForeignKeyConstraint(["run_seq"], ["runs.seq"]),
        sa.PrimaryKeyConstraint("report_seq", "run_seq", "n"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_entities_id"), "entities", ["id"], unique=False)
    for table in ("meanings", "entities"):
        refuse = f"BEGIN SELECT RAISE(ABORT, 'observed rows are never %s (table {table})'); END"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse % 'changed'}")
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN NOT EXISTS (SELECT 1 FROM takedown_open) {refuse % 'deleted'}"
        )
