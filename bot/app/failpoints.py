"""Trouble on purpose, for the crash lab: at a point between two steps the process kills itself,
stands still, or finds its wall clock moved.

`MYACCOUNT_FAILPOINT=<point>[:<nth>[:<action>]]` names the point (docs/reliability.md lists them),
which of its passings counts, and what happens there: `kill` (the default) is SIGKILL, `stop` is
SIGSTOP, from which somebody else has to wake it with SIGCONT, and `step=<seconds>` moves the wall
clock of this process. Several stand behind each other with commas. Unset, nothing is wrapped and
nothing costs anything. It is hooked on where the rooms are put together, so the core and the stores
know nothing of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Protocol

import structlog

if TYPE_CHECKING:
    from account.carrier import Carrier
    from bot.delivery.sender import OutboxSender
    from storage.engine.database import Database
    from storage.open import Stores

log = structlog.get_logger(__name__)

VARIABLE = "MYACCOUNT_FAILPOINT"
FINAL_WORD, FILE = "action.final", "document.ready"
KILL, STOP, STEP = "kill", "stop", "step="

_within: ContextVar[str] = ContextVar("within", default="")


class SteppedClock(Protocol):
    """A clock whose wall time can be moved."""

    def step_wall(self, seconds: float) -> None:
        """Move it by that much, forwards or back."""


class FailPoint:
    """Counts the passings of its point; at the last of them `action` happens, once."""

    def __init__(self, point: str, passings: int, action: Callable[[], None]) -> None:
        self._point = point
        self._left = passings
        self._action = action

    def passed(self, point: str) -> None:
        """Pass a point."""
        if point == self._point and self._left > 0:
            self._left -= 1
            if self._left == 0:
                self._action()


class FailPoints:
    """All that one process was given."""

    def __init__(self, fail_points: Iterable[FailPoint]) -> None:
        self._fail_points = tuple(fail_points)

    def passed(self, point: str) -> None:
        """Pass a point, with each of them."""
        for fail_point in self._fail_points:
            fail_point.passed(point)


def fail_points_of(described: str, clock: SteppedClock) -> FailPoints:
    """What the variable asks for. Raises `ValueError` for an action that does not exist."""
    return FailPoints(_fail_point(one, clock) for one in described.split(","))


def _fail_point(described: str, clock: SteppedClock) -> FailPoint:
    point, nth, action = (*described.split(":"), "", "")[:3]
    return FailPoint(point, int(nth or "1"), _action(action or KILL, clock))


def _action(name: str, clock: SteppedClock) -> Callable[[], None]:
    if name == KILL:
        return partial(_signal_self, signal.SIGKILL)
    if name == STOP:
        return partial(_signal_self, signal.SIGSTOP)
    if name.startswith(STEP):
        return partial(_move, clock, float(name.removeprefix(STEP)))
    raise ValueError(f"{VARIABLE}: no such action: {name}")


def _signal_self(number: int) -> None:
    os.kill(os.getpid(), number)


def _move(clock: SteppedClock, seconds: float) -> None:
    clock.step_wall(seconds)
    log.warning("failpoint.step", seconds=seconds)


def plant(stores: Stores, carrier: Carrier, delivery: OutboxSender, clock: SteppedClock) -> None:
    """Lay the fail points that the environment asks for; without the variable do nothing."""
    described = os.environ.get(VARIABLE, "")
    if not described:
        return
    fail_points = fail_points_of(described, clock)
    for part, method, name in (
        (stores.inbox, "put", "inbox"),
        (stores.actions, "accept", "accept"),
        (stores.actions, "mark_sent", "sent"),
        (stores.actions, "park", "park"),
        (stores.actions, "settle", "settle"),
        (stores.documents, "order", "order"),
        (stores.documents, "claim", "claim"),
        (stores.documents, "made", "made"),
        (stores.schedules, "begin", "begin"),
        (stores.subscriptions, "order", "monthly"),
        (stores.change_sets, "start", "start"),
        (stores.alerts, "finished", "looked"),
        (stores.alerts, "tell", "tell"),
        (stores.units, "close", "turn"),
        (stores.outbox, "delivered", "delivered"),
        (carrier, "place", "call"),
        (carrier, "order", "look"),
    ):
        _wrap(fail_points, part, method, name)
    _wrap(fail_points, delivery, "deliver", "word", only=lambda row: row.kind == FINAL_WORD)
    _wrap(fail_points, delivery, "deliver", "file", only=lambda row: row.kind == FILE)
    _wrap(fail_points, stores.outbox, "delivered", "handed", only=lambda row: row.kind == FILE)
    _watch_commits(fail_points, stores.database)


def watch_commits(database: Database, clock: SteppedClock) -> None:
    """Only `commit`, for a command; without the variable do nothing."""
    if described := os.environ.get(VARIABLE, ""):
        _watch_commits(fail_points_of(described, clock), database)


def _wrap(
    fail_points: FailPoints,
    part: object,
    method: str,
    name: str,
    *,
    only: Callable[[Any], bool] = lambda _first: True,
) -> None:
    """Pass `name.before` and `name.after` around a method, and let commits know where they are."""
    work = getattr(part, method)

    @wraps(work)
    async def passing(*arguments: Any, **named: Any) -> Any:
        if not only(arguments[0]):
            return await work(*arguments, **named)
        fail_points.passed(f"{name}.before")
        inside = _within.set(name)
        try:
            outcome = await work(*arguments, **named)
        finally:
            _within.reset(inside)
        fail_points.passed(f"{name}.after")
        return outcome

    setattr(part, method, passing)


def _watch_commits(fail_points: FailPoints, database: Any) -> None:
    """Pass `<name>.commit` right after every commit within a method; `commit` after any at all."""
    write = database.write

    async def committing(work: Any) -> Any:
        outcome = await write(work)
        fail_points.passed(f"{_within.get()}.commit")
        fail_points.passed("commit")
        return outcome

    database.write = committing
