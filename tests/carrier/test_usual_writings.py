"""Writings that gateways and other systems make of the contract's: read, where no doubt is left."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from account.chapters.billing.bills import BillsQuery
from account.chapters.numbers import NumbersQuery
from account.chapters.payments import PaymentsQuery
from account.values.number import PaymentMethod
from tests.carrier.desk import COMPANY, NUMBER, Desk, bucket, product, reply
from tests.carrier.test_tmf_bills import A_BILL, OCTOBER, bill, billing_account, kzt, line
from tests.carrier.test_tmf_payments import PERIOD, item, payment
from tests.carrier.test_tmf_sim import ICCID, card
from tests.carrier.test_tmf_usage import CLOSED, record

ONE_BALANCE = {"balanceType": "debt", "amount": kzt(5)}


async def pages(desk: Desk) -> dict[str, Any]:
    """What each list shows of the one row that was laid for it."""
    carrier = desk.carrier
    return {
        "billingAccount": lambda: carrier.accounts(COMPANY, None, offset=0, limit=5),
        "customerBill": lambda: carrier.bills(BillsQuery(COMPANY, OCTOBER), offset=0, limit=5),
        "appliedCustomerBillingRate": lambda: carrier.bill_lines(A_BILL, offset=0, limit=5),
        "usage": lambda: carrier.usage(COMPANY, CLOSED, offset=0, limit=5),
        "payment": lambda: carrier.payments(PaymentsQuery(COMPANY, PERIOD), offset=0, limit=5),
    }


@pytest.mark.parametrize(
    ("resource", "usual", "odd"),
    [
        (
            "billingAccount",
            billing_account(accountBalance=[ONE_BALANCE]),
            {"accountBalance": ONE_BALANCE},
        ),
        ("billingAccount", billing_account(), {"creditLimit": [kzt(10_000)]}),
        ("billingAccount", billing_account(), {"financialAccount": [{"id": "mobile"}]}),
        ("customerBill", bill(), {"taxItem": bill()["taxItem"][0]}),
        ("customerBill", bill(), {"billDocument": bill()["billDocument"][0]}),
        ("customerBill", bill(), {"billingAccount": [{"id": "25060830"}]}),
        ("customerBill", bill(), {"billDate": "20261101"}),
        ("customerBill", bill(), {"billDate": "20261031T190000Z"}),
        ("appliedCustomerBillingRate", line(), {"bill": [{"id": "25060830202610"}]}),
        ("appliedCustomerBillingRate", line(), {"product": [{"id": NUMBER.digits}]}),
        ("appliedCustomerBillingRate", line(), {"appliedTax": {"taxAmount": kzt(16)}}),
        ("usage", record(), {"ratedProductUsage": record()["ratedProductUsage"][0]}),
        ("payment", payment(), {"account": [{"id": "25060830"}]}),
        ("payment", payment(), {"channel": [payment()["channel"]]}),
        (
            "payment",
            payment(paymentItem=[item(NUMBER.digits, 4000)]),
            {"paymentItem": item(NUMBER.digits, 4000)},
        ),
    ],
    ids=range(15),
)
async def test_a_row_says_the_same(
    desk: Desk, resource: str, usual: dict[str, Any], odd: dict[str, Any]
) -> None:
    shown = []
    for row in (usual, usual | odd):
        desk.answer(resource, [row])
        shown.append(await (await pages(desk))[resource]())
    assert shown[1] == shown[0]
    assert shown[0].rows
    assert desk.decoding_faults.rows == []


@pytest.mark.parametrize(
    "odd", [{"channel": "Bank"}, {"channel": ["a", "b"]}, {"paymentMethod": "card"}]
)
async def test_what_a_payment_was_made_by_is_only_shown(desk: Desk, odd: dict[str, Any]) -> None:
    desk.answer("payment", [payment(**odd)])
    [read] = (await desk.carrier.payments(PaymentsQuery(COMPANY, PERIOD), offset=0, limit=5)).rows
    assert read.amount.tiyn == 420_050


@pytest.mark.parametrize("parties", [{"id": COMPANY, "role": "owner"}, [], {}, [[]]])
async def test_whose_a_row_is_has_to_be_told_as_it_should(desk: Desk, parties: object) -> None:
    desk.answer("billingAccount", [billing_account(relatedParty=parties)])
    page = await desk.carrier.accounts(COMPANY, None, offset=0, limit=5)
    assert (page.rows, page.left_out, desk.decoding_faults.rows) == ((), 0, [])


@pytest.mark.parametrize(
    ("changes", "payment_method"),
    [
        ({"billingAccount": [{"id": "25060831"}]}, PaymentMethod.CREDIT),
        (
            {"productRelationship": [{"relationshipType": "bundled", "product": {"id": "b-1"}}]},
            PaymentMethod.CREDIT,
        ),
        (product(voluntaryBlock=""), PaymentMethod.CREDIT),
        (product(paymentMethod="Postpaid"), PaymentMethod.CREDIT),
        (product(paymentMethod="PREPAID"), PaymentMethod.ADVANCE),
    ],
    ids=range(5),
)
async def test_a_number(desk: Desk, changes: dict[str, Any], payment_method: PaymentMethod) -> None:
    desk.answer("product", [product() | changes])
    desk.answer("bucket", [bucket("remaining credit limit")])
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert (number.payment, number.account) == (payment_method, "25060831")
    assert not number.blocked_by_company


async def test_a_service_of_a_number_is_none(desk: Desk) -> None:
    relation = {"relationshipType": "isAddonOf", "product": {"id": "p-1"}}
    service = product() | {"id": "svc-1", "productRelationship": [relation]}
    desk.answer("product", [service])
    desk.answer("bucket", [])
    assert await desk.carrier.number(COMPANY, NUMBER) is None


@pytest.mark.parametrize("told", ["8999 7027 5080 1684 8485", "89997-0275-0801-6848-485"])
async def test_a_printed_iccid(desk: Desk, told: str) -> None:
    desk.answer("resource", [card(known={"ICCID": told})])
    sim = await desk.carrier.sim(COMPANY, NUMBER)
    assert sim is not None
    assert sim.iccid.digits == told.replace(" ", "").replace("-", "") == ICCID.digits[: len(told)]


async def test_no_content_is_an_empty_list(desk: Desk) -> None:
    desk.lay("product", lambda _: httpx.Response(204))
    desk.answer("bucket", [])
    page = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert (page.rows, page.total) == ((), 0)


async def test_a_list_whose_length_is_not_known_is_read_to_its_end(desk: Desk) -> None:
    rows = [product(f"7701054200{n}") for n in range(5)]

    def part(request: httpx.Request) -> httpx.Response:
        begin = int(request.url.params.get("offset", 0))
        response = reply(rows[begin : begin + 2], status=206)
        del response.headers["X-Total-Count"]
        response.headers["Content-Range"] = f"items {begin}-{begin + 1}/*"
        return response

    desk.lay("product", part)
    desk.answer("bucket", [])
    page = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert (len(page.rows), page.total) == (5, 5)
