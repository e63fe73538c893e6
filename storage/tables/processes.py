"""What the processes on one database share: numbers, leases, clocks, calls a second."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from storage.engine.types import Moment
from storage.tables.base import metadata

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    # The day in Almaty, `20220124`.
    Column("day", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

generations = Table(
    "generations",
    metadata,
    # 0 from the beginning; each backup put back begins the next one (storage.restore.generations).
    Column("number", Integer, primary_key=True, autoincrement=False),
    # What tells this database from others, the same in all its rows and copies.
    Column("origin", Text, nullable=False),
    # The last part of references given out in it; empty in the first.
    Column("mark", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    # Grows while any process runs: of two copies the one with fewer beats is the older one.
    Column("beats", BigInteger, nullable=False, server_default="0"),
    # The PostgreSQL server's, when it was last looked at: a replica that took over has another.
    Column("timeline", BigInteger),
)

event_subscriptions = Table(
    "event_subscriptions",
    metadata,
    # The number of the API whose hub it is.
    Column("api", Text, primary_key=True),
    # What the question carries as its idempotency key.
    Column("key", Text, nullable=False),
    # A digest of what was told: callback, filter and hub.
    Column("told", Text, nullable=False),
    # The hub's own id of it; NULL: not answered yet, empty: it told none.
    Column("hub_id", Text),
    # The status by which the hub said no.
    Column("refused", Integer),
    Column("since", Moment, nullable=False),
    # When the last event came by it, of whatever order.
    Column("heard_at", Moment),
)

call_slots = Table(
    "call_slots",
    metadata,
    # An API of the operator, or its share for the background.
    Column("name", Text, primary_key=True),
    # Microseconds since 1970 by the database's clock.
    Column("until", BigInteger, nullable=False),
)

clocks = Table(
    "clocks",
    metadata,
    # `boot:<start of a machine>`, `declared` or `step` (storage.stores.clocks).
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("owner", Text, nullable=False),
    # Microseconds.
    Column("value", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("fence", BigInteger, nullable=False),
    # Of a process: the latest key it holds, and the one it writes with.
    Column("holds_key", Integer),
    Column("writes_key", Integer),
)

# One row: the oldest revision whose program works with this schema (storage.engine.schema).
schema_floor = Table("schema_floor", metadata, Column("revision", Text, primary_key=True))
