"""Sets that are confirmed now and begin later, and those that take one back, over a database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import and_, delete, select, update

from account.changes.action import ActionKind
from account.changes.sets.change_set import ChangeSet, Outcome, SetState
from account.changes.sets.confirmation import ChangeSets
from account.changes.sets.execution import LEASE
from account.changes.sets.scheduling import (
    SCHEDULE_CANCELLED,
    SCHEDULE_MISSED,
    SCHEDULE_STOPPED,
    TAKEN_BACK,
    SetPlan,
)
from account.effects.effect import EndSessionsOf
from account.effects.history import HistoryEvent
from account.errors import (
    NotSchedulable,
    PairUnfit,
    RepeatEndless,
    ScheduleNotOpen,
    StepUpRequired,
    TimeTooFar,
    TimeTooSoon,
    TooManySchedules,
)
from account.values.number import NumberState
from account.values.repeats import Every, Repeat, Rhythm
from account.values.wall_times import WallTime
from storage import Stores
from storage.retention.rules import _ENDED_SETS
from storage.stores import change_sets as store
from storage.tables.change_sets import change_sets
from tests.storage.set_desk import FEW, Desk

# NOON is 24.01.2022 12:00 of Almaty.
TONIGHT = WallTime(datetime(2022, 1, 24, 22, 0))  # noqa: DTZ001 - Almaty's clock
MORNING = WallTime(datetime(2022, 1, 25, 8, 0))  # noqa: DTZ001
DAILY = Repeat(Rhythm(Every.DAY), date(2022, 1, 26))


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)


async def later(
    desk: Desk,
    plan: SetPlan,
    numbers: Sequence[int] = range(FEW),
    kind: ActionKind = ActionKind.BLOCK,
) -> ChangeSet:
    offered = await desk.previewed(numbers, kind)
    proof = None
    if desk.sets.needs_code(offered.change_set, len(numbers), plan):
        proof = await desk.asked_code(offered.change_set)
    change_set, first = await desk.sets.confirm(desk.actor(), offered.token, proof, plan)
    assert first
    return change_set


async def second_of(desk: Desk) -> ChangeSet:
    rows = await desk.confirmed_sets.for_later(desk.actor())
    return next(one for one, _size in rows if one.takes_back is not None)


def until(desk: Desk, at: WallTime) -> None:
    desk.clock.advance(at.moment - desk.clock.now())


async def test_it_begins_at_its_minute_and_not_before(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))

    assert change_set.state is SetState.SCHEDULED
    assert change_set.begins == TONIGHT
    assert [(one.id, n) for one, n in await desk.confirmed_sets.for_later(desk.actor())] == [
        (change_set.id, FEW)
    ]
    await desk.steps()
    until(desk, WallTime(TONIGHT.naive - timedelta(minutes=1)))
    await desk.steps()
    assert set(desk.states()) == {NumberState.ACTIVE}
    assert desk.carrier.tries == []

    until(desk, TONIGHT)
    ended = await desk.to_the_end(change_set)

    assert ended.begins == TONIGHT
    assert set(desk.states()) == {NumberState.BLOCKED}
    assert await desk.outcomes(change_set) == {Outcome.DONE: FEW}
    assert await desk.words() == ["set.final"]
    of_set = [
        (what, result)
        for what, result, reference, _of in await desk.history()
        if (reference == change_set.reference)
    ]
    assert of_set == [
        (HistoryEvent.SET, "accepted"),
        (HistoryEvent.SCHEDULED, "done"),
        (HistoryEvent.SET, "done"),
    ]


async def test_two_processes_at_its_minute_begin_each_number_once(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    until(desk, TONIGHT)
    beside = Desk(desk.stores, desk, owner="two")

    for _ in range(40):
        await asyncio.gather(desk.step(), beside.step())
        await desk.follow_up()

    await desk.to_the_end(change_set)
    assert len(desk.carrier.effects) == FEW


async def test_a_clock_that_is_set_back_begins_nothing_twice(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    until(desk, TONIGHT)
    await desk.to_the_end(change_set)

    desk.clock.advance(timedelta(hours=-1))
    await desk.steps()
    until(desk, TONIGHT)
    await desk.steps()

    assert len(desk.carrier.effects) == FEW


async def test_what_changed_meanwhile_is_looked_at_anew_for_each_number(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    desk.is_now(0, NumberState.DEBT)
    desk.is_now(1, NumberState.BLOCKED)
    until(desk, TONIGHT)

    await desk.to_the_end(change_set)

    outcomes = [one.outcome for one in await desk.numbers(change_set)]
    assert outcomes == [Outcome.REFUSED, Outcome.ALREADY] + [Outcome.DONE] * (FEW - 2)


async def test_over_twelve_hours_late_nothing_begins_and_it_is_told(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    desk.clock.advance(TONIGHT.moment - desk.clock.now() + timedelta(hours=12, minutes=1))

    ended = await desk.to_the_end(change_set)

    assert ended.reason_code == SCHEDULE_MISSED
    assert await desk.outcomes(change_set) == {Outcome.NOT_SENT: FEW}
    assert await desk.words() == ["set.final"]
    assert desk.carrier.tries == []


async def test_twelve_hours_late_it_begins(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    desk.clock.advance(TONIGHT.moment - desk.clock.now() + timedelta(hours=11, minutes=59))

    await desk.to_the_end(change_set)

    assert await desk.outcomes(change_set) == {Outcome.DONE: FEW}


async def test_cancelled_it_never_begins(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))

    assert await desk.confirmed_sets.stop(desk.actor(), change_set.id)
    ended = await desk.to_the_end(change_set)

    assert ended.reason_code == SCHEDULE_CANCELLED
    assert await desk.confirmed_sets.for_later(desk.actor()) == []
    until(desk, TONIGHT)
    await desk.steps()
    assert desk.carrier.tries == []


async def test_what_was_to_take_it_back_is_cancelled_with_it(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, MORNING))
    second = await second_of(desk)

    assert await desk.confirmed_sets.stop(desk.actor(), first.id)

    ended = await desk.to_the_end(second)
    assert ended.reason_code == SCHEDULE_CANCELLED
    assert await desk.confirmed_sets.for_later(desk.actor()) == []


async def test_it_waits_for_its_person_after_a_new_password(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now())])
    assert (await desk.present(change_set)).state is SetState.SUSPENDED
    assert await desk.words() == []

    kept = await desk.confirmed_sets.keep(desk.actor(), change_set.id)

    assert kept.state is SetState.SCHEDULED
    with pytest.raises(ScheduleNotOpen):
        await desk.confirmed_sets.keep(desk.actor(), change_set.id)
    until(desk, TONIGHT)
    await desk.to_the_end(change_set)
    assert await desk.outcomes(change_set) == {Outcome.DONE: FEW}


async def test_a_pair_is_kept_together_or_not_at_all(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, MORNING))
    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now())])

    # The block alone needs no code, but what takes it back does.
    assert not await desk.confirmed_sets.may_keep(desk.actor(), await desk.present(first))
    with pytest.raises(StepUpRequired):
        await desk.confirmed_sets.keep(desk.actor(), first.id)

    rows = await desk.confirmed_sets.for_later(desk.actor())
    assert [one.state for one, _size in rows] == [SetState.SUSPENDED] * 2


async def test_a_pair_without_a_code_is_kept_whole_from_either(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await later(desk, SetPlan(TONIGHT, MORNING))
    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now())])
    monkeypatch.setattr(ChangeSets, "needs_code", lambda *_args, **_more: False)

    kept = await desk.confirmed_sets.keep(desk.actor(), (await second_of(desk)).id)

    assert kept.takes_back == first.id
    rows = await desk.confirmed_sets.for_later(desk.actor())
    assert [one.state for one, _size in rows] == [SetState.SCHEDULED] * 2


async def test_what_is_kept_is_told_in_that_chat(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now())])
    elsewhere = replace(desk.actor(), telegram_id=900, session_id="s-2")

    await desk.confirmed_sets.keep(elsewhere, change_set.id)

    present = await desk.present(change_set)
    assert (present.telegram_id, present.session_id) == (900, "s-2")


async def test_not_kept_it_does_not_begin(desk: Desk) -> None:
    change_set = await later(desk, SetPlan(TONIGHT))
    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now())])
    until(desk, TONIGHT)

    ended = await desk.to_the_end(change_set)

    assert ended.reason_code == SCHEDULE_MISSED
    assert desk.carrier.tries == []


@pytest.mark.parametrize("repeat", [None, DAILY])
async def test_a_right_that_was_lost_ends_it(desk: Desk, repeat: Repeat | None) -> None:
    change_set = await later(desk, SetPlan(TONIGHT, repeat=repeat))
    granted = desk.carrier.granted["adm-1"]
    desk.carrier.granted["adm-1"] = ()
    until(desk, TONIGHT)

    await desk.to_the_end(change_set)

    assert await desk.outcomes(change_set) == {Outcome.NOT_SENT: FEW}
    desk.carrier.granted["adm-1"] = granted
    assert await desk.confirmed_sets.for_later(desk.actor()) == []


async def test_until_takes_back_exactly_what_was_changed(desk: Desk) -> None:
    desk.is_now(0, NumberState.BLOCKED)
    first = await later(desk, SetPlan(then=MORNING))
    second = await second_of(desk)

    assert first.state is SetState.RUNNING
    assert (second.kind, second.begins) == (ActionKind.UNBLOCK, MORNING)
    # One of them is blocked already, and no part of either list.
    assert (first.listed, second.listed) == (FEW, FEW - 1)
    assert second.reference not in (None, first.reference)
    desk.is_now(1, NumberState.DEBT)
    await desk.to_the_end(first)
    # Somebody unblocks one and blocks it again: that is theirs.
    for kind in (ActionKind.UNBLOCK, ActionKind.BLOCK):
        await desk.to_the_end(await desk.confirmed([2], kind))
    until(desk, MORNING)

    await desk.to_the_end(second)

    outcomes = {one.msisdn.digits[-1]: one.outcome for one in await desk.numbers(second)}
    assert outcomes == {
        "1": Outcome.NOT_SENT,
        "2": Outcome.NOT_SENT,
        **{str(n): Outcome.DONE for n in range(3, FEW)},
    }
    assert desk.states()[0] is NumberState.BLOCKED
    assert desk.states()[2] is NumberState.BLOCKED
    assert set(desk.states()[3:]) == {NumberState.ACTIVE}


async def test_of_a_list_that_is_not_there_any_more_nothing_is_taken_back(desk: Desk) -> None:
    first = await later(desk, SetPlan(then=MORNING))
    second = await second_of(desk)
    await desk.to_the_end(first)
    gone = delete(change_sets).where(change_sets.c.id == first.id)
    await desk.stores.database.write(lambda conn: conn.execute(gone).close())
    until(desk, MORNING)

    await desk.to_the_end(second)

    assert await desk.outcomes(second) == {Outcome.NOT_SENT: FEW}
    assert set(desk.states()) == {NumberState.BLOCKED}


async def test_what_has_not_begun_by_its_end_is_not_begun_any_more(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, MORNING))
    second = await second_of(desk)
    await desk.confirmed_sets.stop(desk.actor(), first.id)
    await desk.to_the_end(first)
    until(desk, MORNING)

    await desk.to_the_end(second)

    assert await desk.outcomes(second) == {Outcome.NOT_SENT: FEW}
    assert desk.carrier.tries == []


async def test_a_list_whose_end_has_come_as_well_does_not_begin(desk: Desk) -> None:
    """Down from the evening to the morning: no block that is taken back at once."""
    first = await later(desk, SetPlan(TONIGHT, MORNING))
    second = await second_of(desk)
    until(desk, WallTime(MORNING.naive + timedelta(minutes=30)))
    # Two hands at the same moment; the one with the first list is faster.
    claimed = await desk.stores.change_sets.claim("one", desk.clock.now(), LEASE, 2)
    one, other = sorted(claimed, key=lambda each: each.takes_back is not None)
    await desk.worker.advance(one)
    await desk.step()
    await desk.worker.advance(other)

    ended = await desk.to_the_end(first)
    await desk.to_the_end(second)

    assert ended.reason_code == TAKEN_BACK
    assert await desk.outcomes(first) == await desk.outcomes(second) == {Outcome.NOT_SENT: FEW}
    assert desk.carrier.tries == []


async def test_a_paused_first_one_is_stopped_before_it_is_taken_back(desk: Desk) -> None:
    first = await later(desk, SetPlan(then=MORNING))
    second = await second_of(desk)
    await desk.steps(1)
    await desk.confirmed_sets.pause(desk.actor(), first.id)
    until(desk, MORNING)

    await desk.to_the_end(second)

    ended = await desk.present(first)
    assert (ended.state, ended.reason_code) == (SetState.ENDED, TAKEN_BACK)
    assert set(desk.states()) == {NumberState.ACTIVE}


async def test_what_may_not_begin_later_alone_may_not_in_a_set(desk: Desk) -> None:
    change_set = replace((await desk.previewed(range(2))).change_set, kind=ActionKind.SIM_REVEAL)
    for plan in (SetPlan(TONIGHT), SetPlan(then=TONIGHT)):
        with pytest.raises(NotSchedulable):
            desk.sets.check_plan(change_set, plan)


async def test_bounds_of_the_time(desk: Desk) -> None:
    block = (await desk.previewed(range(2))).change_set
    soon = WallTime(datetime(2022, 1, 24, 12, 4))  # noqa: DTZ001
    with pytest.raises(TimeTooSoon):
        desk.sets.check_plan(block, SetPlan(soon))
    with pytest.raises(TimeTooFar):
        desk.sets.check_plan(block, SetPlan(WallTime(datetime(2023, 1, 25, 8, 0))))  # noqa: DTZ001
    with pytest.raises(PairUnfit):
        desk.sets.check_plan(block, SetPlan(MORNING, TONIGHT))
    # An unblock needs a code: a month ahead at most.
    with pytest.raises(TimeTooFar):
        desk.sets.check_plan(block, SetPlan(then=WallTime(datetime(2022, 2, 24, 8, 0))))  # noqa: DTZ001


async def test_what_takes_it_back_may_need_the_code_of_both(desk: Desk) -> None:
    offered = await desk.previewed(range(FEW))
    with pytest.raises(StepUpRequired):
        await desk.sets.confirm(desk.actor(), offered.token, None, SetPlan(then=MORNING))
    assert await desk.confirmed_sets.for_later(desk.actor()) == []


async def test_a_company_has_room_for_so_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST", 2)
    await later(desk, SetPlan(TONIGHT), range(2))
    offered = await desk.previewed(range(3, 5))
    proof = await desk.asked_code(offered.change_set)
    with pytest.raises(TooManySchedules):
        await desk.sets.confirm(desk.actor(), offered.token, proof, SetPlan(TONIGHT, MORNING))
    assert len(await desk.confirmed_sets.for_later(desk.actor())) == 1
    # Nothing was used up by it, the code neither.
    _set, first = await desk.sets.confirm(desk.actor(), offered.token, proof, SetPlan(TONIGHT))
    assert first


async def test_what_a_backup_has_for_later_waits_for_its_person(desk: Desk) -> None:
    """It may have run in the time that is lost, and been taken back by hand since."""
    change_set = await later(desk, SetPlan(TONIGHT))
    await desk.stores.generations.begin(desk.clock.now())
    assert await desk.words() == ["schedule.restored"]
    until(desk, TONIGHT)
    await desk.steps()
    assert desk.carrier.tries == []
    ended = await desk.to_the_end(change_set)
    assert ended.reason_code == SCHEDULE_MISSED
    assert set(desk.states()) == {NumberState.ACTIVE}


async def test_a_set_that_ran_in_a_backup_goes_on_by_its_persons_word(desk: Desk) -> None:
    change_set = await desk.confirmed()
    await desk.stores.generations.begin(desk.clock.now())
    await desk.steps()
    assert desk.carrier.tries == []
    assert "set.paused" in await desk.words()
    assert await desk.confirmed_sets.go_on(desk.actor(), change_set.id)
    await desk.to_the_end(change_set)
    assert await desk.outcomes(change_set) == {Outcome.DONE: FEW}


async def test_what_is_to_be_taken_back_is_not_forgotten_before(desk: Desk) -> None:
    first = await later(desk, SetPlan(then=MORNING))
    await desk.to_the_end(first)
    old = and_(_ENDED_SETS, change_sets.c.id == first.id)

    async def forgotten() -> bool:
        values = {"before": desk.clock.now() + timedelta(days=400)}
        found = select(change_sets.c.id).where(old)
        return bool(await desk.stores.database.read(lambda conn: conn.execute(found, values).all()))

    assert not await forgotten()
    until(desk, MORNING)
    await desk.to_the_end(await second_of(desk))
    assert await forgotten()


async def the_next(desk: Desk) -> ChangeSet:
    ((change_set, _size),) = await desk.confirmed_sets.for_later(desk.actor())
    return change_set


def all_active(desk: Desk) -> None:
    for n in range(FEW):
        desk.is_now(n, NumberState.ACTIVE)


async def test_one_that_repeats_is_a_set_for_each_of_its_dates(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, repeat=DAILY))
    dates, references = [], [first.reference]
    for night in range(3):
        present = await the_next(desk)
        assert present.begins is not None
        dates.append(present.begins.naive.day)
        references.append(present.reference)
        until(desk, WallTime(TONIGHT.naive + timedelta(days=night)))
        await desk.to_the_end(present)
        assert await desk.outcomes(present) == {Outcome.DONE: FEW}
        all_active(desk)

    assert dates == [24, 25, 26]
    assert len(set(references)) == 3
    assert await desk.confirmed_sets.for_later(desk.actor()) == []
    assert len(desk.carrier.effects) == 3 * FEW
    assert (await desk.words()).count("set.final") == 3


async def test_two_processes_write_the_next_date_once(desk: Desk) -> None:
    await later(desk, SetPlan(TONIGHT, repeat=DAILY))
    beside = Desk(desk.stores, desk, owner="two")
    until(desk, TONIGHT)
    for _ in range(20):
        await asyncio.gather(desk.step(), beside.step())

    following = await the_next(desk)
    assert following.begins == WallTime(TONIGHT.naive + timedelta(days=1))


async def test_of_several_dates_that_have_passed_the_last_one_alone_begins(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, repeat=DAILY))
    until(desk, WallTime(TONIGHT.naive + timedelta(days=1, hours=3)))

    ended = await desk.to_the_end(first)

    assert ended.begins == WallTime(TONIGHT.naive + timedelta(days=1))
    assert len(desk.carrier.effects) == FEW
    assert (await the_next(desk)).begins == WallTime(TONIGHT.naive + timedelta(days=2))


async def test_a_missed_date_leaves_the_next_one(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, repeat=DAILY))
    until(desk, WallTime(TONIGHT.naive + timedelta(hours=13)))

    ended = await desk.to_the_end(first)

    assert ended.reason_code == SCHEDULE_MISSED
    assert (await the_next(desk)).begins == WallTime(TONIGHT.naive + timedelta(days=1))


async def test_a_date_is_passed_over_and_the_rest_stays(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, repeat=DAILY))

    assert await desk.confirmed_sets.skip(desk.actor(), first.id)
    assert not await desk.confirmed_sets.skip(desk.actor(), first.id)

    following = await the_next(desk)
    assert following.begins == WallTime(TONIGHT.naive + timedelta(days=1))
    await desk.to_the_end(first)
    assert desk.carrier.tries == []
    assert await desk.confirmed_sets.stop(desk.actor(), following.id)
    assert await desk.confirmed_sets.for_later(desk.actor()) == []


async def test_three_dates_on_which_nothing_was_done_are_the_last(desk: Desk) -> None:
    weeks = Repeat(Rhythm(Every.DAY), date(2022, 3, 1))
    await later(desk, SetPlan(TONIGHT, repeat=weeks))
    for n in range(FEW):
        desk.is_now(n, NumberState.DEBT)
    for night in range(4):
        present = await the_next(desk)
        until(desk, WallTime(TONIGHT.naive + timedelta(days=night)))
        ended = await desk.to_the_end(present)

    assert ended.reason_code == SCHEDULE_STOPPED
    assert await desk.confirmed_sets.for_later(desk.actor()) == []


async def test_one_that_was_not_kept_has_its_next_date_wait_too(desk: Desk) -> None:
    first = await later(desk, SetPlan(TONIGHT, repeat=DAILY))
    await desk.stores.effect_store.write([EndSessionsOf("adm-1", desk.clock.now())])
    until(desk, TONIGHT)
    await desk.to_the_end(first)

    following = await the_next(desk)
    assert following.state is SetState.SUSPENDED
    await desk.confirmed_sets.keep(desk.actor(), following.id)
    assert (await the_next(desk)).state is SetState.SCHEDULED


async def test_the_next_date_is_told_where_this_one_was_kept(desk: Desk) -> None:
    """Claimed by a worker, then suspended, and kept in another chat before it begins."""
    await later(desk, SetPlan(TONIGHT, repeat=DAILY))
    until(desk, TONIGHT)
    (claimed,) = await desk.stores.change_sets.claim("one", desk.clock.now(), LEASE, 1)
    moved = update(change_sets).values(telegram_id=8, session_id="s-8")
    await desk.stores.database.write(lambda conn: conn.execute(moved).close())

    await desk.worker.advance(claimed)

    following = await the_next(desk)
    assert (following.telegram_id, following.session_id) == (8, "s-8")


async def test_bounds_of_one_that_repeats(desk: Desk) -> None:
    block = (await desk.previewed(range(2))).change_set
    for until in (date(2023, 1, 25), date(2022, 1, 23)):
        plan = SetPlan(TONIGHT, repeat=Repeat(Rhythm(Every.DAY), until))
        with pytest.raises(RepeatEndless):
            desk.sets.check_plan(block, plan)
    with pytest.raises(PairUnfit):
        desk.sets.check_plan(block, SetPlan(TONIGHT, MORNING, DAILY))
