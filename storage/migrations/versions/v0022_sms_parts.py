"""What a message centre called our texts, and their receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_parts",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_parts")),
    )
    op.create_index("ix_sms_parts_message_id", "sms_parts", ["message_id"])
    op.create_index("ix_sms_parts_reference", "sms_parts", ["reference"])
    op.create_index("ix_sms_parts_at", "sms_parts", ["at"])


def downgrade() -> None:
    op.drop_table("sms_parts")
