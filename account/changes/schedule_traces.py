"""What a schedule leaves behind: its lines of the actions history, and the words owed for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from account.changes.schedule import Schedule
from account.changes.spec import ChangeSpec
from account.effects.effect import Channel, OutboxMessage
from account.effects.history import HistoryEntry, HistoryEvent, Result
from account.values.wall_times import WallTime

WORD_LIFE = timedelta(hours=24)
RENEWABLE_DAYS = 7
"""So many days before its last one whoever repeats what needs a code is asked for another one."""
RENEWAL_ASKED_AT = time(10)


def told_of(spec: ChangeSpec[Any, Any], schedule: Schedule) -> dict[str, str]:
    """What the history keeps of it: which change, how, and its next date."""
    told = {**spec.audit_fields(schedule.parameters), "what": spec.what, "at": schedule.at.kept}
    if schedule.repeat is not None:
        told["repeats"] = schedule.repeat.kept
    return told


def entry_of(
    spec: ChangeSpec[Any, Any], schedule: Schedule, result: Result, now: datetime
) -> HistoryEntry:
    """The line that says how far it has come, by whom it was confirmed."""
    return HistoryEntry(
        at=now,
        what=HistoryEvent.SCHEDULED,
        result=result,
        administrator_id=schedule.administrator_id,
        administrator=schedule.administrator,
        company_id=schedule.company_id,
        number=schedule.msisdn.digits,
        parameters=told_of(spec, schedule),
        reference=schedule.reference or None,
    )


def renewal_asked(schedule: Schedule, now: datetime) -> list[OutboxMessage]:
    """The word, some days before its last one, that a code lets it go on; none where too late."""
    if schedule.repeat is None:
        return []
    until = schedule.repeat.until
    asked = WallTime.of(until - timedelta(days=RENEWABLE_DAYS), RENEWAL_ASKED_AT).moment
    if asked <= now:
        return []
    word = owed_word(schedule, "renew", asked)
    return [
        replace(
            word,
            not_before=asked,
            expires_at=WallTime.of(until, RENEWAL_ASKED_AT).moment,
            parameters={**word.parameters, "until": until.isoformat()},
            key=f"schedule:{schedule.id}:renew:{until.isoformat()}",
        )
    ]


def abandoned_word(schedule: Schedule, now: datetime) -> OutboxMessage:
    """The word to its person that theirs of the company are cancelled: once for all of them."""
    whose = f"{schedule.administrator_id}:{schedule.company_id}"
    return replace(
        owed_word(schedule, "abandoned", now),
        key=f"schedules:{whose}:{now.isoformat()}:abandoned",
    )


def owed_word(schedule: Schedule, which: str, now: datetime) -> OutboxMessage:
    """The word to its person: once for a schedule, and once for each date of one that repeats."""
    date = f":{schedule.at.kept}" if schedule.repeat is not None else ""
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(schedule.telegram_id),
        kind=f"schedule.{which}",
        expires_at=now + WORD_LIFE,
        parameters={"schedule": schedule.id, "at": schedule.at.kept},
        key=f"schedule:{schedule.id}:{which}{date}",
    )
