"""How the lab's operator writes what it knows: TM Forum's resources, as the bot reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from crashlab.checks.oracle import BANS

if TYPE_CHECKING:
    from crashlab.checks.oracle import OperatorTruth, Order

PRICE = {
    "priceType": "recurring",
    "recurringChargePeriod": "month",
    "price": {"taxIncludedAmount": {"unit": "KZT", "value": 250}},
}
OFFERING: dict[str, Any] = {
    "id": "sms-100",
    "name": "100 SMS",
    "isSellable": True,
    "lifecycleStatus": "Active",
    "category": [{"id": "sms", "name": "SMS"}],
    "productOfferingPrice": [PRICE],
}


def order_shown(order: Order) -> dict[str, Any]:
    """The order as TMF622 writes it."""
    notes = [{"author": "operator", "text": order.note}] if order.note else []
    return {
        "id": order.id,
        "href": f"/{order.id}",
        "externalId": order.external_id,
        "state": order.state,
        "note": notes,
    }


def transfer_shown(order: Order) -> dict[str, Any]:
    """The transfer as TMF654 writes it."""
    status = {"completed": "completed", "rejected": "failed"}.get(order.state, "created")
    return {
        "id": order.id,
        "href": f"/{order.id}",
        "description": order.external_id,
        "status": status,
        "reason": order.note or "balance transfer",
    }


def product(number: str, books: OperatorTruth) -> dict[str, Any]:
    """The number's product."""
    blocked = books.blocked[number]
    method = "Advance" if number in books.purses else "Credit"
    known: list[dict[str, Any]] = [{"name": "paymentMethod", "value": method}]
    if blocked:
        known.append({"name": "suspensionReason", "value": "voluntary"})
        known.append({"name": "voluntaryBlock", "value": True})
    banned = books.bans.get(number, set())
    known += [{"name": name, "value": name in banned} for name in BANS.values()]
    known.append({"name": "forwarding", "value": _rules(books.forwarded.get(number, {}))})
    return {
        "id": number,
        "href": f"/{number}",
        "name": "Business Class Junior",
        "status": "suspended" if blocked else "active",
        "productSerialNumber": number,
        "billingAccount": {"id": "25060831"},
        "productCharacteristic": known,
        "relatedParty": [{"id": books.companies[number], "role": "customer"}],
    }


def _rules(kept: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules of call forwarding; the one for all calls keeps the others from acting."""
    over_all = kept.get("unconditional", {}).get("active", False)
    return [
        {"suspended": rule["active"] and over_all and name != "unconditional", **rule}
        for name, rule in kept.items()
    ]


def service(number: str, company_id: str) -> dict[str, Any]:
    """The service of a number."""
    return {
        "id": f"svc-{number}",
        "name": OFFERING["name"],
        "status": "active",
        "startDate": "2022-01-20T10:00:00+06:00",
        "productOffering": {"id": OFFERING["id"]},
        "productPrice": [PRICE],
        "productCharacteristic": [{"name": "manageable", "value": True}],
        "productRelationship": [{"relationshipType": "reliesOn", "product": {"id": number}}],
        "relatedParty": [{"id": company_id, "role": "customer"}],
    }


def bucket(number: str, tiyn: int | None) -> dict[str, Any]:
    """What is left of the number's credit limit, or its own money."""
    kind = "credit" if tiyn is None else "main"
    left = 8475.9 if tiyn is None else tiyn / 100
    return {
        "id": f"{kind}-{number}",
        "href": f"/{kind}-{number}",
        "name": "remaining credit limit" if tiyn is None else "main balance",
        "remainingValue": {"amount": left, "units": "KZT"},
        "product": [{"id": number}],
    }


def company(company_id: str, books: OperatorTruth) -> dict[str, Any]:
    """A company with its administrators."""
    known = [one for one in books.phones.values() if books.companies[one] == company_id]
    paper = {"identificationType": "BIN", "identificationId": company_id.removeprefix("org-")}
    return {
        "id": company_id,
        "href": f"/{company_id}",
        "name": "TOO Demo",
        "organizationIdentification": [paper],
        "relatedParty": [{"id": one, "role": "administrator"} for one in known],
    }


def person(phone: str, books: OperatorTruth) -> dict[str, Any]:
    """An administrator."""
    known = books.phones[phone]
    login = {"contactType": "login", "phoneNumber": phone}
    media: list[dict[str, Any]] = [{"mediumType": "mobile phone", "characteristic": login}]
    if known in books.emails:
        work = {"contactType": "work", "emailAddress": books.emails[known]}
        media.append({"mediumType": "email", "characteristic": work})
    return {
        "id": known,
        "href": f"/{known}",
        "fullName": f"Lab {known}",
        "contactMedium": media,
        "partyCharacteristic": [{"name": "codeChannel", "value": "sms"}],
        "relatedParty": [{"id": books.companies[known], "role": "administrator"}],
    }


def error(status: int, code: str) -> web.Response:
    """TMF630's error body."""
    body = {"code": code, "reason": code, "message": code, "status": str(status)}
    return web.json_response(body, status=status)
