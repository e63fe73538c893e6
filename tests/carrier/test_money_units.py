"""Units of money are the operator's words: read in every resource, and said in what moves money.

Each reading is made twice: of the answers of the contract, in KZT, and of the same answers in the
units of an operator whose profile names them. Both show the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from account.chapters.billing.bills import BillsQuery
from account.chapters.transfers import FEE, RECIPIENT_LEFT, SENDER_LEFT
from account.values.money import Money
from carrier.profile.model import Profile
from tests.carrier.desk import COMPANY, NUMBER, Desk, bucket, product
from tests.carrier.test_tmf_bills import A_BILL, OCTOBER, bill, billing_account, line, taken
from tests.carrier.test_tmf_payments import payment
from tests.carrier.test_tmf_payments import read as read_payments
from tests.carrier.test_tmf_services import OFFERING, SERVICE, price
from tests.carrier.test_tmf_transfers import answered, transfer
from tests.carrier.test_tmf_usage import read as read_usage
from tests.carrier.test_tmf_usage import record

Reading: TypeAlias = Callable[["OtherUnits"], Awaitable[object]]
OWN = {"kt": 1, "Ktg": 100}
"""Units of an operator that the usual table does not know."""


class OtherUnits:
    """A desk at which every amount of the contract is told in another unit."""

    def __init__(self, unit: str | None, hundredths: int, words: dict[str, int]) -> None:
        self.unit, self.scale = unit, Decimal(100) / hundredths
        self.desk = Desk(profile=Profile.model_validate({"words": {"money_unit": words}}))

    def __call__(self, told: Any) -> Any:
        if isinstance(told, list):
            return [self(one) for one in told]
        if not isinstance(told, dict):
            return told
        for unit, number in (("unit", "value"), ("units", "amount")):
            if told.get(unit) == "KZT":
                scaled = Decimal(str(told[number])) * self.scale
                return {number: float(scaled)} | ({} if self.unit is None else {unit: self.unit})
        return {name: self(value) for name, value in told.items()}

    def answer(self, resource: str, body: Any) -> None:
        self.desk.answer(resource, self(body))


async def balance(said: OtherUnits) -> object:
    said.answer("product", [product(paymentMethod="Advance")])
    said.answer("bucket", [bucket("main balance"), bucket("individual limit", amount=446)])
    return await said.desk.carrier.number(COMPANY, NUMBER)


async def account(said: OtherUnits) -> object:
    said.answer("billingAccount", [billing_account()])
    return await said.desk.carrier.accounts(COMPANY, None, offset=0, limit=5)


async def debt_of_the_account(said: OtherUnits) -> object:
    debtor = product(status="suspended", suspensionReason="debt")
    said.answer("product", [debtor])
    said.answer("bucket", [])
    said.answer("billingAccount", [billing_account(id="25060831")])
    found = await said.desk.carrier.number(COMPANY, NUMBER)
    assert found is not None
    assert found.debt == Money(1_250_050)
    return found


async def usage(said: OtherUnits) -> object:
    net = record() | {
        "ratedProductUsage": [
            {
                "taxExcludedRatingAmount": {"unit": "KZT", "value": 17.5},
                "taxRate": 16,
                "productRef": {"id": "77010542007"},
            }
        ]
    }
    return await read_usage(said.desk, said(record()), said(record(value=1.005)), said(net))


async def bills(said: OtherUnits) -> object:
    said.answer("customerBill", [bill()])
    [read] = (await said.desk.carrier.bills(BillsQuery(COMPANY, OCTOBER), offset=0, limit=9)).rows
    assert read == A_BILL
    return read


async def lines(said: OtherUnits) -> object:
    said.answer("appliedCustomerBillingRate", [line()])
    return await said.desk.carrier.bill_lines(A_BILL, offset=0, limit=9)


async def whole_payment(said: OtherUnits) -> object:
    return await read_payments(said.desk, said(payment()), number=None)


async def payment_of_a_number(said: OtherUnits) -> object:
    return await read_payments(said.desk, said(payment()))


async def offering(said: OtherUnits) -> object:
    said.answer("productOffering", [OFFERING])
    return await said.desk.carrier.offerings()


async def service(said: OtherUnits) -> object:
    said.answer("product", [SERVICE | {"productPrice": [price(250.5, monthly=True)]}])
    return await said.desk.carrier.services(COMPANY, NUMBER)


async def pool(said: OtherUnits) -> object:
    said.answer("product", [product()])
    said.answer("queryUsageConsumption", {"usageConsumption": [taken()]})
    return await said.desk.carrier.pool_usage(COMPANY, offset=0, limit=1)


async def receipt(said: OtherUnits) -> object:
    said.answer("transferBalance", [answered(transferCost={"unit": "KZT", "value": 10.5})])
    order = await said.desk.carrier.order(transfer())
    assert order is not None
    return order.receipt.get(FEE)


READINGS: list[Reading] = [
    balance, account, debt_of_the_account, usage, bills, lines, whole_payment,
    payment_of_a_number, offering, service, pool, receipt,
]  # fmt: skip


@pytest.mark.parametrize("read", READINGS, ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    ("unit", "hundredths", "words"),
    [
        ("KT", 1, OWN),
        ("ktg", 100, OWN),
        ("tiyn", 1, {}),
        ("₸", 100, {}),
        (None, 1, {"": 1}),
        ("", 100, {"": 100}),
        ("KZT", 1, {"KZT": 1}),  # one that calls its hundredths so
    ],
    ids=["minor", "own", "usual minor", "sign", "none", "empty", "another meaning"],
)
async def test_an_amount_is_what_the_profile_says(
    read: Reading, unit: str | None, hundredths: int, words: dict[str, int]
) -> None:
    expected = await read(OtherUnits("KZT", 100, {}))
    told = OtherUnits(unit, hundredths, words)
    assert await read(told) == expected
    assert told.desk.decoding_faults.rows == []


@pytest.mark.parametrize("unit", ["kt", None, "USD", "KZT minor", 840])
async def test_a_unit_that_the_profile_does_not_know_is_no_amount(unit: Any) -> None:
    said = OtherUnits(unit, 1, {})
    page: Any = await account(said)
    [read] = page.rows or [None]
    assert read is None or (read.owed, read.credit_limit) == (None, None)
    assert page.left_out == (read is None)


@pytest.mark.parametrize(("words", "tiyn"), [({}, 150_050), ({"": 1}, 1_500), ({"": 100}, 150_050)])
async def test_a_debt_that_has_no_place_for_a_unit(words: dict[str, int], tiyn: int) -> None:
    desk = OtherUnits(None, 1, words).desk
    number = 1500.5 if tiyn > 1_500 else 1500
    desk.answer(
        "product", [product(status="suspended", suspensionReason="debt", debtAmount=number)]
    )
    desk.answer("bucket", [])
    found = await desk.carrier.number(COMPANY, NUMBER)
    assert found is not None
    assert found.debt == Money(tiyn)


@pytest.mark.parametrize(
    ("words", "amount", "fee"),
    [
        ({}, {"amount": 500.5, "units": "KZT"}, {"unit": "KZT", "value": 10.5}),
        ({"": 1}, {"amount": 500.5, "units": "KZT"}, {"unit": "KZT", "value": 10.5}),
        ({"Tenge": 100}, {"amount": 500.5, "units": "Tenge"}, {"unit": "Tenge", "value": 10.5}),
        (OWN, {"amount": 50_050, "units": "kt"}, {"unit": "kt", "value": 1_050}),
        ({"": 1, "₸": 100}, {"amount": 500.5, "units": "₸"}, {"unit": "₸", "value": 10.5}),
    ],
)
async def test_money_is_moved_in_the_operators_unit(
    words: dict[str, int], amount: dict[str, Any], fee: dict[str, Any]
) -> None:
    desk = OtherUnits(None, 1, words).desk
    desk.answer("transferBalance", answered(), status=201)
    await desk.carrier.place(transfer(fee="1050"))
    sent = desk.sent("transferBalance")
    assert (sent["amount"], sent["transferCost"]) == (amount, fee)
    assert b'"amount":50050.0' not in desk.requests[0].content


@pytest.mark.parametrize(
    ("before", "left"),
    [
        ("175000 -> 124950 kt", Money(124_950)),
        ("1750.00 -> 1249.50 KTG", Money(124_950)),
        ("1750.00 -> 1249.50 KZT", Money(124_950)),
        ("1750.00 -> 1249.50 USD", None),
        ("1750.00 -> 1249.505 Ktg", None),
    ],
)
async def test_what_is_left_after_a_transfer(before: str, left: Money | None) -> None:
    desk = OtherUnits(None, 1, OWN).desk
    desk.answer("transferBalance", [answered(bucket={"name": before}, transferCost=None)])
    order = await desk.carrier.order(transfer())
    assert order is not None
    told = order.receipt.get(SENDER_LEFT)
    assert told == (None if left is None else str(left.tiyn))
    assert order.receipt[RECIPIENT_LEFT] == "52050"


def test_a_profile_gives_tenge_or_their_hundredth_alone() -> None:
    with pytest.raises(ValueError, match="money_unit"):
        Profile.model_validate({"words": {"money_unit": {"millitenge": 10}}})
