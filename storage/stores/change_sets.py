"""Rows of sets and of their numbers. Who was first, and who holds a claim, the database decides.

A number that has begun has its change's id, written in the transaction that wrote the change; what
became of it is read from that row and stands nowhere twice.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from account.changes.action import Action, ActionKind
from account.changes.parameters import ChangeParameters
from account.changes.ports import Halt, SetHalts
from account.changes.schedules import MOST
from account.changes.sets.change_set import (
    NOT_CHANGED,
    OFFER_LIFE,
    ChangeSet,
    Fate,
    Outcome,
    SetCounts,
    SetNumber,
    SetState,
    TakingBack,
)
from account.changes.sets.ports import Before, Begun, ChangeSetStore, DryRun
from account.chapters.kinds import parameters_of
from account.credentials.one_time_codes import CodeOutcome, CodeTry, CodeUse
from account.errors import ChangeUnderWay, ConfirmExpired, MyAccountError, ScheduleNotOpen
from account.lists.number_list import NumberList
from account.values.identifiers import Msisdn
from account.values.repeats import Repeat
from account.values.wall_times import WallTime
from storage.engine.pg_notify import WORK, tell_others
from storage.engine.types import EPOCH
from storage.stores import change_set_statements as statements
from storage.stores.change_set_codec import counts_of, number_of, set_of, values_of
from storage.stores.counters import hold_counter, next_reference
from storage.stores.login import use_code
from storage.stores.offers import void_offers_of_person
from storage.stores.readable import readable, readable_one
from storage.stores.schedule_room import check_room
from storage.tables.base import in_state
from storage.tables.change_sets import change_set_numbers, change_sets

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.actions import ActionRows
    from storage.stores.effects import EffectWriter


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
        values = {**values_of(change_set), "token_hash": token_hash, "due": EPOCH}
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
        return await self._one(statements.BY_ID, {"of_id": set_id})

    @override
    async def by_reference(self, reference: str) -> ChangeSet | None:
        return await self._one(statements.BY_REFERENCE, {"given": reference})

    @override
    async def by_token(self, token_hash: str) -> ChangeSet | None:
        return await self._one(statements.BY_TOKEN, {"token": token_hash})

    @override
    async def counts(self, set_id: str) -> SetCounts:
        values = {"of_id": set_id}
        return await self._database.read(
            lambda conn: counts_of(conn.execute(statements.COUNTS, values))
        )

    @override
    async def numbers(
        self, set_id: str, *, after: int = -1, limit: int, fate: Fate | None = None
    ) -> Sequence[SetNumber]:
        values = {"of_id": set_id, "after": after, "limit": limit}
        statement = statements.NUMBERS
        if fate is not None:
            statement = statement.where(change_set_numbers.c.fate == fate.value)
        return await self._database.read(
            lambda conn: readable(change_set_numbers, conn.execute(statement, values), number_of)
        )

    @override
    async def checked(self, change_set: ChangeSet, fates: DryRun, until: datetime) -> bool:
        rows = [
            {"of_id": change_set.id, "at_place": place, "to": fate.value, "as": shown, "why": why}
            for place, (fate, shown, why) in fates.items()
        ]

        def work(conn: Connection) -> bool:
            held = (
                conn.execute(statements.EXTEND, {**_held(change_set), "until": until}).rowcount == 1
            )
            if held and rows:
                conn.execute(statements.CHECKED, rows)
            return held

        return await self._database.write(work)

    @override
    async def under_way(self, company_id: str, lock_key: str) -> frozenset[Msisdn]:
        values = {"company": company_id, "lane": lock_key}
        return await self._database.read(
            lambda conn: frozenset(
                map(Msisdn, conn.execute(statements.UNDER_WAY, values).scalars())
            )
        )

    @override
    async def offer(self, change_set: ChangeSet, digest: str, now: datetime) -> bool:
        def work(conn: Connection) -> bool:
            size = conn.execute(statements.SIZE, {"of_id": change_set.id}).scalar_one()
            reference = next_reference(conn, "S", now)
            values = {**_held(change_set), "given": reference, "as": digest, "now": now}
            return conn.execute(statements.OFFER, {**values, "count": size}).rowcount == 1

        return await self._database.write(work)

    @override
    async def void(self, set_id: str) -> None:
        await self._database.write(
            lambda conn: conn.execute(statements.VOID, {"of_id": set_id}).close()
        )

    @override
    async def confirmed_since(
        self, administrator_id: str, kind: str, since: datetime
    ) -> Sequence[tuple[ChangeParameters, int]]:
        return await self._database.read(
            lambda conn: _confirmed_since(conn, administrator_id, kind, since)
        )

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
        begins: WallTime | None = None,
        repeat: Repeat | None = None,
        second: TakingBack | None = None,
        proof: CodeTry | None = None,
        before: Before | None = None,
    ) -> tuple[ChangeSet, bool] | None:
        at_once = SetState.RUNNING if begins is None else SetState.SCHEDULED
        values = {
            "to": (SetState.PROPOSED if until else at_once).value,
            "from": None if begins is None else begins.kept,
            "again": None if repeat is None else repeat.kept,
            "at": until or now,
            "token": token_hash,
            "session": session_id,
            "company": company_id,
            "now": now,
            "oldest": now - OFFER_LIFE,
            "proven": now if proof else None,
        }

        def work(conn: Connection) -> CodeUse | tuple[ChangeSet, bool] | None:
            if before is not None:
                hold_counter(conn, "S", now)
                # Who confirms another list of theirs now waits, and is seen by the second look.
                if not _is_all(conn, token_hash, before):
                    return None
            if proof is not None:
                use = use_code(conn, proof, now)
                # Used up by the same code, typed twice: then the set runs by now.
                beyond = use.outcome is CodeOutcome.EXPIRED and _is_accepted(conn, token_hash)
                if use.outcome is not CodeOutcome.RIGHT and not beyond:
                    return use
            first = conn.execute(statements.ACCEPT, values).rowcount == 1
            row = conn.execute(statements.BY_TOKEN, {"token": token_hash}).one_or_none()
            if row is None or row.accepted_at is None or row.company_id != company_id:
                raise ConfirmExpired
            if first:
                # The set itself is counted by now, unless it waits for a second administrator.
                counted = begins is not None and until is None
                new = (begins is not None) + (second is not None)
                if new:
                    # The counter of sets first, as who looks at `before` holds it by then.
                    hold_counter(conn, "S", now)
                    check_room(conn, company_id, new - counted, MOST, now)
                if second is not None:
                    self._write_copy(
                        conn,
                        second.change_set,
                        set_of(row).id,
                        token_hash=f"{token_hash}:then",
                        now=now,
                        shown=second.shown,
                    )
                self._effects.write(conn, effects)
                tell_others(conn, WORK)
            return set_of(row), first

        done = await self._database.write(work)
        if isinstance(done, CodeUse):
            raise done.refusal()
        return done

    def _write_following(
        self, conn: Connection, change_set: ChangeSet, following: ChangeSet | None, now: datetime
    ) -> None:
        """Write the set of the next date, for the numbers of this one."""
        if following is None:
            return
        # It may have been kept in another chat since it was claimed.
        present = set_on(conn, change_set.id)
        self._write_copy(
            conn,
            replace(following, telegram_id=present.telegram_id, session_id=present.session_id),
            change_set.id,
            token_hash=following.id,
            now=now,
        )

    def _write_copy(
        self,
        conn: Connection,
        change_set: ChangeSet,
        origin_id: str,
        *,
        token_hash: str,
        now: datetime,
        shown: str | None = None,
    ) -> None:
        """Write a confirmed set for the numbers that will be done of the set `origin_id`.

        Each is `shown` there, or as it is in that set.
        """
        row = {
            **values_of(change_set),
            "token_hash": token_hash,
            "reference": next_reference(conn, "S", now),
            "offered_at": change_set.offered_at,
            "stepped_up_at": change_set.stepped_up_at,
            "accepted_at": change_set.accepted_at or now,
            "due": now,
        }
        conn.execute(change_sets.insert(), row)
        copied = {"of_id": origin_id, "to_id": change_set.id, "as_shown": shown}
        size = conn.execute(statements.COPY, copied).rowcount
        conn.execute(statements.SIZED, {"of_id": change_set.id, "count": size})

    @override
    async def start(
        self,
        change_set: ChangeSet,
        now: datetime,
        effects: Sequence[Effect],
        left_out: Sequence[int] = (),
        following: ChangeSet | None = None,
    ) -> bool:
        begins = change_set.begins
        as_told = {"of_id": change_set.id, "to": Outcome.NOT_SENT.value, "why": NOT_CHANGED}
        rows = [{**as_told, "at_place": place} for place in left_out]

        def work(conn: Connection) -> bool:
            values = {**_held(change_set), "now": now, "from": begins.kept if begins else None}
            if conn.execute(statements.START, values).rowcount != 1:
                return False
            self._write_following(conn, change_set, following, now)
            if rows:
                conn.execute(statements.OUTCOME, rows)
            self._effects.write(conn, effects)
            tell_others(conn, WORK)
            return True

        return await self._database.write(work)

    @override
    async def of_chain(self, chain: str, limit: int) -> Sequence[str]:
        values = {"chain_id": chain, "limit": limit}
        return await self._database.read(
            lambda conn: conn.execute(statements.OF_CHAIN, values).scalars().all()
        )

    @override
    async def derive_anew(self, now: datetime) -> None:
        values = {"now": now}
        await self._database.write(lambda conn: conn.execute(statements.DERIVE, values).close())

    @override
    async def for_later(self, company_id: str) -> Sequence[tuple[ChangeSet, int]]:
        values = {"company": company_id}
        return await self._database.read(
            lambda conn: readable(
                change_sets,
                conn.execute(statements.LATER, values),
                lambda row: (set_of(row), int(row.size)),
            )
        )

    @override
    async def move(
        self,
        set_id: str,
        origin: SetState,
        to: SetState,
        now: datetime,
        effects: Sequence[Effect],
        reason_code: str | None = None,
        following: ChangeSet | None = None,
    ) -> bool:
        values = {
            "of_id": set_id,
            "was": origin.value,
            "to": to.value,
            "now": now,
            "why": reason_code,
        }

        def work(conn: Connection) -> bool:
            if conn.execute(statements.MOVE, values).rowcount != 1:
                return False
            self._write_following(conn, set_on(conn, set_id), following, now)
            self._effects.write(conn, effects)
            tell_others(conn, WORK)
            return True

        return await self._database.write(work)

    @override
    async def keep(
        self, change_sets: Sequence[ChangeSet], now: datetime, effects: Sequence[Effect]
    ) -> None:
        def work(conn: Connection) -> None:
            for one in change_sets:
                values = {"of_id": one.id, "chat": one.telegram_id, "session": one.session_id}
                if conn.execute(statements.KEEP, {**values, "now": now}).rowcount != 1:
                    raise ScheduleNotOpen
            self._effects.write(conn, effects)
            tell_others(conn, WORK)

        await self._database.write(work)

    @override
    async def halt(self, set_reference: str) -> Halt | None:
        values = {"given": set_reference}
        state = await self._database.glance(
            lambda conn: conn.execute(statements.STATE, values).scalar()
        )
        return {SetState.PAUSED.value: Halt.PAUSED, SetState.STOPPED.value: Halt.STOPPED}.get(
            state or ""
        )

    @override
    async def of_company(self, company_id: str, since: datetime) -> Sequence[ChangeSet]:
        values = {"company": company_id, "since": since}
        return await self._database.read(
            lambda conn: readable(change_sets, conn.execute(statements.OF_COMPANY, values), set_of)
        )

    @override
    async def undoable(self, set_id: str, lock_key: str) -> Sequence[SetNumber]:
        values = {"of_id": set_id, "lane": lock_key}

        def work(conn: Connection) -> Sequence[SetNumber]:
            rows = conn.execute(statements.CHANGED, values)
            found = readable(change_set_numbers, rows, number_of)
            return [number for number in found if number.outcome is Outcome.DONE]

        return await self._database.read(work)

    # --- the worker's ---

    @override
    async def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int
    ) -> Sequence[ChangeSet]:
        seen = self._database.step_seen

        def work(conn: Connection) -> Sequence[ChangeSet]:
            rows = statements.CLAIMS.claim(conn, owner, now, lease, limit, step_seen=seen)
            return readable(change_sets, rows, set_of)

        return await self._database.write(work)

    async def next_due(self, now: datetime) -> datetime | None:
        """When a set that nobody has is due next; None when there is none."""
        return await self._database.read(
            lambda conn: conn.execute(statements.NEXT, {"now": now}).scalar()
        )

    @override
    async def release(
        self, change_set: ChangeSet, due: datetime, effects: Sequence[Effect] = ()
    ) -> None:
        values = {**_held(change_set), "at": due}

        def work(conn: Connection) -> None:
            if conn.execute(statements.RELEASE, values).rowcount == 1:
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
            if conn.execute(statements.EXTEND.where(running), held).rowcount != 1:
                return ()
            found = conn.execute(statements.WAITING, {"of_id": change_set.id, "limit": limit}).all()
            begun: list[Action] = []
            for row in found:
                action, effects = made(number_of(row))
                at_place = {"of_id": change_set.id, "at_place": row.place}
                until = now + lease
                try:
                    with conn.begin_nested() if effects else nullcontext():
                        self._effects.write(conn, effects)
                        one = self._actions.begin_on(
                            conn, action, lock_key, owner=owner, until=until
                        )
                        if one is None:
                            raise ChangeUnderWay(None)
                except MyAccountError as refused:
                    # Of its own, or of an effect: a bound of the day that is reached.
                    why = {"to": Outcome.REFUSED.value, "why": refused.code}
                    conn.execute(statements.OUTCOME, {**at_place, **why})
                    continue
                conn.execute(statements.BEGUN, {**at_place, "as": action.id})
                begun.append(one)
            return begun

        return await self._database.write(work)

    @override
    async def unsent(self, begun: Sequence[Action]) -> bool:
        values = {"ids": [action.id for action in begun]}
        return await self._database.glance(
            lambda conn: conn.execute(statements.UNSENT, values).first() is not None
        )

    @override
    async def forsake(self, change_set: ChangeSet, reason_code: str) -> None:
        values = {"of_id": change_set.id, "to": Outcome.NOT_SENT.value, "why": reason_code}

        def work(conn: Connection) -> None:
            if conn.execute(statements.HOLDS, _held(change_set)).first() is not None:
                conn.execute(statements.FORSAKE, values)

        await self._database.write(work)

    @override
    async def end(self, change_set: ChangeSet, now: datetime, effects: Sequence[Effect]) -> bool:
        def work(conn: Connection) -> bool:
            if conn.execute(statements.UNENDED, {"of_id": change_set.id}).scalar_one():
                return False
            if conn.execute(statements.END, {**_held(change_set), "now": now}).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    async def _one(self, statement: Any, values: dict[str, Any]) -> ChangeSet | None:
        def work(conn: Connection) -> ChangeSet | None:
            row = conn.execute(statement, values).one_or_none()
            return readable_one(change_sets, row, set_of)

        return await self._database.read(work)


def set_on(conn: Connection, set_id: str) -> ChangeSet:
    """The set with that id, which there is, as it is in this transaction."""
    return set_of(conn.execute(statements.BY_ID, {"of_id": set_id}).one())


def _confirmed_since(
    conn: Connection, administrator_id: str, kind: str, since: datetime
) -> Sequence[tuple[ChangeParameters, int]]:
    values = {"who": administrator_id, "of_kind": kind, "since": since}
    rows = conn.execute(statements.CONFIRMED_SINCE, values)
    of = ActionKind(kind)
    return [(parameters_of(of, json.loads(one.parameters), {}), one.size) for one in rows]


def _is_all(conn: Connection, token: str, before: Before) -> bool:
    """Whether the person of a set that is not confirmed yet has confirmed no more than that."""
    row = conn.execute(statements.BY_TOKEN, {"token": token}).one_or_none()
    if row is None or row.accepted_at is not None:
        return True
    present = _confirmed_since(conn, row.administrator_id, row.kind, before.since)
    return sorted(size for _, size in present) == sorted(size for _, size in before.sets)


def _is_accepted(conn: Connection, token: str) -> bool:
    row = conn.execute(statements.BY_TOKEN, {"token": token}).one_or_none()
    return row is not None and row.accepted_at is not None


def _held(change_set: ChangeSet) -> dict[str, Any]:
    return {"of_id": change_set.id, "held": change_set.fence}
