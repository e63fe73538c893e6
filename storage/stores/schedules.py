"""Changes that were confirmed for later: the port `ScheduleStore`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update
from typing_extensions import override

from account.changes.action import OFFER_LIFE, ActionKind, ActionState
from account.changes.schedule import ENDABLE, OPEN, WAITING, Schedule, ScheduleState, ScheduleStore
from account.chapters.kinds import parameters_of
from account.credentials.one_time_codes import CodeOutcome, CodeUse
from account.effects.history import HistoryEntry
from account.errors import ConfirmExpired, ScheduleNotOpen
from account.values.identifiers import Msisdn
from account.values.repeats import Repeat
from account.values.wall_times import WallTime
from storage.engine.pg_notify import WORK, tell_others
from storage.stores.counters import hold_counter, next_reference
from storage.stores.login import use_code
from storage.stores.readable import readable, readable_one
from storage.stores.schedule_room import SCHEDULES, check_room
from storage.tables.actions import actions, schedules
from storage.tables.base import in_state

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.changes.action import Action
    from account.credentials.one_time_codes import CodeTry
    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.actions import ActionRows
    from storage.stores.effects import EffectWriter


class ScheduleRows(ScheduleStore):
    """A row for each. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter, actions: ActionRows) -> None:
        self._database = database
        self._effects = effects
        self._actions = actions

    @override
    async def accept(
        self,
        planned: Sequence[tuple[Schedule, Sequence[Effect]]],
        token_hash: str,
        most: int,
        proof: CodeTry | None,
    ) -> tuple[Schedule, bool]:
        schedule = planned[0][0]
        now = schedule.accepted_at
        offer = {
            "token": token_hash,
            "session": schedule.session_id,
            "company": schedule.company_id,
            "oldest": now - OFFER_LIFE,
        }

        def work(conn: Connection) -> CodeUse | tuple[Schedule, bool]:
            # One after another: of two presses the second one sees what the first one wrote.
            hold_counter(conn, SCHEDULES, now)
            before = conn.execute(_BY_TOKEN, {"token": token_hash}).one_or_none()
            if before is not None:
                kept = readable_one(schedules, before, _schedule)
                if kept is None:
                    raise ConfirmExpired
                return kept, False
            if proof is not None:
                use = use_code(conn, proof, now)
                if use.outcome is not CodeOutcome.RIGHT:
                    return use
            if conn.execute(_USE_OFFER, offer).rowcount != 1:
                raise ConfirmExpired
            check_room(conn, schedule.company_id, len(planned), most, now)
            accepted = []
            for place, (one, effects) in enumerate(planned):
                reference = next_reference(conn, SCHEDULES, now)
                accepted.append(replace(one, reference=reference))
                token = f"{token_hash}:{place}" if place else token_hash
                conn.execute(schedules.insert(), {**_values(accepted[-1]), "token_hash": token})
                self._effects.write(conn, _referring(effects, reference))
            return accepted[0], True

        done = await self._database.write(work)
        if isinstance(done, CodeUse):
            raise done.refusal()
        return done

    @override
    async def by_token(self, token_hash: str) -> Schedule | None:
        return await self._one(_BY_TOKEN, {"token": token_hash})

    @override
    async def read(self, schedule_id: str) -> Schedule | None:
        return await self._one(_BY_ID, {"of_id": schedule_id})

    @override
    async def open(self, company_id: str) -> Sequence[Schedule]:
        return await self._many(_OF_COMPANY, {"company": company_id})

    @override
    async def abandoned(self, company_id: str, now: datetime) -> Sequence[Schedule]:
        return await self._many(_ABANDONED, {"company": company_id, "now": now})

    @override
    async def all_open(self) -> Sequence[Schedule]:
        return await self._many(_ALL, {})

    @override
    async def due(self, now: datetime, limit: int) -> Sequence[Schedule]:
        def work(conn: Connection) -> Sequence[Schedule]:
            most = limit
            while True:
                rows = conn.execute(_DUE, {"now": now, "most": most}).all()
                found = readable(schedules, rows, _schedule)
                # Those of a newer program must not stand before the others.
                if len(found) >= limit or len(rows) < most:
                    return found[:limit]
                most *= 2

        return await self._database.read(work)

    @override
    async def derive(self, schedule_id: str, due: datetime) -> None:
        values = {"of_id": schedule_id, "at": due}
        await self._database.write(lambda conn: conn.execute(_DERIVE, values).close())

    @override
    async def due_beside(self, schedule: Schedule, now: datetime) -> Sequence[Schedule]:
        beside = {
            "company": schedule.company_id,
            "number": schedule.msisdn.digits,
            "of_id": schedule.id,
            "now": now,
        }
        return await self._many(_DUE_BESIDE, beside)

    @override
    async def has_begun(self, action_id: str) -> bool:
        return await self._one(_BY_ACTION, {"of_action": action_id}) is not None

    @override
    async def refused(self, action_ids: Sequence[str]) -> int:
        statement = _REFUSED.where(actions.c.id.in_(action_ids))
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one())

    @override
    async def begin(
        self,
        schedule: Schedule,
        begun: Schedule,
        action: Action,
        lock_key: str,
        effects: Sequence[Effect],
    ) -> bool:
        def work(conn: Connection) -> bool:
            if conn.execute(_MOVE, _moved(schedule, begun)).rowcount != 1:
                return False
            confirmed = self._actions.begin_on(conn, action, lock_key)
            if confirmed is None:
                conn.execute(_MOVE, _moved(begun, schedule)).close()
                return False
            tell_others(conn, WORK)
            self._effects.write(conn, _referring(effects, confirmed.reference or ""))
            return True

        return await self._database.write(work)

    @override
    async def move(self, schedule: Schedule, to: Schedule, effects: Sequence[Effect]) -> bool:
        return await self._change(_MOVE, _moved(schedule, to), effects)

    @override
    async def reconfirm(
        self,
        moves: Sequence[tuple[Schedule, Schedule, Sequence[Effect]]],
        now: datetime,
        most: int,
        proof: CodeTry | None,
    ) -> None:
        added = sum(not before.open for before, _then, _effects in moves)

        def work(conn: Connection) -> CodeUse | None:
            if added:
                hold_counter(conn, SCHEDULES, now)
            if proof is not None:
                use = use_code(conn, proof, now)
                if use.outcome is not CodeOutcome.RIGHT:
                    return use
            if added:
                check_room(conn, moves[0][0].company_id, added, most, now)
            for before, then, effects in moves:
                if conn.execute(_RECONFIRM, _confirmed_anew(before, then)).rowcount != 1:
                    raise ScheduleNotOpen
                self._effects.write(conn, effects)
            return None

        use = await self._database.write(work)
        if use is not None:
            raise use.refusal()

    @override
    async def end(self, schedule_id: str, state: ScheduleState, effects: Sequence[Effect]) -> bool:
        return await self._change(_END, {"of_id": schedule_id, "to": state.value}, effects)

    async def _change(
        self, statement: Any, values: dict[str, Any], effects: Sequence[Effect]
    ) -> bool:
        def work(conn: Connection) -> bool:
            if conn.execute(statement, values).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    async def _one(self, statement: Any, values: dict[str, Any]) -> Schedule | None:
        def work(conn: Connection) -> Schedule | None:
            row = conn.execute(statement, values).one_or_none()
            return readable_one(schedules, row, _schedule)

        return await self._database.read(work)

    async def _many(self, statement: Any, values: dict[str, Any]) -> Sequence[Schedule]:
        return await self._database.read(
            lambda conn: readable(schedules, conn.execute(statement, values), _schedule)
        )


def _referring(effects: Sequence[Effect], reference: str) -> list[Effect]:
    return [
        replace(effect, reference=effect.reference or reference)
        if isinstance(effect, HistoryEntry)
        else effect
        for effect in effects
    ]


def _values(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.id,
        "reference": schedule.reference,
        "kind": schedule.kind.value,
        "company_id": schedule.company_id,
        "msisdn": schedule.msisdn.digits,
        "telegram_id": schedule.telegram_id,
        "session_id": schedule.session_id,
        "administrator_id": schedule.administrator_id,
        "administrator": schedule.administrator,
        "shown": schedule.shown,
        "parameters": json.dumps(schedule.parameters.told(), ensure_ascii=False),
        "at_wall": schedule.at.kept,
        "due": schedule.due,
        "offered_at": schedule.offered_at,
        "accepted_at": schedule.accepted_at,
        "state": schedule.state.value,
        "action_id": schedule.action_id,
        "repeats": None if schedule.repeat is None else schedule.repeat.kept,
        "skipped": _written(schedule.skipped),
        "latest_actions": " ".join(schedule.latest),
        "pair_id": schedule.pair_id,
    }


def _written(skipped: frozenset[WallTime]) -> str:
    return " ".join(at.kept for at in sorted(skipped))


def _moved(schedule: Schedule, to: Schedule) -> dict[str, Any]:
    return {
        "of_id": schedule.id,
        "was": schedule.state.value,
        "was_at": schedule.at.kept,
        "was_skipped": _written(schedule.skipped),
        "was_repeats": "" if schedule.repeat is None else schedule.repeat.kept,
        "to": to.state.value,
        "to_at": to.at.kept,
        "to_due": to.due,
        "to_skipped": _written(to.skipped),
        "to_action": to.action_id,
        "to_latest": " ".join(to.latest),
    }


def _confirmed_anew(schedule: Schedule, to: Schedule) -> dict[str, Any]:
    return {
        **_moved(schedule, to),
        "to_repeats": None if to.repeat is None else to.repeat.kept,
        "was_whose": schedule.administrator_id,
        "to_whose": to.administrator_id,
        "to_whom": to.administrator,
        "to_chat": to.telegram_id,
        "to_session": to.session_id,
        "to_offered": to.offered_at,
        "to_accepted": to.accepted_at,
    }


def _schedule(row: Any) -> Schedule:
    kind = ActionKind(row.kind)
    return Schedule(
        id=row.id,
        kind=kind,
        company_id=row.company_id,
        msisdn=Msisdn(row.msisdn),
        telegram_id=row.telegram_id,
        session_id=row.session_id,
        administrator_id=row.administrator_id,
        administrator=row.administrator,
        shown=row.shown,
        parameters=parameters_of(kind, json.loads(row.parameters), {}),
        at=WallTime.read(row.at_wall),
        due=row.due,
        offered_at=row.offered_at,
        accepted_at=row.accepted_at,
        state=ScheduleState(row.state),
        reference=row.reference,
        action_id=row.action_id,
        repeat=None if row.repeats is None else Repeat.read(row.repeats),
        skipped=frozenset(map(WallTime.read, (row.skipped or "").split())),
        latest=tuple((row.latest_actions or "").split()),
        pair_id=row.pair_id,
    )


_ID = schedules.c.id == bindparam("of_id")
_OPEN = in_state(schedules, *sorted(state.value for state in OPEN))
_WAITING = in_state(schedules, *sorted(state.value for state in WAITING))
_NEXT_FIRST = (schedules.c.due, schedules.c.id)
_BY_ID = select(schedules).where(_ID)
_BY_ACTION = select(schedules).where(schedules.c.action_id == bindparam("of_action"))
_BY_TOKEN = select(schedules).where(schedules.c.token_hash == bindparam("token"))
_ALL = select(schedules).where(_OPEN).order_by(*_NEXT_FIRST)
_OF_COMPANY = _ALL.where(schedules.c.company_id == bindparam("company"))
_ABANDONED = (
    select(schedules)
    .where(
        in_state(schedules, ScheduleState.ABANDONED.value),
        schedules.c.company_id == bindparam("company"),
        schedules.c.due > bindparam("now"),
    )
    .order_by(*_NEXT_FIRST)
)
_DUE = _ALL.where(schedules.c.due <= bindparam("now")).limit(bindparam("most"))
_DERIVE = update(schedules).where(_ID, _OPEN).values(due=bindparam("at"))
_DUE_BESIDE = _ALL.where(
    schedules.c.company_id == bindparam("company"),
    schedules.c.msisdn == bindparam("number"),
    schedules.c.id != bindparam("of_id"),
    schedules.c.due <= bindparam("now"),
    _WAITING,
)
_REFUSED = (
    select(func.count()).select_from(actions).where(in_state(actions, ActionState.REJECTED.value))
)
_MOVE = (
    update(schedules)
    .where(
        _ID,
        schedules.c.state == bindparam("was"),
        schedules.c.at_wall == bindparam("was_at"),
        func.coalesce(schedules.c.skipped, "") == bindparam("was_skipped"),
        # What is renewed meanwhile has not begun its last date.
        func.coalesce(schedules.c.repeats, "") == bindparam("was_repeats"),
    )
    .values(
        state=bindparam("to"),
        at_wall=bindparam("to_at"),
        due=bindparam("to_due"),
        skipped=bindparam("to_skipped"),
        action_id=bindparam("to_action"),
        latest_actions=bindparam("to_latest"),
    )
)
_RECONFIRM = _MOVE.where(schedules.c.administrator_id == bindparam("was_whose")).values(
    repeats=bindparam("to_repeats"),
    administrator_id=bindparam("to_whose"),
    administrator=bindparam("to_whom"),
    telegram_id=bindparam("to_chat"),
    session_id=bindparam("to_session"),
    offered_at=bindparam("to_offered"),
    accepted_at=bindparam("to_accepted"),
)
_ENDABLE = in_state(schedules, *sorted(state.value for state in ENDABLE))
_END = update(schedules).where(_ID, _ENDABLE).values(state=bindparam("to"))
_USE_OFFER = (
    update(actions)
    .where(
        actions.c.token_hash == bindparam("token"),
        actions.c.session_id == bindparam("session"),
        actions.c.company_id == bindparam("company"),
        actions.c.offered_at > bindparam("oldest"),
        in_state(actions, ActionState.OFFERED),
    )
    .values(state=ActionState.VOID.value)
)
