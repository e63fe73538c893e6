"""Calls a second of one API, by all processes together.

A process takes a tenth of a second's calls at a time from what all share, so that it asks the
database ten times a second at most, whatever it does. What works in the background takes from a
share below first, so that taps always find the rest.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

import structlog

from account.errors import CarrierTurnTaken

if TYPE_CHECKING:
    from carrier.profile.limits import LimitsProfile

log = structlog.get_logger(__name__)

_KEPT = 1.0
"""Seconds after its moment for which a call that was taken may still be made."""
_BATCH = 0.1
_BACKGROUND: ContextVar[bool] = ContextVar("background", default=False)
_WITHIN_BUDGET: ContextVar[bool] = ContextVar("within_budget", default=False)
_LAST: ContextVar[bool] = ContextVar("last", default=False)
_BUDGET, _REST, SHARE_OF_REST = "background", "background:last", 0.5
"""What all processes share for work that nobody waits for, whatever the API; and the share of it
that what comes last of all takes at most, so that sets and schedules always find the rest."""


@contextmanager
def background() -> Iterator[None]:
    """What is asked within, nobody looks at a screen for."""
    token = _BACKGROUND.set(True)
    try:
        yield
    finally:
        _BACKGROUND.reset(token)


def in_background() -> bool:
    """Whether what is done now is of that kind."""
    return _BACKGROUND.get()


@contextmanager
def within_budget() -> Iterator[None]:
    """The same of what goes on for long: it also keeps to the one budget of such work."""
    token = _WITHIN_BUDGET.set(True)
    try:
        with background():
            yield
    finally:
        _WITHIN_BUDGET.reset(token)


@contextmanager
def last_of_budget() -> Iterator[None]:
    """The same of what may wait for all of that."""
    token = _LAST.set(True)
    try:
        with within_budget():
            yield
    finally:
        _LAST.reset(token)


class Slots(Protocol):
    """What all processes share (`storage.stores.call_slots`)."""

    async def take(self, name: str, count: int, per_second: float, within: float) -> float | None:
        """Seconds until the first of `count` calls; None when it is later than `within`."""


class SharedTurns:
    """What one process takes of what all share, name by name. `now` counts seconds, monotonic."""

    def __init__(
        self,
        slots: Slots,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._slots = slots
        self._now = now
        self._sleep = sleep
        self._mine: dict[str, deque[float]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def wait(self, name: str, rate: float, until: float) -> None:
        """Wait for the next of `rate` turns a second. Raises `CarrierTurnTaken` when it comes after
        `until`; while the database is away everybody goes on.
        """
        async with self._locks.setdefault(name, asyncio.Lock()):
            mine = self._mine.setdefault(name, deque())
            while mine and mine[0] < self._now() - _KEPT:
                mine.popleft()
            if not mine:
                mine.extend(await self._taken(name, rate, until))
            at = mine.popleft()
        if (wait := at - self._now()) > 0:
            await self._sleep(wait)

    async def _taken(self, name: str, rate: float, until: float) -> list[float]:
        count = max(1, int(rate * _BATCH))
        now = self._now()
        try:
            first = await self._slots.take(name, count, rate, max(until - now, 0.0))
        except Exception as error:  # noqa: BLE001 - the database away is no reason not to ask
            log.warning("operator.limit_unknown", error=type(error).__name__)
            return [now]
        if first is None:
            raise CarrierTurnTaken(f"{name}: its calls of the next seconds are taken")
        return [now + first + number / rate for number in range(count)]


class CallLimiter:
    """The calls of this process to the operator. `budget` are the calls a second that all work
    within the budget makes, of all APIs together.
    """

    def __init__(
        self, told: LimitsProfile, turns: SharedTurns, budget: float | None = None
    ) -> None:
        self._told = told
        self._turn = turns.wait
        self._budget = budget

    async def wait(self, api: str, until: float) -> None:
        """Wait for this call's turn. Raises `CarrierTurnTaken` when it comes after `until`."""
        if self._budget is not None and _LAST.get():
            await self._turn(_REST, self._budget * SHARE_OF_REST, until)
        if self._budget is not None and _WITHIN_BUDGET.get():
            await self._turn(_BUDGET, self._budget, until)
        rate = self._told.rate(api)
        if rate is None:
            return
        if _BACKGROUND.get():
            await self._turn(f"{api}:background", rate * self._told.background_share, until)
        await self._turn(api, rate, until)
