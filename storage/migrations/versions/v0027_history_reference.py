"""The lines of one action are found by its number."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_history_reference", "history", ["company_id", "reference"])


def downgrade() -> None:
    op.drop_index("ix_history_reference", table_name="history")
