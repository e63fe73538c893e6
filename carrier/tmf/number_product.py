"""TMF637: which product is a number, by whatever the operator's profile says it is found by.

Ids may be made by the server, and a filter may be one that the operator does not understand, or
understands as something else: a reference implementation takes what looks like a figure for one,
and finds no number by it. So what an operator without dependable totals does not find is looked for
among all the company's products, before it is said that there is no such number.
"""

from __future__ import annotations

from account.values.identifiers import Msisdn
from carrier.http import Api, OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import fields
from carrier.tmf.fields import Item
from carrier.tmf.query import query

_PAGE = 100
_MOST_PAGES = 100


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
            query(("relatedParty.id", company_id), asked, ("limit", 10)),
        )
        for found in fields.items(answer):
            if is_it(profile, found, company_id, msisdn):
                return found
        if profile.find.totals == "filtered":
            return None
    return await _among_all(http, company_id, msisdn)


def is_it(profile: Profile, found: Item, company_id: str, msisdn: Msisdn) -> bool:
    """Whether the product is that number, and the company's."""
    roles = profile.words.customer_role
    owned = any(
        party.get("id") == company_id and str(party.get("role")).casefold() in roles
        for party in fields.entries(found, "relatedParty")
    )
    return owned and _number(profile, found) == msisdn.digits


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


def _number(profile: Profile, found: Item) -> str:
    name = profile.find.number_characteristic
    if profile.find.number_by == "characteristic" and name is not None:
        for one in fields.entries(found, "productCharacteristic"):
            if one.get("name") == name:
                return str(one.get("value")).removeprefix("+")
    return str(found.get("productSerialNumber")).removeprefix("+")


async def _among_all(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Item | None:
    """Walk through the company's products until it is there, or nothing new comes."""
    seen: set[object] = set()
    for page in range(_MOST_PAGES):
        asked = query(("relatedParty.id", company_id), ("offset", page * _PAGE), ("limit", _PAGE))
        rows = fields.items(await http.read(Api.PRODUCT_INVENTORY, "product", asked))
        for found in rows:
            if is_it(http.profile, found, company_id, msisdn):
                return found
        new = {row.get("id") for row in rows} - seen
        if not new or len(rows) < _PAGE:
            return None
        seen |= new
    return None
