"""Words of monthly papers: what becomes of one that orders itself, when it is no order yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.flows.subscriptions import texts

if TYPE_CHECKING:
    from account.chapters.notifications import Notifications
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow


class SubscriptionWords:
    """Asks again whether the subscription is there and whether this chat may hear of it."""

    def __init__(self, stores: Stores, notifications: Notifications) -> None:
        self._stores = stores
        self._notifications = notifications

    async def of(self, row: OutboxRow) -> OutgoingMessage:
        """The word of a message owed. Raises `UntoldError`."""
        if row.kind == "subscription.suspended":
            return OutgoingMessage(texts.suspended_word())
        one = await self._stores.subscriptions.read(row.parameters["subscription"])
        if one is None:
            raise UntoldError("no such subscription")
        why = await self._notifications.barred(int(row.to), one.administrator_id, one.company_id)
        if why is not None and row.kind != "subscription.ended":
            raise UntoldError("nobody may see it in this chat")
        company = await self._notifications.company_name(one.administrator_id, one.company_id)
        return OutgoingMessage(texts.word(row.kind, one, row.parameters, company))
