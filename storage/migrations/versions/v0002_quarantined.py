"""Count the updates in quarantine without reading the whole inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

QUARANTINED = sa.text("state IN ('quarantined')")


def upgrade() -> None:
    op.create_index(
        "ix_inbox_quarantined",
        "inbox",
        ["id"],
        sqlite_where=QUARANTINED,
        postgresql_where=QUARANTINED,
    )


def downgrade() -> None:
    op.drop_index("ix_inbox_quarantined", "inbox")
