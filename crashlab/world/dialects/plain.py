"""An operator that differs wherever it may: a profile of its own, and nothing of this one's words.

Numbers are blocked by a patch of their product, which leaves no other trace than the state itself;
ids are made by the server, numbers have a plus, totals are those of everything or are not told,
errors have numbers, filters that are not understood find nothing, access is by OAuth2.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import ClassVar

from aiohttp import web
from typing_extensions import override

from crashlab.world.dialects.dialect import CLIENT_SECRET, PAGING, Dialect, Row
from crashlab.world.dialects.plain_rows import (
    CODES,
    OTHER_CODE,
    OWN_WORDS,
    ROWS,
    asked_for,
    digits,
    parties,
)

CLIENT = "lab"
LIVES, TOLD_TO_LIVE, NOT_GRANTED = 12.0, 40.0, 0.02
"""Seconds that a token is good for, seconds that it is said to be, and the share of none at all."""
MOST_ROWS = 20
FILTERS = {
    "relatedParty.id": "relatedParty.id",
    "id": "id",
    "productSerialNumber": "id",
    "productRelationship.product.id": "productRelationship.product.id",
    "status": "status",
    "product.id": "product.id",
    "externalId": "externalId",
    "description": "description",
    "category": "category",
    "resourceRelationship.resource.id": "resourceRelationship.id",
    "resourceStatus": "resourceStatus",
    "contactMedium.characteristic.phoneNumber": "contactMedium.characteristic.phoneNumber",
    "ratedProductUsage.productRef.id": "ratedProductUsage.productRef.id",
    **{
        f"{day}.{than}": f"{day}.{than}"
        for day in ("usageDate", "paymentDate")
        for than in ("gte", "lt")
    },
}
"""What is understood, and this lab's own name of it."""
OVERLOOKING = {"productOffering", "billingAccount"}
"""Where what is not understood changes nothing; elsewhere nothing is found by it."""
SHOWING = {"fields", "sort", "offset", "limit"}
PHONES = {
    "productSerialNumber",
    "resourceRelationship.resource.id",
    "contactMedium.characteristic.phoneNumber",
}
PRODUCTS = {"product.id", "productRelationship.product.id", "ratedProductUsage.productRef.id"}


class PlainDialect(Dialect):
    """See above."""

    name = "plain"
    base = "{place:shop|crm|charging|inventory|billing|messaging}/{api}/v4"
    lacks = (
        "device.register",
        "device.duplicate",
        "device.reregister",
        "device.deregister",
        "devices",
        "register",
    )
    change_faults: ClassVar[Mapping[str, float]] = {"overlooked": 0.04, "applied, then 404": 0.03}
    read_faults: ClassVar[Mapping[str, float]] = {"missing": 0.05}

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._tokens: dict[str, float] = {}

    @override
    def profile(self, address: str) -> str:
        template = Path(__file__).with_name("plain.toml").read_text(encoding="utf-8")
        return template.replace("{address}", address)

    @override
    async def grant(self, request: web.Request) -> web.StreamResponse:
        pair = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            return web.json_response({"error": "invalid_client"}, status=401)
        if self._luck.random() < NOT_GRANTED:
            return self.error(500, "INTERNAL")
        token = f"t{len(self._tokens)}"
        self._tokens[token] = time.monotonic() + LIVES
        told = {"access_token": token, "token_type": "Bearer", "expires_in": TOLD_TO_LIVE}
        return web.json_response(told)

    @override
    def admits(self, request: web.Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return time.monotonic() < self._tokens.get(token, 0.0)

    @override
    def asked(self, resource: str, query: Mapping[str, str]) -> Mapping[str, str] | None:
        own: dict[str, str] = {}
        for name, told in query.items():
            if name in SHOWING or (name not in FILTERS and resource in OVERLOOKING):
                continue
            if name not in FILTERS or "," in told or own.get(FILTERS[name], told) != told:
                return None
            if (value := self._value(resource, name, told)) is None:
                return None
            own[FILTERS[name]] = value
        return own

    def _value(self, resource: str, name: str, told: str) -> str | None:
        if name in PHONES:
            return told[1:] if told.startswith("+") else None
        if name in PRODUCTS or (name, resource) == ("id", "product"):
            return self.own_id(told)
        if name == "category":
            return {"UICC": "SIM"}.get(told)
        return OWN_WORDS["status"].get(told) if name == "status" else told

    @override
    def ordered(self, resource: str, body: Row) -> Row:
        if resource == "communicationMessage":
            to = [{"phoneNumber": digits(one["phoneNumber"])} for one in body["receiver"]]
            return body | {"receiver": to}
        if resource == "individual":
            return body | {"contactMedium": [self._medium(one) for one in body["contactMedium"]]}
        if resource == "transferBalance":
            [sender], receiver = body["logicalResource"], body["receiverLogicalResource"]
            ends = {"logicalResource": [{"id": digits(sender["id"])}]}
            return body | ends | {"receiverLogicalResource": {"id": digits(receiver["id"])}}
        if resource == "productOrder":
            [item] = body["productOrderItem"]
            return body | {"productOrderItem": [item | {"product": self._product(item["product"])}]}
        return self._product(body)

    def _medium(self, told: Row) -> Row:
        where = told["characteristic"]
        if "phoneNumber" in where:
            where = where | {"phoneNumber": digits(where["phoneNumber"])}
        return told | {"characteristic": where}

    def _product(self, told: Row) -> Row:
        own = dict(told)
        if "productSerialNumber" in own:
            own["productSerialNumber"] = digits(own["productSerialNumber"])
        elif "id" in own:
            own["id"] = self.own_id(own["id"])
        if "status" in own:
            own["status"] = OWN_WORDS["status"][own["status"]]
        if "productCharacteristic" in own:
            own["productCharacteristic"] = [asked_for(one) for one in own["productCharacteristic"]]
        return own

    @override
    def own_id(self, told: str) -> str:
        try:
            return str(int(told.removeprefix("p"), 16))
        except ValueError:
            return "?"

    @override
    def written(self, resource: str, row: Row) -> Row:
        write = ROWS.get(resource)
        return row if write is None else write(row | parties(row))

    @override
    def page(
        self, resource: str, found: Sequence[Row], query: Mapping[str, str], every: int
    ) -> web.Response:
        if not found and resource == "payment":
            return self.error(404, "NOT_FOUND")
        offset, limit = (int(query.get(*one)) for one in PAGING)
        told = found[offset : offset + min(limit, MOST_ROWS)]
        heads = {"X-Total-Count": str(every)} if resource == "product" else {}
        return web.json_response(told, headers=heads)

    @override
    def error(self, status: int, code: str) -> web.Response:
        body = {"code": CODES.get(code, OTHER_CODE), "reason": "No", "message": "No"}
        return web.json_response(body, status=status)
