"""What is asked and said of the table of changes: the statements of `storage.stores.actions`.

Whoever writes to a change that is worked on names the fence it holds (`_HELD`): with an old one
nothing is changed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    func,
    null,
    select,
    update,
)

from account.changes.action import OPEN, WORKED_ON, ActionState
from account.changes.sets.change_set import SetState
from storage.engine.array_parameters import rows_of
from storage.engine.types import Moment
from storage.queue.claims import RELEASED, Claims
from storage.queue.outbox import OWED
from storage.stores.holds import covering
from storage.tables.actions import actions
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets
from storage.tables.outbox import outbox

OPEN_STATES = tuple(sorted(state.value for state in OPEN))
STATES_WORKED_ON = tuple(sorted(state.value for state in WORKED_ON))
_IS_OPEN = in_state(actions, *OPEN_STATES)
BY_TOKEN = select(actions).where(actions.c.token_hash == bindparam("token"))
BY_ID = select(actions).where(actions.c.id == bindparam("of_id"))
BY_REFERENCE = select(actions).where(actions.c.reference == bindparam("given"))
UNDECIDED = (
    select(actions)
    .where(
        # All of them, as the index has them; then those that are meant.
        in_state(actions, *STATES_WORKED_ON),
        actions.c.state.in_((ActionState.UNCONFIRMED.value, ActionState.UNKNOWN.value)),
    )
    .order_by(actions.c.sent_at, actions.c.id)
)
OPEN_ON = select(actions).where(
    actions.c.company_id == bindparam("company"),
    actions.c.msisdn == bindparam("number"),
    actions.c.lane == bindparam("lane"),
    _IS_OPEN,
)
OPEN_COUNT = select(func.count()).select_from(actions).where(_IS_OPEN)
_PROVEN_AT = func.coalesce(bindparam("proven", type_=Moment), actions.c.stepped_up_at)
ACCEPT = (
    update(actions)
    .where(
        actions.c.token_hash == bindparam("token"),
        actions.c.session_id == bindparam("session"),
        actions.c.company_id == bindparam("company"),
        actions.c.offered_at > bindparam("oldest"),
        in_state(actions, ActionState.OFFERED),
    )
    .values(
        state=bindparam("to"),
        accepted_at=bindparam("now"),
        due=bindparam("at"),
        stepped_up_at=_PROVEN_AT,
    )
)
REFER = (
    update(actions)
    .where(actions.c.token_hash == bindparam("token"))
    .values(reference=bindparam("given"))
)
_OFFERED = and_(actions.c.id == bindparam("of_id"), in_state(actions, ActionState.OFFERED))
IDENTIFY = update(actions).where(_OFFERED).values(identified_at=bindparam("now"))
USE_UP = (
    update(actions)
    .where(_OFFERED)
    .values(
        state=ActionState.DONE.value,
        settled_at=bindparam("now"),
        stepped_up_at=_PROVEN_AT,
        sealed=null(),
    )
)
ANNOUNCING = (
    select(outbox.c.id).where(outbox.c.ahead_of == bindparam("of_id"), in_state(outbox, OWED))
).limit(1)
_IS_WORKED_ON = in_state(actions, *STATES_WORKED_ON)


def _not_ahead(column: Column[Any]) -> ColumnElement[Any]:
    """At most now: a moment of a time before the clock went back says only that it was before."""
    now = bindparam("claimed_now", type_=Moment)
    return case((column > now, now), else_=column)


CLAIMS = Claims(
    actions,
    STATES_WORKED_ON,
    values={
        "sent_at": _not_ahead(actions.c.sent_at),
        "restored_at": _not_ahead(actions.c.restored_at),
        "look_at": null(),
    },
)
NEXT = select(func.min(actions.c.due)).where(_IS_WORKED_ON, actions.c.due > bindparam("now"))
_HELD = and_(
    actions.c.id == bindparam("of_id"), actions.c.fence == bindparam("held"), _IS_WORKED_ON
)
HOLDS = select(actions.c.id).where(_HELD)
_ON_HOLD = covering(actions.c.kind, actions.c.company_id).exists()
_HALTED = (
    select(change_sets.c.id)
    .where(
        change_sets.c.reference == actions.c.set_reference,
        ~in_state(change_sets, SetState.RUNNING),
    )
    .exists()
)
MARK_SENT = (
    update(actions)
    # A hold may have been placed since it was looked at, its set been paused or stopped.
    .where(_HELD, in_state(actions, ActionState.ACCEPTED), ~_ON_HOLD, ~_HALTED)
    .values(
        state=ActionState.SENT.value,
        sent_at=bindparam("now"),
        attempts=actions.c.attempts + 1,
    )
    .returning(*actions.c)
)
POSTPONE = update(actions).where(_HELD).values(due=bindparam("at"), **RELEASED)
UNSEND = (
    update(actions)
    .where(_HELD)
    .values(
        state=ActionState.ACCEPTED.value,
        due=bindparam("at"),
        attempts=actions.c.attempts - bindparam("less", type_=actions.c.attempts.type),
        **RELEASED,
    )
)
_ORDER = func.coalesce(bindparam("order", type_=actions.c.order_id.type), actions.c.order_id)
_AT: ColumnElement[Any] = bindparam("at", type_=Moment)
PARK = (
    update(actions)
    .where(_HELD)
    .values(
        state=bindparam("to"),
        # An event may have come since it was claimed: then it is looked at again as that wishes.
        due=case((actions.c.look_at < _AT, actions.c.look_at), else_=_AT),
        order_id=_ORDER,
        checks=actions.c.checks + 1,
        wait=bindparam("wait", type_=Text),
        wait_until=bindparam("until", type_=Moment),
        **RELEASED,
    )
)
SETTLE = (
    update(actions)
    .where(_HELD)
    .values(
        state=bindparam("to"),
        settled_at=bindparam("now"),
        reason_code=bindparam("why"),
        order_id=_ORDER,
        sealed=null(),
        **RELEASED,
    )
)
DECIDE = (
    update(actions)
    .where(
        actions.c.id == bindparam("of_id"),
        actions.c.fence == bindparam("held"),
        actions.c.state == bindparam("was"),
    )
    .values(
        state=bindparam("to"),
        settled_at=bindparam("now"),
        reason_code=bindparam("why"),
        fence=actions.c.fence + 1,
        sealed=null(),
        **RELEASED,
    )
)
EACH = {
    "of_id": Text(),
    "held": BigInteger(),
    "to": Text(),
    "why": Text(),
    "order": Text(),
    "now": Moment(),
}
_each = rows_of("each", EACH)
SETTLE_ALL = (
    update(actions)
    .where(actions.c.id == _each.c.of_id, actions.c.fence == _each.c.held, _IS_OPEN)
    .values(
        state=_each.c.to,
        settled_at=_each.c.now,
        reason_code=_each.c.why,
        order_id=func.coalesce(_each.c.order, actions.c.order_id),
        sealed=null(),
        **RELEASED,
    )
    .returning(actions.c.id, actions.c.fence)
)
"""`SETTLE` for several, on PostgreSQL."""
