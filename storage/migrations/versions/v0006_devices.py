"""Find a company's requests about devices, and those about one device, without reading all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DEVICES = sa.text(
    "kind IN ('device.deregister', 'device.duplicate', 'device.register', 'device.reregister')"
)


def upgrade() -> None:
    for name, columns in (
        ("ix_actions_device_requests", ["company_id", "accepted_at"]),
        ("ix_actions_device", ["lane", "accepted_at"]),
    ):
        op.create_index(name, "actions", columns, sqlite_where=DEVICES, postgresql_where=DEVICES)


def downgrade() -> None:
    op.drop_index("ix_actions_device", "actions")
    op.drop_index("ix_actions_device_requests", "actions")
