"""What is asked and said of rules, looks, marks and alerts, for `storage.stores.alerts`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, null, or_, select, tuple_, update

from account.changes.action import ActionKind, ActionState
from account.chapters.alerts.rule import SINGLE
from storage.engine.types import Moment
from storage.engine.upserts import insert_once, insert_or_set
from storage.queue.claims import Claims
from storage.tables.actions import actions
from storage.tables.alerts import (
    alert_looks,
    alert_marks,
    alert_mutes,
    alert_rules,
    alerts,
)
from storage.tables.base import in_state
from storage.tables.people import quiet_hours

_COMPANY = alert_looks.c.id == bindparam("company")
_OPEN = in_state(alert_looks, "open")
CLAIMS = Claims(alert_looks, ("open",))
HELD = _COMPANY & (alert_looks.c.fence == bindparam("held"))
LOOK = select(alert_looks).where(_COMPANY)
LOOK_HELD = insert_or_set(alert_looks, ("id",), ("state",))
"""Makes it where there is none, and holds it until the transaction ends."""
_RULES_THERE = select(alert_rules.c.id).where(alert_rules.c.company_id == bindparam("of_rules"))
_BY_ONE = alert_rules.c.measure.in_(sorted(SINGLE))
FORGET = delete(alert_looks).where(_COMPANY, ~_RULES_THERE.where(~_BY_ONE).exists())
FORGET_SINGLE = delete(alert_looks).where(_COMPANY, ~_RULES_THERE.where(_BY_ONE).exists())
_BETWEEN = (
    alert_looks.c.id.in_(bindparam("companies", expanding=True)),
    alert_looks.c.cursor == 0,
    alert_looks.c.due > bindparam("now", type_=Moment),
)
SOON = update(alert_looks).where(*_BETWEEN).values(due=bindparam("now", type_=Moment))
WAKE = SOON.where(
    or_(
        alert_looks.c.finished_at == null(),
        alert_looks.c.finished_at <= bindparam("before", type_=Moment),
    )
)
_OF_RULE = alert_rules.c.id == bindparam("of_rule")
RULE = select(alert_rules).where(_OF_RULE)
OF_COMPANY = (
    select(alert_rules)
    .where(alert_rules.c.company_id == bindparam("company"))
    .order_by(alert_rules.c.made_at, alert_rules.c.id)
)
OWN = OF_COMPANY.where(alert_rules.c.administrator_id == bindparam("whose"))
COUNT = (
    select(func.count())
    .select_from(alert_rules)
    .where(alert_rules.c.administrator_id == bindparam("whose"))
)
THERE = select(alert_rules.c.id).where(alert_rules.c.id.in_(bindparam("rules", expanding=True)))
REMOVE = delete(alert_rules).where(_OF_RULE)
REMOVE_MARKS = delete(alert_marks).where(alert_marks.c.rule_id == bindparam("of_rule"))
REMOVE_UNTOLD = delete(alerts).where(alerts.c.rule_id == bindparam("of_rule"))
MUTE = update(alert_rules).where(_OF_RULE).values(muted_until=bindparam("until", type_=Moment))
LOOKED = (
    update(alert_rules)
    .where(
        alert_rules.c.id.in_(bindparam("rules", expanding=True)),
        alert_rules.c.looked.is_(False),
        alert_rules.c.made_at <= bindparam("began", type_=Moment),
    )
    .values(looked=True)
    .returning(*alert_rules.c)
)
MUTE_NUMBER = insert_or_set(alert_mutes, ("administrator_id", "company_id", "msisdn"), ("until",))
_OF_MUTED = (
    alert_mutes.c.administrator_id == bindparam("whose"),
    alert_mutes.c.company_id == bindparam("company"),
    alert_mutes.c.msisdn == bindparam("number"),
)
TELL_AGAIN = delete(alert_mutes).where(*_OF_MUTED)
MUTED_UNTIL = select(alert_mutes.c.until).where(*_OF_MUTED)
MUTED = select(alert_mutes).where(
    alert_mutes.c.company_id == bindparam("company"),
    alert_mutes.c.msisdn.in_(bindparam("numbers", expanding=True)),
    alert_mutes.c.until > bindparam("now", type_=Moment),
)
QUIET = select(quiet_hours).where(quiet_hours.c.administrator_id == bindparam("whose"))
SET_QUIET = insert_or_set(quiet_hours, ("administrator_id",), ("begin", "end"))
MARKS = select(alert_marks).where(
    alert_marks.c.rule_id.in_(bindparam("rules", expanding=True)),
    alert_marks.c.msisdn.in_(bindparam("numbers", expanding=True)),
)
MARK = insert_or_set(alert_marks, ("rule_id", "msisdn"), ("level", "turn", "seen_at"))
RAISE = insert_once(alerts)
CHANGED_BY = select(actions.c.msisdn, actions.c.administrator_id).where(
    actions.c.company_id == bindparam("company"),
    actions.c.msisdn.in_(bindparam("numbers", expanding=True)),
    actions.c.kind.in_([ActionKind.BLOCK.value, ActionKind.UNBLOCK.value]),
    actions.c.accepted_at > bindparam("since", type_=Moment),
    actions.c.state.notin_([ActionState.REJECTED.value, ActionState.VOID.value]),
)
_GROUP = (
    alerts.c.administrator_id == bindparam("whose"),
    alerts.c.telegram_id == bindparam("chat"),
    alerts.c.company_id == bindparam("company"),
)
_IS_DUE = (in_state(alerts, "due"), alerts.c.tell_at <= bindparam("now", type_=Moment))
_OF_GROUP = (alerts.c.administrator_id, alerts.c.telegram_id, alerts.c.company_id)
GROUPS = (
    select(*_OF_GROUP)
    .where(
        *_IS_DUE,
        tuple_(*_OF_GROUP) > tuple_(bindparam("whose"), bindparam("chat"), bindparam("company")),
    )
    .distinct()
    .order_by(*_OF_GROUP)
    .limit(bindparam("most"))
)
WAITING = select(func.count()).select_from(alerts).where(*_GROUP, *_IS_DUE)
TOLD_SINCE = (
    select(func.count())
    .select_from(alerts)
    .where(
        alerts.c.administrator_id == bindparam("whose"),
        alerts.c.telegram_id == bindparam("chat"),
        alerts.c.batch == null(),
        alerts.c.told_at > bindparam("since", type_=Moment),
    )
)
LAST_DIGEST = select(func.max(alerts.c.told_at)).where(
    *_GROUP, alerts.c.batch != null(), ~alerts.c.batch.startswith("first:")
)
_TELL = (
    update(alerts)
    .where(*_GROUP, *_IS_DUE)
    .values(state="told", told_at=bindparam("now", type_=Moment))
)
TELL_EACH = _TELL.returning(*alerts.c)
TELL_ALL = _TELL.values(batch=bindparam("batch_to"))
TELL_FIRST = (
    update(alerts)
    .where(alerts.c.rule_id == bindparam("of_rule"), in_state(alerts, "first"))
    .values(state="told", told_at=bindparam("now", type_=Moment), batch=bindparam("batch_to"))
)
ALERT = select(alerts).where(alerts.c.id == bindparam("of_id"))
BATCH = (
    select(alerts)
    .where(alerts.c.batch == bindparam("name"))
    .order_by(alerts.c.msisdn, alerts.c.id)
    .limit(bindparam("most"))
)
BATCH_SIZE = select(func.count()).select_from(alerts).where(alerts.c.batch == bindparam("name"))
