"""TMF637: the services of a number, products that rely on it (S11).

As with numbers, the company and the number are asked for and compared with each answer: a service
of another company is never shown, even if the operator answers it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import NoneType

from account.chapters.services.offerings import Service
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import number_product, paging
from carrier.tmf.product_price import is_by_use, is_monthly, with_tax
from carrier.tmf.rows import Part
from carrier.tmf.wire import values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import characteristics
from carrier.tmf.wire.tmf637 import Product, Relying
from carrier.tmf.wire.values import Malformed

_LARGEST_PAGE = 1000
_NEVER = datetime.max.replace(tzinfo=UTC)


async def services(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Page[Service]:
    """The active services of the company's number, oldest first. Raises `CarrierUnavailable`."""
    product = await number_product.id_of(http, company_id, msisdn)
    if product is None:
        return Page((), 0, 0)
    told = await paging.all_of(
        http,
        Api.PRODUCT_INVENTORY,
        "product",
        [
            ("relatedParty.id", company_id),
            ("productRelationship.product.id", product),
            ("status", http.profile.spelled("product_status", "active")),
        ],
        Product,
        limit=_LARGEST_PAGE,
    )
    profile = http.profile
    page = Part(http, Api.PRODUCT_INVENTORY, told, 0, len(told)).read(
        lambda found: _service(found, profile),
        lambda found: _is_of(found, company_id, product, profile),
    )
    rows = sorted(page.rows, key=lambda service: service.since or _NEVER)
    return Page(tuple(rows), 0, len(rows) + page.left_out, page.left_out)


def _is_of(found: Product | Unread, company_id: str, product_id: str, profile: Profile) -> bool:
    """Whether it relies on the number; of what cannot be read it is enough that it may."""
    if not number_product.owned(profile, found, company_id):
        return False
    relying = found.part(Relying) if isinstance(found, Unread) else found
    if relying is None:
        return True
    return any(
        values.word(one.relationshipType) in profile.words.relies_on
        and values.shown(one.other) == product_id
        for one in relying.productRelationship or ()
    )


def _service(found: Product, profile: Profile) -> Service | None:
    """A service; None for one that is not active. Raises `Malformed`."""
    if profile.words.product_status.get(values.word(found.status)) != "active":
        return None
    called = profile.characteristics
    known = characteristics(found.productCharacteristic)
    offering = None if found.productOffering is None else values.shown(found.productOffering.id)
    price, monthly = _price(found, profile)
    return Service(
        id=values.text(found.id, "id"),
        offering_id=offering or "",
        name=values.shown(found.name) or offering or "—",
        price=price,
        monthly=monthly,
        since=_or_none(found.startDate),
        until=_until(found),
        group=values.shown(known.get(called.group)),
        subgroup=values.shown(known.get(called.subgroup)),
        manageable=_manageable(known.get(called.manageable), profile),
    )


def _price(found: Product, profile: Profile) -> tuple[Money | None, bool]:
    """What it costs, None where that is not told, and whether that is a month's."""
    told = next((one for one in found.productPrice or () if not is_by_use(one)), None)
    if told is None or told.price is None:
        return None, False
    try:
        return with_tax(told, profile), is_monthly(told)
    except Malformed:
        return None, False


def _until(found: Product) -> datetime | None:
    """When it ends; None: not told. Raises `Malformed`."""
    told = found.productTerm
    terms = [told] if isinstance(told, dict) else told
    if not isinstance(terms, (list, NoneType)):
        raise Malformed("productTerm")
    ends, field = found.terminationDate, "terminationDate"
    for term in terms or ():
        if isinstance(term, dict) and values.word(term.get("name")) == "validity":
            between = term.get("validFor")
            if not isinstance(between, (dict, NoneType)):
                raise Malformed("productTerm.validFor")
            ends, field = (between or {}).get("endDateTime"), "productTerm.validFor"
            break
    return None if values.is_blank(ends) else values.moment(ends, field)


def _or_none(told: object) -> datetime | None:
    try:
        return None if told is None else values.moment(told, "startDate")
    except Malformed:
        return None


def _manageable(told: object, profile: Profile) -> bool:
    if told is None:
        return profile.services.manageable
    return values.flag(told, profile.characteristics.manageable)
