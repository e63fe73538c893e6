"""TMF651: the contract under which an account's numbers are served.

The products of the account name their agreement (TMF637); the agreement tells its number and when
it was signed. Whatever is not told, is told in two ways or is not the company's is no contract: a
certificate has an empty place then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from account.chapters.billing.parties import Contract
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf import fields
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import query_string
from carrier.tmf.wire import values

_PRODUCTS = 100
"""How many products of an account are looked at."""


async def contract(http: OperatorHttp, company_id: str, account: str) -> Contract | None:
    """The one contract of the account, if it has one. Raises `CarrierUnavailable`."""
    named = await _named(http, company_id, account)
    if len(named) != 1:
        return None
    [agreement_id] = named
    asked = query_string(("id", agreement_id), ("limit", 2))
    found = fields.items(await http.read(Api.AGREEMENT, "agreement", asked))
    theirs = [one for one in found if _is_it(one, agreement_id, company_id)]
    return _contract(theirs[0]) if len(theirs) == 1 else None


async def _named(http: OperatorHttp, company_id: str, account: str) -> set[str]:
    """The agreements that the products of the company's account name."""
    asked = query_string(
        ("relatedParty.id", company_id),
        ("billingAccount.id", account),
        ("fields", "billingAccount,agreement,relatedParty"),
        ("limit", _PRODUCTS),
    )
    found = fields.items(await http.read(Api.PRODUCT_INVENTORY, "product", asked))
    return {
        agreement_id
        for product in found
        if company_id in fields.related(product, http.profile.words.customer_role)
        and _id_of(product.get("billingAccount")) == account
        for agreement_id in _agreements(product)
    }


def _agreements(product: Item) -> Iterator[str]:
    for one in (*_objects(product, "agreement"), *_objects(product, "agreementItem")):
        told = one.get("id") if one.get("agreementId") is None else one["agreementId"]
        agreement_id = values.shown(told)
        if agreement_id is not None:
            yield agreement_id


def _objects(of: Item, field: str) -> list[Item]:
    """The objects of a list, whatever else stands there or instead of it."""
    told = of.get(field)
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _id_of(ref: object) -> str | None:
    return values.shown(ref.get("id")) if isinstance(ref, dict) else None


def _is_it(found: Item, agreement_id: str, company_id: str) -> bool:
    """Whether it is that agreement, and the company one of those who made it."""
    parties = [fields.party_id(one) for one in _objects(found, "engagedParty")]
    return _id_of(found) == agreement_id and company_id in parties


def _contract(found: Item) -> Contract | None:
    number = values.shown(found.get("documentNumber"))
    return None if number is None else Contract(number, _signed(found))


def _signed(found: Item) -> date | None:
    """When the last of those who had to had signed; else when the agreement began to be one."""
    told = [one.get("date") for one in _objects(found, "agreementAuthorization")]
    try:
        if told and all(one is not None for one in told):
            return max(values.day(one, "agreementAuthorization.date") for one in told)
        began = found.get("initialDate")
        return None if began is None else values.day(began, "initialDate")
    except Malformed:
        return None
