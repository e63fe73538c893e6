"""Second administrators of sets: what they were asked, and the first word that counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, case, null, select, update
from typing_extensions import override

from account.changes.sets.change_set import ChangeSet, SetState
from account.changes.sets.second_opinion import WAITS_FOR, SetApprovalStore
from account.credentials.one_time_codes import CodeOutcome, CodeTry, CodeUse
from account.effects.effect import SetApproval
from storage.engine.pg_notify import WORK, tell_others
from storage.queue.claims import RELEASED
from storage.stores.change_sets import set_on
from storage.stores.login import use_code
from storage.tables.base import in_state
from storage.tables.change_sets import change_sets, set_approvals

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from storage.engine.database import Database
    from storage.stores.effects import EffectWriter


class SetApprovalRows(SetApprovalStore):
    """The port `SetApprovalStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter) -> None:
        self._database = database
        self._effects = effects

    @override
    async def by_token(self, token_hash: str) -> SetApproval | None:
        def work(conn: Connection) -> SetApproval | None:
            row = conn.execute(_BY_TOKEN, {"token": token_hash}).one_or_none()
            return None if row is None else SetApproval(*row)

        return await self._database.read(work)

    @override
    async def of_set(self, set_id: str) -> Sequence[SetApproval]:
        return await self._database.read(
            lambda conn: [SetApproval(*row) for row in conn.execute(_OF_SET, {"of_id": set_id})]
        )

    @override
    async def decide(
        self,
        change_set: ChangeSet,
        reason_code: str | None,
        now: datetime,
        effects: Sequence[Effect],
        proof: CodeTry | None = None,
    ) -> tuple[ChangeSet, bool]:
        values = {
            "of_id": change_set.id,
            "as_shown": change_set.digest,
            "now": now,
            **({"oldest": now - WAITS_FOR} if reason_code is None else {"why": reason_code}),
        }
        statement = _APPROVE if reason_code is None else _END

        def work(conn: Connection) -> CodeUse | tuple[ChangeSet, bool]:
            if proof is not None:
                use = use_code(conn, proof, now)
                present = set_on(conn, change_set.id)
                # Used up by the same code, typed twice: then it is decided by now.
                twice = use.outcome is CodeOutcome.EXPIRED and (
                    present.state is not SetState.PROPOSED
                )
                if use.outcome is not CodeOutcome.RIGHT and not twice:
                    return use
            first = conn.execute(statement, values).rowcount == 1
            if first:
                self._effects.write(conn, effects)
                tell_others(conn, WORK)
            return set_on(conn, change_set.id), first

        done = await self._database.write(work)
        if isinstance(done, CodeUse):
            raise done.refusal()
        return done


_APPROVAL = select(
    set_approvals.c.token_hash,
    set_approvals.c.set_id,
    set_approvals.c.digest,
    set_approvals.c.company_id,
    set_approvals.c.administrator_id,
    set_approvals.c.telegram_id,
    set_approvals.c.expires_at,
)
_BY_TOKEN = _APPROVAL.where(set_approvals.c.token_hash == bindparam("token"))
_OF_SET = _APPROVAL.where(set_approvals.c.set_id == bindparam("of_id"))
_PROPOSED = and_(
    change_sets.c.id == bindparam("of_id"),
    change_sets.c.digest == bindparam("as_shown"),
    in_state(change_sets, SetState.PROPOSED),
)
_APPROVE = (
    update(change_sets)
    .where(_PROPOSED, change_sets.c.accepted_at > bindparam("oldest"))
    .values(
        state=case(
            (change_sets.c.begins == null(), SetState.RUNNING.value),
            else_=SetState.SCHEDULED.value,
        ),
        due=bindparam("now"),
        **RELEASED,
    )
)
_END = (
    update(change_sets)
    .where(_PROPOSED)
    .values(
        state=SetState.STOPPED.value,
        reason_code=bindparam("why"),
        halted_at=bindparam("now"),
        due=bindparam("now"),
        **RELEASED,
    )
)
