"""The rule of each table that grows, and why the others do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Table,
    and_,
    bindparam,
    exists,
    null,
    or_,
    select,
)

from account.changes.action import FINAL, ActionState
from account.changes.schedule import OPEN as OPEN_SCHEDULES
from account.changes.sets.change_set import FOR_LATER, SetState
from account.values.periods import today
from storage.engine.types import Moment
from storage.queue.outbox import DEAD, DELIVERED, OWED
from storage.retention.terms import KeptFor
from storage.stores.login import FADE
from storage.tables.access import (
    attempts,
    codes,
    credentials,
    freeze_links,
    freezes,
    known_telegrams,
    secret_codes,
    sessions,
)
from storage.tables.actions import actions, approvals, holds, schedules
from storage.tables.alerts import alert_looks, alert_marks, alert_mutes, alert_rules, alerts
from storage.tables.base import in_state
from storage.tables.change_sets import (
    change_set_numbers,
    change_sets,
    number_lists,
    set_approvals,
)
from storage.tables.documents import document_chunks, documents, subscriptions
from storage.tables.history import (
    history_chains,
    history_checkpoints,
    history_floors,
    history_head,
    history_seals,
)
from storage.tables.keys import secret_keys
from storage.tables.labels import label_imports, number_labels
from storage.tables.outbox import outbox, sms_parts
from storage.tables.people import fsm, muted, people, quiet_hours, reminders, shortlists
from storage.tables.processes import (
    call_slots,
    clocks,
    counters,
    event_subscriptions,
    generations,
    leases,
    schema_floor,
)

STRETCH = 2000
"""Rows looked at in one transaction."""
PIECES = 8
"""Pieces of files in one transaction: each is as large as hundreds of other rows."""


def _itself(moment: datetime) -> object:
    return moment


def _month(moment: datetime) -> object:
    return f"{today(moment):%Y-%m}"


def _day(moment: datetime) -> object:
    return f"{today(moment):%Y%m%d}"


@dataclass(frozen=True, eq=False)
class Rule:
    """Rows of a table that are old: `old` compares with `:before`, which is `term` ago.

    `values` are set instead of a deletion. `also` are rows of another table that go with them: the
    column that names them there, and the one here. `told` makes the parameter of the moment.
    """

    table: Table
    term: Callable[[KeptFor], timedelta | None]
    old: ColumnElement[bool]
    values: Mapping[str, Any] | None = None
    also: tuple[Column[Any], Column[Any]] | None = None
    told: Callable[[datetime], object] = _itself
    most: int = STRETCH


_BEFORE: BindParameter[Any] = bindparam("before", type_=Moment())
_BEFORE_DAY: BindParameter[Any] = bindparam("before")
_UNCONFIRMED_SETS = and_(
    in_state(change_sets, SetState.OFFERED, SetState.VOID), change_sets.c.created_at < _BEFORE
)
_taking_back = change_sets.alias("taking_back")
_ENDED_SETS = and_(
    in_state(change_sets, SetState.ENDED),
    change_sets.c.settled_at < _BEFORE,
    # What is to be taken back later is looked up then.
    ~exists().where(
        _taking_back.c.takes_back == change_sets.c.id,
        _taking_back.c.state.in_(sorted(state.value for state in FOR_LATER)),
    ),
)
_OPEN_SCHEDULES = [state.value for state in OPEN_SCHEDULES]


def _of_sets(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Numbers of such sets: they are many, and go before their set."""
    return change_set_numbers.c.set_id.in_(select(change_sets.c.id).where(which))


def _seen_in(column: Column[Any], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return people.c.telegram_id.in_(select(column).where(column != null(), *conditions))


RULES: tuple[Rule, ...] = (
    Rule(codes, lambda kept: kept.codes, codes.c.sent_at < _BEFORE),
    Rule(
        actions,
        lambda kept: kept.offers,
        and_(
            in_state(actions, ActionState.OFFERED, ActionState.VOID), actions.c.offered_at < _BEFORE
        ),
    ),
    Rule(approvals, lambda kept: kept.approvals, approvals.c.expires_at < _BEFORE),
    Rule(set_approvals, lambda kept: kept.approvals, set_approvals.c.expires_at < _BEFORE),
    Rule(change_set_numbers, lambda kept: kept.offers, _of_sets(_UNCONFIRMED_SETS)),
    Rule(change_sets, lambda kept: kept.offers, _UNCONFIRMED_SETS),
    Rule(number_lists, lambda kept: kept.lists, number_lists.c.kept_at < _BEFORE),
    Rule(freeze_links, lambda kept: kept.freeze_links, freeze_links.c.expires_at < _BEFORE),
    Rule(
        outbox,
        lambda _kept: timedelta(0),
        and_(
            in_state(outbox, OWED),
            outbox.c.expires_at < _BEFORE,
            or_(outbox.c.lease_until == null(), outbox.c.lease_until < _BEFORE),
        ),
        values={
            "state": DEAD,
            "why": "expired",
            "sealed": None,
            "owner": None,
            "lease_until": None,
        },
    ),
    Rule(
        outbox,
        lambda kept: kept.outbox,
        and_(in_state(outbox, DELIVERED, DEAD), outbox.c.expires_at < _BEFORE),
    ),
    Rule(sms_parts, lambda kept: kept.outbox, sms_parts.c.at < _BEFORE),
    Rule(
        document_chunks,
        lambda kept: kept.document_content,
        document_chunks.c.document_id.in_(
            select(documents.c.id).where(documents.c.claimed_at < _BEFORE)
        ),
        most=PIECES,
    ),
    Rule(documents, lambda kept: kept.documents, documents.c.ordered_at < _BEFORE),
    Rule(
        sessions,
        lambda kept: kept.sessions,
        or_(
            sessions.c.ended_at < _BEFORE,
            and_(sessions.c.ended_at == null(), sessions.c.seen_at < _BEFORE),
        ),
    ),
    Rule(
        attempts,
        lambda _kept: FADE,
        and_(
            attempts.c.tried_at < _BEFORE,
            or_(attempts.c.locked_until == null(), attempts.c.locked_until < _BEFORE),
        ),
    ),
    Rule(number_labels, lambda kept: kept.labels_of_gone, number_labels.c.gone_at < _BEFORE),
    Rule(label_imports, lambda kept: kept.label_imports, label_imports.c.made_at < _BEFORE),
    Rule(
        alerts,
        lambda kept: kept.alerts,
        and_(in_state(alerts, "told"), alerts.c.told_at < _BEFORE),
    ),
    Rule(alert_marks, lambda kept: kept.alert_marks, alert_marks.c.seen_at < _BEFORE),
    Rule(alert_mutes, lambda _kept: timedelta(0), alert_mutes.c.until < _BEFORE),
    Rule(
        subscriptions,
        lambda kept: kept.ended_subscriptions,
        and_(in_state(subscriptions, "ended"), subscriptions.c.due < _BEFORE),
    ),
    Rule(secret_codes, lambda kept: kept.secret_codes, secret_codes.c.ended_at < _BEFORE),
    Rule(
        people,
        lambda kept: kept.guests,
        and_(
            people.c.first_seen < _BEFORE,
            ~_seen_in(sessions.c.telegram_id),
            ~_seen_in(known_telegrams.c.telegram_id),
            ~_seen_in(secret_codes.c.telegram_id, secret_codes.c.ended_at == null()),
            ~_seen_in(codes.c.telegram_id),
        ),
        also=(fsm.c.user_id, people.c.telegram_id),
    ),
    Rule(reminders, lambda kept: kept.reminders, reminders.c.month < _BEFORE_DAY, told=_month),
    Rule(counters, lambda kept: kept.counters, counters.c.day < _BEFORE_DAY, told=_day),
    Rule(change_set_numbers, lambda kept: kept.history, _of_sets(_ENDED_SETS)),
    Rule(change_sets, lambda kept: kept.history, _ENDED_SETS),
    Rule(
        schedules,
        lambda kept: kept.history,
        and_(schedules.c.state.not_in(_OPEN_SCHEDULES), schedules.c.due < _BEFORE),
    ),
    Rule(
        actions,
        lambda kept: kept.history,
        and_(in_state(actions, *sorted(FINAL)), actions.c.settled_at < _BEFORE),
    ),
)
"""In this order: what belongs to something goes before it."""

NO_TERM: Mapping[Table, str] = {
    credentials: "one for each administrator, until they are erased",
    known_telegrams: "one for each account of an administrator: four eyes are judged by it",
    freezes: "one for each time somebody said that it was not them",
    holds: "made by hand",
    alert_rules: "until their person ends them; twenty for each at most",
    alert_looks: "one for each company",
    muted: "what each person chose",
    quiet_hours: "one for each person",
    shortlists: "favourites, and a handful used of late, for each person",
    history_chains: "one for each company",
    history_checkpoints: "one for each company",
    history_floors: "one for each company",
    history_head: "one",
    history_seals: "two",
    secret_keys: "one for each change of the key",
    call_slots: "one for each API and bot",
    clocks: "one for each start of a machine",
    event_subscriptions: "one for each API",
    generations: "one for each backup that was put back",
    leases: "one for each task and living process",
    schema_floor: "one",
}
"""Tables that do not grow with use."""
