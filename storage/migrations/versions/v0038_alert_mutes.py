"""Numbers of which a person hears no alerts, and what several things of one number were told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ONCE = ["rule_id", "msisdn", "level", "turn"]


def upgrade() -> None:
    op.create_table(
        "alert_mutes",
        sa.Column("administrator_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("msisdn", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "administrator_id", "company_id", "msisdn", name=op.f("pk_alert_mutes")
        ),
    )
    op.create_index("ix_alert_mutes_numbers", "alert_mutes", ["company_id", "msisdn"])
    op.add_column("alert_marks", sa.Column("seen_at", sa.BigInteger(), nullable=True))
    op.add_column(
        "alerts", sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.drop_index("ix_alerts_once", table_name="alerts")
    op.create_index("ix_alerts_once", "alerts", [*ONCE, "subject"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_alerts_once", table_name="alerts")
    op.create_index("ix_alerts_once", "alerts", ONCE, unique=True)
    op.drop_column("alerts", "subject")
    op.drop_column("alert_marks", "seen_at")
    op.drop_table("alert_mutes")
