"""The operator's side of a balance transfer: both balances at once, or nothing (S37-4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from account.changes.action import Action
from account.chapters.transfers import (
    FEE,
    RECIPIENT_LEFT,
    SENDER_LEFT,
    TransferParameters,
)
from account.values.money import ZERO, Money
from account.values.number import Number, NumberState, PaymentMethod

if TYPE_CHECKING:
    from collections.abc import Mapping


def refused(fleet: Mapping[str, Number], action: Action[TransferParameters]) -> str | None:
    """Why the operator would not move the money now, None when it would."""
    pair = (fleet[action.msisdn.digits], fleet[action.parameters.recipient.digits])
    if pair[0].msisdn == pair[1].msisdn:
        return "TRANSFER.SAME"
    if any(number.payment is not PaymentMethod.ADVANCE for number in pair):
        return "TRANSFER.CREDIT"
    if any(number.state is not NumberState.ACTIVE for number in pair):
        return "NUMBER.STATE"
    cost = (action.parameters.amount + (action.parameters.fee or ZERO)).tiyn
    return "FUNDS.INSUFFICIENT" if (pair[0].funds or ZERO).tiyn < cost else None


def move(fleet: dict[str, Number], action: Action[TransferParameters]) -> dict[str, str]:
    """Move the money; what the receipt says. A fee leaves the sender for the operator."""
    amount, fee = action.parameters.amount, action.parameters.fee or ZERO
    receipt = {FEE: str(fee.tiyn)}
    for digits, change, name in (
        (action.msisdn.digits, -amount - fee, SENDER_LEFT),
        (action.parameters.recipient.digits, amount, RECIPIENT_LEFT),
    ):
        number = fleet[digits]
        left = (number.funds or ZERO) + change
        fleet[digits] = replace(number, funds=left)
        receipt[name] = str(left.tiyn)
    return receipt


def paid(fleet: Mapping[str, Number]) -> Money:
    """The sum of all prepaid balances: no transfer changes it but by its fee."""
    prepaid = (n.funds for n in fleet.values() if n.payment is PaymentMethod.ADVANCE)
    return Money(sum((funds or ZERO).tiyn for funds in prepaid))
