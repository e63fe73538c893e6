"""Sets that begin later, and that take another one back.

An older program knows no state `scheduled` or `suspended`, and leaves such rows alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

OPEN = sa.text(
    "state IN ('checking', 'paused', 'proposed', 'running', 'scheduled', 'stopped', 'suspended')"
)
OPEN_BEFORE = sa.text("state IN ('checking', 'paused', 'proposed', 'running', 'stopped')")


def upgrade() -> None:
    op.add_column("change_sets", sa.Column("begins", sa.Text(), nullable=True))
    op.add_column("change_sets", sa.Column("takes_back", sa.Text(), nullable=True))
    op.create_index(
        "ix_change_sets_open", "change_sets", ["due"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.drop_index("ix_change_sets_due", "change_sets")


def downgrade() -> None:
    op.create_index(
        "ix_change_sets_due",
        "change_sets",
        ["due"],
        sqlite_where=OPEN_BEFORE,
        postgresql_where=OPEN_BEFORE,
    )
    op.drop_index("ix_change_sets_open", "change_sets")
    op.drop_column("change_sets", "takes_back")
    op.drop_column("change_sets", "begins")
