"""Subscriptions to the operator's events, and changes that an event has woken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SETTLED = sa.text("state IN ('done', 'rejected')")


def upgrade() -> None:
    op.create_table(
        "event_subscriptions",
        sa.Column("api", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("hub_id", sa.Text(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("api", name=op.f("pk_event_subscriptions")),
    )
    op.add_column("actions", sa.Column("woken_at", sa.BigInteger(), nullable=True))
    op.add_column("actions", sa.Column("look_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_actions_settled",
        "actions",
        ["settled_at"],
        sqlite_where=SETTLED,
        postgresql_where=SETTLED,
    )


def downgrade() -> None:
    op.drop_index("ix_actions_settled", table_name="actions")
    op.drop_column("actions", "look_at")
    op.drop_column("actions", "woken_at")
    op.drop_table("event_subscriptions")
