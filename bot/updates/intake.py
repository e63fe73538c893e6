"""Updates come in here, into the inbox, and are admitted to their chat's line after the commit.

The framework's poller confirms updates before they are handled (trap 3) and validates a whole
batch at once (trap 4), so intake is ours: raw JSON, one row per update, commit, and only then does
the poller's offset move (`bot.updates.poller`) or the webhook answer 200.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from account.values.durations import boottime
from bot.context.callback_answer import tap_in
from bot.context.queued_update import QueuedUpdate
from bot.ops.process_identity import gone
from bot.telegram.quick_json import encoded
from storage.errors import StorageUnavailable
from storage.queue.inbox import NewUpdate

if TYPE_CHECKING:
    from datetime import datetime

    from aiogram import Bot

    from account.values.clock import Clock
    from bot.updates.chat_queue import ChatQueue
    from storage.open import Stores

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
BATCH = 100
LARGEST_BODY = 1 << 20
LARGEST_ID = (1 << 63) - 1
MOST_WAITING = 1000
"""Updates of a process, beyond which it takes over no more: a second or two of work."""
SWEEP_EVERY = 1.0
OWNED_FOR = timedelta(seconds=15)
RENEW_EVERY = 5.0
REOPEN_EVERY = 60.0


class Intake:
    """Keeps what comes, then admits it; also what an earlier process left undone."""

    def __init__(
        self,
        stores: Stores,
        chat_queue: ChatQueue,
        clock: Clock,
        bot: Bot,
        owner: str,
        fit: Callable[[], bool] = lambda: True,
    ) -> None:
        self._inbox = stores.inbox
        self._orphans = stores.orphans
        self._chat_queue = chat_queue
        self._clock = clock
        self._bot = bot
        self._owner = owner
        self._fit = fit
        self._bell = asyncio.Event()
        self._keeping = 0
        self._let_go: set[int] = set()
        self._looked_at = 0.0

    def ring(self) -> None:
        """There may be rows that belong to nobody."""
        self._bell.set()

    def late(self) -> None:
        """Others may have taken over what had not begun; what is left comes to us again."""
        self._chat_queue.forget()
        self._looked_at = 0.0
        self.ring()

    async def keep(self, updates: list[dict[str, Any]]) -> None:
        """Commit a batch and admit it. Raises `StorageUnavailable`: then nothing was kept.

        Who is cancelled meanwhile does not stop it: what was committed is admitted.
        """
        keeping = asyncio.get_running_loop().create_task(self._keep(updates), name="keep")
        await asyncio.shield(keeping)

    async def _keep(self, updates: list[dict[str, Any]]) -> None:
        now = self._clock.now()
        batch = [
            NewUpdate(
                bot_id=self._bot.id,
                update_id=update["update_id"],
                chat_id=chat_of(update),
                received_at=now,
                payload=_payload(update),
            )
            for update in updates
        ]
        whose = self._for_us(now)
        with self._handing_over():
            rows = await self._inbox.put(batch, **whose)
            if whose["owner"] is None:
                return
            for row, update in zip(rows, updates, strict=True):
                if row.fresh and row.ours and row.id not in self._let_go:
                    tap = tap_in(self._bot, update)
                    self._chat_queue.admit(QueuedUpdate(row.chat_id or 0, row=row, tap=tap))

    async def keep_own(self, chat_id: int, kind: str, what: dict[str, str]) -> None:
        """Keep a request of our own for a chat, to be handled in its turn.

        A process that serves no chats leaves it to one that does.
        """
        now = self._clock.now()
        payload = json.dumps(what).encode()
        whose = self._for_us(now)
        with self._handing_over():
            row = await self._inbox.put_internal(chat_id, kind, payload, now, self._bot.id, **whose)
            if whose["owner"] is not None and row.ours and row.id not in self._let_go:
                self._chat_queue.admit(QueuedUpdate(chat_id, row=row))

    def _for_us(self, now: datetime) -> dict[str, Any]:
        """To whom new rows belong.

        A process that serves no chats (any more) leaves them, and one that goes by another time.
        """
        if self._chat_queue.closed or not self._fit():
            return {"owner": None, "until": None}
        return {"owner": self._owner, "until": now + OWNED_FOR}

    @contextmanager
    def _handing_over(self) -> Iterator[None]:
        """For as long as rows may be kept as ours that stand in no line yet."""
        self._keeping += 1
        try:
            yield
        finally:
            self._keeping -= 1
            if not self._keeping:
                self._let_go.clear()

    async def take_up(self) -> None:
        """Take at once what processes that are no more have left. Raises `StorageUnavailable`."""
        owners = await self._orphans.owners()
        await self._orphans.release(owner for owner in owners if gone(owner))
        await self._inbox.reopen()
        await self._claim()

    async def sweep(self) -> None:
        """Now and then take rows that belong to nobody alive, and keep our own."""
        renewed = reopened = boottime()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), SWEEP_EVERY)
            self._bell.clear()
            try:
                if not self._chat_queue.waiting:
                    renewed = boottime()
                elif boottime() - renewed >= RENEW_EVERY:
                    await self._inbox.renew(self._owner, self._clock.now() + OWNED_FOR)
                    renewed = boottime()
                if boottime() - self._looked_at >= SWEEP_EVERY:
                    await self.let_go_of_strays()
                if boottime() - reopened >= REOPEN_EVERY:
                    await self._inbox.reopen()
                    reopened = boottime()
                await self._claim()
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
                if boottime() - renewed > OWNED_FOR.total_seconds():
                    # Another process may have them by now; what it has not comes to us again.
                    self._chat_queue.forget()
                    self._looked_at = 0.0

    async def let_go_of_strays(self) -> None:
        """Let go of rows that are ours and stand in no line here: nobody would come to them.

        A commit whose answer was lost leaves such rows, and so does forgetting a line: without
        this they wait for the end of their lease, which is renewed as long as there is other work.
        Once the queue is closed these are all that have not begun. Raises `StorageUnavailable`.
        """
        self._looked_at = boottime()
        owned = await self._inbox.owned(self._owner)
        strays = [
            row_id for row_id, chat_id in owned if not self._chat_queue.holds(chat_id, row_id)
        ]
        if strays:
            # One that is only just being kept comes by the claim, not twice.
            self._let_go.update(strays)
            if count := await self._inbox.let_go(self._owner, strays):
                log.info("inbox.strays", count=count)
        if not self._keeping:
            self._let_go.clear()

    async def _claim(self) -> None:
        """Take what is free while there is room; what one process cannot get to, others do."""
        claimed = BATCH
        while self._fit() and claimed == BATCH and self._chat_queue.waiting < MOST_WAITING:
            rows = await self._inbox.claim(self._owner, self._clock.now(), OWNED_FOR, BATCH)
            for row in rows:
                self._chat_queue.admit(QueuedUpdate(row.chat_id or 0, row=row))
            claimed = len(rows)


def usable(update: object) -> bool:
    """Tell whether it can be kept at all: an object with a sound number."""
    if not isinstance(update, dict):
        return False
    number = update.get("update_id")
    return type(number) is int and 0 <= number <= LARGEST_ID


def chat_of(update: dict[str, Any]) -> int:
    """The chat an update is about, read without trusting its shape; 0 for none."""
    for name in ALLOWED_UPDATES:
        event = update.get(name)
        if isinstance(event, dict):
            carrier = event.get("message") if name == "callback_query" else event
            chat = carrier.get("chat") if isinstance(carrier, dict) else None
            return _id_in(chat) or _id_in(event.get("from"))
    return 0


def _id_in(party: object) -> int:
    number = party.get("id") if isinstance(party, dict) else None
    return number if type(number) is int and abs(number) <= LARGEST_ID else 0


def _payload(update: dict[str, Any]) -> bytes:
    try:
        return _as_json(update)
    except RecursionError:
        # No update of Telegram's: it is quarantined when its turn comes.
        return b"null"


def _as_json(update: dict[str, Any]) -> bytes:
    try:
        return encoded(update)
    except UnicodeError:  # half a letter
        return json.dumps(update, ensure_ascii=True).encode()
