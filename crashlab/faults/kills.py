"""When a process of the bot dies: at a moment of chance, or at a point between two of its steps."""

from __future__ import annotations

import random
from dataclasses import dataclass

BY_POINT = 0.5
SOONEST, MEAN = 0.45, 0.5
POINT_PATIENCE = 1.5
"""A process that does not come to its point within so many seconds more is killed all the same."""
OFTEN, RARELY, SELDOM = 12, 3, 2

INTAKE = ("inbox.before", "inbox.commit", "accept.before", "accept.commit", "turn.before")
"""Points that a process passes only if it takes updates."""
WORK = (
    "sent.before",
    "sent.commit",
    "call.before",
    "call.after",
    "look.before",
    "look.after",
    "park.before",
    "park.commit",
    "settle.before",
    "settle.commit",
    "word.before",
    "delivered.before",
    "delivered.commit",
)
"""Points that every process passes. `delivered.before` lies right after the message was sent."""
ORDER = ("order.before", "order.commit")
"""Points of the order of a document, where updates are taken."""
PAPERS = (
    "claim.commit",
    "made.before",
    "made.commit",
    "file.before",
    "handed.before",
    "handed.after",
)
"""Points of documents, from the claim to the file in the chat."""
PLANS = ("begin.before", "begin.commit", "begin.after", "start.before", "start.commit")
"""Points of a change that was confirmed for later, at its minute."""
ALERTS = ("looked.before", "looked.commit", "tell.commit", "tell.after")
"""Points of a look at balances, and of telling what it has brought."""
MONTHLY = ("monthly.before", "monthly.commit")
"""Points of the order of a monthly paper."""
EVERYWHERE = (*WORK, *PAPERS, *PLANS, *ALERTS, *MONTHLY)
"""Points that a process passes even if it takes no updates."""
POINTS = (*INTAKE, "turn.commit", *ORDER, *EVERYWHERE)


@dataclass(frozen=True)
class PlannedKill:
    """`point` (`name:nth`) empty: killed `seconds` after it was ready. Else at the point."""

    seconds: float
    point: str = ""

    @property
    def name(self) -> str:
        """What the report counts it under."""
        return self.point.partition(":")[0] or "at random"


def planned(
    rng: random.Random, points: tuple[str, ...] = POINTS, by_point: float = BY_POINT
) -> PlannedKill:
    """The next death of a process."""
    seconds = SOONEST + rng.expovariate(1 / MEAN)
    if rng.random() >= by_point:
        return PlannedKill(seconds)
    point = rng.choice(points)
    often = point.startswith(("inbox", "turn"))
    rarely = SELDOM if point in (*ORDER, *PAPERS, *ALERTS, *MONTHLY) else RARELY
    passings = rng.randint(1, OFTEN if often else rarely)
    return PlannedKill(seconds + POINT_PATIENCE, f"{point}:{passings}")
