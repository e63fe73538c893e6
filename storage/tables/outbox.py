"""Messages owed, and the parts of texts that a message centre took."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text

from storage.engine.types import Moment
from storage.tables.base import RowId, claim_columns, in_state, metadata

# Parts of texts that a message centre took by SMPP, and their receipts.
sms_parts = Table(
    "sms_parts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # The key of the message owed; NULL: a receipt that was faster than the answer.
    Column("reference", Text),
    Column("message_id", Text, nullable=False),
    # In the centre's words; NULL: no receipt yet.
    Column("state", Text),
    Column("at", Moment, nullable=False),
)
Index("ix_sms_parts_message_id", sms_parts.c.message_id)
Index("ix_sms_parts_reference", sms_parts.c.reference)
Index("ix_sms_parts_at", sms_parts.c.at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # What `sealed` (the parameters) is bound to.
    Column("uid", Text, nullable=False),
    Column("key", Text, unique=True),
    Column("channel", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("language", Text),
    Column("expires_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text),
    Column("message_id", BigInteger),
    # account.effects.effect.Priority; an older program on the same database knows only notices.
    Column("priority", SmallInteger, nullable=False, server_default="50"),
    # The id of a change that waits until this is handed out.
    Column("ahead_of", Text),
    *claim_columns(),
    sqlite_autoincrement=True,
)
_outbox_owed = in_state(outbox, "owed")
Index(
    "ix_outbox_ahead",
    outbox.c.ahead_of,
    sqlite_where=_outbox_owed,
    postgresql_where=_outbox_owed,
)
Index(
    "ix_outbox_next",
    outbox.c.channel,
    outbox.c.priority,
    outbox.c.due,
    outbox.c.id,
    sqlite_where=_outbox_owed,
    postgresql_where=_outbox_owed,
)
Index("ix_outbox_due", outbox.c.due, sqlite_where=_outbox_owed, postgresql_where=_outbox_owed)
Index(
    "ix_outbox_line",
    outbox.c.channel,
    outbox.c.to,
    outbox.c.priority,
    outbox.c.id,
    sqlite_where=_outbox_owed,
    postgresql_where=_outbox_owed,
)
