"""A chain of the history for each company; the entries that are there stay as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("history") as history:
        history.add_column(sa.Column("chain", sa.Text(), server_default="-", nullable=False))
        history.add_column(
            sa.Column("key_number", sa.Integer(), server_default="1", nullable=False)
        )
        history.add_column(
            sa.Column("after_seal", sa.BigInteger(), server_default="0", nullable=False)
        )
        history.drop_constraint(op.f("pk_history"), type_="primary")
        history.create_primary_key(op.f("pk_history"), ["chain", "seq"])
    op.create_table(
        "history_chains",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.Column("after_seal", sa.BigInteger(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_history_chains")),
        sa.UniqueConstraint("number", name=op.f("uq_history_chains_number")),
    )
    op.create_table(
        "history_checkpoints",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_history_checkpoints")),
    )
    op.create_table(
        "history_seals",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("least_key", sa.Integer(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_history_seals")),
    )


def downgrade() -> None:
    """Entries of the companies' own chains cannot be told to the program of before: they go."""
    op.execute("DELETE FROM history WHERE chain <> '-'")
    for table in ("history_seals", "history_checkpoints", "history_chains"):
        op.drop_table(table)
    with op.batch_alter_table("history") as history:
        history.drop_constraint(op.f("pk_history"), type_="primary")
        history.create_primary_key(op.f("pk_history"), ["seq"])
        for column in ("after_seal", "key_number", "chain"):
            history.drop_column(column)
