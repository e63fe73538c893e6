"""TMF637 and TMF677: the Atlas Pro package, and what each of its numbers took of it (S36).

The numbers of the package are those of the company's on its tariff; what they took is asked for a
page of them at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from account.chapters.allowances import Measure
from account.chapters.atlas import Pool, PoolUsage
from account.values.identifiers import Msisdn
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import number_product, paging
from carrier.tmf.customer_bill import billed_period
from carrier.tmf.rows import LeftOut
from carrier.tmf.units import Amount, added, amount, volume
from carrier.tmf.usage_consumption import asked, number_of
from carrier.tmf.usage_consumption import said as _said
from carrier.tmf.wire import decoding, values
from carrier.tmf.wire.parts import characteristics
from carrier.tmf.wire.tmf637 import Product
from carrier.tmf.wire.tmf677 import Bucket, BucketCounter, UsageConsumption
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import ALLOWANCES

PACKAGE = "atlas-pro"
"""The offering's id."""
_KINDS = (Measure.SECONDS, Measure.SMS, Measure.BYTES)
"""What a package holds; each of them must be told."""


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
    found = await asked(http, _said(http, question(company_id)))
    if not found:
        return None
    packages = [one for one in found if _named(one)]
    if len(packages) != 1:
        raise Malformed("usageConsumption")
    [package] = packages
    sizes = dict(_sizes(package))
    if set(sizes) != set(_KINDS):
        raise Malformed("bucketRefOrValue")
    return Pool(
        name=_named(package) or PACKAGE,
        cycle=billed_period(package.validPeriod),
        seconds=sizes[Measure.SECONDS],
        pieces=sizes[Measure.SMS],
        bytes=sizes[Measure.BYTES],
    )


def _named(found: UsageConsumption) -> str | None:
    """What the package is called; None for another product."""
    for product in found.product or ():
        if values.shown(product.id) == PACKAGE:
            return values.shown(product.name) or PACKAGE
    return None


async def taken(http: OperatorHttp, company_id: str, *, offset: int, limit: int) -> Page[PoolUsage]:
    """A page of the package's numbers with what they took. Raises `CarrierUnavailable`."""
    numbers = await paging.part(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        [
            ("relatedParty.id", company_id),
            ("productOffering.id", PACKAGE),
            ("sort", "productSerialNumber"),
            ("fields", "productSerialNumber,productCharacteristic,relatedParty"),
        ],
        Product,
        offset=offset,
        limit=limit,
    )
    profile = http.profile
    page = numbers.read(
        lambda found: _labelled(profile, found),
        lambda found: number_product.owned(profile, found, company_id),
    )
    labels = dict(page.rows)
    left_out = LeftOut(http, Api.USAGE_CONSUMPTION)
    rows = await _of_numbers(http, company_id, labels, left_out) if labels else ()
    return replace(numbers.page(rows, left_out), left_out=page.left_out + left_out.count)


def _labelled(profile: Profile, found: Product) -> tuple[Msisdn, str | None]:
    """A number of the package and what the company calls it. Raises `Malformed`."""
    msisdn = number_product.number(profile, found)
    if msisdn is None:
        raise Malformed("productSerialNumber")
    known = characteristics(found.productCharacteristic)
    return msisdn, values.shown(known.get(profile.characteristics.label))


async def _of_numbers(
    http: OperatorHttp,
    company_id: str,
    labels: Mapping[Msisdn, str | None],
    left_out: LeftOut,
) -> tuple[PoolUsage, ...]:
    """What each number took; one of which that is not told, or not all of it, is left out."""
    consumed = {}
    for found in await asked(http, _said(http, question(company_id, tuple(labels)))) or ():
        owners = {number_of(one) for one in found.logicalResource or ()}
        number = owners.pop() if len(owners) == 1 else None
        if number is None or number not in labels:
            continue
        with suppress(Malformed):
            consumed[number] = _usage(found, number, labels[number], http.profile)
    for _ in labels.keys() - consumed.keys():
        left_out.add("usageConsumption")
    return tuple(consumed[number] for number in labels if number in consumed)


def _usage(
    found: UsageConsumption, number: Msisdn, label: str | None, profile: Profile
) -> PoolUsage:
    """What the number took of each kind. Raises `Malformed` where one is not told."""
    used: dict[Measure, int] = {}
    charged: list[Amount] = []
    for measure, counters in _counters(found):
        for counter in counters:
            kind = values.word(counter.counterType)
            if kind in ALLOWANCES.used and measure in _KINDS:
                taken = volume(counter.value, "bucketCounter", measure).amount
                used[measure] = used.get(measure, 0) + taken
            elif kind in ALLOWANCES.charged:
                charged.append(amount(counter.value, "bucketCounter", profile.words.money_unit))
    if set(used) != set(_KINDS):
        raise Malformed("bucketRefOrValue")
    return PoolUsage(
        number,
        used[Measure.SECONDS],
        used[Measure.SMS],
        used[Measure.BYTES],
        added(charged, "bucketCounter").shown,
        label,
    )


def _counters(found: UsageConsumption) -> Iterator[tuple[Measure | None, list[BucketCounter]]]:
    for raw in found.buckets:
        bucket = decoding.as_struct(raw, Bucket)
        yield ALLOWANCES.measures.get(values.word(bucket.usageType)), bucket.bucketCounter or []


def _sizes(package: UsageConsumption) -> Iterator[tuple[Measure, int | None]]:
    """Kind of use, and how much of it the package holds; None: without end."""
    for raw in package.buckets:
        bucket = decoding.as_struct(raw, Bucket)
        measure = ALLOWANCES.measures.get(values.word(bucket.usageType))
        if measure not in _KINDS:
            continue
        totals = [
            counter
            for counter in bucket.bucketCounter or ()
            if values.word(counter.counterType) in ALLOWANCES.totals
        ]
        if totals:
            yield measure, volume(totals[0].value, "bucketCounter", measure).amount
        elif values.word(bucket.remainingValueName) in ALLOWANCES.unlimited:
            yield measure, None
        else:
            raise Malformed("bucketCounter")
