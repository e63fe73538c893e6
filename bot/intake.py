"""Updates come in here, into the inbox, and are admitted to their chat's line after the commit.

The framework's poller confirms updates before they are handled (trap 3) and validates a whole
batch at once (trap 4), so intake is ours: raw JSON, one row per update, commit, and only then does
the poller's offset move (`bot.poller`) or the webhook answer 200.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from account.durations import boottime
from bot.gate import Letter
from bot.tap import tap_in
from storage.errors import StorageUnavailable
from storage.inbox import NewUpdate

if TYPE_CHECKING:
    from aiogram import Bot

    from account.ports import Clock
    from bot.gate import Gate
    from storage.stores import Stores

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
BATCH = 100
LARGEST_BODY = 1 << 20
LARGEST_ID = (1 << 63) - 1
MOST_WAITING = 1000
"""Letters of a process, beyond which it takes over no more: a second or two of work."""
SWEEP_EVERY = 1.0
OWNED_FOR = timedelta(seconds=15)
RENEW_EVERY = 5.0
REOPEN_EVERY = 60.0


def an_owner() -> str:
    """A name for this process that no other has; `gone` reads it."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def gone(owner: str) -> bool:
    """Tell whether the process of that name surely is no more; False when nobody can know.

    One that had our own number on our own machine was before us.
    """
    host, _colon, rest = owner.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname() or not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


class Intake:
    """Keeps what comes, then admits it; also what an earlier process left undone."""

    def __init__(
        self,
        stores: Stores,
        gate: Gate,
        clock: Clock,
        bot: Bot,
        owner: str,
        fit: Callable[[], bool] = lambda: True,
    ) -> None:
        self._inbox = stores.inbox
        self._estates = stores.estates
        self._gate = gate
        self._clock = clock
        self._bot = bot
        self._owner = owner
        self._fit = fit
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There may be rows that belong to nobody."""
        self._bell.set()

    def late(self) -> None:
        """Others may have taken over what had not begun; what is left comes to us again."""
        self._gate.forget()
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
        rows = await self._inbox.put(batch, owner=self._owner, until=now + OWNED_FOR)
        for row, update in zip(rows, updates, strict=True):
            if row.fresh and row.ours:
                tap = tap_in(self._bot, update)
                self._gate.admit(Letter(row.chat_id or 0, row=row, tap=tap))

    async def keep_own(self, chat_id: int, kind: str, what: dict[str, str]) -> None:
        """Keep a wish of our own for a chat, to be handled in its turn.

        A process that serves no chats leaves it to one that does.
        """
        now = self._clock.now()
        serving = not self._gate.closed
        row = await self._inbox.put_internal(
            chat_id,
            kind,
            json.dumps(what).encode(),
            now,
            self._bot.id,
            owner=self._owner if serving else None,
            until=now + OWNED_FOR if serving else None,
        )
        if row.ours:
            self._gate.admit(Letter(chat_id, row=row))

    async def take_up(self) -> None:
        """Take at once what processes that are no more have left. Raises `StorageUnavailable`."""
        owners = await self._estates.owners()
        await self._estates.release(owner for owner in owners if gone(owner))
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
                if not self._gate.waiting:
                    renewed = boottime()
                elif boottime() - renewed >= RENEW_EVERY:
                    await self._inbox.renew(self._owner, self._clock.now() + OWNED_FOR)
                    renewed = boottime()
                if boottime() - reopened >= REOPEN_EVERY:
                    await self._inbox.reopen()
                    reopened = boottime()
                await self._claim()
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
                if boottime() - renewed > OWNED_FOR.total_seconds():
                    # Another process may have them by now; what it has not comes to us again.
                    self._gate.forget()

    async def _claim(self) -> None:
        """Take what is free while there is room; what one process cannot get to, others do."""
        claimed = BATCH
        while self._fit() and claimed == BATCH and self._gate.waiting < MOST_WAITING:
            rows = await self._inbox.claim(self._owner, self._clock.now(), OWNED_FOR, BATCH)
            for row in rows:
                self._gate.admit(Letter(row.chat_id or 0, row=row))
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
        return json.dumps(update, ensure_ascii=True).encode()
    except RecursionError:
        # No update of Telegram's: it is quarantined when its turn comes.
        return b"null"
