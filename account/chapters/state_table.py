"""What can be done with a number as it is: its state and its method of payment (the state table).

For windows, which offer nothing that cannot be done. No guard: each change asks by itself, with all
that it rests on, when it is asked for and again when it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from account.changes.action import ActionKind
from account.chapters.blocking import check_blockable, check_unblockable
from account.chapters.forwarding import check_active
from account.chapters.sim import check_replaceable
from account.chapters.transfers import check_sender
from account.errors import ChangeRefused, NumberInDebt, NumberStateRefused
from account.values.number import Number, NumberState

_NOT_IN_USE = frozenset({NumberState.CONNECTING, NumberState.CLOSING})
"""Not yet, or no longer, a number with which anything can be done."""


def hindrance(kind: ActionKind, number: Number) -> ChangeRefused | None:
    """Why that change cannot be made of the number as it is; None where its state lets it."""
    try:
        _in_use(number)
        _CHECKS.get(kind, _in_use)(number)
    except ChangeRefused as refused:
        return refused
    return None


def _in_use(number: Number) -> None:
    if number.state in _NOT_IN_USE:
        raise NumberStateRefused(number.state)


def _without_debt(number: Number) -> None:
    if number.state is NumberState.DEBT:
        raise NumberInDebt(number.state, number.debt)


_CHECKS: Mapping[ActionKind, Callable[[Number], None]] = {
    ActionKind.BLOCK: check_blockable,
    ActionKind.UNBLOCK: check_unblockable,
    ActionKind.SIM_REPLACE: check_replaceable,
    ActionKind.TRANSFER: check_sender,
    ActionKind.FORWARDING_SET: check_active,
    ActionKind.FORWARDING_OFF: check_active,
    ActionKind.SERVICE_ON: check_active,
    ActionKind.SERVICE_OFF: _without_debt,
    ActionKind.SECRET_SEND: check_active,
}
"""The others are made in every state."""
