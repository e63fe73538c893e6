"""Alerts over both databases: once, none lost, at no hour when people sleep, to who may hear."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, literal, select, update

from account.chapters.alerts.looks import EVERY, LEASE, PAGE, AlertLooks
from account.chapters.alerts.rule import MOST_OF_PERSON, USED_UP, Measure, QuietHours, Scope
from account.chapters.alerts.rules import KNOWN_FOR, AlertHearers, AlertRules
from account.chapters.alerts.single import SingleReadings
from account.chapters.numbers import NumberPages, NumbersQuery
from account.chapters.usage import Usage
from account.effects.effect import EndSessionsOf, OpenSession
from account.errors import (
    AlertRuleGone,
    AlertScopeUnknown,
    AmountInvalid,
    CarrierUnavailable,
    NumberNotFound,
    RightMissing,
    TooManyAlertRules,
)
from account.identity.directory import Company
from account.identity.permissions import Actor
from account.identity.sessions import Session
from account.values.identifiers import Bin, Msisdn
from account.values.labels import LabelField
from account.values.money import Money
from account.values.number import Number, NumberState
from account.values.page import Page
from account.values.periods import ALMATY
from account.values.rights import Role
from bot.events.wakeups import EventWakeups
from storage import Stores
from storage.tables.alerts import alert_marks, alert_rules, alerts
from storage.tables.outbox import outbox
from tests.account.world import AIGUL, ALPHA, BETA, HER_PHONE, a_number
from tests.storage.set_desk import Desk, a_msisdn

THOUSAND = Money(100_000)
A_MOMENT = timedelta(minutes=1)


class Watch:
    """Айгүл with her rules, and one process that looks; `beside` is another one."""

    def __init__(self, stores: Stores, beside: Watch | None = None) -> None:
        self.desk: Desk = Desk(stores, None if beside is None else beside.desk)
        self.stores, self.clock, self.carrier = stores, self.desk.clock, self.desk.carrier
        self.hearers = AlertHearers(self.carrier, stores.sessions, self.clock)
        usage = Usage(self.carrier, stores.history, self.clock)
        pages = NumberPages(self.carrier)
        self.readings = SingleReadings(pages, stores.labels, self.carrier, usage)
        self.rules = AlertRules(
            self.carrier, stores.labels, stores.alerts, self.clock, self.readings
        )
        self.looks = AlertLooks(
            NumberPages(self.carrier),
            stores.labels,
            self.hearers,
            stores.alerts,
            self.clock,
            "one" if beside is None else "two",
            self.readings,
        )

    @property
    def actor(self) -> Actor:
        return self.desk.actor()

    async def log_in(self) -> None:
        now = self.clock.now()
        session = Session(f"s-{now:%Y%m%d}", AIGUL, "adm-1", "Айгүл", HER_PHONE, ALPHA, now, now)
        await self.stores.effect_store.write([OpenSession(session)])

    def has(self, tenge: int | None, n: int = 0) -> None:
        number = self.carrier.fleet[a_msisdn(n).digits]
        funds = None if tenge is None else Money(tenge * 100)
        self.carrier.add(replace(number, funds=funds))

    async def look(self) -> None:
        """A whole look, and the telling of what it brought."""
        while await self.looks.step():
            pass
        await self.looks.tell()

    async def next_look(self) -> None:
        self.clock.advance(EVERY + A_MOMENT)
        await self.look()

    async def told(self) -> list[str]:
        return await self.stores.database.read(
            lambda conn: list(
                conn.execute(
                    select(outbox.c.kind)
                    .where(outbox.c.kind.startswith("alert."))
                    .order_by(outbox.c.id)
                ).scalars()
            )
        )


@pytest.fixture
async def watch(stores: Stores) -> Watch:
    watch = Watch(stores)
    await watch.log_in()
    for n in range(47):
        watch.has(5000, n)
    return watch


async def below(watch: Watch, scope: Scope = Scope.COMPANY, target: str = "") -> str:
    rule = await watch.rules.add(watch.actor, Measure.FUNDS, scope, target, THOUSAND)
    await watch.look()
    return rule.id


async def test_below_the_amount_is_told_once_and_again_after_it_was_well_above(
    watch: Watch,
) -> None:
    await below(watch)
    assert await watch.told() == []
    for tenge, count in ((1000, 0), (999, 1), (1001, 1), (998, 1), (1099, 1), (999, 1), (0, 1)):
        watch.has(tenge)
        await watch.next_look()
        assert len(await watch.told()) == count, tenge
    watch.has(1100)
    await watch.next_look()
    watch.has(999)
    await watch.next_look()
    assert await watch.told() == ["alert.one", "alert.one"]


async def test_what_is_not_told_concludes_nothing(watch: Watch) -> None:
    await below(watch)
    watch.has(999)
    await watch.next_look()
    for tenge in (None, 999):
        watch.has(tenge)
        await watch.next_look()
    number = watch.carrier.fleet.pop(a_msisdn(0).digits)
    await watch.next_look()
    watch.carrier.add(number)
    await watch.next_look()
    assert await watch.told() == ["alert.one"]


async def test_what_is_over_when_the_rule_is_made_is_one_summary(watch: Watch) -> None:
    for n in range(9):
        watch.has(10, n)
    rule_id = await below(watch)
    assert await watch.told() == ["alert.first"]
    rows, count = await watch.stores.alerts.batch(f"first:{rule_id}", 5)
    assert (count, len(rows)) == (9, 5)
    await watch.next_look()
    assert await watch.told() == ["alert.first"]


async def test_more_than_five_are_one_digest_and_the_next_one_waits(watch: Watch) -> None:
    await below(watch)
    for n in range(6):
        watch.has(1, n)
    await watch.next_look()
    assert await watch.told() == ["alert.many"]
    for n in range(6, 12):
        watch.has(1, n)
    await watch.stores.alerts.wake([ALPHA], watch.clock.now() + timedelta(minutes=2))
    watch.clock.advance(timedelta(minutes=2))
    await watch.look()
    assert await watch.told() == ["alert.many"]
    watch.clock.advance(timedelta(minutes=9))
    await watch.look()
    assert await watch.told() == ["alert.many", "alert.many"]


async def test_a_digest_that_waits_holds_up_nobody_else(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.stores.alerts.GROUPS", 1)
    await below(watch)
    for n in range(6):
        watch.has(1, n)
    await watch.next_look()
    for n in range(6, 12):
        watch.has(1, n)
    await watch.stores.alerts.wake([ALPHA], watch.clock.now() + timedelta(minutes=2))
    watch.clock.advance(timedelta(minutes=2))
    await watch.look()
    assert await watch.told() == ["alert.many"]
    now = watch.clock.now()
    await watch.stores.database.write(
        lambda conn: conn.execute(
            alerts.insert().from_select(
                [one.name for one in alerts.c if one.name != "id"],
                select(
                    *(
                        literal("rule-2")
                        if one.name == "rule_id"
                        else literal("adm-9")
                        if one.name == "administrator_id"
                        else one
                        for one in alerts.c
                        if one.name != "id"
                    )
                )
                .where(alerts.c.state == "due")
                .limit(1),
            )
        ).close()
    )
    assert await watch.stores.alerts.tell(now) == 1
    assert await watch.told() == ["alert.many", "alert.one"]


async def test_rules_of_a_newer_program_alone_are_not_looked_at_without_a_pause(
    watch: Watch,
) -> None:
    rule_id = await below(watch)
    newer = update(alert_rules).where(alert_rules.c.id == rule_id).values(measure="newer")
    await watch.stores.database.write(lambda conn: conn.execute(newer).close())
    watch.clock.advance(EVERY + A_MOMENT)
    assert await watch.looks.step()
    assert not await watch.looks.step()
    assert await watch.stores.alerts.look(ALPHA) is not None


async def test_a_rule_made_while_its_company_is_forgotten_is_looked_at(
    watch: Watch, others: Stores
) -> None:
    """The last rule goes, and its company is about to be forgotten, when another one comes."""
    rule_id = await below(watch)
    await watch.rules.remove(watch.actor, rule_id)
    watch.clock.advance(EVERY + A_MOMENT)
    look = await watch.stores.alerts.claim("one", watch.clock.now(), LEASE)
    assert look is not None
    for _ in range(20):
        now = watch.clock.now()
        await asyncio.gather(
            watch.rules.add(watch.actor, Measure.DEBT), others.alerts.forget(look, now)
        )
        assert await watch.stores.alerts.look(ALPHA) is not None
        for one in await watch.rules.own(watch.actor):
            await watch.rules.remove(watch.actor, one.id)
        again = await watch.stores.alerts.claim("one", watch.clock.now(), LEASE)
        look = again or look
        watch.clock.advance(LEASE + A_MOMENT)


async def test_at_night_three_hundred_become_one_digest_in_the_morning(watch: Watch) -> None:
    await below(watch)
    night = datetime(2022, 1, 25, 3, 0, tzinfo=ALMATY).astimezone(UTC)
    watch.clock.advance(night - watch.clock.now())
    for n in range(47):
        watch.has(1, n)
    await watch.look()
    assert await watch.told() == []
    watch.clock.advance(timedelta(hours=4, minutes=59))
    await watch.looks.tell()
    assert await watch.told() == []
    watch.clock.advance(timedelta(minutes=1))
    await watch.looks.tell()
    assert await watch.told() == ["alert.many"]


async def test_debt_comes_at_any_hour_and_a_block_by_oneself_not_at_all(watch: Watch) -> None:
    await watch.rules.add(watch.actor, Measure.DEBT)
    await watch.rules.add(watch.actor, Measure.STATE)
    await watch.look()
    night = datetime(2022, 1, 25, 3, 0, tzinfo=ALMATY).astimezone(UTC)
    watch.clock.advance(night - watch.clock.now())
    now = watch.clock.now()
    number = watch.carrier.fleet[a_msisdn(1).digits]
    watch.carrier.add(replace(number, state=NumberState.DEBT, state_since=None))
    await watch.look()
    assert await watch.told() == ["alert.one"]
    number = watch.carrier.fleet[a_msisdn(2).digits]
    watch.carrier.add(replace(number, state=NumberState.BLOCKED, state_since=now))
    await watch.next_look()
    await watch.next_look()
    assert await watch.told() == ["alert.one", "alert.one"]


async def test_own_changes_are_no_news(watch: Watch) -> None:
    await watch.rules.add(watch.actor, Measure.STATE)
    await watch.look()
    change_set = await watch.desk.confirmed(range(1))
    await watch.desk.to_the_end(change_set)
    number = watch.carrier.fleet[a_msisdn(0).digits]
    assert number.state is NumberState.BLOCKED
    watch.carrier.add(replace(number, state_since=watch.clock.now()))
    await watch.next_look()
    assert await watch.told() == []


async def test_a_kill_between_pages_loses_nothing_and_tells_nothing_twice(
    watch: Watch, others: Stores
) -> None:
    for n in range(100, 350):
        watch.carrier.add(replace(a_number(a_msisdn(n)), funds=Money(500_000)))
    await below(watch)
    for n in (0, 150, 300):
        watch.has(1, n)
    watch.clock.advance(EVERY + A_MOMENT)
    assert await watch.looks.step()
    dead = await watch.stores.alerts.claim("dead", watch.clock.now(), LEASE)
    assert dead is not None
    assert dead.cursor == PAGE
    other = Watch(others, beside=watch)
    assert not await other.looks.step()
    watch.clock.advance(LEASE + A_MOMENT)
    await other.look()
    assert not await watch.stores.alerts.turned(
        dead, await watch.looks._judged(dead, [], []), 2 * PAGE, watch.clock.now()
    )
    await watch.look()
    assert await watch.told() == ["alert.one"] * 3


async def test_the_operator_away_is_told_once_and_so_is_its_return(watch: Watch) -> None:
    await below(watch)
    watch.carrier.down = True
    for _ in range(8):
        await watch.next_look()
    assert await watch.told() == ["alert.stale"]
    watch.carrier.down = False
    await watch.next_look()
    await watch.next_look()
    assert await watch.told() == ["alert.stale", "alert.fresh"]


async def test_who_has_left_the_chat_is_not_looked_for(watch: Watch) -> None:
    await below(watch)
    watch.has(1)
    ended = EndSessionsOf("adm-1", watch.clock.now())
    await watch.stores.effect_store.write([ended])
    watch.carrier.down = True
    await watch.next_look()
    look = await watch.stores.alerts.look(ALPHA)
    assert look is not None
    assert look.failing_since is None
    assert await watch.hearers.company(AIGUL, "adm-1", ALPHA) is None


async def test_who_may_hear_is_asked_of_the_operator(watch: Watch) -> None:
    company = await watch.hearers.company(AIGUL, "adm-1", ALPHA)
    assert company is not None
    assert await watch.hearers.company(AIGUL, "adm-1", BETA) is None
    assert await watch.hearers.company(AIGUL, "adm-2", ALPHA) is None
    watch.carrier.granted["adm-1"] = ()
    assert await watch.hearers.company(AIGUL, "adm-1", ALPHA) is None
    watch.carrier.down = True
    with pytest.raises(CarrierUnavailable):
        await watch.hearers.company(AIGUL, "adm-1", ALPHA)


async def test_who_has_lost_the_company_is_not_looked_for(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[int] = []
    asked = watch.carrier.numbers

    async def counted(company_id: str, query: NumbersQuery) -> Page[Number]:
        pages.append(query.offset)
        return await asked(company_id, query)

    monkeypatch.setattr(watch.carrier, "numbers", counted)
    await below(watch)
    watch.has(1)
    granted = dict(watch.carrier.granted)
    watch.carrier.granted["adm-1"] = ()
    watch.clock.advance(KNOWN_FOR)
    pages.clear()
    for _ in range(3):
        await watch.next_look()
    assert pages == []
    watch.carrier.granted.update(granted)
    watch.clock.advance(KNOWN_FOR)
    await watch.look()
    assert pages == [0]
    assert await watch.told() == ["alert.one"]


async def test_an_operator_that_does_not_say_whose_a_company_is_loses_no_alert(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await below(watch)

    async def away(_administrator_id: str) -> Sequence[Company]:
        raise CarrierUnavailable

    monkeypatch.setattr(watch.carrier, "companies", away)
    watch.has(1)
    watch.clock.advance(KNOWN_FOR)
    await watch.look()
    assert await watch.told() == ["alert.one"]


async def test_two_processes_make_no_rule_too_many(watch: Watch, others: Stores) -> None:
    beside = Watch(others, beside=watch)
    for _ in range(MOST_OF_PERSON - 1):
        await watch.rules.add(watch.actor, Measure.DEBT)
    both = [one.rules for one in (watch, beside) for _ in range(4)]
    await asyncio.gather(*(rules.own(watch.actor) for rules in both))  # All are connected.
    made = await asyncio.gather(
        *(rules.add(watch.actor, Measure.STATE) for rules in both),
        return_exceptions=True,
    )
    assert sum(isinstance(one, TooManyAlertRules) for one in made) == 7
    assert len(await watch.rules.own(watch.actor)) == MOST_OF_PERSON


async def test_scopes_and_what_cannot_be_a_rule(watch: Watch) -> None:
    watch.has(1, 0)
    watch.has(1, 1)
    await watch.stores.labels.put(
        ALPHA, a_msisdn(1), {LabelField.CENTRE: "Склад 1"}, watch.clock.now(), []
    )
    one = await below(watch, Scope.NUMBER, a_msisdn(0).digits)
    two = await below(watch, Scope.CENTRE, "склад 1")
    for rule_id in (one, two):
        rows, count = await watch.stores.alerts.batch(f"first:{rule_id}", 9)
        assert count == 1
        assert rows[0].msisdn == a_msisdn(0 if rule_id == one else 1)
    with pytest.raises(NumberNotFound):
        await below(watch, Scope.NUMBER, a_msisdn(900).digits)
    with pytest.raises(AmountInvalid):
        await watch.rules.add(watch.actor, Measure.FUNDS)
    with pytest.raises(AmountInvalid):
        await watch.rules.add(watch.actor, Measure.DEBT, threshold=THOUSAND)


async def test_rules_are_ones_own_and_not_without_end(watch: Watch) -> None:
    rule_id = await below(watch)
    other = replace(watch.actor, administrator_id="adm-2")
    for deed in (watch.rules.read, watch.rules.remove):
        with pytest.raises(AlertRuleGone):
            await deed(other, rule_id)
    employee = Company(ALPHA, "Alpha", Bin("180140000018"), Role.EMPLOYEE)
    with pytest.raises(RightMissing):
        await watch.rules.own(replace(watch.actor, companies=(employee,)))
    for _ in range(49):
        await watch.rules.add(watch.actor, Measure.DEBT)
    with pytest.raises(TooManyAlertRules):
        await watch.rules.add(watch.actor, Measure.DEBT)
    await watch.rules.remove(watch.actor, rule_id)
    assert len(await watch.rules.own(watch.actor)) == 49


async def test_a_muted_rule_says_nothing_not_even_later(watch: Watch) -> None:
    rule_id = await below(watch)
    await watch.rules.mute(watch.actor, rule_id, watch.clock.now() + timedelta(hours=1))
    watch.has(1)
    await watch.next_look()
    watch.clock.advance(timedelta(hours=2))
    await watch.look()
    assert await watch.told() == []


async def test_a_muted_number_says_nothing_by_whatever_rule(watch: Watch) -> None:
    await below(watch)
    await watch.rules.add(watch.actor, Measure.DEBT)
    await watch.look()
    until = watch.clock.now() + timedelta(hours=1)
    await watch.rules.mute_number(watch.actor, a_msisdn(0), until)
    await watch.rules.mute_number(watch.actor, a_msisdn(0), until)
    assert await watch.rules.number_muted_until(watch.actor, a_msisdn(0)) == until
    assert await watch.rules.number_muted_until(watch.actor, a_msisdn(1)) is None
    for n in range(2):
        number = watch.carrier.fleet[a_msisdn(n).digits]
        watch.carrier.add(replace(number, state=NumberState.DEBT, funds=Money(1)))
    await watch.next_look()
    assert await watch.told() == ["alert.one"] * 2
    watch.clock.advance(timedelta(hours=1))
    await watch.look()
    assert await watch.told() == ["alert.one"] * 2
    assert await watch.rules.number_muted_until(watch.actor, a_msisdn(0)) is None
    watch.has(5000)
    await watch.next_look()
    watch.has(1)
    await watch.next_look()
    assert await watch.told() == ["alert.one"] * 3
    with pytest.raises(NumberNotFound):
        await watch.rules.mute_number(watch.actor, a_msisdn(900), until)


async def test_a_colleague_hears_of_a_number_that_one_muted(watch: Watch) -> None:
    await below(watch)
    until = watch.clock.now() + timedelta(days=9)
    await watch.stores.alerts.mute_number("adm-2", ALPHA, a_msisdn(0), until)
    watch.has(1)
    await watch.next_look()
    assert await watch.told() == ["alert.one"]


async def test_what_was_told_is_remembered_while_the_number_is_read(watch: Watch) -> None:
    """And for ninety days after: a number that comes back in time is not told of again."""
    await below(watch)
    watch.has(1)
    await watch.next_look()
    assert await watch.told() == ["alert.one"]
    for _ in range(4):
        watch.clock.advance(timedelta(days=60))
        await watch.stores.purge(watch.clock.now())
        await watch.log_in()
        await watch.look()
        assert await watch.told() == []
    number = watch.carrier.fleet.pop(a_msisdn(0).digits)
    for days, count in ((89, 1), (2, 0)):
        watch.clock.advance(timedelta(days=days))
        await watch.look()
        await watch.stores.purge(watch.clock.now())
        await watch.log_in()
        marks = await watch.stores.database.read(
            lambda conn: conn.execute(select(func.count()).select_from(alert_marks)).scalar_one()
        )
        assert marks == count
    watch.carrier.add(number)


async def test_what_a_typed_text_is_about(watch: Watch) -> None:
    labels, now = watch.stores.labels, watch.clock.now()
    words = {LabelField.LABEL: "Ғалым Ә.", LabelField.CENTRE: "Склад 1"}
    await labels.put(ALPHA, a_msisdn(1), words, now, [])
    await labels.put(ALPHA, a_msisdn(2), {LabelField.LABEL: "Ғалым Ә. и др."}, now, [])
    account = watch.carrier.fleet[a_msisdn(3).digits].account
    for typed, meant in (
        (a_msisdn(1).shown, (Scope.NUMBER, a_msisdn(1).digits)),
        (" склад  1 ", (Scope.CENTRE, "склад 1")),
        ("ғалым ә.", (Scope.LABEL, "ғалым ә.")),
        (account, (Scope.ACCOUNT, account)),
    ):
        assert await watch.rules.named(watch.actor, typed) == meant
    for typed in ("ғалым", "12345", "-", ""):
        with pytest.raises(AlertScopeUnknown):
            await watch.rules.named(watch.actor, typed)
    watch.has(1, 1)
    watch.has(1, 2)
    rule_id = await below(watch, Scope.LABEL, "ғалым ә.")
    rows, count = await watch.stores.alerts.batch(f"first:{rule_id}", 9)
    assert (count, rows[0].msisdn) == (1, a_msisdn(1))


async def test_an_event_brings_the_look_forward_and_no_flood(watch: Watch) -> None:
    await below(watch)
    assert await watch.stores.alerts.wake([ALPHA], watch.clock.now()) == 0
    watch.has(1)
    watch.clock.advance(timedelta(minutes=2))
    assert await watch.stores.alerts.wake([ALPHA, BETA], watch.clock.now()) == 1
    assert await watch.stores.alerts.wake([ALPHA], watch.clock.now()) == 0
    await watch.look()
    assert await watch.told() == ["alert.one"]


async def test_an_event_of_the_operators_that_names_the_company_wakes_its_look(
    watch: Watch,
) -> None:
    await below(watch)
    watch.clock.advance(timedelta(minutes=2))
    wakes = EventWakeups(
        watch.stores.action_wakeups,
        watch.stores.event_subscriptions,
        watch.clock,
        counted=lambda _: None,
        ring=lambda: None,
        looks=watch.stores.alerts,
    )
    assert not await watch.looks.step()
    assert wakes.offer("TMF622", frozenset({"po-1", BETA}))
    await wakes._look()
    assert not await watch.looks.step()
    assert wakes.offer("TMF622", frozenset({"po-1", ALPHA}))
    await wakes._look()
    assert await watch.looks.step()


@dataclass
class Endless:
    """A company of any size, made as it is asked for; how many calls that were."""

    total: int
    calls: int = 0
    largest: int = 0

    async def page(self, company_id: str, *, offset: int, limit: int) -> Page[Number]:
        self.calls += 1
        rows: Sequence[Number] = [
            replace(a_number(Msisdn(f"7701{n:07}")), company_id=company_id, funds=Money(500_000))
            for n in range(offset, min(offset + limit, self.total))
        ]
        self.largest = max(self.largest, len(rows))
        return Page(tuple(rows), offset, self.total)

    async def number(self, _company_id: str, _msisdn: Msisdn) -> Number | None:
        return None


@pytest.mark.parametrize("total", [1_000, 100_000])
async def test_a_company_of_any_size_costs_a_page_of_memory(watch: Watch, total: int) -> None:
    endless = Endless(total)
    looks = AlertLooks(
        endless,
        watch.stores.labels,
        watch.hearers,
        watch.stores.alerts,
        watch.clock,
        "one",
        watch.readings,
    )
    await watch.rules.add(watch.actor, Measure.FUNDS, threshold=THOUSAND)
    await looks.step()
    tracemalloc.start()
    while await looks.step():
        pass
    _present, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert endless.calls == total // PAGE
    assert endless.largest == PAGE
    assert peak < 3_000_000
    count = await watch.stores.database.read(
        lambda conn: conn.execute(select(func.count()).select_from(alert_marks)).scalar_one()
    )
    assert count == 0


@pytest.mark.parametrize(
    ("begin", "end", "wall", "told"),
    [
        (22, 8, "21:59", "21:59"),
        (22, 8, "22:00", "08:00"),
        (22, 8, "03:00", "08:00"),
        (22, 8, "08:00", "08:00"),
        (9, 18, "12:00", "18:00"),
        (9, 18, "18:00", "18:00"),
        (0, 0, "03:00", "03:00"),
    ],
)
def test_quiet_hours_are_those_of_almaty(begin: int, end: int, wall: str, told: str) -> None:
    hour, minute = map(int, wall.split(":"))
    now = datetime(2024, 2, 29, hour, minute, tzinfo=ALMATY).astimezone(UTC)
    over = QuietHours(begin * 60, end * 60).over(now)
    assert f"{over.astimezone(ALMATY):%H:%M}" == told
    assert timedelta(0) <= over - now < timedelta(hours=12)


async def test_an_alert_of_a_clock_that_was_a_year_ahead_is_told_when_it_is_back(
    watch: Watch,
) -> None:
    await below(watch)
    right, ahead = watch.clock.now(), timedelta(days=365)
    watch.clock.advance(ahead)
    await watch.log_in()
    watch.has(999)
    while await watch.looks.step():
        pass
    watch.clock.advance(-ahead)
    await watch.stores.clocks.stepped("a step", right, -ahead, right)
    await watch.looks.tell()
    assert await watch.told() == ["alert.one"]


async def test_a_limit_that_is_used_up_is_told_when_nothing_is_left(watch: Watch) -> None:
    rule = await watch.rules.add(watch.actor, Measure.LIMIT, threshold=USED_UP)
    assert rule.used_up
    await watch.look()
    number = watch.carrier.fleet[a_msisdn(0).digits]
    for tenge, count in ((500, 0), (1, 0), (0, 1), (0, 1), (300, 1), (0, 2)):
        watch.carrier.add(replace(number, individual_limit=Money(tenge * 100)))
        await watch.next_look()
        assert len(await watch.told()) == count, tenge
