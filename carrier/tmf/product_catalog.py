"""TMF620: the services on offer, with their prices and their terms in each language (S12).

An offering whose price, volume or end cannot be read is left out: a price is never guessed, and
what has none is not free.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from account.chapters.services.offerings import Catalogue, Group, Offering, Volume, VolumeUnit
from account.values.languages import LANGUAGES
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.profile.vocabulary import Meanings
from carrier.tmf import fields, paging
from carrier.tmf.product_price import is_by_use, is_monthly, with_tax
from carrier.tmf.rows import LeftOut, readable
from carrier.tmf.wire import values
from carrier.tmf.wire.tmf620 import CharacteristicValue, OfferingPrice, ProductOffering
from carrier.tmf.wire.values import Malformed
from carrier.tmf.words import OFFERINGS

_LARGEST_PAGE = 1000
_ON_OFFER = ("lifecycleStatus", "Active")


async def offerings(http: OperatorHttp, now: datetime) -> Catalogue:
    """The whole catalogue by ids, also what the operator alone switches.

    Raises `CarrierUnavailable`, also when not one offering of several can be read.
    """
    told = await paging.all_of(
        http,
        Api.PRODUCT_CATALOG,
        "productOffering",
        [_ON_OFFER],
        ProductOffering,
        limit=_LARGEST_PAGE,
    )
    left_out, found = LeftOut(http, Api.PRODUCT_CATALOG), Catalogue()
    fault: Malformed | None = None
    for row in told:
        try:
            if not _is_offered(read := readable(row), now):
                continue
            one = _offering(read, http.profile, now)
        except Malformed as unread:
            fault = unread
            left_out.add(unread.field)
            continue
        found[one.id] = one
    if fault is not None and not found:
        raise fault
    found.left_out = left_out.count
    return found


async def offering(http: OperatorHttp, offering_id: str, now: datetime) -> Offering | None:
    """One offering, None when it is not on offer.

    Raises `CarrierUnavailable`, also when it cannot be read.
    """
    told = await paging.all_of(
        http,
        Api.PRODUCT_CATALOG,
        "productOffering",
        [("id", offering_id), _ON_OFFER],
        ProductOffering,
        limit=10,
    )
    for row in told:
        if values.shown(row.id) == offering_id:
            read = readable(row)
            return _offering(read, http.profile, now) if _is_offered(read, now) else None
    return None


def _is_offered(found: ProductOffering, now: datetime) -> bool:
    """Whether it has not ended yet. Raises `Malformed`."""
    return fields.valid_at({"validFor": found.validFor}, now)


def _offering(found: ProductOffering, profile: Profile, now: datetime) -> Offering:
    facts = _facts(found)
    name = values.text(found.name, "name")
    price, activation, by_use = _prices(found, now)
    days, to_month_end = _validity(found)
    described = values.shown(found.description)
    stackable = facts.get("stackable")
    return Offering(
        id=values.text(found.id, "id"),
        names=_by_language(facts, "displayName") or {"en": name},
        terms=_by_language(facts, "terms") or ({} if described is None else {"en": described}),
        groups=tuple(
            Group(told, values.shown(one.name) or "")
            for one in found.category or ()
            if (told := values.shown(one.id)) is not None
        ),
        price=with_tax(price, profile),
        monthly=is_monthly(price),
        activation=None if activation is None else with_tax(activation, profile),
        by_use=by_use,
        volume=_volume(facts.get("trafficVolume")),
        days=days,
        to_month_end=to_month_end,
        stackable=values.flag(None if stackable is None else stackable.value, "stackable"),
        sellable=values.flag(found.isSellable, "isSellable"),
        excludes=frozenset(
            values.text(one.id, "productOfferingRelationship.id")
            for one in found.productOfferingRelationship or ()
            if values.word(one.relationshipType) == "excludes"
        ),
    )


def _prices(
    found: ProductOffering, now: datetime
) -> tuple[OfferingPrice, OfferingPrice | None, bool]:
    """What having it costs, what is charged once beside a month's price, and whether each use is
    charged, too.

    Of those that hold now. No price of having it, or two of a kind, would have to be guessed at.
    Raises `Malformed`.
    """
    told = found.productOfferingPrice or ()
    prices = [one for one in told if fields.valid_at({"validFor": one.validFor}, now)]
    fees = [one for one in prices if not is_by_use(one)]
    by_use = len(fees) < len(prices)
    if len(fees) == 1:
        return fees[0], None, by_use
    if len(fees) == 2:
        once, monthly = sorted(fees, key=is_monthly)
        if is_monthly(monthly) and not is_monthly(once):
            return monthly, once, by_use
    raise Malformed("productOfferingPrice")


def _facts(found: ProductOffering) -> Mapping[str, CharacteristicValue]:
    """The first value of each of TMF620's open-ended facts, by name."""
    return Meanings(
        {
            one.name: one.productSpecCharacteristicValue[0]
            for one in found.prodSpecCharValueUse or ()
            if one.productSpecCharacteristicValue and isinstance(one.name, str)
        }
    )


def _by_language(facts: Mapping[str, CharacteristicValue], name: str) -> dict[str, str]:
    told = facts[name].value if name in facts else None
    if not isinstance(told, dict):
        return {}
    texts = {language: values.shown(told.get(language)) for language in LANGUAGES}
    return {language: text for language, text in texts.items() if text is not None}


def _volume(fact: CharacteristicValue | None) -> Volume | None:
    """How much traffic there is in it; what is no whole number of its unit is not read."""
    if fact is None:
        return None
    if values.word(fact.value) in OFFERINGS.unlimited:
        return Volume(None, None)
    unit, each = OFFERINGS.volumes.get(values.word(fact.unitOfMeasure), (None, 0))
    if unit is None:
        raise Malformed("unitOfMeasure")
    amount = values.decimal(fact.value, "trafficVolume") * each
    return Volume(values.whole(amount, "trafficVolume"), VolumeUnit(unit))


def _validity(found: ProductOffering) -> tuple[int | None, bool]:
    """Days it lasts, and whether it lasts to the end of the month."""
    for term in found.productOfferingTerm or ():
        if values.word(term.name) != "validity":
            continue
        if values.word(term.description) in OFFERINGS.to_month_end:
            return None, True
        if term.duration is None:
            raise Malformed("duration")
        length = term.duration
        units = length.units if length.units is not None else length.unit
        days = OFFERINGS.days.get(values.word(units))
        if days is None:
            raise Malformed("duration.units")
        amount = length.amount if length.amount is not None else length.value
        exact = values.whole(amount, "duration.amount") * days
        if exact.denominator != 1:
            raise Malformed("duration.amount")
        return int(exact), False
    return None, False
