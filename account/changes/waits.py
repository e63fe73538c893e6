"""Why a change that was confirmed has not gone out yet: people are told what is so (S20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from account.errors import (
    CarrierAccessDenied,
    CarrierNotTried,
    CarrierNotUnderstood,
    CarrierPaused,
    CarrierTurnTaken,
    CarrierUnavailable,
    CarrierWithheld,
)


class WaitReason(StrEnum):
    """What it waits for. Values are persisted."""

    NO_ANSWER = "no_answer"
    NOT_TRIED = "not_tried"
    """It has failed several times just now and is left alone for some seconds."""
    PAUSED = "paused"
    """Planned maintenance, or the operator has asked us to wait."""
    TURN = "turn"
    """More is asked at the moment than the operator takes a second."""
    NOT_LET_IN = "not_let_in"
    NOT_UNDERSTOOD = "not_understood"
    WITHHELD = "withheld"
    """Our own last look had it sent a little later."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The reason, and until when where that is known (UTC)."""

    reason: WaitReason
    until: datetime | None = None


_REASONS: tuple[tuple[type[CarrierUnavailable], WaitReason], ...] = (
    (CarrierPaused, WaitReason.PAUSED),
    (CarrierTurnTaken, WaitReason.TURN),
    (CarrierNotTried, WaitReason.NOT_TRIED),
    (CarrierAccessDenied, WaitReason.NOT_LET_IN),
    (CarrierNotUnderstood, WaitReason.NOT_UNDERSTOOD),
    (CarrierWithheld, WaitReason.WITHHELD),
)


def wait_for(fault: CarrierUnavailable) -> Wait:
    """What `fault` has a change wait for: it, or the fault of what was looked up before it."""
    seen: BaseException | None = fault
    while isinstance(seen, CarrierUnavailable):
        for kind, reason in _REASONS:
            if isinstance(seen, kind):
                return Wait(reason, seen.until if isinstance(seen, CarrierPaused) else None)
        seen = seen.__cause__
    return Wait(WaitReason.NO_ANSWER)


WORDS = {
    WaitReason.NO_ANSWER: "waiting",
    WaitReason.NOT_TRIED: "waiting",
    WaitReason.PAUSED: "paused",
    WaitReason.TURN: "queued",
    WaitReason.NOT_LET_IN: "not_let_in",
    WaitReason.NOT_UNDERSTOOD: "not_understood",
    WaitReason.WITHHELD: "queued",
}
"""The message of each, when it takes long."""
