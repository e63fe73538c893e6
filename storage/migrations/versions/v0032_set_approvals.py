"""A second administrator's word on a set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = sa.text("state IN ('checking', 'paused', 'running', 'stopped')")
OPEN = sa.text("state IN ('checking', 'paused', 'proposed', 'running', 'stopped')")


def upgrade() -> None:
    op.create_table(
        "set_approvals",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("set_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("administrator_id", sa.Text(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["change_sets.id"],
            name=op.f("fk_set_approvals_set_id_change_sets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_set_approvals")),
    )
    op.create_index("ix_set_approvals_set", "set_approvals", ["set_id"])
    _index(OPEN)


def downgrade() -> None:
    _index(BEFORE)
    op.drop_table("set_approvals")


def _index(where: sa.TextClause) -> None:
    op.drop_index("ix_change_sets_due", table_name="change_sets")
    op.create_index(
        "ix_change_sets_due", "change_sets", ["due"], sqlite_where=where, postgresql_where=where
    )
