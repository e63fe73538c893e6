"""What the lab's operator tells for documents: devices, payments and calls that never change."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ACCOUNT, BIN = "25060831", "180140000018"
DEVICES, PAYMENTS, CALLS, BILLS, MONTHS = 1100, 40, 60, 3, 6
"""Rows of each; the devices take several pages of the operator's."""
_ALMATY = ZoneInfo("Asia/Almaty")


class DocumentFixtures:
    """Devices, payments and calls: the same for ever, so that a file of them can be counted.

    Devices and payments are those of `companies`, where nobody changes anything.
    """

    def __init__(self, rng: random.Random, now: datetime) -> None:
        self.companies: set[str] = set()
        self.billed: set[str] = set()
        """Companies that have the same few bills in each month."""
        begin = self.begun = now.replace(microsecond=0)
        paid = sorted(rng.uniform(1, 300) for _ in range(PAYMENTS))
        self.paid = [begin - timedelta(days=days) for days in paid]
        called = sorted(rng.uniform(1, 60) for _ in range(CALLS))
        self.called = [begin - timedelta(days=days) for days in called]

    def told(self, resource: str, asked: Mapping[str, str]) -> list[dict[str, Any]] | None:
        """All that fits the question; None for what is not kept here."""
        owner = asked.get("relatedParty.id", "")
        if resource == "customerBill":
            return list(self._bills(owner, asked)) if owner in self.billed else []
        if resource in ("resource", "payment") and owner not in self.companies:
            return None
        if resource == "resource" and asked["category"] == "Device":
            return [_device(n, self.begun, owner) for n in range(DEVICES)]
        if resource == "billingAccount":
            return [_account(owner)]
        if resource == "payment":
            paid = [at for at in self.paid if _asked_for(at, asked, "paymentDate")]
            return [_payment(at, owner) for at in paid]
        if resource == "usage":
            number = asked["ratedProductUsage.productRef.id"]
            return [_call(number, at) for at in self.called if _asked_for(at, asked, "usageDate")]
        return None

    def _bills(self, owner: str, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Those of a month in each month of late, the newest last."""
        end = self.begun.astimezone(_ALMATY).replace(day=1, hour=0, minute=0, second=0)
        for _month in range(MONTHS):
            start = (end - timedelta(days=1)).replace(day=1)
            last = end - timedelta(seconds=1)
            if _asked_for(last, asked, "billingPeriod.endDateTime"):
                yield from (_bill(n, owner, start, last) for n in range(BILLS))
            end = start

    def rows(self, kind: str, told: Mapping[str, str]) -> int | None:
        """How many rows a file of that kind has, with what it was asked for; None when they are
        not kept here.
        """
        if kind == "devices":
            return DEVICES
        if kind == "register":
            return BILLS
        moments = {"payments": self.paid, "usage": self.called}.get(kind)
        if moments is None:
            return None
        first, last = (date.fromisoformat(told[key]) for key in ("first", "last"))
        return sum(first <= at.astimezone(_ALMATY).date() <= last for at in moments)


def _asked_for(at: datetime, asked: Mapping[str, str], field_name: str) -> bool:
    begin = datetime.fromisoformat(asked[f"{field_name}.gte"])
    return begin <= at < datetime.fromisoformat(asked[f"{field_name}.lt"])


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _device(n: int, now: datetime, owner: str) -> dict[str, Any]:
    number = str(77016000001 + n)
    told = {
        "IMEI": f"35693803{n:06}",
        "registrationStatus": "registered",
        "registrationKind": "original",
        "BIN": BIN,
        "model": "Lab phone",
    }
    return {
        "id": f"dev-{n}",
        "href": f"/dev-{n}",
        "category": "Device",
        "startOperatingDate": _written(now - timedelta(days=1, minutes=n)),
        "resourceCharacteristic": [{"name": key, "value": value} for key, value in told.items()],
        "resourceRelationship": [{"relationshipType": "reliesOn", "id": number}],
        "relatedParty": [{"id": owner, "role": "customer"}],
    }


def _account(owner: str) -> dict[str, Any]:
    return {
        "id": ACCOUNT,
        "href": f"/{ACCOUNT}",
        "accountType": "postpaid",
        "accountBalance": [{"balanceType": "debt", "amount": {"unit": "KZT", "value": 0}}],
        "creditLimit": {"unit": "KZT", "value": 50000},
        "financialAccount": {"id": "mobile", "name": "Mobile communications"},
        "relatedParty": [{"id": owner, "role": "owner"}],
    }


def _payment(at: datetime, owner: str) -> dict[str, Any]:
    return {
        "id": f"pay-{int(at.timestamp())}",
        "paymentDate": _written(at),
        "status": "done",
        "totalAmount": {"unit": "KZT", "value": 1500},
        "payer": {"id": owner},
        "account": {"id": ACCOUNT},
        "correlatorId": "",
        "paymentMethod": {"@type": "bankCard", "name": "bank card"},
        "paymentItem": [],
    }


def _bill(n: int, owner: str, first: datetime, last: datetime) -> dict[str, Any]:
    period = {"startDateTime": _written(first), "endDateTime": _written(last)}
    number = f"INV-{owner.removeprefix('org-')}{last:%y%m}{n}"
    size = {"amount": 1, "units": "lines"}
    return {
        "id": number,
        "href": f"/{number}",
        "billNo": number,
        "billDate": _written(last + timedelta(days=1)),
        "category": "normal",
        "state": "validated",
        "billingPeriod": period,
        "billingAccount": {"id": ACCOUNT},
        "billDocument": [{"id": f"ESF-{number}", "attachmentType": "ESF", "size": size}],
        "taxExcludedAmount": {"unit": "KZT", "value": 100},
        "taxIncludedAmount": {"unit": "KZT", "value": 112},
        "taxItem": [
            {"taxCategory": "VAT", "taxRate": 12, "taxAmount": {"unit": "KZT", "value": 12}}
        ],
        "remainingAmount": {"unit": "KZT", "value": 0},
        "relatedParty": [{"id": owner, "role": "customer"}],
    }


def _call(number: str, at: datetime) -> dict[str, Any]:
    told = {
        "direction": "outgoing",
        "destinationNumber": "77015550000",
        "durationSec": 65,
        "serviceName": "Calls in the network",
    }
    return {
        "id": f"use-{int(at.timestamp())}",
        "usageDate": _written(at),
        "usageType": "voice",
        "usageCharacteristic": [{"name": key, "value": value} for key, value in told.items()],
        "ratedProductUsage": [
            {
                "productRef": {"id": number},
                "taxIncludedRatingAmount": {"unit": "KZT", "value": 12.5},
            }
        ],
    }
