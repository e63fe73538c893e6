"""Rows of alerts, read and written, and the messages that are owed of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from account.chapters.alerts.rule import (
    OF_SINGLE,
    Alert,
    AlertRule,
    AlertState,
    Look,
    Mark,
    Measure,
    Scope,
)
from account.effects.effect import Channel, OutboxMessage
from account.values.identifiers import Msisdn

WORD_LIFE = timedelta(hours=24)


def owed(kind: str, about: str, row: Any, now: datetime) -> OutboxMessage:
    """The message that tells one alert or a batch; `row` is a rule or an alert."""
    return OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(row.telegram_id),
        kind=kind,
        expires_at=now + WORD_LIFE,
        parameters={
            "about": about,
            "administrator": row.administrator_id,
            "company": row.company_id,
        },
        key=f"{kind}:{about}",
    )


def rule_values(rule: AlertRule) -> dict[str, Any]:
    """The row of a rule."""
    return {
        "id": rule.id,
        "company_id": rule.company_id,
        "administrator_id": rule.administrator_id,
        "telegram_id": rule.telegram_id,
        "measure": rule.measure.value,
        "scope": rule.scope.value,
        "target": rule.target,
        "threshold": rule.threshold,
        "made_at": rule.made_at,
        "looked": rule.looked,
        "muted_until": rule.muted_until,
    }


def rule_of(row: Any) -> AlertRule:
    """The rule of a row."""
    return AlertRule(
        id=row.id,
        company_id=row.company_id,
        administrator_id=row.administrator_id,
        telegram_id=row.telegram_id,
        measure=Measure(row.measure),
        scope=Scope(row.scope),
        target=row.target,
        threshold=row.threshold,
        made_at=row.made_at,
        looked=row.looked,
        muted_until=row.muted_until,
    )


def alert_values(alert: Alert) -> dict[str, Any]:
    """The row of an alert that is not there yet."""
    return {
        "rule_id": alert.rule_id,
        "company_id": alert.company_id,
        "administrator_id": alert.administrator_id,
        "telegram_id": alert.telegram_id,
        "measure": alert.measure.value,
        "threshold": alert.threshold,
        "msisdn": alert.msisdn.digits,
        "level": alert.mark.level,
        "turn": alert.mark.turn,
        "value": alert.value,
        "detail": alert.detail,
        "as_of": alert.as_of,
        "tell_at": alert.tell_at,
        "state": alert.state.value,
        "subject": alert.subject,
    }


def alert_of(row: Any) -> Alert:
    """The alert of a row."""
    return Alert(
        rule_id=row.rule_id,
        company_id=row.company_id,
        administrator_id=row.administrator_id,
        telegram_id=row.telegram_id,
        measure=Measure(row.measure),
        threshold=row.threshold,
        msisdn=Msisdn(row.msisdn),
        mark=Mark(row.level, row.turn),
        value=row.value,
        detail=row.detail,
        as_of=row.as_of,
        tell_at=row.tell_at,
        state=AlertState(row.state),
        id=row.id,
        subject=row.subject,
    )


def look_of(row: Any) -> Look:
    """How far a company's look has come."""
    return Look(
        company_id=row.id.removeprefix(OF_SINGLE),
        single=row.id.startswith(OF_SINGLE),
        cursor=row.cursor,
        fence=row.fence,
        began_at=row.began_at,
        finished_at=row.finished_at,
        every=None if row.every is None else timedelta(seconds=row.every),
        failing_since=row.failing_since,
        stale_told=row.stale_told,
    )
