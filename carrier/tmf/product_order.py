"""TMF622: every change is an order, and an order is found again by its `externalId`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from account.changes.action import Action, ActionKind, Order, OrderState
from account.changes.ports import DispatchGuard
from account.chapters.bans import BAN, ON, WISH
from account.chapters.blocking import REASON
from account.chapters.devices.registrations import (
    GREY_LISTED,
    LISTED,
    OWNER_ID,
    OWNER_NUMBER,
    imei_of,
)
from account.chapters.forwarding import ALL, CONDITION, TARGET, TIMER
from account.chapters.services.changes import OFFERING, SERVICE
from account.chapters.sim import ICCID
from account.values.number import Ban
from carrier.http import Api, OperatorHttp, as_reason_code
from carrier.tmf import fields
from carrier.tmf.change_outcome import ChangeResource
from carrier.tmf.fields import Item
from carrier.tmf.product_inventory import BANS


def _modify(action: Action, product: dict[str, Any]) -> dict[str, Any]:
    """The order's item for a change of the number itself."""
    return {
        "id": "01",
        "action": "modify",
        "quantity": 1,
        "product": {"id": action.msisdn.digits} | product,
    }


def _block(action: Action) -> dict[str, Any]:
    reason = {"name": "suspensionReason", "valueType": "string", "value": "voluntary"}
    return _modify(action, {"status": "suspended", "productCharacteristic": [reason]})


def _unblock(action: Action) -> dict[str, Any]:
    return _modify(action, {"status": "active"})


def _ban(action: Action) -> dict[str, Any]:
    name = BANS[Ban(action.parameters[BAN])]
    ban = {"name": name, "valueType": "boolean", "value": action.parameters[WISH] == ON}
    return _modify(action, {"productCharacteristic": [ban]})


def _service_on(action: Action) -> dict[str, Any]:
    return {
        "id": "01",
        "action": "add",
        "quantity": 1,
        "productOffering": {"id": action.parameters[OFFERING]},
        "product": {"productSerialNumber": action.msisdn.digits},
    }


def _service_off(action: Action) -> dict[str, Any]:
    service = {"id": action.parameters[SERVICE], "productSerialNumber": action.msisdn.digits}
    return {"id": "01", "action": "delete", "quantity": 1, "product": service}


def _device(action: Action) -> dict[str, Any]:
    """What is told of a previous owner is on its way from the sealed part to here alone."""
    wish = {
        "deviceRegistration": action.kind.value.removeprefix("device."),
        "IMEI": imei_of(action.parameters).full,
    }
    if action.kind is ActionKind.REREGISTER_DEVICE:
        wish |= {name: action.sealed[name] for name in (OWNER_NUMBER, OWNER_ID)}
    asked = [{"name": name, "valueType": "string", "value": value} for name, value in wish.items()]
    return _modify(action, {"productCharacteristic": asked})


def _replace_sim(action: Action) -> dict[str, Any]:
    card = {"id": action.parameters[ICCID], "@referredType": "SimCard"}
    return _modify(action, {"realizingResource": [card]})


def _forwarding_set(action: Action) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "condition": action.parameters[CONDITION],
        "target": action.parameters[TARGET],
    }
    if TIMER in action.parameters:
        rule["timer"] = int(action.parameters[TIMER])
    return _forwarding(action, [rule])


def _forwarding_off(action: Action) -> dict[str, Any]:
    condition = action.parameters[CONDITION]
    off = {"condition": condition, "active": False}
    return _forwarding(action, [] if condition == ALL else [off])


def _forwarding(action: Action, rules: list[dict[str, Any]]) -> dict[str, Any]:
    value = {"name": "forwarding", "valueType": "array", "value": rules}
    return _modify(action, {"productCharacteristic": [value]})


_ITEM: dict[ActionKind, Callable[[Action], dict[str, Any]]] = {
    ActionKind.REGISTER_DEVICE: _device,
    ActionKind.DEREGISTER_DEVICE: _device,
    ActionKind.REREGISTER_DEVICE: _device,
    ActionKind.DUPLICATE_DEVICE: _device,
    ActionKind.BLOCK: _block,
    ActionKind.UNBLOCK: _unblock,
    ActionKind.BAN: _ban,
    ActionKind.FORWARDING_SET: _forwarding_set,
    ActionKind.FORWARDING_OFF: _forwarding_off,
    ActionKind.SIM_REPLACE: _replace_sim,
    ActionKind.SERVICE_ON: _service_on,
    ActionKind.SERVICE_OFF: _service_off,
}
"""What is ordered, by kind of change."""

ORDERED = tuple(_ITEM)
"""The kinds that are product orders; money is moved (TMF654), and some changes are ours alone."""


def body(action: Action, expires_after: timedelta | None = None) -> dict[str, Any]:
    """The order of a change. The same change always makes the same body.

    `expires_after` its sending an operator that knows of expiry refuses the order, wherever it was
    held up; that moment belongs to the try, not to the change.

    The note carries the reference that people read, and the reason of a block, for the operator's
    support.
    """
    order: dict[str, Any] = {
        "externalId": action.id,
        "category": action.kind.value,
        "channel": [{"id": "telegram", "name": "Telegram bot", "role": "orderCapture"}],
        "productOrderItem": [_ITEM[action.kind](action)],
        "relatedParty": [
            {"id": action.company_id, "role": "customer", "@referredType": "Organization"}
        ],
    }
    if expires_after is not None and action.sent_at is not None:
        expires = (action.sent_at + expires_after).astimezone(UTC)
        order["requestedCompletionDate"] = f"{expires:%Y-%m-%dT%H:%M:%SZ}"
    if action.reference is not None:
        told = ", ".join(filter(None, (action.reference, action.parameters.get(REASON))))
        order["note"] = [{"text": told, "author": action.administrator_id}]
    return order


async def place(
    http: OperatorHttp,
    action: Action,
    guard: DispatchGuard | None = None,
    expires_after: timedelta | None = None,
) -> Order:
    """Order the change, once. Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`."""
    return await ORDERS.place(http, body(action, expires_after), action.id, guard)


async def order(http: OperatorHttp, reference: str) -> Order | None:
    """The order with that `externalId`, None when there is none: see `ChangeResource.find`."""
    return await ORDERS.find(http, reference)


def reason_of(found: Item) -> str | None:
    """`NUMBER.DEBT` of the last note `NUMBER.DEBT: Debt of … is 1500.00 KZT`.

    One code stands for both lists of devices; which of them, the sentence says.
    """
    notes = fields.entries(found, "note")
    if not notes:
        return None
    code, _, sentence = (fields.optional_text(notes[-1], "text") or "").partition(":")
    if code == LISTED and "grey list" in sentence:
        return GREY_LISTED
    return as_reason_code(code)


ORDERS = ChangeResource(
    api=Api.PRODUCT_ORDER,
    name="productOrder",
    reference_field="externalId",
    state_field="state",
    states={
        "acknowledged": OrderState.UNDER_WAY,
        "pending": OrderState.UNDER_WAY,
        "held": OrderState.UNDER_WAY,
        "inProgress": OrderState.UNDER_WAY,
        "assessingCancellation": OrderState.UNDER_WAY,
        "pendingCancellation": OrderState.UNDER_WAY,
        "completed": OrderState.COMPLETED,
        "failed": OrderState.FAILED,
        "rejected": OrderState.FAILED,
        "cancelled": OrderState.FAILED,
    },
    reason=reason_of,
    wanted="externalId,state,note",
)
"""`partial` is missing on purpose: an order of one item is never done in part."""
