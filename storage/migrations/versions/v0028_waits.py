"""What a change waits for is told as what is so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("actions", sa.Column("wait", sa.Text()))
    op.add_column("actions", sa.Column("wait_until", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("actions", "wait_until")
    op.drop_column("actions", "wait")
