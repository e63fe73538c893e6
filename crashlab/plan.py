"""How one run goes."""

from __future__ import annotations

from dataclasses import dataclass

from crashlab.faults.kills import BY_POINT, POINTS
from crashlab.workload import WANTED_CHANGES
from crashlab.world.dialects import DIALECTS
from crashlab.world.operator import SLOW_ORDERS


@dataclass(frozen=True)
class Plan:
    """How one run goes. `crew` names the processes' commands."""

    seed: int
    seconds: float
    crew: tuple[str, ...] = ("run",)
    webhook: bool = False
    people: int = 30
    numbers: int = 6
    readers: int = 4
    set_companies: int = 2
    """Companies in which somebody does many numbers at once, and somebody else approves."""
    set_most: int = 12
    """Numbers in one list."""
    planners: int = 1
    """People who have confirmed changes for later."""
    watchers: int = 3
    """People who are told of balances that have fallen."""
    subscribers: int = 5
    """People who have a paper each month."""
    least_kills: int = 5
    least_changes: int = 20
    least_kinds: float = 0.5
    """The share of the kinds that must have been confirmed: fewer prove nothing."""
    longest: int = 6
    kinds: tuple[str, ...] = ()
    """What people want, of `crashlab.workload.WANTED_CHANGES`; empty: all that the operator has."""
    dialect: str = "kcell"
    """How the operator speaks, and what it has: a name of `crashlab.world.dialects.DIALECTS`."""
    points: tuple[str, ...] = POINTS
    by_point: float = BY_POINT
    pauses: float = 0.0
    """The share of processes that stand still for a while before they die."""
    stops: tuple[str, ...] = ()
    """Points at which they stand still; empty: `points`."""
    pause_seconds: tuple[float, float] | None = None
    """How long, when not near the edges of leases."""
    steps: float = 0.0
    """The share of processes whose clock is moved."""
    step_points: tuple[str, ...] = ()
    """Points at which it is; empty: after any commit."""
    life: float = 1.0
    """So many times longer than else a process lives before it is killed at a moment of chance."""
    faults: tuple[tuple[str, float], ...] = ()
    """Shares of faults of the operator that differ from the usual ones."""
    telegram_faults: tuple[tuple[str, float], ...] = ()
    """The same of Telegram."""
    late_questions: float = 0.0
    """The share of questions for approval that Telegram puts off for some seconds."""
    cuts: float = 0.0
    """Seconds, on an average, from one cut of a process from PostgreSQL to the next; 0: none."""
    restores: float = 0.0
    """Seconds, on an average, from one backup to the next that is put back; 0: none."""
    blocks: float = 0.0
    """The share of confirmations after which a person blocks the bot for a while."""
    accounts: bool = False
    """Whether people have several accounts, and accounts several people."""
    found_late: float = 0.0
    """The share of orders that take effect and are found only after all time for that is over."""
    slow_orders: float = SLOW_ORDERS
    hasty: bool = False
    """For mutants: starts without imports, and people who leave at once when it is over."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The kinds of changes that people want."""
        lacks = DIALECTS[self.dialect].lacks
        return self.kinds or tuple(kind for kind in WANTED_CHANGES if kind not in lacks)

    @property
    def least_kinds_count(self) -> int:
        """How many kinds must have been confirmed."""
        return round(self.least_kinds * len(self.wanted))
