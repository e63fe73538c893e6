"""TMF635: usage details of one number, two years back, until this very moment."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from sandbox.operator.api.answers import (
    Json,
    answer,
    characteristic,
    chosen,
    dumps,
    listing,
    moment,
    money,
    not_found,
)
from sandbox.operator.api.tmf630_filters import Query, bad_value, read_query, timestamp, unknown
from sandbox.operator.database import OperatorDatabase
from sandbox.operator.seed.traffic import (
    TYPES,
    Row,
    Seed,
    counts,
    day_of,
    day_start,
    days_between,
    rows_of,
    vat,
)
from sandbox.world import WorldClock

BASE = "/tmf-api/usageManagement/v4"
KEPT_DAYS = 731
_NUMBER = "ratedProductUsage.productRef.id"
_SAMPLE = "77010542007"
"""Whose usage is shown when no number is named."""
_AT_A_STRETCH = 50
"""Records written before others have their turn."""
_KEPT_RECORDS = 250_000


@dataclass(frozen=True)
class _Span:
    """What of a number's traffic is asked for: `first <= at < end`, without the silent times."""

    seed: Seed
    first: float
    end: float
    silences: tuple[tuple[float, float], ...]
    types: frozenset[str]

    def days(self) -> list[date]:
        """The days it touches."""
        if self.first >= self.end:
            return []
        return days_between(day_of(self.first), day_of(self.end - 1))

    def count(self, day: date) -> int:
        """How many rows the day gives."""
        if not self._whole(day):
            return len(self.rows(day))
        return sum(
            count
            for kind, count in zip(TYPES, counts(self.seed, day), strict=True)
            if kind in self.types
        )

    def rows(self, day: date) -> list[Row]:
        """The rows the day gives, oldest first."""
        there = rows_of(self.seed, day)
        if self._whole(day) and len(self.types) == len(TYPES):
            return list(there)
        return [
            row
            for row in there
            if row.type in self.types
            and self.first <= row.at < self.end
            and not any(silent <= row.at < loud for silent, loud in self.silences)
        ]

    def _whole(self, day: date) -> bool:
        start, end = day_start(day), day_start(day + timedelta(days=1))
        inside = self.first <= start and end <= self.end
        return inside and not any(silent < end and start < loud for silent, loud in self.silences)


class UsageDetails:
    """`usage`."""

    def __init__(self, database: OperatorDatabase, clock: WorldClock) -> None:
        self._database = database
        self._clock = clock
        self._written = _Written()

    async def usages(self, request: web.Request) -> web.Response:
        """`GET /usage`."""
        query = read_query(request)
        if query.sort not in {"", "usageDate"}:
            raise unknown(query.sort)
        wanted = query.values(_NUMBER) or (_SAMPLE,)
        if len(wanted) != 1:
            raise bad_value(_NUMBER, ",".join(wanted))
        number = self._database.one("SELECT * FROM number WHERE msisdn = ?", wanted)
        companies = query.values("relatedParty.id")
        if number is None or (companies and number["company"] not in companies):
            return listing([], 0)
        span = self._span(number, query)
        days = span.days()
        if query.descending:
            days.reverse()
        sizes = [span.count(day) for day in days]
        texts, month = list[str](), self._open_month()
        for place, (day, row) in enumerate(_page(span, days, sizes, query), 1):
            if place % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            texts.append(self._written.of(span.seed, day, row, month, query.fields))
        headers = {"X-Total-Count": str(sum(sizes)), "X-Result-Count": str(len(texts))}
        return web.json_response(text=f"[{','.join(texts)}]", headers=headers)

    async def usage(self, request: web.Request) -> web.Response:
        """`GET /usage/{id}`."""
        wanted = request.match_info["id"]
        parts = re.fullmatch(r"u-([0-9]{11})-([0-9]{8})-[0-9]+", wanted)
        number = parts and self._database.one("SELECT * FROM number WHERE msisdn = ?", (parts[1],))
        if parts and number:
            try:
                day = date.fromisoformat(parts[2])
            except ValueError as error:
                raise not_found("usage", wanted) from error
            for row in self._span(number, Query(())).rows(day):
                if row.id == wanted:
                    return answer(
                        chosen(
                            _shown(row, parts[1], self._open_month()), read_query(request).fields
                        )
                    )
        raise not_found("usage", wanted)

    def _span(self, number: sqlite3.Row, query: Query) -> _Span:
        kept_from = day_start(self._database.anchor - timedelta(days=KEPT_DAYS))
        first, end = float(max(kept_from, number["start_at"])), self._clock.timestamp() + 1
        types = frozenset(TYPES)
        for group in query.groups:
            if len(group) != 1:
                raise unknown(";")
            [condition] = group
            match condition.attribute, condition.operator:
                case ("usageDate", "gte"):
                    first = max(first, timestamp("usageDate", condition.values[0]))
                case ("usageDate", "lt"):
                    end = min(end, timestamp("usageDate", condition.values[0]))
                case ("usageType", "eq"):
                    types &= frozenset(condition.values)
                case (attribute, "eq") if attribute in {_NUMBER, "relatedParty.id"}:
                    pass
                case _:
                    raise unknown(f"{condition.attribute} {condition.operator}")
        seed = Seed(self._database.seed, int(number["msisdn"]), number["usage_per_day"])
        return _Span(seed, first, end, self._silences(number["msisdn"]), types)

    def _silences(self, number: str) -> tuple[tuple[float, float], ...]:
        rows = self._database.rows("SELECT * FROM silence WHERE msisdn = ?", (number,))
        return tuple((row["from_at"], row["to_at"] or float("inf")) for row in rows)

    def _open_month(self) -> int:
        """When the month began that is not billed yet."""
        return day_start(day_of(self._clock.timestamp()).replace(day=1))


class _Written:
    """Records as they are sent, of the days that were asked for last.

    Who pages through a busy month, or reads it twice, does not wait for them to be written again.
    """

    def __init__(self) -> None:
        self._days: OrderedDict[tuple[object, ...], dict[str, str]] = OrderedDict()
        self._count = 0

    def of(self, seed: Seed, day: date, row: Row, open_month: int, fields: Sequence[str]) -> str:
        """The record as JSON."""
        key = (seed, day, row.at < open_month, tuple(fields))
        texts = self._days.setdefault(key, {})
        self._days.move_to_end(key)
        text = texts.get(row.id)
        if text is None:
            shown = _shown(row, f"{seed.number}", open_month)
            text = texts[row.id] = dumps(chosen(shown, fields))
            self._count += 1
            while self._count > _KEPT_RECORDS and len(self._days) > 1:
                self._count -= len(self._days.popitem(last=False)[1])
        return text


def _page(
    span: _Span, days: list[date], sizes: list[int], query: Query
) -> Iterator[tuple[date, Row]]:
    """The rows from `offset` on, at most `limit`; days before the offset are not made."""
    skipped, given = 0, 0
    for day, size in zip(days, sizes, strict=True):
        if given == query.limit:
            return
        if skipped + size <= query.offset:
            skipped += size
            continue
        rows = span.rows(day)
        if query.descending:
            rows.reverse()
        begin = max(0, query.offset - skipped)
        taken = rows[begin : begin + query.limit - given]
        yield from ((day, row) for row in taken)
        given += len(taken)
        skipped += size


def _characteristics(row: Row, number: str) -> list[Json]:
    found: list[Json] = []
    if row.other_party:
        parties = (number, row.other_party) if row.outgoing else (row.other_party, number)
        found += [
            characteristic("direction", "outgoing" if row.outgoing else "incoming"),
            characteristic("originatingNumber", parties[0]),
            characteristic("destinationNumber", parties[1]),
        ]
    if row.seconds:
        found.append(characteristic("durationSec", row.seconds))
    if row.octets:
        found.append(characteristic("volumeBytes", row.octets))
    if row.pieces:
        found.append(characteristic("count", row.pieces))
    found.append(characteristic("serviceName", row.service))
    if row.country:
        found.append(characteristic("roamingCountry", row.country))
    return found


def _shown(row: Row, number: str, open_month: int) -> Json:
    billed = row.at < open_month
    return {
        "id": row.id,
        "href": f"{BASE}/usage/{row.id}",
        "@type": "Usage",
        "usageDate": moment(row.at),
        "usageType": row.type,
        "status": "billed" if billed else "rated",
        "usageCharacteristic": _characteristics(row, number),
        "ratedProductUsage": [
            {
                "isBilled": billed,
                "taxRate": vat(row.at),
                "taxIncludedRatingAmount": money(row.cost),
                "productRef": {"id": number},
            }
        ],
    }
