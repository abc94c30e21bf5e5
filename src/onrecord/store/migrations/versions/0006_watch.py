"""Places that are watched and what they list; saved queries, what is new to them, and what is sent of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables and the indexes."""
    op.create_index("ix_readings_origin", "readings", ["origin"])
    op.create_table(
        "places",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "address", "url")),
        sa.Column("title", sa.Text()),
        sa.Column("under", sa.Text(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("removed", "etag", "modified", "tried", "fresh")),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
    )
    op.create_index("ix_places_due", "places", ["due"])
    op.create_table(
        "place_items",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("place_seq", sa.Integer(), sa.ForeignKey("places.seq"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        *(sa.Column(name, sa.Text()) for name in ("own", "url", "title", "published")),
        sa.Column("met", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("due", sa.Text(), nullable=False),
    )
    op.create_index("ix_place_items_own", "place_items", ["place_seq", "own"])
    op.create_index("ix_place_items_state", "place_items", ["place_seq", "state", "due"])
    _queries()


def _queries() -> None:
    op.create_table(
        "saved_queries",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("words", "asked", "added")),
        *(sa.Column(name, sa.Text()) for name in ("webhook", "secret_env")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("allow_private", "fed", "digested", "sent")),
    )
    op.create_table(
        "query_news",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("query_seq", sa.Integer(), sa.ForeignKey("saved_queries.seq"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("claim", "state")),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_query_news_claim", "query_news", ["query_seq", "claim", "seq"])
    op.create_table(
        "deliveries",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("query_seq", sa.Integer(), sa.ForeignKey("saved_queries.seq"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("claims", "made", "state")),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("due", sa.Text(), nullable=False),
    )
    op.create_index("ix_deliveries_query_seq", "deliveries", ["query_seq"])
