"""The message that goes on below a set until it is over, edited where something has changed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardMarkup

from account.changes.sets.change_set import SetState, progress_word
from bot.delivery.acknowledgement import acknowledged
from bot.flows.sets import texts
from bot.widgets.text import Html

if TYPE_CHECKING:
    from account.chapters.notifications import Notifications
    from account.values.clock import Clock
    from bot.delivery.chats import Resurface
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

LOOK_AT_SET = timedelta(seconds=55)
"""A set of which nothing has changed is looked at less often."""
GOING_ON = frozenset({SetState.RUNNING, SetState.PAUSED, SetState.STOPPED, SetState.PROPOSED})


class SetProgress:
    """Each look is a message owed of its own, which the one before it leaves behind."""

    def __init__(
        self,
        bot: Bot,
        stores: Stores,
        clock: Clock,
        notifications: Notifications,
        resurface: Resurface,
    ) -> None:
        self._bot = bot
        self._stores = stores
        self._clock = clock
        self._notifications = notifications
        self._resurface = resurface

    async def tell(self, row: OutboxRow) -> None:
        """One look. Raises aiogram's `TelegramAPIError`."""
        now, told = self._clock.now(), row.parameters
        change_set = await self._stores.change_sets.read(told["set"])
        message_id = int(told["message"]) if "message" in told else None
        if (
            change_set is None
            or change_set.state not in GOING_ON
            or await self._notifications.barred(
                int(row.to), change_set.administrator_id, change_set.company_id
            )
        ):
            if message_id is not None:
                with suppress(TelegramBadRequest):
                    await self._bot.delete_message(int(row.to), message_id)
            await acknowledged(partial(self._stores.outbox.delivered, row, None))
            return
        counts = await self._stores.change_sets.counts(change_set.id)
        text = texts.going_word(change_set, counts, now)
        shown = hashlib.sha256(text.encode()).hexdigest()[:16]
        later = now
        if shown == told.get("shown"):
            later += LOOK_AT_SET
        else:
            message_id = await self._edited(
                int(row.to), message_id, text, texts.going_button(change_set.id)
            )
        left = {"message": str(message_id), "shown": shown}
        following = progress_word(
            change_set.id, change_set.telegram_id, later, int(told["n"]) + 1, left
        )
        owed = self._stores.outbox
        await owed.delivered(row, message_id, lambda conn: owed.owe_on(conn, following))

    async def _edited(
        self, chat_id: int, message_id: int | None, text: Html, keyboard: InlineKeyboardMarkup
    ) -> int:
        """The message with that text: the one there is, or a new one where it is gone."""
        if message_id is not None:
            try:
                await self._bot.edit_message_text(
                    text,
                    chat_id=chat_id,
                    message_id=message_id,
                    parse_mode="HTML",
                    reply_markup=keyboard,
                )
            except TelegramBadRequest as refused:
                if "not modified" in refused.message:
                    return message_id
            else:
                return message_id
        sent = await self._bot.send_message(
            chat_id, text, parse_mode="HTML", reply_markup=keyboard, disable_notification=True
        )
        await self._resurface(chat_id, "")
        return sent.message_id
