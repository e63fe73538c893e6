"""TMF620, 637 and 677: offerings, a number's services, and its allowances (S09 to S12)."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from account.changes.action import ActionKind
from account.chapters.allowances import Allowance, Measure
from account.chapters.services.changes import ServiceOffParameters, on_parameters
from account.chapters.services.offerings import Group, Offering, Service, Volume, VolumeUnit
from account.errors import CarrierUnavailable
from account.values.money import Money
from carrier.tmf.adapter import CATALOGUE_SECONDS
from tests.account.fakes.services import SMS_100
from tests.carrier.desk import (
    COMPANY,
    NUMBER,
    Desk,
    action,
    answering,
    characteristic,
    refusing,
)
from tests.carrier.test_tmf_garbage import JSON, paths


def fact(name: str, value: object, unit: str | None = None) -> dict[str, Any]:
    held: dict[str, Any] = {"valueType": "object", "value": value}
    if unit is not None:
        held["unitOfMeasure"] = unit
    return {"name": name, "valueType": "object", "productSpecCharacteristicValue": [held]}


def price(amount: object, *, monthly: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {
        "priceType": "oneTime",
        "price": {"taxRate": 16, "taxIncludedAmount": {"unit": "KZT", "value": amount}},
    }
    if monthly:
        told |= {"priceType": "recurring", "recurringChargePeriod": "month"}
    return told


BY_USE = price(12) | {"priceType": "usage", "unitOfMeasure": {"amount": 1, "units": "minute"}}


def lasting(amount: object, units: object) -> list[dict[str, Any]]:
    return [{"name": "validity", "duration": {"amount": amount, "units": units}}]


VALIDITY = {"name": "validity"}
RELIES_ON = {"relationshipType": "reliesOn", "product": {"id": NUMBER.digits}}
OFFERING: dict[str, Any] = {
    "id": "roaming-60",
    "name": "60 minutes abroad",
    "description": "In 40 countries",
    "isSellable": True,
    "lifecycleStatus": "Active",
    "category": [
        {"id": "roaming-voice", "name": "Voice roaming"},
        {"id": "roaming-voice-special", "name": "Special offers"},
    ],
    "productOfferingPrice": [price(2990.5)],
    "prodSpecCharValueUse": [
        fact("displayName", {"en": "60 minutes abroad", "kk": "Шетелде 60", "ru": "60 минут"}),
        fact("terms", {"en": "30 days & <b>", "ru": "30 дней"}),
        fact("stackable", value=False),
        fact("trafficVolume", 60, "minutes"),
    ],
    "productOfferingTerm": [{"name": "validity", "duration": {"amount": 30, "units": "day"}}],
    "productOfferingRelationship": [
        {"id": "roaming-180", "relationshipType": "excludes"},
        {"id": "roaming", "relationshipType": "requires"},
    ],
}
READ = Offering(
    id="roaming-60",
    names={"en": "60 minutes abroad", "kk": "Шетелде 60", "ru": "60 минут"},
    terms={"en": "30 days & <b>", "ru": "30 дней"},
    groups=(
        Group("roaming-voice", "Voice roaming"),
        Group("roaming-voice-special", "Special offers"),
    ),
    price=Money(299_050),
    volume=Volume(60, VolumeUnit.MINUTES),
    days=30,
    excludes=frozenset({"roaming-180"}),
)
SERVICE: dict[str, Any] = {
    "id": "svc-1",
    "name": "100 SMS",
    "status": "active",
    "startDate": "2026-11-20T10:00:00+05:00",
    "productOffering": {"id": "sms-100", "name": "100 SMS"},
    "productPrice": [price(250, monthly=True)],
    "productTerm": [
        {"name": "validity", "validFor": {"endDateTime": "2026-11-30T23:59:59+05:00"}},
    ],
    "productCharacteristic": [characteristic("group", "sms"), characteristic("manageable", True)],
    "productRelationship": [RELIES_ON],
    "relatedParty": [{"id": COMPANY, "role": "customer"}],
}
BUCKET: dict[str, Any] = {
    "id": "offnet.svc-1.20261120",
    "name": "Calls to other KZ mobiles",
    "usageType": "voice",
    "status": "active",
    "remainingValue": {"amount": 2400, "units": "seconds"},
    "remainingValueName": "40 min 0 sec",
    "bucketCounter": [
        {"counterType": "used", "value": {"amount": 600, "units": "seconds"}},
        {"counterType": "total", "value": {"amount": 3000, "units": "seconds"}},
    ],
    "product": [{"id": "svc-1", "name": "50 minutes"}],
    "validFor": {
        "startDateTime": "2026-11-20T10:00:00+05:00",
        "endDateTime": "2026-12-01T00:00:00+05:00",
    },
}


def without(of: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in of.items() if name not in names}


def consumption(*buckets: dict[str, Any], number: str = NUMBER.digits) -> dict[str, Any]:
    told = {
        "logicalResource": [{"id": number, "@referredType": "MSISDN"}],
        "bucketRefOrValue": list(buckets),
    }
    return {"id": "q-1", "usageConsumption": [told]}


# --- offerings ---


async def test_an_offering_is_read_whole(desk: Desk) -> None:
    desk.answer("productOffering", [OFFERING])
    assert await desk.carrier.offerings() == {"roaming-60": READ}
    assert desk.query("productOffering")["lifecycleStatus"] == "Active"


@pytest.mark.parametrize(
    ("change", "meant"),
    [
        (
            {"productOfferingPrice": [price(250, monthly=True)]},
            {"price": Money(25_000), "monthly": True, "by_use": False},
        ),
        (
            {"productOfferingPrice": [BY_USE, price(250, monthly=True)]},
            {"price": Money(25_000), "monthly": True, "by_use": True},
        ),
        (
            {"productOfferingPrice": [price(500), price(250, monthly=True)]},
            {"price": Money(25_000), "monthly": True, "activation": Money(50_000)},
        ),
        (
            {"productOfferingPrice": [price(250), BY_USE | {"priceType": "usage charge"}]},
            {"price": Money(25_000), "monthly": False, "by_use": True},
        ),
        (
            {
                "productOfferingTerm": [
                    {"name": "validity", "description": "to the end of the month"}
                ]
            },
            {"days": None, "to_month_end": True},
        ),
        ({"productOfferingTerm": []}, {"days": None, "to_month_end": False}),
        ({"isSellable": False}, {"sellable": False}),
        (
            {"prodSpecCharValueUse": [fact("trafficVolume", "Unlimited"), fact("stackable", True)]},
            {
                "volume": Volume(None, None),
                "stackable": True,
                "names": {"en": "60 minutes abroad"},
                "terms": {"en": "In 40 countries"},
            },
        ),
    ],
)
async def test_what_an_offering_may_say_otherwise(
    desk: Desk, change: dict[str, Any], meant: dict[str, Any]
) -> None:
    desk.answer("productOffering", [OFFERING | change])
    [offering] = (await desk.carrier.offerings()).values()
    assert {name: getattr(offering, name) for name in meant} == meant


@pytest.mark.parametrize(
    "change",
    [
        {"productOfferingPrice": []},
        {"productOfferingPrice": [price(1), price(2)]},
        {"productOfferingPrice": [price(1), price(2), BY_USE]},
        {"productOfferingPrice": [BY_USE]},
        {"productOfferingPrice": [price(1, monthly=True), price(2, monthly=True)]},
        {"productOfferingPrice": [price(1), price(2), price(3, monthly=True)]},
        {"productOfferingPrice": [price("one")]},
        {"productOfferingPrice": [price(1) | {"priceType": "recurring"}]},
        {
            "productOfferingTerm": [
                {"name": "validity", "duration": {"amount": 1, "units": "month"}}
            ]
        },
        {"prodSpecCharValueUse": [fact("trafficVolume", 5, "parsecs")]},
        {"prodSpecCharValueUse": [fact("trafficVolume", -5, "MB")]},
        {"name": None},
    ],
)
async def test_a_price_or_a_volume_is_never_guessed(desk: Desk, change: dict[str, Any]) -> None:
    desk.answer("productOffering", [OFFERING | change])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.offerings()


async def test_the_catalogue_is_asked_for_once_a_minute(desk: Desk) -> None:
    desk.answer("productOffering", [OFFERING])
    for _ in range(3):
        await desk.carrier.offerings()
    assert len(desk.asked("productOffering")) == 1
    desk.time.seconds += CATALOGUE_SECONDS
    await desk.carrier.offerings()
    assert len(desk.asked("productOffering")) == 2


async def test_one_offering_is_read_anew_and_mends_what_is_kept(desk: Desk) -> None:
    dearer = OFFERING | {"productOfferingPrice": [price(3000)]}
    desk.lay("productOffering", answering([OFFERING]), answering([dearer]))
    await desk.carrier.offerings()
    fresh = await desk.carrier.offering("roaming-60")
    assert fresh is not None
    assert fresh.price == Money(300_000)
    assert (await desk.carrier.offerings())["roaming-60"] == fresh
    desk.answer("productOffering", [])
    assert await desk.carrier.offering("roaming-60") is None
    assert await desk.carrier.offerings() == {}


async def test_another_offering_than_the_asked_one_is_none(desk: Desk) -> None:
    desk.answer("productOffering", [OFFERING])
    assert await desk.carrier.offering("roaming-180") is None


# --- services of a number ---


async def test_a_service_is_read_whole(desk: Desk) -> None:
    desk.answer("product", [SERVICE])
    assert (await desk.carrier.services(COMPANY, NUMBER)).rows == (
        Service(
            id="svc-1",
            offering_id="sms-100",
            name="100 SMS",
            price=Money(25_000),
            monthly=True,
            since=datetime(2026, 11, 20, 5, tzinfo=UTC),
            until=datetime(2026, 11, 30, 18, 59, 59, tzinfo=UTC),
            group="sms",
            subgroup=None,
            manageable=True,
        ),
    )
    asked = desk.query("product")
    assert asked["relatedParty.id"] == COMPANY
    assert asked["productRelationship.product.id"] == NUMBER.digits
    assert asked["status"] == "active"


@pytest.mark.parametrize(
    "change",
    [
        {"relatedParty": [{"id": "org-of-others", "role": "customer"}]},
        {"relatedParty": [{"id": COMPANY, "role": "owner"}]},
        {
            "productRelationship": [
                {"relationshipType": "reliesOn", "product": {"id": "77019999999"}}
            ]
        },
        {"productRelationship": []},
        {"status": "terminated"},
    ],
)
async def test_what_is_not_this_numbers_active_service_is_left_out(
    desk: Desk, change: dict[str, Any]
) -> None:
    desk.answer("product", [SERVICE | change])
    assert (await desk.carrier.services(COMPANY, NUMBER)).rows == ()


async def test_a_service_without_price_and_end(desk: Desk) -> None:
    plain = without(SERVICE, "productPrice", "productTerm")
    desk.answer("product", [plain | {"productCharacteristic": []}])
    [service] = (await desk.carrier.services(COMPANY, NUMBER)).rows
    assert (service.price, service.until, service.manageable) == (None, None, False)


async def test_all_pages_are_read(desk: Desk) -> None:
    second = SERVICE | {"id": "svc-2", "startDate": "2026-11-19T10:00:00+05:00"}
    desk.lay("product", answering([SERVICE], total=2), answering([second], total=2))
    found = (await desk.carrier.services(COMPANY, NUMBER)).rows
    assert [one.id for one in found] == ["svc-2", "svc-1"]
    assert desk.query("product")["offset"] == "1"


# --- allowances ---


async def test_an_allowance_is_read_whole(desk: Desk) -> None:
    desk.answer("queryUsageConsumption", consumption(BUCKET), status=201)
    assert (await desk.carrier.allowances(COMPANY, NUMBER)).rows == (
        Allowance(
            use="offnet",
            name="Calls to other KZ mobiles",
            measure=Measure.SECONDS,
            left=2400,
            total=3000,
            source="svc-1",
            source_name="50 minutes",
            begins=datetime(2026, 11, 20, 5, tzinfo=UTC),
            ends=datetime(2026, 11, 30, 19, tzinfo=UTC),
        ),
    )
    assert desk.sent("queryUsageConsumption") == {
        "searchCriteria": {
            "logicalResource": [{"id": NUMBER.digits, "@referredType": "MSISDN"}],
            "relatedParty": [{"id": COMPANY, "@referredType": "Organization"}],
        }
    }
    [request] = desk.asked("queryUsageConsumption")
    assert "Idempotency-Key" not in request.headers


async def test_unlimited_has_no_numbers_and_expired_is_told(desk: Desk) -> None:
    unlimited = without(BUCKET, "remainingValue", "bucketCounter", "validFor")
    unlimited["remainingValueName"] = "Unlimited"
    expired = BUCKET | {"status": "expired"}
    desk.answer("queryUsageConsumption", consumption(unlimited, expired), status=201)
    first, second = (await desk.carrier.allowances(COMPANY, NUMBER)).rows
    assert (first.left, first.total, first.begins, first.ends) == (None, None, None, None)
    assert second.ended


async def test_a_number_that_is_not_the_companys_has_none(desk: Desk) -> None:
    desk.lay("queryUsageConsumption", refusing(404, "NOT_FOUND"))
    assert (await desk.carrier.allowances(COMPANY, NUMBER)).rows == ()


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500, 503])
async def test_any_other_refusal_of_the_question_is_no_answer(desk: Desk, status: int) -> None:
    desk.lay("queryUsageConsumption", refusing(status, "NOT_FOUND"))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.allowances(COMPANY, NUMBER)
    asked = len(desk.asked("queryUsageConsumption"))
    assert asked == (1 if status < 500 else 3), "a question may be asked again, like a read"


async def test_a_404_of_something_between_us_is_no_answer(desk: Desk) -> None:
    desk.answer("queryUsageConsumption", {"message": "no route"}, status=404)
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.allowances(COMPANY, NUMBER)


# --- garbage ---


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_one_wrong_field_anywhere_ends_in_a_result_or_in_no_answer(data: st.DataObject) -> None:
    resource, sound = data.draw(
        st.sampled_from(
            [
                ("productOffering", [OFFERING]),
                ("product", [SERVICE]),
                ("queryUsageConsumption", consumption(BUCKET)),
            ]
        )
    )
    body: Any = copy.deepcopy(sound)
    *before, last = data.draw(st.sampled_from(paths(body)[1:]))
    place = body
    for key in before:
        place = place[key]
    place[last] = data.draw(JSON)

    async def ask() -> None:
        desk = Desk()
        desk.answer(resource, body)
        with contextlib.suppress(CarrierUnavailable):
            if resource == "productOffering":
                await desk.carrier.offerings()
            elif resource == "product":
                await desk.carrier.services(COMPANY, NUMBER)
            else:
                await desk.carrier.allowances(COMPANY, NUMBER)

    asyncio.run(ask())


@pytest.mark.parametrize("body", [b"", b"<html>", b"null", b"{}", b"[]", b"[1]"])
async def test_garbage_is_no_answer(desk: Desk, body: bytes) -> None:
    desk.answer("queryUsageConsumption", body, status=201)
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.allowances(COMPANY, NUMBER)


# --- orders ---


async def test_a_service_is_ordered_by_its_offering(desk: Desk) -> None:
    desk.answer("productOrder", {"id": "po-1", "externalId": action().id, "state": "completed"})
    await desk.carrier.place(action(ActionKind.SERVICE_ON, parameters=on_parameters(SMS_100, [])))
    [item] = desk.sent("productOrder")["productOrderItem"]
    assert item == {
        "id": "01",
        "action": "add",
        "quantity": 1,
        "productOffering": {"id": "sms-100"},
        "product": {"productSerialNumber": NUMBER.digits},
    }


async def test_a_service_is_ended_by_its_own_id(desk: Desk) -> None:
    desk.answer("productOrder", {"id": "po-1", "externalId": action().id, "state": "completed"})
    asked = ServiceOffParameters("svc-1", "sms-100", {})
    await desk.carrier.place(action(ActionKind.SERVICE_OFF, parameters=asked))
    [item] = desk.sent("productOrder")["productOrderItem"]
    assert item["action"] == "delete"
    assert item["product"] == {"id": "svc-1", "productSerialNumber": NUMBER.digits}
