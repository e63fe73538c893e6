"""What was scheduled is confirmed anew: kept and renewed, by a code where its kind wants one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from account.changes.action import ActionKind
from account.changes.reconfirmation import Anew
from account.changes.schedule import Schedule, ScheduleState
from account.changes.schedules import LONGEST_DAYS_WITH_CODE, Plan
from account.credentials.one_time_codes import CodeTry
from account.effects.effect import SetPassword
from account.errors import (
    CodeInvalid,
    RightMissing,
    ScheduleNotOpen,
    StepUpRequired,
    TooManySchedules,
)
from account.identity.permissions import Actor
from account.values.number import NumberState
from account.values.periods import today
from account.values.repeats import Every, Repeat, Rhythm
from account.values.rights import Role
from storage import Stores
from tests.account.world import AIGUL, HER_PHONE
from tests.storage.builders import a_code, mac
from tests.storage.test_pairs import code_for, paired
from tests.storage.test_repeats import reread
from tests.storage.test_schedules import ONE, TWO, Planner


@pytest.fixture
def planner(stores: Stores) -> Planner:
    return Planner(stores)


async def anew_code(planner: Planner, name: str, typed: str = "123456") -> CodeTry:
    code = replace(
        a_code(name, planner.clock.now(), purpose=name), phone=HER_PHONE, telegram_id=AIGUL
    )
    await planner.stores.login.issue(code, [])
    return CodeTry(HER_PHONE, AIGUL, name, (mac(typed),))


async def unblock(planner: Planner, plan: Plan) -> Schedule:
    planner.carrier.add(
        replace(
            planner.carrier.fleet[ONE.digits], state=NumberState.BLOCKED, blocked_by_company=True
        )
    )
    offer = await planner.offer(ActionKind.UNBLOCK)
    proof = await code_for(planner, offer)
    schedule, _first = await planner.schedules.confirm(planner.actor, offer.token, plan, proof)
    return schedule


async def new_password(planner: Planner) -> None:
    now = planner.clock.now()
    await planner.stores.effect_store.write([SetPassword("adm-1", HER_PHONE, "hash", now)])


def daily(planner: Planner, days: int) -> Repeat:
    return Repeat(Rhythm(Every.DAY), today(planner.clock.now()) + timedelta(days=days))


async def test_what_a_code_confirmed_is_kept_by_another_one(planner: Planner) -> None:
    schedule = await unblock(planner, Plan(planner.at()))
    await new_password(planner)
    keep = planner.reconfirmation.confirm
    with pytest.raises(StepUpRequired):
        await keep(planner.actor, schedule.id, Anew.KEEP)
    right = await anew_code(planner, "kept")
    with pytest.raises(CodeInvalid):
        await keep(planner.actor, schedule.id, Anew.KEEP, replace(right, macs=(mac("000000"),)))
    assert await planner.state(schedule) is ScheduleState.SUSPENDED
    await keep(planner.actor, schedule.id, Anew.KEEP, right)
    assert await planner.state(schedule) is ScheduleState.SCHEDULED
    again = await anew_code(planner, "again")
    with pytest.raises(ScheduleNotOpen):
        await keep(planner.actor, schedule.id, Anew.KEEP, again)
    planner.until(schedule)
    assert await planner.due.begin() == 1


async def test_what_is_kept_tells_of_itself_in_the_chat_where_it_was_kept(
    planner: Planner,
) -> None:
    schedule = await planner.scheduled()
    await new_password(planner)
    elsewhere = replace(planner.actor, telegram_id=7002, session_id="s-2")
    await planner.reconfirmation.confirm(elsewhere, schedule.id, Anew.KEEP)
    kept = await reread(planner, schedule)
    assert (kept.telegram_id, kept.session_id) == (7002, "s-2")


async def test_both_halves_of_a_pair_are_kept_in_one_go(planner: Planner) -> None:
    plan = Plan(planner.at("tomorrow 22:00"), then=planner.at("26.01.2022 08:00"))
    first, second = await paired(planner, plan)
    await new_password(planner)
    with pytest.raises(StepUpRequired):
        await planner.reconfirmation.confirm(planner.actor, first.id, Anew.KEEP)
    proof = await anew_code(planner, "both")
    await planner.reconfirmation.confirm(planner.actor, first.id, Anew.KEEP, proof)
    assert await planner.state(first) is await planner.state(second) is ScheduleState.SCHEDULED


async def test_it_is_renewed_from_seven_days_before_its_last_one(planner: Planner) -> None:
    repeat = daily(planner, LONGEST_DAYS_WITH_CODE)
    schedule = await unblock(planner, Plan(planner.at(), repeat=repeat))
    assert (await planner.told()).count("schedule.renew") == 1
    planner.clock.advance(timedelta(days=LONGEST_DAYS_WITH_CODE - 8))
    with pytest.raises(ScheduleNotOpen):
        await planner.reconfirmation.confirm(planner.actor, schedule.id, Anew.RENEW)
    planner.clock.advance(timedelta(days=1))
    with pytest.raises(StepUpRequired):
        await planner.reconfirmation.confirm(planner.actor, schedule.id, Anew.RENEW)
    proof = await anew_code(planner, "renewed")
    await planner.reconfirmation.confirm(planner.actor, schedule.id, Anew.RENEW, proof)
    kept = await reread(planner, schedule)
    until = today(planner.clock.now()) + timedelta(days=LONGEST_DAYS_WITH_CODE)
    assert kept.repeat == replace(repeat, until=until)
    assert (kept.at, kept.reference) == (schedule.at, schedule.reference)
    assert (await planner.told()).count("schedule.renew") == 2
    assert (await planner.entries())[-1] == ("change.scheduled", "accepted")


async def test_a_pair_is_renewed_as_a_whole(planner: Planner) -> None:
    plan = Plan(
        planner.at("tomorrow 22:00"),
        repeat=daily(planner, 20),
        then=planner.at("tomorrow 08:00"),
    )
    first, second = await paired(planner, plan)
    planner.clock.advance(timedelta(days=15))
    proof = await anew_code(planner, "renewed")
    await planner.reconfirmation.confirm(planner.actor, second.id, Anew.RENEW, proof)
    one, other = (await reread(planner, first)).repeat, (await reread(planner, second)).repeat
    assert one is not None
    assert other is not None
    until = today(planner.clock.now()) + timedelta(days=LONGEST_DAYS_WITH_CODE)
    assert (one.until, other.until) == (until - timedelta(days=1), until)


async def test_what_no_code_confirmed_is_not_renewed(planner: Planner) -> None:
    offer = await planner.offer()
    plan = Plan(planner.at(), repeat=daily(planner, 5))
    schedule, _first = await planner.schedules.confirm(planner.actor, offer.token, plan)
    assert await planner.reconfirmation.possible(planner.actor, schedule.id) is None
    assert "schedule.renew" not in await planner.told()


async def test_nobody_else_confirms_it_anew(planner: Planner) -> None:
    schedule = await unblock(planner, Plan(planner.at()))
    await new_password(planner)
    other = replace(planner.actor, administrator_id="adm-2")
    proof = await anew_code(planner, "others")
    with pytest.raises(ScheduleNotOpen):
        await planner.reconfirmation.confirm(other, schedule.id, Anew.KEEP, proof)
    viewer = replace(planner.actor, companies=(replace(planner.desk.alpha, role=Role.VIEWER),))
    with pytest.raises((RightMissing, ScheduleNotOpen)):
        await planner.reconfirmation.confirm(viewer, schedule.id, Anew.KEEP, proof)
    assert await planner.state(schedule) is ScheduleState.SUSPENDED


def viewing(planner: Planner) -> None:
    planner.carrier.granted["adm-1"] = (replace(planner.desk.alpha, role=Role.VIEWER),)


def successor(planner: Planner, role: Role = Role.ADMINISTRATOR) -> Actor:
    return replace(
        planner.actor,
        administrator_id="adm-2",
        name="Марат Ибраев",
        telegram_id=7002,
        session_id="s-2",
        companies=(replace(planner.desk.alpha, role=role),),
    )


async def blocked_daily(planner: Planner) -> Schedule:
    offer = await planner.offer()
    plan = Plan(planner.at(), repeat=daily(planner, 10))
    schedule, _first = await planner.schedules.confirm(planner.actor, offer.token, plan)
    return schedule


async def test_what_its_person_may_do_no_more_is_adopted_by_another_administrator(
    planner: Planner,
) -> None:
    schedule = await blocked_daily(planner)
    viewing(planner)
    await planner.due.look_after_owners()
    await planner.due.look_after_owners()
    assert await planner.state(schedule) is ScheduleState.ABANDONED
    assert (await planner.told()).count("colleague.schedules") == 1
    assert await planner.schedules.open(successor(planner)) == []
    (found,) = await planner.reconfirmation.adoptable(successor(planner))
    assert found.id == schedule.id
    adopt = planner.reconfirmation.confirm
    for nobody in (successor(planner, Role.OPERATOR), successor(planner, Role.VIEWER)):
        assert await planner.reconfirmation.adoptable(nobody) == []
        with pytest.raises(ScheduleNotOpen):
            await adopt(nobody, schedule.id, Anew.ADOPT)
    await adopt(successor(planner), schedule.id, Anew.ADOPT)
    with pytest.raises(ScheduleNotOpen):
        await adopt(successor(planner), schedule.id, Anew.ADOPT)
    kept = await reread(planner, schedule)
    assert (kept.administrator_id, kept.telegram_id, kept.session_id) == ("adm-2", 7002, "s-2")
    assert kept.offered_at == planner.clock.now()
    planner.carrier.granted["adm-2"] = (planner.desk.alpha,)
    planner.until(schedule)
    assert await planner.due.begin() == 1
    await planner.work()
    assert len(planner.carrier.effects) == 1


async def test_all_of_theirs_are_cancelled_with_the_first_that_is_due(planner: Planner) -> None:
    first, other = await planner.scheduled(), await planner.scheduled("26.01.2022 22:00", TWO)
    viewing(planner)
    planner.until(first)
    assert await planner.due.begin() == 0
    assert await planner.state(first) is await planner.state(other) is ScheduleState.ABANDONED
    told = await planner.told()
    assert (told.count("schedule.abandoned"), told.count("colleague.schedules")) == (1, 1)
    # The date of the first one is over.
    assert [one.id for one in await planner.reconfirmation.adoptable(successor(planner))] == [
        other.id
    ]
    await planner.schedules.cancel(successor(planner), other.id)
    assert await planner.reconfirmation.adoptable(successor(planner)) == []


async def test_an_operator_that_does_not_say_who_may_is_no_reason_to_cancel(
    planner: Planner,
) -> None:
    schedule = await planner.scheduled()
    planner.carrier.down = True
    await planner.due.look_after_owners()
    planner.until(schedule)
    assert await planner.due.begin() == 1
    assert await planner.state(schedule) is ScheduleState.BEGUN


async def test_what_needs_a_code_is_adopted_by_one_and_counts_among_the_companys(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = await unblock(planner, Plan(planner.at()))
    viewing(planner)
    await planner.due.look_after_owners()
    actor = successor(planner)
    with pytest.raises(StepUpRequired):
        await planner.reconfirmation.confirm(actor, schedule.id, Anew.ADOPT)
    proof = await anew_code(planner, "adopted")
    monkeypatch.setattr("account.changes.reconfirmation.MOST", 0)
    with pytest.raises(TooManySchedules):
        await planner.reconfirmation.confirm(actor, schedule.id, Anew.ADOPT, proof)
    monkeypatch.undo()
    await planner.reconfirmation.confirm(actor, schedule.id, Anew.ADOPT, proof)
    assert await planner.state(schedule) is ScheduleState.SCHEDULED


async def test_a_last_date_that_begins_ends_nothing_that_is_renewed_meanwhile(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = await unblock(planner, Plan(planner.at(), repeat=daily(planner, 2)))
    planner.until(schedule)
    assert await planner.due.begin() == 1
    planner.until(await reread(planner, schedule))
    proof = await anew_code(planner, "renewed")
    read = planner.stores.schedules.due

    async def read_before_it_is_renewed(now: datetime, limit: int) -> Sequence[Schedule]:
        found = await read(now, limit)
        if planner.stores.schedules.due is not read:
            monkeypatch.undo()
            await planner.reconfirmation.confirm(planner.actor, schedule.id, Anew.RENEW, proof)
        return found

    await planner.work()
    monkeypatch.setattr(planner.stores.schedules, "due", read_before_it_is_renewed)
    await planner.due.begin()
    assert await planner.state(schedule) is ScheduleState.REPEATING
    await planner.due.begin()
    renewed = await reread(planner, schedule)
    until = today(planner.clock.now()) + timedelta(days=LONGEST_DAYS_WITH_CODE)
    assert renewed.repeat == daily(planner, LONGEST_DAYS_WITH_CODE)
    assert renewed.repeat.until == until
    assert len(renewed.latest) == 2
