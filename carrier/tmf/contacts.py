"""TMF632: a company's contact media as papers write them: one address, and what reaches it.

A medium that cannot be read is passed over: nothing of it is needed, and an empty place is honest.
"""

from __future__ import annotations

from collections.abc import Iterator

from account.chapters.billing.parties import NOT_TOLD, Customer
from account.values.identifiers import Msisdn
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import fields
from carrier.tmf.fields import Item
from carrier.tmf.query import query_string
from carrier.tmf.wire import values

_PARTS = ("postCode", "country", "stateOrProvince", "city", "street1", "street2")
"""Of an address, in the order in which the country writes it."""
_LEGAL = frozenset({"legal", "registered", "registration", "juridical"})


async def customer(http: OperatorHttp, company_id: str) -> Customer:
    """What papers tell of the company besides its name and BIN. Raises `CarrierUnavailable`."""
    asked = query_string(("id", company_id), ("fields", "contactMedium"), ("limit", 2))
    found = fields.items(await http.read(Api.PARTY, "organization", asked))
    theirs = [one for one in found if values.shown(one.get("id")) == company_id]
    return _customer(theirs[0]) if len(theirs) == 1 else NOT_TOLD


def _customer(organization: Item) -> Customer:
    """Its legal address, else the first one, and its telephones and e-mail addresses."""
    media = list(_media(organization))
    addresses = [(_is_legal(one), written) for one in media if (written := _address(one))]
    legal = [written for is_legal, written in addresses if is_legal]
    address = next(iter(legal), None) or next((written for _, written in addresses), None)
    phones = [_phone(told) for one in media if (told := values.shown(one.get("phoneNumber")))]
    emails = [told for one in media if (told := values.shown(one.get("emailAddress")))]
    return Customer(address, tuple(dict.fromkeys(phones + emails)))


def _media(organization: Item) -> Iterator[Item]:
    """What each medium says, the preferred one first: in `characteristic`, v5 in itself."""
    told = organization.get("contactMedium")
    media = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    for one in sorted(media, key=lambda one: one.get("preferred") is not True):
        inner = one.get("characteristic")
        yield inner if isinstance(inner, dict) else one


def _phone(told: str) -> str:
    """A number as people read it; what is none of the country's as it came."""
    try:
        return Msisdn.told(told).shown
    except ValueError:
        return told


def _is_legal(medium: Item) -> bool:
    return values.word(medium.get("contactType")) in _LEGAL


def _address(medium: Item) -> str | None:
    if not any(values.shown(medium.get(field)) for field in ("city", "street1")):
        return None
    return ", ".join(told for field in _PARTS if (told := values.shown(medium.get(field))))
