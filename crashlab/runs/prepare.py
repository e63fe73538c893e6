"""A database in which everybody has logged in: the only place that uses the bot's own code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from account.access.secret_codes import SecretCode
from account.changes.action import ActionKind
from account.changes.sets.change_set import Fate, SetState
from account.chapters.alerts.rule import Measure, Scope
from account.documents.kinds import DocumentFormat, DocumentKind
from account.effects.effect import BindTelegram, OpenSession
from account.identity.sessions import Session
from account.values.identifiers import Msisdn
from account.values.number import NumberState
from account.values.wall_times import WallTime
from crashlab.actors.later_lists import plan_lists
from crashlab.actors.watchers import THRESHOLD
from storage.encryption.secrets import Secrets
from storage.engine.schema import upgrade
from storage.open import open_stores
from storage.stores.people import Person, keep_person
from storage.tables.actions import schedules
from storage.tables.alerts import alert_looks, alert_marks, alert_rules
from storage.tables.change_sets import change_set_numbers, change_sets
from storage.tables.documents import subscriptions
from storage.tables.people import quiet_hours

if TYPE_CHECKING:
    from sqlalchemy import Table

    from crashlab.actors.later_lists import LaterList
    from crashlab.actors.planners import PlannedChange, Planner
    from crashlab.actors.set_users import SetUser
    from crashlab.actors.subscribers import Subscriber
    from crashlab.actors.watchers import Watcher
    from crashlab.world.outside import World

SENT_BEFORE = timedelta(hours=2)
CONFIRMED_BEFORE = timedelta(days=3)


async def prepare(url: str, key: Path, world: World) -> None:
    """Make the schema, the key, a session for each of the people, the secret codes there are and
    what was confirmed for later.
    """
    people = world.all_people
    await upgrade(url)
    stores = open_stores(url, Secrets.create(key))
    now = datetime.now(UTC)
    sessions = [
        OpenSession(
            Session(
                id=f"lab-{one.id}",
                telegram_id=one.id,
                administrator_id=one.administrator_id,
                administrator_name="Lab",
                phone=Msisdn(one.phone),
                company_id=one.company_id,
                opened_at=now,
                seen_at=now,
            )
        )
        for one in people
    ]

    known = [
        BindTelegram(administrator, Msisdn(one.phone), one.id, now)
        for one in people
        # As whom they are logged in comes last: the latest login is where questions go.
        for administrator in (*one.was, one.administrator_id)
    ]
    codes = [
        SecretCode(
            id=f"lab-{number}",
            company_id=one.company_id,
            company_name="TOO Demo",
            company_bin=one.company_id.removeprefix("org-"),
            msisdn=Msisdn(number),
            code_mac="",
            sent_at=now - SENT_BEFORE,
        )
        for one in people
        for number in one.coded
    ]

    for planner in world.planners:
        planner.plan(now)
    for user in world.set_users:
        user.later = plan_lists(user, now)
    lists = [row for one in world.set_users for plan in one.later for row in _list(one, plan)]
    planned = [_row(one, plan) for one in world.planners for plan in one.plans]
    for subscriber in world.subscribers:
        subscriber.plan(now)
    monthly = [_subscription(one, now) for one in world.subscribers]
    ruled = [row for one in world.watchers for row in _rule(one, now)]

    def keep(conn: Any) -> None:
        for one in people:
            keep_person(conn, Person(one.id, language="en", chosen=True, first_seen=now))
        for row in planned:
            conn.execute(schedules.insert(), row)
        for row in monthly:
            conn.execute(subscriptions.insert(), row)
        for table, row in [*lists, *ruled]:
            conn.execute(table.insert(), row)

    try:
        await stores.effect_store.write([*sessions, *known])
        await stores.database.write(keep)
        for code in codes:
            await stores.secret_codes.send(code, [])
    finally:
        await stores.close()


def _row(one: Planner, plan: PlannedChange) -> dict[str, Any]:
    """As it was confirmed some days ago."""
    at = WallTime(plan.at)
    before = at.moment - CONFIRMED_BEFORE
    return {
        "id": plan.id,
        "token_hash": plan.id,
        "reference": plan.reference,
        "kind": ActionKind.BLOCK.value,
        "company_id": one.company_id,
        "msisdn": plan.number,
        "telegram_id": one.id,
        "session_id": f"lab-{one.id}",
        "administrator_id": one.administrator_id,
        "administrator": "Lab",
        "shown": NumberState.ACTIVE.value,
        "parameters": "{}",
        "at_wall": at.kept,
        "due": at.moment,
        "offered_at": before,
        "accepted_at": before,
        "state": plan.was,
        "repeats": plan.repeats,
        "skipped": " ".join(WallTime(one).kept for one in plan.skipped),
        "latest_actions": "",
    }


def _subscription(one: Subscriber, now: datetime) -> dict[str, Any]:
    """As it was made before its first month."""
    return {
        "id": one.subscription,
        "kind": DocumentKind.REGISTER.value,
        "format": DocumentFormat.XLSX.value,
        "day": one.day,
        "company_id": one.company_id,
        "telegram_id": one.id,
        "administrator_id": one.administrator_id,
        "administrator": "Lab",
        "language": "en",
        "made_at": min(one.due, now) - CONFIRMED_BEFORE,
        "month": one.before,
        "due": one.due,
        "state": one.state,
    }


def _list(one: SetUser, plan: LaterList) -> Iterator[tuple[Table, dict[str, Any]]]:
    """As it was confirmed some days ago: the set, and its numbers as the preview found them."""
    begins = WallTime(plan.begins)
    before = begins.moment - CONFIRMED_BEFORE
    yield (
        change_sets,
        {
            "id": plan.id,
            "token_hash": plan.id,
            "reference": plan.reference,
            "kind": plan.kind,
            "parameters": "{}",
            "company_id": one.company_id,
            "telegram_id": one.id,
            "session_id": f"lab-{one.id}",
            "administrator_id": one.administrator_id,
            "administrator": "Lab",
            "language": "en",
            "listed": len(plan.numbers),
            "repeated": 0,
            "left_out": "[]",
            "digest": "",
            "size": len(plan.numbers),
            "state": SetState.SCHEDULED.value,
            "created_at": before,
            "offered_at": before,
            "accepted_at": before,
            "begins": begins.kept,
            "takes_back": plan.takes_back,
            "due": before,
        },
    )
    shown = NumberState.ACTIVE if plan.takes_back is None else NumberState.BLOCKED
    for place, number in enumerate(plan.numbers):
        yield (
            change_set_numbers,
            {
                "set_id": plan.id,
                "place": place,
                "msisdn": number,
                "line": place + 1,
                "fate": Fate.READY.value,
                "shown": shown.value,
            },
        )


def _rule(one: Watcher, now: datetime) -> Iterator[tuple[Table, dict[str, Any]]]:
    """A rule, what it has told of already, and a look at its company that is due soon."""
    made = now - CONFIRMED_BEFORE
    yield (
        alert_rules,
        {
            "id": one.rule,
            "company_id": one.company_id,
            "administrator_id": one.administrator_id,
            "telegram_id": one.id,
            "measure": Measure.FUNDS.value,
            "scope": Scope.COMPANY.value,
            "target": "",
            "threshold": THRESHOLD,
            "made_at": made,
            "looked": one.way != "first",
        },
    )
    for number in (*one.told, *one.risen):
        mark = {"rule_id": one.rule, "msisdn": number, "level": 1, "turn": 0, "seen_at": made}
        yield alert_marks, mark
    # At whatever hour the lab runs.
    yield quiet_hours, {"administrator_id": one.administrator_id, "begin": 0, "end": 0}
    due = now + timedelta(seconds=one.after)
    look = {"id": one.company_id, "state": "open", "cursor": 0, "stale_told": False, "due": due}
    yield alert_looks, look
