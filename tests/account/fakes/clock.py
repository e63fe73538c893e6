"""Time that stands still until it is moved: `Clock` and `ElapsedTime`."""

from __future__ import annotations

from datetime import datetime, timedelta

from account.values.clock import Clock


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class FakeElapsed:
    """Counts by the clock, and for `unsure` nobody can tell."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.unsure = False
        self.stepped_at: datetime | None = None

    async def since(self, moment: datetime) -> timedelta:
        now = self._clock.now()
        begun = max(moment, self.stepped_at or moment)
        return timedelta(0) if self.unsure else max(now - begun, timedelta(0))
