"""Usage details on the screen: whose, for which days, with what sums, and who has looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from account.chapters.usage import (
    STREAM_ROWS,
    Direction,
    UsageKind,
    UsageQuery,
    UsageRecord,
    UsageTotal,
)
from account.effects.history import HistoryEvent
from account.errors import (
    CarrierUnavailable,
    NumberNotFound,
    PeriodInFuture,
    PeriodTooOld,
    RightMissing,
)
from account.identity.permissions import GRANTED
from account.values.identifiers import Msisdn
from account.values.money import Money
from account.values.periods import Period
from account.values.rights import Role
from tests.account.world import ALPHA, BETA, NOON, NUMBER, World, a_number

LAST_MONTH = Period(date(2021, 12, 24), date(2022, 1, 24))
QUERY = UsageQuery(NUMBER, LAST_MONTH)


def record(
    kind: UsageKind = UsageKind.CALLS,
    amount: int = 60,
    tiyn: int = 1_000,
    at: datetime = datetime(2022, 1, 20, 6, 0, tzinfo=UTC),
) -> UsageRecord:
    return UsageRecord(at, kind, Direction.OUT, "+77012223344", amount, Money(tiyn))


async def test_the_first_page_has_ten_records_and_the_count_of_all(world: World) -> None:
    world.carrier.records = [record() for _ in range(23)]

    shown = await world.usage.page(world.actor(), QUERY)
    last = await world.usage.page(world.actor(), QUERY, offset=20)

    assert (len(shown.page.rows), shown.page.total) == (10, 23)
    assert len(last.page.rows) == 3
    assert shown.number == world.number


@pytest.mark.parametrize(
    ("last", "incomplete"), [(date(2022, 1, 23), False), (date(2022, 1, 24), True)]
)
async def test_a_page_with_today_in_it_may_be_incomplete(
    world: World, last: date, incomplete: bool
) -> None:
    query = UsageQuery(NUMBER, Period(LAST_MONTH.first, last))

    assert (await world.usage.page(world.actor(), query)).incomplete is incomplete


async def test_three_months_back_are_there_and_not_a_day_more(world: World) -> None:
    today = date(2022, 1, 24)
    await world.usage.check(world.actor(), UsageQuery(NUMBER, Period(date(2021, 10, 24), today)))

    with pytest.raises(PeriodTooOld) as refused:
        await world.usage.check(
            world.actor(), UsageQuery(NUMBER, Period(date(2021, 10, 23), today))
        )
    assert refused.value.earliest == date(2021, 10, 24)


async def test_tomorrow_begins_at_midnight_in_almaty(world: World) -> None:
    tomorrow = UsageQuery(NUMBER, Period(date(2022, 1, 25), date(2022, 1, 25)))
    world.wait(hours=11, minutes=59)
    with pytest.raises(PeriodInFuture):
        await world.usage.check(world.actor(), tomorrow)

    world.wait(minutes=1)  # 18:00 in Greenwich

    await world.usage.check(world.actor(), tomorrow)


async def test_looking_is_written_to_the_history_once_a_report(world: World) -> None:
    world.carrier.records = [record() for _ in range(23)]

    for offset in (0, 10, 20):
        await world.usage.page(world.actor(), QUERY, offset=offset)

    [entry] = world.ledger.entries
    assert entry.what is HistoryEvent.USAGE_SEEN
    assert (entry.at, entry.number, entry.administrator) == (NOON, NUMBER.digits, world.aigul.name)
    assert entry.parameters == {
        "first": "2021-12-24",
        "last": "2022-01-24",
        "type": "everything",
    }


async def test_what_was_refused_was_not_seen(world: World) -> None:
    future = UsageQuery(NUMBER, Period(date(2022, 1, 24), date(2022, 1, 25)))
    with pytest.raises(PeriodInFuture):
        await world.usage.page(world.actor(), future)

    assert world.ledger.entries == []
    assert world.carrier.usage_asked == []


async def test_details_of_a_foreign_number_are_details_of_none(world: World) -> None:
    theirs = Msisdn("77019999999")
    world.carrier.add(a_number(theirs, BETA))
    world.carrier.records = [record()]

    for asked in (theirs, Msisdn("77018888888")):
        with pytest.raises(NumberNotFound):
            await world.usage.page(world.actor(), UsageQuery(asked, LAST_MONTH))
        with pytest.raises(NumberNotFound):
            await world.usage.totals(world.actor(), UsageQuery(asked, LAST_MONTH))
    assert world.carrier.usage_asked == []


async def test_without_the_right_there_are_no_details(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRANTED, Role.VIEWER, frozenset())

    with pytest.raises(RightMissing):
        await world.usage.page(world.viewer(), QUERY)
    with pytest.raises(RightMissing):
        await world.usage.totals(world.viewer(), QUERY)


async def test_the_totals_are_of_the_whole_period_and_in_a_fixed_order(world: World) -> None:
    world.carrier.records = [
        record(UsageKind.DATA, amount=1024, tiyn=1),
        *(record(amount=1, tiyn=1) for _ in range(STREAM_ROWS + 5)),
        record(UsageKind.SMS, amount=2, tiyn=50),
        record(UsageKind.DATA, amount=1024, tiyn=2),
    ]

    totals = await world.usage.totals(world.actor(), QUERY)

    assert totals == (
        UsageTotal(UsageKind.CALLS, STREAM_ROWS + 5, STREAM_ROWS + 5, Money(STREAM_ROWS + 5)),
        UsageTotal(UsageKind.SMS, 1, 2, Money(50)),
        UsageTotal(UsageKind.DATA, 2, 2048, Money(3)),
    )


async def test_nothing_in_the_period_is_a_success(world: World) -> None:
    shown = await world.usage.page(world.actor(), QUERY)

    assert (shown.page.rows, shown.page.total) == ((), 0)
    assert await world.usage.totals(world.actor(), QUERY) == ()


@pytest.mark.parametrize("count", [0, 1, STREAM_ROWS, STREAM_ROWS + 1, 3 * STREAM_ROWS])
async def test_the_stream_brings_every_record_once_in_pages(world: World, count: int) -> None:
    world.carrier.records = [record(at=NOON - timedelta(seconds=n)) for n in range(count)]

    pages = [page async for page in world.usage.stream(ALPHA, QUERY)]

    assert [row for page in pages for row in page] == world.carrier.records
    assert all(1 <= len(page) <= STREAM_ROWS for page in pages)
    assert len(world.carrier.usage_asked) == max(1, -(-count // STREAM_ROWS))


async def test_nothing_is_added_up_when_the_operator_counts_more_than_it_has(world: World) -> None:
    world.carrier.records = [record()]
    usage = world.carrier.usage

    async def boasts(company: str, query: UsageQuery, *, offset: int, limit: int) -> object:
        page = await usage(company, query, offset=offset, limit=limit)
        return type(page)(page.rows, page.offset, page.total + 7)

    world.carrier.usage = boasts  # type: ignore[method-assign, assignment]

    with pytest.raises(CarrierUnavailable):
        [page async for page in world.usage.stream(ALPHA, QUERY)]


async def test_calls_made_while_the_report_is_read_do_not_double_others(world: World) -> None:
    before = [record(at=NOON - timedelta(seconds=n)) for n in range(2 * STREAM_ROWS + 10)]
    world.carrier.records = list(before)

    pages = []
    async for page in world.usage.stream(ALPHA, QUERY):
        pages.append(page)
        if len(pages) < 3:
            newer = [record(at=NOON + timedelta(seconds=n)) for n in (2 * len(pages) + 1, 0)]
            world.carrier.records[:0] = newer

    assert [row for page in pages for row in page] == before


async def test_a_record_that_comes_late_and_lies_further_back_costs_no_other(
    world: World,
) -> None:
    before = [record(at=NOON - timedelta(seconds=n)) for n in range(STREAM_ROWS + 10)]
    late = record(UsageKind.OTHER, at=NOON - timedelta(seconds=STREAM_ROWS + 5))
    world.carrier.records = list(before)

    rows: list[UsageRecord] = []
    async for page in world.usage.stream(ALPHA, QUERY):
        if not rows:
            world.carrier.records.insert(STREAM_ROWS + 6, late)
        rows.extend(page)

    assert rows == world.carrier.records


async def test_what_is_not_yet_rated_is_counted_and_rates_are_added_exactly(world: World) -> None:
    half = replace(record(tiyn=0), finer=Decimal("0.005"))
    up = replace(record(tiyn=2), finer=Decimal("-0.005"))
    world.carrier.records = [half, half, half, up, replace(record(), cost=None)]

    assert await world.usage.totals(world.actor(), QUERY) == (
        # 0.005 three times and 0.015: 0.03 exactly, where the shown ones add up to 0.02.
        UsageTotal(UsageKind.CALLS, 5, 300, Money(3), unrated=1),
    )
