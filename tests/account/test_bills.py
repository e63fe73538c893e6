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
)
from account.chapters.billing.parties import Supplier
from account.chapters.billing.vat import WITHOUT_VAT, VatRate, vat_in, vat_on, vat_rate
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
    assert december.vat_rates == (12,)
    data = replace(DATA, vat=Money(8_000), gross=Money(58_001))
    assert bill(Month(2026, 1), data).vat_rates == (16,)


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


# --- Rates, each of its line ---


def charge(service: str, net: int, vat: int, rate: VatRate | None = None) -> BillLine:
    return BillLine(None, service, Money(net), Money(vat), Money(net + vat), rate)


CHARGED = charge("Reel", 100_000, 16_000, 16)
PENALTY = charge("Penalty", 500_000, 0)


def test_a_line_without_vat_is_shown_as_that() -> None:
    lines = (CHARGED, PENALTY, charge("Recalculation", -10_000, -1_200, 12))
    made = Certificate(bill(Month(2026, 10), *lines), lines, OPERATOR)

    assert [(one.service, one.rate) for one in made.services] == [
        ("Reel", 16),
        ("Penalty", WITHOUT_VAT),
        ("Recalculation", 12),
    ]
    assert made.by_rate[WITHOUT_VAT] == Amounts(1, Money(500_000), Money(0), Money(500_000))


def test_one_service_at_two_rates_is_two_lines() -> None:
    lines = (CHARGED, replace(PENALTY, service="Reel"), CHARGED)
    made = Certificate(bill(Month(2026, 10), *lines), lines, OPERATOR)
    assert [(one.rate, one.amounts.count) for one in made.services] == [(16, 2), (WITHOUT_VAT, 1)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (charge("Reel", 100_000, 16_000, 12), "of a line"),
        (charge("Reel", 100_000, 16_002, 16), "of a line"),
        (charge("Reel", 100_000, 1, 0), None),
        (charge("Reel", 100_000, 2, 0), "of a line"),
        (charge("Reel", 100_000, 0, 16), "of a line"),
        (charge("Reel", 100_000, 5_000, 5), None),
        (charge("Reel", 100_000, 5_000), "day of turnover"),
    ],
)
def test_the_sums_are_checked_by_the_rate_that_is_told(line: BillLine, why: str | None) -> None:
    billed = bill(Month(2026, 10), line)
    if why is None:
        assert Certificate(billed, [line], OPERATOR).rate_of(line) == line.rate
        return
    with pytest.raises(FiguresDisagree, match=why):
        Certificate(billed, [line], OPERATOR)


@pytest.mark.parametrize("told", [None, 16])
def test_many_small_lines_do_not_round_the_vat_of_all_away(told: int | None) -> None:
    """A tiyn a line would let 4.80 of VAT on 30.00 be nothing."""
    lines = [charge("Reel", 3, 0, told)] * 1_000
    with pytest.raises(FiguresDisagree, match="of all lines"):
        Certificate(bill(Month(2026, 10), *lines), lines, OPERATOR)


def test_a_thousand_numbers_of_one_price_may_each_round_alike() -> None:
    """27.5862 of VAT a line, 27.59 each: 3.76 more than on the sum."""
    lines = [charge("Reel", 17_241, 2_759, 16)] * 1_000
    assert Certificate(bill(Month(2026, 10), *lines), lines, OPERATOR)


@pytest.mark.parametrize(
    ("lines", "rates", "shown"),
    [
        ((CHARGED,), (16,), (16,)),
        ((CHARGED,), (), (16,)),
        ((CHARGED, PENALTY), (16,), (16, WITHOUT_VAT)),
        ((CHARGED, PENALTY), (), ()),
        ((PENALTY,), (), (WITHOUT_VAT,)),
        ((PENALTY,), (0,), (0,)),
        ((CHARGED,), (12,), ()),
        ((CHARGED,), (16, 12), (16, 12)),
    ],
)
def test_the_rates_of_an_invoice(
    lines: tuple[BillLine, ...], rates: tuple[int, ...], shown: tuple[VatRate, ...]
) -> None:
    assert bill(Month(2026, 10), *lines, rates=rates).vat_rates == shown
    untold = bill(Month(2026, 10), *lines, rates=rates)
    assert replace(untold, vat=None).vat_rates == rates


def test_a_month_knows_its_corrections() -> None:
    billed = bill(Month(2026, 10), CHARGED, registration="ESF-1")
    note = replace(billed, number="n", correction=True, gross=Money(-1_000), registration=None)
    told = [replace(note, corrects=number) for number in (None, billed.number, "ESF-1")]
    assert all(billed.is_corrected_by(one) for one in told)
    others = [
        replace(note, corrects="another"),
        replace(note, period=Month(2026, 9).period),
        replace(note, account="25060832"),
        billed,
    ]
    assert not any(billed.is_corrected_by(one) for one in others)
    made = Certificate(billed, [CHARGED], OPERATOR, corrections=told[:2])
    assert made.corrected == billed.gross - Money(2_000)
