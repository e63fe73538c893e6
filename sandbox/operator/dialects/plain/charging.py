"""Money, traffic and papers as they are written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sandbox.operator.api.answers import Json
from sandbox.operator.dialects.plain import words
from sandbox.operator.dialects.plain.aliases import Aliases
from sandbox.operator.dialects.plain.rows import coded, known_as, moved, parties, text


def account(item: Json, ids: Aliases) -> Iterator[Json]:
    """The debt is a receivable; the kind of an account is not told."""
    item = item | {"href": moved(item["href"]), "relatedParty": parties(item, ids)}
    item["accountBalance"] = [
        one | {"balanceType": "ReceivableBalance"} for one in item["accountBalance"]
    ]
    item.pop("accountType", None)
    yield item


def bucket(item: Json, ids: Aliases) -> Iterator[Json]:
    """Money in tiyn, a main balance in two buckets of one name, and traffic beside the money."""
    number, own = item["product"][0]["id"], item["id"]
    tiyn = int(Decimal(str(item["remainingValue"]["amount"])) * 100)
    row = item | {
        "name": words.BUCKETS[item["name"]],
        "product": [{"id": ids.told(number), "name": words.phone(number)}],
        "logicalResource": [{"id": words.phone(number), "@referredType": "MSISDN"}],
    }
    row.pop("remainingValueName")
    parts = {own: tiyn}
    if item["name"] == "main balance":
        parts = {own: tiyn - tiyn // 4, f"{own}#2": tiyn // 4}
    for part, left in parts.items():
        told = row | {"remainingValue": {"amount": left, "units": "tiyn"}}
        yield told | {
            "id": ids.told(part),
            "href": moved(item["href"]).replace(own, ids.told(part)),
        }
    if item["name"] != "individual limit":
        data = f"data-{number}"
        yield row | {
            "id": ids.told(data),
            "href": moved(item["href"]).replace(own, ids.told(data)),
            "name": "DATA",
            "usageType": "data",
            "remainingValue": {"amount": 1024.5, "units": "MB"},
        }


def transfer(item: Json, ids: Aliases) -> Iterator[Json]:
    """Money in tiyn; what is left on either side is not told."""
    item = known_as(item, ids)
    tiyn = int(Decimal(str(item["amount"]["amount"])) * 100)
    item["amount"] = {"amount": tiyn, "units": "tiyn"}
    item["requestor"] = item["requestor"] | {
        "id": ids.told(item["requestor"]["id"]),
        "role": words.ROLES["customer"],
    }
    item["logicalResource"] = [
        one | {"id": words.phone(one["id"])} for one in item["logicalResource"]
    ]
    receiver = item["receiverLogicalResource"]
    item["receiverLogicalResource"] = receiver | {"id": words.phone(receiver["id"])}
    for name in ("bucket", "receiverBucket"):
        own = item[name]["id"]
        item[name] = {"id": ids.told(own), "name": words.BUCKETS["main balance"]}
    item["transferCost"] = {"unit": "KZT", "value": 0}
    if "reason" in item:
        item["reason"] = coded(item["reason"]) if item["status"] == "failed" else item["reason"]
    yield item


def usage(item: Json, ids: Aliases) -> Iterator[Json]:
    """Types in capitals, values as texts, the number as its product."""
    item = known_as(item, ids) | {"usageType": item["usageType"].upper()}
    item["usageCharacteristic"] = [
        {"name": one["name"], "value": text(_party_number(one))}
        for one in item["usageCharacteristic"]
    ]
    item["ratedProductUsage"] = [
        rated | {"productRef": {"id": ids.told(rated["productRef"]["id"])}}
        for rated in item["ratedProductUsage"]
    ]
    yield item


def _party_number(one: Json) -> object:
    numbers = {"originatingNumber", "destinationNumber"}
    return words.phone(one["value"]) if one["name"] in numbers else one["value"]


def payment(item: Json, ids: Aliases) -> Iterator[Json]:
    """Paid by whoever the bank names."""
    item = known_as(item, ids)
    item["payer"] = {"id": "bank-0042", "name": "Bank", "role": "payer"}
    item["paymentItem"] = [
        part | {"item": _named_product(part["item"], ids)} for part in item["paymentItem"]
    ]
    item.pop("totalAmount", None)
    yield item


def _named_product(item: Json, ids: Aliases) -> Json:
    return item | {"id": ids.told(item["id"]), "name": words.phone(item["id"])}


def bill(item: Json, ids: Aliases) -> Iterator[Json]:
    """With a printed document in the place of an electronic invoice, and without its taxes."""
    item = known_as(item, ids) | {"relatedParty": parties(item, ids)}
    item["billDocument"] = [
        {"id": f"{item['billNo']}.pdf", "attachmentType": "application/pdf", "size": 172851}
    ]
    item.pop("taxItem", None)
    yield item


def rate(item: Json, ids: Aliases) -> Iterator[Json]:
    """A line of a bill; the number is the name of its product."""
    item = known_as(item, ids)
    item["bill"] = {"id": ids.told(item["bill"]["id"])}
    if "product" in item:
        item["product"] = {
            "id": ids.told(item["product"]["id"]),
            "name": words.phone(item["product"]["name"]),
        }
    yield item


def consumption(item: Json, ids: Aliases) -> Json:
    """The answer to a question about allowances, once it is there."""
    item = item | {"id": ids.told(item["id"]), "state": "done"}
    item.pop("href", None)
    item["searchCriteria"] = {}
    item["usageConsumption"] = [_consumed(one, ids) for one in item["usageConsumption"]]
    return item


def _consumed(one: Json, ids: Aliases) -> Json:
    one = dict(one)
    if "logicalResource" in one:
        one["id"] = words.phone(one["id"])
        one["logicalResource"] = [
            number | {"id": words.phone(number["id"])} for number in one["logicalResource"]
        ]
    one["bucketRefOrValue"] = [_allowance(bucket, ids) for bucket in one["bucketRefOrValue"]]
    return one


def _allowance(item: Json, ids: Aliases) -> Json:
    item = item | {"id": ids.told(item["id"])}
    if "product" in item:
        item["product"] = [source | {"id": ids.told(source["id"])} for source in item["product"]]
    if "remainingValue" in item:
        item["remainingValue"] = _in_units(item["remainingValue"])
    if "bucketCounter" in item:
        item["bucketCounter"] = [
            counter | {"value": _in_units(counter["value"])} for counter in item["bucketCounter"]
        ]
    if item.get("status") == "active":
        del item["status"]
    return item


def _in_units(quantity: Mapping[str, Any]) -> Json:
    units = quantity["units"]
    return {"amount": float(quantity["amount"]), "units": words.UNITS.get(units, units)}
