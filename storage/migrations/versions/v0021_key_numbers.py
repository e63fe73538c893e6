"""Which keys a running process holds and writes with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leases", sa.Column("holds_key", sa.Integer(), nullable=True))
    op.add_column("leases", sa.Column("writes_key", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("leases", "writes_key")
    op.drop_column("leases", "holds_key")
