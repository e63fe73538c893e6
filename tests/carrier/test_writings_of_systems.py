"""What the systems behind an operator's gateway write in their own way, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from account.changes.action import OrderState
from account.errors import CarrierNotUnderstood
from account.values.money import Money
from tests.carrier import test_writings_in_the_field as field
from tests.carrier import test_writings_of_v4 as v4
from tests.carrier.desk import COMPANY, NUMBER, Desk, bucket, product
from tests.carrier.test_tmf_bills import bill, billing_account, line
from tests.carrier.test_tmf_orders import order
from tests.carrier.test_tmf_party import individual
from tests.carrier.test_tmf_payments import payment
from tests.carrier.test_tmf_services import BUCKET, OFFERING, lasting, price
from tests.carrier.test_tmf_sim import card
from tests.carrier.test_tmf_usage import record
from tests.carrier.test_writings_of_v4 import Read, Row, valued

FACTS, CALL, RESOURCE = "productCharacteristic", "usageCharacteristic", "resourceCharacteristic"
MS = 1_789_362_300_000
"""2026-09-14T10:05:00+05:00."""
SINCE = [
    MS,
    1_789_362_300,
    "/Date(1789362300000+0500)/",
    "/Date(1789362300000)/",
    "2026-09-14T10:05:00+05:00[Asia/Almaty]",
    "2026-09-14 05:05:00 UTC",
    "Mon, 14 Sep 2026 05:05:00 GMT",
    [2026, 9, 14, 10, 5],
    [2026, 9, 14, 10, 5, 0, 0],
    "1789362300000",
    "20260914100500",
]

THE_SAME: list[tuple[Read, Row, list[Row]]] = [
    (v4.number, product(), [valued(product(), statusSince=one) for one in SINCE]),
    (
        v4.number,
        product(),
        [
            {"productSerialNumber": f"tel:+{NUMBER.digits}"},
            {"productCharacteristic": [*product()[FACTS], {"name": "", "value": 1}]},
        ],
    ),
    (
        v4.person,
        individual(),
        [
            {"fullName": None, "formattedName": individual()["fullName"]},
            {
                "contactMedium": [
                    field.LOGIN,
                    field.MAIL | {"mediumType": "E-Mail"},
                ]
            },
        ],
    ),
    (
        field.advance,
        bucket("main balance"),
        [
            {"remainingValue": {"amount": 8475.9, "currency": "KZT"}},
            {"remainingValue": {"value": 8475.9, "currencyCode": "KZT"}},
            field.of_money(398),
            field.of_money("KZT", "8 475,90"),
            field.of_money("KZT", "8\u00a0475.90"),
            field.of_money("KZT", "8,475.90"),
            field.of_money("KZT", "8475,9"),
            {"name": "Main Account"},
            {"name": "Основной баланс"},
        ],
    ),
    (
        field.accounts,
        billing_account(),
        [
            {"financialAccount": {"id": "fa-17", "name": "Mobile"}},
            {"creditLimit": {"currency": "KZT", "amount": "10 000,00"}},
        ],
    ),
    (
        v4.usage,
        record(),
        [
            valued(record(), CALL, durationSec="65 sec"),
            valued(record(), CALL, durationSec="65s"),
            valued(record(), CALL, direction="Mobile Originated"),
            valued(record(), CALL, direction="исходящая"),
            {"usageType": "Telephony"},
            {"usageType": "звонок"},
            {"usageDate": "2026-11-21T09:46:12+05:00[Asia/Almaty]"},
        ],
    ),
    (
        v4.allowances,
        BUCKET,
        [
            {
                "remainingValue": None,
            },
        ],
    ),
    (
        v4.bills,
        bill(),
        [
            {"remainingAmount": {"currency": "KZT", "amount": 0.5}},
            {"taxExcludedAmount": None},
            {"billDate": "Sun, 01 Nov 2026 00:00:00 +0500"},
        ],
    ),
    (field.lines, line(), [{"name": None, "description": "Reel"}]),
    (
        field.payments,
        payment(),
        [
            {"paymentMethod": {"@type": "BankAccountTransfer", "name": "x"}},
            {"paymentMethod": {"@referredType": "BankTransfer", "name": "x"}},
        ],
    ),
    (
        v4.offering,
        OFFERING,
        [
            {"productOfferingTerm": lasting(720, "hours")},
            {"productOfferingTerm": lasting(30, "суток")},
            {"productOfferingPrice": [price("2 990,50")]},
        ],
    ),
    (
        v4.sim,
        card(),
        [
            valued(card(), RESOURCE, IMEI="35-367807-651154-8"),
            valued(card(), RESOURCE, IMEI="353678/07/651154/8"),
            {"category": "USIM"},
            {"category": "SIM-карта"},
        ],
    ),
    (
        v4.ordered,
        order("completed"),
        [
            {"state": None, "productOrderItem": [{"state": "completed"}]},
        ],
    ),
]


def cases() -> Iterator[Any]:
    for number, (read, usual, changes) in enumerate(THE_SAME):
        for place, change in enumerate(changes):
            yield pytest.param(read, usual, change, id=f"{read.__name__}-{number}-{place}")


@pytest.mark.parametrize(("read", "usual", "change"), list(cases()))
async def test_it_says_the_same(read: Read, usual: Row, change: Row) -> None:
    await v4.test_it_says_the_same(read, usual, change)


@pytest.mark.parametrize(
    ("told", "tiyn"),
    [
        ("8'475.90", 847_590),
        ("1 008 475,90", 100_847_590),
        ("-12,5", -1_250),
        ("1,008,475.90", 100_847_590),
        ("8,475", None),  # a thousand times as much, or not
        ("8.475,90", None),
        ("84 75,90", None),
        ("8 475 90", None),
        ("8,475,90", None),
    ],
)
async def test_an_amount_as_people_write_it(desk: Desk, told: str, tiyn: int | None) -> None:
    found = await field.advance(desk, bucket("main balance") | field.of_money("KZT", told))
    assert found.funds == (None if tiyn is None else Money(tiyn))


@pytest.mark.parametrize(
    "told", [{"currency": "USD"}, {"currency": "KZT", "unit": "USD"}, {"units": 840}, {"units": {}}]
)
async def test_other_money_is_none_of_ours(desk: Desk, told: Row) -> None:
    odd = bucket("main balance") | {"remainingValue": {"amount": 8475.9} | told}
    found = await field.advance(desk, odd)
    assert found.funds is None
    assert desk.decoding_faults.rows == [("TMF654", "remainingValue.unit")]


@pytest.mark.parametrize(
    "told",
    [
        5,
        20_260_914,
        [2026, 9],
        [2026, 13, 1],
        [2026, 9, 14, 10, "5"],
        [2026, 9, 14, True],
        "/Date(soon)/",
        "1789362300",
        "Mon, 31 Feb 2026 05:05:00 GMT",
        "2026-09-14T10:05:00[Asia/Almaty]",
        "14 September 2026",
    ],
)
async def test_what_may_be_another_moment_is_none(desk: Desk, told: object) -> None:
    found = await v4.number(desk, product() | valued(product(), statusSince=told))
    assert found.state_since is None


@pytest.mark.parametrize(
    ("states", "meaning"),
    [
        (["failed"], OrderState.FAILED),
        (["completed", "COMPLETED"], OrderState.COMPLETED),
        (["inProgress"], OrderState.UNDER_WAY),
        (["completed", "failed"], None),
        (["partial"], None),
        (["who knows"], None),
        ([], None),
    ],
)
async def test_an_order_that_tells_the_states_of_its_items_alone(
    desk: Desk, states: list[str], meaning: OrderState | None
) -> None:
    items = [{"state": one} for one in states]
    told = order() | {"state": None, "productOrderItem": items}
    if meaning is None:
        with pytest.raises(CarrierNotUnderstood, match="state"):
            await v4.ordered(desk, told)
    else:
        assert (await v4.ordered(desk, told)).state is meaning


@pytest.mark.parametrize(
    ("counters", "left"),
    [
        ([("total", 3000), ("used", 600)], 2400),
        ([("granted", 3000), ("Consumed", 3600)], 0),
        ([("total", 3000)], None),
        ([("used", 600)], None),
        ([("total", 3000), ("initial", 2000), ("used", 600)], None),
    ],
)
async def test_what_is_left_is_what_there_was_without_what_was_used(
    desk: Desk, counters: list[tuple[str, int]], left: int | None
) -> None:
    told = [
        {"counterType": kind, "value": {"amount": amount, "units": "seconds"}}
        for kind, amount in counters
    ]
    odd = {"remainingValue": None, "remainingValueName": None, "bucketCounter": told}
    read = await v4.allowances(desk, BUCKET | odd)
    assert [one.left for one in read.rows] == ([] if left is None else [left])
    assert read.left_out == (left is None)


async def test_hours_that_are_no_days_are_not_rounded(desk: Desk) -> None:
    odd = OFFERING | {"productOfferingTerm": lasting(36, "hours")}
    assert await v4.offering(desk, odd) is None
    assert desk.decoding_faults.rows == [("TMF620", "duration.amount")]


@pytest.mark.parametrize(
    "party",
    [
        {"href": f"/organization/{COMPANY}", "role": "customer"},
        {"name": COMPANY, "role": "customer"},
        {"id": f" {COMPANY}", "role": "customer"},
        {"id": COMPANY, "role": "клиент"},
    ],
)
async def test_whose_a_number_is_is_read_in_no_other_writing(desk: Desk, party: Row) -> None:
    assert await v4.number(desk, product() | {"relatedParty": [party]}) is None
    assert desk.decoding_faults.rows == []
