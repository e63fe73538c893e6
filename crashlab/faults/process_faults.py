"""What befalls a process before it dies: it stands still for a while, or its clock is moved."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crashlab.rng import drawn
from crashlab.world.network import RESET, SILENT

if TYPE_CHECKING:
    from crashlab.plan import Plan

LIFE, UPDATE, CHANGE = 3.0, 15.0, 30.0
"""Seconds after which others take over what a process has: all of it, an update, a change."""
ORDER = 6.0
"""Seconds on top of an order's longest processing time until its absence is believed."""
SHARES = {"life": 0.5, "order": 0.2, "update": 0.15, "change": 0.05, "long": 0.1}
AROUND, LONG = (-1.0, 4.0), (45.0, 90.0)
STEPS = (2.0, 6.0, 30.0, 120.0, 3600.0, 6 * 3600.0)
"""Seconds that a wall clock is moved by, forwards or back."""
MOST_COMMITS = 12


@dataclass(frozen=True)
class Pause:
    """It stands still for `seconds`, at the point (`name:nth`) or, empty, at a moment of chance."""

    seconds: float
    point: str = ""

    @property
    def failpoint(self) -> str:
        """What the process is told."""
        return f"{self.point}:stop" if self.point else ""


@dataclass(frozen=True)
class ClockStep:
    """Its wall clock jumps by `seconds` at the point."""

    seconds: float
    point: str

    @property
    def failpoint(self) -> str:
        """What the process is told."""
        return f"{self.point}:step={self.seconds:+g}"


@dataclass(frozen=True)
class Cut:
    """Nothing passes between a process and the database for `seconds`."""

    kind: str
    seconds: float


def cut(rng: random.Random) -> Cut:
    """The next cut: seen at once or not, and mostly shorter than what others take over after."""
    kind = rng.choice((RESET, SILENT))
    return Cut(kind, rng.choice((rng.uniform(0.2, LIFE), LIFE + rng.uniform(*AROUND))))


def pause(rng: random.Random, plan: Plan, points: Sequence[str]) -> Pause:
    """The next pause, mostly near the edge of a lease, or near the time from which on an order that
    cannot be found was never taken.
    """
    edges = {"life": LIFE, "order": plan.longest + ORDER, "update": UPDATE, "change": CHANGE}
    edge = edges.get(drawn(rng, SHARES) or "long")
    seconds = rng.uniform(*LONG) if edge is None else edge + rng.uniform(*AROUND)
    if plan.pause_seconds is not None:
        seconds = rng.uniform(*plan.pause_seconds)
    if not points or (not plan.stops and rng.random() >= plan.by_point):
        return Pause(seconds)
    return Pause(seconds, f"{rng.choice(points)}:{rng.randint(1, 1 if plan.stops else 3)}")


def clock_step(rng: random.Random, points: Sequence[str]) -> ClockStep:
    """The next step of a clock, right after a commit or at one of the points."""
    seconds = rng.choice(STEPS) * rng.choice((1, -1))
    point = rng.choice(points) if points else "commit"
    return ClockStep(seconds, f"{point}:{rng.randint(1, 2 if points else MOST_COMMITS)}")
