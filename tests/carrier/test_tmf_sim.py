"""TMF639 and TMF632 as the SIM card's chapter reads them: of this company alone, no guesses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from account.chapters.sim import CardStatus, Sim, SimCodes
from account.errors import CarrierUnavailable
from account.identity.directory import Colleague
from account.values.identifiers import Email, Iccid, Imei, Msisdn
from account.values.rights import Role
from carrier.profile.loader import parse
from carrier.profile.model import Profile
from carrier.profile.names import Names
from tests.carrier.desk import COMPANY, NUMBER, Desk, characteristic, reply

ICCID = Iccid("89997027508016848485")
BLANK = Iccid("89997020800000000018")
CODES = {"PIN1": "0000", "PIN2": "8649", "PUK1": "51352846", "PUK2": "55752910"}
OTHER = "org-180140000901"


def card(**changes: Any) -> dict[str, Any]:
    """A card in use; `known` are characteristics, None leaves one out."""
    known: dict[str, object] = {
        "ICCID": ICCID.digits,
        "IMEI": "353678076511548",
        "replacedAt": "2019-09-18T16:54:00+06:00",
    }
    known |= changes.pop("known", {})
    number, company = changes.pop("number", NUMBER.digits), changes.pop("company", COMPANY)
    served = {"id": number, "relationshipType": "reliesOn"}
    return {
        "id": known["ICCID"],
        "category": "SIM",
        "resourceStatus": "reserved",
        "resourceCharacteristic": [
            characteristic(name, value) for name, value in known.items() if value is not None
        ],
        "resourceRelationship": [] if number is None else [served],
        "relatedParty": [{"id": company, "role": "customer"}],
    } | changes


def blank(iccid: Iccid = BLANK, **changes: Any) -> dict[str, Any]:
    known = {"ICCID": iccid.digits, "IMEI": None, "replacedAt": None}
    return card(known=known, number=None, resourceStatus="available", **changes)


# --- the card in use -------------------------------------------------------------------------


async def test_the_card_of_a_number(desk: Desk) -> None:
    desk.answer("resource", [card()])
    assert await desk.carrier.sim(COMPANY, NUMBER) == Sim(
        ICCID, datetime(2019, 9, 18, 10, 54, tzinfo=UTC), Imei.parse("353678076511548")
    )
    asked = desk.query("resource")
    assert asked["category"] == "SIM"
    assert asked["relatedParty.id"] == COMPANY
    assert asked["resourceRelationship.id"] == NUMBER.digits


async def test_a_first_card_that_no_device_was_seen_with(desk: Desk) -> None:
    desk.answer("resource", [card(known={"IMEI": None, "replacedAt": None})])
    assert await desk.carrier.sim(COMPANY, NUMBER) == Sim(ICCID)


@pytest.mark.parametrize(
    "other",
    [
        card(company=OTHER),
        card(number="77010542099"),
        card(category="Device"),
        card(number=None),
        card(relatedParty=[{"id": COMPANY, "role": "owner"}]),
    ],
)
async def test_another_ones_card_is_none(desk: Desk, other: dict[str, Any]) -> None:
    desk.answer("resource", [other])
    assert await desk.carrier.sim(COMPANY, NUMBER) is None


@pytest.mark.parametrize(
    "known",
    [{"ICCID": "1234567890123456789"}, {"ICCID": None}, {"ICCID": ["x"]}, {"ICCID": "89F"}],
)
async def test_a_card_that_is_none_is_no_answer(desk: Desk, known: dict[str, Any]) -> None:
    known = {"ICCID": ICCID.digits} | known
    desk.answer("resource", [card(known=known)])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.sim(COMPANY, NUMBER)


async def test_when_a_card_was_replaced_is_asked_of_any_number(desk: Desk) -> None:
    desk.answer("resource", [card(company=OTHER)])
    assert await desk.carrier.sim_replaced_at(NUMBER) == datetime(2019, 9, 18, 10, 54, tzinfo=UTC)
    assert "relatedParty.id" not in desk.query("resource")
    for nothing in ([], [card(number="77010542099")], [card(known={"replacedAt": None})]):
        desk.answer("resource", nothing)
        assert await desk.carrier.sim_replaced_at(NUMBER) is None


# --- the codes -------------------------------------------------------------------------------


async def test_the_codes_of_the_numbers_own_card(desk: Desk) -> None:
    desk.answer(ICCID.digits, card(known=CODES))
    codes = await desk.carrier.sim_codes(COMPANY, NUMBER, ICCID)
    assert codes == SimCodes("0000", "8649", "51352846", "55752910")
    assert desk.requests[-1].url.path.endswith(f"/resource/{ICCID.digits}")


@pytest.mark.parametrize(
    "changes", [{"company": OTHER}, {"number": "77010542099"}, {"number": None}]
)
async def test_no_codes_of_another_ones_card(desk: Desk, changes: dict[str, Any]) -> None:
    desk.answer(ICCID.digits, card(known=CODES, **changes))
    assert await desk.carrier.sim_codes(COMPANY, NUMBER, ICCID) is None


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("value", [None, "12", "123456789", "12a4", "١٢٣٤", 1234])
async def test_codes_that_are_none_are_no_answer_and_not_told(
    desk: Desk, name: str, value: object
) -> None:
    desk.answer(ICCID.digits, card(known=CODES | {name: value}))
    with pytest.raises(CarrierUnavailable) as fault:
        await desk.carrier.sim_codes(COMPANY, NUMBER, ICCID)
    assert not any(code in str(fault.value) for code in CODES.values())


# --- blank cards -----------------------------------------------------------------------------


async def test_a_page_of_blank_cards(desk: Desk) -> None:
    desk.answer("resource", [blank()], total=37)
    page = await desk.carrier.blank_sims(COMPANY, offset=10, limit=1)
    assert (page.rows, page.offset, page.total) == ((BLANK,), 10, 37)
    asked = desk.query("resource")
    assert (asked["resourceStatus"], asked["offset"], asked["limit"]) == ("available", "10", "1")
    assert asked["relatedParty.id"] == COMPANY


@pytest.mark.parametrize(
    "strange", [blank(company=OTHER), card(), blank() | {"category": "Device"}]
)
async def test_a_page_with_another_card_in_it_is_a_page_without_that(
    desk: Desk, strange: dict[str, Any]
) -> None:
    desk.answer("resource", [blank(), strange | {"id": "another"}])
    page = await desk.carrier.blank_sims(COMPANY, offset=0, limit=10)
    assert (page.rows, page.left_out, page.end) == ((BLANK,), 0, 2)
    assert desk.decoding_faults.rows == []


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        ([blank()], CardStatus.FREE),
        ([card(known={"ICCID": BLANK.digits})], CardStatus.TAKEN),
        ([card(known={"ICCID": BLANK.digits}, resourceStatus="available")], CardStatus.TAKEN),
        ([], CardStatus.FOREIGN),
        ([blank(company=OTHER)], CardStatus.FOREIGN),
        ([blank(ICCID)], CardStatus.FOREIGN),
    ],
)
async def test_how_a_card_stands(
    desk: Desk, found: list[dict[str, Any]], standing: CardStatus
) -> None:
    desk.answer("resource", found)
    assert await desk.carrier.card_standing(COMPANY, BLANK) is standing
    assert desk.query("resource")["id"] == BLANK.digits


# --- colleagues ------------------------------------------------------------------------------


def person(ident: str, phone: str | None = "77010542007", **changes: Any) -> dict[str, Any]:
    login = {"contactType": "login", "phoneNumber": phone}
    work = {"contactType": "work", "emailAddress": "assel@demo.example"}
    return {
        "id": ident,
        "fullName": "Асель Садыкова",
        "contactMedium": [
            {"mediumType": "email", "characteristic": work},
            *([] if phone is None else [{"mediumType": "mobile phone", "characteristic": login}]),
        ],
        "partyCharacteristic": [characteristic("codeChannel", "sms")],
        "relatedParty": [{"id": COMPANY, "role": "administrator"}],
    } | changes


async def test_everybody_who_administers_the_company(desk: Desk) -> None:
    desk.answer(
        "individual",
        [
            person("adm-2", "77012115526"),
            person("adm-1"),
            person("adm-3", relatedParty=[{"id": COMPANY, "role": "contact"}]),
            person("adm-4", relatedParty=[{"id": OTHER, "role": "administrator"}]),
            person("adm-5", None),
        ],
    )
    found = await desk.carrier.colleagues(COMPANY)
    assert [one.administrator.id for one in found] == ["adm-1", "adm-2"]
    first: Colleague = found[0]
    assert first.role is Role.ADMINISTRATOR
    assert first.administrator.phone == Msisdn("77010542007")
    assert first.administrator.email == Email("assel@demo.example")
    assert first.administrator.code_by_email is False
    assert desk.query("individual")["relatedParty.id"] == COMPANY


async def test_colleagues_of_other_networks_are_reached_by_e_mail(desk: Desk) -> None:
    people = [
        person("adm-1", "77071234567", partyCharacteristic=[]),
        person("adm-2", "77071234568"),
        person("adm-3", "77012115526", partyCharacteristic=[]),
    ]
    desk.answer("individual", people)
    found = await desk.carrier.colleagues(COMPANY)
    assert [one.administrator.code_by_email for one in found] == [True, False, None]


async def test_a_list_that_cannot_be_had_is_nobody_and_said(desk: Desk) -> None:
    desk.lay("individual", lambda _: httpx.Response(503))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.colleagues(COMPANY)


async def test_who_has_no_number_to_log_in_with_hides_nobody(desk: Desk) -> None:
    people = [person("adm-1", phone="no number"), person("adm-2", phone="77012115526")]
    desk.lay("individual", lambda _: reply(people))
    assert [one.administrator.id for one in await desk.carrier.colleagues(COMPANY)] == ["adm-2"]


async def test_a_free_card_of_another_operator_is_foreign_whoever_answers_for_it(
    desk: Desk,
) -> None:
    """What begins the operator's own cards is in its profile."""
    desk.answer("resource", [blank()])
    desk.http.profile = Profile(names=Names(iccid_prefixes=("8970101",)))
    assert await desk.carrier.card_standing(COMPANY, BLANK) is CardStatus.FOREIGN
    assert desk.requests == []
    desk.http.profile = Profile(names=Names(iccid_prefixes=("8970101", BLANK.digits[:7])))
    assert await desk.carrier.card_standing(COMPANY, BLANK) is CardStatus.FREE


async def test_an_operator_without_a_register_of_cards_is_not_asked() -> None:
    desk = Desk(profile=parse('lacks = ["sim_register"]', "test"))
    assert await desk.carrier.sim_replaced_at(NUMBER) is None
    assert desk.requests == []
