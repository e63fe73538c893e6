"""The company's address and contract, as certificates tell them (TMF632, TMF637, TMF651)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from account.chapters.billing.parties import NOT_TOLD, Contract, Customer
from account.values.capabilities import Capability
from carrier.profile.model import Profile
from tests.carrier.desk import COMPANY, Desk, product

ACCOUNT = "25060831"


def agreement(**changes: Any) -> dict[str, Any]:
    return {
        "id": "agr-4417",
        "documentNumber": 4417,
        "initialDate": "2019-03-11T10:00:00+06:00",
        "agreementAuthorization": [
            {"date": "2019-03-11T10:00:00+06:00", "state": "approved"},
            {"date": "2019-03-11T18:30:00Z", "state": "approved"},
        ],
        "engagedParty": [{"id": COMPANY, "role": "customer"}],
    } | changes


def numbers(*agreements: object, **changes: Any) -> list[dict[str, Any]]:
    return [product() | {"agreement": told} | changes for told in agreements]


async def asked(desk: Desk, products: Any, *agreements: Any) -> Contract | None:
    desk.answer("product", products)
    desk.answer("agreement", list(agreements))
    return await desk.carrier.contract(COMPANY, ACCOUNT)


REF = [{"id": "agr-4417"}]


async def test_a_contract_is_that_of_the_accounts_numbers(desk: Desk) -> None:
    """It is signed on the day of Almaty when the last of both sides had signed."""
    told = await asked(desk, numbers(REF, REF), agreement())
    assert told == Contract("4417", date(2019, 3, 12))
    assert desk.query("product") == {
        "relatedParty.id": COMPANY,
        "billingAccount.id": ACCOUNT,
        "fields": "billingAccount,agreement,relatedParty",
        "limit": "100",
    }
    assert desk.query("agreement") == {"id": "agr-4417", "limit": "2"}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"documentNumber": "4417-К"}, Contract("4417-К", date(2019, 3, 12))),
        ({"agreementAuthorization": []}, Contract("4417", date(2019, 3, 11))),
        ({"agreementAuthorization": [{"state": "approved"}]}, Contract("4417", date(2019, 3, 11))),
        ({"agreementAuthorization": [{"date": "soon"}]}, Contract("4417")),
        ({"agreementAuthorization": None, "initialDate": None}, Contract("4417")),
        ({"documentNumber": None}, None),
        ({"engagedParty": [{"id": "org-another"}]}, None),
        ({"engagedParty": None}, None),
        ({"engagedParty": "everybody"}, None),
        ({"id": "agr-another"}, None),
    ],
    ids=lambda told: ",".join(told) if isinstance(told, dict) else "",
)
async def test_what_is_not_told_is_not_made_up(
    desk: Desk, changes: dict[str, Any], wanted: Contract | None
) -> None:
    assert await asked(desk, numbers(REF), agreement(**changes)) == wanted


@pytest.mark.parametrize(
    "products",
    [
        [],
        numbers(None),
        numbers([]),
        numbers("4417"),
        numbers(REF, [{"id": "agr-2"}]),
        numbers(REF, billingAccount={"id": "25060999"}),
        numbers(REF, relatedParty=[{"id": "org-another", "role": "customer"}]),
    ],
    ids=["no number", "null", "none", "no list", "two", "another account", "another company"],
)
async def test_without_one_agreement_of_its_own_an_account_has_no_contract(
    desk: Desk, products: list[dict[str, Any]]
) -> None:
    assert await asked(desk, products, agreement()) is None
    assert desk.asked("agreement") == []


async def test_an_operator_without_contracts_is_not_asked_for_any() -> None:
    desk = Desk(profile=Profile(lacks=frozenset({Capability.CONTRACTS})))
    assert await desk.carrier.contract(COMPANY, ACCOUNT) is None
    assert desk.requests == []


def medium(**told: Any) -> dict[str, Any]:
    return {"mediumType": "any", "preferred": told.pop("preferred", False), "characteristic": told}


LEGAL = medium(contactType="legal", postCode="050059", city="Алматы", street1="Абай даңғылы, 10")
OFFICE = medium(contactType="office", city="Астана")
PHONE = medium(contactType="office", phoneNumber="77273001020")
ABROAD = medium(phoneNumber="+44 20 7946 0000")
MAIL = medium(contactType="accounting", emailAddress="buh@demo.example", preferred=True)


@pytest.mark.parametrize(
    ("media", "wanted"),
    [
        (
            [OFFICE, LEGAL, MAIL, PHONE],
            Customer("050059, Алматы, Абай даңғылы, 10", ("+7 727 300 10 20", "buh@demo.example")),
        ),
        ([OFFICE], Customer("Астана")),
        ([ABROAD, PHONE, PHONE], Customer(None, ("+44 20 7946 0000", "+7 727 300 10 20"))),
        ([{"emailAddress": "v5@demo.example"}], Customer(None, ("v5@demo.example",))),
        (["a letter", None, medium(postCode="050059")], NOT_TOLD),
        (None, NOT_TOLD),
        ("a letter", NOT_TOLD),
    ],
    ids=["all", "one address", "phones", "v5", "nothing readable", "null", "no list"],
)
async def test_the_company_is_reached_as_its_media_say(
    desk: Desk, media: object, wanted: Customer
) -> None:
    desk.answer("organization", [{"id": COMPANY, "contactMedium": media}])
    assert await desk.carrier.customer(COMPANY) == wanted


async def test_another_companys_address_is_nobodys(desk: Desk) -> None:
    desk.answer("organization", [{"id": "org-another", "contactMedium": [LEGAL]}])
    assert await desk.carrier.customer(COMPANY) == NOT_TOLD
