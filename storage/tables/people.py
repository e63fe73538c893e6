"""People as Telegram knows them, their conversations, and what they chose for themselves."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text

from storage.engine.types import Moment
from storage.tables.base import metadata

people = Table(
    "people",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("language", Text),
    Column("chosen", Boolean, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("blocked", Boolean, nullable=False),
)

fsm = Table(
    "fsm",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    # `thread|business connection|destiny`
    Column("slot", Text, primary_key=True),
    Column("state", Text),
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)

muted = Table(
    "muted",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
)

reminders = Table(
    "reminders",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    Column("reminder", Text, primary_key=True),
    # `2021-12`.
    Column("month", Text, primary_key=True),
)

shortlists = Table(
    "shortlists",
    metadata,
    # What an administrator goes back to in a company: favourites, and what was used of late.
    Column("administrator_id", Text, primary_key=True),
    Column("company_id", Text, primary_key=True),
    Column("listed", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("used_at", Moment, nullable=False),
    Column("favourite", Boolean, nullable=False),
)

quiet_hours = Table(
    "quiet_hours",
    metadata,
    Column("administrator_id", Text, primary_key=True),
    # Minutes after midnight in Almaty.
    Column("begin", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)
