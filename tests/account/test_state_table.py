"""The state table: what can be done with a number in each state, by each method of payment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from account.changes.action import ActionKind
from account.chapters.state_table import hindrance
from account.errors import NumberInDebt, SimNotActive, TransferOfCredit
from account.values.number import NumberState, PaymentMethod
from tests.account.world import NUMBER, a_number

ALWAYS = {
    *(ActionKind.BAN, ActionKind.SECRET_DELETE, ActionKind.SIM_REVEAL),
    *(ActionKind.REGISTER_DEVICE, ActionKind.DEREGISTER_DEVICE),
    ActionKind.ESIM_SHOW,
    *(ActionKind.REREGISTER_DEVICE, ActionKind.DUPLICATE_DEVICE),
}
ON_ACTIVE = {
    *(ActionKind.BLOCK, ActionKind.SIM_REPLACE, ActionKind.SECRET_SEND),
    *(ActionKind.FORWARDING_SET, ActionKind.FORWARDING_OFF),
    *(ActionKind.SERVICE_ON, ActionKind.SERVICE_OFF),
}
TABLE = {
    NumberState.ACTIVE: ALWAYS | ON_ACTIVE,
    NumberState.BLOCKED: ALWAYS | {ActionKind.UNBLOCK, ActionKind.SERVICE_OFF},
    NumberState.DEBT: ALWAYS,
    NumberState.BLOCKED_BY_OPERATOR: ALWAYS | {ActionKind.SERVICE_OFF},
    NumberState.CONNECTING: set(),
    NumberState.CLOSING: set(),
}


@pytest.mark.parametrize("payment", list(PaymentMethod))
@pytest.mark.parametrize("state", list(NumberState))
def test_the_state_table(state: NumberState, payment: PaymentMethod) -> None:
    number = replace(a_number(NUMBER), state=state, payment=payment)
    of_numbers = set(ActionKind) - {ActionKind.EMAIL}
    possible = {kind for kind in of_numbers if hindrance(kind, number) is None}
    prepaid = state is NumberState.ACTIVE and payment is PaymentMethod.ADVANCE
    assert possible == TABLE[state] | ({ActionKind.TRANSFER} if prepaid else set())


def test_the_reason_is_the_changes_own() -> None:
    number = replace(a_number(NUMBER), state=NumberState.DEBT)
    assert isinstance(hindrance(ActionKind.UNBLOCK, number), NumberInDebt)
    assert isinstance(hindrance(ActionKind.SIM_REPLACE, number), SimNotActive)
    assert isinstance(hindrance(ActionKind.TRANSFER, number), TransferOfCredit)
