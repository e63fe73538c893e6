"""TMF622: every change is an order, and an order is found again by its `externalId`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from account.changes.action import Action, ActionKind, Order, OrderState
from account.changes.ports import DispatchGuard
from account.chapters.bans import BanParameters
from account.chapters.blocking import BlockParameters
from account.chapters.devices.registrations import (
    GREY_LISTED,
    LISTED,
    OWNER_ID,
    OWNER_NUMBER,
    DeviceParameters,
)
from account.chapters.forwarding import ForwardingOffParameters, ForwardingParameters
from account.chapters.services.changes import ServiceOffParameters, ServiceOnParameters
from account.chapters.sim import ReplaceParameters
from account.errors import CarrierRefused
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.loader import contract
from carrier.profile.model import Profile
from carrier.tmf import number_product, version5
from carrier.tmf.change_outcome import ChangeResource, Conditions, before_sending
from carrier.tmf.wire import values
from carrier.tmf.wire.tmf622 import ProductOrder
from carrier.tmf.wire.values import Malformed
from carrier.verdict import as_reason_code


@dataclass(frozen=True, slots=True)
class Wording:
    """How this operator is told of one number: its words, and the id of the number's product."""

    profile: Profile
    product_id: str


def _modify(said: Wording, product: dict[str, Any]) -> dict[str, Any]:
    """The order's item for a change of the number itself."""
    return {
        "id": "01",
        "action": "modify",
        "quantity": 1,
        "product": {"id": said.product_id} | product,
    }


def _block(_: Action, said: Wording) -> dict[str, Any]:
    reason = {
        "name": said.profile.characteristics.suspension_reason,
        "valueType": "string",
        "value": said.profile.spelled("suspension_reason", "company"),
    }
    status = said.profile.spelled("product_status", "suspended")
    return _modify(said, {"status": status, "productCharacteristic": [reason]})


def _unblock(_: Action, said: Wording) -> dict[str, Any]:
    return _modify(said, {"status": said.profile.spelled("product_status", "active")})


def _ban(action: Action[BanParameters], said: Wording) -> dict[str, Any]:
    asked = action.parameters
    ban = {"name": said.profile.ban(asked.ban), "valueType": "boolean", "value": asked.on}
    return _modify(said, {"productCharacteristic": [ban]})


def _service_on(action: Action[ServiceOnParameters], said: Wording) -> dict[str, Any]:
    return {
        "id": "01",
        "action": "add",
        "quantity": 1,
        "productOffering": {"id": action.parameters.offering.id},
        "product": {"productSerialNumber": said.profile.phone(action.msisdn.digits)},
    }


def _service_off(action: Action[ServiceOffParameters], said: Wording) -> dict[str, Any]:
    number = said.profile.phone(action.msisdn.digits)
    service = {"id": action.parameters.service, "productSerialNumber": number}
    return {"id": "01", "action": "delete", "quantity": 1, "product": service}


def _device(action: Action[DeviceParameters], said: Wording) -> dict[str, Any]:
    """What is told of a previous owner is on its way from the sealed part to here alone."""
    told = {
        "deviceRegistration": action.kind.value.removeprefix("device."),
        "IMEI": action.parameters.imei.full,
    }
    if action.kind is ActionKind.REREGISTER_DEVICE:
        owner = action.parameters.owner
        assert owner is not None
        told |= {OWNER_NUMBER: owner.msisdn.digits, OWNER_ID: owner.id.digits}
    asked = [{"name": name, "valueType": "string", "value": value} for name, value in told.items()]
    return _modify(said, {"productCharacteristic": asked})


def _replace_sim(action: Action[ReplaceParameters], said: Wording) -> dict[str, Any]:
    card = {"id": action.parameters.iccid.digits, "@referredType": "SimCard"}
    return _modify(said, {"realizingResource": [card]})


def _forwarding_set(action: Action[ForwardingParameters], said: Wording) -> dict[str, Any]:
    asked = action.parameters
    target = said.profile.phone(asked.target.digits)
    rule: dict[str, Any] = {"condition": asked.condition.value, "target": target}
    if asked.timer is not None:
        rule["timer"] = asked.timer
    return _forwarding(said, [rule])


def _forwarding_off(action: Action[ForwardingOffParameters], said: Wording) -> dict[str, Any]:
    condition = action.parameters.condition
    if condition is None:
        return _forwarding(said, [])
    return _forwarding(said, [{"condition": condition.value, "active": False}])


def _forwarding(said: Wording, rules: list[dict[str, Any]]) -> dict[str, Any]:
    name = said.profile.characteristics.forwarding
    value = {"name": name, "valueType": "array", "value": rules}
    return _modify(said, {"productCharacteristic": [value]})


_ITEM: dict[ActionKind, Callable[[Action[Any], Wording], dict[str, Any]]] = {
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
_BY_NUMBER = (ActionKind.SERVICE_ON, ActionKind.SERVICE_OFF)
"""The kinds whose order names the number itself, and not its product."""


def body(
    action: Action,
    expires_after: timedelta | None = None,
    *,
    said: Wording | None = None,
) -> dict[str, Any]:
    """The order of a change. The same change always makes the same body.

    `expires_after` its sending an operator that knows of expiry refuses the order, wherever it was
    held up; that moment belongs to the try, not to the change. Without `said` it is written as
    docs/operator.md has it.

    The note carries the reference that people read, and the reason of a block, for the operator's
    support.
    """
    said = said or Wording(contract(), action.msisdn.digits)
    role = said.profile.spelled("customer_role", "customer")
    order: dict[str, Any] = {
        "externalId": action.id,
        "category": action.kind.value,
        "channel": [{"id": "telegram", "name": "Telegram bot", "role": "orderCapture"}],
        "productOrderItem": [_ITEM[action.kind](action, said)],
        "relatedParty": [{"id": action.company_id, "role": role, "@referredType": "Organization"}],
    }
    if expires_after is not None and action.sent_at is not None:
        expires = (action.sent_at + expires_after).astimezone(UTC)
        order["requestedCompletionDate"] = f"{expires:%Y-%m-%dT%H:%M:%SZ}"
    if action.reference is not None:
        asked = action.parameters
        reason = asked.reason if isinstance(asked, BlockParameters) else None
        told = ", ".join(filter(None, (action.reference, reason)))
        order["note"] = [{"text": told, "author": action.administrator_id}]
    if not said.profile.speaks_v5(Api.PRODUCT_ORDER):
        return order
    return version5.order(order, version5.order_names(said.profile.find.order_by))


async def place(
    http: OperatorHttp,
    action: Action,
    guard: DispatchGuard | None = None,
    expires_after: timedelta | None = None,
) -> Order:
    """Order the change, once. Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`."""
    said = await _wording(http, action)
    return await ORDERS.place(http, body(action, expires_after, said=said), action.id, guard)


async def _wording(http: OperatorHttp, action: Action) -> Wording:
    """How the number is called; where the server made its id, it is looked up a moment before."""
    known = number_product.product_id(http.profile, action.msisdn)
    if known is not None or action.kind in _BY_NUMBER:
        return Wording(http.profile, known or "")
    async with before_sending(http, "the product"):
        found = await number_product.find(http, action.company_id, action.msisdn)
    if found is None:
        raise CarrierRefused("NUMBER.NOT_FOUND")
    return Wording(http.profile, values.text(found.id, "id"))


async def order(http: OperatorHttp, reference: str) -> Order | None:
    """The order with that `externalId`, None when there is none: see `ChangeResource.find`."""
    return await ORDERS.find(http, reference)


def reason_of(order: ProductOrder) -> str | None:
    """`NUMBER.DEBT` of the last note `NUMBER.DEBT: Debt of … is 1500.00 KZT`.

    One code stands for both lists of devices; which of them, the sentence says.
    """
    if not order.note:
        return None
    code, _, sentence = (values.shown(order.note[-1].text) or "").partition(":")
    if code == LISTED and "grey list" in sentence:
        return GREY_LISTED
    return as_reason_code(code)


_MEANING = {
    "under_way": OrderState.UNDER_WAY,
    "held": OrderState.UNDER_WAY,
    "completed": OrderState.COMPLETED,
    "failed": OrderState.FAILED,
}


def stands(profile: Profile, state: object, items: Sequence[object]) -> tuple[OrderState, bool]:
    """Where an order stands by the words for it and for its items, and whether it is held.

    What is said of our item is believed before what is said of the whole: a `partial` order stands
    where its item does, and one that is completed without its item has failed. An item that only
    lags behind does not count. Raises `Malformed`, also for a word that is not known.
    """
    told = _meant(profile, state)
    if values.is_blank(state) and items:
        # v4 demands no state of the whole; where its items agree it is theirs.
        meanings = {_meant(profile, item) for item in items}
        told = meanings.pop() if len(meanings) == 1 else None
    if told in ("completed", "partial"):
        of_items = [_meant(profile, item) for item in items]
        if "failed" in of_items:
            told = "failed"
        elif told == "partial":
            told = of_items[0] if len(of_items) == 1 else None
    if told is None or told == "partial":
        raise Malformed("state")
    return _MEANING[told], told == "held"


def _stands(found: ProductOrder, profile: Profile) -> tuple[OrderState, bool]:
    return stands(profile, found.state, [item.state for item in found.productOrderItem or ()])


def _meant(profile: Profile, state: object) -> str | None:
    """What a word means; of `inProgress.accepted` the part that is known, as v5 adds to it."""
    words, word = profile.words.order_state, values.word(state)
    told = words.get(word) or words.get(word.partition(".")[0])
    return told or words.get(re.sub(r"[\s_-]", "", word))  # IN_PROGRESS


def _questions(profile: Profile, reference: str) -> list[Conditions]:
    if profile.speaks_v5(Api.PRODUCT_ORDER):
        # By either name unless told: a search by one that the operator does not know may find
        # nothing, and "nothing" lets a change go out again.
        names = version5.order_names(profile.find.order_by)
        told = ",".join((*names, "state,note,productOrderItem"))
        return [[(f"{name}.id", reference), ("fields", told)] for name in names]
    return [[("externalId", reference), ("fields", "externalId,state,note,productOrderItem")]]


def references_of(found: ProductOrder) -> list[str]:
    """What an order was called by who made it: the first is what we called it, if we did."""
    told = []
    for field in (found.externalId, found.externalIdentifier):
        ids = [one.get("id") if isinstance(one, dict) else one for one in _list_of(field)]
        told += [one for one in ids if isinstance(one, str) and one]
    return told


def _list_of(told: object) -> list[object]:
    return told if isinstance(told, list) else [told]


ORDERS = ChangeResource(
    api=Api.PRODUCT_ORDER,
    name="productOrder",
    kind=ProductOrder,
    reference_field="externalId",
    references=references_of,
    questions=_questions,
    stands=_stands,
    reason=reason_of,
)
