"""The accounts whose papers are not in a set of many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("missing", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "missing")
