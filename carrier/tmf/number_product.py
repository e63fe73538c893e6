"""TMF637: which product is a number, by whatever the operator's profile says it is found by.

Ids may be made by the server, and a filter may be one that the operator does not understand, or
understands as something else: a reference implementation takes what looks like a figure for one,
and finds no number by it. So what an operator without dependable totals does not find is looked for
among all the company's products, before it is said that there is no such number; read is then the
one product of that id, as it is at the moment.
"""

from __future__ import annotations

from account.values.identifiers import Msisdn
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields, walking
from carrier.tmf.fields import Item
from carrier.tmf.query import query

FIELDS = (
    "fields",
    "name,status,productSerialNumber,billingAccount,productCharacteristic,relatedParty",
)


async def find(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Item | None:
    """The whole product of a number of the company, None when it has no such number.

    Raises `CarrierUnavailable`.
    """
    profile = http.profile
    asked = _condition(profile, msisdn)
    if asked is not None:
        found = await _asked(http, company_id, msisdn, asked)
        if found is not None or profile.find.totals == "filtered":
            return found
    known = await _id_among_all(http, company_id, msisdn)
    return None if known is None else await _asked(http, company_id, msisdn, ("id", known))


async def id_of(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> str | None:
    """The id of the product of the company's number; None when it has no such number.

    Nothing is asked where the number itself is the id: whose it is, the answer to what is asked by
    it has to tell. Raises `CarrierUnavailable`.
    """
    known = product_id(http.profile, msisdn)
    if known is not None:
        return known
    found = await find(http, company_id, msisdn)
    return None if found is None else fields.text(found, "id")


async def every(http: OperatorHttp, company_id: str, *, anew: bool = False) -> list[Item]:
    """All products that are the company's, as they were some seconds ago at most.

    Whatever the operator's totals say, and with its services. Raises `CarrierUnavailable`.
    """

    async def read() -> list[Item]:
        rows = await walking.walk(
            http,
            Api.PRODUCT_INVENTORY,
            "product",
            [("relatedParty.id", company_id)],
            dict,
            forgiving=True,
        )
        return [
            row for row in rows if isinstance(row, dict) and owned(http.profile, row, company_id)
        ]

    return await http.kept.whole(f"products {company_id}", read, anew=anew)


async def _asked(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, condition: tuple[str, str]
) -> Item | None:
    name, wanted = FIELDS
    by_id = http.profile.find.number_by == "id"
    shown = (name, wanted if by_id else f"{wanted},productRelationship")
    limit = 1 if by_id else 10
    asked = query(("relatedParty.id", company_id), condition, shown, ("limit", limit))
    for found in fields.items(await http.read(Api.PRODUCT_INVENTORY, "product", asked)):
        if is_it(http.profile, found, company_id, msisdn):
            return found
    return None


async def _id_among_all(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> str | None:
    """The id of the number's product; who is not there is looked for once more, in a new list."""
    told_before = http.kept.known(f"products {company_id}") is not None
    for anew in (False, True) if told_before else (False,):
        for found in await every(http, company_id, anew=anew):
            if number(http.profile, found) == msisdn and not is_of_a_number(found):
                return fields.text(found, "id")
    return None


def is_it(profile: Profile, found: Item, company_id: str, msisdn: Msisdn) -> bool:
    """Whether the product is that number itself, and the company's."""
    return (
        owned(profile, found, company_id)
        and number(profile, found) == msisdn
        and not is_of_a_number(found)
    )


def is_of_a_number(found: Item) -> bool:
    """Whether a product is a service, which may bear the serial number of its number."""
    return bool(found.get("productRelationship"))


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
