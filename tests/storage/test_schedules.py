"""A change for later, over both databases: once, by its confirmer's rights, told when it is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import select

from account.changes.action import ActionKind, ActionState
from account.changes.confirmation import ChangeConfirmation, Offer
from account.changes.due_schedules import DueSchedules
from account.changes.reconfirmation import Anew, Reconfirmation
from account.changes.schedule import Schedule, ScheduleState
from account.changes.schedules import ChangeSchedules, Plan
from account.effects.effect import BindTelegram, Effect, EndSessionsOf, Freeze, SetPassword
from account.errors import (
    ConfirmExpired,
    NotSchedulable,
    RightMissing,
    ScheduleNotOpen,
    StepUpRequired,
    TimeTooFar,
    TimeTooSoon,
    TooManySchedules,
)
from account.identity.permissions import Actor
from account.values.number import NumberState
from account.values.rights import Role
from account.values.wall_times import WallTime, wall_time
from storage import Stores
from storage.tables.history import history
from storage.tables.outbox import outbox
from tests.account.examples import PARAMETERS
from tests.account.world import BETA, HER_PHONE
from tests.storage.set_desk import Desk, a_msisdn

if TYPE_CHECKING:
    from account.changes.sensitive_numbers import SensitiveNumbers

ONE, TWO = a_msisdn(0), a_msisdn(1)


class NoneSensitive:
    """No number here is anybody's login."""

    async def needs_second(self, *_: object) -> bool:
        return False


class Planner:
    """Айгүл at her desk, and one process that begins what is due."""

    def __init__(self, stores: Stores) -> None:
        self.desk = Desk(stores)
        self.stores, self.clock, self.carrier = stores, self.desk.clock, self.desk.carrier
        execution = self.desk.execution
        self.specs = execution._specs
        none_sensitive = cast("SensitiveNumbers", NoneSensitive())
        self.actions = ChangeConfirmation(
            stores.actions, self.clock, self.specs, none_sensitive, execution._freezes
        )
        self.schedules = ChangeSchedules(self.actions, stores.schedules, self.clock, self.specs)
        self.reconfirmation = Reconfirmation(
            self.actions, self.schedules, stores.schedules, self.clock, self.specs
        )
        self.due = DueSchedules(stores.schedules, self.clock, self.specs, self.carrier)

    @property
    def actor(self) -> Actor:
        return self.desk.actor()

    def at(self, typed: str = "tomorrow 22:00") -> WallTime:
        return wall_time(typed, self.clock.now())

    async def offer(self, kind: ActionKind = ActionKind.BLOCK, number: Any = ONE) -> Offer:
        return await self.actions.offer(self.actor, kind, number, PARAMETERS[kind])

    async def scheduled(self, typed: str = "tomorrow 22:00", number: Any = ONE) -> Schedule:
        offer = await self.offer(number=number)
        schedule, first = await self.schedules.confirm(
            self.actor, offer.token, Plan(self.at(typed))
        )
        assert first
        return schedule

    def until(self, schedule: Schedule, **late: float) -> None:
        self.clock.advance(schedule.due + timedelta(**late) - self.clock.now())

    async def work(self) -> None:
        """Workers take what is accepted to its end."""
        for _ in range(4):
            claimed = await self.stores.actions.claim(
                "one", self.clock.now(), timedelta(seconds=30), 10
            )
            for action in claimed:
                await self.desk.execution.advance(action)
            self.clock.advance(timedelta(seconds=1))

    async def told(self) -> list[str]:
        rows = await self.stores.database.read(
            lambda conn: conn.execute(select(outbox.c.kind).order_by(outbox.c.id)).scalars().all()
        )
        return list(rows)

    async def entries(self) -> list[tuple[str, str]]:
        rows = await self.stores.database.read(
            lambda conn: conn.execute(
                select(history.c.what, history.c.result).order_by(history.c.seq)
            ).all()
        )
        return [(row.what, row.result) for row in rows]

    async def state(self, schedule: Schedule) -> ScheduleState:
        read = await self.stores.schedules.read(schedule.id)
        assert read is not None
        return read.state


@pytest.fixture
def planner(stores: Stores) -> Planner:
    return Planner(stores)


async def test_it_begins_at_its_minute_and_is_a_change_like_any_other(planner: Planner) -> None:
    schedule = await planner.scheduled()
    assert schedule.reference.startswith("P-")
    assert await planner.due.begin() == 0
    assert planner.carrier.effects == []
    planner.until(schedule, seconds=-1)
    assert await planner.due.begin() == 0
    planner.until(schedule)
    assert await planner.due.begin() == 1
    assert await planner.due.begin() == 0
    await planner.work()
    assert planner.carrier.fleet[ONE.digits].state is NumberState.BLOCKED
    assert len(planner.carrier.effects) == 1
    kept = await planner.stores.schedules.read(schedule.id)
    assert kept is not None
    assert kept.action_id is not None
    assert await planner.stores.schedules.has_begun(kept.action_id)
    assert not await planner.stores.schedules.has_begun(schedule.id)
    action = await planner.stores.actions.read(kept.action_id)
    assert action is not None
    assert action.state is ActionState.DONE
    assert action.reference is not None
    assert action.reference.startswith("A-")
    assert await planner.told() == ["schedule.accepted", "action.final"]
    assert await planner.entries() == [
        ("change.scheduled", "accepted"),
        ("number.block", "accepted"),
        ("change.scheduled", "done"),
        ("number.block", "done"),
    ]


async def test_one_press_schedules_once_and_the_offer_is_used_up(planner: Planner) -> None:
    offer = await planner.offer()
    presses = [
        planner.schedules.confirm(planner.actor, offer.token, Plan(planner.at())) for _ in "ab"
    ]
    done = await asyncio.gather(*presses)
    assert sorted(first for _, first in done) == [False, True]
    assert len({schedule.reference for schedule, _ in done}) == 1
    again, first = await planner.schedules.confirm(
        planner.actor, offer.token, Plan(planner.at("tomorrow 23:00"))
    )
    assert not first
    assert again.at == planner.at()
    with pytest.raises(ConfirmExpired):
        await planner.actions.confirm(planner.actor, offer.token)
    assert len(await planner.schedules.open(planner.actor)) == 1


async def test_two_processes_begin_it_once(planner: Planner) -> None:
    schedule = await planner.scheduled()
    planner.until(schedule, seconds=1)
    begun = await asyncio.gather(*(planner.due.begin() for _ in range(4)))
    assert sum(begun) == 1
    await planner.work()
    assert len(planner.carrier.effects) == 1


async def test_a_clock_that_is_set_back_runs_nothing_twice(planner: Planner) -> None:
    schedule = await planner.scheduled()
    planner.until(schedule)
    assert await planner.due.begin() == 1
    await planner.work()
    planner.clock.advance(timedelta(hours=-1))
    assert await planner.due.begin() == 0
    planner.clock.advance(timedelta(hours=2))
    assert await planner.due.begin() == 0


async def test_late_it_begins_and_very_late_it_is_missed_and_told(planner: Planner) -> None:
    late, missed = await planner.scheduled(), await planner.scheduled("tomorrow 8:00", TWO)
    planner.until(missed, hours=12, seconds=1)
    await planner.due.begin()
    assert await planner.state(missed) is ScheduleState.MISSED
    assert await planner.told() == ["schedule.accepted"] * 2 + ["schedule.missed"]
    assert ("change.scheduled", "refused") in await planner.entries()
    planner.until(late, hours=11, minutes=59)
    assert await planner.due.begin() == 1
    await planner.work()
    assert planner.carrier.fleet[TWO.digits].state is NumberState.ACTIVE
    assert planner.carrier.fleet[ONE.digits].state is NumberState.BLOCKED


async def test_state_that_changed_since_is_refused_and_told(planner: Planner) -> None:
    schedule = await planner.scheduled()
    debt = replace(planner.carrier.fleet[ONE.digits], state=NumberState.DEBT)
    planner.carrier.add(debt)
    planner.until(schedule)
    assert await planner.due.begin() == 1
    await planner.work()
    assert planner.carrier.effects == []
    assert await planner.told() == ["schedule.accepted", "action.final"]
    assert (await planner.entries())[-1] == ("number.block", "refused")


async def test_a_right_that_was_taken_away_cancels_it_and_the_others_are_told(
    planner: Planner,
) -> None:
    schedule = await planner.scheduled()
    viewer = replace(planner.desk.alpha, role=Role.VIEWER)
    planner.carrier.granted["adm-1"] = (viewer,)
    planner.until(schedule)
    assert await planner.due.begin() == 0
    await planner.work()
    assert planner.carrier.effects == []
    assert await planner.state(schedule) is ScheduleState.ABANDONED
    assert (await planner.entries())[-1] == ("change.scheduled", "refused")
    assert await planner.told() == [
        "schedule.accepted",
        "schedule.abandoned",
        "colleague.schedules",
    ]


async def test_a_right_that_is_lost_after_it_has_begun_is_refused(planner: Planner) -> None:
    schedule = await planner.scheduled()
    planner.until(schedule)
    assert await planner.due.begin() == 1
    planner.carrier.granted["adm-1"] = ()
    await planner.work()
    assert planner.carrier.effects == []
    assert (await planner.entries())[-1] == ("number.block", "refused")


async def test_another_change_under_way_is_waited_for(planner: Planner) -> None:
    schedule = await planner.scheduled()
    planner.until(schedule, minutes=-1)
    other = await planner.offer()
    await planner.actions.confirm(planner.actor, other.token)
    planner.until(schedule)
    assert await planner.due.begin() == 0
    assert await planner.state(schedule) is ScheduleState.SCHEDULED
    await planner.work()
    assert await planner.due.begin() == 1
    await planner.work()
    # It is blocked by the other one: what was confirmed is so, and nothing is sent for it.
    assert len(planner.carrier.effects) == 1


async def test_what_has_to_wait_holds_up_nothing_else(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account.changes.due_schedules.AT_ONCE", 1)
    waiting = await planner.scheduled(number=ONE)
    other = await planner.scheduled("tomorrow 22:05", number=TWO)
    planner.until(other)
    offer = await planner.offer(number=ONE)
    await planner.actions.confirm(planner.actor, offer.token)
    assert await planner.due.begin() == 1
    assert await planner.state(waiting) is ScheduleState.SCHEDULED
    assert await planner.state(other) is ScheduleState.BEGUN


@pytest.mark.parametrize("effect", ["password", "sessions", "frozen"])
async def test_what_a_thief_may_have_planned_waits_for_its_person(
    planner: Planner, effect: str
) -> None:
    schedule = await planner.scheduled()
    now = planner.clock.now()
    await planner.stores.effect_store.write([BindTelegram("adm-1", HER_PHONE, 7001, now)])
    told: dict[str, Effect] = {
        "password": SetPassword("adm-1", HER_PHONE, "hash", now),
        "sessions": EndSessionsOf("adm-1", now),
        "frozen": Freeze("adm-1", HER_PHONE, now),
    }
    await planner.stores.effect_store.write([told[effect]])
    assert await planner.state(schedule) is ScheduleState.SUSPENDED
    assert await planner.told() == ["schedule.accepted", "schedule.suspended"]
    planner.until(schedule)
    assert await planner.due.begin() == 0
    assert await planner.state(schedule) is ScheduleState.MISSED
    await planner.work()
    assert planner.carrier.effects == []
    assert await planner.told() == ["schedule.accepted", "schedule.suspended", "schedule.missed"]


async def test_kept_it_begins_and_cancelled_it_does_not(planner: Planner) -> None:
    kept, cancelled = await planner.scheduled(), await planner.scheduled(number=TWO)
    now = planner.clock.now()
    await planner.stores.effect_store.write([SetPassword("adm-1", HER_PHONE, "hash", now)])
    await planner.reconfirmation.confirm(planner.actor, kept.id, Anew.KEEP)
    await planner.schedules.cancel(planner.actor, cancelled.id)
    with pytest.raises(ScheduleNotOpen):
        await planner.schedules.cancel(planner.actor, cancelled.id)
    with pytest.raises(ScheduleNotOpen):
        await planner.reconfirmation.confirm(planner.actor, kept.id, Anew.KEEP)
    planner.until(kept)
    assert await planner.due.begin() == 1
    await planner.work()
    assert len(planner.carrier.effects) == 1
    assert planner.carrier.fleet[ONE.digits].state is NumberState.BLOCKED


async def test_what_a_code_confirmed_is_not_kept_by_a_tap(planner: Planner) -> None:
    planner.carrier.add(
        replace(
            planner.carrier.fleet[ONE.digits], state=NumberState.BLOCKED, blocked_by_company=True
        )
    )
    offer = await planner.offer(ActionKind.UNBLOCK)
    with pytest.raises(StepUpRequired):
        await planner.schedules.confirm(planner.actor, offer.token, Plan(planner.at()))
    assert await planner.schedules.open(planner.actor) == []


async def test_other_companies_and_roles_have_no_part_in_it(planner: Planner) -> None:
    schedule = await planner.scheduled()
    beta = replace(planner.desk.alpha, id=BETA)
    stranger = replace(planner.actor, companies=(beta,), company_id=BETA)
    assert await planner.schedules.open(stranger) == []
    possible = planner.reconfirmation.possible
    for ask in (planner.schedules.read, planner.schedules.cancel, possible):
        with pytest.raises(ScheduleNotOpen):
            await ask(stranger, schedule.id)
    viewer = replace(planner.actor, companies=(replace(planner.desk.alpha, role=Role.VIEWER),))
    assert len(await planner.schedules.open(viewer)) == 1
    with pytest.raises(RightMissing):
        await planner.schedules.cancel(viewer, schedule.id)
    other = replace(planner.actor, administrator_id="adm-2")
    with pytest.raises(ScheduleNotOpen):
        await planner.reconfirmation.confirm(other, schedule.id, Anew.KEEP)
    await planner.schedules.cancel(other, schedule.id)


async def test_times_and_kinds_have_bounds(planner: Planner) -> None:
    check = planner.schedules.check_time
    now = planner.clock.now()
    with pytest.raises(TimeTooSoon):
        check(ActionKind.BLOCK, wall_time("today 00:00", now))
    day = (now + timedelta(days=31)).date()
    check(ActionKind.BLOCK, wall_time(f"{day:%d.%m.%Y} 08:00", now))
    with pytest.raises(TimeTooFar) as far:
        check(ActionKind.UNBLOCK, wall_time(f"{day:%d.%m.%Y} 08:00", now))
    assert far.value.days == 30
    for kind in (ActionKind.SIM_REPLACE, ActionKind.FORWARDING_SET, ActionKind.REGISTER_DEVICE):
        with pytest.raises(NotSchedulable):
            check(kind, wall_time("tomorrow 08:00", now))


async def test_a_company_has_so_many_and_what_is_refused_keeps_its_offer(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account.changes.schedules.MOST", 1)
    await planner.scheduled()
    offer = await planner.offer(number=TWO)
    with pytest.raises(TooManySchedules):
        await planner.schedules.confirm(planner.actor, offer.token, Plan(planner.at()))
    _, first = await planner.actions.confirm(planner.actor, offer.token)
    assert first


async def test_an_offer_that_is_over_is_not_scheduled(planner: Planner) -> None:
    offer = await planner.offer()
    planner.clock.advance(timedelta(minutes=6))
    with pytest.raises(ConfirmExpired):
        await planner.schedules.confirm(planner.actor, offer.token, Plan(planner.at()))


async def test_after_a_backup_was_put_back_nothing_begins_by_itself(planner: Planner) -> None:
    schedule = await planner.scheduled()
    await planner.stores.generations.begin(planner.clock.now())
    assert await planner.state(schedule) is ScheduleState.SUSPENDED


async def test_a_zone_whose_rules_changed_is_gone_by(planner: Planner) -> None:
    schedule = await planner.scheduled()
    wrong = schedule.due - timedelta(hours=1)
    await planner.stores.schedules.derive(schedule.id, wrong)
    planner.clock.advance(wrong - planner.clock.now())
    assert await planner.due.begin() == 0
    read = await planner.stores.schedules.read(schedule.id)
    assert read is not None
    assert read.due == schedule.due
    await planner.stores.schedules.derive(schedule.id, wrong)
    await planner.due.derive_anew()
    again = await planner.stores.schedules.read(schedule.id)
    assert again is not None
    assert again.due == schedule.due


async def test_who_planned_is_told_that_a_backup_was_put_back(planner: Planner) -> None:
    schedule = await planner.scheduled()
    await planner.scheduled("tomorrow 23:00", TWO)
    await planner.stores.generations.begin(planner.clock.now())
    assert await planner.state(schedule) is ScheduleState.SUSPENDED
    assert (await planner.told()).count("schedule.restored") == 1
