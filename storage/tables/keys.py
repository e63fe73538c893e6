"""The secrets that rows are sealed with, by their numbers."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from storage.engine.types import Moment
from storage.tables.base import metadata

secret_keys = Table(
    "secret_keys",
    metadata,
    # The key's number, which is the first byte of every seal made with it.
    Column("number", Integer, primary_key=True, autoincrement=False),
    # An HMAC of a fixed word (storage.encryption.secret_keys).
    Column("check_value", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("since", Moment, nullable=False),
    # What an older key is still wanted for, sealed with the current one.
    Column("sealed", LargeBinary),
)
