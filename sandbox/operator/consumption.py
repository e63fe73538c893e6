"""TMF677: what is left of the allowances of a number's tariff in this month (S09, S10)."""

from __future__ import annotations

import sqlite3
import uuid

from aiohttp import web

from sandbox.operator.answers import Json, TmfError, answer, body_of, moment, not_found
from sandbox.operator.book import Book
from sandbox.operator.identifiers import mix
from sandbox.operator.months import next_month
from sandbox.operator.traffic import day_of, day_start
from sandbox.world import WorldClock

BASE = "/tmf-api/usageConsumption/v4"
_ALLOWANCES = (
    ("voice", "Calls within Kcell/activ network", 0, "minutes"),
    ("voice", "Calls to other KZ mobiles", 100, "minutes"),
    ("sms", "SMS", 100, "SMS"),
    ("data", "Internet", 20_480, "MB"),
)


class Consumption:
    """`queryUsageConsumption`: a question that is posted and answered at once."""

    def __init__(self, book: Book, clock: WorldClock) -> None:
        self._book = book
        self._clock = clock

    async def ask(self, request: web.Request) -> web.Response:
        """`POST /queryUsageConsumption`."""
        body = await body_of(request)
        try:
            criteria = body["searchCriteria"]
            number = str(criteria["logicalResource"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:
            raise TmfError(
                400, "REQUEST.MALFORMED", "searchCriteria.logicalResource is needed"
            ) from error
        row = self._book.one("SELECT * FROM number WHERE msisdn = ?", (number,))
        if row is None:
            raise not_found("product", number)
        now, key = self._clock.timestamp(), uuid.uuid4().hex
        shown = {
            "id": key,
            "href": f"{BASE}/queryUsageConsumption/{key}",
            "@type": "QueryUsageConsumption",
            "queryUsageConsumptionDate": moment(now),
            "searchCriteria": criteria,
            "usageConsumption": [
                {
                    "id": number,
                    "creationDate": moment(now),
                    "state": "done",
                    "logicalResource": [{"id": number, "@referredType": "MSISDN"}],
                    "bucketRefOrValue": self._buckets(row, now),
                }
            ],
        }
        return answer(shown, status=201, headers={"Location": str(shown["href"])})

    def _buckets(self, row: sqlite3.Row, now: float) -> list[Json]:
        month = day_of(now).replace(day=1)
        start, end = day_start(month), day_start(next_month(month))
        gone = (now - start) / (end - start)
        buckets = []
        for place, (kind, name, base, unit) in enumerate(_ALLOWANCES):
            luck = mix(self._book.seed, int(row["msisdn"]), 9, place)
            bucket: Json = {
                "id": f"{kind}-{place}-{row['msisdn']}",
                "name": name,
                "usageType": kind,
                "isShared": False,
                "status": "active",
                "validFor": {"startDateTime": moment(start), "endDateTime": moment(end - 1)},
            }
            if base:
                total = base * (1 + luck % 4)
                used = min(total, int(total * gone * (60 + luck // 4 % 60) / 100))
                bucket |= {
                    "remainingValue": {"amount": total - used, "units": unit},
                    "remainingValueName": f"{total - used} {unit}",
                    "bucketCounter": [
                        {"counterType": "total", "value": {"amount": total, "units": unit}},
                        {"counterType": "used", "value": {"amount": used, "units": unit}},
                    ],
                }
            else:
                bucket["remainingValueName"] = "Unlimited"
            buckets.append(bucket)
        return buckets
