"""Blocking and unblocking a number (S15; its states: rules.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from typing_extensions import override

from account.changes.action import ActionKind
from account.changes.parameters import ChangeParameters, NoParameters
from account.changes.spec import NumberChangeSpec
from account.errors import AlreadySo, NumberInDebt, NumberStateRefused
from account.values.number import Number, NumberState
from account.values.rights import Right

LOCK_KEY = "blocking"
REASON = "reason"
"""In a row: the `BlockReason`; a block without one is fine."""


class BlockReason(StrEnum):
    """Why a number is blocked, as far as the administrator tells (S15-1). Values are persisted."""

    LOST = "lost"
    STOLEN = "stolen"
    NOT_USED = "not_used"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BlockParameters(ChangeParameters):
    """Why, if somebody told."""

    reason: BlockReason | None = None

    @override
    def told(self) -> dict[str, str]:
        return {} if self.reason is None else {REASON: self.reason.value}

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        reason = told.get(REASON)
        return cls(BlockReason(reason) if reason in set(BlockReason) else None)


class Block(NumberChangeSpec[BlockParameters]):
    """Active → Blocked, voluntarily (S15-1)."""

    kind = ActionKind.BLOCK
    parameters = BlockParameters
    right = Right.BLOCK
    what = "number.block"
    schedulable = True
    lock_key = LOCK_KEY
    listed = True

    @override
    def check(self, subject: Number, parameters: BlockParameters) -> None:
        """Refuse a number that is blocked."""
        check_blockable(subject)

    @override
    def undone_by(self, parameters: BlockParameters) -> tuple[ActionKind, ChangeParameters]:
        return ActionKind.UNBLOCK, NoParameters()

    @override
    def leaves(self, parameters: BlockParameters) -> str:
        return NumberState.BLOCKED.value

    @override
    def is_applied(self, subject: Number, parameters: BlockParameters) -> bool:
        """Blocked voluntarily, whatever debt has come on top since."""
        return subject.blocked_by_company


class Unblock(NumberChangeSpec[ChangeParameters]):
    """Blocked → Active; a number in debt only becomes active by a payment (S15-2, FAQ 7)."""

    kind = ActionKind.UNBLOCK
    right = Right.UNBLOCK
    what = "number.unblock"
    schedulable = True
    lock_key = LOCK_KEY
    listed = True
    tells_colleagues = True
    step_up = True

    @override
    def check(self, subject: Number, parameters: ChangeParameters) -> None:
        """Refuse a number that is active or owes money."""
        check_unblockable(subject)

    @override
    def undone_by(self, parameters: ChangeParameters) -> tuple[ActionKind, ChangeParameters]:
        return ActionKind.BLOCK, BlockParameters()

    @override
    def leaves(self, parameters: ChangeParameters) -> str:
        return NumberState.ACTIVE.value

    @override
    def is_applied(self, subject: Number, parameters: ChangeParameters) -> bool:
        """No block of the company's own is left on it."""
        return not subject.blocked_by_company


def check_blockable(number: Number) -> None:
    """Active alone. Raises `AlreadySo`, `NumberInDebt`, `NumberStateRefused`."""
    if number.state is NumberState.DEBT:
        raise NumberInDebt(number.state, number.debt)
    if number.state is NumberState.BLOCKED:
        raise AlreadySo(number.state)
    if number.state is not NumberState.ACTIVE:
        raise NumberStateRefused(number.state)


def check_unblockable(number: Number) -> None:
    """Blocked by the company alone. Raises `AlreadySo`, `NumberInDebt`, `NumberStateRefused`."""
    if number.state is NumberState.DEBT:
        raise NumberInDebt(number.state, number.debt)
    if number.state is NumberState.ACTIVE:
        raise AlreadySo(number.state)
    if number.state is not NumberState.BLOCKED:
        raise NumberStateRefused(number.state)


CHANGES = (
    Block,
    Unblock,
)
"""The kinds of change of this chapter that need nothing but the operator."""
