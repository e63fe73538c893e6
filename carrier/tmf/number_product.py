"""TMF637: which product is a number, by whatever the operator's profile says it is found by.

Ids may be made by the server, and a filter may be one that the operator does not understand, or
understands as something else: a reference implementation takes what looks like a figure for one,
and finds no number by it. So what an operator without dependable totals does not find is looked for
among all the company's products, before it is said that there is no such number.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from account.values.identifiers import Msisdn
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import query

FIELDS = (
    "fields",
    "name,status,productSerialNumber,billingAccount,productCharacteristic,relatedParty",
)
_PAGE = 500
_MOST_PAGES = 200


async def find(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Item | None:
    """The whole product of a number of the company, None when it has no such number.

    Raises `CarrierUnavailable`.
    """
    profile = http.profile
    asked = _condition(profile, msisdn)
    if asked is not None:
        answer = await http.read(
            Api.PRODUCT_INVENTORY,
            "product",
            query(
                ("relatedParty.id", company_id),
                asked,
                FIELDS,
                ("limit", 1 if profile.find.number_by == "id" else 10),
            ),
        )
        for found in fields.items(answer):
            if is_it(profile, found, company_id, msisdn):
                return found
        if profile.find.totals == "filtered":
            return None
    async for found in walk(http, company_id):
        if is_it(profile, found, company_id, msisdn):
            return found
    return None


def is_it(profile: Profile, found: Item, company_id: str, msisdn: Msisdn) -> bool:
    """Whether the product is that number, and the company's."""
    return owned(profile, found, company_id) and number(profile, found) == msisdn


def owned(profile: Profile, found: Item, company_id: str) -> bool:
    """Whether the company is the customer of a product. In doubt it is not."""
    return company_id in fields.related(found, profile.words.customer_role)


def number(profile: Profile, found: Item) -> Msisdn | None:
    """The number that a product is, None for another thing, or one that cannot be read."""
    told = found.get("productSerialNumber")
    name = profile.find.number_characteristic
    if profile.find.number_by == "characteristic" and name is not None:
        told = known(found).get(name, told)
    try:
        return Msisdn.told(told) if isinstance(told, str) else None
    except ValueError:
        return None


def known(found: Item) -> dict[str, object]:
    """The characteristics of a product by name; what is null or has no name is not there."""
    told = found.get("productCharacteristic")
    return {
        one["name"]: one["value"]
        for one in (told if isinstance(told, list) else ())
        if isinstance(one, dict)
        and isinstance(one.get("name"), str)
        and one.get("value") is not None
    }


def product_id(profile: Profile, msisdn: Msisdn) -> str | None:
    """The id of a number's product where the number itself is the id, else None."""
    return msisdn.digits if profile.find.number_by == "id" else None


def _condition(profile: Profile, msisdn: Msisdn) -> tuple[str, str] | None:
    find = profile.find
    if find.number_by == "id":
        return "id", msisdn.digits
    if find.number_by == "serial" or find.number_characteristic is None:
        return "productSerialNumber", profile.phone(msisdn.digits)
    if not find.characteristics:
        return None
    return find.number_characteristic, profile.phone(msisdn.digits)


async def walk(http: OperatorHttp, company_id: str) -> AsyncIterator[Item]:
    """All products that are the company's, each once, whatever the operator's totals say.

    It ends where nothing new comes. Raises `CarrierUnavailable`.
    """
    seen: set[object] = set()
    read = 0
    for _ in range(_MOST_PAGES):
        asked = query(("relatedParty.id", company_id), ("offset", read), ("limit", _PAGE))
        rows = fields.items(await http.read(Api.PRODUCT_INVENTORY, "product", asked))
        new = [row for row in rows if str(row.get("id")) not in seen]
        seen.update(str(row.get("id")) for row in new)
        for found in new:
            if owned(http.profile, found, company_id):
                yield found
        if not new:
            return
        read += len(rows)
    raise Malformed("product: more than can be walked through")
