"""“It was not me”: links, freezes, and accounts that are removed or forgotten, never deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ACTIVE = sa.text("thawed_at IS NULL")


def upgrade() -> None:
    for name in ("first_at", "forgotten_at", "removed_at"):
        op.add_column("known_telegrams", sa.Column(name, sa.BigInteger(), nullable=True))
    # The first login is not known any more; the earliest that is.
    op.execute(
        "UPDATE known_telegrams SET first_at = COALESCE((SELECT MIN(opened_at) FROM sessions WHERE"
        " sessions.administrator_id = known_telegrams.administrator_id"
        " AND sessions.telegram_id = known_telegrams.telegram_id"
        " AND sessions.opened_at < known_telegrams.bound_at), bound_at)"
    )
    with op.batch_alter_table("known_telegrams") as table:
        table.alter_column("first_at", existing_type=sa.BigInteger(), nullable=False)
    op.create_table(
        "freezes",
        sa.Column("administrator_id", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("pressed_at", sa.BigInteger(), nullable=False),
        sa.Column("thawed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("administrator_id", "frozen_at", name=op.f("pk_freezes")),
    )
    op.create_index("ix_freezes_phone", "freezes", ["phone"])
    op.create_index(
        "uq_freezes_active",
        "freezes",
        ["administrator_id"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_table(
        "freeze_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("administrator_id", sa.Text(), nullable=False),
        sa.Column("administrator", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_freeze_links")),
    )
    op.create_index("ix_freeze_links_administrator", "freeze_links", ["administrator_id"])


def downgrade() -> None:
    op.drop_table("freeze_links")
    op.drop_table("freezes")
    for name in ("first_at", "forgotten_at", "removed_at"):
        op.drop_column("known_telegrams", name)
