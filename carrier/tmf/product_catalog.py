"""TMF620: the services on offer, with their prices and their terms in each language (S12)."""

from __future__ import annotations

from typing import Any

from account.chapters.allowances import Measure
from account.chapters.services.offerings import Group, Offering, Volume, VolumeUnit
from account.values.languages import LANGUAGES
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.units import volume
from carrier.tmf.wire import values
from carrier.tmf.wire.parts import Money

_LARGEST_PAGE = 1000
_UNITS = {
    Measure.SECONDS: (VolumeUnit.MINUTES, 60),
    Measure.SMS: (VolumeUnit.SMS, 1),
    Measure.MMS: (VolumeUnit.SMS, 1),
    Measure.BYTES: (VolumeUnit.MB, 1024**2),
}
"""How volumes are counted here, and how many seconds, pieces or bytes one is."""
_ON_OFFER = ("lifecycleStatus", "Active")
_UNLIMITED = "Unlimited"
_MONTHLY = frozenset({"month", "monthly"})
_MONTH_END = "to the end of the month"


async def offerings(http: OperatorHttp) -> dict[str, Offering]:
    """The whole catalogue by ids, also what the operator alone switches.

    Raises `CarrierUnavailable`.
    """
    told = await paging.whole(
        http, Api.PRODUCT_CATALOG, "productOffering", [_ON_OFFER], limit=_LARGEST_PAGE
    )
    found = map(_offering, told)
    return {one.id: one for one in found}


async def offering(http: OperatorHttp, offering_id: str) -> Offering | None:
    """One offering, None when it is not on offer. Raises `CarrierUnavailable`."""
    told = await paging.whole(
        http, Api.PRODUCT_CATALOG, "productOffering", [("id", offering_id), _ON_OFFER], limit=1
    )
    offered = [_offering(one) for one in told]
    return next((one for one in offered if one.id == offering_id), None)


def _offering(found: Item) -> Offering:
    facts = _facts(found)
    name = fields.text(found, "name")
    price = _price(found)
    days, to_month_end = _validity(found)
    return Offering(
        id=fields.text(found, "id"),
        names=_by_language(facts, "displayName") or {"en": name},
        terms=_by_language(facts, "terms") or _only(fields.optional_text(found, "description")),
        groups=tuple(
            Group(fields.text(one, "id"), fields.optional_text(one, "name") or "")
            for one in fields.entries(found, "category")
        ),
        price=fields.amount(fields.entry(price, "price"), "taxIncludedAmount"),
        monthly=is_monthly(price),
        volume=_volume(facts.get("trafficVolume")),
        days=days,
        to_month_end=to_month_end,
        stackable=fields.flag(facts.get("stackable", {}), "value"),
        sellable=fields.flag(found, "isSellable"),
        excludes=frozenset(
            fields.text(one, "id")
            for one in fields.entries(found, "productOfferingRelationship")
            if one.get("relationshipType") == "excludes"
        ),
    )


def is_monthly(price: Item) -> bool:
    """Whether a price is a month's, not one that is paid once. Raises `Malformed`."""
    kind, period = price.get("priceType"), price.get("recurringChargePeriod")
    if kind == "oneTime":
        return False
    if kind == "recurring" and values.word(period) in _MONTHLY:
        return True
    raise Malformed("priceType")


def _price(found: Item) -> Item:
    prices = fields.entries(found, "productOfferingPrice")
    if len(prices) != 1:
        raise Malformed("productOfferingPrice")
    return prices[0]


def _facts(found: Item) -> dict[str, Item]:
    """The first value of each of TMF620's open-ended facts, by name."""
    facts: dict[str, Item] = {}
    for fact in fields.entries(found, "prodSpecCharValueUse"):
        values = fields.entries(fact, "productSpecCharacteristicValue")
        if values:
            facts[fields.text(fact, "name")] = values[0]
    return facts


def _by_language(facts: dict[str, Item], name: str) -> dict[str, str]:
    if name not in facts:
        return {}
    texts = fields.entry(facts[name], "value")
    told = {language: fields.optional_text(texts, language) for language in LANGUAGES}
    return {language: text for language, text in told.items() if text is not None}


def _only(text: str | None) -> dict[str, str]:
    return {} if text is None else {"en": text}


def _volume(fact: Item | None) -> Volume | None:
    if fact is None:
        return None
    if fact.get("value") == _UNLIMITED:
        return Volume(None, None)
    unit = fields.text(fact, "unitOfMeasure")
    measured = volume(Money(amount=fact.get("value"), units=unit), "trafficVolume")
    counted_in, one = _UNITS[measured.measure]
    pieces, rest = divmod(measured.amount, one)
    if rest:
        raise Malformed("unitOfMeasure")
    return Volume(pieces, counted_in)


def _validity(found: Item) -> tuple[int | None, bool]:
    """Days it lasts, and whether it lasts to the end of the month."""
    for term in fields.entries(found, "productOfferingTerm"):
        if term.get("name") != "validity":
            continue
        if term.get("description") == _MONTH_END:
            return None, True
        duration: dict[str, Any] = dict(fields.entry(term, "duration"))
        if duration.get("units") != "day":
            raise Malformed("duration.units")
        return fields.whole(duration, "amount"), False
    return None, False
