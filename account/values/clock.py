"""The time and durations, so that tests can set them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time, so that tests can set it."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""


class ElapsedTime(Protocol):
    """Durations over several processes, which no clock that is set can stretch."""

    async def since(self, moment: datetime) -> timedelta:
        """How much time has surely passed since `moment`, a stamp of `Clock.now` of any process.

        Never more than what has passed since a clock was seen to step; zero while nobody can tell.
        Raises `StorageUnavailable` of the database that keeps the processes' time.
        """
