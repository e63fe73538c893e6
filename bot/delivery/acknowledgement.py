"""Crossing out what has arrived, however long the database cannot be written.

Between Telegram's answer and the line through the message there is nothing but this write. Were it
given up, the message would come once more when its lease is over: so it is tried again for as long
as this process lives. Who has the message by then, the fence tells.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger(__name__)

AGAIN_AFTER = 0.5
"""Seconds; a try waits for another process's lock by itself."""


async def acknowledged(write: Callable[[], Awaitable[object]]) -> None:
    """Have `write` done; it may be done twice, so it names a fence or a key."""
    while True:
        try:
            await write()
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
            await asyncio.sleep(AGAIN_AFTER)
        else:
            return
