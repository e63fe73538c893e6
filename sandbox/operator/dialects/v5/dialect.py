"""The operator as `v5` speaks: its ids, filters and totals, in the forms of TM Forum's v5.

APIs without a published v5 (TMF635, 651, 654, 676, 681) stay as they are. Filters and fields have
the names of v5, and those of v4 are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from aiohttp import web

from sandbox.operator.api.answers import READ_BODY, Json, TmfError, answer, body_of
from sandbox.operator.dialects.dialect import Dialect, Handler, Route
from sandbox.operator.dialects.v5.bodies import BODIES
from sandbox.operator.dialects.v5.forms import FORMS, Form, moved

_COMPARED = (".gte", ".gt", ".lte", ".lt", ".regex")
_OF_ALL = {"relatedParty.partyOrPartyRole.id": "relatedParty.id"}
_FILTERS: Mapping[str, Mapping[str, str]] = {
    "individual": {"contactMedium.phoneNumber": "contactMedium.characteristic.phoneNumber"},
    "product": {"productRelationship.id": "productRelationship.product.id"},
    "productOrder": {"externalId.id": "externalId", "creationDate": "orderDate"},
    "resource": {
        "resourceRelationship.resource.id": "resourceRelationship.id",
        "allocationStatus": "resourceStatus",
    },
}
"""Of v5 by what the operator calls them."""
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "individual": {"formattedName": "fullName"},
    "product": {"agreementItem": "agreement"},
    "productOrder": {"creationDate": "orderDate"},
    "resource": {"allocationStatus": "resourceStatus"},
    "billingAccount": {"lastUpdate": "lastModified"},
    "appliedCustomerBillingRate": {"appliedBillingRateType": "type"},
}


class Version5Dialect(Dialect):
    """See above."""

    def spoken(self, routes: Sequence[Route]) -> list[Route]:
        """The routes of what has a v5 at its addresses and in its forms; the others as they are."""
        return [self._spoken(*route) for route in routes]

    def _spoken(self, method: str, path: str, handler: Handler) -> Route:
        address = moved(path)
        if address is None:
            return method, path, handler
        name = path.removesuffix("/{id}").rpartition("/")[2]
        if method == "DELETE":
            return method, address, handler
        return method, address, _answering(method, name, FORMS[name], handler)

    def event(self, event: Json) -> Json:
        """An event of v5 with its order."""
        order = event["event"]["productOrder"]
        return {
            "@type": event["eventType"],
            **event,
            "timeOccurred": event["eventTime"],
            "event": {"productOrder": FORMS["productOrder"](order)},
        }

    def profile(self, address: str) -> str:
        """The profile of this operator: TOML."""
        del address
        return (files("sandbox.operator.dialects.v5") / "profile.toml").read_text("utf-8")


def _answering(method: str, name: str, form: Form, handler: Handler) -> Handler:
    async def answered(request: web.Request) -> web.Response:
        asked = request
        if method == "GET":
            asked = request.clone(rel_url=request.rel_url.with_query(list(_query(request, name))))
        else:
            request[READ_BODY] = await _body(request, method, name)
        told = await handler(asked)
        if told.status >= 300:
            return told
        assert isinstance(told.body, bytes)
        body: Any = json.loads(told.body)
        written = [form(one) for one in body] if isinstance(body, list) else form(body)
        counts = {key: told.headers[key] for key in _COUNTS if key in told.headers}
        return answer(written, status=told.status, headers=counts)

    return answered


_COUNTS = ("X-Total-Count", "X-Result-Count", "Location")


async def _body(request: web.Request, method: str, name: str) -> Any:
    """The body in the operator's form. Raises `TmfError` 400 and 415."""
    if method == "PATCH" and request.content_type != "application/merge-patch+json":
        raise TmfError(415, "REQUEST.MALFORMED", "application/merge-patch+json is wanted")
    try:
        return BODIES[name](await body_of(request))
    except (AttributeError, KeyError, TypeError) as error:
        raise TmfError(400, "REQUEST.MALFORMED", "Invalid body field", str(error)) from error


def _query(request: web.Request, name: str) -> Iterator[tuple[str, str]]:
    filters = {**_OF_ALL, **_FILTERS.get(name, {})}
    fields = _FIELDS.get(name, {})
    for key, value in request.query.items():
        if key == "fields":
            yield key, ",".join(_own(one, fields) for one in value.split(","))
        elif key == "sort":
            descends = "-" if value.startswith("-") else ""
            yield key, descends + _own(value.removeprefix("-"), {**filters, **fields})
        else:
            compared = next((one for one in _COMPARED if key.endswith(one)), "")
            yield _own(key.removesuffix(compared), filters) + compared, value


def _own(told: str, names: Mapping[str, str]) -> str:
    """What the operator calls it. Raises `TmfError` 400 for a name of v4."""
    if told in names:
        return names[told]
    if told in names.values():
        raise TmfError(400, "FILTER.UNKNOWN", "Unknown attribute", f"{told} is of v4")
    return told
