"""Who was told that a month's certificate or register can be had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("administrator_id", sa.Text(), nullable=False),
        sa.Column("reminder", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("administrator_id", "reminder", "month", name=op.f("pk_reminders")),
    )


def downgrade() -> None:
    op.drop_table("reminders")
