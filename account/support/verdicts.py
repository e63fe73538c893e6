"""The support desk's word on a change whose outcome nobody could find out.

Only for what is `unconfirmed`, or unknown for longer than a day: everything else has a truth that
the worker finds. The operator is asked once more before; what it knows by now is not contradicted.
The verdict ends the change as the worker would have ended it, with everything that becomes true
along with it, and with a line in the history that says who gave it and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from account.changes.action import FINAL, Action, ActionKind, ActionState, Order, OrderState
from account.changes.endings import ending
from account.changes.holds import LONGEST_REASON, SUPPORT
from account.changes.ports import ActionStore, ChangeExecutor
from account.changes.spec import ChangeSpec
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import CarrierUnavailable, SupportRefused
from account.values.clock import Clock, ElapsedTime

VERDICT_DONE, VERDICT_NOT_DONE = "SUPPORT.DONE", "SUPPORT.NOT_DONE"
"""What a change is settled with by a person."""
UNKNOWN_FOR = timedelta(hours=24)
"""How long an outcome must have been unknown before a person may decide it."""
_CONTRARY = {
    True: (OrderState.FAILED,),
    # What is under way may still be carried out, and nobody would look at it any more.
    False: (OrderState.COMPLETED, OrderState.UNDER_WAY),
}


class Verdicts:
    """Shows and settles changes for `keeper`, the user of the operating system who asks."""

    def __init__(
        self,
        carrier: ChangeExecutor,
        store: ActionStore,
        clock: Clock,
        elapsed: ElapsedTime,
        specs: Mapping[ActionKind, ChangeSpec[Any, Any]],
    ) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock
        self._elapsed = elapsed
        self._specs = specs

    async def find(self, reference: str) -> Action:
        """The change with that reference. Raises `SupportRefused` when there is none."""
        action = await self._store.by_reference(reference.strip().upper())
        if action is None:
            raise SupportRefused(f"there is no action {reference.strip()[:40]}")
        return action

    async def waiting(self) -> Sequence[Action]:
        """What only a person can settle by now, the oldest first."""
        return [one for one in await self._store.undecided() if await self._is_open_to(one)]

    async def settle(self, keeper: str, reference: str, reason: str, *, done: bool) -> Action:
        """Settle it as done or as not done.

        Raises `SupportRefused` where that is not a person's to say, and when a worker was first.
        """
        if not reason or not reason.isprintable() or len(reason) > LONGEST_REASON:
            raise SupportRefused(f"the reason is one line of at most {LONGEST_REASON} characters")
        action = await self.find(reference)
        if not await self._is_open_to(action):
            raise SupportRefused(_why_not(action))
        order = await self._order(action)
        if order is not None and order.state in _CONTRARY[done]:
            raise SupportRefused(
                f"the operator knows its order by now, as {order.state}: that is told instead"
            )
        state = ActionState.DONE if done else ActionState.REJECTED
        code = VERDICT_DONE if done else VERDICT_NOT_DONE
        now = self._clock.now()
        spec = self._specs[action.kind]
        entry = HistoryEntry(
            at=now,
            what=HistoryEvent.VERDICT,
            result="done" if done else "refused",
            administrator_id=f"{SUPPORT}:{keeper}",
            administrator=keeper,
            company_id=action.company_id,
            number=None if spec.own else action.msisdn.digits,
            parameters={"reason": reason, "was": action.state.value},
            reference=action.reference,
            channel=SUPPORT,
        )
        receipt = order.receipt if order is not None and done else None
        effects = [entry, *ending(action, spec, state, code, now, receipt)]
        if not await self._store.decide(action, state, code, now, effects):
            raise SupportRefused("it has moved on in this moment: look at it again")
        return await self.find(reference)

    async def _is_open_to(self, action: Action) -> bool:
        if action.state is ActionState.UNCONFIRMED:
            return True
        if action.state is not ActionState.UNKNOWN or action.sent_at is None:
            return False
        return await self._elapsed.since(action.sent_at) >= UNKNOWN_FOR

    async def _order(self, action: Action) -> Order | None:
        """What the operator knows; its silence keeps nobody from a verdict."""
        try:
            return await (self._specs[action.kind].executor or self._carrier).order(action)
        except CarrierUnavailable:
            return None


def _why_not(action: Action) -> str:
    if action.state in FINAL:
        return f"it was settled before, as {action.state}"
    if action.state is ActionState.UNKNOWN:
        return "its outcome is unknown for less than a day: the bot is still finding it out"
    return f"it is {action.state}, and the bot finds out by itself what becomes of it"
