"""Devices of a company, the one last seen, and what was asked for about them (TMF639, TMF622)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from account.changes.action import Action, ActionKind, Order, OrderState
from account.chapters.devices.registrations import (
    GREY_LISTED,
    LISTED,
    OWNER_ID,
    OWNER_NUMBER,
    DevicesQuery,
    Registration,
    RegistrationKind,
)
from account.chapters.devices.requests import DeviceRequest, Stage
from account.errors import CarrierUnavailable
from account.values.identifiers import Bin, Imei, Msisdn
from tests.account.examples import PARAMETERS
from tests.carrier.desk import COMPANY, NUMBER, Desk, action, characteristic

IMEI = Imei("35367807651154")
OTHER = Msisdn("77010542007")
REREGISTER = ActionKind.REREGISTER_DEVICE


def customer(company: str = COMPANY) -> list[dict[str, str]]:
    return [{"id": company, "role": "customer", "@referredType": "Organization"}]


def resource(company: str = COMPANY, number: str = NUMBER.digits, **known: Any) -> dict[str, Any]:
    """A registration as docs/operator.md shows it; `known` are characteristics, None is none."""
    values = {
        "IMEI": IMEI.full,
        "TAC": IMEI.tac,
        "model": "Samsung Galaxy A50",
        "registrationKind": "duplicate",
        "registrationStatus": "registered",
        "BIN": "180140000018",
    } | known
    return {
        "id": "dev-77010542006-2",
        "category": "Device",
        "startOperatingDate": "2021-04-22T18:49:00+06:00",
        "endOperatingDate": "2021-05-22T18:49:00+06:00",
        "resourceCharacteristic": [
            characteristic(name, value) for name, value in values.items() if value is not None
        ],
        "resourceRelationship": [{"id": number, "relationshipType": "reliesOn"}],
        "relatedParty": customer(company),
    }


def order(state: str = "completed", **changes: Any) -> dict[str, Any]:
    """An order that somebody placed elsewhere."""
    return {
        "id": "po-1",
        "externalId": "portal-1",
        "state": state,
        "orderDate": "2021-01-06T09:46:00+06:00",
        "productOrderItem": [
            {
                "action": "modify",
                "product": {
                    "id": NUMBER.digits,
                    "productCharacteristic": [
                        characteristic("deviceRegistration", "deregister"),
                        characteristic("IMEI", IMEI.key),
                    ],
                },
            }
        ],
        "relatedParty": customer(),
    } | changes


# --- registrations ---


async def test_a_registration_is_read_as_it_is(desk: Desk) -> None:
    desk.answer("resource", [resource()], total=7)
    page = await desk.carrier.devices(COMPANY, DevicesQuery(NUMBER, offset=6))
    assert page.total == 7
    assert page.rows == (
        Registration(
            imei=IMEI,
            msisdn=NUMBER,
            kind=RegistrationKind.DUPLICATE,
            since=datetime(2021, 4, 22, 12, 49, tzinfo=UTC),
            bin=Bin("180140000018"),
            model="Samsung Galaxy A50",
        ),
    )
    assert desk.query("resource") == {
        "category": "Device",
        "relatedParty.id": COMPANY,
        "resourceRelationship.id": NUMBER.digits,
        "registrationStatus": "registered",
        "offset": "6",
        "limit": "4",
    }


async def test_a_report_reads_all_of_a_company_with_those_removed(desk: Desk) -> None:
    desk.answer("resource", [resource(registrationStatus="removed", model=None)])
    query = DevicesQuery(removed=True, limit=1000)
    [row] = (await desk.carrier.devices(COMPANY, query)).rows
    assert row.removed_at == datetime(2021, 5, 22, 12, 49, tzinfo=UTC)
    assert row.model is None
    asked = desk.query("resource")
    assert "registrationStatus" not in asked
    assert "resourceRelationship.id" not in asked


async def test_one_device_is_asked_for_with_all_its_digits(desk: Desk) -> None:
    desk.answer("resource", [])
    assert (await desk.carrier.devices(COMPANY, DevicesQuery(NUMBER, IMEI))).rows == ()
    assert desk.query("resource")["IMEI"] == IMEI.full


@pytest.mark.parametrize(
    "answered",
    [
        resource(company="org-180140000901"),
        resource(number=OTHER.digits),
        resource(IMEI="869782022121282"),
        resource(registrationStatus="removed"),
        resource() | {"category": "SIM"},
        resource() | {"relatedParty": None},
        resource() | {"relatedParty": [{"id": COMPANY, "role": "customer"}, 5]},
        resource(company="org-180140000901", IMEI=None),
    ],
    ids=range(8),
)
async def test_what_was_not_asked_for_is_not_shown(desk: Desk, answered: Any) -> None:
    desk.answer("resource", [answered, resource() | {"id": "dev-1"}])
    page = await desk.carrier.devices(COMPANY, DevicesQuery(NUMBER, IMEI))
    assert [row.imei for row in page.rows] == [IMEI]
    assert (page.left_out, desk.decoding_faults.rows) == (0, [])


@pytest.mark.parametrize(
    ("answered", "field"),
    [
        (resource(IMEI="353678076511549"), "IMEI"),
        (resource(IMEI=None), "IMEI"),
        (resource(registrationStatus="lost"), "registrationStatus"),
        (resource(registrationKind="copy"), "registrationKind or BIN"),
        (resource(BIN="1801"), "registrationKind or BIN"),
        (resource() | {"startOperatingDate": "22.04.21"}, "startOperatingDate"),
        (resource() | {"resourceRelationship": []}, "resourceRelationship"),
        (resource() | {"resourceRelationship": "none"}, "resourceRelationship"),
        (resource() | {"resourceCharacteristic": {}}, "resourceCharacteristic"),
    ],
    ids=range(9),
)
async def test_a_device_that_cannot_be_read_hides_no_other(
    desk: Desk, answered: Any, field: str
) -> None:
    desk.answer("resource", [answered, resource() | {"id": "dev-1"}])
    page = await desk.carrier.devices(COMPANY, DevicesQuery(NUMBER))
    assert [row.imei for row in page.rows] == [IMEI]
    assert (page.left_out, desk.decoding_faults.rows) == (1, [("TMF639", field)])
    # It may be the very one that was asked for: "not registered" would be a guess.
    desk.answer("resource", [answered])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.devices(COMPANY, DevicesQuery(NUMBER, IMEI))


@pytest.mark.parametrize(
    "odd",
    [
        resource(IMEI="353678076511540"),
        resource(IMEI=int(IMEI.full)),
        resource(registrationStatus="Registered"),
        resource()
        | {
            "resourceRelationship": [
                {"relationshipType": "ReliesOn", "resource": {"id": NUMBER.e164}}
            ]
        },
        resource() | {"startOperatingDate": "2021-04-22T12:49:00.0000000Z"},
        resource() | {"relatedParty": [{"partyOrPartyRole": {"id": COMPANY}, "role": "Customer"}]},
        resource() | {"category": "device"},
        resource(model={"x": 1}),
    ],
    ids=range(8),
)
async def test_devices_in_other_writings(desk: Desk, odd: Any) -> None:
    desk.answer("resource", [odd])
    page = await desk.carrier.devices(COMPANY, DevicesQuery(NUMBER, IMEI))
    [row] = page.rows
    assert (row.imei, row.msisdn, row.since) == (
        IMEI,
        NUMBER,
        datetime(2021, 4, 22, 12, 49, tzinfo=UTC),
    )


# --- the device last seen ---


async def test_the_last_device_is_what_the_sim_card_says(desk: Desk) -> None:
    desk.answer("resource", [resource() | {"category": "SIM"}])
    assert await desk.carrier.last_imei(COMPANY, NUMBER) == IMEI
    asked = desk.query("resource")
    assert (asked["category"], asked["resourceRelationship.id"]) == ("SIM", NUMBER.digits)
    assert "resourceCharacteristic" in asked["fields"]


@pytest.mark.parametrize(
    "cards",
    [
        [],
        [resource(IMEI=None)],
        [resource(company="org-180140000901")],
        [resource(number=OTHER.digits)],
    ],
)
async def test_a_number_may_have_been_seen_with_none(desk: Desk, cards: Any) -> None:
    desk.answer("resource", cards)
    assert await desk.carrier.last_imei(COMPANY, NUMBER) is None


# --- requests ---


async def test_requests_are_read_as_they_are(desk: Desk) -> None:
    desk.answer("productOrder", [order()], total=3)
    page = await desk.carrier.device_requests(COMPANY, NUMBER, offset=2, limit=6)
    assert page.total == 3
    assert page.rows == (
        DeviceRequest(
            id="portal-1",
            kind=ActionKind.DEREGISTER_DEVICE,
            msisdn=NUMBER,
            imei=IMEI,
            stage=Stage.DONE,
            at=datetime(2021, 1, 6, 3, 46, tzinfo=UTC),
        ),
    )
    asked = desk.query("productOrder")
    assert asked["sort"] == "-orderDate"
    assert asked["productOrderItem.product.productSerialNumber"] == NUMBER.digits
    assert set(asked["category"].split(",")) == {
        "device.register",
        "device.deregister",
        "device.reregister",
        "device.duplicate",
    }


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("acknowledged", Stage.ACCEPTED),
        ("held", Stage.ACCEPTED),
        ("inProgress", Stage.IN_PROGRESS),
        ("completed", Stage.DONE),
        ("rejected", Stage.FAILED),
        ("failed", Stage.FAILED),
        ("cancelled", Stage.FAILED),
    ],
)
async def test_how_far_a_request_is(desk: Desk, state: str, stage: Stage) -> None:
    desk.answer("productOrder", [order(state)])
    [row] = (await desk.carrier.device_requests(COMPANY, None, offset=0, limit=6)).rows
    assert row.stage is stage


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("IMEI.BLACKLISTED: 353678076511548 is on the grey list", GREY_LISTED),
        ("IMEI.BLACKLISTED: 353678076511548 is on the black list", LISTED),
        ("IMEI.OWNER_MISMATCH: not as told", "IMEI.OWNER_MISMATCH"),
    ],
)
async def test_why_a_request_was_rejected(desk: Desk, note: str, code: str) -> None:
    rejected = order("rejected", note=[{"author": "operator", "text": note}])
    desk.answer("productOrder", [rejected])
    [row] = (await desk.carrier.device_requests(COMPANY, None, offset=0, limit=6)).rows
    assert row.reason_code == code
    assert await desk.carrier.order(action(id="portal-1")) == Order("po-1", OrderState.FAILED, code)


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({"relatedParty": customer("org-180140000901")}, []),
        ({"relatedParty": customer("org-180140000901"), "orderDate": None}, []),
        ({"relatedParty": "all"}, []),
        ({"productOrderItem": [{"product": {"id": OTHER.digits}}]}, []),
        ({"productOrderItem": []}, ["productOrderItem"]),
        ({"productOrderItem": "none"}, ["productOrderItem"]),
        ({"productOrderItem": [{"product": NUMBER.digits}]}, ["deviceRegistration"]),
        ({"state": "lost"}, ["state"]),
        ({"orderDate": None}, ["orderDate"]),
    ],
    ids=range(9),
)
async def test_foreign_and_broken_orders_are_not_shown_and_hide_no_other(
    desk: Desk, changes: Any, counted: list[str]
) -> None:
    desk.answer("productOrder", [order(id="odd", **changes), order()])
    page = await desk.carrier.device_requests(COMPANY, NUMBER, offset=0, limit=6)
    assert [row.id for row in page.rows] == ["portal-1"]
    assert desk.decoding_faults.rows == [("TMF622", field) for field in counted]
    assert page.left_out == len(counted)


@pytest.mark.parametrize("note", ["no", {"text": "no"}, [5], [{"text": ["no"]}], None])
async def test_an_odd_note_costs_the_reason_and_not_the_outcome(desk: Desk, note: object) -> None:
    desk.answer("productOrder", [order("rejected", note=note)])
    [row] = (await desk.carrier.device_requests(COMPANY, None, offset=0, limit=6)).rows
    assert (row.stage, row.reason_code) == (Stage.FAILED, None)
    assert await desk.carrier.order(action(id="portal-1")) == Order("po-1", OrderState.FAILED)


# --- what is ordered ---


async def ordered(desk: Desk, query: Action) -> dict[str, str]:
    desk.answer("productOrder", order("acknowledged", externalId=query.id), status=201)
    await desk.carrier.place(query)
    [item] = desk.sent("productOrder")["productOrderItem"]
    assert (item["action"], item["product"]["id"]) == ("modify", NUMBER.digits)
    return {one["name"]: one["value"] for one in item["product"]["productCharacteristic"]}


@pytest.mark.parametrize("word", ["register", "deregister", "duplicate"])
async def test_a_device_is_ordered_with_15_digits(desk: Desk, word: str) -> None:
    kind = ActionKind(f"device.{word}")
    known = await ordered(desk, action(kind, parameters={"imei": IMEI.key}))
    assert known == {"deviceRegistration": word, "IMEI": IMEI.full}


async def test_the_previous_owner_comes_from_the_sealed_part_alone(desk: Desk) -> None:
    sealed = {OWNER_NUMBER: "77012115299", OWNER_ID: "850115300011"}
    sealed |= {"resultBy": "sms", "resultTo": "77012115526", "resultIn": "ru"}
    known = await ordered(
        desk, action(REREGISTER, parameters=PARAMETERS[REREGISTER], sealed=sealed)
    )
    assert known == {
        "deviceRegistration": "reregister",
        "IMEI": IMEI.full,
        "previousOwnerNumber": "77012115299",
        "previousOwnerId": "850115300011",
    }
