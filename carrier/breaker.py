"""When to stop asking somebody who does not answer.

A breaker keeps our waiting people from queueing behind a dead system, and the system from being
buried while it comes back. A retry budget keeps second tries from doubling the load exactly when
it hurts most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class BreakerState(StrEnum):
    """CLOSED lets through, OPEN refuses, HALF_OPEN has one probe on its way."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When it opens: `in_a_row` failures, or `ratio` of the last `window` calls of `span` seconds.

    After `rest` seconds one call is let through; it decides.
    """

    in_a_row: int = 5
    window: int = 20
    ratio: float = 0.5
    span: float = 30.0
    rest: float = 5.0


class Breaker:
    """One system's breaker. `now` counts seconds, monotonic.

    Every `enter` that gave a ticket is followed by one `leave` with it. A call that began before
    the breaker last turned has no say any more.
    """

    def __init__(self, now: Callable[[], float], rules: BreakerRules) -> None:
        self._now = now
        self._rules = rules
        self._unit = 0
        self._in_a_row = 0
        self._recent: deque[tuple[float, bool]] = deque(maxlen=rules.window)
        self._opened_at: float | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        """How it stands at this moment."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if self._probing else BreakerState.OPEN

    def enter(self) -> int | None:
        """A ticket for one call, or None when there is to be none."""
        if self._opened_at is not None:
            if self._probing or self._now() - self._opened_at < self._rules.rest:
                return None
            self._probing = True
        return self._unit

    def leave(self, ticket: int, *, well: bool | None) -> None:
        """Tell how the call went; None when it was given up before it could fail."""
        if ticket != self._unit:
            return
        if self._opened_at is not None:
            self._probing = False
            if well is not None:
                self._turn_to(None if well else self._now())
            return
        if well is not None:
            self._count(well=well)

    def _count(self, *, well: bool) -> None:
        now = self._now()
        self._in_a_row = 0 if well else self._in_a_row + 1
        self._recent.append((now, well))
        if not well and (self._in_a_row >= self._rules.in_a_row or self._mostly_failed(now)):
            self._turn_to(now)

    def _mostly_failed(self, now: float) -> bool:
        if len(self._recent) < self._rules.window or now - self._recent[0][0] > self._rules.span:
            return False
        failed = sum(not well for _, well in self._recent)
        return failed >= self._rules.ratio * len(self._recent)

    def _turn_to(self, opened_at: float | None) -> None:
        self._unit += 1
        self._in_a_row = 0
        self._recent.clear()
        self._opened_at = opened_at


class RetryBudget:
    """At most `share` of the requests may be second tries; `reserve` of them at once.

    A bucket of tokens: a request adds `share` of one, a retry takes one.
    """

    def __init__(self, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._reserve = reserve
        self._tokens = reserve

    def request(self) -> None:
        """Note a first try."""
        self._tokens = min(self._reserve, self._tokens + self._share)

    def take(self) -> bool:
        """Spend one retry; False when there is none to spend."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
