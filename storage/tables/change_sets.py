"""Sets of changes with their numbers, and the lists of numbers they were made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, and_, null
from sqlalchemy.sql.expression import literal_column

from storage.engine.types import Moment
from storage.tables.base import claim_columns, in_state, metadata

number_lists = Table(
    "number_lists",
    metadata,
    # What one person puts together, before it is a set.
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("session_id", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("content", Text, nullable=False),
)

change_sets = Table(
    "change_sets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("reference", Text, unique=True),
    Column("kind", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("administrator", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    # Lines of the list that were not read, and why.
    Column("left_out", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Numbers that will be done, once the dry run is over.
    Column("size", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("offered_at", Moment),
    Column("stepped_up_at", Moment),
    Column("accepted_at", Moment),
    Column("halted_at", Moment),
    Column("settled_at", Moment),
    Column("reason_code", Text),
    # Almaty's clock at which one for later begins; the set that it takes back then.
    Column("begins", Text),
    Column("takes_back", Text),
    # Days and last day of one that repeats; what its dates have in common.
    Column("repeats", Text),
    Column("chain", Text),
    *claim_columns(),
)
_set_open = in_state(
    change_sets,
    "checking",
    "paused",
    "proposed",
    "running",
    "scheduled",
    "stopped",
    "suspended",
)
Index(
    "ix_change_sets_open",
    change_sets.c.due,
    sqlite_where=_set_open,
    postgresql_where=_set_open,
)
Index(
    "ix_change_sets_chain",
    change_sets.c.chain,
    sqlite_where=change_sets.c.chain != null(),
    postgresql_where=change_sets.c.chain != null(),
)
Index("ix_change_sets_person", change_sets.c.telegram_id, change_sets.c.created_at)
Index("ix_change_sets_confirmed", change_sets.c.administrator_id, change_sets.c.accepted_at)
Index("ix_change_sets_created", change_sets.c.created_at)

change_set_numbers = Table(
    "change_set_numbers",
    metadata,
    Column("set_id", Text, ForeignKey("change_sets.id", ondelete="CASCADE"), primary_key=True),
    # From 0, in the order of the list.
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("msisdn", Text, nullable=False),
    Column("line", Integer, nullable=False),
    # Of the dry run.
    Column("fate", Text),
    Column("shown", Text, nullable=False),
    Column("reason_code", Text),
    # Of a number that never began; of any other its change tells.
    Column("outcome", Text),
    Column("action_id", Text, unique=True),
)
Index(
    "uq_change_set_numbers_msisdn",
    change_set_numbers.c.set_id,
    change_set_numbers.c.msisdn,
    unique=True,
)
not_begun = and_(
    change_set_numbers.c.fate.in_([literal_column("'ready'")]),
    change_set_numbers.c.action_id == null(),
    change_set_numbers.c.outcome == null(),
)
"""Numbers of a confirmed set whose turn has not come."""
Index(
    "ix_change_set_numbers_waiting",
    change_set_numbers.c.set_id,
    change_set_numbers.c.place,
    sqlite_where=not_begun,
    postgresql_where=not_begun,
)

set_approvals = Table(
    "set_approvals",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("set_id", Text, ForeignKey("change_sets.id", ondelete="CASCADE"), nullable=False),
    # Of the list that was confirmed: a word counts for nothing else.
    Column("digest", Text, nullable=False),
    Column("company_id", Text, nullable=False),
    Column("administrator_id", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
Index("ix_set_approvals_set", set_approvals.c.set_id)
