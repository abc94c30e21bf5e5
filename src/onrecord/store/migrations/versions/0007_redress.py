"""What people concerned say to a report or a claim, and which kept rows had words erased by a takedown."""
# ruff: noqa: S608 - the SQL is put together from names written here

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make both tables, and the triggers that keep their rows as they are."""
    op.create_table(
        "replies",
        sa.Column("seq", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "target", "name", "text", "by", "at")),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_replies_target", "replies", ["target"])
    op.create_table(
        "redactions",
        sa.Column("seq", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id", "kind", "row_id", "digest", "by", "reason", "at")
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_redactions_row_id", "redactions", ["row_id"])
    for kind, table in (("judged", "replies"), ("observed", "redactions")):
        refuse = f"BEGIN SELECT RAISE(ABORT, '{kind} rows are never %s (table {table})'); END"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse % 'changed'}")
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN NOT EXISTS (SELECT 1 FROM takedown_open) {refuse % 'deleted'}"
        )
