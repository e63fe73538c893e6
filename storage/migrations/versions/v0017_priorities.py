"""Messages owed have a class: codes go before questions, final words, files and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OWED = sa.text("state IN ('owed')")
NEXT = ["channel", "priority", "due", "id"]


def upgrade() -> None:
    op.add_column(
        "outbox", sa.Column("priority", sa.SmallInteger(), server_default="50", nullable=False)
    )
    op.execute(
        """
        UPDATE outbox SET priority = CASE
            WHEN ahead_of IS NOT NULL OR kind LIKE 'approval.%' THEN 20
            WHEN kind = 'chat.delete' OR kind LIKE 'code.%' THEN 10
            WHEN kind IN ('document.ready', 'document.again', 'progress.delete') THEN 40
            WHEN kind IN ('action.waiting', 'action.overdue') THEN 50
            WHEN kind IN ('secret.code', 'device.result') OR kind LIKE 'action.%'
                OR kind LIKE 'document.%' OR kind LIKE 'login.%' OR kind LIKE 'password.%'
                OR kind LIKE 'email.%' THEN 30
            ELSE 50 END
        WHERE state = 'owed'
        """
    )
    op.create_index("ix_outbox_next", "outbox", NEXT, sqlite_where=OWED, postgresql_where=OWED)
    _line("channel", "to", "priority", "id")


def downgrade() -> None:
    _line("channel", "to", "id")
    op.drop_index("ix_outbox_next", "outbox")
    op.drop_column("outbox", "priority")


def _line(*columns: str) -> None:
    op.drop_index("ix_outbox_line", "outbox")
    op.create_index(
        "ix_outbox_line", "outbox", list(columns), sqlite_where=OWED, postgresql_where=OWED
    )
