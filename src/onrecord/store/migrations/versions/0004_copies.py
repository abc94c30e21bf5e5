"""What of a report's text is looked up to find those that reprint it; and its address, to find its versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables and the indexes."""
    op.create_table(
        "sketched",
        sa.Column("report_seq", sa.Integer(), nullable=False),
        sa.Column("by_seq", sa.Integer(), nullable=False),
        sa.Column("shingles", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_seq"], ["reports.seq"]),
        sa.ForeignKeyConstraint(["by_seq"], ["runs.seq"]),
        sa.PrimaryKeyConstraint("report_seq", "by_seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shingles",
        sa.Column("by_seq", sa.Integer(), nullable=False),
        sa.Column("shingle", sa.Integer(), nullable=False),
        sa.Column("report_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_seq"], ["runs.seq"]),
        sa.ForeignKeyConstraint(["report_seq"], ["reports.seq"]),
        sa.PrimaryKeyConstraint("by_seq", "shingle", "report_seq"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reports_url", "reports", ["url"])
    op.create_index("ix_shingles_report_seq", "shingles", ["report_seq"])
