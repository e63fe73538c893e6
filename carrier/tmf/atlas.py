"""TMF637 and TMF677: the Atlas Pro package, and what each of its numbers took of it (S36).

The numbers of the package are those of the company's on its tariff; what they took is asked for a
page of them at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from account.chapters.atlas import Pool, PoolUsage
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from account.values.page import Page
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed

PACKAGE = "atlas-pro"
"""The offering's id."""
_UNITS = {"voice": "seconds", "sms": "SMS", "data": "bytes"}


def question(company_id: str, numbers: tuple[Msisdn, ...] = ()) -> dict[str, Any]:
    """What is posted: the package of a company, or what these numbers took of it."""
    criteria: dict[str, Any] = {
        "product": [{"id": PACKAGE}],
        "relatedParty": [{"id": company_id, "@referredType": "Organization"}],
    }
    if numbers:
        criteria["logicalResource"] = [
            {"id": number.digits, "@referredType": "MSISDN"} for number in numbers
        ]
    return {"searchCriteria": criteria}


async def pool(http: OperatorHttp, company_id: str) -> Pool | None:
    """The package of the present bill cycle; None without one. Raises `CarrierUnavailable`."""
    found = await _asked(http, question(company_id))
    if found is None:
        return None
    if len(found) != 1:
        raise Malformed("usageConsumption")
    [package] = found
    named = fields.entries(package, "product")
    if not named or named[0].get("id") != PACKAGE:
        raise Malformed("product")
    totals = {kind: None if unlimited else size for kind, size, unlimited in _sizes(package)}
    if set(totals) != set(_UNITS):
        raise Malformed("bucketRefOrValue")
    return Pool(
        name=fields.text(named[0], "name"),
        cycle=fields.period(package, "validPeriod"),
        seconds=totals["voice"],
        pieces=totals["sms"],
        bytes=totals["data"],
    )


async def taken(http: OperatorHttp, company_id: str, *, offset: int, limit: int) -> Page[PoolUsage]:
    """A page of the package's numbers with what they took. Raises `CarrierUnavailable`."""
    numbers, total = await paging.page(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        [
            ("relatedParty.id", company_id),
            ("productOffering.id", PACKAGE),
            ("sort", "productSerialNumber"),
            ("fields", "productSerialNumber,productCharacteristic,relatedParty"),
        ],
        offset=offset,
        limit=limit,
    )
    labels = {}
    for found in numbers:
        if company_id not in fields.related(found, "customer"):
            raise Malformed("relatedParty: another company's")
        known = fields.characteristics(found, "productCharacteristic")
        number = fields.msisdn(found, "productSerialNumber")
        labels[number] = fields.optional_text(known, "employeeLabel")
    rows = await _of_numbers(http, company_id, labels) if labels else ()
    return Page(rows, offset, total)


async def _of_numbers(
    http: OperatorHttp, company_id: str, labels: Mapping[Msisdn, str | None]
) -> tuple[PoolUsage, ...]:
    consumed = {}
    for found in await _asked(http, question(company_id, tuple(labels))) or ():
        owners = fields.entries(found, "logicalResource")
        if len(owners) != 1:
            raise Malformed("logicalResource")
        number = fields.msisdn(owners[0], "id")
        consumed[number] = _usage(found, number, labels.get(number))
    if consumed.keys() != labels.keys():
        raise Malformed("logicalResource: others than were asked for")
    return tuple(consumed[number] for number in labels)


def _usage(found: Item, number: Msisdn, label: str | None) -> PoolUsage:
    used = dict.fromkeys(_UNITS, 0)
    charged = ZERO
    for bucket in fields.entries(found, "bucketRefOrValue"):
        kind = fields.text(bucket, "usageType")
        for counter in fields.entries(bucket, "bucketCounter"):
            if counter.get("counterType") == "used":
                used[kind] = _counted(counter, kind)
            elif counter.get("counterType") == "charged":
                charged += _charged(counter)
    if used.keys() != _UNITS.keys():
        raise Malformed("usageType")
    return PoolUsage(number, used["voice"], used["sms"], used["data"], charged, label)


def _sizes(package: Item) -> list[tuple[str, int, bool]]:
    """Kind of use, how much of it the package holds, and whether it has no end."""
    sizes = []
    for bucket in fields.entries(package, "bucketRefOrValue"):
        kind = fields.text(bucket, "usageType")
        totals = [
            counter
            for counter in fields.entries(bucket, "bucketCounter")
            if counter.get("counterType") == "total"
        ]
        endless = fields.optional_text(bucket, "remainingValueName") == "Unlimited"
        if not totals and not endless:
            raise Malformed("bucketCounter")
        sizes.append((kind, _counted(totals[0], kind) if totals else 0, not totals))
    return sizes


def _counted(counter: Item, kind: str) -> int:
    quantity = fields.entry(counter, "value")
    if quantity.get("units") != _UNITS.get(kind):
        raise Malformed("value.units")
    return fields.whole(quantity, "amount")


def _charged(counter: Item) -> Money:
    return fields.amount(counter, "value", "units", "amount")


async def _asked(http: OperatorHttp, body: dict[str, Any]) -> list[Item] | None:
    """The consumption asked for; None where there is no such package."""
    answer = await http.ask(Api.USAGE_CONSUMPTION, "queryUsageConsumption", body)
    if answer is None:
        return None
    return fields.entries(fields.item(answer), "usageConsumption")
