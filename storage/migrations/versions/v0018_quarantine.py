"""What was set aside: whether a handler had begun with it, and when it was put back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("begun", sa.Boolean(), nullable=True))
    op.add_column("inbox", sa.Column("replayed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("inbox", "replayed_at")
    op.drop_column("inbox", "begun")
