"""Usage details (TMF635)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from account.chapters.usage import Direction, UsageKind, UsageQuery, UsageRecord, UsageService
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.periods import Period
from tests.carrier.desk import COMPANY, Desk, characteristic, reply

NUMBER = Msisdn("77010542007")
CLOSED = UsageQuery(NUMBER, Period(date(2026, 10, 22), date(2026, 11, 21)))
TODAY = UsageQuery(NUMBER, Period(date(2026, 10, 22), date(2026, 11, 22)))


def record(kind: str = "voice", value: object = 20.4, **known: object) -> dict[str, Any]:
    values: dict[str, object] = {
        "direction": "outgoing",
        "originatingNumber": NUMBER.digits,
        "destinationNumber": "77051234567",
        "durationSec": 65,
        "serviceName": "Calls to other KZ mobiles",
    } | known
    return {
        "id": f"u-{kind}",
        "usageDate": "2026-11-21T09:46:12+05:00",
        "usageType": kind,
        "usageCharacteristic": [
            characteristic(name, one) for name, one in values.items() if one is not None
        ],
        "ratedProductUsage": [
            {
                "taxIncludedRatingAmount": {"unit": "KZT", "value": value},
                "productRef": {"id": NUMBER.digits},
            }
        ],
    }


async def read(desk: Desk, *records: dict[str, Any]) -> tuple[UsageRecord, ...]:
    desk.answer("usage", list(records))
    return (await desk.carrier.usage(COMPANY, CLOSED, offset=0, limit=10)).rows


async def test_a_period_is_asked_for_in_utc_newest_first(desk: Desk) -> None:
    listed = [record() | {"usageDate": f"2026-11-2{day}T09:46:12+05:00"} for day in (1, 0)]
    desk.answer("usage", [*listed, record() | {"usageDate": "2026-11-19"}], total=1234)
    page = await desk.carrier.usage(COMPANY, CLOSED, offset=20, limit=1)
    assert (page.offset, page.total, len(page.rows)) == (20, 1234, 1)
    assert page.rows[0].at == datetime(2026, 11, 20, 4, 46, 12, tzinfo=UTC)
    assert desk.query("usage") == {
        "ratedProductUsage.productRef.id": NUMBER.digits,
        "usageDate.gte": "2026-10-21T19:00:00Z",
        "usageDate.lt": "2026-11-21T19:00:00Z",
        "fields": "usageDate,usageType,usageCharacteristic,ratedProductUsage,status,description,"
        "usageSpecification",
        "sort": "-usageDate",
        "offset": "19",  # with the rows beside the page
        "limit": "3",
    }


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (UsageKind.EVERYTHING, None),
        (UsageKind.CALLS, "voice"),
        (UsageKind.SMS, "sms"),
        (UsageKind.DATA, "data"),
        (UsageKind.OTHER, "other"),
    ],
)
async def test_one_kind_is_asked_for(desk: Desk, kind: UsageKind, asked: str | None) -> None:
    desk.answer("usage", [])
    await desk.carrier.usage(COMPANY, UsageQuery(NUMBER, CLOSED.period, kind), offset=0, limit=10)
    assert desk.query("usage").get("usageType") == asked


async def test_a_call(desk: Desk) -> None:
    [call] = await read(desk, record())
    assert call == UsageRecord(
        at=datetime(2026, 11, 21, 4, 46, 12, tzinfo=UTC),
        kind=UsageKind.CALLS,
        direction=Direction.OUT,
        party="77051234567",
        amount=65,
        cost=Money(2040),
        roaming=None,
        service="Calls to other KZ mobiles",
        service_kind=UsageService.OFFNET,
    )


async def test_a_service_is_known_by_its_name_and_any_other_keeps_it(desk: Desk) -> None:
    own, known, other = await read(
        desk,
        record(serviceName="Calls within Kcell/activ network"),
        record(serviceName=" INCOMING calls "),
        record("other", 1.25, serviceName="Gudok", count=1),
    )
    assert own.service_kind is UsageService.ONNET
    assert known.service_kind is UsageService.INCOMING
    assert (other.service, other.service_kind) == ("Gudok", None)


async def test_who_called_is_the_other_party_of_an_incoming_one(desk: Desk) -> None:
    [call] = await read(
        desk,
        record(direction="incoming", originatingNumber="Kaspi.kz", destinationNumber=NUMBER.digits),
    )
    assert (call.direction, call.party) == (Direction.IN, "Kaspi.kz")


async def test_messages_sessions_and_fees_in_their_own_units(desk: Desk) -> None:
    nobody = {"direction": None, "originatingNumber": None, "destinationNumber": None}
    sms, data, fee = await read(
        desk,
        record("sms", 0, count=2, durationSec=None),
        record("data", 1.25, volumeBytes=10**12, roamingCountry="TR", **nobody),
        record("other", 390, count=1, durationSec=None, serviceName="<fee>", **nobody),
    )
    assert (sms.kind, sms.amount, sms.cost) == (UsageKind.SMS, 2, Money(0))
    assert (data.kind, data.amount, data.roaming) == (UsageKind.DATA, 10**12, "TR")
    assert (data.direction, data.party) == (Direction.NONE, "")
    assert (fee.kind, fee.amount, fee.cost, fee.service) == (
        UsageKind.OTHER,
        1,
        Money(39000),
        "<fee>",
    )


async def test_pages_that_reach_into_today_end_where_the_first_one_ended(desk: Desk) -> None:
    listed = [record() | {"id": f"u-{day}", "usageDate": f"2026-11-{day}"} for day in (21, 20, 19)]
    desk.lay(
        "usage",
        lambda asked: reply(listed[: int(asked.url.params["limit"])], total=3000),
    )
    for offset in (0, 1000, 2000):
        await desk.carrier.usage(COMPANY, TODAY, offset=offset, limit=1)
        desk.day.moment += timedelta(minutes=1)
    ends = [request.url.params["usageDate.lt"] for request in desk.requests]
    assert ends == ["2026-11-22T07:00:00Z"] * 3
    await desk.carrier.usage(COMPANY, TODAY, offset=0, limit=1)
    assert desk.query("usage")["usageDate.lt"] == "2026-11-22T07:03:00Z"


async def test_what_repeats_is_told_apart_from_what_only_equals_it(desk: Desk) -> None:
    """As keys `1`, `1.0` and `true` are one; as words and prices they are not."""
    named = (1, True, "1", "true", True, 1)
    told = [record(serviceName=name) | {"id": f"u-{n}"} for n, name in enumerate(named)]
    rows = await read(desk, *told)
    assert [row.service for row in rows] == ["1", "true", "1", "true", "true", "1"]
    for value, tiyn in ((1, 100), ("1", 100), (True, None), (1.5, 150)):
        prices = [record(value=1), record(value=value) | {"id": "u-2"}]
        read_as = [row.cost and row.cost.tiyn for row in await read(desk, *prices)]
        assert read_as == ([100] if tiyn is None else [100, tiyn])


async def test_a_moment_with_a_fraction_and_no_offset_is_almatys(desk: Desk) -> None:
    """As long as one with an offset; the machine's own zone is nobody's."""
    [row] = await read(desk, record() | {"usageDate": "2026-11-21T09:46:12.12345"})
    assert row.at == datetime(2026, 11, 21, 4, 46, 12, 123450, tzinfo=UTC)
