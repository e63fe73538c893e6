"""How each try ended, for whoever counts them."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How one try ended, for the observer."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """A status 4xx: the operator works and does not want to."""
    FAULT = "fault"
    """A status 5xx, or one that is no answer to anything."""
    TIMEOUT = "timeout"
    LOST = "lost"
    """The connection broke before the answer was there."""
    NOT_CONNECTED = "not_connected"
    NOT_TRIED = "not_tried"
    """The breaker is open."""
    WITHHELD = "withheld"
    """It was too late to send it when the connection was there."""
    GIVEN_UP = "given_up"
    """The time of the whole call was over, or the asker went away."""


class Observer(Protocol):
    """Told of every try: the API's number (`TMF637`), its end, and the seconds it took."""

    def __call__(self, api: str, outcome: str, seconds: float) -> None:
        """Count it; must not raise."""


def outcome_of(status: int) -> Outcome:
    """How a try ended that was answered with this status."""
    if 200 <= status < 300:
        return Outcome.ANSWERED
    return Outcome.REFUSED if 400 <= status < 500 else Outcome.FAULT
