"""Blocking and unblocking a number (S15; state table of my-account.md section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from account.actions import ActionKind
from account.errors import AlreadySo, NumberInDebt
from account.history import What
from account.numbers import Number, NumberState
from account.permissions import Right

LANE = "blocking"
REASON = "reason"
"""The parameter of a block that names its `BlockReason`; a block without one is fine."""


class BlockReason(StrEnum):
    """Why a number is blocked, as far as the administrator tells (S15-1). Values are persisted."""

    LOST = "lost"
    STOLEN = "stolen"
    NOT_USED = "not_used"
    OTHER = "other"


class _Blocking:
    lane = LANE
    keep_for = timedelta(hours=1)

    def fingerprint(self, number: Number) -> str:
        """The state alone: a balance that moved does not make the summary untrue."""
        return number.state.value


class Block(_Blocking):
    """Active → Blocked, voluntarily (S15-1)."""

    kind = ActionKind.BLOCK
    right = Right.BLOCK
    what = What.BLOCK
    step_up = False

    def check(self, number: Number) -> None:
        """Refuse a number that is blocked: `AlreadySo`, or `NumberInDebt`."""
        if number.state is NumberState.DEBT:
            raise NumberInDebt(number.state, number.debt)
        if number.state is NumberState.BLOCKED:
            raise AlreadySo(number.state)

    def holds(self, number: Number, parameters: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Blocked voluntarily, whatever debt has come on top since."""
        return number.blocked_by_company


class Unblock(_Blocking):
    """Blocked → Active; a number in debt only becomes active by a payment (S15-2, FAQ 7)."""

    kind = ActionKind.UNBLOCK
    right = Right.UNBLOCK
    what = What.UNBLOCK
    step_up = True

    def check(self, number: Number) -> None:
        """Refuse a number that is active (`AlreadySo`) or owes money (`NumberInDebt`)."""
        if number.state is NumberState.DEBT:
            raise NumberInDebt(number.state, number.debt)
        if number.state is NumberState.ACTIVE:
            raise AlreadySo(number.state)

    def holds(self, number: Number, parameters: Mapping[str, str]) -> bool:  # noqa: ARG002
        """No block of the company's own is left on it."""
        return not number.blocked_by_company
