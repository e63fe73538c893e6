"""Rows of confirmed changes. Who was first, and who holds a claim, the database decides."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy.exc import IntegrityError
from typing_extensions import override

from account.changes.action import OFFER_LIFE, Action, ActionState
from account.changes.ports import ActionStore
from account.changes.waits import Wait
from account.credentials.one_time_codes import CodeOutcome, CodeTry, CodeUse
from account.effects.history import HistoryEntry
from account.errors import ChangeUnderWay, ConfirmExpired
from account.values.identifiers import Msisdn
from storage.encryption.sealer import LEFT_FOR
from storage.engine.array_parameters import columns_of
from storage.engine.group_commit import GroupCommit
from storage.engine.pg_notify import WORK, tell_others
from storage.engine.types import EPOCH
from storage.engine.upserts import insert_once
from storage.errors import RowUnreadable, SealBroken
from storage.stores import action_statements as statements
from storage.stores.action_codec import ActionCodec
from storage.stores.counters import next_reference
from storage.stores.login import use_code
from storage.stores.offers import void_offer, void_offers_of_person
from storage.tables.actions import actions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.encryption.sealer import Sealer
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter

log = structlog.get_logger(__name__)

Kept = TypeVar("Kept")
_INSERT = insert_once(actions, "id")


class ActionRows(ActionStore):
    """The port `ActionStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter, sealer: Sealer) -> None:
        self._database = database
        self._effects = effects
        self._codec = ActionCodec(sealer)
        self._settling = GroupCommit(self._settle_all)

    @override
    def new_id(self) -> str:
        return str(uuid.uuid4())

    @override
    async def offer(self, action: Action, token_hash: str, lock_key: str) -> None:
        values = {
            **self._codec.values_of(action),
            "token_hash": token_hash,
            "lane": lock_key,
            "due": EPOCH,
        }

        def work(conn: Connection) -> None:
            void_offers_of_person(conn, action.telegram_id)
            conn.execute(actions.insert(), values)

        await self._database.write(work)

    @override
    async def by_token(self, token_hash: str) -> Action | None:
        return await self._one(statements.BY_TOKEN, {"token": token_hash})

    @override
    async def read(self, action_id: str) -> Action | None:
        return await self._one(statements.BY_ID, {"of_id": action_id})

    @override
    async def by_reference(self, reference: str) -> Action | None:
        return await self._one(statements.BY_REFERENCE, {"given": reference})

    @override
    async def undecided(self) -> Sequence[Action]:
        return await self._database.read(
            lambda conn: [self._codec.action_of(row) for row in conn.execute(statements.UNDECIDED)]
        )

    @override
    async def decide(
        self,
        action: Action,
        state: ActionState,
        reason_code: str,
        now: datetime,
        effects: Sequence[Effect],
    ) -> bool:
        """The fence grows, so a worker that has it loses it."""
        values = {
            **_held(action),
            "was": action.state.value,
            "to": state.value,
            "why": reason_code,
            "now": now,
        }

        return await self._fenced(statements.DECIDE, values, effects)

    @override
    async def open_on(self, company_id: str, msisdn: Msisdn, lock_key: str) -> Action | None:
        values = {"company": company_id, "number": msisdn.digits, "lane": lock_key}
        return await self._one(statements.OPEN_ON, values)

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
    ) -> tuple[Action, bool]:
        """An offer older than five minutes is refused as well."""
        whose = {"token": token_hash, "session": session_id, "company": company_id}
        to = ActionState.ACCEPTED if until is None else ActionState.PROPOSED
        moments = {"now": now, "oldest": now - OFFER_LIFE, "at": until or now}
        values = {**whose, **moments, "to": to.value, "proven": now if proof else None}

        def work(conn: Connection) -> CodeUse | tuple[Action, bool]:
            if proof is not None:
                use = use_code(conn, proof, now)
                if use.outcome is CodeOutcome.EXPIRED and _is_beyond(conn, token_hash):
                    # Used up a moment ago by the same code, typed twice.
                    return self._codec.action_of(_accepted_before(conn, **whose)), False
                if use.outcome is not CodeOutcome.RIGHT:
                    return use
            if conn.execute(statements.ACCEPT, values).rowcount != 1:
                return self._codec.action_of(_accepted_before(conn, **whose)), False
            tell_others(conn, WORK)
            reference = next_reference(conn, "A", now)
            conn.execute(statements.REFER, {"token": token_hash, "given": reference})
            self._effects.write(conn, [_referring(effect, reference) for effect in effects])
            return self._codec.action_of(
                conn.execute(statements.BY_TOKEN, {"token": token_hash}).one()
            ), True

        try:
            done = await self._database.write(work)
        except IntegrityError:
            # The lock key's unique index: whoever holds it may let go of it meanwhile.
            offer = await self._database.read(
                lambda conn: conn.execute(statements.BY_TOKEN, {"token": token_hash}).one()
            )
            other = await self.open_on(company_id, Msisdn(offer.msisdn), offer.lane)
            raise ChangeUnderWay(None if other is None else other.reference) from None
        return _unless_wrong(done)

    @override
    async def use_up(
        self,
        action_id: str,
        now: datetime,
        effects: Sequence[Effect],
        proof: CodeTry | None = None,
    ) -> bool:
        values = {"of_id": action_id, "now": now, "proven": now if proof else None}

        def work(conn: Connection) -> CodeUse | bool:
            if proof is not None:
                use = use_code(conn, proof, now)
                if use.outcome is not CodeOutcome.RIGHT:
                    return use
            if conn.execute(statements.USE_UP, values).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            return True

        return _unless_wrong(await self._database.write(work))

    @override
    async def announcing(self, action_id: str) -> bool:
        return await self._database.read(
            lambda conn: (
                conn.execute(statements.ANNOUNCING, {"of_id": action_id}).first() is not None
            )
        )

    @override
    async def void(self, action_id: str) -> None:
        await self._database.write(lambda conn: void_offer(conn, action_id))

    @override
    async def identify(self, action_id: str, now: datetime) -> None:
        values = {"of_id": action_id, "now": now}
        await self._database.write(lambda conn: conn.execute(statements.IDENTIFY, values).close())

    @override
    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Action]:
        """The longest due first.

        One whose seal does not open is let go of, for who can open it.
        """
        seen = self._database.step_seen

        def work(conn: Connection) -> list[Action]:
            rows = statements.CLAIMS.claim(conn, owner, now, lease, limit, step_seen=seen)
            opened = [self._opened(conn, row, now) for row in rows]
            return [action for action in opened if action is not None]

        return await self._database.write(work)

    async def next_due(self, now: datetime) -> datetime | None:
        """When an open change that nobody has is due next; None when there is none."""
        return await self._database.read(
            lambda conn: conn.execute(statements.NEXT, {"now": now}).scalar()
        )

    @override
    async def holds(self, action: Action) -> bool:
        return await self._database.glance(
            lambda conn: conn.execute(statements.HOLDS, _held(action)).first() is not None
        )

    @override
    async def mark_sent(self, action: Action, now: datetime) -> Action | None:
        """`sent_at` is the moment of the latest sending."""
        values = {**_held(action), "now": now}

        def work(conn: Connection) -> Action | None:
            row = conn.execute(statements.MARK_SENT, values).one_or_none()
            return None if row is None else self._codec.action_of(row)

        return await self._database.write(work)

    @override
    async def postpone(self, action: Action, due: datetime, effects: Sequence[Effect] = ()) -> None:
        await self._fenced(statements.POSTPONE, {**_held(action), "at": due}, effects)

    @override
    async def unsend(self, action: Action, due: datetime, *, counts: bool) -> None:
        """The lock key stays taken."""
        values = {**_held(action), "at": due, "less": 0 if counts else 1}
        await self._database.write(lambda conn: conn.execute(statements.UNSEND, values).close())

    @override
    async def park(
        self,
        action: Action,
        state: ActionState,
        due: datetime,
        order_id: str | None = None,
        effects: Sequence[Effect] = (),
        *,
        wait: Wait | None = None,
    ) -> None:
        values = {
            **_held(action),
            "to": state.value,
            "at": due,
            "order": order_id,
            "wait": None if wait is None else wait.reason.value,
            "until": None if wait is None else wait.until,
        }
        await self._fenced(statements.PARK, values, effects)

    @override
    async def settle(
        self,
        action: Action,
        state: ActionState,
        reason_code: str | None,
        order_id: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> None:
        values = {
            **_held(action),
            "to": state.value,
            "why": reason_code,
            "order": order_id,
            "now": now,
        }
        if self._database.dialect == "postgresql":
            await self._settling.write((values, effects))
        else:
            await self._fenced(statements.SETTLE, values, effects)

    def begin_on(
        self,
        conn: Connection,
        action: Action,
        lock_key: str,
        *,
        owner: str | None = None,
        until: datetime | None = None,
    ) -> Action | None:
        """Write a change that was confirmed with a set or for later, with its reference, which it
        has when it comes back; claimed already where an owner is told.

        None when another change of the lock key is open on the number.
        """
        taken = {"company": action.company_id, "number": action.msisdn.digits, "lane": lock_key}
        if conn.execute(statements.OPEN_ON, taken).first() is not None:
            return None
        assert action.accepted_at is not None
        reference = next_reference(conn, "A", action.accepted_at)
        values = {
            **self._codec.values_of(action),
            # No button stands for it.
            "token_hash": f"{'later' if owner is None else 'set'}:{action.id}",
            "lane": lock_key,
            "reference": reference,
            "accepted_at": action.accepted_at,
            "due": action.accepted_at,
            "owner": owner,
            "lease_until": until,
            "fence": action.fence,
        }
        if conn.execute(_INSERT.on(conn), values).first() is None:
            return None  # another process was quicker
        return replace(action, reference=reference)

    def read_on(self, conn: Connection, action_id: str) -> Action:
        """A change that is there."""
        return self._codec.action_of(conn.execute(statements.BY_ID, {"of_id": action_id}).one())

    async def open_count(self) -> int:
        """How many changes are accepted, sent or unknown."""
        return await self._database.read(
            lambda conn: conn.execute(statements.OPEN_COUNT).scalar_one()
        )

    async def _fenced(
        self, statement: Any, values: dict[str, Any], effects: Sequence[Effect]
    ) -> bool:
        """Change one row, if it still is as `statement` wants it, and write what goes with it."""

        def work(conn: Connection) -> bool:
            if conn.execute(statement, values).rowcount != 1:
                return False
            self._effects.write(conn, effects)
            return True

        return await self._database.write(work)

    async def _settle_all(self, ended: Sequence[tuple[dict[str, Any], Sequence[Effect]]]) -> None:
        """Settle several at once; those whose claim was lost are left out, with their effects."""
        if len(ended) == 1:
            await self._fenced(statements.SETTLE, *ended[0])
            return
        values = columns_of("each", statements.EACH, [values for values, _ in ended])

        def work(conn: Connection) -> None:
            held = {(row.id, row.fence) for row in conn.execute(statements.SETTLE_ALL, values)}
            written: list[Effect] = []
            for one, effects in ended:
                if (one["of_id"], one["held"]) in held:
                    held.remove((one["of_id"], one["held"]))
                    written += effects
            self._effects.write(conn, written)

        await self._database.write(work)

    async def _one(self, statement: Any, values: dict[str, Any]) -> Action | None:
        def work(conn: Connection) -> Action | None:
            row = conn.execute(statement, values).one_or_none()
            return None if row is None else self._codec.action_of(row)

        return await self._database.glance(work)

    def _opened(self, conn: Connection, row: Any, now: datetime) -> Action | None:
        try:
            return self._codec.action_of(row)
        except (SealBroken, RowUnreadable) as fault:
            if isinstance(fault, RowUnreadable):
                # Without its trace: that could show what the row holds.
                log.error("change.unreadable", alarm=str(fault), reference=row.reference)  # noqa: TRY400
            conn.execute(
                statements.POSTPONE, {"of_id": row.id, "held": row.fence, "at": now + LEFT_FOR}
            )
            return None


def _held(action: Action) -> dict[str, Any]:
    return {"of_id": action.id, "held": action.fence}


def _is_beyond(conn: Connection, token: str) -> bool:
    """Whether the offer of that token became a change."""
    row = conn.execute(statements.BY_TOKEN, {"token": token}).one_or_none()
    return row is not None and row.state not in (
        ActionState.OFFERED.value,
        ActionState.VOID.value,
    )


def _accepted_before(conn: Connection, token: str, session: str, company: str) -> Any:
    """The row of the change that another press accepted. Raises `ConfirmExpired` for none."""
    row = conn.execute(statements.BY_TOKEN, {"token": token}).one_or_none()
    if row is None or row.session_id != session or row.company_id != company:
        raise ConfirmExpired
    if row.state in (ActionState.OFFERED.value, ActionState.VOID.value):
        raise ConfirmExpired
    return row


def _unless_wrong(done: CodeUse | Kept) -> Kept:
    """What was done; the refusal of a code that was not right, whose try is counted by now."""
    if isinstance(done, CodeUse):
        raise done.refusal()
    return done


def _referring(effect: Effect, reference: str) -> Effect:
    return replace(effect, reference=reference) if isinstance(effect, HistoryEntry) else effect
