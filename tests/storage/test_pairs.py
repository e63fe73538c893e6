"""A block and the unblock after it, confirmed in one go by the code that the unblock needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from account.changes.action import ActionKind
from account.changes.confirmation import Offer
from account.changes.schedule import Schedule, ScheduleState
from account.changes.schedules import Plan
from account.credentials.one_time_codes import CodeTry
from account.errors import (
    CodeInvalid,
    NotSchedulable,
    NumberInDebt,
    PairUnfit,
    RepeatEndless,
    StepUpRequired,
    TimeTooFar,
)
from account.values.number import NumberState
from account.values.periods import today
from account.values.repeats import Every, Repeat, Rhythm
from account.values.wall_times import WallTime
from storage import Stores
from tests.account.examples import PARAMETERS
from tests.account.world import AIGUL, HER_PHONE
from tests.storage.builders import a_code, mac
from tests.storage.test_repeats import reread
from tests.storage.test_schedules import ONE, Planner


@pytest.fixture
def planner(stores: Stores) -> Planner:
    return Planner(stores)


async def code_for(planner: Planner, offer: Offer, typed: str = "123456") -> CodeTry:
    purpose = f"step-up:{offer.action.id}"
    code = replace(
        a_code(offer.action.id, planner.clock.now(), purpose=purpose),
        phone=HER_PHONE,
        telegram_id=AIGUL,
    )
    await planner.stores.login.issue(code, [])
    return CodeTry(HER_PHONE, AIGUL, purpose, (mac(typed),))


async def paired(planner: Planner, plan: Plan) -> tuple[Schedule, Schedule]:
    offer = await planner.offer()
    proof = await code_for(planner, offer)
    first, is_first = await planner.schedules.confirm(planner.actor, offer.token, plan, proof)
    assert is_first
    second = await planner.schedules.other_half(planner.actor, first)
    assert second is not None
    return first, second


def now(planner: Planner) -> WallTime:
    typed = (planner.clock.now() + timedelta(hours=6)).strftime("%H:%M")
    return WallTime(planner.at(f"today {typed}").naive)


async def test_blocked_at_once_it_is_unblocked_at_its_time(planner: Planner) -> None:
    first, second = await paired(
        planner, Plan(now(planner), then=planner.at("tomorrow 8:00"), at_once=True)
    )
    assert (first.kind, second.kind) == (ActionKind.BLOCK, ActionKind.UNBLOCK)
    assert first.reference < second.reference
    assert (first.pair_id, second.pair_id) == (second.id, first.id)
    assert await planner.due.begin() == 1
    await planner.work()
    assert planner.carrier.fleet[ONE.digits].state is NumberState.BLOCKED
    planner.until(second)
    assert await planner.due.begin() == 1
    await planner.work()
    assert planner.carrier.fleet[ONE.digits].state is NumberState.ACTIVE
    assert len(planner.carrier.effects) == 2
    told = await planner.told()
    assert told.count("schedule.accepted") == 1
    assert told.count("action.final") == 2


async def test_without_the_code_nothing_is_scheduled(planner: Planner) -> None:
    plan = Plan(planner.at("tomorrow 22:00"), then=planner.at("26.01.2022 08:00"))
    offer = await planner.offer()
    with pytest.raises(StepUpRequired):
        await planner.schedules.confirm(planner.actor, offer.token, plan)
    wrong = replace(await code_for(planner, offer), macs=(mac("000000"),))
    with pytest.raises(CodeInvalid):
        await planner.schedules.confirm(planner.actor, offer.token, plan, wrong)
    assert await planner.schedules.open(planner.actor) == []


async def test_with_debt_in_between_the_unblock_is_refused_and_told(planner: Planner) -> None:
    _first, second = await paired(
        planner, Plan(now(planner), then=planner.at("tomorrow 8:00"), at_once=True)
    )
    await planner.due.begin()
    await planner.work()
    number = planner.carrier.fleet[ONE.digits]
    planner.carrier.add(replace(number, state=NumberState.DEBT))
    planner.until(second)
    assert await planner.due.begin() == 1
    await planner.work()
    assert len(planner.carrier.effects) == 1
    assert (await planner.entries())[-1] == ("number.unblock", "refused")
    assert (await planner.told())[-1] == "action.final"
    begun = (await reread(planner, second)).action_id
    assert begun is not None
    action = await planner.stores.actions.read(begun)
    assert action is not None
    assert action.reason_code == NumberInDebt.code


async def test_each_night_is_blocked_and_each_morning_unblocked(planner: Planner) -> None:
    here = today(planner.clock.now())
    repeat = Repeat(Rhythm(Every.DAY), here + timedelta(days=2))
    plan = Plan(planner.at("tomorrow 22:00"), repeat, then=planner.at("tomorrow 8:00"))
    first, second = await paired(planner, plan)
    assert second.at.naive == first.at.naive + timedelta(hours=10)
    assert second.repeat is not None
    assert second.repeat.until == here + timedelta(days=3)
    for night in (0, 1):
        for half, state in ((first, NumberState.BLOCKED), (second, NumberState.ACTIVE)):
            planner.until(half, days=night)
            assert await planner.due.begin() == 1
            await planner.work()
            assert planner.carrier.fleet[ONE.digits].state is state
    assert await planner.state(first) is ScheduleState.BEGUN
    assert await planner.state(second) is ScheduleState.BEGUN
    assert len(planner.carrier.effects) == 4


async def test_a_week_of_nights_is_followed_by_the_mornings_after_them(planner: Planner) -> None:
    repeat = Repeat(
        Rhythm(Every.WEEK, frozenset({5, 7})), today(planner.clock.now()) + timedelta(30)
    )
    plan = Plan(planner.at("tomorrow 22:00"), repeat, then=planner.at("tomorrow 8:00"))
    _first, second = planner.schedules.check_plan(
        ActionKind.BLOCK, PARAMETERS[ActionKind.BLOCK], plan
    )
    assert second is not None
    assert second.repeat is not None
    assert second.repeat.rhythm.on == frozenset({6, 1})
    assert second.at.naive.isoweekday() == 6


async def test_a_pair_has_bounds(planner: Planner) -> None:
    check, block = planner.schedules.check_plan, PARAMETERS[ActionKind.BLOCK]
    at, here = planner.at("tomorrow 22:00"), today(planner.clock.now())
    with pytest.raises(PairUnfit):
        check(ActionKind.BLOCK, block, Plan(at, then=at))
    with pytest.raises(TimeTooFar) as far:
        check(ActionKind.BLOCK, block, Plan(at, then=WallTime(at.naive + timedelta(days=31))))
    assert far.value.days == 30
    daily = Rhythm(Every.DAY)
    with pytest.raises(TimeTooFar) as far:
        check(ActionKind.BLOCK, block, Plan(at, Repeat(daily, here + timedelta(91)), then=at))
    assert far.value.days == 90
    with pytest.raises(RepeatEndless):
        check(ActionKind.BLOCK, block, Plan(at, Repeat(daily, here), then=at))
    last_day = Repeat(Rhythm(Every.MONTH, frozenset({31})), here + timedelta(60))
    with pytest.raises(PairUnfit):
        check(ActionKind.BLOCK, block, Plan(at, last_day, then=planner.at("tomorrow 8:00")))
    ban = PARAMETERS[ActionKind.BAN]
    with pytest.raises(NotSchedulable):
        check(ActionKind.BAN, ban, Plan(at, then=WallTime(at.naive + timedelta(days=1))))
