"""TMF620: services on offer, by the groups of the guide (S12)."""

from __future__ import annotations

from aiohttp import web

from sandbox.operator.api.answers import Json, answer, chosen, moment, money, not_found
from sandbox.operator.api.tmf630_filters import kept, read_query
from sandbox.operator.api.tmf630_paging import as_it_is, page_of
from sandbox.operator.seed.offers import BY_ID, GROUPS, OFFERS, Offer, Text
from sandbox.operator.seed.traffic import vat
from sandbox.world import WorldClock

BASE = "/tmf-api/productCatalogManagement/v4"


class Catalogue:
    """`productOffering`."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock

    async def offerings(self, request: web.Request) -> web.Response:
        """`GET /productOffering`."""
        query = read_query(request)
        found = kept(
            map(self._shown, OFFERS),
            query,
            {
                "id": lambda item: [item["id"]],
                "name": lambda item: [item["name"]],
                "lifecycleStatus": lambda item: [item["lifecycleStatus"]],
                "isSellable": lambda item: ["true" if item["isSellable"] else "false"],
                "category.id": lambda item: [group["id"] for group in item["category"]],
            },
        )
        return page_of(found, query, as_it_is)

    async def offering(self, request: web.Request) -> web.Response:
        """`GET /productOffering/{id}`."""
        wanted = request.match_info["id"]
        if wanted not in BY_ID:
            raise not_found("productOffering", wanted)
        return answer(chosen(self._shown(BY_ID[wanted]), read_query(request).fields))

    def _shown(self, offer: Offer) -> Json:
        now = self._clock.timestamp()
        item: Json = {
            "id": offer.id,
            "href": f"{BASE}/productOffering/{offer.id}",
            "@type": "ProductOffering",
            "name": offer.name,
            "description": offer.terms.en,
            "isBundle": False,
            "isSellable": offer.sellable,
            "lifecycleStatus": "Active",
            "lastUpdate": moment(now),
            "category": [{"id": group, "name": GROUPS[group]} for group in offer.groups],
            "productOfferingPrice": [_price(offer, now)],
            "prodSpecCharValueUse": list(_facts(offer)),
        }
        if offer.days is not None:
            lasts = {"name": "validity", "duration": {"amount": offer.days, "units": "day"}}
            item["productOfferingTerm"] = [lasts]
        elif not offer.monthly:
            lasts = {"name": "validity", "description": "to the end of the month"}
            item["productOfferingTerm"] = [lasts]
        if offer.excludes:
            item["productOfferingRelationship"] = [
                {"id": other, "name": BY_ID[other].name, "relationshipType": "excludes"}
                for other in offer.excludes
            ]
        return item


def _price(offer: Offer, now: float) -> Json:
    price: Json = {
        "id": f"price-{offer.id}",
        "name": "monthly fee" if offer.monthly else "price",
        "priceType": "recurring" if offer.monthly else "oneTime",
        "price": {"taxRate": vat(now), "taxIncludedAmount": money(offer.price)},
    }
    if offer.monthly:
        price |= {"recurringChargePeriod": "month", "recurringChargePeriodLength": 1}
    return price


def _facts(offer: Offer) -> list[Json]:
    facts = [
        _fact("displayName", "object", _by_language(offer.title)),
        _fact("terms", "object", _by_language(offer.terms)),
        _fact("stackable", "boolean", offer.stackable),
    ]
    if offer.volume is None:
        facts.append(_fact("trafficVolume", "string", "Unlimited"))
    elif offer.volume:
        volume = _fact("trafficVolume", "number", offer.volume)
        volume["productSpecCharacteristicValue"][0]["unitOfMeasure"] = offer.unit
        facts.append(volume)
    return facts


def _by_language(text: Text) -> dict[str, str]:
    return {"en": text.en, "kk": text.kk, "ru": text.ru}


def _fact(name: str, kind: str, value: object) -> Json:
    values = [{"valueType": kind, "value": value}]
    return {"name": name, "valueType": kind, "productSpecCharacteristicValue": values}
