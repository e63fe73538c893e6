"""The address to which a document goes besides the chat, sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("sealed_email", sa.LargeBinary()))


def downgrade() -> None:
    with op.batch_alter_table("documents") as documents:
        documents.drop_column("sealed_email")
