"""Work that is claimed: confirmed changes, documents, messages owed.

Every process may run it on the same database; a claim is a lease, so what a dead process had comes
to another when its lease is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError

from account.effects.effect import Channel, OutboxMessage
from bot.flows.documents.texts import progress
from bot.texts.language import Catalogues
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from account.documents.document import Document
    from account.values.clock import Clock
    from storage.open import Stores

log = structlog.get_logger(__name__)

Item = TypeVar("Item")

ACTION_LEASE = timedelta(seconds=30)
IDLE, SHORTEST_WAIT = 1.0, 0.01
SHOW_PROGRESS_AFTER = 1.5
PROGRESS_EVERY = 1.0
DELETABLE = timedelta(hours=47)
"""Telegram lets a bot delete what is younger than 48 hours."""


class WorkerPool(Generic[Item]):
    """Claims items and works on up to `concurrency` of them at once, until it is told to stop.

    `ring` wakes it at once when there is something new; without a ring it looks every second, or
    when the next item is due (in `next_due` seconds) if that is sooner. While the process is not
    `fit` it claims nothing.
    """

    def __init__(
        self,
        name: str,
        claim: Callable[[int], Awaitable[list[Item]]],
        work: Callable[[Item], Awaitable[None]],
        *,
        concurrency: int,
        next_due: Callable[[], Awaitable[float | None]] | None = None,
        fit: Callable[[], bool] = lambda: True,
    ) -> None:
        self._name = name
        self._claim = claim
        self._work = work
        self._concurrency = concurrency
        self._next_due = next_due
        self._fit = fit
        self._bell = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def ring(self) -> None:
        """There may be something to do."""
        self._bell.set()

    async def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping:
            self._bell.clear()
            room = self._concurrency - len(self._running)
            claimed, pause = await self._look(room) if room > 0 else ([], IDLE)
            for item in claimed:
                task = asyncio.get_running_loop().create_task(self._one(item), name=self._name)
                self._running.add(task)
                task.add_done_callback(self._finished)
            if not claimed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), pause)

    async def stop(self, seconds: float) -> None:
        """Begin nothing new and let what runs finish; what does not is claimed again later."""
        self._stopping = True
        self._bell.set()
        if self._running:
            _done, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._bell.set()

    async def _look(self, room: int) -> tuple[list[Item], float]:
        """What there is to do, and how long to wait for more if that is nothing."""
        if not self._fit():
            return [], IDLE
        try:
            claimed = await self._claim(room)
            if claimed or self._next_due is None:
                return claimed, IDLE
            due = await self._next_due()
            return [], IDLE if due is None else min(IDLE, max(due, SHORTEST_WAIT))
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
            return [], IDLE

    async def _one(self, item: Item) -> None:
        try:
            await self._work(item)
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
        except Exception as error:
            # Its lease runs out and it is tried again; the others go on.
            log.exception("work.failed", crew=self._name, error=type(error).__name__)


class ProgressSign:
    """The sign in the chat that a file is being made: an action at once, a bar after a moment.

    The bar's removal is owed from the moment it is sent, so that a crash leaves none for ever.
    """

    def __init__(self, bot: Bot, stores: Stores, clock: Clock, catalogues: Catalogues) -> None:
        self._bot = bot
        self._stores = stores
        self._clock = clock
        self._catalogues = catalogues
        self._beginnings: set[asyncio.Task[int | None]] = set()

    @asynccontextmanager
    async def shown(self, document: Document) -> AsyncIterator[None]:
        """Show it for as long as the block runs; gone afterwards, whatever happened."""
        watching = asyncio.get_running_loop().create_task(self._watch(document), name="progress")
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self, document: Document) -> None:
        chat_id = document.order.telegram_id
        message_id: int | None = None
        over = asyncio.Event()
        try:
            with suppress(TelegramAPIError):
                await self._bot.send_chat_action(chat_id, ChatAction.UPLOAD_DOCUMENT)
            await asyncio.sleep(SHOW_PROGRESS_AFTER)
            while True:
                present = await self._stores.documents.read(document.id) or document
                if message_id is None:
                    message_id = await self._begin(present, over)
                else:
                    await self._draw(message_id, present)
                await asyncio.sleep(PROGRESS_EVERY)
        finally:
            over.set()
            if message_id is not None:
                await self._remove(chat_id, message_id)

    async def _begin(self, document: Document, over: asyncio.Event) -> int | None:
        """The bar's first drawing; once asked for it is seen through, whoever waits for it.

        A file may be ready while Telegram still takes the bar: without its id nobody could ever
        take it away.
        """
        beginning = asyncio.get_running_loop().create_task(self._first(document, over), name="bar")
        self._beginnings.add(beginning)
        beginning.add_done_callback(self._beginnings.discard)
        return await asyncio.shield(beginning)

    async def _first(self, document: Document, over: asyncio.Event) -> int | None:
        chat_id = document.order.telegram_id
        try:
            with self._catalogues.speaking(document.order.language):
                sent = await self._bot.send_message(chat_id, progress(document), parse_mode="HTML")
        except TelegramAPIError:
            return None
        try:
            await self._stores.outbox.owe(self._removal(document, sent.message_id))
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
        if over.is_set():
            await self._remove(chat_id, sent.message_id)
        return sent.message_id

    async def _remove(self, chat_id: int, message_id: int) -> None:
        with suppress(TelegramAPIError):
            await self._bot.delete_message(chat_id, message_id)

    async def _draw(self, message_id: int, document: Document) -> None:
        with suppress(TelegramAPIError), self._catalogues.speaking(document.order.language):
            await self._bot.edit_message_text(
                progress(document),
                chat_id=document.order.telegram_id,
                message_id=message_id,
                parse_mode="HTML",
            )

    def _removal(self, document: Document, message_id: int) -> OutboxMessage:
        chat_id = str(document.order.telegram_id)
        return OutboxMessage(
            channel=Channel.TELEGRAM,
            to=chat_id,
            kind="progress.delete",
            expires_at=self._clock.now() + DELETABLE,
            parameters={
                "message_id": str(message_id),
                "document": document.id,
                "fence": str(document.fence),
            },
            key=f"delete:{chat_id}:{message_id}",
        )
