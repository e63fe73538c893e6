"""Which timeline of a PostgreSQL server the database was last seen on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("generations", sa.Column("timeline", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("generations", "timeline")
