"""PostgreSQL over asyncpg, READ COMMITTED: our statements are conditional or lock their row."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine
from typing_extensions import override

from storage.engine.database import Database, unavailable
from storage.engine.durability import assure, timeline_of
from storage.engine.pg_listen import listen
from storage.engine.postgres_address import connect_options, pool_options
from storage.errors import ConnectionsExhausted, ServerPromoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

    from storage.engine.database import Result, Work

log = structlog.get_logger(__name__)

TRIES = 5
STANDS_STILL_MS = 10_000
"""Milliseconds after which the server ends a transaction whose process has said nothing more.

Who is suspended, or whose machine is gone, in the middle of one would keep its locks until it wakes
up or TCP gives up after hours, and the others could claim nothing until then.
"""
SAID_EVERY = 60.0
"""Seconds between two alarms of one process that no connection is free."""
_SERIALIZATION = "40001"
_DEADLOCK = "40P01"
_FULL = "53300"


class PostgresDatabase(Database):
    """A pool of connections to one PostgreSQL database.

    `pooled` says whether a pooler stood between at the last connection.
    """

    dialect = "postgresql"

    def __init__(self, address: URL, *, pool_size: int = 16) -> None:
        self._address = address
        self.pooled = False
        self._said_at = -SAID_EVERY
        self._options = {
            **connect_options(address),
            "timeout": 5,
            "command_timeout": 30,
            # Nothing else may be asked for here: PgBouncer refuses what it does not know.
            "server_settings": {"application_name": "myaccount"},
        }
        self._engine = create_async_engine(
            # Where to is the affair of `_connect` alone.
            "postgresql+asyncpg://",
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_use_lifo=True,
            connect_args={"async_creator_fn": self._connect, **pool_options(address)},
        )
        self._glancing = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @override
    async def read(self, work: Work[Result]) -> Result:
        return await self.write(work)

    @override
    async def glance(self, work: Work[Result]) -> Result:
        """One statement is a transaction by itself: no BEGIN, no COMMIT."""
        return await self._until_done(self._glancing, work)

    @override
    async def write(self, work: Work[Result]) -> Result:
        return await self._until_done(self._engine, work)

    async def _until_done(self, engine: AsyncEngine, work: Work[Result]) -> Result:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._once(engine, work)
            except _TryAgain as again:
                if attempt == TRIES:
                    raise unavailable(again.error) from again.error
                await asyncio.sleep(0.01 * attempt * (1 + secrets.randbelow(100) / 100))
        raise AssertionError

    @override
    async def listen(self, heard: Callable[[str], None]) -> None:
        await listen(self._address, heard)

    @override
    async def close(self) -> None:
        await self._engine.dispose()

    async def _connect(self) -> Any:
        """One more connection of the pool.

        Raises `DatabaseUnsafe`, `ServerPromoted`, and the driver's own.
        """
        connection = await self._raw()
        try:
            self.pooled = await assure(connection, self._raw)
            self._go_by(await timeline_of(connection))
            await connection.execute(
                f"SET idle_in_transaction_session_timeout = {STANDS_STILL_MS:d}"
            )
        except BaseException:
            connection.terminate()
            raise
        return connection

    def _exhausted(self, error: Exception) -> ConnectionsExhausted:
        """Said once a minute: whoever wants a connection then comes by here."""
        now = asyncio.get_running_loop().time()
        if now >= self._said_at + SAID_EVERY:
            self._said_at = now
            whose = "process" if isinstance(error, PoolTimeout) else "server"
            log.error("storage.exhausted", alarm="no connection to the database is free", why=whose)
        return ConnectionsExhausted(f"{type(error).__name__}: no connection is free")

    def _go_by(self, timeline: int | None) -> None:
        """Stay on the timeline of the first connection. Raises `ServerPromoted`."""
        if self.timeline is None:
            self.timeline = timeline
        elif timeline not in (self.timeline, None):
            raise ServerPromoted

    async def _raw(self) -> Any:
        return await asyncpg.connect(**self._options)

    async def _once(self, engine: AsyncEngine, work: Work[Result]) -> Result:
        committing = False
        try:
            async with engine.connect() as connection:
                transaction = await connection.begin()
                result = await connection.run_sync(work)
                committing = True
                await transaction.commit()
                return result
        except IntegrityError:
            raise
        except DBAPIError as error:
            if _state(error) == _FULL:
                raise self._exhausted(error) from error
            if _conflict(error) or (error.connection_invalidated and not committing):
                raise _TryAgain(error) from error
            raise unavailable(error) from error
        except (PoolTimeout, asyncpg.TooManyConnectionsError) as error:
            raise self._exhausted(error) from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # Faults while connecting: SQLAlchemy lets the driver's own through.
            raise unavailable(error) from error


class _TryAgain(Exception):  # noqa: N818 - a signal between two functions
    def __init__(self, error: DBAPIError) -> None:
        self.error = error


def _conflict(error: DBAPIError) -> bool:
    return _state(error) in (_SERIALIZATION, _DEADLOCK)


def _state(error: DBAPIError) -> str | None:
    told: str | None = getattr(error.orig, "sqlstate", None)
    return told
