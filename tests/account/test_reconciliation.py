"""Opening + debit − credit = closing, to the tiyn, for each service and for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account.chapters.billing.accounts import ServiceLine
from account.chapters.payments import Payment, PaymentMeans, PaymentState, paid_in_all
from account.documents.parameters.days import StatementDays
from account.documents.reconciliation import (
    LedgerEntry,
    Posting,
    balance_before,
    postings,
    reconcile,
    undecided,
)
from account.errors import FiguresDisagree
from account.values.money import Money
from account.values.periods import Month, Period
from tests.account.test_bills import CALLS, bill

DECEMBER = Period(date(2021, 12, 1), date(2021, 12, 31))
NOW = datetime(2022, 1, 24, 6, tzinfo=UTC)


def entry(
    day: date, tiyn: int, posting: Posting, service: ServiceLine = ServiceLine.MOBILE
) -> LedgerEntry:
    return LedgerEntry(day, service, posting, "1", Money(tiyn))


def paid(at: datetime, tiyn: int, state: PaymentState = PaymentState.DONE) -> Payment:
    return Payment(at, Money(tiyn), "25060831", "p-1", state=state)


entries = st.lists(
    st.builds(
        entry,
        st.dates(date(2021, 11, 20), date(2022, 1, 10)),
        st.integers(1, 10**12),
        st.sampled_from(Posting),
        st.sampled_from(ServiceLine),
    ),
    max_size=30,
)


@given(entries, st.integers(-(10**12), 10**12))
def test_what_was_owed_and_what_happened_is_what_is_owed(
    all_entries: list[LedgerEntry], owed: int
) -> None:
    made = reconcile(DECEMBER, NOW, {ServiceLine.TELEMETRY: Money(owed)}, all_entries)

    apart = owed + sum(
        -one.amount.tiyn if one.posting is Posting.PAYMENT else one.amount.tiyn
        for one in all_entries
        if DECEMBER.first <= one.day <= DECEMBER.last
    )
    assert made.total.closing.tiyn == apart
    assert sum(balance.closing.tiyn for balance in made.balances) == apart
    guide = [service for service in ServiceLine if service is not ServiceLine.OTHER]
    named = [balance.service for balance in made.balances]
    assert [service for service in named if service is not ServiceLine.OTHER] == guide
    of_others = any(e.service is ServiceLine.OTHER and e.day in DECEMBER for e in all_entries)
    assert (ServiceLine.OTHER in named) is of_others


def test_both_edges_of_the_period_belong_to_it() -> None:
    days = [date(2021, 11, 30), date(2021, 12, 1), date(2021, 12, 31), date(2022, 1, 1)]

    made = reconcile(DECEMBER, NOW, {}, [entry(day, 100, Posting.INVOICE) for day in days])

    assert [one.day for one in made.entries] == days[1:3]
    assert made.total.debit == Money(200)


def test_a_correction_goes_to_the_side_of_its_sign() -> None:
    day = date(2021, 12, 5)
    down, up = entry(day, -300, Posting.CORRECTION), entry(day, 200, Posting.CORRECTION)

    assert (down.debit, down.credit) == (Money(0), Money(300))
    assert (up.debit, up.credit) == (Money(200), Money(0))


def test_the_operators_own_closing_balance_must_be_the_same() -> None:
    billed = [entry(date(2021, 12, 5), 100, Posting.INVOICE)]

    assert reconcile(DECEMBER, NOW, {}, billed, {ServiceLine.MOBILE: Money(100)})
    with pytest.raises(FiguresDisagree, match="mobile"):
        reconcile(DECEMBER, NOW, {}, billed, {ServiceLine.MOBILE: Money(101)})


def test_a_payment_in_the_last_hours_of_a_month_belongs_to_it_in_almaty() -> None:
    # 31 December 19:30 UTC is 1 January in Almaty, 17:30 UTC is not (UTC+6 then).
    late, in_time = (
        datetime(2021, 12, 31, 19, 30, tzinfo=UTC),
        datetime(2021, 12, 31, 17, 30, tzinfo=UTC),
    )

    made = reconcile(DECEMBER, NOW, {}, postings([], [paid(late, 5), paid(in_time, 7)]))

    assert made.total.credit == Money(7)


def test_only_payments_that_went_through_count() -> None:
    both = [paid(NOW, 5), paid(NOW, 7, PaymentState.PENDING)]

    assert paid_in_all(both) == Money(5)
    assert [one.amount for one in postings([], both)] == [Money(5)]


def test_the_date_of_a_payment_order_is_its_own_or_not_told() -> None:
    ordered = replace(paid(NOW, 5), dated=date(2021, 12, 20))

    told, untold = postings([], [ordered, paid(NOW, 5)])
    assert (told.day, told.dated) == (untold.day, date(2021, 12, 20))
    assert untold.dated is None


def test_an_invoice_counts_on_the_last_day_that_it_bills() -> None:
    november = bill(Month(2021, 11), CALLS)
    ledger = postings([november, bill(Month(2021, 12), CALLS)], [paid(NOW, 12_000)])

    assert november.issued == DECEMBER.first
    assert [(one.day, one.dated) for one in ledger[:2]] == [
        (date(2021, 11, 30), date(2021, 12, 1)),
        (date(2021, 12, 31), date(2022, 1, 1)),
    ]
    assert balance_before(date(2021, 11, 30), ledger)[ServiceLine.MOBILE] == Money(0)
    assert balance_before(date(2021, 12, 1), ledger)[ServiceLine.MOBILE] == Money(112_000)
    assert balance_before(date(2022, 2, 1), ledger)[ServiceLine.MOBILE] == Money(212_000)
    assert reconcile(DECEMBER, NOW, {}, ledger).total.closing == Money(112_000)


def test_a_correction_counts_on_its_own_day() -> None:
    """Until then all of it was owed, and a balance that was signed stays as it was."""
    day = date(2021, 12, 13)
    note = bill(Month(2021, 11), CALLS, correction=True, gross=Money(-300), issued=day)

    [entry] = postings([note], [])
    assert (entry.day, entry.credit) == (day, Money(300))


def test_a_statement_with_nothing_in_it_is_empty() -> None:
    assert reconcile(DECEMBER, NOW, {}, []).empty
    assert not reconcile(DECEMBER, NOW, {ServiceLine.MOBILE: Money(1)}, []).empty


def test_a_payment_that_may_be_none_is_counted_apart() -> None:
    """Whether it came is not told: neither counting it nor leaving it out would be true."""
    told = Payment(NOW, Money(1), "25060830", "d", state=PaymentState.UNKNOWN)
    services = {"25060830": ServiceLine.MOBILE}
    assert postings([], [told], services) == []
    assert undecided([told, paid(NOW, 5)], services) == 1
    assert undecided([told]) == 1
    assert undecided([told], {}) == 0
    moved = replace(told, means=PaymentMeans.BALANCE_TRANSFER)
    assert undecided([moved], services) == 0


@given(entries, st.integers(-(10**12), 10**12))
def test_each_month_closes_as_the_next_one_opens(all_entries: list[LedgerEntry], owed: int) -> None:
    days = Period(date(2021, 11, 15), date(2022, 1, 20))
    made = reconcile(days, NOW, {ServiceLine.MOBILE: Money(owed)}, all_entries)
    assert [one.month for one in made.months] == [Month(2021, 11), Month(2021, 12), Month(2022, 1)]
    assert made.months[0].opening == Money(owed)
    for before, after in pairwise(made.months):
        assert after.opening == before.closing
    assert made.months[-1].closing == made.total.closing
    if made.entries:
        assert made.posted[-1].balance == made.total.closing


@pytest.mark.parametrize(
    ("today", "since", "quarters"),
    [
        (date(2026, 1, 7), "2025-01-01", ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01"]),
        (date(2026, 1, 3), "2025-01-01", ["2025-01-01", "2025-04-01", "2025-07-01"]),
        (date(2026, 2, 4), "2026-01-01", ["2025-04-01", "2025-07-01", "2025-10-01"]),
        (date(2022, 1, 24), "2021-01-01", ["2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01"]),
    ],
)
def test_a_statement_has_its_ready_periods(today: date, since: str, quarters: list[str]) -> None:
    year = StatementDays.since_january(today)
    assert StatementDays.usual(today) == {"first": since, "last": str(year.last)}
    ready = StatementDays.quarters(today)
    assert [str(one.first) for one in ready] == quarters
    for one in (year, *ready):
        StatementDays(one).check(today)
        assert one.last == Month.of(one.last).last
