"""Blocking and unblocking a number (S15; its states: rules.md)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from typing_extensions import override

from account.changes.action import ActionKind
from account.changes.spec import NumberChangeSpec
from account.errors import AlreadySo, NumberInDebt
from account.values.number import Number, NumberState
from account.values.rights import Right

LOCK_KEY = "blocking"
REASON = "reason"
"""The parameter of a block that names its `BlockReason`; a block without one is fine."""


class BlockReason(StrEnum):
    """Why a number is blocked, as far as the administrator tells (S15-1). Values are persisted."""

    LOST = "lost"
    STOLEN = "stolen"
    NOT_USED = "not_used"
    OTHER = "other"


class Block(NumberChangeSpec):
    """Active → Blocked, voluntarily (S15-1)."""

    kind = ActionKind.BLOCK
    right = Right.BLOCK
    what = "number.block"
    lock_key = LOCK_KEY

    @override
    def check(self, subject: Number, parameters: Mapping[str, str]) -> None:
        """Refuse a number that is blocked: `AlreadySo`, or `NumberInDebt`."""
        if subject.state is NumberState.DEBT:
            raise NumberInDebt(subject.state, subject.debt)
        if subject.state is NumberState.BLOCKED:
            raise AlreadySo(subject.state)

    @override
    def is_applied(self, subject: Number, parameters: Mapping[str, str]) -> bool:
        """Blocked voluntarily, whatever debt has come on top since."""
        return subject.blocked_by_company


class Unblock(NumberChangeSpec):
    """Blocked → Active; a number in debt only becomes active by a payment (S15-2, FAQ 7)."""

    kind = ActionKind.UNBLOCK
    right = Right.UNBLOCK
    what = "number.unblock"
    lock_key = LOCK_KEY
    tells_colleagues = True
    step_up = True

    @override
    def check(self, subject: Number, parameters: Mapping[str, str]) -> None:
        """Refuse a number that is active (`AlreadySo`) or owes money (`NumberInDebt`)."""
        if subject.state is NumberState.DEBT:
            raise NumberInDebt(subject.state, subject.debt)
        if subject.state is NumberState.ACTIVE:
            raise AlreadySo(subject.state)

    @override
    def is_applied(self, subject: Number, parameters: Mapping[str, str]) -> bool:
        """No block of the company's own is left on it."""
        return not subject.blocked_by_company


CHANGES = (
    Block,
    Unblock,
)
"""The kinds of change of this chapter that need nothing but the operator."""
