"""Lines and payments that name a product by nothing but the id that the server made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from account.chapters.payments import PaymentsQuery
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.periods import Month
from carrier.profile.loader import parse
from tests.carrier.desk import COMPANY, NUMBER, Desk, product, refusing, reply
from tests.carrier.test_tmf_bills import A_BILL, bill, line
from tests.carrier.test_tmf_payments import PERIOD, item, payment

OTHER = Msisdn("77010542007")
BILL = replace(A_BILL, company_id=COMPANY)
GONE = Msisdn("77010542099")
OWN_IDS = '[find]\nnumber_by = "serial"\n'


def of_number(number: Msisdn, uuid: str, **changes: Any) -> dict[str, Any]:
    return product(number.digits) | {"id": uuid} | changes


INVENTORY = [
    of_number(NUMBER, "p-1"),
    of_number(OTHER, "p-2"),
    of_number(
        OTHER,
        "svc-9",
        productSerialNumber=None,
        productRelationship=[{"relationshipType": "reliesOn", "product": {"id": "p-2"}}],
    ),
    of_number(GONE, "p-gone", relatedParty=[{"id": "org-of-others", "role": "customer"}]),
]


def operator(more: str = "") -> Desk:
    desk = Desk(profile=parse(OWN_IDS + more, "test"))

    def found(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        known = asked.get("id", "").split(",") if "id" in asked else None
        serial = asked.get("productSerialNumber")
        rows = [
            one
            for one in INVENTORY
            if (known is None or one["id"] in known)
            and (serial is None or one["productSerialNumber"] == serial)
            and ("relatedParty.id" not in asked or one["relatedParty"][0]["id"] == COMPANY)
        ]
        return reply(rows[int(asked.get("offset", 0)) :], total=len(rows))

    desk.lay("product", found)
    return desk


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ({"id": "p-1"}, NUMBER),
        ({"id": "p-2", "name": "Business Class"}, OTHER),
        ({"id": "svc-9"}, OTHER),
        ({"id": "p-gone"}, GONE),  # of the company when it was billed
        ({"id": "p-1", "name": f"+{OTHER.digits}"}, OTHER),
        ({"id": "office-7"}, None),
        ({"id": None}, None),
        (None, None),
    ],
    ids=range(8),
)
async def test_whose_a_line_is(told: object, number: Msisdn | None) -> None:
    desk = operator()
    desk.answer("appliedCustomerBillingRate", [line(product=told)])
    [read] = (await desk.carrier.bill_lines(BILL, offset=0, limit=9)).rows
    assert read.msisdn == number


async def test_a_page_of_lines_costs_one_look_at_the_company() -> None:
    desk = operator()
    told = [line(id=f"l-{n}", product={"id": f"p-{1 + n % 2}"}) for n in range(40)]
    desk.answer("appliedCustomerBillingRate", told)
    page = await desk.carrier.bill_lines(BILL, offset=0, limit=40)
    assert {one.msisdn for one in page.rows} == {NUMBER, OTHER}
    assert len(desk.asked("product")) == 2  # with the look that finds the list at its end


async def test_what_cannot_be_looked_up_is_no_office_line() -> None:
    desk = Desk(profile=parse(OWN_IDS, "test"))
    desk.lay("product", refusing(503, "DOWN"))
    desk.answer("appliedCustomerBillingRate", [line(product={"id": "p-1"})])
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.bill_lines(BILL, offset=0, limit=9)


async def test_the_account_that_billed_a_number() -> None:
    for more in ("", '[apis.TMF678]\nno_filters = ["product.id"]\n'):
        desk = operator(more)
        desk.lay("customerBill", listed(bill()))
        desk.lay("appliedCustomerBillingRate", listed(line(product={"id": "p-1"})))
        desk.answer("billingAccount", [{"id": "25060830", "relatedParty": [owner()]}])
        month = Month(2026, 10)
        assert await desk.carrier.billed_accounts(COMPANY, NUMBER, month) == ("25060830",)
        assert await desk.carrier.billed_accounts(COMPANY, OTHER, month) == ()


def listed(*rows: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    """A list that ends."""
    return lambda asked: reply(
        list(rows)[int(asked.url.params.get("offset", 0)) :], total=len(rows)
    )


def owner() -> dict[str, str]:
    return {"id": COMPANY, "role": "owner"}


async def test_the_parts_of_a_payment() -> None:
    desk = operator()
    desk.answer("payment", [payment(paymentItem=[item("p-1", 4000), item("svc-9", 200.5)])])
    for number, tiyn in ((NUMBER, 400_000), (OTHER, 20_050)):
        query = PaymentsQuery(COMPANY, PERIOD, number)
        [read] = (await desk.carrier.payments(query, offset=0, limit=8)).rows
        assert (read.number, read.amount.tiyn) == (number, tiyn)
    desk.answer("payment", [payment(paymentItem=[item("p-2", 4000)])])
    [read] = (await desk.carrier.payments(PaymentsQuery(COMPANY, PERIOD), offset=0, limit=8)).rows
    assert read.number == OTHER


async def test_where_the_number_is_the_id_nothing_is_looked_up(desk: Desk) -> None:
    desk.answer("appliedCustomerBillingRate", [line(), line(id="2", product={"id": "office-7"})])
    page = await desk.carrier.bill_lines(BILL, offset=0, limit=9)
    assert [one.msisdn for one in page.rows] == [NUMBER, None]
    assert desk.asked("product") == []
