"""TMF637: the services of a number, products that rely on it (S11).

As with numbers, the company and the number are asked for and compared with each answer: a service
of another company is never shown, even if the operator answers it.
"""

from __future__ import annotations

from account.chapters.services.offerings import Service
from account.values.identifiers import Msisdn
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields, number_product, paging
from carrier.tmf.fields import Item
from carrier.tmf.product_catalog import is_monthly
from carrier.tmf.wire import values

_LARGEST_PAGE = 1000


async def services(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> tuple[Service, ...]:
    """The active services of the company's number, oldest first. Raises `CarrierUnavailable`."""
    product = await number_product.id_of(http, company_id, msisdn)
    if product is None:
        return ()
    told = await paging.whole(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        [
            ("relatedParty.id", company_id),
            ("productRelationship.product.id", product),
            ("status", http.profile.spelled("product_status", "active")),
        ],
        limit=_LARGEST_PAGE,
    )
    profile = http.profile
    found = [_service(one, profile) for one in told if _is_of(one, company_id, product, profile)]
    return tuple(sorted(found, key=lambda service: service.since))


def _is_of(found: Item, company_id: str, product_id: str, profile: Profile) -> bool:
    relied_on = [
        fields.entry(one, "product").get("id")
        for one in fields.entries(found, "productRelationship")
        if values.word(one.get("relationshipType")) in profile.words.relies_on
    ]
    customer = company_id in fields.related(found, profile.words.customer_role)
    return (
        customer
        and product_id in relied_on
        and profile.words.product_status.get(values.word(found.get("status"))) == "active"
    )


def _service(found: Item, profile: Profile) -> Service:
    called = profile.characteristics
    known = fields.characteristics(found, "productCharacteristic")
    prices = fields.entries(found, "productPrice")
    lasts = [
        fields.entry(term, "validFor")
        for term in fields.entries(found, "productTerm")
        if term.get("name") == "validity"
    ]
    ends = bool(lasts) and "endDateTime" in lasts[0]
    return Service(
        id=fields.text(found, "id"),
        offering_id=fields.text(fields.entry(found, "productOffering"), "id"),
        name=fields.text(found, "name"),
        price=(
            fields.amount(fields.entry(prices[0], "price"), "taxIncludedAmount") if prices else None
        ),
        monthly=bool(prices) and is_monthly(prices[0]),
        since=fields.moment(found, "startDate"),
        until=fields.moment(lasts[0], "endDateTime") if ends else None,
        group=fields.optional_text(known, called.group),
        subgroup=fields.optional_text(known, called.subgroup),
        manageable=_manageable(known.get(called.manageable), profile),
    )


def _manageable(told: object, profile: Profile) -> bool:
    if told is None:
        return profile.services.manageable
    return values.flag(told, profile.characteristics.manageable)
