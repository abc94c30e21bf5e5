"""Which reports' sources were compared with those of all others."""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table, and the triggers that keep its rows as they are."""
    op.create_table(
        "compared",
        sa.Column("report_seq", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("by_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_seq"], ["reports.seq"]),
        sa.ForeignKeyConstraint(["run_seq"], ["runs.seq"]),
        sa.ForeignKeyConstraint(["by_seq"], ["runs.seq"]),
        sa.PrimaryKeyConstraint("report_seq", "run_seq", "by_seq"),
        sqlite_with_rowid=False,
    )
    refuse = "BEGIN SELECT RAISE(ABORT, 'observed rows are never %s (table compared)'); END"
    op.execute(f"CREATE TRIGGER compared_no_update BEFORE UPDATE ON compared {refuse % 'changed'}")
    op.execute(
        "CREATE TRIGGER compared_no_delete BEFORE DELETE ON compared "
        f"WHEN NOT EXISTS (SELECT 1 FROM takedown_open) {refuse % 'deleted'}"
    )
