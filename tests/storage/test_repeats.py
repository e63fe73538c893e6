"""A change that begins on many days, over both databases: each date once, and each end told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from account.changes.action import ActionKind, token_hash
from account.changes.reconfirmation import Anew
from account.changes.schedule import Schedule, ScheduleState
from account.changes.schedules import Plan
from account.effects.effect import SetPassword
from account.errors import RepeatEndless, RightMissing, ScheduleNotOpen, TimeTooFar
from account.values.number import NumberState
from account.values.periods import add_months, today
from account.values.repeats import Every, Repeat, Rhythm
from account.values.rights import Role
from account.values.wall_times import WallTime
from storage import Stores
from tests.account.world import HER_PHONE
from tests.storage.test_schedules import ONE, TWO, Planner


@pytest.fixture
def planner(stores: Stores) -> Planner:
    return Planner(stores)


def daily(planner: Planner, days: int = 10) -> Repeat:
    return Repeat(Rhythm(Every.DAY), today(planner.clock.now()) + timedelta(days=days))


async def repeated(planner: Planner, repeat: Repeat | None = None) -> Schedule:
    offer = await planner.offer()
    schedule, first = await planner.schedules.confirm(
        planner.actor, offer.token, Plan(planner.at(), repeat or daily(planner))
    )
    assert first
    assert schedule.state is ScheduleState.REPEATING
    return schedule


async def reread(planner: Planner, schedule: Schedule) -> Schedule:
    found = await planner.stores.schedules.read(schedule.id)
    assert found is not None
    return found


def unblocked(planner: Planner) -> None:
    planner.carrier.add(
        replace(
            planner.carrier.fleet[ONE.digits], state=NumberState.ACTIVE, blocked_by_company=False
        )
    )


async def test_each_date_begins_once_until_the_last_one(planner: Planner) -> None:
    schedule = await repeated(planner, daily(planner, days=2))
    for date_no in (1, 2):
        planner.until(await reread(planner, schedule))
        begun = await asyncio.gather(*(planner.due.begin() for _ in range(3)))
        assert sum(begun) == 1
        await planner.work()
        assert len(planner.carrier.effects) == date_no
        unblocked(planner)
    assert await planner.state(schedule) is ScheduleState.BEGUN
    assert await planner.schedules.open(planner.actor) == []
    assert await planner.told() == ["schedule.accepted", "action.final", "action.final"]


async def test_a_clock_that_is_set_back_runs_no_date_twice(planner: Planner) -> None:
    schedule = await repeated(planner)
    planner.until(schedule)
    assert await planner.due.begin() == 1
    await planner.work()
    unblocked(planner)
    planner.clock.advance(timedelta(hours=-1))
    assert await planner.due.begin() == 0
    planner.clock.advance(timedelta(hours=2))
    assert await planner.due.begin() == 0
    assert len(planner.carrier.effects) == 1
    assert (await reread(planner, schedule)).at.naive == schedule.at.naive + timedelta(days=1)


async def test_days_in_which_nobody_was_there_run_once(planner: Planner) -> None:
    schedule = await repeated(planner)
    planner.until(schedule, days=3, hours=11)
    assert await planner.due.begin() == 1
    assert await planner.told() == ["schedule.accepted", "schedule.late"]
    await planner.work()
    assert len(planner.carrier.effects) == 1
    assert (await reread(planner, schedule)).at.naive == schedule.at.naive + timedelta(days=4)


async def test_a_date_too_late_is_missed_and_told_and_the_next_one_stays(planner: Planner) -> None:
    schedule = await repeated(planner)
    planner.until(schedule, hours=13)
    assert await planner.due.begin() == 0
    moved = await reread(planner, schedule)
    assert moved.state is ScheduleState.REPEATING
    assert moved.at.naive == schedule.at.naive + timedelta(days=1)
    assert await planner.told() == ["schedule.accepted", "schedule.missed"]
    planner.until(moved)
    assert await planner.due.begin() == 1


async def test_of_a_block_and_an_unblock_that_are_both_late_the_later_one_runs(
    planner: Planner,
) -> None:
    block = await planner.scheduled("tomorrow 22:00")
    blocked = replace(
        planner.carrier.fleet[ONE.digits], state=NumberState.BLOCKED, blocked_by_company=True
    )
    planner.carrier.add(blocked)
    offer = await planner.offer(ActionKind.UNBLOCK)
    unblock = replace(
        block,
        id="other",
        kind=ActionKind.UNBLOCK,
        parameters=offer.action.parameters,
        shown=offer.action.shown,
        at=WallTime(block.at.naive + timedelta(hours=10)),
        due=block.due + timedelta(hours=10),
    )
    later = replace(unblock, accepted_at=planner.clock.now())
    await planner.stores.schedules.accept([(later, [])], token_hash(offer.token), 100, None)
    planner.clock.advance(block.due + timedelta(hours=11) - planner.clock.now())
    assert await planner.due.begin() == 1
    await planner.work()
    assert await planner.state(block) is ScheduleState.OVERTAKEN
    assert await planner.state(unblock) is ScheduleState.BEGUN
    assert planner.carrier.fleet[ONE.digits].state is NumberState.ACTIVE
    assert "schedule.overtaken" in await planner.told()


async def test_three_refused_dates_in_a_row_stop_it(planner: Planner) -> None:
    schedule = await repeated(planner)
    debt = replace(planner.carrier.fleet[ONE.digits], state=NumberState.DEBT)
    planner.carrier.add(debt)
    for _date in range(3):
        planner.until(await reread(planner, schedule))
        assert await planner.due.begin() == 1
        await planner.work()
        assert await planner.state(schedule) is ScheduleState.REPEATING
    planner.until(await reread(planner, schedule))
    assert await planner.due.begin() == 0
    assert await planner.state(schedule) is ScheduleState.STOPPED
    assert (await planner.told())[-1] == "schedule.stopped"
    assert planner.carrier.effects == []


async def test_a_date_is_skipped_and_the_others_stay(planner: Planner) -> None:
    schedule = await repeated(planner, daily(planner, days=4))
    first, second, third, *_ = schedule.dates()
    await planner.schedules.skip(planner.actor, schedule.id, second)
    with pytest.raises(ScheduleNotOpen):
        await planner.schedules.skip(planner.actor, schedule.id, second)
    assert next((await reread(planner, schedule)).dates()) == first
    moved = await planner.schedules.skip(planner.actor, schedule.id, first)
    assert moved.at == third
    assert (await reread(planner, schedule)).skipped == frozenset()
    planner.until(schedule, days=1)
    assert await planner.due.begin() == 0
    planner.until(schedule, days=2)
    assert await planner.due.begin() == 1
    with pytest.raises(ScheduleNotOpen):
        await planner.schedules.skip(planner.actor, schedule.id, WallTime.read("2030-01-01T08:00"))


async def test_skipping_the_last_date_ends_it(planner: Planner) -> None:
    schedule = await repeated(planner, daily(planner, days=1))
    ended = await planner.schedules.skip(planner.actor, schedule.id, schedule.at)
    assert ended.state is ScheduleState.CANCELLED
    assert await planner.schedules.open(planner.actor) == []


async def test_a_press_and_the_minute_itself_have_one_outcome(planner: Planner) -> None:
    schedule = await repeated(planner)
    stale = await reread(planner, schedule)
    planner.until(schedule)
    assert await planner.due.begin() == 1
    assert not await planner.stores.schedules.move(
        stale, stale.moved_past(stale.at, ScheduleState.CANCELLED), []
    )


async def test_who_may_not_cancel_may_not_skip(planner: Planner) -> None:
    schedule = await repeated(planner)
    viewer = replace(planner.actor, companies=(replace(planner.desk.alpha, role=Role.VIEWER),))
    with pytest.raises(RightMissing):
        await planner.schedules.skip(viewer, schedule.id, schedule.at)
    once = await planner.scheduled(number=TWO)
    with pytest.raises(ScheduleNotOpen):
        await planner.schedules.skip(planner.actor, once.id, once.at)


async def test_suspended_it_passes_its_dates_over_and_kept_it_goes_on(planner: Planner) -> None:
    schedule = await repeated(planner)
    now = planner.clock.now()
    await planner.stores.effect_store.write([SetPassword("adm-1", HER_PHONE, "hash", now)])
    assert await planner.state(schedule) is ScheduleState.SUSPENDED
    planner.until(schedule)
    assert await planner.due.begin() == 0
    assert await planner.state(schedule) is ScheduleState.SUSPENDED
    kept = await planner.reconfirmation.confirm(planner.actor, schedule.id, Anew.KEEP)
    assert kept.state is ScheduleState.REPEATING
    planner.until(await reread(planner, schedule))
    assert await planner.due.begin() == 1
    await planner.work()
    assert len(planner.carrier.effects) == 1


async def test_after_a_backup_was_put_back_it_waits_for_its_person(planner: Planner) -> None:
    schedule = await repeated(planner)
    await planner.stores.generations.begin(planner.clock.now())
    assert await planner.state(schedule) is ScheduleState.SUSPENDED


async def test_it_has_an_end_of_twelve_months_or_ninety_days(planner: Planner) -> None:
    here = today(planner.clock.now())
    check, at = planner.schedules.check_repeat, planner.at()

    def until(day: date) -> Repeat:
        return Repeat(Rhythm(Every.DAY), day)

    assert check(ActionKind.BLOCK, at, until(add_months(here, 12))) == at
    for end in (add_months(here, 12) + timedelta(days=1), here - timedelta(days=1)):
        with pytest.raises(RepeatEndless):
            check(ActionKind.BLOCK, at, until(end))
    assert check(ActionKind.UNBLOCK, at, until(here + timedelta(days=90))) == at
    with pytest.raises(TimeTooFar) as far:
        check(ActionKind.UNBLOCK, at, until(here + timedelta(days=91)))
    assert far.value.days == 90
