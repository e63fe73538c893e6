"""Odd members of SIM cards (TMF639): shown as they came; whose card it is, is never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from account.chapters.sim import CardStatus
from account.errors import CarrierNotUnderstood, CarrierUnavailable
from account.values.identifiers import Iccid, Imei
from tests.carrier.desk import COMPANY, NUMBER, Desk, characteristic
from tests.carrier.test_tmf_sim import BLANK, CODES, ICCID, OTHER, blank, card

IMEI = Imei.parse("353678076511548")
REPLACED = datetime(2019, 9, 18, 10, 54, tzinfo=UTC)


def known(**changes: object) -> dict[str, Any]:
    return card(known={"ICCID": ICCID.digits} | changes)


@pytest.mark.parametrize(
    ("odd", "field", "value"),
    [
        (known(IMEI="353678076511549"), "imei_told", "353678076511549"),
        (known(IMEI="1"), "imei_told", "1"),
        (known(IMEI="3536780765115481234"), "imei_told", "3536780765115481234"),
        (known(IMEI="353678076511540"), "imei", IMEI),
        (known(IMEI=353678076511548), "imei", IMEI),
        (known(IMEI="35367807651154"), "imei", IMEI),
        (known(IMEI="3536780765115401"), "imei", IMEI),
        (known(IMEI={"x": 1}), "imei", None),
        (known(ICCID="899970275080168484"), "iccid", Iccid("899970275080168484")),
        (known(ICCID="89997027508016848485F"), "iccid", ICCID),
        (known(ICCID="8999702750801684848f"), "iccid", Iccid("8999702750801684848")),
        (known(ICCID="89997027508016848486"), "iccid", Iccid("89997027508016848486")),
        (known(ICCID=int(ICCID.digits)), "iccid", ICCID),
        (known(replacedAt="soon"), "replaced_told", "soon"),
        (known(replacedAt="2019-09-18 16:54+06"), "replaced_at", REPLACED),
        (known(replacedAt=None), "replaced_at", None),
        (card(category="SIMCard"), "iccid", ICCID),
        (card(category="simcard"), "iccid", ICCID),
        (
            card(
                resourceRelationship=[
                    {"relationshipType": "reliesOn", "resource": {"id": NUMBER.digits}}
                ]
            ),
            "iccid",
            ICCID,
        ),
        (
            card(
                resourceRelationship=[
                    {"relationshipType": "ReliesOn", "id": "x", "resource": {"id": NUMBER.e164}}
                ]
            ),
            "iccid",
            ICCID,
        ),
        (
            card(relatedParty=[{"partyOrPartyRole": {"id": COMPANY}, "role": "Customer"}]),
            "iccid",
            ICCID,
        ),
        (
            card(resourceCharacteristic=[5, "x", *card()["resourceCharacteristic"]]),
            "imei",
            IMEI,
        ),
    ],
    ids=range(22),
)
async def test_a_card_in_another_writing(
    desk: Desk, odd: dict[str, Any], field: str, value: object
) -> None:
    desk.answer("resource", [odd])
    sim = await desk.carrier.sim(COMPANY, NUMBER)
    assert sim is not None
    assert getattr(sim, field) == value
    assert (sim.imei is None) or (sim.imei_told is None)
    assert (sim.replaced_at is None) or (sim.replaced_told is None)
    assert desk.decoding_faults.answers == []


@pytest.mark.parametrize(
    "odd",
    [
        card(resourceRelationship="none"),
        card(resourceRelationship=[{"relationshipType": "reliesOn", "resource": NUMBER.digits}]),
        card(resourceCharacteristic={"ICCID": ICCID.digits}),
    ],
    ids=range(3),
)
async def test_a_card_that_may_be_the_numbers_is_not_said_to_be_none(
    desk: Desk, odd: dict[str, Any]
) -> None:
    desk.answer("resource", [odd])
    for ask in (
        desk.carrier.sim(COMPANY, NUMBER),
        desk.carrier.sim_replaced_at(NUMBER),
        desk.carrier.last_imei(COMPANY, NUMBER),
        desk.carrier.card_standing(COMPANY, ICCID),
    ):
        with pytest.raises(CarrierNotUnderstood):
            await ask
    others = odd | {"relatedParty": [{"id": OTHER, "role": "customer"}]}
    desk.answer("resource", [others])
    assert await desk.carrier.sim(COMPANY, NUMBER) is None
    assert await desk.carrier.card_standing(COMPANY, ICCID) is CardStatus.FOREIGN
    # Beside it the number's own card is found.
    desk.answer("resource", [odd | {"id": "another"}, card()])
    assert (await desk.carrier.sim(COMPANY, NUMBER)) is not None


async def test_when_a_card_was_replaced_is_not_guessed(desk: Desk) -> None:
    """A card replaced yesterday must not look like one that never was: logins rest on it."""
    desk.answer("resource", [known(replacedAt="yesterday")])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.sim_replaced_at(NUMBER)


@pytest.mark.parametrize("name", sorted(CODES))
@pytest.mark.parametrize("code", [None, 12345678, "12345", ["0000", "1111"]], ids=range(4))
async def test_codes_are_never_guessed(desk: Desk, name: str, code: object) -> None:
    desk.answer(ICCID.digits, card(known={"ICCID": ICCID.digits, **CODES, name: code}))
    with pytest.raises(CarrierNotUnderstood, match=name):
        await desk.carrier.sim_codes(COMPANY, NUMBER, ICCID)


@pytest.mark.parametrize(
    ("odd", "rows", "counted"),
    [
        (blank(resourceCharacteristic=[characteristic("ICCID", f"{BLANK.digits}F")]), [BLANK], []),
        (blank() | {"resourceStatus": "Available"}, [BLANK], []),
        (blank(resourceCharacteristic=[]), [], [("TMF639", "ICCID")]),
        (blank(resourceCharacteristic="none"), [], [("TMF639", "resourceCharacteristic")]),
        (blank(company=OTHER, resourceCharacteristic="none"), [], []),
        (blank() | {"resourceStatus": "reserved"}, [], []),
    ],
    ids=range(6),
)
async def test_blank_cards(
    desk: Desk, odd: dict[str, Any], rows: list[Iccid], counted: list[tuple[str, str]]
) -> None:
    second = Iccid("89997020800000000026")
    desk.answer("resource", [odd | {"id": "odd"}, blank(second)])
    page = await desk.carrier.blank_sims(COMPANY, offset=0, limit=10)
    assert list(page.rows) == [*rows, second]
    assert page.left_out == len(counted)
    assert desk.decoding_faults.rows == counted
