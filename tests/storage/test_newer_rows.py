"""Rows of a newer program beside this one are left out, counted and logged; work goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, select, update
from structlog.testing import capture_logs

from account.changes.action import ActionKind
from account.changes.schedule import ScheduleState
from account.changes.schedules import Plan
from account.chapters.alerts.rule import AlertRule, Measure, Scope
from account.documents.kinds import DocumentFormat, DocumentKind
from account.documents.subscriptions import Subscription, SubscriptionState
from account.errors import ConfirmExpired
from account.values.periods import Month
from storage import Stores
from storage.stores.readable import left_out
from storage.tables.actions import actions, schedules
from storage.tables.alerts import alert_rules
from storage.tables.change_sets import change_set_numbers, change_sets
from storage.tables.documents import subscriptions
from tests.account.world import ALPHA
from tests.storage.set_desk import FEW, Desk
from tests.storage.test_schedules import ONE, TWO, Planner

NEWER = "of.a.newer.program"


async def rewrite(stores: Stores, table: Table, where: Any, **values: Any) -> None:
    statement = update(table).where(where).values(**values)
    await stores.database.write(lambda conn: conn.execute(statement).close())


def logged(lines: list[Any]) -> list[tuple[str, str]]:
    return [(one["table"], one["error"]) for one in lines if one["event"] == "row.unreadable"]


@pytest.mark.parametrize(
    "values",
    [
        {"kind": NEWER},
        {"repeats": "lunar 2027-01-01"},
        {"at_wall": "noon"},
        {"parameters": "{"},
        {"skipped": "never"},
    ],
)
async def test_a_schedule_of_a_newer_program_hides_no_other_one(
    stores: Stores, values: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account.changes.due_schedules.AT_ONCE", 1)
    planner = Planner(stores)
    newer, known = await planner.scheduled(number=ONE), await planner.scheduled(number=TWO)
    await rewrite(stores, schedules, schedules.c.id == newer.id, **values)
    before = left_out().get("schedules", 0)
    planner.until(newer)
    with capture_logs() as lines:
        assert [one.id for one in await planner.schedules.open(planner.actor)] == [known.id]
        assert await planner.due.begin() == 1
        await planner.due.derive_anew()
        assert await stores.schedules.read(newer.id) is None
    assert len(logged(lines)) == 1
    assert left_out()["schedules"] == before + 1
    assert await planner.state(known) is ScheduleState.BEGUN
    assert await _state(stores, schedules, newer.id) == "scheduled"


async def test_a_press_on_a_schedule_of_a_newer_program_is_refused(stores: Stores) -> None:
    planner = Planner(stores)
    offer = await planner.offer()
    schedule, _ = await planner.schedules.confirm(planner.actor, offer.token, Plan(planner.at()))
    await rewrite(stores, schedules, schedules.c.id == schedule.id, state=NEWER)
    with pytest.raises(ConfirmExpired):
        await planner.schedules.confirm(planner.actor, offer.token, Plan(planner.at()))


async def test_a_rule_of_a_newer_program_hides_no_other_one(stores: Stores) -> None:
    desk = Desk(stores)

    async def add(rule_id: str) -> None:
        rule = AlertRule(
            id=rule_id,
            company_id=ALPHA,
            administrator_id="adm-1",
            telegram_id=7001,
            measure=Measure.DEBT,
            scope=Scope.COMPANY,
            target="",
            threshold=0,
            made_at=desk.clock.now(),
        )
        await stores.alerts.add(rule, 50, desk.clock.now())

    await add("newer")
    await add("known")
    await rewrite(stores, alert_rules, alert_rules.c.id == "newer", measure=NEWER)
    with capture_logs() as lines:
        assert [one.id for one in await stores.alerts.rules("adm-1", ALPHA)] == ["known"]
        assert [one.id for one in await stores.alerts.of_company(ALPHA)] == ["known"]
        assert await stores.alerts.rule("newer") is None
    assert logged(lines) in ([("alert_rules", "ValueError")], [])
    assert left_out()["alert_rules"] >= 1


async def test_a_subscription_of_a_newer_program_hides_no_other_one(stores: Stores) -> None:
    now = Desk(stores).clock.now()

    def subscription(its_id: str, day: int) -> Subscription:
        return Subscription(
            id=its_id,
            kind=DocumentKind.REGISTER,
            format=DocumentFormat.XLSX,
            day=day,
            company_id=ALPHA,
            telegram_id=7001,
            administrator_id="adm-1",
            administrator="Айгүл",
            language="kk",
            made_at=now,
            month=Month(2021, 12),
            due=now,
            state=SubscriptionState.ACTIVE,
        )

    for its_id, day in (("newer", 5), ("known", 6)):
        await stores.subscriptions.add(subscription(its_id, day), 10)
    newer = subscriptions.c.id == "newer"
    await rewrite(stores, subscriptions, newer, format=NEWER, due=now - timedelta(days=1))
    assert [one.id for one in await stores.subscriptions.of_person("adm-1", ALPHA)] == ["known"]
    assert [one.id for one in await stores.subscriptions.due(now, 1)] == ["known"]
    assert await stores.subscriptions.read("newer") is None


async def test_a_set_of_a_newer_program_is_left_to_it(stores: Stores) -> None:
    desk = Desk(stores)
    newer, known = await desk.confirmed(range(FEW)), await desk.confirmed(range(FEW, 2 * FEW))
    await rewrite(stores, change_sets, change_sets.c.id == newer.id, kind=NEWER)
    since = desk.clock.now() - timedelta(days=1)
    assert [one.id for one in await stores.change_sets.of_company(ALPHA, since)] == [known.id]
    assert await stores.change_sets.read(newer.id) is None
    claimed = await stores.change_sets.claim("one", desk.clock.now(), timedelta(seconds=30), 5)
    assert [one.id for one in claimed] == [known.id]
    owner = select(change_sets.c.owner).where(change_sets.c.id == newer.id)
    assert await stores.database.read(lambda conn: conn.execute(owner).scalar_one()) is None


async def test_a_number_with_an_outcome_of_a_newer_program_is_left_out(stores: Stores) -> None:
    desk = Desk(stores)
    running = await desk.confirmed()
    first = (change_set_numbers.c.set_id == running.id) & (change_set_numbers.c.place == 0)
    await rewrite(stores, change_set_numbers, first, outcome=NEWER)
    assert len(await stores.change_sets.numbers(running.id, limit=100)) == FEW - 1
    counts = await stores.change_sets.counts(running.id)
    assert sum(counts.outcomes.values()) == FEW - 1


async def test_a_change_of_a_newer_program_is_put_off_and_others_go_on(stores: Stores) -> None:
    planner = Planner(stores)
    for number in (ONE, TWO):
        offer = await planner.offer(number=number)
        action, _ = await planner.actions.confirm(planner.actor, offer.token)
    await rewrite(stores, actions, actions.c.msisdn == ONE.digits, kind=NEWER)
    claimed = await stores.actions.claim("one", planner.clock.now(), timedelta(seconds=30), 10)
    assert [one.id for one in claimed] == [action.id]
    assert claimed[0].kind is ActionKind.BLOCK


async def _state(stores: Stores, table: Table, its_id: str) -> str:
    statement = select(func.max(table.c.state)).where(table.c.id == its_id)
    return await stores.database.read(lambda conn: conn.execute(statement).scalar_one())
