"""What is sent, in the form of v5: every object says its type, parties and channels stand deeper.

Bodies are made in the form of v4 and turned here. They conform to TMF622 5.0.0, TMF632 5.0.0 and
TMF677 5.1.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def party(told: Mapping[str, Any]) -> Json:
    """`{"id", "role", "@referredType"}` of v4."""
    inner = {"id": told["id"], "@type": "PartyRef", "@referredType": told["@referredType"]}
    # A question names no role, which v5 wants: what it is asked for is the customer's.
    return {
        "@type": "RelatedPartyRefOrPartyRoleRef",
        "role": told.get("role", "customer"),
        "partyOrPartyRole": inner,
    }


ORDER_NAMES = ("externalId", "externalIdentifier")
"""The published name of what an order is called from outside, and the one other APIs have."""


def order_names(by: str) -> tuple[str, ...]:
    """Those of `ORDER_NAMES` that the profile's `find.order_by` means."""
    return tuple(name for name in ORDER_NAMES if by in ("both", name))


def order(told: Mapping[str, Any], names: tuple[str, ...] = ORDER_NAMES) -> Json:
    """A product order of TMF622, called by our reference under those `names`."""
    identifiers = [
        {"@type": "ExternalIdentifier", "id": told["externalId"], **_OURS},
    ]
    turned = {
        **told,
        "@type": "ProductOrder",
        "channel": [
            {
                "@type": "RelatedChannel",
                "role": one["role"],
                "channel": {"@type": "ChannelRef", "id": one["id"], "name": one["name"]},
            }
            for one in told["channel"]
        ],
        "relatedParty": [party(one) for one in told["relatedParty"]],
        "productOrderItem": [_item(one) for one in told["productOrderItem"]],
    }
    del turned["externalId"]
    turned |= dict.fromkeys(names, identifiers)
    if "note" in told:
        turned["note"] = [{"@type": "Note", **one} for one in told["note"]]
    return turned


_OURS = {"owner": "my-account", "externalIdentifierType": "POnumber"}


def _item(told: Mapping[str, Any]) -> Json:
    turned = {**told, "@type": "ProductOrderItem", "product": product(told["product"])}
    if "productOffering" in told:
        turned["productOffering"] = {"@type": "ProductOfferingRef", **told["productOffering"]}
    return turned


def product(told: Mapping[str, Any]) -> Json:
    """A product of TMF622 or TMF637."""
    turned = {**told, "@type": "Product"}
    if "productCharacteristic" in told:
        turned["productCharacteristic"] = [
            characteristic(one) for one in told["productCharacteristic"]
        ]
    if "realizingResource" in told:
        turned["realizingResource"] = [
            {"@type": "ResourceRef", **one} for one in told["realizingResource"]
        ]
    return turned


def characteristic(told: Mapping[str, Any]) -> Json:
    """An open-ended value, typed by what it is; one that has a type keeps it."""
    value = told.get("value")
    kind = "Characteristic"
    if isinstance(value, bool):
        kind = "BooleanCharacteristic"
    elif isinstance(value, int):
        kind = "IntegerCharacteristic"
    elif isinstance(value, (float, Decimal)):
        kind = "NumberCharacteristic"
    elif isinstance(value, str):
        kind = "StringCharacteristic"
    elif isinstance(value, list):
        kind = "ObjectArrayCharacteristic"
    return {"@type": kind, **told}


def consumption(told: Mapping[str, Any]) -> Json:
    """A question of TMF677."""
    asked = told["searchCriteria"]
    report: Json = {"@type": "UsageConsumptionReport"}
    if "product" in asked:
        report["product"] = [
            {"@type": "UsageConsumptionProductRef", **one} for one in asked["product"]
        ]
    if "logicalResource" in asked:
        report["logicalResource"] = [
            {"@type": "LogicalResourceRef", "value": one["id"], **one}
            for one in asked["logicalResource"]
        ]
    report["relatedParty"] = [party(one) for one in asked["relatedParty"]]
    return {"@type": "QueryUsageConsumption", "searchCriteria": report}


def individual(told: Mapping[str, Any]) -> Json:
    """A merge patch of a person's media, each of the type that it was read with."""
    media = [_medium(one) for one in told["contactMedium"]]
    return {"@type": "Individual", "contactMedium": media}


def _medium(told: Mapping[str, Any]) -> Json:
    inner = told.get("characteristic")
    said = {name: value for name, value in told.items() if name != "characteristic"}
    if isinstance(inner, Mapping):
        said = {**said, **inner}
        said.pop("mediumType", None)
    kind = "ContactMedium"
    if "emailAddress" in said:
        kind = "EmailContactMedium"
    elif "phoneNumber" in said:
        kind = "PhoneContactMedium"
    return {"@type": kind, **said}
