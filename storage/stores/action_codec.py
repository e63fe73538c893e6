"""A change as its row has it, and back: its parameters as texts, what is secret of them sealed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from account.changes.action import Action, ActionKind, ActionState
from account.changes.waits import Wait, WaitReason
from account.chapters.kinds import parameters_of
from account.values.identifiers import Msisdn
from storage.errors import RowUnreadable

if TYPE_CHECKING:
    from storage.encryption.sealer import Sealer


class ActionCodec:
    """Writes and reads rows of changes with that seal."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def values_of(self, action: Action) -> dict[str, Any]:
        """The columns of a change, but for its token and its lock key."""
        return {
            "id": action.id,
            "kind": action.kind.value,
            "company_id": action.company_id,
            "msisdn": action.msisdn.digits,
            "telegram_id": action.telegram_id,
            "session_id": action.session_id,
            "administrator_id": action.administrator_id,
            "administrator": action.administrator,
            "shown": action.shown,
            "parameters": json.dumps(action.parameters.told(), ensure_ascii=False),
            "sealed": self._seal(action),
            "state": action.state.value,
            "offered_at": action.offered_at,
            "set_reference": action.set_reference,
        }

    def action_of(self, row: Any) -> Action:
        """The change of a row. Raises `SealBroken`, `RowUnreadable`."""
        try:
            kind, state = ActionKind(row.kind), ActionState(row.state)
        except ValueError:
            raise RowUnreadable("a kind or a state of a newer program") from None
        sealed = {} if row.sealed is None else self._unseal(row.id, row.sealed)
        try:
            parameters = parameters_of(kind, json.loads(row.parameters), sealed)
        except (KeyError, ValueError) as fault:
            raise RowUnreadable(f"{type(fault).__name__} in a row of {kind}") from None
        return Action(
            id=row.id,
            kind=kind,
            company_id=row.company_id,
            msisdn=Msisdn(row.msisdn),
            telegram_id=row.telegram_id,
            session_id=row.session_id,
            administrator_id=row.administrator_id,
            administrator=row.administrator,
            shown=row.shown,
            offered_at=row.offered_at,
            parameters=parameters,
            state=state,
            reference=row.reference,
            identified_at=row.identified_at,
            stepped_up_at=row.stepped_up_at,
            accepted_at=row.accepted_at,
            sent_at=row.sent_at,
            settled_at=row.settled_at,
            restored_at=row.restored_at,
            order_id=row.order_id,
            reason_code=row.reason_code,
            set_reference=row.set_reference,
            attempts=row.attempts,
            checks=row.checks,
            fence=row.fence,
            wait=_wait(row),
        )

    def _seal(self, action: Action) -> bytes | None:
        sealed = action.parameters.sealed()
        if not sealed:
            return None
        return self._sealer.seal(json.dumps(sealed).encode(), _row(action.id))

    def _unseal(self, action_id: str, sealed: bytes) -> dict[str, str]:
        opened: dict[str, str] = json.loads(self._sealer.open(sealed, _row(action_id)))
        return opened


def _wait(row: Any) -> Wait | None:
    """None also for a reason of a newer program's."""
    known = row.wait in WaitReason.__members__.values()
    return Wait(WaitReason(row.wait), row.wait_until) if known else None


def _row(action_id: str) -> str:
    return f"actions:{action_id}"
