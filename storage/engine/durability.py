"""Whether a PostgreSQL keeps what it confirms, looked at on every new connection.

A person is told "accepted" once the commit has returned, so a commit must have reached the disk.
What was asked for at the connection's start proves nothing: a pooler may drop it, a server may run
without fsync. So it is set on the session, and read back.

A pooler must give each connection of ours one of the server's for as long as it lasts. One that
hands over each transaction anew mixes up sessions: settings, prepared statements, LISTEN.

What is not looked at: full_page_writes, which is rightly off on file systems that copy on write.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from storage.errors import DatabaseUnsafe

_DURABLE = ("on", "remote_apply")
_POOLED = (
    "a pooler hands every transaction to another connection (pool_mode=transaction or statement); "
    "set pool_mode=session for this database"
)
_SETTINGS = """
    SELECT pg_backend_pid() AS pid,
           current_setting('synchronous_commit') AS commits,
           current_setting('fsync') AS fsync
"""
_TIMELINE = """
    SELECT CASE WHEN NOT pg_is_in_recovery()
           THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END
"""
_ORDER = (0, 1, 0, 0, 1, 1, 0, 1)
"""In which two connections ask who serves them: irregular, against a pooler that takes turns."""


async def assure(connection: Any, another: Callable[[], Awaitable[Any]]) -> bool:
    """See that commits of this connection are kept; whether a pooler stands between.

    `another` opens one more connection in the same way. Raises `DatabaseUnsafe`.
    """
    try:
        seen = await connection.fetchrow(_SETTINGS)
        if seen["fsync"] != "on":
            raise DatabaseUnsafe(
                "fsync is off, so the server loses what it has confirmed when its machine stops; "
                "set fsync = on"
            )
        if seen["commits"] not in _DURABLE:
            await connection.execute("SET synchronous_commit = on")
            seen = await connection.fetchrow(_SETTINGS)
            if seen["commits"] not in _DURABLE:
                raise DatabaseUnsafe(
                    "synchronous_commit stays off though on was set, so commits may be lost"
                )
        # A pooler makes up the number by which the protocol knows a session.
        pooled = bool(seen["pid"] != connection.get_server_pid())
        if pooled and not await _keeps_sessions(connection, another):
            raise DatabaseUnsafe(_POOLED)
    except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError):
        # A statement prepared a moment ago is unknown, or another session's is there.
        raise DatabaseUnsafe(_POOLED) from None
    return pooled


async def timeline_of(connection: Any) -> int | None:
    """The server's timeline; None while it follows another, and where it does not tell."""
    try:
        told = await connection.fetchval(_TIMELINE)
    except asyncpg.PostgresError:
        # Some that only speak like PostgreSQL have no such log.
        return None
    return None if told is None else int(told, 16)


async def _keeps_sessions(first: Any, another: Callable[[], Awaitable[Any]]) -> bool:
    """Whether two connections at once are served by one backend each, and not by the same."""
    second = await another()
    try:
        served: tuple[set[int], set[int]] = (set(), set())
        for which in _ORDER:
            asked = (first, second)[which]
            served[which].add(await asked.fetchval("SELECT pg_backend_pid()"))
    finally:
        second.terminate()
    return len(served[0]) == len(served[1]) == 1 and served[0] != served[1]
