"""Administrators and companies (TMF632)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from account.changes.action import ActionKind, Order, OrderState
from account.errors import (
    CarrierNotReached,
    CarrierUnavailable,
)
from account.identity.directory import Administrator, Company
from account.values.identifiers import Bin, Email, Msisdn
from account.values.rights import Role
from carrier.profile.loader import parse
from tests.carrier.desk import Desk, action, answering, failing, reply

PHONE = Msisdn("77010542007")


def individual(**changes: Any) -> dict[str, Any]:
    return {
        "id": "adm-1",
        "fullName": "Асель Нұрланқызы Садыкова",
        "contactMedium": [
            {
                "mediumType": "mobile phone",
                "characteristic": {"contactType": "login", "phoneNumber": PHONE.digits},
            },
            {
                "mediumType": "email",
                "characteristic": {"contactType": "work", "emailAddress": "assel@demo.example"},
            },
        ],
        "partyCharacteristic": [{"name": "codeChannel", "valueType": "string", "value": "sms"}],
        "relatedParty": [{"id": "org-180140000018", "role": "administrator"}],
    } | changes


def organization(key: str, name: str, bin_digits: str, *parties: tuple[str, str]) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "organizationIdentification": [
            {"identificationType": "BIN", "identificationId": bin_digits}
        ],
        "relatedParty": [{"id": who, "role": role} for who, role in parties],
    }


DEMO = organization(
    "org-180140000018", "TOO Demo", "180140000018", ("adm-2", "viewer"), ("adm-1", "administrator")
)
KAZYNA = organization(
    "org-180140000901", "ЖШС «Қазына» & <Ко>", "180140000901", ("adm-1", "administrator")
)


async def test_the_administrator_of_a_number(desk: Desk) -> None:
    desk.answer("individual", [individual()])
    assert await desk.carrier.administrator(PHONE) == Administrator(
        id="adm-1",
        name="Асель Нұрланқызы Садыкова",
        phone=PHONE,
        email=Email("assel@demo.example"),
        code_by_email=False,
    )
    assert desk.query("individual")["contactMedium.characteristic.phoneNumber"] == "77010542007"


async def test_nobody_has_the_number(desk: Desk) -> None:
    desk.answer("individual", [])
    assert await desk.carrier.administrator(PHONE) is None


@pytest.mark.parametrize(
    "parties", [[], [{"id": "org-1", "role": "employee"}], [{"role": "administrator"}]]
)
async def test_somebody_who_administers_nothing_is_no_administrator(
    desk: Desk, parties: list[Any]
) -> None:
    desk.answer("individual", [individual(relatedParty=parties)])
    assert await desk.carrier.administrator(PHONE) is None


@pytest.mark.parametrize(
    ("contact_type", "number"),
    [("work", PHONE.digits), (None, PHONE.digits), ("login", "77010542008")],
)
async def test_a_number_that_is_not_the_login_lets_nobody_in(
    desk: Desk, contact_type: str | None, number: str
) -> None:
    medium = {"characteristic": {"contactType": contact_type, "phoneNumber": number}}
    desk.answer("individual", [individual(contactMedium=[medium])])
    assert await desk.carrier.administrator(PHONE) is None


async def test_two_people_with_one_login_are_no_answer(desk: Desk) -> None:
    desk.answer("individual", [individual(), individual(id="adm-9")])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.administrator(PHONE)


@pytest.mark.parametrize(
    ("known", "by_email"),
    [
        ([{"name": "codeChannel", "value": "email"}], True),
        ([{"name": "codeChannel", "value": "sms"}], False),
        ([{"name": "codeChannel", "value": "pigeon"}], None),
        ([{"name": "codeChannel", "value": ["sms", "email"]}], None),
        ([], None),
    ],
)
async def test_the_register_may_know_where_codes_go(
    desk: Desk, known: list[Any], by_email: bool | None
) -> None:
    desk.answer("individual", [individual(partyCharacteristic=known)])
    person = await desk.carrier.administrator(PHONE)
    assert person is not None
    assert person.code_by_email is by_email


@pytest.mark.parametrize("address", [None, "", "nobody", "a@b.kz\r\nBcc: c@d.kz", 5])
async def test_an_address_that_cannot_be_written_to_is_none(desk: Desk, address: object) -> None:
    media = individual()["contactMedium"]
    media[1]["characteristic"]["emailAddress"] = address
    desk.answer("individual", [individual(contactMedium=media)])
    person = await desk.carrier.administrator(PHONE)
    assert person is not None
    assert person.email is None


async def test_companies_come_by_name_with_their_bin(desk: Desk) -> None:
    desk.answer("organization", [KAZYNA, DEMO])
    told, lacks = ("org-180140000018", "TOO Demo", Bin("180140000018")), desk.profile.lacks
    assert await desk.carrier.companies("adm-1") == (
        Company(*told, Role.ADMINISTRATOR, lacks=lacks),
        Company("org-180140000901", "ЖШС «Қазына» & <Ко>", Bin("180140000901"), lacks=lacks),
    )
    asked = desk.query("organization")
    roles = "administrator,operator,finance,viewer"
    assert (asked["relatedParty.id"], asked["relatedParty.role"]) == ("adm-1", roles)


async def test_a_company_in_which_somebody_else_has_the_role_is_not_mine(desk: Desk) -> None:
    mixed = organization(
        "org-1", "Mixed", "180140000018", ("adm-1", "employee"), ("adm-2", "administrator")
    )
    desk.answer("organization", [mixed, DEMO])
    [company] = await desk.carrier.companies("adm-1")
    assert company.id == "org-180140000018"


@pytest.mark.parametrize(
    ("named", "role"),
    [
        (["administrator"], Role.ADMINISTRATOR),
        (["operator"], Role.OPERATOR),
        (["finance"], Role.FINANCE),
        (["viewer"], Role.VIEWER),
        (["viewer", "finance"], Role.FINANCE),
        (["finance", "operator", "viewer"], Role.OPERATOR),
        (["viewer", "administrator"], Role.ADMINISTRATOR),
        (["employee"], None),
        (["ADMINISTRATOR"], Role.ADMINISTRATOR),
        (["owner", "viewer"], Role.VIEWER),
        ([None], None),
        ([{"name": "administrator"}], None),
    ],
)
async def test_of_several_roles_the_strongest_counts_and_an_unknown_one_grants_nothing(
    desk: Desk, named: list[Any], role: Role | None
) -> None:
    parties = [{"id": "org-180140000018", "role": one} for one in named]
    demo = DEMO | {"relatedParty": [{"id": "adm-1", "role": one} for one in named]}
    desk.answer("organization", [demo])
    desk.answer("individual", [individual(relatedParty=parties)])
    assert [one.role for one in await desk.carrier.companies("adm-1")] == ([role] if role else [])
    assert (await desk.carrier.administrator(PHONE) is not None) == (role is not None)
    colleagues = await desk.carrier.colleagues("org-180140000018")
    assert [one.role for one in colleagues] == ([role] if role else [])


# --- another e-mail address ---

CHANGED = action(
    ActionKind.EMAIL,
    msisdn=PHONE,
    parameters={"email": "new@demo.example", "language": "en", "was": "assel@demo.example"},
)


async def test_the_whole_list_of_media_is_sent_with_the_one_address_replaced(desk: Desk) -> None:
    desk.answer("individual", [individual()])
    desk.answer("adm-1", individual())
    assert await desk.carrier.place(CHANGED) == Order(CHANGED.id, OrderState.COMPLETED)
    [request] = desk.asked("adm-1")
    assert (request.method, request.headers["Idempotency-Key"]) == ("PATCH", CHANGED.id)
    media = individual()["contactMedium"]
    media[1]["characteristic"]["emailAddress"] = "new@demo.example"
    assert desk.sent("adm-1") == {"contactMedium": media}


async def test_who_had_no_address_gets_one_beside_the_login(desk: Desk) -> None:
    login = individual()["contactMedium"][:1]
    desk.answer("individual", [individual(contactMedium=login)])
    desk.answer("adm-1", individual())
    await desk.carrier.place(CHANGED)
    sent = desk.sent("adm-1")["contactMedium"]
    assert sent[0] == login[0]
    assert sent[1]["characteristic"]["emailAddress"] == "new@demo.example"


async def test_a_register_that_cannot_be_read_is_not_written(desk: Desk) -> None:
    for handler in (failing(httpx.ReadError), answering([])):
        desk.lay("individual", handler)
        with pytest.raises(CarrierNotReached):
            await desk.carrier.place(CHANGED)
    assert not [request for request in desk.requests if request.method == "PATCH"]


async def test_a_lost_answer_is_found_in_the_address(desk: Desk) -> None:
    desk.answer("individual", [individual()])
    assert await desk.carrier.order(CHANGED) is None
    media = individual()["contactMedium"]
    media[1]["characteristic"]["emailAddress"] = "new@demo.example"
    desk.answer("individual", [individual(contactMedium=media)])
    assert await desk.carrier.order(CHANGED) == Order(CHANGED.id, OrderState.COMPLETED)


@pytest.mark.parametrize("bin_digits", ["", "123", "18014000001X", None])
async def test_a_company_without_a_bin_is_that_company(desk: Desk, bin_digits: Any) -> None:
    desk.answer(
        "organization", [organization("org-1", "X", bin_digits, ("adm-1", "administrator"))]
    )
    [company] = await desk.carrier.companies("adm-1")
    assert (company.id, company.bin, company.bin_shown) == ("org-1", None, "—")
    assert desk.decoding_faults.rows == []


# --- rights are never stale ---


async def test_each_call_asks_afresh(desk: Desk) -> None:
    desk.lay("organization", answering([DEMO, KAZYNA]), answering([DEMO]), answering([]))
    assert len(await desk.carrier.companies("adm-1")) == 2
    assert len(await desk.carrier.companies("adm-1")) == 1
    assert await desk.carrier.companies("adm-1") == ()


class Door:
    """A handler that answers when it is opened."""

    def __init__(self, body: object, status: int = 200) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self._answer = (body, status)

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.reached.set()
        await self.open.wait()
        return reply(self._answer[0], status=self._answer[1])


async def test_calls_of_one_moment_share_one_question(desk: Desk) -> None:
    door = Door([DEMO])
    desk.lay("organization", door)
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(desk.carrier.companies("adm-1")) for _ in range(5)]
        other = group.create_task(desk.carrier.companies("adm-3"))
        await door.reached.wait()
        await asyncio.sleep(0)
        door.open.set()
    assert {call.result() for call in calls} == {calls[0].result()}
    assert other.result() == ()
    assert len(desk.requests) == 2


async def test_calls_of_one_moment_share_a_failure(desk: Desk) -> None:
    door = Door([], status=404)
    desk.lay("organization", door)
    calls = [asyncio.ensure_future(desk.carrier.companies("adm-1")) for _ in range(3)]
    await door.reached.wait()
    door.open.set()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [CarrierUnavailable] * 3
    assert len(desk.requests) == 1


async def test_when_the_first_asker_leaves_the_others_still_get_their_answer(desk: Desk) -> None:
    door, next_door = Door([DEMO]), Door([DEMO, KAZYNA])
    desk.lay("organization", door, next_door)
    first = asyncio.ensure_future(desk.carrier.companies("adm-1"))
    await door.reached.wait()
    others = [asyncio.ensure_future(desk.carrier.companies("adm-1")) for _ in range(2)]
    await asyncio.sleep(0)
    first.cancel()
    await next_door.reached.wait()
    await asyncio.sleep(0)
    next_door.open.set()
    assert [len(one) for one in await asyncio.gather(*others)] == [2, 2]
    assert len(desk.requests) == 2


async def test_an_asker_who_leaves_takes_nobody_along(desk: Desk) -> None:
    door = Door([DEMO])
    desk.lay("organization", door)
    first = asyncio.ensure_future(desk.carrier.companies("adm-1"))
    await door.reached.wait()
    second = asyncio.ensure_future(desk.carrier.companies("adm-1"))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    door.open.set()
    assert len(await first) == 1


# --- as other operators have it ---


def medium(number: str, **more: object) -> dict[str, Any]:
    where = {"contactType": "login", "phoneNumber": number}
    return {"mediumType": "mobile phone", "characteristic": where} | more


@pytest.mark.parametrize(
    "more",
    [
        {"contactMedium": [medium(PHONE.digits, validFor={"endDateTime": "2020-01-01T00:00:00Z"})]},
        {"contactMedium": [medium(PHONE.digits, validFor={"endDateTime": "whenever"})]},
        {"status": "deceaded"},
        {"status": "Deceased"},
    ],
    ids=str,
)
async def test_a_number_that_is_somebody_elses_by_now_lets_nobody_in(
    desk: Desk, more: dict[str, Any]
) -> None:
    desk.answer("individual", [individual(**more)])
    assert await desk.carrier.administrator(PHONE) is None
    assert await desk.carrier.colleagues("org-180140000018") == ()


@pytest.mark.parametrize(
    "more",
    [
        {"contactMedium": [medium(f"+{PHONE.digits}")]},
        {"contactMedium": [medium(PHONE.digits, validFor={"endDateTime": "2099-01-01T00:00:00Z"})]},
        {"contactMedium": [medium(PHONE.digits, validFor=None)]},
        {"fullName": None, "givenName": "Асель", "familyName": "Садыкова"},
    ],
    ids=str,
)
async def test_an_administrator_is_known_in_other_writings(
    desk: Desk, more: dict[str, Any]
) -> None:
    desk.answer("individual", [individual(**more)])
    found = await desk.carrier.administrator(PHONE)
    assert found is not None
    assert found.phone == PHONE
    assert found.name.startswith("Асель")


async def test_a_company_without_a_bin_costs_the_others_nothing(desk: Desk) -> None:
    other = DEMO | {"id": "org-2", "organizationIdentification": []}
    named = DEMO | {"name": None, "tradingName": "Demo"}
    desk.answer("organization", [named, other])
    found = await desk.carrier.companies("adm-1")
    assert [(one.name, one.bin_shown) for one in found] == [
        ("Demo", "180140000018"),
        ("TOO Demo", "—"),
    ]


async def test_an_operator_may_write_numbers_with_the_trunk_8() -> None:
    """Asked with 7 it would find nobody, and nobody would log in."""
    desk = Desk(profile=parse('[find]\nphones = "trunk"', "test"))
    told = {"contactType": "login", "phoneNumber": f"8{PHONE.digits[1:]}"}
    desk.answer("individual", [individual(contactMedium=[{"characteristic": told}])])
    found = await desk.carrier.administrator(PHONE)
    assert found is not None
    assert found.phone == PHONE
    assert desk.query("individual")["contactMedium.characteristic.phoneNumber"] == "87010542007"
    assert desk.profile.phone("79161234567") == "79161234567"  # its trunk is another country's


async def test_an_operator_is_asked_in_its_own_words() -> None:
    profile = """
    [find]
    phones = "plus"
    lists = false
    [words.role]
    corporateAdministrator = "administrator"
    [words.login_contact]
    "" = "login"
    [words.identification]
    businessIdentificationNumber = "bin"
    """
    desk = Desk(profile=parse(profile, "test"))
    where = {"characteristic": {"phoneNumber": f"+{PHONE.digits}"}}
    party = {"id": "org-180140000018", "role": "corporateAdministrator"}
    desk.answer("individual", [individual(contactMedium=[where], relatedParty=[party])])
    found = await desk.carrier.administrator(PHONE)
    assert found is not None
    asked = desk.query("individual")["contactMedium.characteristic.phoneNumber"]
    assert asked == f"+{PHONE.digits}"
    paper = {
        "identificationType": "businessIdentificationNumber",
        "identificationId": "180140000018",
    }
    parties = [{"id": "adm-1", "role": "corporateAdministrator"}]
    demo = DEMO | {"organizationIdentification": [paper], "relatedParty": parties}
    desk.answer("organization", [demo])
    assert [one.role for one in await desk.carrier.companies("adm-1")] == [Role.ADMINISTRATOR]
    assert "relatedParty.role" not in desk.query("organization")


async def test_companies_stand_in_the_kazakh_alphabet(desk: Desk) -> None:
    names = ["Ырыс", "Әлем Трейд", "Яссы", "Қазына", "Алма", "Көктем", "Іле"]
    told = [{**KAZYNA, "id": f"org-{n}", "name": name} for n, name in enumerate(names)]
    desk.answer("organization", told)
    found = [company.name for company in await desk.carrier.companies("adm-1")]
    assert found == ["Алма", "Әлем Трейд", "Көктем", "Қазына", "Ырыс", "Іле", "Яссы"]
