"""TMF620: services on offer, by the groups of the guide (S12)."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from sandbox.operator.answers import Json, answer, chosen, listing, moment, money, not_found
from sandbox.operator.queries import kept, read_query
from sandbox.operator.traffic import vat
from sandbox.world import WorldClock

BASE = "/tmf-api/productCatalogManagement/v4"

GROUPS = {
    "roaming-voice": "Voice roaming",
    "roaming-voice-special": "Special offers",
    "roaming-voice-international": "International calls",
    "roaming-data": "Data roaming",
    "roaming-data-packs": "Data packs",
    "voice": "Voice",
    "voice-offnet": "Extra minutes for offnet mobile calls",
    "voice-landline": "Extra minutes for calling landline numbers",
    "sms": "SMS",
    "data": "Data",
}


class Offer(NamedTuple):
    """One service: its groups, what it gives, and its price in tiyn (a month's when monthly)."""

    id: str
    name: str
    groups: tuple[str, ...]
    volume: int
    unit: str
    price: int
    monthly: bool
    terms: str


OFFERS = (
    Offer(
        "offnet-50",
        "50 minutes for calls to other KZ networks",
        ("voice", "voice-offnet"),
        50,
        "minutes",
        39_000,
        False,
        "Valid to the end of the month. Unused minutes are not carried over.",
    ),
    Offer(
        "offnet-70",
        "70 minutes for calls to other KZ networks",
        ("voice", "voice-offnet"),
        70,
        "minutes",
        49_000,
        False,
        "Valid to the end of the month. Unused minutes are not carried over.",
    ),
    Offer(
        "offnet-150",
        "150 minutes for calls to other KZ networks",
        ("voice", "voice-offnet"),
        150,
        "minutes",
        90_000,
        False,
        "Valid to the end of the month. Unused minutes are not carried over.",
    ),
    Offer(
        "landline-10",
        "10 min to domestic landline calls",
        ("voice", "voice-landline"),
        10,
        "minutes",
        14_900,
        False,
        "Numbers of Kazakhstan's fixed networks only.",
    ),
    Offer(
        "roaming",
        "Roaming",
        ("roaming-voice",),
        0,
        "",
        0,
        True,
        "Calls abroad by the prices of the country.",
    ),
    Offer(
        "roaming-60",
        "60 minutes abroad",
        ("roaming-voice", "roaming-voice-special"),
        60,
        "minutes",
        299_000,
        False,
        "In 40 countries, 30 days.",
    ),
    Offer(
        "international-30",
        "International calls 30",
        ("roaming-voice", "roaming-voice-international"),
        30,
        "minutes",
        150_000,
        True,
        "Calls from Kazakhstan to 20 countries.",
    ),
    Offer(
        "roaming-data-1",
        "1 GB abroad",
        ("roaming-data", "roaming-data-packs"),
        1_024,
        "MB",
        399_000,
        False,
        "In 40 countries, 7 days.",
    ),
    Offer(
        "sms-100", "100 SMS", ("sms",), 100, "SMS", 25_000, True, "Within Kazakhstan, each month."
    ),
    Offer(
        "data-5",
        "Интернет +5 ГБ <түнгі & күндізгі>",
        ("data",),
        5_120,
        "MB",
        99_000,
        False,
        "Valid to the end of the month.",
    ),
)


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
                "category.id": lambda item: [group["id"] for group in item["category"]],
            },
        )
        page = found[query.offset : query.offset + query.limit]
        return listing(page, len(found), query.fields)

    async def offering(self, request: web.Request) -> web.Response:
        """`GET /productOffering/{id}`."""
        wanted = request.match_info["id"]
        for offer in OFFERS:
            if offer.id == wanted:
                return answer(chosen(self._shown(offer), read_query(request).fields))
        raise not_found("productOffering", wanted)

    def _shown(self, offer: Offer) -> Json:
        now = self._clock.timestamp()
        price: Json = {
            "id": f"price-{offer.id}",
            "name": "monthly fee" if offer.monthly else "price",
            "priceType": "recurring" if offer.monthly else "oneTime",
            "price": {"taxRate": vat(now), "taxIncludedAmount": money(offer.price)},
        }
        if offer.monthly:
            price |= {"recurringChargePeriod": "month", "recurringChargePeriodLength": 1}
        item: Json = {
            "id": offer.id,
            "href": f"{BASE}/productOffering/{offer.id}",
            "@type": "ProductOffering",
            "name": offer.name,
            "description": offer.terms,
            "isBundle": False,
            "isSellable": True,
            "lifecycleStatus": "Active",
            "lastUpdate": moment(now),
            "category": [{"id": group, "name": GROUPS[group]} for group in offer.groups],
            "productOfferingPrice": [price],
        }
        if offer.volume:
            volume = {"value": offer.volume, "unitOfMeasure": offer.unit, "valueType": "number"}
            item["prodSpecCharValueUse"] = [
                {
                    "name": "trafficVolume",
                    "valueType": "number",
                    "productSpecCharacteristicValue": [volume],
                }
            ]
        return item
