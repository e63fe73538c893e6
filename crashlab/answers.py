"""How the lab's operator writes what it knows: TM Forum's resources, as the bot reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from crashlab.operator import Order

COMPANY = "org-180140000018"
BIN = "180140000018"

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


def product(number: str, *, blocked: bool, prepaid: bool = False) -> dict[str, Any]:
    """The number's product."""
    method = "Advance" if prepaid else "Credit"
    known: list[dict[str, Any]] = [{"name": "paymentMethod", "value": method}]
    if blocked:
        known.append({"name": "suspensionReason", "value": "voluntary"})
        known.append({"name": "voluntaryBlock", "value": True})
    return {
        "id": number,
        "href": f"/{number}",
        "name": "Business Class Junior",
        "status": "suspended" if blocked else "active",
        "productSerialNumber": number,
        "billingAccount": {"id": "25060831"},
        "productCharacteristic": known,
        "relatedParty": [{"id": COMPANY, "role": "customer"}],
    }


def service(number: str) -> dict[str, Any]:
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
        "relatedParty": [{"id": COMPANY, "role": "customer"}],
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


def company(administrator_id: str) -> dict[str, Any]:
    """The only company."""
    return {
        "id": COMPANY,
        "href": f"/{COMPANY}",
        "name": "TOO Demo",
        "organizationIdentification": [{"identificationType": "BIN", "identificationId": BIN}],
        "relatedParty": [{"id": administrator_id, "role": "administrator"}],
    }


def person(administrator_id: str, phone: str) -> dict[str, Any]:
    """One of its administrators."""
    return {
        "id": administrator_id,
        "href": f"/{administrator_id}",
        "fullName": "Lab",
        "contactMedium": [
            {
                "mediumType": "mobile phone",
                "characteristic": {"contactType": "login", "phoneNumber": phone},
            }
        ],
        "partyCharacteristic": [{"name": "codeChannel", "value": "sms"}],
        "relatedParty": [{"id": COMPANY, "role": "administrator"}],
    }


def error(status: int, code: str) -> web.Response:
    """TMF630's error body."""
    body = {"code": code, "reason": code, "message": code, "status": str(status)}
    return web.json_response(body, status=status)
