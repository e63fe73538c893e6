"""A file that was sent can be had again without another upload."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("file_id", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "file_id")
