"""What v4 allows, or operators write, beside the contract's own form: each row says the same."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from account.changes.action import OrderState
from account.chapters.billing.bills import BillsQuery
from account.chapters.devices.registrations import DevicesQuery
from account.chapters.usage import UsageKind
from account.values.money import Money
from account.values.number import NumberState
from carrier.tmf.wire import values
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, bucket, product
from tests.carrier.test_tmf_bills import OCTOBER, bill
from tests.carrier.test_tmf_devices import resource as device
from tests.carrier.test_tmf_orders import order
from tests.carrier.test_tmf_party import DEMO, PHONE, individual
from tests.carrier.test_tmf_services import BUCKET, OFFERING, consumption, price
from tests.carrier.test_tmf_sim import ICCID, card
from tests.carrier.test_tmf_usage import CLOSED, record

Row = dict[str, Any]
Read = Callable[[Desk, Row], Awaitable[Any]]


async def number(desk: Desk, row: Row) -> Any:
    desk.answer("product", [row])
    desk.answer("bucket", [bucket("remaining credit limit")])
    return await desk.carrier.number(COMPANY, NUMBER)


async def person(desk: Desk, row: Row) -> Any:
    desk.answer("individual", [row])
    return await desk.carrier.administrator(PHONE)


async def company(desk: Desk, row: Row) -> Any:
    desk.answer("organization", [row])
    return await desk.carrier.companies("adm-1")


async def sim(desk: Desk, row: Row) -> Any:
    desk.answer("resource", [row])
    return await desk.carrier.sim(COMPANY, NUMBER)


async def devices(desk: Desk, row: Row) -> Any:
    desk.answer("resource", [row])
    return await desk.carrier.devices(COMPANY, DevicesQuery())


async def offering(desk: Desk, row: Row) -> Any:
    desk.answer("productOffering", [row, OFFERING | {"id": "other"}])
    return (await desk.carrier.offerings()).get("roaming-60")


async def allowances(desk: Desk, row: Row) -> Any:
    desk.answer("queryUsageConsumption", consumption(row), status=201)
    return await desk.carrier.allowances(COMPANY, NUMBER)


async def usage(desk: Desk, row: Row) -> Any:
    desk.answer("usage", [row])
    return await desk.carrier.usage(COMPANY, CLOSED, offset=0, limit=9)


async def bills(desk: Desk, row: Row) -> Any:
    desk.answer("customerBill", [row])
    return await desk.carrier.bills(BillsQuery(COMPANY, OCTOBER), offset=0, limit=9)


async def ordered(desk: Desk, row: Row) -> Any:
    desk.answer("productOrder", [row])
    return await desk.carrier.order(action())


def named(row: Row, name: Callable[[str], str], field: str = "productCharacteristic") -> Row:
    return {field: [one | {"name": name(one["name"])} for one in row[field]]}


def valued(row: Row, field: str = "productCharacteristic", **told: object) -> Row:
    return {
        field: [
            one | {"value": told[one["name"]]} if one["name"] in told else one for one in row[field]
        ]
    }


def without(row: Row, field: str, name: str) -> list[Row]:
    return [one for one in row[field] if one["name"] != name]


def media(between: object) -> Row:
    return {"contactMedium": [one | {"validFor": between} for one in individual()["contactMedium"]]}


def papers(*told: Row) -> Row:
    return {"organizationIdentification": list(told)}


def in_units(units: str) -> Row:
    left = BUCKET["remainingValue"] | {"units": units}
    counters = [one | {"value": one["value"] | {"units": units}} for one in BUCKET["bucketCounter"]]
    return {"remainingValue": left, "bucketCounter": counters}


BIN = {"identificationType": "BIN", "identificationId": "180140000018"}
OLD_BIN = BIN | {
    "identificationId": "180140000901",
    "validFor": {"endDateTime": "2015-01-01T00:00:00+06:00"},
}
RATED = record()["ratedProductUsage"][0]
NET = {name: RATED[name] for name in RATED if name != "taxIncludedRatingAmount"}
ONCE = price(2990.5)
OVER = {"validFor": {"endDateTime": "2020-01-01T00:00:00Z"}}
FACTS = "resourceCharacteristic"

THE_SAME: list[tuple[Read, Row, list[Row]]] = [
    (
        number,
        product(),
        [
            {"name": None, "productOffering": {"id": "x", "name": "Business Class Junior"}},
            {"name": "", "productSpecification": {"id": "x", "name": "Business Class Junior"}},
            named(product(), lambda name: f"{name} "),
            named(product(), str.upper),
            {"productSerialNumber": None},
            {"productSerialNumber": ""},
            valued(product(), banMyKcellAccess="T", voluntaryBlock="disabled"),
            valued(product(), banMyKcellAccess=1.0, voluntaryBlock=0.0),
            {"relatedParty": [None, *product()["relatedParty"], {"id": "u-1", "role": "user"}]},
            {"status": "ACTIVE "},
        ],
    ),
    (
        person,
        individual(),
        [
            media({"endDateTime": "9999-12-31T23:59:59-06:00"}),
            media({"startDateTime": "0001-01-01T00:00:00+06:00"}),
            {"fullName": None, "legalName": "Асель Нұрланқызы Садыкова"},
            {"partyCharacteristic": [{"name": "codeChannel", "value": "SMS"}]},
        ],
    ),
    (
        company,
        DEMO,
        [
            papers(OLD_BIN, BIN),
            papers(BIN | {"identificationId": "180 140 000 018"}),
            papers(BIN | {"identificationId": 180140000018}),
            {"name": " ", "tradingName": "TOO Demo"},
        ],
    ),
    (
        sim,
        card(),
        [
            {FACTS: without(card(), FACTS, "ICCID"), "serialNumber": ICCID.digits},
            {"category": None, "@type": "SimCard"},
            {
                "resourceRelationship": [
                    {
                        "relationshipType": "reliesOn",
                        "resource": {"id": "lr-1", "value": f"+{NUMBER.digits}"},
                    }
                ]
            },
        ],
    ),
    (devices, device(), [valued(device(), FACTS, registrationKind="Duplicate")]),
    (
        offering,
        OFFERING,
        [
            {"productOfferingPrice": [ONCE | {"priceType": None}]},
            {"productOfferingPrice": [ONCE | OVER | {"price": None}, ONCE]},
            {"lifecycleStatus": "Launched"},
        ],
    ),
    (allowances, BUCKET, [in_units(units) for units in ("sec.", "SEC", "Seconds")]),
    (
        usage,
        record(),
        [
            {"usageType": None, "usageSpecification": {"id": "s-1", "name": "Voice"}},
            valued(record(), "usageCharacteristic", durationSec="PT1M5S"),
            valued(record(), "usageCharacteristic", durationSec="PT65.0S"),
            {
                "ratedProductUsage": [
                    NET
                    | {
                        "taxExcludedRatingAmount": {"unit": "KZT", "value": 20.4},
                        "isTaxExempt": True,
                    }
                ]
            },
        ],
    ),
    (
        bills,
        bill(),
        [{"taxItem": [one | {"taxRate": "16.00 %"} for one in bill()["taxItem"]]}],
    ),
    (
        ordered,
        order("completed"),
        [{"state": "COMPLETED"}, {"note": {"text": "x"}}, {"productOrderItem": [None]}],
    ),
]


def cases() -> Iterator[Any]:
    for read, usual, changes in THE_SAME:
        for place, change in enumerate(changes):
            yield pytest.param(read, usual, change, id=f"{read.__name__}-{place}")


@pytest.mark.parametrize(("read", "usual", "change"), list(cases()))
async def test_it_says_the_same(read: Read, usual: Row, change: Row) -> None:
    theirs = await read(Desk(), copy.deepcopy(usual))
    desk = Desk()
    assert await read(desk, copy.deepcopy(usual) | change) == theirs
    assert theirs
    assert getattr(theirs, "rows", True)
    assert desk.decoding_faults.rows == []


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("IN_PROGRESS", OrderState.UNDER_WAY),
        ("in progress", OrderState.UNDER_WAY),
        ("Assessing-Cancellation", OrderState.UNDER_WAY),
        ("canceled", OrderState.FAILED),
    ],
)
async def test_states_of_orders_in_other_writings(
    desk: Desk, state: str, meaning: OrderState
) -> None:
    found = await ordered(desk, order(state))
    assert found.state is meaning


async def test_a_state_of_a_number_in_another_writing(desk: Desk) -> None:
    found = await number(desk, product(status="PENDING_ACTIVE"))
    assert found.state is NumberState.CONNECTING


@pytest.mark.parametrize(
    ("told", "debt"),
    [
        ({"unit": "KZT", "value": 12500.5}, Money(1_250_050)),
        ({"units": "tiyn", "amount": "1250050"}, Money(1_250_050)),
        ({"unit": "USD", "value": 5}, None),
    ],
)
async def test_a_debt_may_be_an_object(desk: Desk, told: Row, debt: Money | None) -> None:
    assert (await number(desk, product(debtAmount=told))).debt == debt


async def test_a_kind_that_nobody_knows_has_the_word_of_its_specification(desk: Desk) -> None:
    odd = {"usageType": None, "usageSpecification": {"name": "Voicemail"}}
    told = record("other", serviceName=None) | odd
    [found] = (await usage(desk, told)).rows
    assert (found.kind, found.service) == (UsageKind.OTHER, "Voicemail")


@pytest.mark.parametrize("told", ["P", "PT", "PT1.5S", "P1M", "1:05", "PT1M5", "-PT5S"])
def test_a_time_in_doubt_is_not_read(told: str) -> None:
    with pytest.raises(values.Malformed):
        values.seconds(told, "durationSec")


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("9999-12-31T23:59:59+00:00", datetime(9999, 12, 30, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999-06:00", datetime(9999, 12, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 2, tzinfo=UTC)),
    ],
)
def test_for_ever_has_a_day_in_every_zone(told: str, read: datetime) -> None:
    assert values.moment(told, "validFor.endDateTime") == read
    assert values.day(told, "validFor.endDateTime") == read.date()


async def test_a_medium_that_has_ended_is_no_login_however_it_is_written(desk: Desk) -> None:
    for between in ({"endDateTime": "2020-01-01"}, {"endDateTime": "soon"}, {"endDateTime": ""}):
        assert await person(desk, individual() | media(between)) is None


async def test_a_paper_that_has_ended_is_not_the_companys(desk: Desk) -> None:
    [found] = await company(desk, DEMO | papers(OLD_BIN))
    assert found == replace(found, bin=None)
