"""The product's clock: counted from one reading of the time of day, so that nobody can set it.

Between readings it runs on CLOCK_BOOTTIME, which goes on while the machine sleeps and which no
administrator and no NTP can move. `bot.workers.clock_sync` corrects it against the clock that all
processes share, and makes much of it when that one has stepped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from account.values.durations import boottime


class SteadyClock:
    """The time of day, and with a start (`MYACCOUNT_NOW`) one that was declared and runs on.

    `wall` and `boot` tell seconds, as `time.time` and `boottime` do. `offset` is the time of day at
    the moment when `boot` was zero, by the clock that counts; `declared` is what was declared on
    top of it, and is taken out before clocks are compared.
    """

    def __init__(
        self,
        start: datetime | None = None,
        *,
        wall: Callable[[], float] = time.time,
        boot: Callable[[], float] = boottime,
    ) -> None:
        self.wall = wall
        self.boot = boot
        self.offset = wall() - boot()
        self.declared = timedelta(0) if start is None else start - self.raw()

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return self.raw() + self.declared

    def raw(self) -> datetime:
        """The same without what was declared."""
        return datetime.fromtimestamp(self.boot() + self.offset, UTC)

    def parted(self) -> float:
        """By how many seconds this machine's wall clock is ahead."""
        return self.wall() - self.boot() - self.offset

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock that is read here, as somebody with the right might set it."""
        before = self.wall
        self.wall = lambda: before() + seconds

    def advance(self, step: timedelta) -> None:
        """Let time pass at once."""
        self.declared += step
