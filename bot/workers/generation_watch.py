"""Notices that the database has become an older copy of itself: at start, and under a running bot.

Nothing can be promised on such a database: changes of the lost time are at the operator, and their
references would be given out again. So nobody works on it until a person has said that it was put
back (`myaccount restored`). A replica that took over with the last seconds missing is one, too.
One that was promoted and may lack less than that is gone on with, as after a restore.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from storage.errors import (
    DatabaseOlder,
    GenerationChanged,
    ServerPromoted,
    StorageUnavailable,
    WitnessDamaged,
)

if TYPE_CHECKING:
    from datetime import datetime

    from storage.restore.generations import Generation, Generations
    from storage.restore.witness import Witness

log = structlog.get_logger(__name__)

BEAT_EVERY = 1.0
NOTED_EVERY = 5
"""Beats between two notes: a copy that lacks less than that is not told from the database."""


class GenerationWatch:
    """One process's. The schema has to be there."""

    def __init__(self, generations: Generations, witness: Witness) -> None:
        self._generations = generations
        self._witness = witness
        self._seen: Generation | None = None
        self._writable = True

    async def check(self, now: datetime) -> None:
        """Look at start. Raises `DatabaseOlder`, `WitnessDamaged`, `StorageUnavailable`."""
        notes = await asyncio.to_thread(self._witness.notes)
        present = await self._generations.beat()
        notes.check(present)
        if (begun := await self._generations.follow(now)) is not None:
            present, count = begun
            log.error(
                "database.promoted",
                alarm="a replica has taken over the database; it may lack the last commits",
                count=count,
            )
        self._seen = present
        await self._note()

    async def run(self) -> None:
        """Beat and look until cancelled.

        Raises `DatabaseOlder`, `GenerationChanged`, `ServerPromoted`.
        """
        count = 0
        while True:
            await asyncio.sleep(BEAT_EVERY)
            try:
                await self._beat()
            except ServerPromoted:
                log.warning("database.replica_took_over")
                raise
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
                continue
            count += 1
            if count % NOTED_EVERY == 0:
                await self._note()

    async def leave(self) -> None:
        """Note the last that this process knows of."""
        await self._note()

    async def _beat(self) -> None:
        present, seen = await self._generations.beat(), self._seen
        if seen is not None and present.is_older_than(seen):
            log.error("database.older", alarm="the database was put back under a running bot")
            raise DatabaseOlder
        if seen is not None and (present.origin, present.number) != (seen.origin, seen.number):
            log.warning("database.restored")
            raise GenerationChanged
        self._seen = present

    async def _note(self) -> None:
        """A witness that cannot be written is an alarm and no reason to stop."""
        if self._seen is None:
            return
        try:
            await asyncio.to_thread(self._witness.note, self._seen)
        except (OSError, WitnessDamaged) as error:
            if self._writable:
                log.error(  # noqa: TRY400 - what it is stands in the alarm
                    "witness.unwritable",
                    alarm="a database that is put back would not be noticed here",
                    error=type(error).__name__,
                )
            self._writable = False
        else:
            self._writable = True
