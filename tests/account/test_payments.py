"""Payments of a number: the period, the pages, and a total that counts what was received (S26)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from account.chapters.payments import PaidTotal, Payment, PaymentMeans, PaymentsQuery, PaymentState
from account.errors import CarrierUnavailable, NumberNotFound, PeriodInFuture, PeriodTooOld
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.page import Page
from account.values.periods import Period
from tests.account.world import BETA, NUMBER, World, a_number

TODAY = date(2022, 1, 24)
LAST_MONTH = Period(date(2021, 12, 24), TODAY)


def paid(
    world: World,
    days_ago: int,
    tiyn: int,
    state: PaymentState = PaymentState.DONE,
    means: PaymentMeans = PaymentMeans.CARD,
) -> None:
    world.carrier.payments_made.append(
        Payment(
            at=world.clock.now() - timedelta(days=days_ago),
            amount=Money(tiyn),
            account="26025487",
            document=f"d-{days_ago}",
            means=means,
            state=state,
            number=NUMBER,
        )
    )


async def test_a_page_and_the_total_of_a_period(world: World) -> None:
    for days_ago in range(12):
        paid(world, days_ago, 10_000)
    paid(world, 40, 999)
    page = await world.payments.page(world.actor(), NUMBER, LAST_MONTH)
    assert (len(page.rows), page.total) == (8, 12)
    rest = await world.payments.page(world.actor(), NUMBER, LAST_MONTH, 8)
    assert len(rest.rows) == 4
    assert await world.payments.total(world.actor(), NUMBER, LAST_MONTH) == PaidTotal(
        Money(120_000), payments=12
    )


async def test_only_what_was_received_counts_and_what_left_is_taken_off(world: World) -> None:
    paid(world, 1, 10_000)
    paid(world, 2, -4_000)
    for state in (PaymentState.PENDING, PaymentState.CANCELLED, PaymentState.FAILED):
        paid(world, 3, 50_000, state)
    total = await world.payments.total(world.actor(), NUMBER, LAST_MONTH)
    assert total == PaidTotal(Money(6_000), payments=5)


async def test_what_goes_from_number_to_number_is_counted_apart(world: World) -> None:
    paid(world, 1, 10_000)
    for tiyn, state in ((-4_000, PaymentState.DONE), (4_000, PaymentState.UNKNOWN)):
        paid(world, 2, tiyn, state, PaymentMeans.BALANCE_TRANSFER)
    of_company = await world.payments.total_of_company(world.actor(), LAST_MONTH)
    of_number = await world.payments.total(world.actor(), NUMBER, LAST_MONTH)
    assert of_company == of_number == PaidTotal(Money(10_000), payments=1, transfers=2)


async def test_the_total_counts_more_than_one_stretch(world: World) -> None:
    for _ in range(2500):
        paid(world, 1, 100)
    assert await world.payments.total(world.actor(), NUMBER, LAST_MONTH) == PaidTotal(
        Money(250_000), payments=2500
    )


async def test_nothing_is_added_up_when_the_operator_counts_more_than_it_has(world: World) -> None:
    paid(world, 1, 100)
    payments = world.carrier.payments

    async def boasts(query: PaymentsQuery, *, offset: int, limit: int) -> Page[Payment]:
        page = await payments(query, offset=offset, limit=limit)
        return Page(page.rows, page.offset, page.total + 7)

    world.carrier.payments = boasts  # type: ignore[method-assign]
    with pytest.raises(CarrierUnavailable):
        await world.payments.total(world.actor(), NUMBER, LAST_MONTH)


async def test_nothing_is_a_page_without_rows(world: World) -> None:
    page = await world.payments.page(world.actor(), NUMBER, LAST_MONTH)
    assert (page.rows, page.total) == ((), 0)
    total = await world.payments.total(world.actor(), NUMBER, LAST_MONTH)
    assert total == PaidTotal(Money(0))


async def test_twelve_months_back_and_no_further(world: World) -> None:
    await world.payments.page(world.actor(), NUMBER, Period(date(2021, 1, 24), TODAY))
    with pytest.raises(PeriodTooOld):
        await world.payments.page(world.actor(), NUMBER, Period(date(2021, 1, 23), TODAY))
    with pytest.raises(PeriodInFuture):
        await world.payments.total(world.actor(), NUMBER, Period(TODAY, date(2022, 1, 25)))


async def test_not_of_another_company(world: World) -> None:
    world.carrier.add(a_number(Msisdn("77019999999"), BETA))
    with pytest.raises(NumberNotFound):
        await world.payments.page(world.actor(), Msisdn("77019999999"), LAST_MONTH)
