"""SIM cards between the client and the sandbox, each written from docs/operator.md alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from account.changes.action import ActionKind, OrderState
from account.chapters.sim import ICCID, CardStatus
from account.errors import CarrierRefused
from account.values.identifiers import Iccid
from tests.carrier.desk import action
from tests.carrier.test_with_the_sandbox import ACTIVE, BLOCKED, DEMO, KAZYNA, Meeting, meeting

__all__ = ["meeting"]


async def test_the_guides_card_and_its_codes(meeting: Meeting) -> None:
    sim = await meeting.carrier.sim(DEMO, BLOCKED)
    assert sim is not None
    assert sim.iccid == Iccid("89997027508016848485")
    assert sim.replaced_at == datetime(2019, 9, 18, 10, 54, tzinfo=UTC)
    assert sim.imei is not None
    assert await meeting.carrier.sim_replaced_at(BLOCKED) == sim.replaced_at
    codes = await meeting.carrier.sim_codes(DEMO, BLOCKED, sim.iccid)
    assert codes is not None
    assert (codes.pin1, codes.pin2, codes.puk1, codes.puk2) == (
        "0000",
        "8649",
        "51352846",
        "55752910",
    )
    assert await meeting.carrier.sim(KAZYNA, BLOCKED) is None
    assert await meeting.carrier.sim_codes(KAZYNA, BLOCKED, sim.iccid) is None


async def test_blank_cards_and_how_cards_stand(meeting: Meeting) -> None:
    first = await meeting.carrier.blank_sims(DEMO, offset=0, limit=10)
    rest = await meeting.carrier.blank_sims(DEMO, offset=10, limit=10)
    assert (len(first.rows), len(rest.rows), first.total) == (10, 2, 12)
    theirs = (await meeting.carrier.blank_sims(KAZYNA, offset=0, limit=1)).rows[0]
    used = await meeting.carrier.sim(DEMO, ACTIVE)
    assert used is not None
    for iccid, standing in (
        (first.rows[0], CardStatus.FREE),
        (used.iccid, CardStatus.TAKEN),
        (theirs, CardStatus.FOREIGN),
        (Iccid("89997020800000000018"), CardStatus.FOREIGN),
    ):
        assert await meeting.carrier.card_standing(DEMO, iccid) is standing


async def test_a_card_is_replaced(meeting: Meeting) -> None:
    [wanted] = (await meeting.carrier.blank_sims(DEMO, offset=0, limit=1)).rows
    before = await meeting.carrier.sim(DEMO, ACTIVE)
    change = action(ActionKind.SIM_REPLACE, msisdn=ACTIVE, parameters={ICCID: wanted.digits})
    await meeting.carrier.place(change)
    assert (await meeting.ended(change)).state is OrderState.COMPLETED
    after = await meeting.carrier.sim(DEMO, ACTIVE)
    assert before is not None
    assert after is not None
    assert after.iccid == wanted != before.iccid
    assert after.replaced_at is not None
    assert await meeting.carrier.sim_replaced_at(ACTIVE) == after.replaced_at
    assert await meeting.carrier.card_standing(DEMO, wanted) is CardStatus.TAKEN
    assert await meeting.carrier.sim_codes(DEMO, ACTIVE, wanted) is not None


@pytest.mark.parametrize(
    ("msisdn", "card", "refused"),
    [
        (BLOCKED, "blank", "SIM.NOT_ACTIVE"),
        (ACTIVE, "used", "SIM.NOT_FREE"),
        (ACTIVE, "89997020800000000018", "SIM.FOREIGN"),
    ],
)
async def test_what_the_operator_refuses(
    meeting: Meeting, msisdn: object, card: str, refused: str
) -> None:
    used = await meeting.carrier.sim(DEMO, BLOCKED)
    assert used is not None
    [free] = (await meeting.carrier.blank_sims(DEMO, offset=0, limit=1)).rows
    digits = {"blank": free.digits, "used": used.iccid.digits}.get(card, card)
    change = action(ActionKind.SIM_REPLACE, msisdn=msisdn, parameters={ICCID: digits})
    with pytest.raises(CarrierRefused) as fault:
        await meeting.carrier.place(change)
    assert fault.value.reason_code == refused
    assert await meeting.effects() == []


async def test_the_administrators_of_a_company(meeting: Meeting) -> None:
    async def known() -> set[str]:
        return {one.administrator.id for one in await meeting.carrier.colleagues(DEMO)}

    assert await known() >= {"adm-1", "adm-2", "adm-4"}
    assert not await known() & {"adm-3", "adm-5", "adm-8"}
    await meeting.patch("administrators/adm-2", companies=[])
    assert "adm-2" not in await known()
