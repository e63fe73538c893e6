"""One way to the database, whichever it is: a function over a connection is one transaction.

Stores are written once, as plain functions over SQLAlchemy's `Connection`. On SQLite the whole
transaction runs in one thread of our own (a hop per statement costs five times as much); on
PostgreSQL it runs over asyncpg. A work may be run again after a deadlock or a lost connection, so
it must do nothing but talk to its connection, and must read its rows before it returns.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError

from storage.errors import StatementRefused, StorageUnavailable

if TYPE_CHECKING:
    from storage.engine.ready_read import ReadyRead, Rows

Result = TypeVar("Result")
Work = Callable[[Connection], Result]


class Database(ABC):
    """An open database. Raises `StorageUnavailable` for whatever the driver could not do.

    `sqlalchemy.exc.IntegrityError` comes out as it is: a store knows what it means.
    """

    dialect: str
    pooled: bool = False
    reads_in_place: bool = False
    """A glance is no exchange with anybody: nothing is won by reading for several at once."""
    timeline: int | None = None
    """Which of the server's timelines this process works on: each replica that is promoted begins
    the next one. None before the first connection, and where there are none.
    """
    step_seen: str | None = None
    """By which step of the shared clock this process tells the time (`ClockRows.go_by`): None where
    it does not compare clocks, empty while there was none.
    """

    def make_room(self) -> None:  # noqa: B027 - a server makes its own
        """See that the place for a new database is there. Raises `DatabaseUrlInvalid`."""

    @abstractmethod
    async def read(self, work: Work[Result]) -> Result:
        """Run a work that only reads, in one transaction."""

    @abstractmethod
    async def write(self, work: Work[Result]) -> Result:
        """Run a work in one transaction and commit it durably, or leave nothing of it."""

    async def glance(self, work: Work[Result]) -> Result:
        """Run a work that reads a few rows by their keys, in one statement.

        On SQLite it runs at once where it stands: reading three rows takes less time than waking
        another thread. Nothing long belongs here, it would hold the event loop up.
        """
        return await self.read(work)

    async def look(self, read: ReadyRead, values: Mapping[str, Any]) -> Rows:
        """The same of a read that is put into SQL once."""
        return await self.glance(lambda conn: conn.execute(read.on_postgresql, values).all())

    async def run(self, work: Work[Result]) -> Result:
        """The same as `write`."""
        return await self.write(work)

    async def listen(self, heard: Callable[[str], None]) -> None:  # noqa: B027 - nothing to hear is no omission
        """Call `heard` when another process has written something to do, until cancelled.

        It is told `work` or `inbox` (storage.engine.pg_notify). Where processes tell each other
        nothing, as on SQLite, this returns at once: who waits must look now and then all the same.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let running works end, then close. A later use opens it again."""


def unavailable(error: Exception) -> StorageUnavailable:
    """What comes out for a driver's error: its kind and first line, never a parameter."""
    cause = getattr(error, "orig", None) or error
    first_line = (str(cause).splitlines() or [""])[0][:200]
    refused = isinstance(error, DataError) or _is_refusal(cause)
    kind = StatementRefused if refused else StorageUnavailable
    return kind(f"{type(cause).__name__}: {first_line}")


def _is_refusal(cause: BaseException) -> bool:
    """Whether it is about what was given: data, or a limit of the server's.

    asyncpg has no state for what it cannot even send.
    """
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return str(state)[:2] in _OF_DATA
    return any(isinstance(each, ValueError) for each in (cause, cause.__cause__))


_OF_DATA = frozenset({"22", "54"})
"""Classes of SQLSTATE: data exceptions, and program limits exceeded."""
