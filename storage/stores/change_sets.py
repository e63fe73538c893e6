"""Rows of sets and of their numbers. Who was first, and who holds a claim, the database decides.

A number that has begun has its change's id, written in the transaction that wrote the change; what
became of it is read from that row and stands nowhere twice.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)
from typing_extensions import override

from account.changes.action import OPEN, Action, ActionKind, ActionState
from account.changes.parameters import ChangeParameters
from account.changes.ports import Halt, SetHalts
from account.changes.sensitive_numbers import (
    APPROVAL_EXPIRED,
    APPROVAL_REJECTED,
    APPROVAL_WITHDRAWN,
)
from account.changes.sets.change_set import (
    LOGIN_NUMBER,
    OFFER_LIFE,
    RUNNING_AT_ONCE,
    ChangeSet,
    Fate,
    Outcome,
    SetCounts,
    SetNumber,
    SetState,
    outcome_of,
)
from account.changes.sets.ports import Begun, ChangeSetStore, DryRun
from account.chapters.kinds import parameters_of
from account.credentials.one_time_codes import CodeOutcome, CodeTry, CodeUse
from account.errors import ChangeUnderWay, ConfirmExpired, MyAccountError
from account.lists.number_list import NumberList
from account.values.identifiers import Msisdn
from storage.engine.pg_notify import WORK, tell_others
from storage.engine.types import EPOCH, Moment
from storage.queue.claims import RELEASED, Claims
from storage.stores.counters import next_reference
from storage.stores.login import use_code
from storage.stores.number_lists import left_out_of, left_out_told
from storage.stores.offers import void_offers_of_person
from storage.tables.actions import actions
from storage.tables.base import in_state
from storage.tables.change_sets import change_set_numbers, change_sets

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.actions import ActionRows
    from storage.stores.effects import EffectWriter

_UNENDED_STATES = (SetState.PROPOSED, SetState.RUNNING, SetState.PAUSED, SetState.STOPPED)
SHOWN = 5
"""Sets of late that are shown."""
WORKED_ON = ("checking", "paused", "proposed", "running", "stopped")
OPEN_STATES = tuple(sorted(state.value for state in OPEN))


class ChangeSetRows(ChangeSetStore, SetHalts):
    """The ports `ChangeSetStore` and `SetHalts`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter, action_rows: ActionRows) -> None:
        self._database = database
        self._effects = effects
        self._actions = action_rows

    @override
    def new_id(self) -> str:
        return str(uuid.uuid4())

    @override
    async def begin_check(
        self, change_set: ChangeSet, token_hash: str, numbers: NumberList
    ) -> None:
        values = {
            "id": change_set.id,
            "token_hash": token_hash,
            "kind": change_set.kind.value,
            "parameters": json.dumps(change_set.parameters.told(), ensure_ascii=False),
            "company_id": change_set.company_id,
            "telegram_id": change_set.telegram_id,
            "session_id": change_set.session_id,
            "administrator_id": change_set.administrator_id,
            "administrator": change_set.administrator,
            "language": change_set.language,
            "listed": change_set.listed,
            "repeated": change_set.repeated,
            "left_out": json.dumps(left_out_told(change_set.left_out)),
            "digest": change_set.digest,
            "state": change_set.state.value,
            "created_at": change_set.created_at,
            "due": EPOCH,
        }
        rows = [
            {
                "set_id": change_set.id,
                "place": place,
                "msisdn": number.msisdn.digits,
                "line": number.line,
                "shown": "",
            }
            for place, number in enumerate(numbers.numbers)
        ]

        def work(conn: Connection) -> None:
            void_offers_of_person(conn, change_set.telegram_id)
            conn.execute(change_sets.insert(), values)
            conn.execute(change_set_numbers.insert(), rows)
            tell_others(conn, WORK)

        await self._database.write(work)

    @override
    async def read(self, set_id: str) -> ChangeSet | None:
        return await self._one(_BY_ID, {"of_id": set_id})

    @override
    async def by_reference(self, reference: str) -> ChangeSet | None:
        return await self._one(_BY_REFERENCE, {"given": reference})

    @override
    async def by_token(self, token_hash: str) -> ChangeSet | None:
        return await self._one(_BY_TOKEN, {"token": token_hash})

    @override
    async def counts(self, set_id: str) -> SetCounts:
        def work(conn: Connection) -> SetCounts:
            fates: dict[Fate, int] = {}
            outcomes: dict[Outcome, int] = {}
            logins = 0
            for row in conn.execute(_COUNTS, {"of_id": set_id}):
                if row.fate is None:
                    continue
                fate = Fate(row.fate)
                fates[fate] = fates.get(fate, 0) + row.numbers
                if fate is Fate.READY:
                    outcome = _outcome(row)
                    outcomes[outcome] = outcomes.get(outcome, 0) + row.numbers
                    logins += row.numbers if row.login else 0
            return SetCounts(fates, outcomes, logins)

        return await self._database.read(work)

    @override
    async def numbers(
        self, set_id: str, *, after: int = -1, limit: int, fate: Fate | None = None
    ) -> Sequence[SetNumber]:
        values = {"of_id": set_id, "after": after, "limit": limit}
        statement = _NUMBERS
        if fate is not None:
            statement = statement.where(change_set_numbers.c.fate == fate.value)
        return await self._database.read(
            lambda conn: [_number(row) for row in conn.execute(statement, values)]
        )

    @override
    async def checked(self, change_set: ChangeSet, fates: DryRun, until: datetime) -> bool:
        rows = [
            {"of_id": change_set.id, "at_place": place, "to": fate.value, "as": shown, "why": why}
            for place, (fate, shown, why) in fates.items()
        ]

        def work(conn: Connection) -> bool:
            held = conn.execute(_EXTEND, {**_held(change_set), "until": until}).rowcount == 1
            if held and rows:
                conn.execute(_CHECKED, rows)
            return held

        return await self._database.write(work)

    @override
    async def under_way(self, company_id: str, lock_key: str) -> frozenset[Msisdn]:
        values = {"company": company_id, "lane": lock_key}
        return await self._database.read(
            lambda conn: frozenset(map(Msisdn, conn.execute(_UNDER_WAY, values).scalars()))
        )

    @override
    async def offer(self, change_set: ChangeSet, digest: str, now: datetime) -> bool:
        def work(conn: Connection) -> bool:
            size = conn.execute(_SIZE, {"of_id": change_set.id}).scalar_one()
            reference = next_reference(conn, "S", now)
            values = {**_held(change_set), "given": reference, "as": digest, "now": now}
            return conn.execute(_OFFER, {**values, "count": size}).rowcount == 1

        return await self._database.write(work)

    @override
    async def void(self, set_id: str) -> None:
        await self._database.write(lambda conn: conn.execute(_VOID, {"of_id": set_id}).close())

    @override
    async def confirmed_since(
        self, administrator_id: str, kind: str, since: datetime
    ) -> Sequence[tuple[ChangeParameters, int]]:
        values = {"who": administrator_id, "of_kind": kind, "since": since}

        def work(conn: Connection) -> Sequence[tuple[ChangeParameters, int]]:
            rows = conn.execute(_CONFIRMED_SINCE, values)
            of = ActionKind(kind)
            return [(parameters_of(of, json.loads(one.parameters), {}), one.size) for one in rows]

        return await self._database.read(work)

    @override
    async def accept(
        self,
        token_hash: str,
        *,
        session_id: str,
        company_id: str,
        now: datetime,
        effects: Sequence[Effect],
        until: datetime | None = None,
        proof: CodeTry | None = None,
    ) -> tuple[ChangeSet, bool]:
        values = {
            "to": (SetState.PROPOSED if until else SetState.RUNNING).value,
            "at": until or now,
            "token": token_hash,
            "session": session_id,
            "company": company_id,
            "now": now,
            "oldest": now - OFFER_LIFE,
            "proven": now if proof else None,
        }

        def work(conn: Connection) -> CodeUse | tuple[ChangeSet, bool]:
            if proof is not None:
                use = use_code(conn, proof, now)
                # Used up by the same code, typed twice: then the set runs by now.
                beyond = use.outcome is CodeOutcome.EXPIRED and _is_accepted(conn, token_hash)
                if use.outcome is not CodeOutcome.RIGHT and not beyond:
                    return use
            first = conn.execute(_ACCEPT, values).rowcount == 1
            row = conn.execute(_BY_TOKEN, {"token": token_hash}).one_or_none()
            if row is None or row.accepted_at is None or row.company_id != company_id:
                raise ConfirmExpired
            if first:
                self._effects.write(conn, effects)
                tell_others(conn, WORK)
            return _set(row), first

        done = await self._database.write(work)
        if isinstance(done, CodeUse):
            raise done.refusal()
        return done

    @override
    async def move(
        self,
        set_id: str,
        origin: SetState,
        to: SetState,
        now: datetime,
        effects: Sequence[Effect],
        reason_code: str | None = None,
    ) -> bool:
        values = {
            "of_id": set_id,
            "was": origin.value,
            "to": to.value,
            "now": now,
            "why": reason_code,
        }

        def work(conn: Connection) -> bool:
            if conn.execute(_MOVE, values).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            tell_others(conn, WORK)
            return True

        return await self._database.write(work)

    @override
    async def halt(self, set_reference: str) -> Halt | None:
        values = {"given": set_reference}
        state = await self._database.glance(lambda conn: conn.execute(_STATE, values).scalar())
        return {SetState.PAUSED.value: Halt.PAUSED, SetState.STOPPED.value: Halt.STOPPED}.get(
            state or ""
        )

    @override
    async def of_company(self, company_id: str, since: datetime) -> Sequence[ChangeSet]:
        values = {"company": company_id, "since": since}
        return await self._database.read(
            lambda conn: [_set(row) for row in conn.execute(_OF_COMPANY, values)]
        )

    @override
    async def undoable(self, set_id: str, lock_key: str) -> Sequence[SetNumber]:
        values = {"of_id": set_id, "lane": lock_key}

        def work(conn: Connection) -> Sequence[SetNumber]:
            found = map(_number, conn.execute(_CHANGED, values))
            return [number for number in found if number.outcome is Outcome.DONE]

        return await self._database.read(work)

    # --- the worker's ---

    @override
    async def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int
    ) -> Sequence[ChangeSet]:
        seen = self._database.step_seen

        def work(conn: Connection) -> Sequence[ChangeSet]:
            rows = _CLAIMS.claim(conn, owner, now, lease, limit, step_seen=seen)
            return [_set(row) for row in rows]

        return await self._database.write(work)

    async def next_due(self, now: datetime) -> datetime | None:
        """When a set that nobody has is due next; None when there is none."""
        return await self._database.read(lambda conn: conn.execute(_NEXT, {"now": now}).scalar())

    @override
    async def release(
        self, change_set: ChangeSet, due: datetime, effects: Sequence[Effect] = ()
    ) -> None:
        values = {**_held(change_set), "at": due}

        def work(conn: Connection) -> None:
            if conn.execute(_RELEASE, values).rowcount == 1:
                self._effects.write(conn, effects)

        await self._database.write(work)

    @override
    async def begin(
        self,
        change_set: ChangeSet,
        lock_key: str,
        limit: int,
        made: Callable[[SetNumber], Begun],
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
    ) -> Sequence[Action]:
        held = {**_held(change_set), "until": now + lease}

        def work(conn: Connection) -> Sequence[Action]:
            running = in_state(change_sets, SetState.RUNNING)
            if conn.execute(_EXTEND.where(running), held).rowcount != 1:
                return ()
            found = conn.execute(_WAITING, {"of_id": change_set.id, "limit": limit}).all()
            begun: list[Action] = []
            for row in found:
                action, effects = made(_number(row))
                at_place = {"of_id": change_set.id, "at_place": row.place}
                until = now + lease
                try:
                    with conn.begin_nested() if effects else nullcontext():
                        self._effects.write(conn, effects)
                        if not self._actions.begin_on(
                            conn, action, lock_key, owner=owner, until=until
                        ):
                            raise ChangeUnderWay(None)
                except MyAccountError as refused:
                    # Of its own, or of an effect: a bound of the day that is reached.
                    why = {"to": Outcome.REFUSED.value, "why": refused.code}
                    conn.execute(_OUTCOME, {**at_place, **why})
                    continue
                conn.execute(_BEGUN, {**at_place, "as": action.id})
                begun.append(self._actions.read_on(conn, action.id))
            return begun

        return await self._database.write(work)

    @override
    async def action(self, action_id: str) -> Action | None:
        return await self._actions.read(action_id)

    @override
    async def forsake(self, change_set: ChangeSet, reason_code: str) -> None:
        values = {"of_id": change_set.id, "to": Outcome.NOT_SENT.value, "why": reason_code}

        def work(conn: Connection) -> None:
            if conn.execute(_HOLDS, _held(change_set)).first() is not None:
                conn.execute(_FORSAKE, values)

        await self._database.write(work)

    @override
    async def end(self, change_set: ChangeSet, now: datetime, effects: Sequence[Effect]) -> bool:
        def work(conn: Connection) -> bool:
            if conn.execute(_UNENDED, {"of_id": change_set.id}).scalar_one():
                return False
            if conn.execute(_END, {**_held(change_set), "now": now}).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    async def _one(self, statement: Any, values: dict[str, Any]) -> ChangeSet | None:
        def work(conn: Connection) -> ChangeSet | None:
            row = conn.execute(statement, values).one_or_none()
            return None if row is None else _set(row)

        return await self._database.read(work)


def set_on(conn: Connection, set_id: str) -> ChangeSet:
    """The set with that id, which there is, as it is in this transaction."""
    return _set(conn.execute(_BY_ID, {"of_id": set_id}).one())


def _is_accepted(conn: Connection, token: str) -> bool:
    row = conn.execute(_BY_TOKEN, {"token": token}).one_or_none()
    return row is not None and row.accepted_at is not None


def _held(change_set: ChangeSet) -> dict[str, Any]:
    return {"of_id": change_set.id, "held": change_set.fence}


def _set(row: Any) -> ChangeSet:
    kind = ActionKind(row.kind)
    return ChangeSet(
        id=row.id,
        kind=kind,
        parameters=parameters_of(kind, json.loads(row.parameters), {}),
        company_id=row.company_id,
        telegram_id=row.telegram_id,
        session_id=row.session_id,
        administrator_id=row.administrator_id,
        administrator=row.administrator,
        language=row.language,
        listed=row.listed,
        repeated=row.repeated,
        left_out=left_out_of(json.loads(row.left_out)),
        created_at=row.created_at,
        state=SetState(row.state),
        reference=row.reference,
        digest=row.digest,
        offered_at=row.offered_at,
        stepped_up_at=row.stepped_up_at,
        accepted_at=row.accepted_at,
        halted_at=row.halted_at,
        settled_at=row.settled_at,
        reason_code=row.reason_code,
        fence=row.fence,
    )


def _outcome(row: Any) -> Outcome:
    if row.outcome is not None:
        return Outcome(row.outcome)
    if row.state is None:
        return Outcome.WAITING
    return outcome_of(ActionState(row.state), row.attempts, row.why)


def _number(row: Any) -> SetNumber:
    return SetNumber(
        place=row.place,
        msisdn=Msisdn(row.msisdn),
        line=row.line,
        fate=None if row.fate is None else Fate(row.fate),
        outcome=_outcome(row),
        shown=row.shown,
        reason_code=row.why or row.reason_code,
        action=row.reference,
        sent_at=row.sent_at,
        settled_at=row.settled_at,
    )


_of_set = change_set_numbers.c.set_id == bindparam("of_id")
_place = and_(_of_set, change_set_numbers.c.place == bindparam("at_place"))
_BY_ID = select(change_sets).where(change_sets.c.id == bindparam("of_id"))
_BY_REFERENCE = select(change_sets).where(change_sets.c.reference == bindparam("given"))
_BY_TOKEN = select(change_sets).where(change_sets.c.token_hash == bindparam("token"))
_STATE = select(change_sets.c.state).where(change_sets.c.reference == bindparam("given"))
_with_change = change_set_numbers.outerjoin(actions, actions.c.id == change_set_numbers.c.action_id)
_NUMBERS = (
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
_CHANGED = (
    _NUMBERS.where(
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
_OF_COMPANY = (
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
_WAITS = and_(
    change_set_numbers.c.fate == Fate.READY.value,
    change_set_numbers.c.action_id == null(),
    change_set_numbers.c.outcome == null(),
)
_WAITING = _NUMBERS.where(_WAITS).params(after=-1)
# As a literal: PostgreSQL groups by it only where it is the same text.
_LOGIN = func.coalesce(change_set_numbers.c.reason_code, literal_column("''")) == literal_column(
    f"'{LOGIN_NUMBER}'"
)
_COUNTS = (
    select(
        change_set_numbers.c.fate,
        change_set_numbers.c.outcome,
        actions.c.state,
        actions.c.attempts,
        actions.c.reason_code.label("why"),
        _LOGIN.label("login"),
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
_SIZE = (
    select(func.count())
    .select_from(change_set_numbers)
    .where(_of_set, change_set_numbers.c.fate == Fate.READY.value)
)
_UNENDED = (
    select(func.count())
    .select_from(_with_change)
    .where(
        _of_set,
        or_(
            _WAITS,
            and_(
                change_set_numbers.c.action_id != null(),
                actions.c.state.not_in((ActionState.DONE.value, ActionState.REJECTED.value)),
            ),
        ),
    )
)
_CHECKED = (
    update(change_set_numbers)
    .where(_place)
    .values(fate=bindparam("to"), shown=bindparam("as"), reason_code=bindparam("why"))
)
_OUTCOME = (
    update(change_set_numbers)
    .where(_place)
    .values(outcome=bindparam("to"), reason_code=bindparam("why"))
)
_BEGUN = update(change_set_numbers).where(_place).values(action_id=bindparam("as"))
_FORSAKE = (
    update(change_set_numbers)
    .where(_of_set, _WAITS)
    .values(outcome=bindparam("to"), reason_code=bindparam("why"))
)
_UNDER_WAY = select(actions.c.msisdn).where(
    actions.c.company_id == bindparam("company"),
    actions.c.lane == bindparam("lane"),
    in_state(actions, *OPEN_STATES),
)
_HELD = and_(change_sets.c.id == bindparam("of_id"), change_sets.c.fence == bindparam("held"))
_HOLDS = select(change_sets.c.id).where(_HELD)
_EXTEND = update(change_sets).where(_HELD).values(lease_until=bindparam("until"))
_RELEASE = update(change_sets).where(_HELD).values(due=bindparam("at"), **RELEASED)
_OFFER = (
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
_VOID = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"), _UNCONFIRMED)
    .values(state=SetState.VOID.value)
)
_CONFIRMED_SINCE = select(change_sets.c.parameters, change_sets.c.size).where(
    change_sets.c.administrator_id == bindparam("who"),
    change_sets.c.kind == bindparam("of_kind"),
    change_sets.c.accepted_at > bindparam("since"),
    or_(
        change_sets.c.reason_code == null(),
        change_sets.c.reason_code.not_in((APPROVAL_EXPIRED, APPROVAL_REJECTED, APPROVAL_WITHDRAWN)),
    ),
)
_ACCEPT = (
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
        due=bindparam("at"),
    )
)
_MOVE = (
    update(change_sets)
    .where(change_sets.c.id == bindparam("of_id"), change_sets.c.state == bindparam("was"))
    .values(
        state=bindparam("to"),
        halted_at=bindparam("now"),
        due=bindparam("now"),
        reason_code=bindparam("why", type_=Text),
    )
)
_END = (
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
    )
    .scalar_subquery()
)
_CLAIMS = Claims(
    change_sets,
    WORKED_ON,
    ready=or_(
        ~in_state(change_sets, SetState.RUNNING),
        _running_before < RUNNING_AT_ONCE,
    ),
)
_NEXT = select(func.min(change_sets.c.due)).where(
    in_state(change_sets, *WORKED_ON), change_sets.c.due > bindparam("now", type_=Moment)
)
