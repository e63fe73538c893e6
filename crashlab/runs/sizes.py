"""The sizes of the lab: how many rounds, how long, and what comes over the bot in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crashlab.plan import Plan

DATABASES = ("sqlite", "postgresql")
ONE, TWO = ("run",), ("run", "worker")
FOUR = ("run", "run", "worker", "worker")
TROUBLE: dict[str, Any] = {"blocks": 0.08, "accounts": True, "found_late": 0.02}
"""What every round has besides kills, faults and repeated presses."""
FEW_SETS: dict[str, Any] = {"set_companies": 1}
SETS: dict[str, Any] = {"set_companies": 3, "set_most": 30}
SLEEPS: dict[str, Any] = {"pauses": 0.3, "steps": 0.2}
ALONE: dict[str, Any] = {"crew": ONE, "steps": 0.2}
"""Who shares a SQLite file shares a machine, and its clock: one that is set is set for all. What
waits, waits anew after each step: with more of them hardly anything comes to its end.
"""
PLAIN: dict[str, tuple[dict[str, Any], ...]] = {
    "sqlite": ({"crew": ONE},),
    "postgresql": ({"crew": FOUR, "webhook": True},),
}
"""What rounds have that nothing sleeps in."""
TURNS: dict[str, tuple[dict[str, Any], ...]] = {
    "sqlite": (
        {**ALONE, "pauses": 0.1},
        {"crew": TWO, "pauses": 0.4, "life": 2.0},
        {**ALONE, "restores": 40.0},
        {"crew": TWO, "pauses": 0.4, "life": 2.0},
    ),
    "postgresql": (
        {"crew": FOUR, **SLEEPS},
        {"crew": FOUR, **SLEEPS, "webhook": True},
        {"crew": FOUR, **SLEEPS, "cuts": 20.0},
        {"crew": FOUR, **SLEEPS, "webhook": True},
    ),
}
"""What the other rounds have in turn."""


@dataclass(frozen=True)
class Size:
    """So many rounds of so many seconds of kills; between them there are starts and endings.

    In `plain` ones nothing but death comes over processes.
    """

    rounds: int
    seconds: float
    plain: bool = False

    def plan(self, database: str, seed: int, dialect: str = "kcell") -> Plan:
        """The round with that seed, which alone decides what it has."""
        turns = (PLAIN if self.plain else TURNS)[database]
        turn = turns[seed % len(turns)]
        lists = FEW_SETS if self.plain else SETS
        return Plan(seed, self.seconds, dialect=dialect, **TROUBLE, **lists, **turn)


SIZES = {"ci": Size(1, 20, plain=True), "nightly": Size(5, 100), "release": Size(16, 150)}
