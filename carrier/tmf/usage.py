"""TMF635: the itemised usage of a number."""

from __future__ import annotations

import asyncio
from datetime import datetime

from account.chapters.usage import Direction, UsageKind, UsageQuery, UsageRecord
from account.values.money import ZERO, Money
from account.values.page import Page
from carrier.http import Api, OperatorHttp
from carrier.tmf import fields, paging
from carrier.tmf.fields import Item, Malformed
from carrier.tmf.query import moment

_TYPE = {
    UsageKind.CALLS: "voice",
    UsageKind.SMS: "sms",
    UsageKind.DATA: "data",
    UsageKind.OTHER: "other",
}
_KIND = {word: kind for kind, word in _TYPE.items()}
_AMOUNT = {
    UsageKind.CALLS: "durationSec",
    UsageKind.SMS: "count",
    UsageKind.DATA: "volumeBytes",
    UsageKind.OTHER: "count",
}
_WAY: dict[str | None, tuple[Direction, str]] = {
    "outgoing": (Direction.OUT, "destinationNumber"),
    "incoming": (Direction.IN, "originatingNumber"),
}
"""The direction, and which end of it is the other party."""
_NO_WAY = (Direction.NONE, "")
_AT_A_STRETCH = 50
"""Records read before the conversations have their turn: a whole page would hold them up."""


async def usage(
    http: OperatorHttp, wish: UsageQuery, until: datetime, *, offset: int, limit: int
) -> Page[UsageRecord]:
    """Records of the period before `until` (aware), newest first. Raises `CarrierUnavailable`."""
    number = wish.msisdn.digits
    conditions: list[tuple[str, str | int]] = [
        ("ratedProductUsage.productRef.id", number),
        ("usageDate.gte", moment(wish.period.start_utc)),
        ("usageDate.lt", moment(until)),
    ]
    if wish.kind is not UsageKind.EVERYTHING:
        conditions.append(("usageType", _TYPE[wish.kind]))
    conditions += [
        ("fields", "usageDate,usageType,usageCharacteristic,ratedProductUsage"),
        ("sort", "-usageDate"),
    ]
    found, total = await paging.page(
        http, Api.USAGE, "usage", conditions, offset=offset, limit=limit
    )
    rows: list[UsageRecord] = []
    for one in found:
        rows.append(_record(one, number))
        if len(rows) % _AT_A_STRETCH == 0:
            await asyncio.sleep(0)
    return Page(rows=tuple(rows), offset=offset, total=total)


def _record(found: Item, number: str) -> UsageRecord:
    kind = _KIND.get(fields.text(found, "usageType"))
    if kind is None:
        raise Malformed("usageType")
    known = fields.characteristics(found, "usageCharacteristic")
    direction, party_field = _WAY.get(fields.optional_text(known, "direction"), _NO_WAY)
    amount_field = _AMOUNT[kind]
    return UsageRecord(
        fields.moment(found, "usageDate"),
        kind,
        direction,
        fields.optional_text(known, party_field) or "" if party_field else "",
        fields.whole(known, amount_field, 1 if amount_field == "count" else None),
        _cost(found, number),
        fields.optional_text(known, "roamingCountry"),
        fields.optional_text(known, "serviceName"),
    )


def _cost(found: Item, number: str) -> Money:
    """What the record costs with taxes; it must be rated for that very number."""
    cost = ZERO
    for rated in fields.entries(found, "ratedProductUsage"):
        if fields.entry(rated, "productRef").get("id") != number:
            raise Malformed("productRef")
        part = fields.amount(rated, "taxIncludedRatingAmount")
        cost = cost + part if cost else part
    return cost
