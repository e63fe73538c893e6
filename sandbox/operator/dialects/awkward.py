"""Odd rows among the operator's answers: each is valid by the schemas, or met in the field.

A seed decides which rows are odd and how, by the row's own id, so that a row is the same whoever
asks for it, and however often. Most of them have one right reading; a row with `LEFT_OUT` has none,
and whoever reads it has to leave it out and say so.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.operator.api.answers import Json
from sandbox.operator.dialects.dialect import Handler, Route

Oddity = Callable[[Json], list[Json]]
"""One row, as one or more."""

ONE_IN = 4
"""So many rows have one odd one among them."""


def _with(**members: object) -> Oddity:
    return lambda row: [row | members]


def _without(*names: str) -> Oddity:
    return lambda row: [{name: value for name, value in row.items() if name not in names}]


def _in_characteristics(name: str, change: Callable[[Json], Json]) -> Oddity:
    return lambda row: [row | {name: [change(one) for one in row.get(name) or ()]}]


def _as_text(one: Json) -> Json:
    value = one.get("value")
    if isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, int | float):
        value = str(value)
    return one | {"value": value, "valueType": None}


def _day_alone(one: Json) -> Json:
    """`2026-09-14` of a moment."""
    is_moment = one.get("name") in {"statusSince", "statusChangeDate"}
    return one | {"value": one["value"][:10]} if is_moment else one


def _unheard_of(row: Json) -> list[Json]:
    """With what no schema forbids and nobody asked for."""
    extra = {"id": "x", "@type": "ObjectCharacteristic", "name": "unheardOf", "value": None}
    name = "productCharacteristic"
    return [row | {name: [*(row.get(name) or ()), extra], "@baseType": None, "productTerm": []}]


def _half_a_sign(row: Json) -> list[Json]:
    """A text that was cut in the middle of an emoji: half a surrogate, which is valid JSON."""
    return [row | {"description": "cut \ud83d"}]


def _capitals(*names: str) -> Oddity:
    def change(row: Json) -> list[Json]:
        return [row | {name: str(row[name]).upper() for name in names if row.get(name)}]

    return change


def _suspended_without_a_word(row: Json) -> list[Json]:
    if row.get("status") != "suspended":
        return [row]
    reasons = {"suspensionReason", "blockReason"}
    told = [one for one in row.get("productCharacteristic") or () if one["name"] not in reasons]
    return [row | {"productCharacteristic": told}]


def _old_number(row: Json) -> list[Json]:
    """A number the person had once: no login any more."""
    past = {
        "mediumType": "mobile phone",
        "validFor": {"endDateTime": "2020-01-01T00:00:00+06:00"},
        "characteristic": {"contactType": "login", "phoneNumber": "77010000001"},
    }
    return [row | {"contactMedium": [*(row.get("contactMedium") or ()), past]}]


def _ended_twin(row: Json) -> list[Json]:
    """Beside it one of the same name that has ended, empty, and last of all."""
    left = row.get("remainingValue")
    if not isinstance(left, dict):
        return [row]
    ended = {"status": "expired", "remainingValue": left | {"amount": 0}}
    return [row, row | ended | {"id": f"{row['id']}-ended"}]


def _amount_as_text(row: Json) -> list[Json]:
    left = row.get("remainingValue")
    if not isinstance(left, dict):
        return [row]
    return [row | {"remainingValue": left | {"amount": str(left["amount"])}}]


def _finer_than_tiyn(row: Json) -> list[Json]:
    rated = [
        one
        | {
            "taxIncludedRatingAmount": one["taxIncludedRatingAmount"]
            | {"value": f"{float(one['taxIncludedRatingAmount']['value']):.4f}"}
        }
        for one in row.get("ratedProductUsage") or ()
    ]
    return [row | {"ratedProductUsage": rated}]


def _rate_as_text(row: Json) -> list[Json]:
    """`"16.00"` of 16."""
    taxes = [one | {"taxRate": f"{one['taxRate']}.00"} for one in row.get("appliedTax") or ()]
    return [row | {"appliedTax": taxes or None}]


def _no_check_digit(row: Json) -> list[Json]:
    """A printed ICCID with the F that fills it up on the card."""
    facts = [
        one | {"value": f"{one['value']}F"} if one["name"] == "ICCID" else one
        for one in row.get("resourceCharacteristic") or ()
    ]
    return [row | {"resourceCharacteristic": facts}]


LEFT_OUT = "productSerialNumber"
"""What a number cannot be read without: a row that has it null is left out."""

ODDITIES: Mapping[str, tuple[Oddity, ...]] = {
    "product": (
        _unheard_of,
        _half_a_sign,
        _in_characteristics("productCharacteristic", _as_text),
        _in_characteristics("productCharacteristic", _day_alone),
        _capitals("status"),
        _with(status="pendingActive"),
        _suspended_without_a_word,
        _with(productOffering=None, startDate=None),
        _with(**{LEFT_OUT: None}),
    ),
    "individual": (_old_number, _with(status="Validated", partyCharacteristic=None)),
    "organization": (_with(status=None, isLegalEntity="true"),),
    "billingAccount": (_with(financialAccount=None), _without("lastModified", "state")),
    "bucket": (_ended_twin, _amount_as_text, _capitals("status", "usageType")),
    "usage": (
        _finer_than_tiyn,
        _in_characteristics("usageCharacteristic", _as_text),
        _with(description="cut \ud83d", rating=None),
    ),
    "payment": (_with(payer=None), _with(channel=None, authorizationCode=None)),
    "customerBill": (
        _without("taxItem"),
        _with(billDocument=None),
        _with(billDocument=[], paymentDueDate=None),
    ),
    "appliedCustomerBillingRate": (_rate_as_text, _with(description=None, isBilled="true")),
    "productOffering": (_with(productOfferingTerm=None, validFor=None),),
    "resource": (_no_check_digit, _with(administrativeState=None)),
}
"""By resource. Nothing here changes whose a row is or what it is worth, nor how many rows a page
that is walked through by `offset` has: buckets, which are asked for by number, alone have twins.
"""


class Awkward:
    """Mixes odd rows into what is answered to a GET."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def mixed(self, route: Route) -> Route:
        """The same route, with odd rows."""
        method, path, handler = route
        oddities = ODDITIES.get(path.removesuffix("/{id}").rpartition("/")[2])
        if method != "GET" or oddities is None:
            return route
        return method, path, self._odd(handler, oddities)

    def _odd(self, handler: Handler, oddities: tuple[Oddity, ...]) -> Handler:
        async def answered(request: web.Request) -> web.Response:
            told = await handler(request)
            if told.status not in (200, 206):
                return told
            assert isinstance(told.body, bytes)
            body: Any = json.loads(told.body)
            if isinstance(body, list):
                body = [odd for row in body for odd in self._row(row, oddities, request)]
            else:
                body = self._row(body, oddities, request)[0]
            # ASCII: half a surrogate can be written no other way
            told.body = json.dumps(body, separators=(",", ":")).encode()
            return told

        return answered

    def _row(self, row: Json, oddities: tuple[Oddity, ...], request: web.Request) -> list[Json]:
        luck = zlib.crc32(f"{self._seed}/{row.get('id')}".encode())
        if luck % ONE_IN:
            return [row]
        odd = oddities[luck // ONE_IN % len(oddities)](row)
        if "fields" not in request.query:
            return odd
        # what was not asked for is not told, odd or not
        return [{name: one[name] for name in one if name in row} for one in odd]
