"""Messages to a company's other administrators, spread when they are delivered (section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from account.changes.action import Action
from account.changes.schedule import Schedule
from account.changes.sets.change_set import ChangeSet
from account.effects.effect import Channel, OutboxMessage
from account.identity.directory import Administrator

COLLEAGUES_LIFE = timedelta(hours=24)


DID, TELEGRAM, COMPANY, MESSAGE = "administrator", "telegram", "company", "message"
"""Parameters of a message to colleagues: who did it, from which chat, for which company if for
one, and the key of the message."""


def to_colleagues(
    did: Administrator,
    telegram_id: int,
    what: str,
    now: datetime,
) -> OutboxMessage:
    """A message to whoever else administers any company of `did`, spread when it is delivered."""
    told = {DID: did.name, TELEGRAM: str(telegram_id)}
    key = f"colleagues:{what}:{did.id}:{now.isoformat()}"
    return _owed(did.id, what, now, {**told, MESSAGE: key}, key)


def of_change(action: Action, now: datetime) -> OutboxMessage:
    """A message to the company's other administrators that this change was done."""
    key = f"{action.id}:colleagues"
    told = {
        DID: action.administrator,
        TELEGRAM: str(action.telegram_id),
        COMPANY: action.company_id,
        MESSAGE: key,
        "kind": action.kind.value,
        "msisdn": action.msisdn.digits,
    }
    return _owed(action.administrator_id, "change", now, told, key)


def of_set(change_set: ChangeSet, done: int, now: datetime) -> OutboxMessage:
    """One message about all changes of a set that were done."""
    key = f"{change_set.id}:colleagues"
    told = {
        DID: change_set.administrator,
        TELEGRAM: str(change_set.telegram_id),
        COMPANY: change_set.company_id,
        MESSAGE: key,
        "kind": change_set.kind.value,
        "numbers": str(done),
    }
    return _owed(change_set.administrator_id, "set", now, told, key)


def of_schedules(schedule: Schedule, now: datetime) -> OutboxMessage:
    """One message that schedules of somebody are cancelled, who may not do this any more."""
    key = f"schedules:{schedule.administrator_id}:{schedule.company_id}:{now.isoformat()}"
    told = {
        DID: schedule.administrator,
        TELEGRAM: str(schedule.telegram_id),
        COMPANY: schedule.company_id,
        MESSAGE: key,
    }
    return _owed(schedule.administrator_id, "schedules", now, told, key)


def _owed(did: str, what: str, now: datetime, told: Mapping[str, str], key: str) -> OutboxMessage:
    return OutboxMessage(
        channel=Channel.COLLEAGUES,
        to=did,
        kind=f"colleague.{what}",
        expires_at=now + COLLEAGUES_LIFE,
        parameters=told,
        key=key,
    )
