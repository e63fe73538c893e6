"""A connection of its own that hears PostgreSQL's notices, and comes back when it is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncpg

from storage.engine.pg_notify import CHANNEL, INBOX, WORK
from storage.engine.postgres_address import connect_options

if TYPE_CHECKING:
    from sqlalchemy import URL

FIRST_PAUSE, SLOWEST_PAUSE = 0.2, 10.0
ALIVE_EVERY = 20.0
ANSWER_SECONDS = 5.0


async def listen(address: URL, heard: Callable[[str], None]) -> None:
    """Call `heard` with what is told, until cancelled.

    After every (new) connection all is called: something may have been told meanwhile.
    """
    options = connect_options(address)
    pause = FIRST_PAUSE
    while True:
        with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(
                **options,
                timeout=ANSWER_SECONDS,
                command_timeout=ANSWER_SECONDS,
                server_settings={"application_name": "myaccount-listener"},
            )
            try:
                pause = FIRST_PAUSE
                await _hear(connection, heard)
            finally:
                connection.terminate()
        await asyncio.sleep(pause)
        pause = min(pause * 2, SLOWEST_PAUSE)


async def _hear(connection: Any, heard: Callable[[str], None]) -> None:
    """Listen until the connection ends; one that died without a word is found out by asking."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _connection: ended.set())
    await connection.add_listener(CHANNEL, lambda _c, _pid, _channel, what: heard(what))
    for what in (WORK, INBOX):
        heard(what)
    while not ended.is_set():
        try:
            await asyncio.wait_for(ended.wait(), ALIVE_EVERY)
        except TimeoutError:
            await connection.execute("SELECT 1")
