"""TMF637: a number blocked and unblocked by PATCH of its product, where a profile says so.

There is no order then, and no trace of a change but the state itself, which is read back. A patch
replaces a list by the list that it has (RFC 7396), so all characteristics are sent, as they were
read a moment before: the reason alone would have cost the number all its others.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from account.changes.action import Action, ActionKind, Order, OrderState
from account.changes.ports import DispatchGuard
from account.errors import CarrierRefused
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields, number_product, version5
from carrier.tmf.change_outcome import before_sending, check_taken
from carrier.tmf.fields import Item, Malformed

PATCHED = (ActionKind.BLOCK, ActionKind.UNBLOCK)
"""The kinds that are a state of the product and nothing else."""


async def place(http: OperatorHttp, action: Action, guard: DispatchGuard | None = None) -> Order:
    """Have the product in its new state, once.

    Raises `CarrierNotReached`, `CarrierRefused`, `OutcomeUnknown`.
    """
    async with before_sending(http, "the product"):
        found = await number_product.as_it_came(http, action.company_id, action.msisdn)
    if found is None:
        raise CarrierRefused("NUMBER.NOT_FOUND")
    where = f"product/{quote(fields.text(found, 'id'), safe='')}"
    body = patch(http.profile, action, found)
    answer = await http.change(
        Api.PRODUCT_INVENTORY, where, body, action.id, method="PATCH", guard=guard
    )
    check_taken(answer, http.profile.refusals)
    # A patch that was overlooked is answered 200 as well: what the product is now, it says.
    try:
        done = _is_done(http.profile, action, fields.item(answer))
    except Malformed:
        done = False
    return Order(action.id, OrderState.COMPLETED if done else OrderState.UNDER_WAY)


async def done(http: OperatorHttp, action: Action) -> Order | None:
    """The change, if the product is in its new state. Raises `CarrierUnavailable`."""
    found = await number_product.as_it_came(http, action.company_id, action.msisdn)
    if found is None or not _is_done(http.profile, action, found):
        return None
    return Order(action.id, OrderState.COMPLETED)


def patch(profile: Profile, action: Action, found: Item) -> dict[str, Any]:
    """The product's new state and all its characteristics; one that tells of the block, as it is
    told from now on: left as it was, an unblocked number would be called blocked.
    """
    reason = profile.characteristics.suspension_reason
    kept = [
        _turned(profile, action, one)
        for one in fields.entries(found, "productCharacteristic")
        if one.get("name") != reason
    ]
    if action.kind is ActionKind.BLOCK:
        word = profile.spelled("suspension_reason", "company")
        kept = [*kept, {"name": reason, "valueType": "string", "value": word}]
    told = {
        "status": profile.spelled("product_status", _wanted(action)),
        "productCharacteristic": kept,
    }
    return version5.product(told) if profile.speaks_v5(Api.PRODUCT_INVENTORY) else told


def _turned(profile: Profile, action: Action, one: Item) -> Item:
    if one.get("name") != profile.characteristics.blocked_by_company:
        return one
    blocked = action.kind is ActionKind.BLOCK
    value = str(blocked).lower() if isinstance(one.get("value"), str) else blocked
    return {**one, "value": value}


def _wanted(action: Action) -> str:
    return "suspended" if action.kind is ActionKind.BLOCK else "active"


def _is_done(profile: Profile, action: Action, found: Item) -> bool:
    status = str(found.get("status")).casefold()
    return profile.words.product_status.get(status) == _wanted(action)
