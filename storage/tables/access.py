"""Who may come in: sessions, passwords, known accounts, freezes, tries and codes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from storage.engine.types import Moment
from storage.tables.base import RowId, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("telegram_id", BigInteger, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator_name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("company_id", Text),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
)
Index("ix_sessions_telegram", sessions.c.telegram_id, sessions.c.opened_at)
Index("ix_sessions_administrator", sessions.c.administrator_id)

credentials = Table(
    "credentials",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)

# Rows are never deleted: four eyes are judged by who has ever logged in as whom.
known_telegrams = Table(
    "known_telegrams",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("phone", Text, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("bound_at", Moment, nullable=False),
    # By a password reset in another account; and in Profile.
    Column("forgotten_at", Moment),
    Column("removed_at", Moment),
)

freezes = Table(
    "freezes",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("frozen_at", Moment, primary_key=True),
    # The number they log in with.
    Column("phone", Text, nullable=False),
    # The latest press of a link: what was begun on the number before it is stopped.
    Column("pressed_at", Moment, nullable=False),
    Column("thawed_at", Moment),
)
Index("ix_freezes_phone", freezes.c.phone)
Index(
    "uq_freezes_active",
    freezes.c.administrator_id,
    unique=True,
    sqlite_where=freezes.c.thawed_at.is_(None),
    postgresql_where=freezes.c.thawed_at.is_(None),
)

freeze_links = Table(
    "freeze_links",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
Index("ix_freeze_links_administrator", freeze_links.c.administrator_id)

attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("tried_at", Moment, nullable=False),
)

codes = Table(
    "codes",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("phone", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("code_mac", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("verified_at", Moment),
)
Index("ix_codes_phone", codes.c.phone, codes.c.sent_at)
Index("ix_codes_telegram", codes.c.telegram_id, codes.c.sent_at)

secret_codes = Table(
    "secret_codes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company_id", Text, nullable=False),
    Column("company_name", Text, nullable=False),
    Column("company_bin", Text, nullable=False),
    Column("msisdn", Text, nullable=False),
    Column("code_mac", Text, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("telegram_id", BigInteger),
    Column("used_at", Moment),
    Column("ended_at", Moment),
)
Index("ix_secret_codes_number", secret_codes.c.msisdn, secret_codes.c.sent_at)
Index("ix_secret_codes_person", secret_codes.c.telegram_id)
