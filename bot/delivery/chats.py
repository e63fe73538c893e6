"""Words on their way into chats: said, said below the question they close, and taken back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, Message

from bot.delivery.acknowledgement import acknowledged
from bot.delivery.files import UPLOAD_SECONDS
from bot.delivery.word import UntoldError, Word
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

    async def say(self, row: OutboxRow, word: Word) -> None:
        """Send a word, cross its message out and bring the window below it."""
        if word.file is None:
            sent = await self._send(row, word)
        else:
            sent = await self._upload(row, word.file, word)
        await self._delivered(row, sent.message_id)
        await self._resurface(
            int(row.to), word.window, word.over, action=word.action, number=word.number
        )

    async def close(self, row: OutboxRow, word: Word) -> None:
        """Have the question say so, without its buttons; where it cannot be edited, below it."""
        message_id = await self._outbox.message_of(row.parameters["asked"])
        if message_id is None:
            raise UntoldError("never asked")
        try:
            await self._bot.edit_message_text(
                kept_together(word.text),
                chat_id=int(row.to),
                message_id=message_id,
                parse_mode="HTML",
            )
        except TelegramBadRequest as refused:
            if "not modified" not in refused.message:
                await self.say(row, word)
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

    async def _upload(self, row: OutboxRow, file: BufferedInputFile, word: Word) -> Message:
        return await self._bot.send_document(
            int(row.to),
            file,
            caption=kept_together(word.text),
            reply_markup=word.keyboard,
            parse_mode="HTML",
            request_timeout=UPLOAD_SECONDS,
        )

    async def _send(self, row: OutboxRow, word: Word) -> Message:
        try:
            return await self._bot.send_message(
                int(row.to),
                kept_together(word.text),
                reply_markup=word.keyboard,
                parse_mode="HTML",
                disable_notification=word.silent or None,
            )
        except TelegramBadRequest as refused:
            # A button that Telegram does not take must not silence the word above it.
            buttons = word.keyboard if bad_html(refused) else None
            return await self._bot.send_message(int(row.to), plain(word.text), reply_markup=buttons)

    async def _delivered(self, row: OutboxRow, message_id: int | None = None) -> None:
        await acknowledged(partial(self._outbox.delivered, row, message_id))
