"""VAT by the day of turnover, and certificates that agree with their invoices to the tiyn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account.chapters.billing.bills import (
    Amounts,
    Bill,
    BillLine,
    Certificate,
    vat_in,
    vat_on,
    vat_rate,
)
from account.chapters.billing.parties import Supplier
from account.errors import FiguresDisagree
from account.values.identifiers import Bin, Msisdn
from account.values.money import Money
from account.values.periods import Month

OPERATOR = Supplier("Operator JSC", Bin("180140000901"))
CALLS = BillLine(Msisdn("77010542006"), "Calls", Money(100_000), Money(12_000), Money(112_000))
DATA = BillLine(Msisdn("77010542007"), "Data", Money(50_001), Money(6_000), Money(56_001))


def bill(month: Month, *lines: BillLine, **other: Any) -> Bill:
    summed = Amounts.of(lines)
    made = Bill(
        number=f"25060831{month.year}{month.month:02}",
        account="25060831",
        issued=month.plus(1).first,
        period=month.period,
        net=summed.net,
        vat=summed.vat,
        gross=summed.gross,
        lines=len(lines),
    )
    return replace(made, **other)


@pytest.mark.parametrize(
    ("turnover", "rate"),
    [
        (date(2018, 1, 31), 12),
        (date(2025, 12, 31), 12),
        (date(2026, 1, 1), 16),
        (date(2026, 1, 31), 16),
    ],
)
def test_the_rate_is_that_of_the_day_of_turnover(turnover: date, rate: int) -> None:
    assert vat_rate(turnover) == rate


def test_december_is_billed_in_january_at_the_old_rate() -> None:
    december = bill(Month(2025, 12), CALLS)

    assert december.issued == date(2026, 1, 1)
    assert december.rate == 12
    assert bill(Month(2026, 1), CALLS).rate == 16


@pytest.mark.parametrize(
    ("gross", "rate", "vat"),
    [
        (112, 12, 12),
        (116, 16, 16),
        (100, 12, 11),
        (1, 16, 0),
        (4, 12, 0),
        (5, 12, 1),
        (-112, 12, -12),
    ],
)
def test_the_vat_in_a_gross_amount(gross: int, rate: int, vat: int) -> None:
    assert vat_in(Money(gross), rate) == Money(vat)


@given(st.integers(-(10**14), 10**14), st.sampled_from((12, 16)))
def test_rounding_is_half_away_from_zero_as_counted_apart(tiyn: int, rate: int) -> None:
    apart = (Decimal(tiyn) * rate / 100).quantize(Decimal(1), ROUND_HALF_UP)
    assert vat_on(Money(tiyn), rate).tiyn == int(apart)
    within = (Decimal(tiyn) * rate / (100 + rate)).quantize(Decimal(1), ROUND_HALF_UP)
    assert vat_in(Money(tiyn), rate).tiyn == int(within)


def test_a_certificate_adds_its_numbers_up_by_service() -> None:
    more = replace(CALLS, msisdn=Msisdn("77012115526"))
    lines = (CALLS, DATA, more)

    made = Certificate(bill(Month(2021, 12), *lines), lines, OPERATOR)

    assert [(line.service, line.amounts.count) for line in made.services] == [
        ("Calls", 2),
        ("Data", 1),
    ]
    assert made.services[0].amounts == Amounts(2, Money(200_000), Money(24_000), Money(224_000))
    assert made.signed_on == date(2021, 12, 31)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"gross": Money(112_001)}, "add up"),
        ({"net": Money(99_999)}, "add up"),
        ({"vat": Money(12_001)}, "add up"),
    ],
)
def test_no_certificate_differs_from_its_invoice_by_a_tiyn(
    wrong: dict[str, Money], why: str
) -> None:
    with pytest.raises(FiguresDisagree, match=why):
        Certificate(bill(Month(2021, 12), CALLS, **wrong), (CALLS,), OPERATOR)


def test_a_line_whose_vat_is_not_its_own_is_found_though_the_sums_agree() -> None:
    up = replace(CALLS, gross=Money(112_001))
    down = replace(DATA, gross=Money(56_000))

    with pytest.raises(FiguresDisagree, match="of a line"):
        Certificate(bill(Month(2021, 12), up, down), (up, down), OPERATOR)


def test_the_old_rate_in_a_month_of_the_new_one_is_no_certificate() -> None:
    with pytest.raises(FiguresDisagree, match="turnover"):
        Certificate(bill(Month(2026, 1), CALLS), (CALLS,), OPERATOR)


def test_each_line_may_round_its_own_vat() -> None:
    third = BillLine(CALLS.msisdn, "SMS", Money(104), Money(12), Money(116))

    assert Certificate(bill(Month(2021, 12), third, third), (third, third), OPERATOR)


def test_what_was_paid_is_what_is_not_missing() -> None:
    assert bill(Month(2021, 12), CALLS, unpaid=Money(2_000)).paid == Money(110_000)
