"""Sets: many numbers with one confirmation, each a change of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('checking', 'paused', 'running', 'stopped')")


def upgrade() -> None:
    op.create_table(
        "number_lists",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_number_lists")),
    )
    op.create_table(
        "change_sets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("administrator_id", sa.Text(), nullable=False),
        sa.Column("administrator", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=True),
        sa.Column("stepped_up_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("halted_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_sets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_change_sets_token_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_change_sets_reference")),
    )
    op.create_index(
        "ix_change_sets_due", "change_sets", ["due"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_change_sets_person", "change_sets", ["telegram_id", "created_at"])
    op.create_index("ix_change_sets_confirmed", "change_sets", ["administrator_id", "accepted_at"])
    op.create_index("ix_change_sets_created", "change_sets", ["created_at"])
    op.create_table(
        "change_set_numbers",
        sa.Column("set_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("msisdn", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("action_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["change_sets.id"],
            name=op.f("fk_change_set_numbers_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("set_id", "place", name=op.f("pk_change_set_numbers")),
        sa.UniqueConstraint("action_id", name=op.f("uq_change_set_numbers_action_id")),
    )
    op.create_index(
        "uq_change_set_numbers_msisdn",
        "change_set_numbers",
        ["set_id", "msisdn"],
        unique=True,
    )
    op.add_column("actions", sa.Column("set_reference", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("actions", "set_reference")
    op.drop_table("change_set_numbers")
    op.drop_table("change_sets")
    op.drop_table("number_lists")
