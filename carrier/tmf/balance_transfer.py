"""TMF654: transfers from one balance to another, found again by their `description` (S37)."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

from account.changes.action import Action, Order, OrderState
from account.changes.ports import DispatchGuard
from account.chapters.transfers import FEE, RECIPIENT_LEFT, SENDER_LEFT, TransferParameters
from account.kazakhstan import currency
from account.values.money import Money
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields
from carrier.tmf.change_outcome import ChangeResource
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.wire import values
from carrier.verdict import as_reason_code

_MOVED = re.compile(
    rf"-?[0-9]{{1,12}}\.[0-9]{{2}} -> (-?[0-9]{{1,12}}\.[0-9]{{2}}) {currency.CODE}"
)
"""What a bucket of a completed transfer is called: its balance before and after."""


def body(action: Action[TransferParameters]) -> dict[str, Any]:
    """The transfer of a change. The same change always makes the same body."""
    asked = action.parameters
    sender, recipient = action.msisdn.digits, asked.recipient.digits
    transfer: dict[str, Any] = {
        "description": action.id,
        "reason": "balance transfer",
        "channel": {"id": "telegram", "name": "Telegram bot"},
        "amount": {"amount": _number(asked.amount), "units": currency.CODE},
        "usageType": "monetary",
        "receiverBucketUsageType": "monetary",
        "bucket": {"id": f"main-{sender}"},
        "receiverBucket": {"id": f"main-{recipient}"},
        "logicalResource": [{"id": sender, "@referredType": "MSISDN"}],
        "receiverLogicalResource": {"id": recipient, "@referredType": "MSISDN"},
        "requestor": {"id": action.company_id, "role": "customer", "@referredType": "Organization"},
    }
    if asked.fee:
        transfer["transferCost"] = {"unit": currency.CODE, "value": _number(asked.fee)}
    return transfer


async def transfer(
    http: OperatorHttp, action: Action[TransferParameters], guard: DispatchGuard | None = None
) -> Order:
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


_STATES = {
    "created": OrderState.UNDER_WAY,
    "completed": OrderState.COMPLETED,
    "failed": OrderState.FAILED,
    "cancelled": OrderState.FAILED,
}


def _stands(found: Item, _: Profile) -> tuple[OrderState, bool]:
    """Where a transfer stands. Raises `Malformed`, also for a word that is not known."""
    state = _STATES.get(values.word(fields.text(found, "status")))
    if state is None:
        raise Malformed("status")
    return state, False


_TRANSFERS = ChangeResource(
    api=Api.PREPAY_BALANCE,
    name="transferBalance",
    reference_field="description",
    stands=_stands,
    reason=_reason,
    receipt=_receipt,
)


def _number(money: Money) -> float:
    """Tenge as a JSON number: so few digits are written exactly (contract, section 1)."""
    return float(money.decimal)
