"""Papers that order themselves, over both databases: a month once, by who may, not too soon."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from account.chapters.billing.bills import Bill, BillsQuery
from account.documents.catalogue import DocumentCatalogue
from account.documents.document import DocumentState
from account.documents.kinds import DocumentKind
from account.documents.subscriptions import (
    MOST,
    SOON,
    Lack,
    Subscription,
    Subscriptions,
    SubscriptionState,
    latest_due,
)
from account.effects.effect import EndSessionsOf, Freeze, SetPassword
from account.errors import (
    CarrierUnavailable,
    DayInvalid,
    RightMissing,
    SubscriptionGone,
    TooManySubscriptions,
)
from account.identity.permissions import Actor
from account.values.money import Money
from account.values.page import Page
from account.values.periods import ALMATY, Month
from account.values.rights import Role
from storage import Stores
from storage.tables.documents import documents, subscriptions
from storage.tables.history import history
from storage.tables.outbox import outbox
from tests.account.world import ALPHA, BETA, HER_PHONE
from tests.storage.set_desk import Desk

REGISTER = DocumentKind.REGISTER
JANUARY = Month(2022, 1)


def a_bill(month: Month, *, registered: bool) -> Bill:
    """What one account owes of a month."""
    return Bill(
        number=f"{month.year}{month.month:02}01",
        account="26025487",
        issued=month.last,
        period=month.period,
        net=Money(100),
        vat=Money(16),
        gross=Money(116),
        registration="ESF-1" if registered else None,
    )


class Subscriber:
    """Айгүл on 24.01.2022 at her desk, and one process that orders what is due."""

    def __init__(self, stores: Stores) -> None:
        self.desk: Desk = Desk(stores)
        self.stores, self.clock, self.carrier = stores, self.desk.clock, self.desk.carrier
        self.use = self.process(stores)

    def process(self, stores: Stores) -> Subscriptions:
        reports = DocumentCatalogue(self.carrier, self.clock)
        return Subscriptions(self.carrier, reports, stores.subscriptions, self.clock)

    @property
    def actor(self) -> Actor:
        return self.desk.actor()

    def until(self, year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> None:
        moment = datetime(year, month, day, hour, minute, tzinfo=ALMATY).astimezone(UTC)
        self.clock.advance(moment - self.clock.now())

    def billed(self, *months: Month, registered: bool = True) -> None:
        every = self.carrier.cabinet.bills.setdefault(ALPHA, [])
        every += [a_bill(month, registered=registered) for month in months]

    async def ordered(self) -> list[tuple[str, str]]:
        rows = await self.stores.database.read(
            lambda conn: conn.execute(
                select(documents.c.kind, documents.c.parameters).order_by(documents.c.reference)
            ).all()
        )
        return [(row.kind, row.parameters) for row in rows]

    async def told(self) -> list[str]:
        return await self.stores.database.read(
            lambda conn: list(
                conn.execute(
                    select(outbox.c.kind)
                    .where(outbox.c.kind.startswith("subscription."))
                    .order_by(outbox.c.id)
                ).scalars()
            )
        )

    async def state(self) -> list[str]:
        return await self.stores.database.read(
            lambda conn: list(conn.execute(select(subscriptions.c.state)).scalars())
        )


@pytest.fixture
def reader(stores: Stores) -> Subscriber:
    return Subscriber(stores)


async def subscribed(reader: Subscriber, day: int = 4) -> Subscription:
    return await reader.use.subscribe(reader.actor, REGISTER, day, "ru")


async def test_a_month_is_ordered_on_its_day_at_ten_and_once(
    reader: Subscriber, others: Stores
) -> None:
    one = await subscribed(reader)
    assert one.next_month == JANUARY
    reader.billed(JANUARY)
    reader.until(2022, 2, 4, 9, 59)
    assert await reader.use.order_due() == 0
    reader.until(2022, 2, 4, 10, 0)
    both = [reader.use, reader.process(others)]
    assert sum(await asyncio.gather(*(use.order_due() for use in both))) == 1
    assert await reader.use.order_due() == 0
    (placed,) = await reader.ordered()
    assert placed[0] == "register"
    assert placed[1].count("2022-01") == 2
    entries = await reader.stores.database.read(
        lambda conn: conn.execute(select(history.c.what, history.c.reference)).all()
    )
    assert [(row.what, (row.reference or "")[:2]) for row in entries] == [
        ("document.ordered", "R-")
    ]
    assert await reader.told() == []


async def test_the_clock_set_back_orders_nothing_twice(reader: Subscriber) -> None:
    await subscribed(reader)
    reader.billed(JANUARY)
    reader.until(2022, 2, 4)
    assert await reader.use.order_due() == 1
    reader.until(2022, 1, 30)
    assert await reader.use.order_due() == 0
    reader.until(2022, 2, 4)
    assert await reader.use.order_due() == 0


async def test_of_missed_months_the_latest_comes_and_the_others_are_said(
    reader: Subscriber,
) -> None:
    await subscribed(reader)
    reader.billed(JANUARY, JANUARY.plus(1), JANUARY.plus(2))
    reader.until(2022, 4, 20)
    assert await reader.use.order_due() == 1
    (placed,) = await reader.ordered()
    assert placed[1].count("2022-03") == 2
    assert await reader.told() == ["subscription.missed"]


async def test_bills_that_are_not_there_are_waited_for_three_days(reader: Subscriber) -> None:
    await subscribed(reader)
    reader.until(2022, 2, 4)
    for _ in range(2):
        assert await reader.use.order_due() == 0
        reader.clock.advance(timedelta(days=1))
    assert await reader.told() == ["subscription.waits"]
    reader.billed(JANUARY)
    assert await reader.use.order_due() == 1
    reader.until(2022, 3, 4)
    for _ in range(5):
        assert await reader.use.order_due() == 0
        reader.clock.advance(timedelta(days=1))
    assert await reader.told() == [
        "subscription.waits",
        "subscription.waits",
        "subscription.failed",
    ]


async def test_a_register_waits_until_its_invoices_are_registered(reader: Subscriber) -> None:
    await subscribed(reader)
    reader.billed(JANUARY.plus(-1))
    reader.billed(JANUARY, registered=False)
    reader.until(2022, 2, 4)
    for _ in range(3):
        assert await reader.use.order_due() == 0
        reader.clock.advance(timedelta(days=1))
    assert await reader.told() == ["subscription.unregistered"]
    assert await reader.use.order_due() == 1


async def test_where_no_registration_is_ever_told_none_is_waited_for(reader: Subscriber) -> None:
    await subscribed(reader)
    reader.billed(JANUARY.plus(-1), JANUARY, registered=False)
    reader.until(2022, 2, 4)
    assert await reader.use.order_due() == 1


async def test_who_may_not_order_it_any_more_is_told_and_gets_nothing(reader: Subscriber) -> None:
    await subscribed(reader)
    reader.billed(JANUARY)
    reader.carrier.granted["adm-1"] = (replace(reader.desk.alpha, role=Role.OPERATOR),)
    reader.until(2022, 2, 4)
    assert await reader.use.order_due() == 0
    assert (await reader.told(), await reader.state()) == (["subscription.ended"], ["ended"])
    assert await reader.ordered() == []


async def test_the_operator_away_puts_it_off(reader: Subscriber) -> None:
    await subscribed(reader)
    reader.billed(JANUARY)
    reader.until(2022, 2, 4)
    reader.carrier.down = True
    with pytest.raises(CarrierUnavailable):
        await reader.use.order_due()
    reader.carrier.down = False
    reader.clock.advance(SOON)
    assert await reader.use.order_due() == 1


async def test_everybody_of_the_same_day_is_served_at_once(
    reader: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account.documents.subscriptions.AT_ONCE", 1)
    reader.billed(JANUARY)
    for day in (4, 5, 6):
        await subscribed(reader, day)
    reader.until(2022, 2, 6)
    assert await reader.use.order_due() == 3


async def test_a_company_that_cannot_be_asked_holds_up_no_other(
    reader: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account.documents.subscriptions.AT_ONCE", 1)
    await subscribed(reader)
    beta = replace(reader.desk.alpha, id=BETA, name="Beta LLP")
    reader.carrier.granted["adm-1"] = (reader.desk.alpha, beta)
    actor = replace(reader.actor, companies=(reader.desk.alpha, beta), company_id=BETA)
    await reader.use.subscribe(actor, REGISTER, 5, "ru")
    reader.carrier.cabinet.bills[BETA] = [a_bill(JANUARY, registered=True)]
    asked = reader.carrier.bills

    async def but_alphas(query: BillsQuery, *, offset: int, limit: int) -> Page[Bill]:
        if query.company_id == ALPHA:
            raise CarrierUnavailable
        return await asked(query, offset=offset, limit=limit)

    monkeypatch.setattr(reader.carrier, "bills", but_alphas)
    reader.until(2022, 2, 5)
    for _ in range(2):
        with suppress(CarrierUnavailable):
            await reader.use.order_due()
    assert len(await reader.ordered()) == 1


async def test_a_month_that_another_process_has_ordered_is_not_given_up(
    reader: Subscriber,
) -> None:
    """Which saw no bills a moment before, on the last day of waiting."""
    one = await subscribed(reader)
    reader.billed(JANUARY)
    reader.until(2022, 2, 8)
    now = reader.clock.now()
    assert await reader.use.order_due() == 1
    for waits_since in (None, now - timedelta(days=4)):
        stale = replace(one, waits_since=waits_since)
        await reader.use._wait(stale, JANUARY, now, Lack.BILLS)
    assert await reader.told() == []
    kept = await reader.use.read(reader.actor, one.id)
    assert (kept.month, kept.waits_since) == (JANUARY, None)


async def test_what_has_ended_is_forgotten_and_what_goes_on_is_not(reader: Subscriber) -> None:
    one, other = await subscribed(reader, 4), await subscribed(reader, 5)
    await reader.use.end(reader.actor, one.id)
    for days, kept in ((29, 2), (31, 1)):
        await reader.stores.purge(one.due + timedelta(days=days))
        assert len(await reader.state()) == kept
    assert await reader.stores.subscriptions.read(other.id) == other


async def test_not_me_suspends_it_and_a_new_password_does_not(reader: Subscriber) -> None:
    one = await subscribed(reader)
    reader.billed(JANUARY)
    now = reader.clock.now()
    await reader.stores.effect_store.write(
        [SetPassword("adm-1", HER_PHONE, "hash", now), EndSessionsOf("adm-1", now)]
    )
    assert await reader.state() == ["active"]
    await reader.stores.effect_store.write([Freeze("adm-1", HER_PHONE, now)])
    assert await reader.state() == ["suspended"]
    reader.until(2022, 2, 4)
    assert await reader.use.order_due() == 0
    await reader.use.keep(reader.actor, one.id)
    assert await reader.use.order_due() == 1


async def test_what_cannot_be_subscribed_to(reader: Subscriber) -> None:
    for day in (0, 3, 29):
        with pytest.raises(DayInvalid):
            await subscribed(reader, day)
    with pytest.raises(DayInvalid):
        await reader.use.subscribe(reader.actor, DocumentKind.CLOSING_SET, 5, "ru")
    operator = replace(reader.desk.alpha, role=Role.OPERATOR)
    with pytest.raises(RightMissing):
        await reader.use.own(replace(reader.actor, companies=(operator,)))
    one = await subscribed(reader)
    assert (await subscribed(reader)).id == one.id
    for day in range(5, 5 + MOST - 1):
        await subscribed(reader, day)
    with pytest.raises(TooManySubscriptions):
        await subscribed(reader, 28)


async def test_two_processes_make_no_subscription_too_many(
    reader: Subscriber, others: Stores
) -> None:
    beside = reader.process(others)
    for day in range(4, 4 + MOST - 1):
        await subscribed(reader, day)
    both = [(use, day) for use in (reader.use, beside) for day in (27, 28)]
    await asyncio.gather(*(use.own(reader.actor) for use, _day in both))  # All are connected.
    made = await asyncio.gather(
        *(use.subscribe(reader.actor, REGISTER, day, "ru") for use, day in both),
        return_exceptions=True,
    )
    assert sum(isinstance(one, TooManySubscriptions) for one in made) == 2
    assert len(await reader.use.own(reader.actor)) == MOST


async def test_ones_own_alone_and_what_has_ended_is_gone(reader: Subscriber) -> None:
    one = await subscribed(reader)
    other = replace(reader.actor, administrator_id="adm-2")
    for deed in (reader.use.read, reader.use.end, reader.use.keep):
        with pytest.raises(SubscriptionGone):
            await deed(other, one.id)
    await reader.use.end(reader.actor, one.id)
    with pytest.raises(SubscriptionGone):
        await reader.use.read(reader.actor, one.id)
    reader.billed(JANUARY)
    reader.until(2022, 2, 4)
    assert await reader.use.order_due() == 0


async def test_the_order_is_one_like_any_other(reader: Subscriber) -> None:
    await subscribed(reader)
    reader.billed(JANUARY)
    reader.until(2022, 2, 4)
    await reader.use.order_due()
    lease = timedelta(minutes=1)
    document = await reader.stores.documents.claim("one", reader.clock.now(), lease)
    assert document is not None
    assert (document.state, document.order.company_id) == (DocumentState.MAKING, ALPHA)
    assert document.order.company_name == "Alpha LLP"
    assert BETA not in str(document.order)


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        ("2022-01-24T12:00", 4, "2021-12"),
        ("2022-02-04T09:59", 4, "2021-12"),
        ("2022-02-04T10:00", 4, "2022-01"),
        ("2024-03-01T10:00", 28, "2024-01"),
        ("2022-01-03T12:00", 4, "2021-11"),
    ],
)
def test_a_month_is_due_on_its_day_of_the_next_one(now: str, day: int, month: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ALMATY).astimezone(UTC)
    assert str(latest_due(moment, day)) == month


def test_states_are_those_of_the_index() -> None:
    assert {one.value for one in SubscriptionState} == {"active", "suspended", "ended"}


@pytest.mark.parametrize("down", [False, True], ids=["no bills yet", "operator down"])
async def test_a_clock_that_was_a_year_ahead_holds_no_paper_up(
    reader: Subscriber, down: bool
) -> None:
    await subscribed(reader)
    reader.until(2022, 1, 25)
    right, ahead = reader.clock.now(), timedelta(days=365)
    reader.clock.advance(ahead)
    reader.carrier.down = down
    with suppress(CarrierUnavailable):
        await reader.use.order_due()
    reader.carrier.down = False
    reader.clock.advance(-ahead)
    await reader.stores.clocks.stepped("a step", right, -ahead, right)
    reader.until(2022, 1, 27)
    assert await reader.use.order_due() == 0
    (one,) = await reader.use.own(reader.actor)
    assert (one.next_month, one.waits_since) == (JANUARY, None)
    reader.billed(JANUARY)
    reader.until(2022, 2, 4)
    assert await reader.use.order_due() == 1


async def test_what_is_subscribed_to_again_comes_to_that_chat(reader: Subscriber) -> None:
    one = await subscribed(reader)
    elsewhere = replace(reader.actor, telegram_id=7002)
    again = await reader.use.subscribe(elsewhere, REGISTER, 4, "kk")
    assert (again.id, again.telegram_id, again.language) == (one.id, 7002, "kk")
    (kept,) = await reader.use.own(elsewhere)
    assert (kept.telegram_id, kept.language) == (7002, "kk")


async def test_what_is_subscribed_to_again_is_suspended_no_more(reader: Subscriber) -> None:
    await subscribed(reader)
    now = reader.clock.now()
    await reader.stores.effect_store.write([Freeze("adm-1", HER_PHONE, now, ())])
    assert await reader.state() == ["suspended"]
    reader.until(2022, 4, 10)
    again = await subscribed(reader)
    assert again.next_month == Month(2022, 4)
    assert await reader.state() == ["active"]
    reader.billed(Month(2022, 4))
    reader.until(2022, 5, 4)
    assert await reader.use.order_due() == 1
    assert await reader.told() == []


async def test_a_suspended_one_goes_on_in_the_chat_where_it_is_kept(reader: Subscriber) -> None:
    one = await subscribed(reader)
    await reader.stores.effect_store.write([Freeze("adm-1", HER_PHONE, reader.clock.now(), ())])
    elsewhere = replace(reader.actor, telegram_id=7002)
    await reader.use.keep(elsewhere, one.id)
    (kept,) = await reader.use.own(elsewhere)
    assert (kept.state, kept.telegram_id) == (SubscriptionState.ACTIVE, 7002)
