"""TMF635: the itemised usage of a number."""

from __future__ import annotations

from datetime import datetime

from account.money import ZERO, Money
from account.numbers import Page
from account.usage import Direction, UsageKind, UsageRecord, UsageWish
from carrier.http import Api, OperatorHttp
from carrier.tmf import reading
from carrier.tmf.query import moment, query
from carrier.tmf.reading import Item, Malformed

_TYPE = {
    UsageKind.CALLS: "voice",
    UsageKind.SMS: "sms",
    UsageKind.DATA: "data",
    UsageKind.OTHER: "other",
}
_KIND = {word: kind for kind, word in _TYPE.items()}
_DIRECTION = {"outgoing": Direction.OUT, "incoming": Direction.IN}


async def usage(
    http: OperatorHttp, wish: UsageWish, until: datetime, *, offset: int, limit: int
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
        ("offset", offset),
        ("limit", limit),
    ]
    answer = await http.read(Api.USAGE, "usage", query(*conditions))
    rows = tuple(_record(one, number) for one in reading.items(answer))
    return Page(rows=rows, offset=offset, total=reading.total(answer))


def _record(found: Item, number: str) -> UsageRecord:
    kind = _KIND.get(reading.text(found, "usageType"))
    if kind is None:
        raise Malformed("usageType")
    known = reading.characteristics(found, "usageCharacteristic")
    direction = _DIRECTION.get(reading.optional_text(known, "direction") or "", Direction.NONE)
    return UsageRecord(
        at=reading.moment(found, "usageDate"),
        kind=kind,
        direction=direction,
        party=_party(known, direction),
        amount=_amount(known, kind),
        cost=_cost(found, number),
        roaming=reading.optional_text(known, "roamingCountry"),
        service=reading.optional_text(known, "serviceName"),
    )


def _party(known: Item, direction: Direction) -> str:
    """The other side, a number or a name; empty when there is none."""
    if direction is Direction.OUT:
        return reading.optional_text(known, "destinationNumber") or ""
    if direction is Direction.IN:
        return reading.optional_text(known, "originatingNumber") or ""
    return ""


def _amount(known: Item, kind: UsageKind) -> int:
    if kind is UsageKind.CALLS:
        return reading.whole(known, "durationSec")
    if kind is UsageKind.DATA:
        return reading.whole(known, "volumeBytes")
    return reading.whole(known, "count", 1)


def _cost(found: Item, number: str) -> Money:
    """What the record costs with taxes; it must be rated for that very number."""
    cost = ZERO
    for rated in reading.entries(found, "ratedProductUsage"):
        if reading.entry(rated, "productRef").get("id") != number:
            raise Malformed("productRef")
        cost += reading.amount(rated, "taxIncludedRatingAmount")
    return cost
