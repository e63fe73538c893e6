"""Payments: whose they are, what of them is a number's, and what they were paid by (TMF676)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from account.chapters.payments import Payment, PaymentMeans, PaymentsQuery, PaymentState
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from account.values.periods import Period
from tests.carrier.desk import COMPANY, NUMBER, Desk

PERIOD = Period(date(2026, 10, 22), date(2026, 11, 22))
OTHER = "77010542007"


def item(number: str, value: float) -> dict[str, Any]:
    return {"id": "1", "item": {"id": number}, "amount": {"unit": "KZT", "value": value}}


def payment(**changes: Any) -> dict[str, Any]:
    return {
        "id": "pay-1",
        "correlatorId": "25060830202610",
        "paymentDate": "2026-11-09T13:45:10+05:00",
        "status": "done",
        "account": {"id": "25060830"},
        "payer": {"id": COMPANY, "role": "customer"},
        "paymentMethod": {"name": "bank transfer", "@type": "bankAccountTransfer"},
        "channel": {"id": "bank", "name": "Bank"},
        "totalAmount": {"unit": "KZT", "value": 4200.5},
        "paymentItem": [item(NUMBER.digits, 4000), item(OTHER, 200.5)],
    } | changes


async def read(desk: Desk, *rows: Any, number: Msisdn | None = NUMBER) -> Page[Payment]:
    desk.answer("payment", list(rows))
    query = PaymentsQuery(COMPANY, PERIOD, number)
    return await desk.carrier.payments(query, offset=0, limit=8)


async def test_of_a_payment_only_the_numbers_part_is_read(desk: Desk) -> None:
    page = await read(desk, payment())
    assert page.rows == (
        Payment(
            at=datetime(2026, 11, 9, 8, 45, 10, tzinfo=UTC),
            amount=Money(400_000),
            account="25060830",
            document="25060830202610",
            means=PaymentMeans.BANK_TRANSFER,
            channel="Bank",
            state=PaymentState.DONE,
            number=NUMBER,
        ),
    )
    assert desk.query("payment") == {
        "relatedParty.id": COMPANY,
        "paymentDate.gte": "2026-10-21T19:00:00Z",
        "paymentDate.lt": "2026-11-22T19:00:00Z",
        "paymentItem.item.id": NUMBER.digits,
        "sort": "-paymentDate",
        "offset": "0",
        "limit": "8",
    }


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("2026-11-08", date(2026, 11, 8)),
        ("2026-11-08T20:00:00Z", date(2026, 11, 9)),
        ("last week", None),
        (None, None),
    ],
)
async def test_a_payment_order_has_a_day_of_its_own(
    desk: Desk, told: str | None, read_as: date | None
) -> None:
    order = {"@type": "bankAccountTransfer", "statusDate": told}
    [one] = (await read(desk, payment(paymentMethod=order))).rows
    assert one.dated == read_as
    [by_card] = (await read(desk, payment(paymentMethod=order | {"@type": "bankCard"}))).rows
    assert by_card.dated is None


async def test_of_the_company_the_whole_payment(desk: Desk) -> None:
    [one] = (await read(desk, payment(), number=None)).rows
    assert (one.amount, one.number) == (Money(420_050), None)
    assert "paymentItem.item.id" not in desk.query("payment")
    [single] = (await read(desk, payment(paymentItem=[item(OTHER, 1)]), number=None)).rows
    assert single.number == Msisdn(OTHER)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("bankCard", PaymentMeans.CARD),
        ("digitalWallet", PaymentMeans.WALLET),
        ("cash", PaymentMeans.CASH),
        ("balanceTransfer", PaymentMeans.BALANCE_TRANSFER),
        ("cheque", PaymentMeans.OTHER),
        (None, PaymentMeans.OTHER),
    ],
)
async def test_how_it_was_paid(desk: Desk, said: str | None, means: PaymentMeans) -> None:
    method = {"name": "x"} | ({} if said is None else {"@type": said})
    [one] = (await read(desk, payment(paymentMethod=method, channel=None))).rows
    assert (one.means, one.channel) == (means, "x")


async def test_money_that_left_by_a_transfer_is_negative(desk: Desk) -> None:
    [one] = (await read(desk, payment(paymentItem=[item(NUMBER.digits, -500.5)]))).rows
    assert one.amount == Money(-50_050)
