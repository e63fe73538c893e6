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
from account.values.money import Money
from account.values.number import PaymentMethod
from carrier.http import Api, OperatorHttp, as_reason_code
from carrier.tmf import fields, paging
from carrier.tmf.change_outcome import ChangeResource
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
    return await _TRANSFERS.place(http, body(action), action.id, guard)


async def transferred(http: OperatorHttp, reference: str) -> Order | None:
    """The transfer with that `description`, None when there is none: see `ChangeResource.find`."""
    return await _TRANSFERS.find(http, reference)


def _reason(found: Item) -> str | None:
    """`FUNDS.INSUFFICIENT` of the reason `FUNDS.INSUFFICIENT: Missing 12.00`."""
    return as_reason_code((fields.optional_text(found, "reason") or "").partition(":")[0])


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


_TRANSFERS = ChangeResource(
    api=Api.PREPAY_BALANCE,
    name="transferBalance",
    reference_field="description",
    state_field="status",
    states={
        "created": OrderState.UNDER_WAY,
        "completed": OrderState.COMPLETED,
        "failed": OrderState.FAILED,
        "cancelled": OrderState.FAILED,
    },
    reason=_reason,
    receipt=_receipt,
)


def _number(tiyn: str) -> float:
    """Tenge as a JSON number: so few digits are written exactly (contract, section 1)."""
    return float(Money(int(tiyn)).decimal)
