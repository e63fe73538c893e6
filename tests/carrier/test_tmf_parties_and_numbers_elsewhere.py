"""People and numbers as other operators tell them: the contract's answer with one change (TMF632,
TMF637), and what a page then shows.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from account.chapters.numbers import NumberCounts, NumbersQuery
from account.errors import CarrierNotReached, CarrierNotUnderstood
from account.values.money import Money
from account.values.number import Ban, NumberState
from carrier.tmf import fields
from tests.carrier.desk import COMPANY, NUMBER, Desk, product, reply
from tests.carrier.test_tmf_party import DEMO, PHONE, individual

OTHER = "77012115526"
OPERATORS = NumberState.BLOCKED_BY_OPERATOR


async def shown(desk: Desk, one: dict[str, Any]) -> Any:
    """The odd number beside a plain one, on one page; None when it is not shown."""
    desk.answer("product", [product(OTHER), one])
    desk.answer("bucket", [])
    desk.answer("billingAccount", [])
    page = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert OTHER in [number.msisdn.digits for number in page.rows]
    return next((number for number in page.rows if number.msisdn == NUMBER), None), page.left_out


def told(value: object) -> str:
    """The name of a case, the same in every process: a set has no order of its own."""
    return str(sorted(map(str, value)) if isinstance(value, set | frozenset) else value)


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({"status": "Active"}, NumberState.ACTIVE),
        ({"status": "pendingActive"}, NumberState.CONNECTING),
        ({"status": "created"}, NumberState.CONNECTING),
        ({"status": "pendingTerminate"}, NumberState.CLOSING),
        ({"status": "suspended"}, OPERATORS),
        ({"status": "suspended", "suspensionReason": "fraud"}, OPERATORS),
        ({"status": "suspended", "suspensionReason": "lost"}, OPERATORS),
        ({"status": "barred"}, OPERATORS),
        ({"status": "SUSPENDED", "suspensionReason": "Voluntary"}, NumberState.BLOCKED),
        ({"status": "suspended", "suspensionReason": "DEBT"}, NumberState.DEBT),
        ({"status": "active", "suspensionReason": "debt"}, NumberState.DEBT),
    ],
    ids=told,
)
async def test_states(desk: Desk, known: dict[str, Any], state: NumberState) -> None:
    number, left_out = await shown(desk, product(**known))
    assert number.state is state
    assert left_out == 0


@pytest.mark.parametrize("status", ["terminated", "cancelled", "aborted", "Terminated"])
async def test_what_is_gone_is_not_shown_and_not_missed(desk: Desk, status: str) -> None:
    assert await shown(desk, product(status=status)) == (None, 0)


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"productSerialNumber": "+77010542006"}, "msisdn", NUMBER),
        ({"productSerialNumber": "8 701 054-20-06"}, "msisdn", NUMBER),
        ({"billingAccount": None}, "account", "—"),
        ({"billingAccount": {"id": 25060831}}, "account", "25060831"),
        ({"name": None}, "tariff", "—"),
        ({"relatedParty": [{"id": COMPANY, "role": "Customer"}]}, "company_id", COMPANY),
        (
            {"relatedParty": [{"partyOrPartyRole": {"id": COMPANY}, "role": "customer"}]},
            "company_id",
            COMPANY,
        ),
    ],
    ids=told,
)
async def test_members(desk: Desk, change: dict[str, Any], field: str, value: Any) -> None:
    number, left_out = await shown(desk, product() | change)
    assert getattr(number, field) == value
    assert left_out == 0


@pytest.mark.parametrize(
    ("known", "field", "value"),
    [
        ({"banMyKcellAccess": "false"}, "bans", frozenset()),
        ({"banMyKcellDetails": "true"}, "bans", {Ban.ACCESS, Ban.DETAILS}),
        ({"debtAmount": "NaN"}, "debt", None),
        ({"debtAmount": "12500.50"}, "debt", Money(1250050)),
        ({"debtAmount": 8475.905}, "debt", Money(847590)),
        ({"statusSince": "yesterday"}, "state_since", None),
        ({"statusSince": "2026-09-14"}, "state_since", datetime(2026, 9, 13, 19, tzinfo=UTC)),
        (
            {"statusSince": "2026-09-14 10:05+0500"},
            "state_since",
            datetime(2026, 9, 14, 5, 5, tzinfo=UTC),
        ),
        ({"employeeLabel": 5}, "label", "5"),
        ({"employeeLabel": {"a": 1}}, "label", None),
    ],
    ids=told,
)
async def test_characteristics(desk: Desk, known: dict[str, Any], field: str, value: Any) -> None:
    number, left_out = await shown(desk, product(**known))
    assert getattr(number, field) == value
    assert left_out == 0


async def test_null_is_missing(desk: Desk) -> None:
    one = product()
    for name in ("debtAmount", "voluntaryBlock", "suspensionReason", "statusSince"):
        one["productCharacteristic"].append({"name": name, "value": None})
    number, left_out = await shown(desk, one)
    assert (number.debt, number.blocked_by_company, left_out) == (None, False, 0)


@pytest.mark.parametrize("known", [{"status": None}, {"banMyKcellAccess": "perhaps"}])
async def test_what_cannot_be_read_is_left_out_and_counted(
    desk: Desk, known: dict[str, Any]
) -> None:
    assert await shown(desk, product(**known)) == (None, 1)
    assert await shown(desk, product(company="org-of-others", **known)) == (None, 0)


@pytest.mark.parametrize("parties", [None, "all", [None], [{"id": COMPANY}], [[COMPANY]]])
async def test_in_doubt_it_is_nobodys(desk: Desk, parties: Any) -> None:
    assert await shown(desk, product() | {"relatedParty": parties}) == (None, 0)


async def test_a_tally_that_counts_the_whole_collection_is_counted_from_the_rows(
    desk: Desk,
) -> None:
    rows = [
        product(),
        product(OTHER),
        product("77010542008", status="suspended", suspensionReason="voluntary"),
        product("77010542009", company="org-of-others"),
    ]
    desk.lay("product", lambda _: reply(rows, total=4))
    assert await desk.carrier.tally(COMPANY) == NumberCounts(3, active=2, blocked=1, debt=0)


async def test_counts_that_are_the_same_whatever_is_asked_for_are_not_believed(desk: Desk) -> None:
    rows = [product(), product(OTHER)]
    desk.lay(
        "product",
        lambda request: reply([] if "limit=0" in str(request.url) else rows, total=2),
    )
    assert await desk.carrier.tally(COMPANY) == NumberCounts(2, active=2, blocked=0, debt=0)


# --- people ---


def media(**changes: Any) -> dict[str, Any]:
    person: dict[str, Any] = copy.deepcopy(individual())
    person["contactMedium"][0] |= changes
    return person


LOGIN = {"contactType": "login", "phoneNumber": PHONE.digits}


@pytest.mark.parametrize(
    "person",
    [
        media(characteristic=LOGIN | {"phoneNumber": PHONE.e164}),
        media(characteristic=LOGIN | {"contactType": "Login"}),
        media(characteristic=None, **LOGIN),
        media(validFor={"startDateTime": "2020-01-01"}),
        individual() | {"fullName": None, "givenName": "Асель", "familyName": "Садыкова"},
        individual() | {"relatedParty": [{"id": COMPANY, "role": "Administrator"}]},
        individual()
        | {"relatedParty": [{"partyOrPartyRole": {"id": COMPANY}, "role": "administrator"}]},
    ],
    ids=range(7),
)
async def test_who_logs_in(desk: Desk, person: dict[str, Any]) -> None:
    desk.answer("individual", [person])
    found = await desk.carrier.administrator(PHONE)
    assert found is not None
    assert found.name.startswith("Асель")


@pytest.mark.parametrize(
    "person",
    [
        media(validFor={"endDateTime": "2020-01-01T00:00:00Z"}),
        media(validFor={"startDateTime": "2030-01-01T00:00:00Z"}),
        media(validFor={"endDateTime": "whenever"}),
        media(validFor="always"),
        media(characteristic={"phoneNumber": PHONE.digits}),
        individual() | {"status": "deceaded"},
        individual() | {"status": "Deceased"},
    ],
    ids=range(7),
)
async def test_who_logs_in_no_more(desk: Desk, person: dict[str, Any]) -> None:
    desk.answer("individual", [person])
    assert await desk.carrier.administrator(PHONE) is None


async def test_a_company_by_its_trading_name(desk: Desk) -> None:
    desk.answer("organization", [DEMO | {"name": None, "tradingName": "Demo"}])
    [company] = await desk.carrier.companies("adm-1")
    assert company.name == "Demo"


@pytest.mark.parametrize(
    ("headers", "total"),
    [
        ({"X-Total-Count": "37"}, 37),
        ({"Content-Range": "items 0-19/37"}, 37),
        ({"content-range": "0-19/37"}, 37),
        ({"Content-Range": "items 0-19/*"}, None),
        ({"X-Total-Count": "many"}, None),
        ({}, None),
    ],
)
def test_totals(headers: dict[str, str], total: int | None) -> None:
    response = reply(b"[]")
    response.headers.pop("X-Total-Count", None)
    response.headers.update(headers)
    assert fields.optional_total(response) == total  # type: ignore[arg-type]


def test_not_understood_is_not_unanswered() -> None:
    assert issubclass(fields.Malformed, CarrierNotUnderstood)
    assert not issubclass(fields.Malformed, CarrierNotReached)
