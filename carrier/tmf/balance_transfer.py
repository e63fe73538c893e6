"""TMF654: transfers from one balance to another, found again by their `description` (S37)."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from account.changes.action import Action, Order, OrderState
from account.changes.ports import DispatchGuard
from account.chapters.transfers import FEE, RECIPIENT_LEFT, SENDER_LEFT, TransferParameters
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import FOUND, Profile
from carrier.tmf import prepay_balance, units
from carrier.tmf.change_outcome import ChangeResource, before_sending
from carrier.tmf.wire import parts, values
from carrier.tmf.wire.tmf654 import TransferBalance
from carrier.tmf.wire.values import Malformed
from carrier.verdict import as_reason_code

_MOVED = re.compile(r"-?[0-9.]{1,15} -> (-?[0-9]{1,14}(?:\.[0-9]{1,2})?) (\S{1,20})")
"""What a bucket of a completed transfer is called: its balance before and after."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How this operator is told of the two numbers: its words, and the ids of their buckets."""

    profile: Profile
    buckets: tuple[str, str]


def body(action: Action[TransferParameters], said: Wording | None = None) -> dict[str, Any]:
    """The transfer of a change. The same change always makes the same body.

    Without `said` it is written as docs/operator.md has it.
    """
    asked = action.parameters
    said = said or _by_name(Profile(), action)
    sender = said.profile.phone(action.msisdn.digits)
    recipient = said.profile.phone(asked.recipient.digits)
    role = said.profile.spelled("customer_role", "customer")
    unit, hundredths = said.profile.money_unit
    transfer: dict[str, Any] = {
        "description": action.id,
        "reason": "balance transfer",
        "channel": {"id": "telegram", "name": "Telegram bot"},
        "amount": {"amount": units.said(asked.amount, hundredths), "units": unit},
        "usageType": "monetary",
        "receiverBucketUsageType": "monetary",
        "bucket": {"id": said.buckets[0]},
        "receiverBucket": {"id": said.buckets[1]},
        "logicalResource": [{"id": sender, "@referredType": "MSISDN"}],
        "receiverLogicalResource": {"id": recipient, "@referredType": "MSISDN"},
        "requestor": {"id": action.company_id, "role": role, "@referredType": "Organization"},
    }
    if asked.fee:
        transfer["transferCost"] = {"unit": unit, "value": units.said(asked.fee, hundredths)}
    return transfer


async def transfer(
    http: OperatorHttp, action: Action[TransferParameters], guard: DispatchGuard | None = None
) -> Order:
    """Move the money, once. Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`."""
    said = await _wording(http, action)
    return await TRANSFERS.place(http, body(action, said), action.id, guard)


async def _wording(http: OperatorHttp, action: Action[TransferParameters]) -> Wording:
    """How the numbers are called; their buckets are looked up where ids say nothing."""
    if http.profile.find.money_bucket != FOUND:
        return _by_name(http.profile, action)
    numbers = (action.msisdn, action.parameters.recipient)
    async with before_sending(http, "the buckets"):
        sender, recipient = await asyncio.gather(
            *(prepay_balance.money_bucket(http, action.company_id, one) for one in numbers)
        )
    return Wording(http.profile, (sender, recipient))


def _by_name(profile: Profile, action: Action[TransferParameters]) -> Wording:
    called = profile.find.money_bucket
    numbers = (action.msisdn, action.parameters.recipient)
    sender, recipient = (called.replace("{number}", one.digits) for one in numbers)
    return Wording(profile, (sender, recipient))


async def transferred(http: OperatorHttp, reference: str) -> Order | None:
    """The transfer with that `description`, None when there is none: see `ChangeResource.find`."""
    return await TRANSFERS.find(http, reference)


def _reason(found: TransferBalance) -> str | None:
    """`FUNDS.INSUFFICIENT` of the reason `FUNDS.INSUFFICIENT: Missing 12.00`."""
    return as_reason_code((values.shown(found.reason) or "").partition(":")[0])


def _receipt(found: TransferBalance, profile: Profile) -> dict[str, str]:
    """Both balances after, and the fee, as far as they are told: money has moved in any case."""
    told: dict[str, str] = {}
    known = profile.words.money_unit
    for name, bucket in ((SENDER_LEFT, found.bucket), (RECIPIENT_LEFT, found.receiverBucket)):
        moved = None if bucket is None else _MOVED.fullmatch(str(bucket.name))
        if moved is not None:
            left = parts.Money(value=moved[1], unit=moved[2])
            with suppress(Malformed):
                told[name] = str(units.tenge(left, "bucket", known).tiyn)
    with suppress(Malformed):
        told[FEE] = str(units.tenge(found.transferCost, "transferCost", known).tiyn)
    return told


_STATES = {
    "created": OrderState.UNDER_WAY,
    "completed": OrderState.COMPLETED,
    "failed": OrderState.FAILED,
    "cancelled": OrderState.FAILED,
}


def _stands(found: TransferBalance, _: Profile) -> tuple[OrderState, bool]:
    """Where a transfer stands. Raises `Malformed`, also for a word that is not known."""
    state = _STATES.get(values.word(found.status))
    if state is None:
        raise Malformed("status")
    return state, False


TRANSFERS = ChangeResource(
    api=Api.PREPAY_BALANCE,
    name="transferBalance",
    kind=TransferBalance,
    reference_field="description",
    references=lambda found: (found.description,),
    questions=lambda _, reference: [[("description", reference)]],
    stands=_stands,
    reason=_reason,
    receipt=_receipt,
)
