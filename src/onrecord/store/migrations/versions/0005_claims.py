"""What attributions state, as they are compared: their words, their vectors, what they do with a content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables and the indexes."""
    op.create_table(
        "linked",
        sa.Column("report_seq", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("by_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_seq"], ["reports.seq"]),
        sa.ForeignKeyConstraint(["run_seq"], ["runs.seq"]),
        sa.ForeignKeyConstraint(["by_seq"], ["runs.seq"]),
        sa.PrimaryKeyConstraint("report_seq", "run_seq", "by_seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statements",
        sa.Column("attribution_seq", sa.Integer(), nullable=False),
        sa.Column("by_seq", sa.Integer(), nullable=False),
        sa.Column("report_seq", sa.Integer(), nullable=False),
        sa.Column("run_seq", sa.Integer(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("bearing", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["attribution_seq"], ["attributions.seq"]),
        sa.ForeignKeyConstraint(["by_seq"], ["runs.seq"]),
        sa.ForeignKeyConstraint(["report_seq"], ["reports.seq"]),
        sa.ForeignKeyConstraint(["run_seq"], ["runs.seq"]),
        sa.PrimaryKeyConstraint("attribution_seq", "by_seq"),
    )
    op.create_index("ix_statements_cell", "statements", ["by_seq", "cell", "attribution_seq"])
    op.create_index("ix_statements_report_seq", "statements", ["report_seq"])
