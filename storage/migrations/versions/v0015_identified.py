"""Who asks for a new e-mail address proves themselves; for 72 h codes go to the one before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OF_EMAIL = sa.text("kind IN ('profile.email')")


def upgrade() -> None:
    op.add_column("actions", sa.Column("identified_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_actions_email",
        "actions",
        ["msisdn", "accepted_at"],
        sqlite_where=OF_EMAIL,
        postgresql_where=OF_EMAIL,
    )


def downgrade() -> None:
    op.drop_index("ix_actions_email", "actions")
    op.drop_column("actions", "identified_at")
