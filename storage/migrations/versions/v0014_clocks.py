"""The time that processes share, and changes that nobody can confirm."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger()
OPEN = sa.text("state IN ('accepted', 'proposed', 'sent', 'unknown')")
WORKED_ON = sa.text("state IN ('accepted', 'proposed', 'sent', 'unconfirmed', 'unknown')")


def _index_the_due(which: sa.TextClause) -> None:
    op.drop_index("ix_actions_due", "actions")
    op.create_index(
        "ix_actions_due", "actions", ["due"], sqlite_where=which, postgresql_where=which
    )


def upgrade() -> None:
    op.create_table(
        "clocks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clocks")),
    )
    _index_the_due(WORKED_ON)


def downgrade() -> None:
    # An older program knows no such state: it looks at them as at any outcome it waits for.
    op.execute("UPDATE actions SET state = 'unknown' WHERE state = 'unconfirmed'")
    _index_the_due(OPEN)
    op.drop_table("clocks")
