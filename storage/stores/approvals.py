"""Second administrators: who can be asked, what they were asked, and the first word that counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, null, select, update
from typing_extensions import override

from account.access.profile_email import EmailParameters
from account.changes.action import Action, ActionKind, ActionState
from account.changes.ports import ApprovalStore
from account.effects.effect import Approval
from storage.engine.pg_notify import WORK, tell_others
from storage.queue.claims import RELEASED
from storage.stores.freezes import distrusted_moments
from storage.stores.known_accounts import reached
from storage.tables.access import known_telegrams
from storage.tables.actions import EMAIL_KIND, actions, approvals
from storage.tables.base import in_state, of_kind

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from account.effects.effect import Effect
    from account.values.identifiers import Msisdn
    from storage.engine.database import Database
    from storage.stores.actions import ActionRows
    from storage.stores.effects import EffectWriter


class ApprovalRows(ApprovalStore):
    """The port `ApprovalStore`. Every method raises `StorageUnavailable`."""

    def __init__(self, database: Database, effects: EffectWriter, rows: ActionRows) -> None:
        self._database = database
        self._effects = effects
        self._rows = rows

    @override
    async def telegrams(
        self, administrator_ids: Sequence[str], since: datetime, *, blocked: bool = False
    ) -> Mapping[str, tuple[int, ...]]:
        return await self._database.read(
            lambda conn: reached(conn, administrator_ids, since, blocked=blocked)
        )

    @override
    async def ever_logged_in(self, administrator_id: str) -> frozenset[int]:
        whose = {"of_administrator": administrator_id}
        return await self._database.read(
            lambda conn: frozenset(conn.execute(_EVER, whose).scalars())
        )

    @override
    async def by_token(self, token_hash: str) -> Approval | None:

        def work(conn: Connection) -> Approval | None:
            row = conn.execute(_BY_TOKEN, {"token": token_hash}).one_or_none()
            return None if row is None else Approval(*row)

        return await self._database.read(work)

    @override
    async def of_action(self, action_id: str) -> tuple[Approval, ...]:

        def work(conn: Connection) -> tuple[Approval, ...]:
            return tuple(Approval(*row) for row in conn.execute(_ASKED, {"of_id": action_id}))

        return await self._database.read(work)

    @override
    async def decide(
        self,
        action_id: str,
        state: ActionState,
        reason_code: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> tuple[Action, bool]:
        values = {"of_id": action_id, "to": state.value, "why": reason_code, "now": now}
        statement = _ACCEPT if state is ActionState.ACCEPTED else _REJECT

        def work(conn: Connection) -> tuple[Action, bool]:
            first = conn.execute(statement, values).rowcount == 1
            if first:
                tell_others(conn, WORK)
                self._effects.write(conn, effects)
            return self._rows.read_on(conn, action_id), first

        return await self._database.write(work)

    @override
    async def email_changes(self, msisdn: Msisdn, since: datetime) -> Sequence[tuple[str, str]]:
        values = {"number": msisdn.digits}

        def work(conn: Connection) -> list[tuple[str, str]]:
            for_good = distrusted_moments(conn, msisdn)
            told = [
                EmailParameters.read(json.loads(row.parameters), {})
                for row in conn.execute(_EMAILS, values)
                if row.settled_at is None
                or row.settled_at > since
                or any(
                    begun < row.settled_at and row.accepted_at <= frozen
                    for begun, frozen in for_good
                )
            ]
            return [(one.was, one.email.address) for one in told]

        return await self._database.read(work)

    @override
    async def took_over(self, msisdn: Msisdn, kinds: Sequence[ActionKind], since: datetime) -> bool:
        """What is sent or unknown may be done at this moment."""
        values = {"number": msisdn.digits, "kinds": [kind.value for kind in kinds], "since": since}
        return await self._database.read(
            lambda conn: conn.execute(_TOOK_OVER, values).first() is not None
        )

    @override
    async def done_last_by(self, msisdn: Msisdn, kind: ActionKind) -> str | None:
        values = {"number": msisdn.digits, "kinds": [kind.value]}
        return await self._database.read(lambda conn: conn.execute(_DONE_LAST, values).scalar())


_EVER = select(known_telegrams.c.telegram_id).where(
    known_telegrams.c.administrator_id == bindparam("of_administrator")
)
_APPROVAL = select(
    approvals.c.token_hash,
    approvals.c.action_id,
    approvals.c.company_id,
    approvals.c.administrator_id,
    approvals.c.telegram_id,
    approvals.c.expires_at,
)
_BY_TOKEN = _APPROVAL.where(approvals.c.token_hash == bindparam("token"))
_ASKED = _APPROVAL.where(approvals.c.action_id == bindparam("of_id"))
_UNDECIDED = and_(
    actions.c.id == bindparam("of_id"),
    in_state(actions, ActionState.PROPOSED),
    actions.c.due > bindparam("now"),
)
_DECIDE = (
    update(actions)
    .where(_UNDECIDED)
    .values(
        state=bindparam("to"),
        reason_code=bindparam("why"),
        due=bindparam("now"),
        fence=actions.c.fence + 1,
        **RELEASED,
    )
)
_ACCEPT = _DECIDE.values(accepted_at=bindparam("now"))
_REJECT = _DECIDE.values(settled_at=bindparam("now"), sealed=null())
_EMAILS = (
    select(actions.c.parameters, actions.c.accepted_at, actions.c.settled_at)
    .where(
        actions.c.msisdn == bindparam("number"),
        of_kind(actions, EMAIL_KIND),
        actions.c.accepted_at.is_not(None),
    )
    .order_by(actions.c.accepted_at)
)
_OF_NUMBER = and_(
    actions.c.msisdn == bindparam("number"),
    actions.c.kind.in_(bindparam("kinds", expanding=True)),
)
_DONE_LAST = (
    select(actions.c.administrator_id)
    .where(_OF_NUMBER, in_state(actions, ActionState.DONE))
    .order_by(actions.c.settled_at.desc())
    .limit(1)
)
_TOOK_OVER = (
    select(actions.c.id)
    .where(
        _OF_NUMBER, in_state(actions, ActionState.DONE), actions.c.settled_at > bindparam("since")
    )
    .union_all(
        select(actions.c.id).where(
            _OF_NUMBER,
            in_state(actions, "accepted", "proposed", "sent", "unknown"),
            actions.c.state.in_((ActionState.SENT.value, ActionState.UNKNOWN.value)),
        )
    )
)
