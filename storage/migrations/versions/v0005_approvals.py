"""A second administrator's approval, and changes that wait until others were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger()
OPEN = sa.text("state IN ('accepted', 'sent', 'unknown')")
OPEN_OR_PROPOSED = sa.text("state IN ('accepted', 'proposed', 'sent', 'unknown')")
OWED = sa.text("state IN ('owed')")
DONE = sa.text("state IN ('done')")


def _index_the_open(which: sa.TextClause) -> None:
    for name, columns, unique in (
        ("uq_actions_open_lane", ["company_id", "msisdn", "lane"], True),
        ("ix_actions_due", ["due"], False),
    ):
        op.drop_index(name, "actions")
        op.create_index(
            name, "actions", columns, unique=unique, sqlite_where=which, postgresql_where=which
        )


def upgrade() -> None:
    _index_the_open(OPEN_OR_PROPOSED)
    op.create_index(
        "ix_actions_done",
        "actions",
        ["msisdn", "settled_at"],
        sqlite_where=DONE,
        postgresql_where=DONE,
    )
    op.create_table(
        "approvals",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("action_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("administrator_id", sa.Text(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_approvals"),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name="fk_approvals_action_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_approvals_action", "approvals", ["action_id"])
    op.add_column("outbox", sa.Column("ahead_of", sa.Text(), nullable=True))
    op.create_index(
        "ix_outbox_ahead", "outbox", ["ahead_of"], sqlite_where=OWED, postgresql_where=OWED
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_ahead", "outbox")
    op.drop_column("outbox", "ahead_of")
    op.drop_table("approvals")
    op.drop_index("ix_actions_done", "actions")
    # Nobody is left to decide: what was proposed ends undone.
    op.execute("UPDATE actions SET state = 'rejected' WHERE state = 'proposed'")
    _index_the_open(OPEN)
