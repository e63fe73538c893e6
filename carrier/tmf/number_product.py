"""TMF637: which product is a number, by whatever the operator's profile says it is found by.

Ids may be made by the server, and a filter may be one that the operator does not understand, or
understands as something else: a reference implementation takes what looks like a figure for one,
and finds no number by it. So what an operator without dependable totals does not find is looked for
among all the company's products, before it is said that there is no such number; read is then the
one product of that id, as it is at the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from account.errors import NumberInvalid
from account.values.identifiers import Msisdn
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.profile.model import Profile
from carrier.tmf import full_scan, paging
from carrier.tmf.query import query_string
from carrier.tmf.rows import parties
from carrier.tmf.wire import decoding, values
from carrier.tmf.wire.decoding import Item, Unread
from carrier.tmf.wire.parts import Ref, characteristics, whose
from carrier.tmf.wire.tmf637 import Identity, Product
from carrier.tmf.wire.values import Malformed

FIELDS = (
    "fields",
    (
        "name,status,productSerialNumber,billingAccount,productCharacteristic,relatedParty,"
        "productOffering,productSpecification"
    ),
)
_AND_OF_WHAT = ("fields", f"{FIELDS[1]},productRelationship")
"""With what tells a service from the number that it is of."""

Row = TypeVar("Row")


async def find(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Product | None:
    """The product of a number of the company, None when it has no such number.

    Raises `CarrierUnavailable`, also when it has it and the product cannot be read.
    """
    return await _found(http, company_id, msisdn, Product)


async def as_it_came(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> Item | None:
    """As `find`, with all that the operator says of the product."""
    return await _found(http, company_id, msisdn, dict)


async def id_of(http: OperatorHttp, company_id: str, msisdn: Msisdn) -> str | None:
    """The id of the product of the company's number; None when it has no such number.

    Nothing is asked where the number itself is the id: whose it is, the answer to what is asked by
    it has to tell. Raises `CarrierUnavailable`.
    """
    known = product_id(http.profile, msisdn)
    if known is not None:
        return known
    found = await find(http, company_id, msisdn)
    return None if found is None else values.text(found.id, "id")


async def every(
    http: OperatorHttp, company_id: str, *, anew: bool = False
) -> list[Product | Unread]:
    """All products that are the company's, as they were some seconds ago at most.

    Whatever the operator's totals say, and with its services. Raises `CarrierUnavailable`.
    """

    async def read() -> list[Product | Unread]:
        rows = await full_scan.walk(
            http,
            Api.PRODUCT_INVENTORY,
            "product",
            [("relatedParty.id", company_id), _AND_OF_WHAT],
            Product,
            forgiving=True,
        )
        return [row for row in rows if owned(http.profile, row, company_id)]

    return await http.list_cache.whole(f"products {company_id}", read, anew=anew)


async def _found(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, kind: type[Row]
) -> Row | None:
    profile = http.profile
    asked = _condition(profile, msisdn)
    if asked is not None:
        found = await _asked(http, company_id, msisdn, asked, kind)
        if found is not None or profile.find.totals == "filtered":
            return found
    known = await _id_among_all(http, company_id, msisdn, asked_for=asked is not None)
    return None if known is None else await _asked(http, company_id, msisdn, ("id", known), kind)


async def _asked(
    http: OperatorHttp,
    company_id: str,
    msisdn: Msisdn,
    condition: tuple[str, str],
    kind: type[Row],
) -> Row | None:
    by_id = http.profile.find.number_by == "id"
    shown = FIELDS if by_id else _AND_OF_WHAT
    limit = 1 if by_id else 10
    asked = query_string(("relatedParty.id", company_id), condition, shown, ("limit", limit))
    answer = await http.read(Api.PRODUCT_INVENTORY, "product", asked)
    for found in decoding.rows(answer.body, kind):
        told = decoding.row(found, Product) if isinstance(found, dict) else found
        assert isinstance(told, (Product, Unread))
        if not is_it(http.profile, told, company_id, msisdn):
            continue
        if isinstance(told, Unread) or isinstance(found, Unread):
            raise Malformed(told.field if isinstance(told, Unread) else "product")
        return found
    return None


async def _id_among_all(
    http: OperatorHttp, company_id: str, msisdn: Msisdn, *, asked_for: bool
) -> str | None:
    """The id of the number's product; who is not there is looked for once more, in a new list.

    Not where the number was `asked_for` in vain as well: who types other companies' numbers would
    have the whole company read for each of them.
    """
    told_before = not asked_for and http.list_cache.known(f"products {company_id}") is not None
    for anew in (False, True) if told_before else (False,):
        for found in await every(http, company_id, anew=anew):
            if number(http.profile, found) == msisdn and not is_of_a_number(found):
                if isinstance(found, Unread):
                    raise Malformed(found.field)
                return values.text(found.id, "id")
    return None


def is_it(profile: Profile, found: Product | Unread, company_id: str, msisdn: Msisdn) -> bool:
    """Whether the product is that number itself, and the company's.

    Where the number is the id nothing else has it, whatever else the number requires.
    """
    by_id = profile.find.number_by == "id" and values.shown(found.id) == msisdn.digits
    return (
        owned(profile, found, company_id)
        and number(profile, found) == msisdn
        and (by_id or not is_of_a_number(found))
    )


def is_of_a_number(found: Product | Unread) -> bool:
    """Whether a product is a service, which may bear the serial number of its number.

    A number may be a part of a bundle, which is told by a relation as well.
    """
    relations = (found.productRelationship or ()) if isinstance(found, Product) else ()
    return any(values.word(one.relationshipType) not in _BUNDLES for one in relations)


_BUNDLES = frozenset({"bundled", "bundle", "bundles", "isbundledby", "contains", "iscontainedin"})


def owned(profile: Profile, found: Product | Unread, company_id: str) -> bool:
    """Whether the company is the customer of a product. In doubt it is not."""
    return company_id in whose(parties(found), profile.words.customer_role)


def number(profile: Profile, found: Product | Unread) -> Msisdn | None:
    """The number that a product is, None for another thing, or one that cannot be read."""
    told: object = None
    if isinstance(found, Product):
        told = found.productSerialNumber
        if told in (None, "") and profile.find.number_by == "id":
            told = found.id
        name = profile.find.number_characteristic
        if profile.find.number_by == "characteristic" and name is not None:
            told = characteristics(found.productCharacteristic).get(name, told)
    elif (identity := found.part(Identity)) is not None:
        told = identity.productSerialNumber
    try:
        return Msisdn.told(str(told)) if isinstance(told, (str, int)) else None
    except ValueError:
        return None


def named(profile: Profile, told: Ref) -> Msisdn | None:
    """The number that a reference to a product is of; None for another product's.

    Its id is the number, or, where ids are the server's own, its name; a name is the number only
    when it is a mobile one, as an office line may be called by its number as well.
    """
    try:
        if profile.find.number_by == "id":
            return Msisdn.told(str(told.id))
        return Msisdn.parse(str(told.name))
    except (NumberInvalid, ValueError):
        return None


async def naming(
    http: OperatorHttp, company_id: str, told: Iterable[Ref | None]
) -> Callable[[Ref | None], Msisdn | None]:
    """What tells the number of each of these references to products; None for another product's.

    Where a reference says no more than an id that the server made, the company's products are
    looked through for it, a service standing for its number, and what is not among them is asked
    for by itself. Raises `CarrierUnavailable`: what could not be looked up is no office line.
    """
    profile = http.profile
    by_id: dict[str, Msisdn] = {}

    def number_of(ref: Ref | None) -> Msisdn | None:
        if ref is None:
            return None
        return named(profile, ref) or by_id.get(values.shown(ref.id) or "")

    if profile.find.number_by != "id" and _unnamed(told, number_of):
        _note(profile, by_id, await every(http, company_id))
        if unknown := _unnamed(told, number_of):
            found = await paging.each_of(
                http,
                Api.PRODUCT_INVENTORY,
                "product",
                "id",
                unknown[:_MOST_UNNAMED],
                [_AND_OF_WHAT],
                Product,
                limit=min(len(unknown), _MOST_UNNAMED) + 1,
            )
            _note(profile, by_id, found)
    return number_of


_MOST_UNNAMED = 50
"""Products of a page that are the company's no more and are asked for all the same."""


def _unnamed(
    told: Iterable[Ref | None], number_of: Callable[[Ref | None], Msisdn | None]
) -> list[str]:
    ids = {values.shown(one.id) for one in told if one is not None and number_of(one) is None}
    return sorted(one for one in ids if one is not None)


def _note(profile: Profile, by_id: dict[str, Msisdn], found: Iterable[Product | Unread]) -> None:
    """Take the numbers of these products, then of the services that rely on them."""
    services = []
    for one in found:
        if is_of_a_number(one):
            services.append(one)
        elif (msisdn := number(profile, one)) is not None:
            by_id[str(one.id)] = msisdn
    for one in services:
        relations = one.productRelationship or () if isinstance(one, Product) else ()
        numbers = [by_id.get(str(relation.other)) for relation in relations]
        own = next(filter(None, numbers), None) or number(profile, one)
        if own is not None:
            by_id[str(one.id)] = own


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
