"""The actions history with its chains and seals."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from storage.engine.types import Moment
from storage.tables.base import metadata

history = Table(
    "history",
    metadata,
    # "-" for those from before each company had a chain of its own (storage.audit.chain).
    Column("chain", Text, primary_key=True, server_default="-"),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    # The key of the MAC, and the seal over all that the entry was written after.
    Column("key_number", Integer, nullable=False, server_default="1"),
    Column("after_seal", BigInteger, nullable=False, server_default="0"),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("company_id", Text),
    Column("number", Text),
    Column("parameters", Text, nullable=False),
    Column("reference", Text),
    Column("channel", Text, nullable=False),
    Column("mac", Text, nullable=False),
)
Index("ix_history_company", history.c.company_id, history.c.at, history.c.seq)
Index("ix_history_reference", history.c.company_id, history.c.reference)

history_head = Table(
    "history_head",
    metadata,
    # One row: the end of the one chain there was before each company had its own.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
    Column("seal", Text, nullable=False),
)

history_chains = Table(
    "history_chains",
    metadata,
    # The end of each chain, under a seal of its own, so that a cut end is noticed.
    Column("chain", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
    Column("after_seal", BigInteger, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("seal", Text, nullable=False),
)

history_checkpoints = Table(
    "history_checkpoints",
    metadata,
    # Where a chain ended when it was found right last; the seal over all covers all of them.
    Column("chain", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
)

history_floors = Table(
    "history_floors",
    metadata,
    # The last entry of a chain that was forgotten; the seal over all covers it.
    Column("chain", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
)

history_seals = Table(
    "history_seals",
    metadata,
    # What holds the chains together (storage.audit.seals).
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("least_key", Integer, nullable=False),
    Column("seal", Text, nullable=False),
)
