"""What operators answer about usage otherwise than docs/operator.md: records and allowances.

Each case is the answer of the contract with one change, and what people are then shown
(TMF635, TMF677).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from account.chapters.allowances import Allowance, Measure
from account.chapters.usage import Direction, UsageKind, UsageQuery, UsageRecord, UsageService
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from tests.carrier.desk import COMPANY, Desk, answering, characteristic
from tests.carrier.test_tmf_usage import CLOSED, NUMBER, record

FOREIGN = "77019999999"
CALL = UsageRecord(
    at=datetime(2026, 11, 21, 4, 46, 12, tzinfo=UTC),
    kind=UsageKind.CALLS,
    direction=Direction.OUT,
    party="77051234567",
    amount=65,
    cost=Money(2_040),
    service="Calls to other KZ mobiles",
    service_kind=UsageService.OFFNET,
)

MMS: dict[str, Any] = {"service": "MMS", "service_kind": UsageService.MMS}


def rated(**changes: Any) -> list[dict[str, Any]]:
    one = {
        "taxIncludedRatingAmount": {"unit": "KZT", "value": 20.4},
        "productRef": {"id": NUMBER.digits},
    }
    return [{name: value for name, value in (one | changes).items() if value is not None}]


async def read(
    desk: Desk, *records: dict[str, Any], query: UsageQuery = CLOSED
) -> Page[UsageRecord]:
    desk.answer("usage", list(records))
    return await desk.carrier.usage(COMPANY, query, offset=0, limit=10)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (record(), CALL),
        (record() | {"usageType": "VOICE"}, CALL),
        (record() | {"status": "Rated"}, CALL),
        (record() | {"usageDate": "2026-11-21T04:46:12.0000000Z"}, CALL),
        (record(durationSec="65"), CALL),
        (record(durationSec=65.0), CALL),
        (record(direction="Outgoing"), CALL),
        (record(direction={"value": "out"}), CALL),
        (record(durationSec=[65]), CALL),
        (record(durationSec={"value": "65"}, serviceName=[CALL.service]), CALL),
        (record(value="20.40"), CALL),
        (record(value=20.4004), replace(CALL, finer=Decimal("0.0004"))),
        (record(value=20.405), replace(CALL, finer=Decimal("0.005"))),  # half to even
        (record(value=20.395), replace(CALL, finer=Decimal("-0.005"))),
        (
            record("Voicemail", durationSec=None, serviceName=None) | {"description": "Voice mail"},
            replace(CALL, kind=UsageKind.OTHER, amount=1, service="Voice mail", service_kind=None),
        ),
        (
            record("Voicemail", durationSec=None, serviceName=None),
            replace(CALL, kind=UsageKind.OTHER, amount=1, service="Voicemail", service_kind=None),
        ),
        (
            record("mms", durationSec=None, serviceName="MMS"),
            replace(CALL, kind=UsageKind.SMS, amount=1, **MMS),
        ),
        (record() | {"ratedProductUsage": rated(productRef={"id": "svc-1"})}, CALL),
        (record() | {"ratedProductUsage": rated(productRef={"id": f"+{NUMBER.digits}"})}, CALL),
        (record() | {"ratedProductUsage": rated(productRef=None)}, CALL),
        (
            record() | {"ratedProductUsage": rated(productRef=None, product={"id": NUMBER.digits})},
            CALL,  # v5
        ),
        (
            record()
            | {
                "ratedProductUsage": rated(
                    taxIncludedRatingAmount=None,
                    taxExcludedRatingAmount={"unit": "KZT", "value": 17.5},
                    taxRate="16",
                )
            },
            replace(CALL, cost=Money(2_030)),
        ),
        (
            record()
            | {
                "ratedProductUsage": rated(
                    taxIncludedRatingAmount=None,
                    taxExcludedRatingAmount={"unit": "KZT", "value": 20.4},
                    isTaxExempt="true",
                )
            },
            CALL,
        ),
        (record() | {"ratedProductUsage": [*rated(), *rated()]}, replace(CALL, cost=Money(4_080))),
        (record() | {"description": None, "status": None, "id": None}, CALL),
    ],
    ids=range(25),
)
async def test_a_record(desk: Desk, changed: dict[str, Any], expected: UsageRecord) -> None:
    page = await read(desk, changed)
    assert page.rows == (expected,)
    assert page.left_out == 0


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        rated(taxIncludedRatingAmount=None),
        rated(taxIncludedRatingAmount={}),
        rated(taxIncludedRatingAmount={"unit": "KZT", "value": None}),
        [*rated(), *rated(taxIncludedRatingAmount=None)],
        rated(taxIncludedRatingAmount=None, taxExcludedRatingAmount={"unit": "KZT", "value": 17.5}),
    ],
    ids=range(7),
)
async def test_what_has_no_price_is_not_yet_rated_and_not_free(
    desk: Desk, told: list[dict[str, Any]] | None
) -> None:
    [one] = (await read(desk, record() | {"ratedProductUsage": told})).rows
    assert one == replace(CALL, cost=None)


async def test_a_free_record_is_free(desk: Desk) -> None:
    [one] = (await read(desk, record(value=0))).rows
    assert one.cost == Money(0)


def version(status: str, value: float = 20.4, **more: Any) -> dict[str, Any]:
    return record(value=value) | {"id": f"u-{status}", "status": status} | more


def rated_at(value: float, at: str) -> list[dict[str, Any]]:
    return rated(taxIncludedRatingAmount={"unit": "KZT", "value": value}, ratingDate=at)


@pytest.mark.parametrize(
    ("versions", "tiyn"),
    [
        ([version("rated"), version("rejected"), version("rerated", 18.0)], [1_800]),
        ([version("Rerated", 18.0), version("REJECTED"), version("Rated")], [1_800]),
        ([version("rejected")], []),
        ([version("rerated", 18.0)], [1_800]),
        ([version("billed"), version("rerated", 18.0)], [1_800]),
        ([version("rated", id="u"), version("rerated", 18.0, id="u")], [1_800]),
        ([version("rated"), version("rated", id="u-2")], [2_040, 2_040]),
        # Two messages of one second, one of which was rated again.
        ([version("rated"), version("rated", id="u-2"), version("rerated", 1)], [2_040, 100]),
        # Rated again twice: the last one counts.
        (
            [
                version("rated"),
                version("rerated", 2, id="u-2")
                | {"ratedProductUsage": rated_at(2, "2026-11-23T00:00:00Z")},
                version("rerated", 1) | {"ratedProductUsage": rated_at(1, "2026-11-22T00:00:00Z")},
            ],
            [200],
        ),
        # Another call of the same second is another call.
        (
            [version("rated", usageType="sms"), version("rerated", 18.0)],
            [2_040, 1_800],
        ),
        ([version("guided")], [2_040]),
    ],
    ids=range(11),
)
async def test_one_call_is_told_once(
    desk: Desk, versions: list[dict[str, Any]], tiyn: list[int]
) -> None:
    page = await read(desk, *versions)
    assert [one.cost and one.cost.tiyn for one in page.rows] == tiyn
    assert page.left_out == 0


@pytest.mark.parametrize(
    "foreign",
    [
        record() | {"ratedProductUsage": rated(productRef={"id": FOREIGN})},
        record() | {"ratedProductUsage": rated(productRef={"id": FOREIGN}), "usageDate": 5},
        record(originatingNumber=FOREIGN) | {"ratedProductUsage": rated(productRef={"id": "svc"})},
        record(direction=None) | {"ratedProductUsage": rated(productRef={"id": "svc"})},
        record(originatingNumber=FOREIGN) | {"ratedProductUsage": None},
        record(originatingNumber=FOREIGN) | {"ratedProductUsage": "free"},
    ],
    ids=range(6),
)
async def test_a_record_of_another_number_or_of_nobody_leaves_no_trace(
    desk: Desk, foreign: dict[str, Any]
) -> None:
    page = await read(desk, record(), foreign)
    assert page.rows == (CALL,)
    assert page.left_out == 0


@pytest.mark.parametrize(
    "odd",
    [
        record(durationSec=None),
        record(durationSec=-1),
        record(durationSec=65.5),
        record(value="much"),
        record() | {"usageDate": "yesterday"},
        record() | {"usageDate": None},
        record()
        | {"ratedProductUsage": rated(taxIncludedRatingAmount={"unit": "USD", "value": 1})},
        record() | {"ratedProductUsage": rated(taxIncludedRatingAmount=20.4)},
    ],
    ids=range(8),
)
async def test_a_record_that_cannot_be_read_is_left_out_and_counted(
    desk: Desk, odd: dict[str, Any]
) -> None:
    page = await read(desk, record(), odd)
    assert page.rows == (CALL,)
    assert page.left_out == 1


async def test_kinds_and_days_that_were_not_asked_for_are_not_shown(desk: Desk) -> None:
    """An operator may not look at every filter."""
    earlier = record() | {"usageDate": "2026-09-01T00:00:00+05:00"}
    rows = [record(), record("sms", durationSec=None), earlier]
    calls = UsageQuery(NUMBER, CLOSED.period, UsageKind.CALLS)
    page = await read(desk, *rows, query=calls)
    assert page.rows == (CALL,)


# --- TMF677: what is left ---

THEIRS = Msisdn("77010542006")
MINUTES = Allowance(
    use="offnet",
    name="Calls to other KZ mobiles",
    measure=Measure.SECONDS,
    left=2400,
    total=3000,
    source="svc-1",
    source_name="50 minutes",
    begins=datetime(2026, 11, 20, 5, tzinfo=UTC),
    ends=datetime(2026, 11, 30, 19, tzinfo=UTC),
)


def quantity(amount: object, units: object) -> dict[str, Any]:
    return {"amount": amount, "units": units}


def consumption(**changes: Any) -> dict[str, Any]:
    found = {
        "id": "offnet.svc-1.20261120",
        "name": "Calls to other KZ mobiles",
        "usageType": "voice",
        "status": "active",
        "remainingValue": quantity(2400, "seconds"),
        "bucketCounter": [{"counterType": "total", "value": quantity(3000, "seconds")}],
        "product": [{"id": "svc-1", "name": "50 minutes"}],
        "validFor": {
            "startDateTime": "2026-11-20T10:00:00+05:00",
            "endDateTime": "2026-12-01T00:00:00+05:00",
        },
    } | changes
    return {name: value for name, value in found.items() if value is not None}


def answer(*buckets: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": "q-1",
        "usageConsumption": [
            {
                "state": "done",
                "logicalResource": [{"id": THEIRS.digits}],
                "bucketRefOrValue": list(buckets),
            }
            | changes
        ],
    }


async def left(desk: Desk, *buckets: dict[str, Any], **changes: Any) -> tuple[Allowance, ...]:
    desk.answer("queryUsageConsumption", answer(*buckets, **changes), status=201)
    return (await desk.carrier.allowances(COMPANY, THEIRS)).rows


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, MINUTES),
        ({"status": None}, MINUTES),
        ({"status": "Active"}, MINUTES),
        ({"status": "recycled"}, MINUTES),
        ({"status": "EXPIRED"}, replace(MINUTES, ended=True)),
        ({"product": None}, replace(MINUTES, source=THEIRS.digits, source_name="")),
        (
            {"product": [{"id": f"+{THEIRS.digits}", "name": "Reel"}]},
            replace(MINUTES, source=THEIRS.digits, source_name="Reel"),
        ),
        ({"usageType": "VOICE"}, MINUTES),
        ({"remainingValue": quantity(2400.0, "Seconds")}, MINUTES),
        ({"remainingValue": quantity("2400", "sec")}, MINUTES),
        ({"remainingValue": quantity(40, "min")}, MINUTES),
        ({"bucketCounter": [{"counterType": "Total", "value": quantity(50, "min")}]}, MINUTES),
        ({"bucketCounter": None}, replace(MINUTES, total=None)),
        (
            {"bucketCounter": [{"counterType": "total", "value": quantity(5, "GB")}]},
            replace(MINUTES, total=None),
        ),
        ({"validFor": None}, replace(MINUTES, begins=None, ends=None)),
        (
            {
                "usageType": "data",
                "remainingValue": quantity(1.5, "GB"),
                "bucketCounter": [{"counterType": "total", "value": quantity(2048, "MB")}],
            },
            replace(MINUTES, measure=Measure.BYTES, left=1536 * 1024**2, total=2 * 1024**3),
        ),
        (
            {"usageType": "mms", "remainingValue": quantity(7, "mms"), "bucketCounter": None},
            replace(MINUTES, measure=Measure.MMS, left=7, total=None),
        ),
        (
            {"usageType": "mms", "remainingValue": quantity(7, "SMS"), "bucketCounter": None},
            replace(MINUTES, measure=Measure.MMS, left=7, total=None),
        ),
        (
            {"usageType": "roaming", "remainingValue": quantity(3, "GiB"), "bucketCounter": None},
            replace(MINUTES, measure=Measure.BYTES, left=3 * 1024**3, total=None),
        ),
        (
            {"remainingValue": None, "remainingValueName": "unlimited"},
            replace(MINUTES, left=None, total=None),
        ),
        ({"remainingValue": quantity(0, "seconds")}, replace(MINUTES, left=0)),
    ],
    ids=range(21),
)
async def test_an_allowance(desk: Desk, changes: dict[str, Any], expected: Allowance) -> None:
    assert await left(desk, consumption(**changes)) == (expected,)


@pytest.mark.parametrize(
    "odd",
    [
        {"remainingValue": quantity(2400, "points")},
        {"remainingValue": quantity(5, "GB")},
        {"remainingValue": quantity("many", "seconds")},
        {"remainingValue": quantity(-1, "seconds")},
        {"remainingValue": None},
        {"remainingValue": 2400},
        {"usageType": "monetary-bonus"} | {"remainingValue": None},
    ],
    ids=range(7),
)
async def test_an_allowance_that_cannot_be_read_is_left_out_and_counted(
    desk: Desk, odd: dict[str, Any]
) -> None:
    desk.answer("queryUsageConsumption", answer(consumption(**odd), consumption()), status=201)
    found = await desk.carrier.allowances(COMPANY, THEIRS)
    assert found.rows == (MINUTES,)
    assert found.left_out == 1


async def test_money_is_no_allowance(desk: Desk) -> None:
    money = consumption(usageType="monetary", remainingValue=quantity(8475.9, "KZT"))
    desk.answer("queryUsageConsumption", answer(money, consumption()), status=201)
    found = await desk.carrier.allowances(COMPANY, THEIRS)
    assert (found.rows, found.left_out) == ((MINUTES,), 0)


@pytest.mark.parametrize(
    "owners",
    [
        [{"id": FOREIGN}],
        [{"id": THEIRS.digits}, {"id": FOREIGN}],
        None,
    ],
    ids=range(3),
)
async def test_what_is_another_numbers_or_nobodys_is_not_shown(
    desk: Desk, owners: list[dict[str, Any]] | None
) -> None:
    desk.answer("queryUsageConsumption", answer(consumption(), logicalResource=owners), status=201)
    found = await desk.carrier.allowances(COMPANY, THEIRS)
    assert (found.rows, found.left_out) == ((), 0)


async def test_a_bucket_may_say_itself_whose_it_is(desk: Desk) -> None:
    own = consumption(logicalResource=[{"id": THEIRS.digits}])
    assert await left(desk, own, logicalResource=None) == (MINUTES,)


async def test_a_question_that_is_being_worked_on_is_asked_again_by_its_id(desk: Desk) -> None:
    under_way = {"id": "q-1", "state": "inProgress"}
    desk.lay("queryUsageConsumption", answering(under_way, status=201))
    desk.lay(
        "q-1",
        answering(under_way | {"usageConsumption": []}),
        answering({"id": "q-1", "usageConsumption": [{"state": "inProgress"}]}),
        answering(answer(consumption())),
    )
    assert (await desk.carrier.allowances(COMPANY, THEIRS)).rows == (MINUTES,)
    assert [request.method for request in desk.requests] == ["POST", "GET", "GET", "GET"]
    assert desk.time.slept == [0.2, 0.4, 0.8]


@pytest.mark.parametrize("state", ["rejected", "terminatedWithError"])
async def test_a_question_that_failed_is_no_empty_answer(desk: Desk, state: str) -> None:
    desk.answer("queryUsageConsumption", {"id": "q-1", "state": state}, status=201)
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.allowances(COMPANY, THEIRS)


async def test_characteristics_have_names_in_any_case(desk: Desk) -> None:
    one = record(durationSec=None)
    one["usageCharacteristic"].append(characteristic("DurationSec", 65))
    assert (await read(desk, one)).rows == (CALL,)


@pytest.mark.parametrize("odd", ["\ud83d", ["\ud800"], {"\udfff": 1}], ids=range(3))
async def test_half_a_letter_costs_the_row_it_is_in_and_no_more(desk: Desk, odd: object) -> None:
    """A cut emoji stops the strict decoder; the row is read if it is in what is not needed."""
    half = record(serviceName="Calls \ud83d") | {"id": "u-2"}
    spoilt = record() | {"id": "u-3", "usageDate": odd}
    page = await read(desk, record(), half, spoilt)
    assert page.rows == (CALL, replace(CALL, service="Calls \ufffd", service_kind=None))
    assert page.left_out == 1
