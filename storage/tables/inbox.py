"""Updates as they came."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from storage.engine.types import Moment
from storage.tables.base import RowId, in_state, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # `t:<bot>:<update_id>` or `i:<random>`: unique, and what `sealed` is bound to.
    Column("key", Text, nullable=False, unique=True),
    Column("bot_id", BigInteger),
    Column("update_id", BigInteger),
    Column("chat_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("why", Text),
    Column("owner", Text),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Of what was set aside: whether a handler had begun with it, and when it was put back.
    Column("begun", Boolean),
    Column("replayed_at", Moment),
    sqlite_autoincrement=True,
)
Index(
    "ix_inbox_new",
    inbox.c.id,
    sqlite_where=in_state(inbox, "new"),
    postgresql_where=in_state(inbox, "new"),
)
Index(
    "ix_inbox_chat",
    inbox.c.chat_id,
    inbox.c.id,
    sqlite_where=in_state(inbox, "new"),
    postgresql_where=in_state(inbox, "new"),
)
Index(
    "ix_inbox_quarantined",
    inbox.c.id,
    sqlite_where=in_state(inbox, "quarantined"),
    postgresql_where=in_state(inbox, "quarantined"),
)
