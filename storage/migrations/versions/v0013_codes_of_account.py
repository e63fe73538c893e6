"""Codes are counted by the Telegram account that asked for them as well."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_codes_telegram", "codes", ["telegram_id", "sent_at"])


def downgrade() -> None:
    op.drop_index("ix_codes_telegram", table_name="codes")
