"""SIM cards and devices as the lab's operator knows and writes them (TMF639)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stdnum import luhn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crashlab.checks.oracle import OperatorTruth

SINCE = "2022-01-20T10:00:00+06:00"
OWNER = ("77012115299", "850115300011")
"""Whoever has registered the devices of others: the number, and the IIN."""


@dataclass
class SimCard:
    """A SIM card: of a company, blank until it serves a number."""

    iccid: str
    company: str
    number: str | None = None
    replaced_at: str | None = None


@dataclass
class Device:
    """A registration of a device with a number of ours."""

    imei: str
    number: str
    kind: str


def iccids() -> Iterator[str]:
    """Cards of the operator, none twice."""
    return (_checked(f"8999702{n:011d}") for n in itertools.count(1))


def imeis() -> Iterator[str]:
    """Devices of 15 digits, none twice."""
    return (_checked(f"35299209{n:06d}") for n in itertools.count(1))


def _checked(digits: str) -> str:
    return digits + str(luhn.calc_check_digit(digits))


def resources(books: OperatorTruth, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """The cards or devices that are asked for."""
    number = asked.get("resourceRelationship.id")
    company = asked.get("relatedParty.id")
    if asked["category"] == "Device":
        wanted = asked.get("IMEI")
        return [
            _device(one, books)
            for one in books.devices
            if number in (None, one.number)
            and wanted in (None, one.imei)
            and company in (None, books.companies[one.number])
        ]
    blank = asked.get("resourceStatus") == "available"
    return [
        _card(card, books)
        for card in books.cards.values()
        if number in (None, card.number)
        and asked.get("id") in (None, card.iccid)
        and company in (None, card.company)
        and not (blank and card.number)
    ]


def _card(card: SimCard, books: OperatorTruth) -> dict[str, Any]:
    known = [{"name": "ICCID", "value": card.iccid}]
    if card.number is not None and card.number in books.seen:
        known.append({"name": "IMEI", "value": books.seen[card.number]})
    if card.replaced_at is not None:
        known.append({"name": "replacedAt", "value": card.replaced_at})
    return {
        "id": card.iccid,
        "href": f"/{card.iccid}",
        "category": "SIM",
        "resourceStatus": "available" if card.number is None else "reserved",
        "resourceCharacteristic": known,
        "resourceRelationship": _relies_on(card.number),
        "relatedParty": [{"id": card.company, "role": "customer"}],
    }


def _device(one: Device, books: OperatorTruth) -> dict[str, Any]:
    company = books.companies[one.number]
    known = {
        "IMEI": one.imei,
        "registrationKind": one.kind,
        "registrationStatus": "registered",
        "BIN": company.removeprefix("org-"),
    }
    return {
        "id": f"dev-{one.imei}",
        "href": f"/dev-{one.imei}",
        "category": "Device",
        "startOperatingDate": SINCE,
        "resourceCharacteristic": [{"name": key, "value": value} for key, value in known.items()],
        "resourceRelationship": _relies_on(one.number),
        "relatedParty": [{"id": company, "role": "customer"}],
    }


def _relies_on(number: str | None) -> list[dict[str, str]]:
    return [] if number is None else [{"id": number, "relationshipType": "reliesOn"}]
