"""TMF637 once more: the services of a number, which are products too (S11)."""

from __future__ import annotations

import sqlite3

from sandbox.operator import services
from sandbox.operator.api.answers import Json, characteristic, moment, money
from sandbox.operator.api.tmf630_filters import Query, kept
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.offers import BY_ID, Offer
from sandbox.operator.seed.traffic import vat

RELATION = "productRelationship.product.id"
_BASE = "/tmf-api/productInventory/v4"


def asked_for(query: Query) -> bool:
    """Whether `query` is about services: it names the numbers that they rely on."""
    return query.values(RELATION) is not None


def found(database: OperatorDatabase, query: Query) -> list[Json]:
    """The services that `query` asks for, by number, oldest first. Raises `TmfError` 400."""
    numbers = query.values(RELATION) or ()
    rows = database.rows(
        f"SELECT * FROM number WHERE msisdn IN ({','.join('?' * len(numbers))})"  # noqa: S608
        " ORDER BY msisdn",
        list(numbers),
    )
    items = [shown(database, row, one) for row in rows for one in services.of_number(database, row)]
    return kept(
        items,
        query,
        {
            "id": lambda item: [item["id"]],
            "status": lambda item: [item["status"]],
            "productOffering.id": lambda item: [item["productOffering"]["id"]],
            "manageable": lambda item: [str(_is_manageable(item)).lower()],
            "relatedParty.id": lambda item: [item["relatedParty"][0]["id"]],
            RELATION: lambda item: [item["productSerialNumber"]],
        },
    )


def by_id(database: OperatorDatabase, wanted: str) -> Json | None:
    """The service of this id."""
    row = database.one("SELECT * FROM number WHERE msisdn = ?", (wanted[4:].partition("-")[0],))
    if row is None or not wanted.startswith("svc-"):
        return None
    for service in services.of_number(database, row):
        if service["id"] == wanted:
            return shown(database, row, service)
    return None


def shown(database: OperatorDatabase, row: sqlite3.Row, service: sqlite3.Row) -> Json:
    """TMF637's product of one service of the number `row`."""
    offer, ends = BY_ID[service["offer"]], services.ended_at(service)
    active = services.is_active(database, service)
    item: Json = {
        "id": service["id"],
        "href": f"{_BASE}/product/{service['id']}",
        "@type": "Product",
        "name": offer.name,
        "status": "active" if active else "terminated",
        "startDate": moment(service["since"]),
        "isCustomerVisible": True,
        "productSerialNumber": row["msisdn"],
        "billingAccount": {
            "id": row["account"],
            "name": row["account"],
            "@referredType": "BillingAccount",
        },
        "productOffering": {"id": offer.id, "name": offer.name},
        "productPrice": [_price(offer, service["since"])],
        "productCharacteristic": _facts(offer),
        "productRelationship": [
            {"relationshipType": "reliesOn", "product": {"id": row["msisdn"]}},
        ],
        "relatedParty": [
            {"id": row["company"], "role": "customer", "@referredType": "Organization"},
        ],
    }
    if service["ends_at"] is not None:
        lasts = {
            "startDateTime": moment(service["since"]),
            "endDateTime": moment(service["ends_at"]),
        }
        item["productTerm"] = [{"name": "validity", "validFor": lasts}]
    if not active and ends is not None:
        item["terminationDate"] = moment(ends)
    return item


def _price(offer: Offer, since: float) -> Json:
    tax = {"taxRate": vat(since), "taxIncludedAmount": money(offer.price)}
    if offer.monthly:
        return {
            "name": "monthly fee",
            "priceType": "recurring",
            "recurringChargePeriod": "month",
            "price": tax,
        }
    return {"name": "price", "priceType": "oneTime", "price": tax}


def _facts(offer: Offer) -> list[Json]:
    facts = [characteristic("group", offer.groups[0])]
    if len(offer.groups) > 1:
        facts.append(characteristic("subgroup", offer.groups[1]))
    return [*facts, characteristic("manageable", offer.sellable)]


def _is_manageable(item: Json) -> bool:
    return any(
        one["name"] == "manageable" and one["value"] is True
        for one in item["productCharacteristic"]
    )
