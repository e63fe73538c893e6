"""TMF654: what is left on a number, a balance or a credit limit, and of its individual limit;
and transfers from one balance to another, found again by their `description`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

from account.changes.action import Action, Order, OrderState
from account.changes.ports import DispatchGuard
from account.chapters.transfers import FEE, RECIPIENT_LEFT, SENDER_LEFT, TIYN, TO
from account.errors import CarrierRefused, OutcomeUnknown
from account.values.money import Money
from account.values.number import PaymentMethod
from carrier.http import Api, OperatorHttp, as_reason_code, verdict
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import listed

_FUNDS = {
    PaymentMethod.ADVANCE: "main balance",
    PaymentMethod.CREDIT: "remaining credit limit",
}
_INDIVIDUAL_LIMIT = "individual limit"
_BUCKETS_PER_NUMBER = 2
_LARGEST_PAGE = 1000


class Bucket(NamedTuple):
    """One bucket's place: whose it is and what the contract calls it."""

    msisdn: str
    name: str


class Balances:
    """The buckets of some numbers."""

    def __init__(self, buckets: dict[Bucket, Money]) -> None:
        self._buckets = buckets

    def funds(self, msisdn: str, payment: PaymentMethod) -> Money | None:
        """The remaining credit limit of a Credit number, the balance of an Advance one."""
        return self._buckets.get(Bucket(msisdn, _FUNDS[payment]))

    def individual_limit(self, msisdn: str) -> Money | None:
        """What is left of the individual limit; None: there is no such limit."""
        return self._buckets.get(Bucket(msisdn, _INDIVIDUAL_LIMIT))


async def buckets(http: OperatorHttp, msisdns: Iterable[str]) -> Balances:
    """The buckets of up to 500 numbers, all of them. Raises `CarrierUnavailable`."""
    wanted = list(msisdns)
    if not wanted:
        return Balances({})
    if len(wanted) * _BUCKETS_PER_NUMBER > _LARGEST_PAGE:
        raise ValueError("more numbers than one answer holds")
    told = await paging.whole(
        http,
        Api.PREPAY_BALANCE,
        "bucket",
        [("product.id", listed(wanted)), ("fields", "name,remainingValue,product")],
        limit=len(wanted) * _BUCKETS_PER_NUMBER,
    )
    found = {}
    for bucket in told:
        products = fields.entries(bucket, "product")
        if len(products) != 1:
            raise Malformed("product")
        place = Bucket(fields.text(products[0], "id"), fields.text(bucket, "name"))
        found[place] = fields.amount(bucket, "remainingValue", unit="units", value="amount")
    return Balances(found)


# --- Transfers (S37) ---

_STATE = {
    "created": OrderState.UNDER_WAY,
    "completed": OrderState.COMPLETED,
    "failed": OrderState.FAILED,
    "cancelled": OrderState.FAILED,
}
_WEIGHT = (OrderState.COMPLETED, OrderState.UNDER_WAY, OrderState.FAILED)
"""Of several transfers with one reference the first of these tells the truth."""
_MOVED = re.compile(r"-?[0-9]{1,12}\.[0-9]{2} -> (-?[0-9]{1,12}\.[0-9]{2}) KZT")
"""What a bucket of a completed transfer is called: its balance before and after."""


def body(action: Action) -> dict[str, Any]:
    """The transfer of a change. The same change always makes the same body."""
    sender, recipient = action.msisdn.digits, action.parameters[TO]
    fee = _number(action.parameters.get(FEE, "0"))
    transfer: dict[str, Any] = {
        "description": action.id,
        "reason": "balance transfer",
        "channel": {"id": "telegram", "name": "Telegram bot"},
        "amount": {"amount": _number(action.parameters[TIYN]), "units": "KZT"},
        "usageType": "monetary",
        "receiverBucketUsageType": "monetary",
        "bucket": {"id": f"main-{sender}"},
        "receiverBucket": {"id": f"main-{recipient}"},
        "logicalResource": [{"id": sender, "@referredType": "MSISDN"}],
        "receiverLogicalResource": {"id": recipient, "@referredType": "MSISDN"},
        "requestor": {"id": action.company_id, "role": "customer", "@referredType": "Organization"},
    }
    if fee:
        transfer["transferCost"] = {"unit": "KZT", "value": fee}
    return transfer


async def transfer(http: OperatorHttp, action: Action, guard: DispatchGuard | None = None) -> Order:
    """Move the money, once. Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`."""
    answer = await http.change(
        Api.PREPAY_BALANCE, "transferBalance", body(action), action.id, guard=guard
    )
    refusal = verdict(answer)
    if refusal is not None:
        raise CarrierRefused(refusal)
    try:
        return _transfer(fields.item(answer), action.id)
    except Malformed as error:
        raise OutcomeUnknown(f"the transfer was taken, the answer is malformed: {error}") from error


async def transferred(http: OperatorHttp, reference: str) -> Order | None:
    """The transfer with that `description`, None when the operator says that there is none.

    Raises `CarrierUnavailable`, also for an answer that holds only other transfers: "none" lets
    money be sent again, so nothing but an empty list may say it.
    """
    told = await paging.whole(
        http, Api.PREPAY_BALANCE, "transferBalance", [("description", reference)], limit=10
    )
    found = [_transfer(one, reference) for one in told]
    return min(found, key=lambda order: _WEIGHT.index(order.state), default=None)


def _transfer(found: Item, reference: str) -> Order:
    if found.get("description") != reference:
        raise Malformed("description")
    state = _STATE.get(fields.text(found, "status"))
    if state is None:
        raise Malformed("status")
    why = fields.optional_text(found, "reason") if state is OrderState.FAILED else None
    return Order(
        id=fields.text(found, "id"),
        state=state,
        reason_code=as_reason_code((why or "").partition(":")[0]),
        receipt=_receipt(found) if state is OrderState.COMPLETED else {},
    )


def _receipt(found: Item) -> dict[str, str]:
    """Both balances after, and the fee, as far as they are told: money has moved in any case."""
    told: dict[str, str] = {}
    for name, field in ((SENDER_LEFT, "bucket"), (RECIPIENT_LEFT, "receiverBucket")):
        bucket = found.get(field)
        moved = _MOVED.fullmatch(str(bucket.get("name"))) if isinstance(bucket, dict) else None
        if moved is not None:
            told[name] = str(Money.from_decimal(Decimal(moved[1])).tiyn)
    with suppress(Malformed):
        told[FEE] = str(fields.amount(found, "transferCost").tiyn)
    return told


def _number(tiyn: str) -> float:
    """Tenge as a JSON number: so few digits are written exactly (contract, section 1)."""
    return float(Money(int(tiyn)).decimal)
