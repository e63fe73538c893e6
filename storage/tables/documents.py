"""Documents that were ordered, and their files in sealed chunks; what comes each month."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage.engine.types import Moment
from storage.tables.base import claim_columns, in_state, metadata

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("company_bin", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    # Where the file goes besides the chat.
    Column("sealed_email", LargeBinary),
    Column("state", Text, nullable=False),
    Column("ordered_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("name", Text),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("reason_code", Text),
    # Accounts whose papers are not in the file, as JSON; NULL: none.
    Column("missing", Text),
    Column("content_fence", BigInteger),
    # Telegram's name of the file, once it was sent.
    Column("file_id", Text),
    Column("chunks", Integer, nullable=False, server_default="0"),
    *claim_columns(),
)
_document_open = in_state(documents, "queued", "making")
Index(
    "ix_documents_due",
    documents.c.due,
    sqlite_where=_document_open,
    postgresql_where=_document_open,
)
Index("ix_documents_telegram", documents.c.telegram_id, documents.c.ordered_at)

document_chunks = Table(
    "document_chunks",
    metadata,
    Column("document_id", Text, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    # The fence of the claim that wrote it: two makers never mix their files.
    Column("fence", BigInteger, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("format", Text, nullable=False),
    # Of the month after the one that is ordered.
    Column("day", Integer, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    # The newest month that is dealt with, `2021-12`.
    Column("month", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("waits_since", Moment),
)
_subscription_active = in_state(subscriptions, "active")
Index(
    "ix_subscriptions_due",
    subscriptions.c.due,
    sqlite_where=_subscription_active,
    postgresql_where=_subscription_active,
)
Index("ix_subscriptions_administrator", subscriptions.c.administrator_id)
