"""What may be asked of each resource, and what happens to the rest of a query.

Only `name=value` and `.gt .gte .lt .lte` of what stands here are understood. A comma is a sign like
any other, so a list of values finds nothing. Whatever else is asked is either overlooked, or, where
documents are searched by their fields, a field that no document has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from sandbox.operator.api.tmf630_filters import bad_value
from sandbox.operator.dialects.plain import charging, rows, words
from sandbox.operator.dialects.plain.aliases import Aliases

Kind = Literal["text", "id", "phone", "time", "category"]
MOST_ROWS = 100
"""A page is never longer, whatever is asked for, but for `limit=0`: all there are."""


@dataclass(frozen=True)
class Filter:
    """One attribute that is understood: the operator's own name of it, and what its values are."""

    own: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Resource:
    """How one resource is asked for and answered.

    `unknown`: what is done with what is not understood. `total`: how many rows there are is not
    told, told of the whole collection whatever was asked for, or told of what fits
    (`Content-Range`). `empty_is_missing`: a page without rows is 404. `split`: a row may come out
    as several, so that pages are cut afterwards. `natural`: its ids are the operator's own.
    """

    written: rows.Row
    filters: Mapping[str, Filter] = field(default_factory=dict)
    unknown: Literal["nothing", "overlooked"] = "overlooked"
    total: Literal["none", "collection", "range"] = "none"
    empty_is_missing: bool = False
    split: bool = False
    natural: bool = False


_PARTY = Filter("relatedParty.id", "id")
RESOURCES: Mapping[str, Resource] = {
    "individual": Resource(
        rows.individual,
        {
            "id": Filter("id", "id"),
            "contactMedium.characteristic.phoneNumber": Filter(
                "contactMedium.characteristic.phoneNumber", "phone"
            ),
            "relatedParty.id": _PARTY,
        },
    ),
    "organization": Resource(
        rows.organization, {"id": Filter("id", "id"), "relatedParty.id": _PARTY}
    ),
    "product": Resource(
        rows.product,
        {
            "id": Filter("id", "id"),
            "relatedParty.id": _PARTY,
            "productSerialNumber": Filter("productSerialNumber", "phone"),
            "status": Filter("status"),
            "name": Filter("name"),
            "billingAccount.id": Filter("billingAccount.id"),
            "productOffering.id": Filter("productOffering.id"),
            "productRelationship.product.id": Filter("productRelationship.product.id", "id"),
        },
        unknown="nothing",
        total="collection",
    ),
    "billingAccount": Resource(
        charging.account,
        {"id": Filter("id"), "relatedParty.id": _PARTY},
        total="range",
        natural=True,
    ),
    "bucket": Resource(charging.bucket, {"product.id": Filter("product.id", "id")}, split=True),
    "productOrder": Resource(
        rows.order,
        {
            "externalId": Filter("externalId"),
            "relatedParty.id": _PARTY,
            "orderDate": Filter("orderDate", "time"),
        },
        unknown="nothing",
        total="range",
    ),
    "transferBalance": Resource(charging.transfer, {"description": Filter("description")}),
    "usage": Resource(
        charging.usage,
        {
            "ratedProductUsage.productRef.id": Filter("ratedProductUsage.productRef.id", "id"),
            "usageDate": Filter("usageDate", "time"),
        },
    ),
    "productOffering": Resource(
        rows.offering,
        {"id": Filter("id"), "category.id": Filter("category.id")},
        natural=True,
    ),
    "resource": Resource(
        rows.resource,
        {
            "id": Filter("id"),
            "relatedParty.id": _PARTY,
            "category": Filter("category", "category"),
            "resourceStatus": Filter("resourceStatus"),
            "resourceRelationship.resource.id": Filter("resourceRelationship.id", "phone"),
        },
        natural=True,
    ),
    "payment": Resource(
        charging.payment,
        {"account.id": Filter("account.id"), "paymentDate": Filter("paymentDate", "time")},
        empty_is_missing=True,
    ),
    "customerBill": Resource(
        charging.bill,
        {
            "relatedParty.id": _PARTY,
            "billingAccount.id": Filter("billingAccount.id"),
            "billNo": Filter("billNo"),
            "billingPeriod.endDateTime": Filter("billingPeriod.endDateTime", "time"),
        },
        total="range",
        empty_is_missing=True,
    ),
    "appliedCustomerBillingRate": Resource(charging.rate, {"bill.id": Filter("bill.id", "id")}),
    "communicationMessage": Resource(rows.message),
}
_COMPARED = ("gt", "gte", "lt", "lte")


@dataclass(frozen=True)
class Question:
    """What is left of a query. `conditions` is None when nothing can be found by it."""

    conditions: list[tuple[str, str]] | None
    offset: int
    limit: int | None
    fields: tuple[str, ...]


def read(request: web.Request, resource: Resource, ids: Aliases) -> Question:
    """The question of a list's query string. Raises `TmfError` 400 for a malformed page."""
    conditions: list[tuple[str, str]] | None = []
    page: dict[str, int | None] = {"offset": 0, "limit": MOST_ROWS}
    fields: tuple[str, ...] = ()
    for name, value in request.query.items():
        if name in page:
            if not value.isdecimal() or len(value) > 9:
                raise bad_value(name, value)
            page[name] = int(value)
        elif name == "fields":
            fields = tuple(value.split(","))
        elif name == "sort":
            known = resource.filters.get(value.lstrip("-"))
            if known is not None and conditions is not None:
                conditions.append(("sort", "-" * value.startswith("-") + known.own))
        else:
            inward = _condition(name, value, resource, ids)
            if inward is not None and conditions is not None:
                conditions.append(inward)
            elif inward is None and (
                resource.unknown == "nothing" or _is_list(name, value, resource)
            ):
                conditions = None
    limit = page["limit"]
    cut = None if not limit else min(limit, MOST_ROWS)
    return Question(conditions, page["offset"] or 0, cut, fields)


def _condition(name: str, value: str, resource: Resource, ids: Aliases) -> tuple[str, str] | None:
    """The operator's own condition, None when this one is not understood."""
    attribute, _, suffix = name.rpartition(".")
    known = resource.filters.get(name)
    if known is not None and known.kind != "time":
        return None if "," in value else (known.own, _value(known.kind, value, ids))
    known = resource.filters.get(attribute)
    if known is not None and suffix in _COMPARED and known.kind in {"time", "phone"}:
        return f"{known.own}.{suffix}", _value(known.kind, value, ids)
    return None


def _is_list(name: str, value: str, resource: Resource) -> bool:
    return name in resource.filters and "," in value


def _value(kind: Kind, told: str, ids: Aliases) -> str:
    """The operator's own value; a text that nothing has for what is written otherwise."""
    if kind == "id":
        return ids.own(told)
    if kind == "phone":
        return words.digits(told) if told.startswith("+") else "?"
    if kind == "category":
        return {word: own for own, word in words.CARDS.items()}.get(told, "?")
    return told
