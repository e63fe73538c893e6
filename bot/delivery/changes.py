"""Words of changes: how one ended, that it has not yet, and what a second administrator is asked.

Put together when they are sent: by then the change may have ended, or its person have left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from account.changes.action import FINAL, Action, ActionState
from account.errors import CarrierUnavailable
from bot.context import states
from bot.delivery import messages, redacted
from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.flows.approvals.texts import asked, closed
from bot.flows.changes import WORDS
from bot.widgets.text import Html

if TYPE_CHECKING:
    from account.carrier import Carrier
    from account.chapters.notifications import Notifications
    from account.errors import AccessRefused
    from account.values.number import NumberState
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

HELD = "action.held"
WORDS_MEANWHILE: dict[str, Callable[[Action], Html]] = {
    "action.waiting": messages.still_waiting,
    "action.not_let_in": messages.not_let_in,
    "action.not_understood": messages.not_understood,
    "action.paused": messages.paused,
    "action.queued": messages.queued,
    "action.taken": messages.taken,
    "action.order_held": messages.order_held,
    "action.overdue": messages.overdue,
    "action.unconfirmed": messages.unconfirmed,
    HELD: messages.on_hold,
}
"""What is said of a change that has not ended."""


class ChangeWords:
    """Asks again what became of the change and whether this chat may hear of it.

    Every method raises `UntoldError`, and `SealBroken` where this process cannot open the change.
    """

    def __init__(self, stores: Stores, carrier: Carrier, notifications: Notifications) -> None:
        self._stores = stores
        self._carrier = carrier
        self._notifications = notifications

    async def final(self, row: OutboxRow) -> OutgoingMessage:
        """The one final word of a change, with buttons for what may be done next."""
        action = await self._action(row)
        if action is None or action.state not in FINAL:
            raise UntoldError("no such action")
        why = await self._barred(row, action)
        if why is None:
            text, keyboard = messages.final_word(action, await self._state(action), row.parameters)
        else:
            text, keyboard = redacted.final_word(action, why)
        return OutgoingMessage(
            text,
            keyboard,
            silent=await self._is_silent(action),
            window=str(states.Confirm.waiting.state),
            action=action.id,
            number=action.msisdn.digits if why is None and WORDS[action.kind].of_number else "",
        )

    async def _is_silent(self, action: Action) -> bool:
        if await self._notifications.is_silent(action):
            return True
        by_night = self._notifications.hushes_scheduled()
        return by_night and await self._stores.schedules.has_begun(action.id)

    async def meanwhile(self, row: OutboxRow) -> OutgoingMessage:
        """One of `WORDS_MEANWHILE`."""
        action = await self._action(row)
        if action is None or action.state in FINAL:
            raise UntoldError("no longer true")
        if row.kind == HELD and not await self._is_held(action):
            raise UntoldError("no longer true")
        word = WORDS_MEANWHILE[row.kind]
        if await self._barred(row, action) is not None:
            word = redacted.still_waiting
        return OutgoingMessage(word(action))

    async def asked(self, row: OutboxRow) -> OutgoingMessage:
        """What a second administrator is asked."""
        action = await self._action(row)
        if action is None or action.state is not ActionState.PROPOSED:
            raise UntoldError("no longer true")
        held = await self._stores.holds.cover(action.kind, action.company_id)
        company, token = row.parameters["company"], row.parameters["token"]
        return OutgoingMessage(*asked(action, company, token, held=held))

    async def closed(self, row: OutboxRow) -> OutgoingMessage:
        """That the question is decided."""
        action = await self._action(row)
        if action is None:
            raise UntoldError("no longer true")
        return OutgoingMessage(closed(action, row.parameters["company"]))

    async def _is_held(self, action: Action) -> bool:
        held = await self._stores.holds.cover(action.kind, action.company_id)
        return held and action.state is ActionState.ACCEPTED

    async def _action(self, row: OutboxRow) -> Action | None:
        return await self._stores.actions.read(row.parameters["action"])

    async def _barred(self, row: OutboxRow, action: Action) -> AccessRefused | None:
        return await self._notifications.barred(
            int(row.to), action.administrator_id, action.company_id
        )

    async def _state(self, action: Action) -> NumberState | None:
        """The number's state at this moment, for the buttons below; None when it cannot be had."""
        if not WORDS[action.kind].of_number:
            return None
        try:
            number = await self._carrier.number(action.company_id, action.msisdn)
        except CarrierUnavailable:
            return None
        return None if number is None else number.state
