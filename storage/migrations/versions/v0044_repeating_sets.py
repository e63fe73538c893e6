"""Sets that repeat: one for each date, of one chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

IN_A_CHAIN = sa.text("chain IS NOT NULL")


def upgrade() -> None:
    op.add_column("change_sets", sa.Column("repeats", sa.Text(), nullable=True))
    op.add_column("change_sets", sa.Column("chain", sa.Text(), nullable=True))
    op.create_index(
        "ix_change_sets_chain",
        "change_sets",
        ["chain"],
        sqlite_where=IN_A_CHAIN,
        postgresql_where=IN_A_CHAIN,
    )


def downgrade() -> None:
    op.drop_index("ix_change_sets_chain", "change_sets")
    op.drop_column("change_sets", "chain")
    op.drop_column("change_sets", "repeats")
