"""Odd members of people and companies (TMF632): shown as they came, or one row without a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from account.errors import CarrierUnavailable
from account.values.identifiers import Email
from account.values.rights import Role
from tests.carrier.desk import COMPANY, Desk
from tests.carrier.test_tmf_party import DEMO, KAZYNA, PHONE, individual
from tests.carrier.test_tmf_sim import person

HALF = b'"cut \\ud83d"'
"""Half of an emoji, as JSON has it: the strict decoder refuses the whole list for it."""


async def colleagues(desk: Desk, *rows: Any) -> list[tuple[str, str]]:
    """Ids and names of those who may act for the company."""
    desk.answer("individual", list(rows))
    found = await desk.carrier.colleagues(COMPANY)
    return [(one.administrator.id, one.administrator.name) for one in found]


def medium(**changes: Any) -> dict[str, Any]:
    return {**individual()["contactMedium"][0], **changes}


WELL = [("adm-1", "Асель Нұрланқызы Садыкова")]
NEIGHBOUR = person("adm-2", phone="77010542042", fullName="Neighbour")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"partyCharacteristic": "none"}, WELL),
        ({"partyCharacteristic": ["none", {"name": "codeChannel", "value": "sms"}]}, WELL),
        ({"contactMedium": ["none", medium()]}, WELL),
        ({"contactMedium": [None, medium()]}, WELL),
        ({"contactMedium": [medium(characteristic="none"), medium()]}, WELL),
        (
            {
                "contactMedium": [
                    medium(characteristic={"contactType": "login", "phoneNumber": "?"}),
                    medium(),
                ]
            },
            WELL,
        ),
        ({"fullName": {"ru": "Асель"}, "givenName": "Асель"}, [("adm-1", "Асель")]),
        ({"fullName": None}, [("adm-1", "adm-1")]),
        ({"fullName": 7}, [("adm-1", "7")]),
        ({"id": 7}, [("7", "Асель Нұрланқызы Садыкова")]),
        ({"status": ["initialized"]}, WELL),
        ({"name": {"deep": [[[]]]}, "@type": 5}, WELL),
    ],
    ids=range(12),
)
async def test_people_with_odd_members_are_there(
    desk: Desk, changes: dict[str, Any], shown: list[tuple[str, str]]
) -> None:
    beside = [*shown, ("adm-2", "Neighbour")]
    assert await colleagues(desk, individual(**changes), NEIGHBOUR) == sorted(beside)
    assert desk.decoding_faults.rows == []
    desk.answer("individual", [individual(**changes)])
    login = await desk.carrier.administrator(PHONE)
    assert login is not None
    assert [(login.id, login.name)] == shown
    assert login.phone == PHONE


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contactMedium": "none"}, "contactMedium"),
        ({"contactMedium": {"characteristic": {}}}, "contactMedium"),
        (
            {
                "contactMedium": [
                    medium(characteristic={"contactType": "login", "phoneNumber": "?"})
                ]
            },
            "phoneNumber",
        ),
        ({"id": None}, "id"),
        ({"id": ["adm-1"]}, "id"),
    ],
    ids=range(5),
)
async def test_who_cannot_be_read_is_left_out_and_counted_of_ours_alone(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    odd = individual(**changes)
    assert await colleagues(desk, odd, NEIGHBOUR) == [("adm-2", "Neighbour")]
    assert desk.decoding_faults.rows == [("TMF632", field)]
    desk.decoding_faults.rows.clear()
    others = odd | {"relatedParty": [{"id": "org-of-others", "role": "administrator"}]}
    assert await colleagues(desk, others, NEIGHBOUR) == [("adm-2", "Neighbour")]
    assert desk.decoding_faults.rows == []


@pytest.mark.parametrize(
    "parties",
    [
        "all",
        {"id": COMPANY, "role": "administrator"},
        [[COMPANY]],
        [{"id": COMPANY, "role": "administrator"}, "all"],
        [{"id": [COMPANY], "role": "administrator"}],
        [{"id": COMPANY, "role": ["administrator"]}],
        [{"id": COMPANY, "role": "administrator", "partyOrPartyRole": "x"}],
        None,
    ],
    ids=range(8),
)
async def test_whose_parties_cannot_be_read_acts_for_nobody_and_leaves_no_trace(
    desk: Desk, parties: Any
) -> None:
    assert await colleagues(desk, individual(relatedParty=parties), NEIGHBOUR) == [
        ("adm-2", "Neighbour")
    ]
    assert desk.decoding_faults.rows == []
    desk.answer("individual", [individual(relatedParty=parties)])
    assert await desk.carrier.administrator(PHONE) is None


async def test_half_a_letter_in_one_row_hides_no_other(desk: Desk) -> None:
    odd = individual(fullName="@", familyName="@")
    body = json.dumps([odd, NEIGHBOUR]).encode().replace(b'"@"', HALF)
    desk.answer("individual", body, total=2)
    found = await desk.carrier.colleagues(COMPANY)
    assert [one.administrator.name for one in found] == ["cut \ufffd", "Neighbour"]


async def test_an_address_beside_an_odd_medium_is_found(desk: Desk) -> None:
    media = [medium(characteristic=["x"]), 5, *individual()["contactMedium"]]
    desk.answer("individual", [individual(contactMedium=media)])
    login = await desk.carrier.administrator(PHONE)
    assert login is not None
    assert login.email == Email("assel@demo.example")


# --- companies ---


@pytest.mark.parametrize(
    ("changes", "name", "domains"),
    [
        ({"name": {"ru": "x"}, "tradingName": "Demo"}, "Demo", ()),
        ({"name": 7}, "7", ()),
        ({"partyCharacteristic": 5}, "TOO Demo", ()),
        (
            {"partyCharacteristic": [5, {"name": "emailDomains", "value": ["D.kz", 5]}]},
            "TOO Demo",
            ("d.kz",),
        ),
        ({"isLegalEntity": "true", "status": ["x"]}, "TOO Demo", ()),
    ],
    ids=range(5),
)
async def test_companies_with_odd_members_are_there(
    desk: Desk, changes: dict[str, Any], name: str, domains: tuple[str, ...]
) -> None:
    desk.answer("organization", [KAZYNA, DEMO | changes])
    found = {one.id: one for one in await desk.carrier.companies("adm-1")}
    assert set(found) == {DEMO["id"], KAZYNA["id"]}
    assert (found[DEMO["id"]].name, found[DEMO["id"]].domains) == (name, domains)
    assert found[DEMO["id"]].role is Role.ADMINISTRATOR
    assert desk.decoding_faults.rows == []


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({"id": {"x": 1}}, [("TMF632", "id")]),
        ({"name": None, "tradingName": None}, [("TMF632", "tradingName")]),
        ({"relatedParty": "adm-1"}, []),
        ({"relatedParty": [{"id": "adm-1", "role": "administrator"}, 5]}, []),
    ],
    ids=range(4),
)
async def test_a_company_that_cannot_be_read_hides_no_other(
    desk: Desk, changes: dict[str, Any], counted: list[tuple[str, str]]
) -> None:
    desk.answer("organization", [KAZYNA, DEMO | changes])
    assert [one.id for one in await desk.carrier.companies("adm-1")] == [KAZYNA["id"]]
    assert desk.decoding_faults.rows == counted


async def test_an_only_company_that_cannot_be_read_is_not_none(desk: Desk) -> None:
    desk.answer("organization", [DEMO | {"name": None}])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.companies("adm-1")


@pytest.mark.parametrize(
    ("media", "counted"),
    [
        (individual()["contactMedium"], [("TMF632", "relatedParty")]),
        (
            json.loads(json.dumps(individual()).replace(PHONE.digits, "77010540000"))[
                "contactMedium"
            ],
            [],
        ),
        (False, []),
        ([], []),
    ],
    ids=["of that login", "another's", "nobody knows whose", "of none"],
)
async def test_somebody_who_cannot_be_read_is_counted_by_the_login_alone(
    desk: Desk, media: Any, counted: list[tuple[str, str]]
) -> None:
    odd = individual(id="adm-7", relatedParty=False, contactMedium=media)
    desk.answer("individual", [odd])
    assert await desk.carrier.administrator(PHONE) is None
    assert desk.decoding_faults.rows == counted
