"""Alerts of what is read number by number, over both databases: allowances, spend, roaming."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from account.chapters.alerts.looks import EVERY_SINGLE, LEASE, STEP
from account.chapters.alerts.rule import Measure, QuietHours, Scope, look_id
from account.chapters.alerts.single import MOST_NUMBERS
from account.chapters.allowances import Allowance
from account.chapters.allowances import Measure as Unit
from account.chapters.usage import Direction, UsageKind, UsageRecord
from account.errors import AlertNoData, AlertTooWide, CarrierUnavailable, RightMissing
from account.values.identifiers import Msisdn
from account.values.labels import LabelField
from account.values.money import Money
from account.values.page import Page
from account.values.periods import ALMATY
from account.values.rights import Role
from storage import Stores
from tests.account.world import ALPHA, a_number
from tests.storage.set_desk import a_msisdn
from tests.storage.test_alerts import Watch

DATA, CALLS = "data", "onnet"


class Single(Watch):
    """Айгүл, whose numbers' allowances and usage are as the tests say."""

    def __init__(self, stores: Stores, beside: Watch | None = None) -> None:
        super().__init__(stores, beside)
        self.left: dict[str, dict[str, int | None]] = {}
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self.ends = datetime(2022, 1, 31, 19, tzinfo=UTC)

    async def allowances(self, _company_id: str, msisdn: Msisdn) -> Page[Allowance]:
        self.asked.append(msisdn.digits)
        if msisdn.digits in self.silent:
            raise CarrierUnavailable
        told = tuple(
            Allowance(
                use, use, Unit.BYTES, left, 1000, msisdn.digits, "", None, self.ends, ended=False
            )
            for use, left in self.left.get(msisdn.digits, {}).items()
        )
        return Page(told, 0, len(told))

    def uses(self, n: int, **left: int | None) -> None:
        self.left[a_msisdn(n).digits] = left

    def spends(self, tenge: int, roaming: str | None = None) -> None:
        record = UsageRecord(
            self.clock.now(), UsageKind.DATA, Direction.OUT, "", 1, Money(tenge * 100), roaming
        )
        self.carrier.records.insert(0, record)

    async def hour(self) -> None:
        self.clock.advance(EVERY_SINGLE + timedelta(minutes=1))
        await self.look()

    async def rule(self, measure: Measure, n: int = 0, tenge: int | None = None) -> str:
        threshold = None if tenge is None else Money(tenge * 100)
        rule = await self.rules.add(
            self.actor, measure, Scope.NUMBER, a_msisdn(n).digits, threshold
        )
        await self.look()
        return rule.id


@pytest.fixture
async def watch(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Single:
    watch = Single(stores)
    monkeypatch.setattr(watch.carrier, "allowances", watch.allowances)
    await watch.log_in()
    await watch.rules.set_quiet(watch.actor, QuietHours(0, 0))
    noon = datetime(2022, 1, 24, 12, tzinfo=ALMATY)
    watch.clock.advance(noon.astimezone(UTC) - watch.clock.now())
    return watch


async def test_each_allowance_is_told_at_80_and_at_100_per_cent(watch: Single) -> None:
    watch.uses(0, data=1000, onnet=1000)
    await watch.rule(Measure.ALLOWANCE)
    for data, onnet, count in (
        (201, 1000, 0),
        (200, 1000, 1),
        (210, 1000, 1),
        (190, 1000, 1),
        (190, 100, 2),
        (0, 100, 3),
        (50, 100, 3),
        (0, 100, 3),
        (300, 100, 3),
        (0, 100, 4),
    ):
        watch.uses(0, data=data, onnet=onnet)
        await watch.hour()
        assert len(await watch.told()) == count, (data, onnet)


async def test_a_new_period_is_told_again_and_what_is_unread_is_not(watch: Single) -> None:
    watch.uses(0, data=100)
    await watch.rule(Measure.ALLOWANCE)
    assert await watch.told() == ["alert.first"]
    watch.uses(0, data=None)
    await watch.hour()
    watch.uses(0)
    await watch.hour()
    watch.uses(0, data=100)
    await watch.hour()
    assert await watch.told() == ["alert.first"]
    watch.ends += timedelta(days=28)
    await watch.hour()
    assert await watch.told() == ["alert.first", "alert.one"]


async def test_spend_is_told_once_a_month(watch: Single) -> None:
    await watch.rule(Measure.SPEND, tenge=1000)
    watch.spends(1000)
    await watch.hour()
    assert await watch.told() == []
    watch.spends(1)
    await watch.hour()
    watch.spends(5000)
    await watch.hour()
    assert await watch.told() == ["alert.one"]
    february = datetime(2022, 2, 1, 12, tzinfo=ALMATY).astimezone(UTC)
    watch.clock.advance(february - watch.clock.now())
    await watch.look()
    assert await watch.told() == ["alert.one"]
    watch.spends(1001)
    await watch.hour()
    assert await watch.told() == ["alert.one", "alert.one"]


async def test_roaming_is_told_when_it_begins(watch: Single) -> None:
    await watch.rule(Measure.ROAMING)
    watch.spends(1)
    await watch.hour()
    assert await watch.told() == []
    watch.spends(1, roaming="TR")
    await watch.hour()
    watch.spends(1, roaming="TR")
    await watch.hour()
    assert await watch.told() == ["alert.one"]
    watch.clock.advance(timedelta(days=3))
    await watch.look()
    watch.spends(1, roaming="GE")
    await watch.hour()
    assert await watch.told() == ["alert.one", "alert.one"]


async def test_a_kill_between_numbers_loses_nothing_and_tells_nothing_twice(
    watch: Single, others: Stores
) -> None:
    words = {LabelField.CENTRE: "Depot"}
    for n in range(12):
        watch.uses(n, data=1000)
        await watch.stores.labels.put(ALPHA, a_msisdn(n), words, watch.clock.now(), [])
    await watch.rules.add(watch.actor, Measure.ALLOWANCE, Scope.CENTRE, "depot")
    await watch.look()
    for n in (0, 6, 11):
        watch.uses(n, data=0)
    watch.clock.advance(EVERY_SINGLE + timedelta(minutes=1))
    assert await watch.looks.step()
    dead = await watch.stores.alerts.claim("dead", watch.clock.now(), LEASE)
    assert dead is not None
    assert (dead.cursor, dead.single) == (STEP, True)
    watch.clock.advance(LEASE + timedelta(minutes=1))
    await Single(others, beside=watch).look()
    await watch.look()
    assert await watch.told() == ["alert.one"] * 3


async def test_one_number_that_is_silent_hides_no_other_and_all_are_an_outage(
    watch: Single,
) -> None:
    words = {LabelField.CENTRE: "Depot"}
    for n in range(2):
        watch.uses(n, data=1000)
        await watch.stores.labels.put(ALPHA, a_msisdn(n), words, watch.clock.now(), [])
    await watch.rules.add(watch.actor, Measure.ALLOWANCE, Scope.CENTRE, "depot")
    await watch.look()
    watch.silent.add(a_msisdn(0).digits)
    watch.uses(1, data=0)
    await watch.hour()
    assert await watch.told() == ["alert.one"]
    watch.silent.add(a_msisdn(1).digits)
    for _ in range(5):
        await watch.hour()
    watch.silent.clear()
    await watch.hour()
    assert await watch.told() == ["alert.one", "alert.stale", "alert.fresh"]


async def test_hourly_and_beside_the_list_which_is_not_read_for_it(watch: Single) -> None:
    watch.uses(0, data=1000)
    await watch.rule(Measure.ALLOWANCE)
    watch.asked.clear()
    for _ in range(4):
        await watch.next_look()
    assert len(watch.asked) == 1
    assert await watch.stores.alerts.look(ALPHA) is None
    look = await watch.stores.alerts.look(look_id(ALPHA, single=True))
    assert look is not None
    assert look.finished_at is not None


async def test_the_last_rule_of_a_kind_takes_its_looks_along(watch: Single) -> None:
    watch.uses(0, data=1000)
    single = await watch.rule(Measure.ALLOWANCE)
    await watch.rules.add(watch.actor, Measure.DEBT)
    await watch.look()
    await watch.rules.remove(watch.actor, single)
    await watch.hour()
    assert await watch.stores.alerts.look(look_id(ALPHA, single=True)) is None
    assert await watch.stores.alerts.look(ALPHA) is not None


async def test_what_cannot_be_read_one_by_one(watch: Single) -> None:
    with pytest.raises(AlertNoData):
        await watch.rule(Measure.ALLOWANCE)
    number = watch.carrier.fleet[a_msisdn(0).digits]
    watch.carrier.add(replace(number, funds=None, individual_limit=None))
    for measure in (Measure.FUNDS, Measure.LIMIT):
        with pytest.raises(AlertNoData):
            await watch.rule(measure, tenge=10)
    viewer = replace(watch.desk.alpha, role=Role.OPERATOR)
    await watch.rules.add(watch.actor, Measure.ROAMING, Scope.COMPANY)
    for n in range(47, MOST_NUMBERS + 1):
        watch.carrier.add(a_number(a_msisdn(n)))
    with pytest.raises(AlertTooWide):
        await watch.rules.add(watch.actor, Measure.ROAMING, Scope.COMPANY)
    assert Measure.SPEND in watch.rules.measures(watch.actor)
    finance = replace(viewer, role=Role.EMPLOYEE)
    with pytest.raises(RightMissing):
        watch.rules.measures(replace(watch.actor, companies=(finance,)))
