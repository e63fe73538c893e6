"""Numbers of a set that have not begun are found without those that have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

WAITING = sa.text("fate IN ('ready') AND action_id IS NULL AND outcome IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_change_set_numbers_waiting",
        "change_set_numbers",
        ["set_id", "place"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_change_set_numbers_waiting", "change_set_numbers")
