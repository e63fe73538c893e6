"""The sizes of the lab: how many rounds, how long, and what comes over the bot in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crashlab.plans import Plan

DATABASES = ("sqlite", "postgresql")
ONE, TWO = ("run",), ("run", "worker")
FOUR = ("run", "run", "worker", "worker")
TROUBLE: dict[str, Any] = {"blocks": 0.08, "accounts": True}
"""What every round has besides kills, faults and repeated presses."""
ROUNDS: dict[str, tuple[dict[str, Any], ...]] = {
    "sqlite": ({"crew": ONE}, {"crew": TWO}),
    "postgresql": ({"crew": FOUR}, {"crew": FOUR, "webhook": True}),
}
"""What the rounds have in turn, by database."""


@dataclass(frozen=True)
class Size:
    """So many rounds of so many seconds of kills; between them there are starts and endings."""

    rounds: int
    seconds: float

    def plan(self, database: str, seed: int) -> Plan:
        """The round with that seed, which alone decides what it has."""
        turns = ROUNDS[database]
        return Plan(seed, self.seconds, **TROUBLE, **turns[seed % len(turns)])


SIZES = {"ci": Size(1, 20), "nightly": Size(5, 100), "release": Size(16, 120)}
