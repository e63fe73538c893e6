"""Schedules of a change and of what takes it back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedules", sa.Column("pair_id", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("schedules", "pair_id")
