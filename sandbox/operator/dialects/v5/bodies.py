"""What is sent in the form of v5, in the operator's own. Raises `TmfError` 400 for the rest.

The form of v4 is not understood: every object says its type, as the published files have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.operator.api.answers import Json, TmfError

Body = Callable[[Json], Json]


def _not_understood(what: str) -> TmfError:
    return TmfError(400, "REQUEST.MALFORMED", "Invalid body field", f"{what} is not understood")


def _of_type(told: object, kind: str) -> Json:
    if not isinstance(told, dict) or told.get("@type") != kind:
        raise _not_understood(f"an object that is no {kind}")
    return {name: value for name, value in told.items() if name != "@type"}


def _each(body: Json, name: str, kind: str) -> Iterator[Json]:
    found = body.get(name, [])
    if not isinstance(found, list):
        raise _not_understood(name)
    return (_of_type(one, kind) for one in found)


def _parties(body: Json) -> list[Json]:
    return [
        {"role": one["role"], **_of_type(one.get("partyOrPartyRole"), "PartyRef")}
        for one in _each(body, "relatedParty", "RelatedPartyRefOrPartyRoleRef")
    ]


def order(body: Json) -> Json:
    """A product order."""
    body = _of_type(body, "ProductOrder")
    if "externalIdentifier" in body:  # by the published file there is none
        raise _not_understood("externalIdentifier")
    names = [one["id"] for one in _each(body, "externalId", "ExternalIdentifier")]
    if len(names) > 1:
        raise _not_understood("more than one externalId")
    body |= {
        "relatedParty": _parties(body),
        "channel": [
            {"role": one["role"], **_of_type(one["channel"], "ChannelRef")}
            for one in _each(body, "channel", "RelatedChannel")
        ],
        "productOrderItem": [_item(one) for one in _each(body, "productOrderItem", _ITEM)],
    }
    if names:
        body["externalId"] = names[0]
    if "note" in body:
        body["note"] = list(_each(body, "note", "Note"))
    return body


_ITEM = "ProductOrderItem"


def _item(item: Json) -> Json:
    product = _of_type(item.get("product"), "Product")
    if "productCharacteristic" in product:
        product["productCharacteristic"] = [
            _characteristic(one) for one in product["productCharacteristic"]
        ]
    item |= {"product": product}
    if "productOffering" in item:
        item["productOffering"] = _of_type(item["productOffering"], "ProductOfferingRef")
    return item


def _characteristic(told: Any) -> Json:
    kind = told.get("@type") if isinstance(told, dict) else None
    if not isinstance(kind, str) or not kind.endswith("Characteristic"):
        raise _not_understood("a characteristic without a type")
    return {name: value for name, value in told.items() if name != "@type"}


def individual(body: Json) -> Json:
    """A merge patch: other media of a person."""
    media = []
    for one in _of_type(body, "Individual").get("contactMedium", ()):
        kind = one.get("@type")
        if kind not in {"PhoneContactMedium", "EmailContactMedium"} or "characteristic" in one:
            raise _not_understood("a medium of no type")
        where = {name: one[name] for name in one if name not in {"@type", "preferred"}}
        word = "email" if kind == "EmailContactMedium" else "mobile phone"
        media.append(
            {
                "mediumType": word,
                "preferred": one.get("preferred", False),
                "characteristic": where,
            }
        )
    return {"contactMedium": media}


def consumption(body: Json) -> Json:
    """A question about allowances."""
    body = _of_type(body, "QueryUsageConsumption")
    asked = _of_type(body.get("searchCriteria"), "UsageConsumptionReport")
    if "relatedParty" in asked:
        asked["relatedParty"] = _parties(asked)
    if "logicalResource" in asked:
        asked["logicalResource"] = [
            {"id": one["value"]} for one in _each(asked, "logicalResource", "LogicalResourceRef")
        ]
    if "product" in asked:
        asked["product"] = list(_each(asked, "product", "UsageConsumptionProductRef"))
    return body | {"searchCriteria": asked}


BODIES: Mapping[str, Body] = {
    "productOrder": order,
    "individual": individual,
    "queryUsageConsumption": consumption,
    "hub": lambda body: _of_type(body, "Hub"),
}
