"""What is asked and said of the tables of sets: the statements of `storage.stores.change_sets`.

Whoever writes to a set that is worked on names the fence it holds (`_HELD`): with an old one
nothing is changed.
"""

from __future__ import annotations

from sqlalchemy import (
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)

from account.changes.action import ActionKind, ActionState
from account.changes.sensitive_numbers import (
    APPROVAL_EXPIRED,
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN,
)
from account.changes.sets.change_set import (
    FOR_LATER,
    LOGIN_NUMBER,
    RUNNING_AT_ONCE,
    Fate,
    SetState,
)
from storage.engine.types import Moment
from storage.queue.claims import RELEASED, Claims
from storage.stores.action_statements import OPEN_STATES
from storage.tables.actions import actions
from storage.tables.base import in_state
from storage.tables.change_sets import change_set_numbers, change_sets, not_begun

SHOWN = 5
"""Sets of late that are shown."""
WORKED_ON = (
    "checking",
    "paused",
    "proposed",
    "running",
    "scheduled",
    "stopped",
    "suspended",
)
_UNENDED_STATES = (
    SetState.PROPOSED,
    SetState.RUNNING,
    SetState.PAUSED,
    SetState.SCHEDULED,
    SetState.STOPPED,
    SetState.SUSPENDED,
)
_of_set = change_set_numbers.c.set_id == bindparam("of_id")
_place = and_(_of_set, change_set_numbers.c.place == bindparam("at_place"))
BY_ID = select(change_sets).where(change_sets.c.id == bindparam("of_id"))
BY_REFERENCE = select(change_sets).where(change_sets.c.reference == bindparam("given"))
BY_TOKEN = select(change_sets).where(change_sets.c.token_hash == bindparam("token"))
STATE = select(change_sets.c.state).where(change_sets.c.reference == bindparam("given"))
_with_change = change_set_numbers.outerjoin(actions, actions.c.id == change_set_numbers.c.action_id)
NUMBERS = (
    select(
        *(change_set_numbers.c[name] for name in ("place", "msisdn", "line", "fate", "shown")),
        change_set_numbers.c.reason_code,
        change_set_numbers.c.outcome,
        actions.c.reason_code.label("why"),
        *(actions.c[name] for name in ("state", "attempts", "reference", "sent_at", "settled_at")),
    )
    .select_from(_with_change)
    .where(_of_set, change_set_numbers.c.place > bindparam("after"))
    .order_by(change_set_numbers.c.place)
    .limit(bindparam("limit"))
)
_later = actions.alias("later")
CHANGED = (
    NUMBERS.where(
        actions.c.state == ActionState.DONE.value,
        ~exists().where(
            _later.c.company_id == actions.c.company_id,
            _later.c.msisdn == actions.c.msisdn,
            _later.c.lane == bindparam("lane"),
            _later.c.state == ActionState.DONE.value,
            _later.c.id != actions.c.id,
            _later.c.settled_at >= actions.c.settled_at,
        ),
    )
    .limit(None)
    .params(after=-1)
)
OF_COMPANY = (
    select(change_sets)
    .where(
        change_sets.c.company_id == bindparam("company"),
        change_sets.c.accepted_at != null(),
        or_(
            in_state(change_sets, *_UNENDED_STATES),
            change_sets.c.settled_at > bindparam("since", type_=Moment),
        ),
    )
    .order_by(change_sets.c.accepted_at.desc())
    .limit(SHOWN)
)
WAITING = NUMBERS.where(not_begun).params(after=-1)
# As a literal: PostgreSQL groups by it only where it is the same text.
_LOGIN = func.coalesce(change_set_numbers.c.reason_code, literal_column("''")) == literal_column(
    f"'{LOGIN_NUMBER}'"
)
COUNTS = (
    select(
        change_set_numbers.c.fate,
        change_set_numbers.c.outcome,
        actions.c.state,
        actions.c.attempts,
        actions.c.reason_code.label("why"),
        _LOGIN.label("login"),
        func.min(actions.c.accepted_at).label("began_at"),
        func.count().label("numbers"),
    )
    .select_from(_with_change)
    .where(_of_set)
    .group_by(
        change_set_numbers.c.fate,
        change_set_numbers.c.outcome,
        actions.c.state,
        actions.c.attempts,
        actions.c.reason_code,
        _LOGIN,
    )
)
SIZE = (
    select(func.count())
    .select_from(change_set_numbers)
    .where(_of_set, change_set_numbers.c.fate == Fate.READY.value)
)
UNENDED = (
    select(func.count())
    .select_from(_with_change)
    .where(
        _of_set,
        or_(
            not_begun,
            and_(
                change_set_numbers.c.action_id != null(),
                actions.c.state.not_in((ActionState.DONE.value, ActionState.REJECTED.value)),
            ),
        ),
    )
)
CHECKED = (
    update(change_set_numbers)
    .where(_place)
    .values(fate=bindparam("to"), shown=bindparam("as"), reason_code=bindparam("why"))
)
OUTCOME = (
    update(change_set_numbers)
    .where(_place)
    .values(outcome=bindparam("to"), reason_code=bindparam("why"))
)
BEGUN = update(change_set_numbers).where(_place).values(action_id=bindparam("as"))
FORSAKE = (
    update(change_set_numbers)
    .where(_of_set, not_begun)
    .values(outcome=bindparam("to"), reason_code=bindparam("why"))
)
UNDER_WAY = select(actions.c.msisdn).where(
    actions.c.company_id == bindparam("company"),
    actions.c.lane == bindparam("lane"),
    in_state(actions, *OPEN_STATES),
)
UNSENT = select(actions.c.id).where(
    actions.c.id.in_(bindparam("ids", expanding=True)), in_state(actions, ActionState.ACCEPTED)
)
_HELD = and_(change_sets.c.id == bindparam("of_id"), change_sets.c.fence == bindparam("held"))
HOLDS = select(change_sets.c.id).where(_HELD)
EXTEND = update(change_sets).where(_HELD).values(lease_until=bindparam("until"))
RELEASE = update(change_sets).where(_HELD).values(due=bindparam("at"), **RELEASED)
OFFER = (
    update(change_sets)
    .where(_HELD, in_state(change_sets, SetState.CHECKING))
    .values(
        state=SetState.OFFERED.value,
        reference=bindparam("given"),
        digest=bindparam("as"),
        size=bindparam("count"),
        offered_at=bindparam("now"),
        **RELEASED,
    )
)
_UNCONFIRMED = in_state(change_sets, SetState.CHECKING, SetState.OFFERED)
VOID = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"), _UNCONFIRMED)
    .values(state=SetState.VOID.value)
)
CONFIRMED_SINCE = select(change_sets.c.parameters, change_sets.c.size).where(
    change_sets.c.administrator_id == bindparam("who"),
    change_sets.c.kind == bindparam("of_kind"),
    change_sets.c.accepted_at > bindparam("since"),
    or_(
        change_sets.c.reason_code == null(),
        change_sets.c.reason_code.not_in((APPROVAL_EXPIRED, APPROVAL_REJECTED, APPROVAL_WITHDRAWN)),
    ),
)
ACCEPT = (
    update(change_sets)
    .where(
        change_sets.c.token_hash == bindparam("token"),
        change_sets.c.session_id == bindparam("session"),
        change_sets.c.company_id == bindparam("company"),
        change_sets.c.offered_at > bindparam("oldest"),
        in_state(change_sets, SetState.OFFERED),
    )
    .values(
        state=bindparam("to"),
        stepped_up_at=bindparam("proven", type_=Moment),
        accepted_at=bindparam("now"),
        begins=bindparam("from", type_=Text),
        repeats=bindparam("again", type_=Text),
        chain=case((bindparam("again", type_=Text) == null(), null()), else_=change_sets.c.id),
        due=bindparam("at"),
    )
)
_LATER = in_state(change_sets, *sorted(state.value for state in FOR_LATER))
LATER = (
    select(change_sets)
    .where(change_sets.c.company_id == bindparam("company"), _LATER)
    .order_by(change_sets.c.begins, change_sets.c.id)
)
DERIVE = update(change_sets).where(_LATER).values(due=bindparam("now", type_=Moment))
START = (
    update(change_sets)
    .where(_HELD, in_state(change_sets, SetState.SCHEDULED))
    .values(
        state=SetState.RUNNING.value,
        begins=bindparam("from", type_=Text),
        halted_at=null(),
        due=bindparam("now"),
        **RELEASED,
    )
)
OF_CHAIN = (
    select(change_sets.c.id)
    .where(
        change_sets.c.chain == bindparam("chain_id"),
        in_state(change_sets, SetState.ENDED),
        change_sets.c.reason_code == null(),
    )
    .order_by(change_sets.c.begins.desc())
    .limit(bindparam("limit"))
)
COPY = change_set_numbers.insert().from_select(
    ["set_id", "place", "msisdn", "line", "fate", "shown"],
    select(
        bindparam("to_id", type_=Text),
        *(change_set_numbers.c[name] for name in ("place", "msisdn", "line", "fate")),
        func.coalesce(bindparam("as_shown", type_=Text), change_set_numbers.c.shown),
    ).where(_of_set, change_set_numbers.c.fate == Fate.READY.value),
)
"""The numbers that will be done, into another set: as shown there, or as they are."""
SIZED = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"))
    .values(size=bindparam("count"), listed=bindparam("count"))
)
MOVE = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"), change_sets.c.state == bindparam("was"))
    .values(
        state=bindparam("to"),
        halted_at=bindparam("now"),
        due=bindparam("now"),
        reason_code=bindparam("why", type_=Text),
    )
)
KEEP = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"), in_state(change_sets, SetState.SUSPENDED))
    .values(
        state=SetState.SCHEDULED.value,
        telegram_id=bindparam("chat"),
        session_id=bindparam("session"),
        due=bindparam("now"),
    )
)
END = (
    update(change_sets)
    .where(_HELD, in_state(change_sets, SetState.RUNNING, SetState.STOPPED))
    .values(state=SetState.ENDED.value, settled_at=bindparam("now"), **RELEASED)
)
_earlier = change_sets.alias("earlier")
_running_before = (
    select(func.count())
    .select_from(_earlier)
    .where(
        _earlier.c.company_id == change_sets.c.company_id,
        _earlier.c.accepted_at < change_sets.c.accepted_at,
        in_state(_earlier, SetState.RUNNING),
        # One whose last numbers are under way sends nothing more: nobody waits for their outcome.
        exists().where(change_set_numbers.c.set_id == _earlier.c.id, not_begun),
    )
    .scalar_subquery()
)
CLAIMS = Claims(
    change_sets,
    WORKED_ON,
    # A kind that is unknown here is left to the newer program that wrote it.
    ready=change_sets.c.kind.in_([kind.value for kind in ActionKind])
    & or_(
        ~in_state(change_sets, SetState.RUNNING),
        _running_before < RUNNING_AT_ONCE,
    ),
)
NEXT = select(func.min(change_sets.c.due)).where(
    in_state(change_sets, *WORKED_ON), change_sets.c.due > bindparam("now", type_=Moment)
)
