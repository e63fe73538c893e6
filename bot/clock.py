"""The product's clock: real time, or a time that was set and runs on from there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class RunningClock:
    """Real time, moved by a fixed step when a start was given (`MYACCOUNT_NOW`)."""

    def __init__(self, start: datetime | None = None) -> None:
        self._step = timedelta(0) if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC) + self._step

    def advance(self, step: timedelta) -> None:
        """Let time pass at once."""
        self._step += step
