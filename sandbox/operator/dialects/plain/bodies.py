"""What is sent, in the operator's own words. Raises `TmfError` 400 for what is not understood.

The operator's own words are not understood here: an order by another profile is refused, and not
half carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.operator.api.answers import Json, TmfError
from sandbox.operator.dialects.plain import words
from sandbox.operator.dialects.plain.aliases import Aliases

Body = Callable[[Json, Aliases], Json]


def _not_understood(what: str) -> TmfError:
    return TmfError(400, "REQUEST.MALFORMED", "Invalid body field", f"{what} is not understood")


def order(body: Json, ids: Aliases) -> Json:
    """A product order."""
    if "id" in body:
        raise _not_understood("id, not allowed in resource,")
    body = dict(body)
    body.pop("requestedCompletionDate", None)  # a day asked for here, and no expiry
    body["relatedParty"] = [_party(one, ids) for one in _list(body, "relatedParty")]
    if "note" in body:
        body["note"] = [
            one | {"author": ids.own(str(one.get("author")))} for one in _list(body, "note")
        ]
    body["productOrderItem"] = [_item(one, ids) for one in _list(body, "productOrderItem")]
    return body


def _list(body: Json, name: str) -> list[Json]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _not_understood(name)
    return found


def _party(party: Json, ids: Aliases) -> Json:
    role = words.FROM_ROLE.get(str(party.get("role")))
    return party | {"id": ids.own(str(party.get("id"))), "role": role or "?"}


def _item(item: Json, ids: Aliases) -> Json:
    product = item.get("product")
    if not isinstance(product, dict):
        raise _not_understood("productOrderItem.product")
    product = dict(product)
    if "id" in product:
        product["id"] = ids.own(str(product["id"]))
    if "productSerialNumber" in product:
        product["productSerialNumber"] = words.digits(product["productSerialNumber"])
    if "productCharacteristic" in product:
        product["productCharacteristic"] = [
            _characteristic(one) for one in _list(product, "productCharacteristic")
        ]
    return item | {"product": product}


def _characteristic(one: Json) -> Json:
    told = str(one.get("name"))
    name = words.FROM_CHARACTERISTIC.get(told)
    if name is None:
        raise _not_understood(told)
    value: Any = one.get("value")
    if name in words.VALUES:
        value = words.FROM_VALUE[name].get(value) if isinstance(value, str) else None
        if value is None:
            raise _not_understood(told)
    elif name == "forwarding" and isinstance(value, list):
        value = [_rule(rule) for rule in value]
    elif value in ("true", "false") and name != "employeeLabel":
        value = value == "true"
    return {"name": name, "value": value}


def _rule(rule: Json) -> Json:
    return rule | {"target": words.digits(rule["target"])} if "target" in rule else rule


def transfer(body: Json, ids: Aliases) -> Json:
    """A transfer of money: in tenge or in tiyn, numbers with a plus, buckets by their id."""
    try:
        amount = dict(body["amount"])
        if amount["units"] == "tiyn":
            amount = {"amount": int(amount["amount"]) / 100, "units": "KZT"}
        return body | {
            "amount": amount,
            "bucket": {"id": _main(body["bucket"], ids)},
            "receiverBucket": {"id": _main(body["receiverBucket"], ids)},
            "logicalResource": [
                one | {"id": words.digits(one["id"])} for one in body["logicalResource"]
            ],
            "receiverLogicalResource": {"id": words.digits(body["receiverLogicalResource"]["id"])},
            "requestor": body["requestor"] | {"id": ids.own(str(body["requestor"]["id"]))},
        }
    except (KeyError, TypeError, ValueError) as error:
        raise _not_understood(f"transferBalance without {error}") from error


def _main(bucket: Json, ids: Aliases) -> str:
    return ids.own(str(bucket["id"])).removesuffix("#2")


def individual(body: Json, ids: Aliases) -> Json:
    """Other media of a person: the telephone is the login, the address the one to write to."""
    del ids
    media = []
    for medium in _list(body, "contactMedium"):
        where = medium.get("characteristic")
        if not isinstance(where, dict):
            raise _not_understood("contactMedium.characteristic")
        if "phoneNumber" in where:
            where = {"contactType": "login", "phoneNumber": words.digits(where["phoneNumber"])}
        media.append(medium | {"characteristic": where})
    return body | {"contactMedium": media}


def message(body: Json, ids: Aliases) -> Json:
    """A text to telephones with a plus."""
    del ids
    receivers = _list(body, "receiver")
    numbers = [str(one.get("phoneNumber", "")) for one in receivers]
    if not all(number.startswith("+") for number in numbers):
        raise _not_understood("receiver.phoneNumber without a plus")
    return body | {"receiver": [{"phoneNumber": words.digits(number)} for number in numbers]}


def consumption(body: Json, ids: Aliases) -> Json:
    """A question about allowances."""
    criteria = body.get("searchCriteria")
    if not isinstance(criteria, dict):
        raise _not_understood("searchCriteria")
    criteria = dict(criteria)
    if "logicalResource" in criteria:
        criteria["logicalResource"] = [
            one | {"id": words.digits(one.get("id"))} for one in _list(criteria, "logicalResource")
        ]
    if "relatedParty" in criteria:
        criteria["relatedParty"] = [
            one | {"id": ids.own(str(one.get("id")))} for one in _list(criteria, "relatedParty")
        ]
    return body | {"searchCriteria": criteria}


BODIES: Mapping[str, Body] = {
    "productOrder": order,
    "transferBalance": transfer,
    "individual": individual,
    "communicationMessage": message,
    "queryUsageConsumption": consumption,
}
