"""Odd offerings (TMF620) and services (TMF637): one hides no other, and no price is guessed."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from account.chapters.services.offerings import Volume, VolumeUnit
from account.errors import CarrierNotUnderstood
from account.values.money import Money
from tests.carrier.desk import COMPANY, NUMBER, Desk, characteristic, product
from tests.carrier.test_tmf_services import OFFERING, SERVICE, fact, lasting, price

NEIGHBOUR = OFFERING | {"id": "neighbour"}


def period(told: object) -> list[dict[str, Any]]:
    return [price(250) | {"priceType": "Recurring", "recurringChargePeriod": told}]


def volume(amount: object, unit: str) -> dict[str, Any]:
    return {"prodSpecCharValueUse": [fact("trafficVolume", amount, unit)]}


READ: list[tuple[dict[str, Any], str, object]] = [
    ({"productOfferingPrice": period("monthly")}, "monthly", True),
    ({"productOfferingPrice": period("Month")}, "monthly", True),
    ({"productOfferingPrice": [price("2990.50")]}, "price", Money(299_050)),
    ({"productOfferingPrice": [price(2990.505)]}, "price", Money(299_050)),
    (volume("1.5", "GB"), "volume", Volume(1536, VolumeUnit.MB)),
    (volume(60.0, "min"), "volume", Volume(60, VolumeUnit.MINUTES)),
    (volume("unlimited", "x"), "volume", Volume(None, None)),
    ({"productOfferingTerm": lasting("30.0", "days")}, "days", 30),
    ({"productOfferingTerm": lasting(2, "week")}, "days", 14),
    ({"isSellable": "true"}, "sellable", True),
    ({"isSellable": None}, "sellable", False),
    ({"description": 5, "prodSpecCharValueUse": None}, "terms", {"en": "5"}),
    ({"category": "roaming"}, "groups", ()),
    ({"category": [{"id": {"x": 1}}, None]}, "groups", ()),
    ({"name": 60, "prodSpecCharValueUse": [fact("displayName", "60")]}, "names", {"en": "60"}),
    ({"id": 60}, "id", "60"),
]


@pytest.mark.parametrize(("change", "field", "value"), READ, ids=range(len(READ)))
async def test_an_offering_in_another_writing(
    desk: Desk, change: dict[str, Any], field: str, value: object
) -> None:
    desk.answer("productOffering", [OFFERING | change])
    catalogue = await desk.carrier.offerings()
    [offering] = catalogue.values()
    assert getattr(offering, field) == value
    assert catalogue.left_out == 0


ODD: list[tuple[dict[str, Any], str]] = [
    ({"productOfferingPrice": []}, "productOfferingPrice"),
    ({"productOfferingPrice": None}, "productOfferingPrice"),
    ({"productOfferingPrice": [{"id": "by-reference"}]}, "price"),
    ({"productOfferingPrice": {"id": "x"}}, "price"),
    ({"productOfferingPrice": period("weekly")}, "priceType"),
    ({"productOfferingPrice": [price(1), price(2)]}, "productOfferingPrice"),
    ({"productOfferingTerm": lasting(1, "month")}, "duration.units"),
    (
        {"productOfferingTerm": [{"name": "validity", "duration": 30}]},
        "productOfferingTerm.duration",
    ),
    ({"productOfferingTerm": [{"name": "validity"}]}, "duration"),
    (volume(1.5, "MB"), "trafficVolume"),
    (volume("much", "MB"), "trafficVolume"),
    (volume(5, "parsecs"), "unitOfMeasure"),
    ({"isSellable": "perhaps"}, "isSellable"),
    ({"productOfferingRelationship": ["excludes"]}, "productOfferingRelationship"),
    (
        {"productOfferingRelationship": [{"relationshipType": "Excludes"}]},
        "productOfferingRelationship.id",
    ),
    ({"name": None}, "name"),
    ({"id": None}, "id"),
]


@pytest.mark.parametrize(("change", "field"), ODD, ids=range(len(ODD)))
async def test_an_offering_that_cannot_be_read_loses_no_other(
    desk: Desk, change: dict[str, Any], field: str
) -> None:
    odd = copy.deepcopy(OFFERING) | change
    desk.answer("productOffering", [odd, NEIGHBOUR])
    catalogue = await desk.carrier.offerings()
    assert list(catalogue) == ["neighbour"]
    assert catalogue.left_out == 1
    assert desk.decoding_faults.rows == [("TMF620", field)]
    desk.answer("productOffering", [odd])
    if change.get("id", "roaming-60") is not None:
        with pytest.raises(CarrierNotUnderstood):
            await desk.carrier.offering("roaming-60")
    assert await desk.carrier.offering("another") is None


# --- services of a number ---

SHOWN: list[tuple[dict[str, Any], str, object]] = [
    ({"productOffering": None}, "offering_id", ""),
    ({"productOffering": "sms-100"}, "offering_id", "sms-100"),
    ({"name": None}, "name", "sms-100"),
    ({"name": 100}, "name", "100"),
    ({"startDate": None}, "since", None),
    ({"startDate": "lately"}, "since", None),
    ({"startDate": "2026-11-20"}, "since", datetime(2026, 11, 19, 19, tzinfo=UTC)),
    ({"productPrice": None}, "price", None),
    ({"productPrice": "250"}, "price", None),
    ({"productPrice": [{"price": 250}]}, "price", None),
    ({"productPrice": [price("many")]}, "price", None),
    ({"productPrice": period("weekly")}, "price", None),
    ({"productPrice": period("monthly")}, "monthly", True),
    ({"status": "Active"}, "id", "svc-1"),
    ({"productTerm": None}, "until", None),
    ({"productCharacteristic": [5, characteristic("Manageable", "true")]}, "manageable", True),
    (
        {
            "productRelationship": [
                {"relationshipType": "RELIESON", "product": {"id": NUMBER.digits}}
            ]
        },
        "id",
        "svc-1",
    ),
]


@pytest.mark.parametrize(("change", "field", "value"), SHOWN, ids=range(len(SHOWN)))
async def test_a_service_in_another_writing(
    desk: Desk, change: dict[str, Any], field: str, value: object
) -> None:
    desk.answer("product", [SERVICE | change])
    page = await desk.carrier.services(COMPANY, NUMBER)
    [service] = page.rows
    assert getattr(service, field) == value
    assert page.left_out == 0


ODD_SERVICES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"id": None}, [("TMF637", "id")]),
    ({"productTerm": "to the end"}, [("TMF637", "productTerm")]),
    (
        {"productTerm": [{"name": "validity", "validFor": {"endDateTime": "soon"}}]},
        [("TMF637", "productTerm.validFor")],
    ),
    (
        {"productCharacteristic": [characteristic("manageable", "perhaps")]},
        [("TMF637", "manageable")],
    ),
    ({"productRelationship": [{"product": 5}]}, [("TMF637", "productRelationship.product")]),
    ({"status": None}, []),
    ({"relatedParty": [{"id": "org-of-others", "role": "customer"}], "id": None}, []),
    ({"relatedParty": "all", "id": None}, []),
    ({"productRelationship": [], "id": None}, []),
]


@pytest.mark.parametrize(("change", "counted"), ODD_SERVICES, ids=range(len(ODD_SERVICES)))
async def test_a_service_that_cannot_be_read_hides_no_other(
    desk: Desk, change: dict[str, Any], counted: list[tuple[str, str]]
) -> None:
    desk.answer("product", [SERVICE | change, SERVICE | {"id": "svc-2"}, product()])
    page = await desk.carrier.services(COMPANY, NUMBER)
    assert [one.id for one in page.rows] == ["svc-2"]
    assert (page.left_out, desk.decoding_faults.rows) == (len(counted), counted)
