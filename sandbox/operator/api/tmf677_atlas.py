"""The Atlas Pro package (S36): what it holds, and what each number on its tariff took of it.

Each number brings its part into the pool and takes of it at a pace of its own; what a number took
far beyond its part is charged.
"""

from __future__ import annotations

import sqlite3
import uuid
from typing import NamedTuple

from aiohttp import web

from sandbox.operator.api.answers import Json, TmfError, amount, answer, moment, not_found
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.identifiers import mix
from sandbox.operator.seed.months import next_month
from sandbox.operator.seed.numbers import TARIFFS
from sandbox.operator.seed.traffic import day_of, day_start

PACKAGE = "atlas-pro"
_PARTS = (("voice", 500 * 60, "seconds"), ("sms", 200, "SMS"), ("data", 10 * 1024**3, "bytes"))
"""What one number brings: kind of use, amount and its unit."""
_CHARGED_FROM, _TIYN_A_PER_CENT = 130, 1_250
_MOST_NUMBERS = 1000
_COUNTED_EVERY = 3600
"""Seconds: in between, pool and numbers agree however often they are asked for."""


class _Taken(NamedTuple):
    """What one number took, in the order of `_PARTS`, and what it was charged, in tiyn."""

    used: tuple[int, ...]
    charged: int


def asked_for(body: Json) -> bool:
    """Whether the question is about the package."""
    criteria = body.get("searchCriteria")
    named = criteria.get("product") if isinstance(criteria, dict) else None
    return isinstance(named, list) and {"id": PACKAGE} in named


def answered(database: OperatorDatabase, body: Json) -> web.Response:
    """The package of a company, or what the numbers named took of it. Raises `TmfError`."""
    criteria = body["searchCriteria"]
    try:
        [company] = [str(party["id"]) for party in criteria["relatedParty"]]
        numbers = [str(one["id"]) for one in criteria.get("logicalResource") or ()]
    except (KeyError, TypeError, ValueError) as error:
        raise TmfError(400, "REQUEST.MALFORMED", "One relatedParty is needed") from error
    if len(numbers) > _MOST_NUMBERS:
        raise TmfError(400, "REQUEST.MALFORMED", f"At most {_MOST_NUMBERS} numbers at once")
    rows = {
        row["msisdn"]: row
        for row in database.rows(
            "SELECT * FROM number WHERE company = ? AND tariff = ? ORDER BY msisdn",
            (company, TARIFFS[PACKAGE]),
        )
    }
    if not rows or not rows.keys() >= set(numbers):
        raise not_found("product", PACKAGE)
    now, key = database.now() // _COUNTED_EVERY * _COUNTED_EVERY, uuid.uuid4().hex
    month = day_of(now).replace(day=1)
    start, end = day_start(month), day_start(next_month(month))
    taken = {
        number: _taken(database.seed, rows[number], start, end, now) for number in numbers or rows
    }
    found = (
        [_of_number(number, one) for number, one in taken.items()]
        if numbers
        else [_whole(company, start, end, list(taken.values()))]
    )
    shown = {
        "id": key,
        "href": f"/tmf-api/usageConsumption/v4/queryUsageConsumption/{key}",
        "@type": "QueryUsageConsumption",
        "queryUsageConsumptionDate": moment(now),
        "searchCriteria": criteria,
        "usageConsumption": found,
    }
    return answer(shown, status=201, headers={"Location": str(shown["href"])})


def _taken(seed: int, row: sqlite3.Row, start: int, end: int, now: float) -> _Taken:
    """Evenly over the month, at a pace of the number's own, until it falls silent."""
    silent_at = row["blocked_at"] if row["state"] == "voluntary" else row["debt_at"]
    until = now if silent_at is None else min(now, silent_at)
    gone = min(1.0, max(0.0, (until - start) / (end - start)))
    luck = mix(seed, int(row["msisdn"]), 11)
    paces = [20 + (luck >> place * 8) % 140 for place in range(len(_PARTS))]
    used = tuple(
        int(part * gone * pace / 100) for (_, part, _), pace in zip(_PARTS, paces, strict=True)
    )
    beyond = sum(max(0, pace - _CHARGED_FROM) for pace in paces)
    return _Taken(used, int(beyond * gone * _TIYN_A_PER_CENT))


def _whole(company: str, start: int, end: int, taken: list[_Taken]) -> Json:
    """The pool: what all numbers brought, and what is left of it."""
    buckets = []
    for place, (kind, part, units) in enumerate(_PARTS):
        total = part * len(taken)
        used = sum(one.used[place] for one in taken)
        buckets.append(
            {
                "id": f"pool-{kind}",
                "name": f"{TARIFFS[PACKAGE]}, {kind}",
                "usageType": kind,
                "isShared": True,
                "status": "active",
                "remainingValue": {"amount": max(0, total - used), "units": units},
                "bucketCounter": [_counter("total", total, units), _counter("used", used, units)],
            }
        )
    return {
        "id": f"{PACKAGE}-{company}",
        "state": "done",
        "product": [{"id": PACKAGE, "name": TARIFFS[PACKAGE]}],
        "validPeriod": {"startDateTime": moment(start), "endDateTime": moment(end)},
        "bucketRefOrValue": buckets,
    }


def _of_number(number: str, taken: _Taken) -> Json:
    """What one number took; the charge stands with the calls."""
    buckets = [
        {
            "id": f"pool-{kind}.{number}",
            "usageType": kind,
            "isShared": True,
            "bucketCounter": [_counter("used", used, units)],
        }
        for (kind, _, units), used in zip(_PARTS, taken.used, strict=True)
    ]
    buckets[0]["bucketCounter"] = [
        _counter("used", taken.used[0], _PARTS[0][2]),
        {"counterType": "charged", "value": {"amount": amount(taken.charged), "units": "KZT"}},
    ]
    return {
        "id": number,
        "state": "done",
        "logicalResource": [{"id": number, "@referredType": "MSISDN"}],
        "bucketRefOrValue": buckets,
    }


def _counter(kind: str, size: int, units: str) -> Json:
    return {"counterType": kind, "value": {"amount": size, "units": units}}
