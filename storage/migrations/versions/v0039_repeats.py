"""Schedules that repeat.

An older program knows no state `repeating`, and leaves such rows alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('repeating', 'scheduled', 'suspended')")
OPEN_BEFORE = sa.text("state IN ('scheduled', 'suspended')")


def upgrade() -> None:
    op.add_column("schedules", sa.Column("repeats", sa.Text(), nullable=True))
    op.add_column("schedules", sa.Column("skipped", sa.Text(), nullable=True))
    op.add_column("schedules", sa.Column("latest_actions", sa.Text(), nullable=True))
    op.create_index(
        "ix_schedules_open", "schedules", ["due"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.drop_index("ix_schedules_due", "schedules")


def downgrade() -> None:
    op.create_index(
        "ix_schedules_due",
        "schedules",
        ["due"],
        sqlite_where=OPEN_BEFORE,
        postgresql_where=OPEN_BEFORE,
    )
    op.drop_index("ix_schedules_open", "schedules")
    op.drop_column("schedules", "latest_actions")
    op.drop_column("schedules", "skipped")
    op.drop_column("schedules", "repeats")
