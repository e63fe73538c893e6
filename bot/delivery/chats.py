"""Words on their way into chats: said, said below the question they close, and taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, Message

from bot.delivery.acknowledgement import acknowledged
from bot.delivery.files import UPLOAD_SECONDS
from bot.delivery.outgoing_message import OutgoingMessage, UntoldError
from bot.telegram.client import bad_html, plain
from bot.texts.line_breaks import kept_together

if TYPE_CHECKING:
    from storage.queue.outbox import Outbox, OutboxRow


class Resurface(Protocol):
    """Brings the window of a chat below a message that was sent there."""

    async def __call__(
        self, chat_id: int, window: str, over: str = "", *, action: str = "", number: str = ""
    ) -> None:
        """`window` is the one that this message makes pointless; a sentence that names `over` in
        the window is no longer true.

        With `action` it is pointless only as far as it is about that change; the card of `number`
        comes in its place.
        """


class ChatMessages:
    """Each method raises aiogram's `TelegramAPIError` and what `acknowledged` raises."""

    def __init__(self, bot: Bot, outbox: Outbox, resurface: Resurface) -> None:
        self._bot = bot
        self._outbox = outbox
        self._resurface = resurface

    async def say(self, row: OutboxRow, outgoing: OutgoingMessage) -> None:
        """Send a word, cross its message out and bring the window below it."""
        if outgoing.file is None:
            sent = await self._send(row, outgoing)
        else:
            sent = await self._upload(row, outgoing.file, outgoing)
        await self._delivered(row, sent.message_id)
        await self._resurface(
            int(row.to),
            outgoing.window,
            outgoing.over,
            action=outgoing.action,
            number=outgoing.number,
        )

    async def close(self, row: OutboxRow, outgoing: OutgoingMessage) -> None:
        """Have the question say so, without its buttons; where it cannot be edited, below it."""
        message_id = await self._outbox.message_of(row.parameters["asked"])
        if message_id is None:
            raise UntoldError("never asked")
        try:
            await self._bot.edit_message_text(
                kept_together(outgoing.text),
                chat_id=int(row.to),
                message_id=message_id,
                parse_mode="HTML",
            )
        except TelegramBadRequest as refused:
            if "not modified" not in refused.message:
                await self.say(row, outgoing)
                return
        await self._delivered(row, message_id)

    async def delete(self, row: OutboxRow) -> None:
        """Remove a message of ours, which may be gone already."""
        try:
            await self._bot.delete_message(int(row.to), int(row.parameters["message_id"]))
        except TelegramBadRequest as refused:
            if "not found" not in refused.message:
                raise
        await self._delivered(row)

    async def _upload(
        self, row: OutboxRow, file: BufferedInputFile, outgoing: OutgoingMessage
    ) -> Message:
        return await self._bot.send_document(
            int(row.to),
            file,
            caption=kept_together(outgoing.text),
            reply_markup=outgoing.keyboard,
            parse_mode="HTML",
            request_timeout=UPLOAD_SECONDS,
        )

    async def _send(self, row: OutboxRow, outgoing: OutgoingMessage) -> Message:
        try:
            return await self._bot.send_message(
                int(row.to),
                kept_together(outgoing.text),
                reply_markup=outgoing.keyboard,
                parse_mode="HTML",
                disable_notification=outgoing.silent or None,
            )
        except TelegramBadRequest as refused:
            # A button that Telegram does not take must not silence the word above it.
            buttons = outgoing.keyboard if bad_html(refused) else None
            return await self._bot.send_message(
                int(row.to), plain(outgoing.text), reply_markup=buttons
            )

    async def _delivered(self, row: OutboxRow, message_id: int | None = None) -> None:
        await acknowledged(partial(self._outbox.delivered, row, message_id))
