"""The company's numbers: list, search, card, tally (TMF637, 654, 666)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from account.chapters.numbers import NumbersQuery
from account.chapters.transfers import check_sender
from account.errors import CarrierUnavailable, PaymentMethodUnknown
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.number import Ban, NumberState, PaymentMethod
from tests.carrier.desk import (
    COMPANY,
    NUMBER,
    Desk,
    answering,
    bucket,
    product,
    reply,
    written,
)

OTHER = "77012115526"


def lay_number(desk: Desk, one: dict[str, Any], *buckets: dict[str, Any]) -> None:
    desk.answer("product", [one])
    desk.answer("bucket", list(buckets))


# --- the card ---


async def test_a_card_holds_what_the_inventory_and_the_buckets_say(desk: Desk) -> None:
    lay_number(
        desk,
        product(
            status="suspended",
            suspensionReason="voluntary",
            voluntaryBlock=True,
            employeeLabel="Склад, Алматы",
        ),
        bucket("remaining credit limit", amount=8476.9),
        bucket("individual limit", amount=446),
    )
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.msisdn == NUMBER
    assert number.company_id == COMPANY
    assert number.state is NumberState.BLOCKED
    assert number.state_since == datetime(2026, 9, 14, 5, 5, tzinfo=UTC)
    assert number.account == "25060831"
    assert number.tariff == "Business Class Junior"
    assert number.payment is PaymentMethod.CREDIT
    assert number.funds == Money(847690)
    assert number.individual_limit == Money(44600)
    assert number.debt is None
    assert number.label == "Склад, Алматы"
    assert number.registration_form == "300014697190-131"
    assert number.bans == {Ban.ACCESS}
    assert number.blocked_by_company
    assert len(desk.requests) == 2


async def test_an_advance_number_has_its_balance(desk: Desk) -> None:
    lay_number(desk, product(paymentMethod="Advance"), bucket("main balance", amount=0.1))
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.payment is PaymentMethod.ADVANCE
    assert number.funds == Money(10)
    assert number.individual_limit is None


async def test_only_the_fields_that_are_needed_are_asked_for_and_the_company_always(
    desk: Desk,
) -> None:
    lay_number(desk, product())
    await desk.carrier.number(COMPANY, NUMBER)
    assert desk.query("product") == {
        "relatedParty.id": COMPANY,
        "id": NUMBER.digits,
        "fields": "name,status,productSerialNumber,billingAccount,"
        "productCharacteristic,relatedParty,productOffering,productSpecification",
        "limit": "1",
    }
    assert desk.query("bucket") == {
        "product.id": NUMBER.digits,
        "fields": "name,remainingValue,product,logicalResource,usageType,status,isShared,validFor",
        "limit": "4",
    }


async def test_product_and_bucket_are_asked_side_by_side(desk: Desk) -> None:
    both = asyncio.Barrier(2)

    def waiting(body: list[Any]) -> Any:
        async def wait(_: Any) -> Any:
            await asyncio.wait_for(both.wait(), 60)
            return reply(body)

        return wait

    desk.lay("product", waiting([product()]))
    desk.lay("bucket", waiting([]))
    assert await desk.carrier.number(COMPANY, NUMBER) is not None


async def test_there_is_no_card_of_a_number_nobody_has(desk: Desk) -> None:
    desk.answer("product", [])
    desk.answer("bucket", [])
    assert await desk.carrier.number(COMPANY, NUMBER) is None


async def test_another_companys_number_is_none_even_if_the_operator_answers_it(desk: Desk) -> None:
    lay_number(desk, product(company="org-200340012342"), bucket("remaining credit limit"))
    assert await desk.carrier.number(COMPANY, NUMBER) is None


async def test_a_company_that_is_something_else_to_the_number_is_not_its_customer(
    desk: Desk,
) -> None:
    one = product()
    one["relatedParty"] = [
        {"id": COMPANY, "role": "payer"},
        {"id": "org-200340012342", "role": "customer"},
    ]
    lay_number(desk, one)
    assert await desk.carrier.number(COMPANY, NUMBER) is None


async def test_another_number_than_the_one_asked_for_is_none(desk: Desk) -> None:
    lay_number(desk, product(OTHER))
    assert await desk.carrier.number(COMPANY, NUMBER) is None


# --- states and money ---


async def test_debt_wins_and_the_voluntary_block_is_remembered(desk: Desk) -> None:
    lay_number(
        desk,
        product(
            status="suspended", suspensionReason="debt", voluntaryBlock=True, debtAmount=12500.5
        ),
    )
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.state is NumberState.DEBT
    assert number.debt == Money(1250050)
    assert number.blocked_by_company
    assert desk.asked("billingAccount") == []


async def test_debt_that_the_number_does_not_tell_is_the_accounts(desk: Desk) -> None:
    lay_number(desk, product(status="suspended", suspensionReason="debt"))
    desk.answer(
        "billingAccount",
        [
            {
                "id": "25060831",
                "accountBalance": [
                    {"balanceType": "receivable", "amount": {"unit": "KZT", "value": 7}},
                    {"balanceType": "debt", "amount": {"unit": "KZT", "value": 1500}},
                ],
            }
        ],
    )
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.debt == Money(150000)
    assert not number.blocked_by_company
    assert desk.query("billingAccount")["id"] == "25060831"


@pytest.mark.parametrize(
    ("number_written", "tiyn"),
    [
        ("0.1", 10),
        ("0.30", 30),
        ("8476.900", 847690),
        ("99999999999.99", 9999999999999),
        ("1.1e3", 110000),
        ("-12.5", -1250),
        ("1234567890123e-2", 1234567890123),
        ("70", 7000),
    ],
)
async def test_money_is_read_to_the_tiyn(desk: Desk, number_written: str, tiyn: int) -> None:
    one = bucket("remaining credit limit", amount="@")
    desk.answer("product", [product()])
    desk.answer("bucket", written([one], number_written))
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.funds == Money(tiyn)
    assert number.funds.decimal == Decimal(number_written)


@pytest.mark.parametrize(
    "known",
    [
        {"status": None},
        {"banMyKcellAccess": "perhaps"},
    ],
    ids=str,
)
async def test_a_number_that_cannot_be_understood_is_no_answer(
    desk: Desk, known: dict[str, Any]
) -> None:
    lay_number(desk, product(**known))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.number(COMPANY, NUMBER)


@pytest.mark.parametrize(
    ("told", "said"),
    [("Barter", "Barter"), (None, None), ("", None), ([], None), (7, "7"), ("Other", "Other")],
)
async def test_a_number_of_another_method_of_payment_has_its_card_without_money(
    desk: Desk, told: object, said: str | None
) -> None:
    """Its money may be a balance or a limit: nobody knows, so neither is told."""
    lay_number(
        desk,
        product(paymentMethod=told),
        bucket("main balance"),
        bucket("remaining credit limit"),
        bucket("individual limit", amount=5),
    )
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert (number.payment, number.payment_told) == (PaymentMethod.OTHER, said)
    assert (number.funds, number.shared) == (None, ())
    assert number.individual_limit == Money(500)
    assert number.state is NumberState.ACTIVE
    assert desk.decoding_faults.rows == []
    with pytest.raises(PaymentMethodUnknown):
        check_sender(number)


@pytest.mark.parametrize(
    ("known", "field", "shown"),
    [
        ({"statusSince": "yesterday"}, "state_since", None),
        ({"banMyKcellAccess": "true"}, "bans", frozenset({Ban.ACCESS})),
        ({"employeeLabel": 5}, "label", "5"),
        (
            {"status": "suspended", "suspensionReason": "debt", "debtAmount": "12"},
            "debt",
            Money(1200),
        ),
        ({"tariff": None}, "tariff", "—"),
        ({"status": "Active"}, "state", NumberState.ACTIVE),
    ],
    ids=str,
)
async def test_what_can_be_read_in_one_way_is_read(
    desk: Desk, known: dict[str, Any], field: str, shown: object
) -> None:
    lay_number(desk, product(**known))
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert getattr(number, field) == shown


async def test_a_number_that_is_closed_is_there_no_more(desk: Desk) -> None:
    lay_number(desk, product(status="terminated"))
    assert await desk.carrier.number(COMPANY, NUMBER) is None


async def test_a_row_that_cannot_be_read_is_left_out_and_counted(desk: Desk) -> None:
    desk.answer("product", [product(), product(OTHER, status=None)])
    desk.answer("bucket", [])
    page = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert [one.msisdn for one in page.rows] == [NUMBER]
    assert (page.left_out, page.total, page.end) == (1, 2, 2)


async def test_texts_of_others_stay_as_they_are_but_for_signs_that_turn_or_choke(
    desk: Desk,
) -> None:
    lay_number(
        desk,
        product(
            tariff="<b>M2M</b> & \u00a0{0.__class__}",
            employeeLabel="=1+1\t\u202eevil\u0000\ud800\nnext",
        ),
    )
    number = await desk.carrier.number(COMPANY, NUMBER)
    assert number is not None
    assert number.tariff == "<b>M2M</b> & \u00a0{0.__class__}"
    assert number.label == "=1+1 evil\ufffd next"


# --- the list ---


async def test_a_page_has_its_numbers_their_money_and_the_count_of_all(desk: Desk) -> None:
    rows = [product(), product(OTHER, status="suspended", suspensionReason="debt")]
    desk.answer("product", rows, total=37)
    desk.answer(
        "bucket",
        [
            bucket("remaining credit limit"),
            bucket("remaining credit limit", OTHER, 3750),
            bucket("individual limit", OTHER, 1),
        ],
    )
    desk.answer("billingAccount", [])
    page = await desk.carrier.numbers(COMPANY, NumbersQuery(offset=20, limit=2))
    assert (page.offset, page.total) == (20, 37)
    assert [row.msisdn for row in page.rows] == [NUMBER, Msisdn(OTHER)]
    assert [row.funds for row in page.rows] == [Money(847590), Money(375000)]
    assert [row.individual_limit for row in page.rows] == [None, Money(100)]
    asked = desk.query("product")
    assert asked["relatedParty.id"] == COMPANY
    assert (asked["offset"], asked["limit"], asked["sort"]) == ("20", "2", "productSerialNumber")
    assert b"product.id=77010542006,77012115526&" in desk.asked("bucket")[0].url.query
    assert desk.query("billingAccount")["id"] == "25060831"


async def test_an_empty_page_asks_for_no_money(desk: Desk) -> None:
    desk.answer("product", [], total=37)
    page = await desk.carrier.numbers(COMPANY, NumbersQuery(offset=40))
    assert page.rows == ()
    assert page.total == 37
    assert len(desk.requests) == 1


async def test_another_companys_number_leaves_no_trace(desk: Desk) -> None:
    desk.answer("product", [product(), product(OTHER, company="org-200340012342")])
    desk.answer("bucket", [])
    page = await desk.carrier.numbers(COMPANY, NumbersQuery())
    assert [one.msisdn for one in page.rows] == [NUMBER]
    assert page.left_out == 0
    assert OTHER not in desk.query("bucket")["product.id"]


@pytest.mark.parametrize("count", ["-1", "1e3", "37, 38", "many", "9" * 13])
async def test_a_page_with_a_count_that_is_none_is_no_answer(desk: Desk, count: str) -> None:
    desk.lay("product", answering([], total=count))
    with pytest.raises(CarrierUnavailable):
        await desk.carrier.numbers(COMPANY, NumbersQuery())


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        (NumberState.ACTIVE, {"status": "active"}),
        (NumberState.BLOCKED, {"status": "suspended", "suspensionReason": "voluntary"}),
        (NumberState.DEBT, {"status": "suspended", "suspensionReason": "debt"}),
    ],
)
async def test_the_list_of_one_state(desk: Desk, state: NumberState, asked: dict[str, str]) -> None:
    desk.answer("product", [])
    await desk.carrier.numbers(COMPANY, NumbersQuery(state=state))
    assert asked.items() <= desk.query("product").items()
