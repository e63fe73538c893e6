"""Finished files on their way: to the chat, to the chat once more, and by e-mail.

A file is uploaded once; what is wanted again goes by the name Telegram keeps it under. A letter
that is taken, or refused for good, is told in the chat (G-14).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.types import BufferedInputFile, InputFile, Message

from account.documents.document import Document
from account.documents.kinds import DocumentFormat
from account.effects.effect import Channel, OutboxMessage
from account.errors import CarrierUnavailable, PostFault, PostRefused
from account.values.identifiers import Email
from bot.delivery.acknowledgement import acknowledged
from bot.flows.documents.texts import document_letter, document_ready

if TYPE_CHECKING:
    from account.effects.notifier import Notifier
    from account.values.clock import Clock
    from bot.texts.language import Catalogues
    from storage.open import Stores
    from storage.queue.outbox import OutboxRow

UPLOAD_SECONDS = 50
"""For a file; less than the lease of its message, lest it be sent twice."""
WORD_LIFE = timedelta(hours=24)

FILES = ("document.ready", "document.again")
"""Messages in a chat that carry a file."""

TRIES_BEFORE_A_WORD = 5
"""Then it is told that the mail server does not take the letter yet: after some minutes."""
_REFUSED = {
    PostFault.ADDRESS: "document.not_mailed",
    PostFault.SIZE: "document.too_large",
    PostFault.LETTER: "document.not_taken",
}
"""What the person is told of each; no word about a code, where none was."""

GiveUp = Callable[["OutboxRow", str], Awaitable[None]]


class FileDelivery:
    """Delivers what `account.documents.orders` owes with a file."""

    def __init__(
        self, bot: Bot, stores: Stores, notifier: Notifier, clock: Clock, catalogues: Catalogues
    ) -> None:
        self._bot = bot
        self._stores = stores
        self._notifier = notifier
        self._clock = clock
        self._catalogues = catalogues

    async def send(self, row: OutboxRow, document: Document, give_up: GiveUp) -> None:
        """A ready file, for the first time or again."""
        file: str | InputFile
        if document.file_id is not None:
            file = document.file_id
        else:
            content = await self._stores.documents.content(document.id)
            if content is None:
                await give_up(row, "forgotten")
                return
            file = BufferedInputFile(content, document.name or "document")
        sent = await self._hand_over(int(row.to), file, document)
        noted = partial(self._stores.documents.sent_on, document=document, file_id=_file_id(sent))
        await acknowledged(partial(self._stores.outbox.delivered, row, sent.message_id, noted))

    async def _hand_over(self, chat_id: int, file: str | InputFile, document: Document) -> Message:
        caption = document_ready(document)
        if document.order.format is DocumentFormat.PNG:
            return await self._bot.send_photo(
                chat_id, file, caption=caption, parse_mode="HTML", request_timeout=UPLOAD_SECONDS
            )
        return await self._bot.send_document(
            chat_id, file, caption=caption, parse_mode="HTML", request_timeout=UPLOAD_SECONDS
        )

    async def mail(self, row: OutboxRow, give_up: GiveUp) -> None:
        """The file as a letter; how that went is owed to the chat.

        Raises `CarrierUnavailable` when the notifier does not take it now.
        """
        document = await self._stores.documents.read(row.parameters["document"])
        if document is None:
            await give_up(row, "no such document")
            return
        content = await self._stores.documents.content(document.id)
        if content is None:
            await give_up(row, "forgotten")
            return
        with self._catalogues.speaking(row.language or "en"):
            letter = document_letter(document)
        try:
            await self._notifier.mail(
                Email(row.to),
                letter.subject,
                letter.text,
                row.key or f"outbox:{row.id}",
                html=letter.html,
                attachments=[(document.name or "document", content)],
            )
        except PostRefused as refused:
            await self._tell(row, _REFUSED[refused.fault], row.parameters["chat"])
            raise
        except CarrierUnavailable:
            if row.attempts == TRIES_BEFORE_A_WORD:
                await self._tell(row, "document.mail_waits", row.parameters["chat"])
            raise
        await acknowledged(partial(self._tell, row, "document.mailed", row.parameters["chat"]))
        await acknowledged(partial(self._stores.outbox.delivered, row))

    async def owe_refusal(self, row: OutboxRow) -> None:
        """Telegram does not take the file: its person is told, for it will not come."""
        await self._tell(row, "document.refused", row.to)

    async def owe_end(self, row: OutboxRow) -> None:
        """The letter was tried for as long as it is kept: its person is told that it is over."""
        await self._tell(row, "document.not_taken", row.parameters["chat"])

    async def _tell(self, row: OutboxRow, kind: str, chat: str) -> None:
        word = OutboxMessage(
            channel=Channel.TELEGRAM,
            to=chat,
            kind=kind,
            expires_at=self._clock.now() + WORD_LIFE,
            parameters={"document": row.parameters["document"]},
            language=row.language,
            key=f"{row.key or row.id}:{kind}",
        )
        await self._stores.outbox.owe(word)


def _file_id(sent: Message) -> str:
    if sent.document is not None:
        return sent.document.file_id
    return sent.photo[-1].file_id if sent.photo else ""
