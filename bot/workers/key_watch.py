"""A running process takes a new key as soon as the database knows it, without a restart.

`myaccount rotate-key` waits until every process holds the new key before anybody writes with it.
One that has no such key in its file says so until it is there; where the key has become current
without it, it could neither read nor write, and ends.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from storage.encryption.secrets import Secrets
from storage.errors import SecretsInvalid, StorageUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from storage.open import Stores

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0


class KeyWatch:
    """One process's look at the database's keys, and at its key file when they have changed."""

    def __init__(self, stores: Stores, path: Path) -> None:
        self._stores = stores
        self._path = path
        self._missing = False

    def well(self) -> bool:
        """Whether this process holds every key of the database that it will need."""
        return not self._missing

    async def run(self) -> None:
        """Look until cancelled. Raises `SecretMismatch`: this process has no key any more."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)

    async def look(self) -> None:
        """Take what is new. Raises `SecretMismatch`, `StorageUnavailable`."""
        keys = self._stores.secret_keys
        if not self._missing and not await keys.changed():
            return
        try:
            self._stores.keys.offer(await asyncio.to_thread(Secrets.from_file, self._path))
        except SecretsInvalid as bad:
            log.warning("key.unreadable", error=type(bad).__name__)
        await keys.look()
        missing = keys.latest > self._stores.keys.greatest
        if missing and not self._missing:
            log.error("key.missing", alarm="a new key was announced that this machine has not")
        self._missing = missing
