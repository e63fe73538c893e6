"""TMF677: what is left of allowances of tariffs (S09) and of services (S10), and Atlas Pro (S36).

Atlas Pro is a package that all numbers of a company on that tariff share
(`sandbox.operator.api.tmf677_atlas`).
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from aiohttp import web

from sandbox.operator import services
from sandbox.operator.api import tmf677_atlas
from sandbox.operator.api.answers import Json, TmfError, answer, body_of, moment, not_found
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.identifiers import mix
from sandbox.operator.seed.months import months_before, next_month
from sandbox.operator.seed.offers import ALLOWANCES, BY_ID, UNITS, Offer
from sandbox.operator.seed.traffic import day_of, day_start

BASE = "/tmf-api/usageConsumption/v4"
_OF_A_TARIFF = (
    ("onnet", None, "minutes"),
    ("offnet", 100, "minutes"),
    ("sms", 100, "SMS"),
    ("data", 20_480, "MB"),
)
_AS_IN_THE_GUIDE = {"77010542006"}
"""Numbers whose tariff gives the base volume, as the guide shows it."""


class _Allowance(NamedTuple):
    """One allowance of a month; `total` and `used` are in the units counted, None without end."""

    item: str
    source: str
    source_name: str
    unit: str
    total: int | None
    used: int
    start: float
    end: float


class Consumption:
    """`queryUsageConsumption`: a question that is posted and answered at once."""

    def __init__(self, database: OperatorDatabase) -> None:
        self._database = database

    async def ask(self, request: web.Request) -> web.Response:
        """`POST /queryUsageConsumption`."""
        body = await body_of(request)
        if tmf677_atlas.asked_for(body):
            return tmf677_atlas.answered(self._database, body)
        try:
            criteria = body["searchCriteria"]
            number = str(criteria["logicalResource"][0]["id"])
            companies = [str(party["id"]) for party in criteria.get("relatedParty") or ()]
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise TmfError(
                400, "REQUEST.MALFORMED", "searchCriteria.logicalResource is needed"
            ) from error
        row = self._database.one("SELECT * FROM number WHERE msisdn = ?", (number,))
        if row is None or (companies and row["company"] not in companies):
            raise not_found("product", number)
        now, key = self._database.now(), uuid.uuid4().hex
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
                    "bucketRefOrValue": [
                        _shown(one, row, now) for one in self._allowances(row, now)
                    ],
                }
            ],
        }
        return answer(shown, status=201, headers={"Location": str(shown["href"])})

    def _allowances(self, row: sqlite3.Row, now: float) -> Iterator[_Allowance]:
        """Those of the tariff of this month and the last; then those of services."""
        month = day_of(now).replace(day=1)
        last_month = months_before(month, 1)
        for begins in (month, last_month):
            yield from self._of_the_tariff(row, begins, now)
        for service in services.of_number(self._database, row):
            offer = BY_ID[service["offer"]]
            if offer.item:
                yield from self._of_a_service(row, service, offer, (month, last_month))

    def _of_the_tariff(self, row: sqlite3.Row, month: date, now: float) -> Iterator[_Allowance]:
        start, end = day_start(month), day_start(next_month(month))
        if row["start_at"] >= end:
            return
        for place, (item, base, unit) in enumerate(_OF_A_TARIFF):
            luck = mix(self._database.seed, int(row["msisdn"]), 9, place)
            factor = 1 if row["msisdn"] in _AS_IN_THE_GUIDE else 1 + luck % 4
            total = None if base is None else base * factor * UNITS[unit][1]
            share = 60 + luck // 4 % 60
            silent_at = row["blocked_at"] if row["state"] == "voluntary" else row["debt_at"]
            until = now if silent_at is None else min(now, silent_at)
            used = _used(total, start, end, until, share)
            yield _Allowance(item, row["msisdn"], row["tariff"], unit, total, used, start, end)

    def _of_a_service(
        self, row: sqlite3.Row, service: sqlite3.Row, offer: Offer, months: tuple[date, date]
    ) -> Iterator[_Allowance]:
        """What a service gives: in each of `months` when monthly, else once."""
        total = None if offer.volume is None else offer.volume * UNITS[offer.unit][1]
        luck = mix(self._database.seed, int(row["msisdn"]), 10, service["serial"])
        since, ended = service["since"], services.ended_at(service)
        windows = [(float(day_start(one)), float(day_start(next_month(one)))) for one in months]
        if not offer.monthly:
            oldest = windows[-1][0]
            windows = [(since, service["ends_at"])] if service["ends_at"] > oldest else []
        for begins, ends in windows:
            start = max(begins, since)
            end = ends if ended is None else min(ends, ended)
            if start < end:
                used = _used(total, start, ends, min(end, self._database.now()), 20 + luck % 70)
                yield _Allowance(
                    offer.item, service["id"], offer.name, offer.unit, total, used, start, end
                )


def _used(total: int | None, start: float, end: float, now: float, share: int) -> int:
    """How much is gone: evenly, at `share` per cent of a pace that empties it by the end."""
    if total is None:
        return 0
    gone = min(1.0, max(0.0, (now - start) / (end - start)))
    return min(total, int(total * gone * share / 100))


def _shown(allowance: _Allowance, row: sqlite3.Row, now: float) -> Json:
    kind, name = ALLOWANCES[allowance.item]
    status = "active" if row["state"] == "active" else "suspended"
    bucket: Json = {
        "id": f"{allowance.item}.{allowance.source}.{day_of(allowance.start):%Y%m%d}",
        "name": name,
        "usageType": kind,
        "isShared": False,
        "status": "expired" if allowance.end <= now else status,
        "product": [{"id": allowance.source, "name": allowance.source_name}],
        "validFor": {
            "startDateTime": moment(allowance.start),
            "endDateTime": moment(allowance.end),
        },
    }
    if allowance.total is None:
        return bucket | {"remainingValueName": "Unlimited"}
    units = UNITS[allowance.unit][0]
    left = allowance.total - allowance.used
    return bucket | {
        "remainingValue": {"amount": left, "units": units},
        "remainingValueName": _in_words(left, units),
        "bucketCounter": [
            {"counterType": "total", "value": {"amount": allowance.total, "units": units}},
            {"counterType": "used", "value": {"amount": allowance.used, "units": units}},
        ],
    }


def _in_words(left: int, units: str) -> str:
    if units == "seconds":
        return f"{left // 60} min {left % 60} sec"
    if units == "bytes":
        return f"{left // UNITS['MB'][1]} MB"
    return f"{left} {units}"
