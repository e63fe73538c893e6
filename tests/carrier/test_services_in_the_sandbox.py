"""Services and allowances between client and sandbox, each written from docs/operator.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from account.changes.action import ActionKind, OrderState
from account.chapters.allowances import Measure
from account.chapters.services.changes import off_parameters, on_parameters
from account.chapters.services.offerings import GROUPS, Volume, VolumeUnit
from account.errors import CarrierRefused
from account.values.money import Money
from tests.account.fakes.services import SMS_100
from tests.carrier.desk import action
from tests.carrier.test_with_the_sandbox import ACTIVE, BLOCKED, DEMO, KAZYNA, Meeting, meeting

__all__ = ["meeting"]

ON, OFF = ActionKind.SERVICE_ON, ActionKind.SERVICE_OFF


async def had(meeting: Meeting) -> list[str]:
    return [one.offering_id for one in (await meeting.carrier.services(DEMO, ACTIVE)).rows]


async def test_the_offers_of_the_guide(meeting: Meeting) -> None:
    offerings = await meeting.carrier.offerings()
    assert [
        (offerings[one].price, offerings[one].volume)
        for one in ("offnet-50", "offnet-70", "offnet-150", "landline-10")
    ] == [
        (Money(39_000), Volume(50, VolumeUnit.MINUTES)),
        (Money(49_000), Volume(70, VolumeUnit.MINUTES)),
        (Money(90_000), Volume(150, VolumeUnit.MINUTES)),
        (Money(14_900), Volume(10, VolumeUnit.MINUTES)),
    ]
    assert {group.id for one in offerings.values() for group in one.groups} == set(GROUPS)
    assert offerings["data-unlimited"].volume == Volume(None, None)
    assert not offerings["corporate-apn"].sellable
    assert all(set(one.names) == set(one.terms) == {"kk", "ru", "en"} for one in offerings.values())
    assert await meeting.carrier.offering("sms-100") == offerings["sms-100"]
    assert await meeting.carrier.offering("nothing") is None


async def test_the_services_of_a_number(meeting: Meeting) -> None:
    services = (await meeting.carrier.services(DEMO, ACTIVE)).rows
    assert {one.offering_id: one.manageable for one in services} == {
        "roaming": True,
        "sms-100": True,
        "offnet-50": True,
        "corporate-apn": False,
    }
    begun = [one.since for one in services if one.since is not None]
    assert len(begun) == len(services)
    assert begun == sorted(begun)
    assert (await meeting.carrier.services(KAZYNA, ACTIVE)).rows == ()


async def test_the_allowances_of_the_guide(meeting: Meeting) -> None:
    allowances = (await meeting.carrier.allowances(DEMO, BLOCKED)).rows
    valid = {one.use: one for one in allowances if not one.ended and one.source == BLOCKED.digits}
    assert set(valid) == {"onnet", "offnet", "sms", "data"}
    assert (valid["onnet"].left, valid["onnet"].total) == (None, None)
    assert (valid["offnet"].measure, valid["offnet"].total) == (Measure.SECONDS, 6000)
    assert valid["sms"].total == 100
    assert valid["sms"].ends == datetime(2026, 11, 30, 19, tzinfo=UTC)
    assert any(one.ended for one in allowances)
    assert (await meeting.carrier.allowances(KAZYNA, BLOCKED)).rows == ()


async def test_a_service_goes_on_and_off(meeting: Meeting) -> None:
    await meeting.patch(f"numbers/{ACTIVE.digits}", services=[], individual_limit=None)
    offering = await meeting.carrier.offering("sms-100")
    assert offering is not None
    on = action(ON, msisdn=ACTIVE, id="on-1", parameters=on_parameters(offering, []))
    await meeting.carrier.place(on)
    assert (await meeting.ended(on)).state is OrderState.COMPLETED
    [service] = (await meeting.carrier.services(DEMO, ACTIVE)).rows
    assert service.offering_id == "sms-100"
    off = action(OFF, msisdn=ACTIVE, id="off-1", parameters=off_parameters(service, {}))
    await meeting.carrier.place(off)
    assert (await meeting.ended(off)).state is OrderState.COMPLETED
    assert await had(meeting) == []
    assert [one["what"] for one in await meeting.effects()] == ["service.on", "service.off"]


@pytest.mark.parametrize(
    ("offering", "has", "code"),
    [
        ("sms-100", ["sms-500"], "SERVICE.CONFLICT"),
        ("corporate-apn", [], "SERVICE.NOT_MANAGEABLE"),
        ("roaming-180", [], "FUNDS.INSUFFICIENT"),
        ("nothing", [], "SERVICE.NOT_FOUND"),
    ],
)
async def test_the_operators_refusals(
    meeting: Meeting, offering: str, has: list[str], code: str
) -> None:
    await meeting.patch(f"numbers/{ACTIVE.digits}", services=has)
    asked = on_parameters(replace(SMS_100, id=offering), [])
    with pytest.raises(CarrierRefused) as refused:
        await meeting.carrier.place(action(ON, msisdn=ACTIVE, parameters=asked))
    assert refused.value.reason_code == code
    assert await had(meeting) == has
