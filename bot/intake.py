"""Updates come in here: by our own poller or by webhook, into the same inbox.

The framework's poller confirms updates before they are handled (trap 3) and validates a whole
batch at once (trap 4), so the poller is ours: raw JSON, one row per update, commit, and only then
does the offset move or the webhook answer 200.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiohttp import web

from bot.gate import Letter
from storage.errors import StorageUnavailable
from storage.inbox import InboxRow, NewUpdate

if TYPE_CHECKING:
    from account.ports import Clock
    from bot.gate import Gate
    from storage.inbox import Inbox
    from storage.leases import Leases

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
POLLER = "poller"
LONG_POLL = 25
BATCH = 100
LARGEST_BODY = 1 << 20
LEASE = timedelta(seconds=3)
SWEEP_EVERY = 1.0
OWNED_FOR = timedelta(seconds=15)
RENEW_EVERY = 5.0


class Intake:
    """Keeps what comes, then admits it; also what an earlier process left undone."""

    def __init__(self, inbox: Inbox, gate: Gate, clock: Clock, bot_id: int, owner: str) -> None:
        self._inbox = inbox
        self._gate = gate
        self._clock = clock
        self._bot_id = bot_id
        self._owner = owner

    async def keep(self, updates: list[dict[str, Any]]) -> None:
        """Commit a batch and admit it. Raises `StorageUnavailable`: then nothing was kept."""
        now = self._clock.now()
        batch = [
            NewUpdate(
                bot_id=self._bot_id,
                update_id=update["update_id"],
                chat_id=chat_of(update),
                received_at=now,
                payload=json.dumps(update, ensure_ascii=True).encode(),
            )
            for update in updates
        ]
        rows = await self._inbox.put(batch, owner=self._owner, until=now + OWNED_FOR)
        self._admit(row for row in rows if row.fresh)

    async def take_up(self) -> int:
        """Admit everything an earlier process kept and did not finish."""
        rows = await self._inbox.undone(limit=10_000)
        self._admit(rows)
        return len(rows)

    async def sweep(self) -> None:
        """Now and then take rows that belong to nobody alive, and keep our own."""
        renewed = 0.0
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            try:
                now = self._clock.now()
                renewed += SWEEP_EVERY
                if renewed >= RENEW_EVERY and self._gate.waiting:
                    await self._inbox.renew(self._owner, now + OWNED_FOR)
                    renewed = 0.0
                self._admit(await self._inbox.claim(self._owner, now, OWNED_FOR, BATCH))
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)

    def _admit(self, rows: Any) -> None:
        row: InboxRow
        for row in rows:
            self._gate.admit(Letter(row.chat_id or 0, row=row))


def chat_of(update: dict[str, Any]) -> int | None:
    """The chat an update is about, read without trusting its shape."""
    for name in ALLOWED_UPDATES:
        event = update.get(name)
        if isinstance(event, dict):
            carrier = event.get("message") if name == "callback_query" else event
            chat = carrier.get("chat") if isinstance(carrier, dict) else None
            chat_id = chat.get("id") if isinstance(chat, dict) else None
            if isinstance(chat_id, int):
                return chat_id
            sender = event.get("from")
            user_id = sender.get("id") if isinstance(sender, dict) else None
            return user_id if isinstance(user_id, int) else None
    return None


class Poller:
    """Asks Telegram for updates while this process holds the poller's lease."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        url: str,
        intake: Intake,
        leases: Leases,
        clock: Clock,
        owner: str,
        first_poll: Callable[[], None],
    ) -> None:
        self._session = session
        self._url = url
        self._intake = intake
        self._leases = leases
        self._clock = clock
        self._owner = owner
        self._first_poll = first_poll
        self._offset: int | None = None
        self._fence: int | None = None

    async def run(self) -> None:
        """Poll for ever, as the only one of all processes on this database."""
        pause = 0.2
        while True:
            try:
                self._fence = await self._leases.take(POLLER, self._owner, self._clock.now(), LEASE)
                if self._fence is None:
                    await asyncio.sleep(0.5)
                    continue
                await self._hold(self._fence)
                pause = 0.2
            except StorageUnavailable as fault:
                log.warning("storage.unavailable", error=type(fault).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    async def release(self) -> None:
        """Let another process poll at once."""
        if self._fence is not None:
            await self._leases.release(POLLER, self._owner, self._fence)

    async def _hold(self, fence: int) -> None:
        """Poll until the lease is lost."""
        polling = asyncio.get_running_loop().create_task(self._poll_on(), name="poll")
        try:
            while not polling.done():
                await asyncio.wait({polling}, timeout=1.0)
                now = self._clock.now()
                if not await self._leases.renew(POLLER, self._owner, fence, now, LEASE):
                    log.warning("poller.lease_lost")
                    return
            polling.result()
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)

    async def _poll_on(self) -> None:
        self._first_poll()
        pause = 0.2
        while True:
            try:
                updates = await self._ask()
                if updates:
                    await self._intake.keep(updates)
                    self._offset = max(int(update["update_id"]) for update in updates) + 1
                pause = 0.2
            except _Pause as told:
                await asyncio.sleep(told.seconds)
            except (aiohttp.ClientError, TimeoutError, ValueError, StorageUnavailable) as fault:
                # The offset has not moved: what was not kept comes again.
                log.warning("poll.failed", error=type(fault).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    async def _ask(self) -> list[dict[str, Any]]:
        body: dict[str, Any] = {
            "timeout": LONG_POLL,
            "limit": BATCH,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            body["offset"] = self._offset
        timeout = aiohttp.ClientTimeout(total=LONG_POLL + 10, connect=5)
        async with self._session.post(self._url, json=body, timeout=timeout) as answer:
            told = await answer.json(content_type=None)
        if not isinstance(told, dict):
            raise aiohttp.ClientPayloadError("not an answer of the Bot API")
        if told.get("ok"):
            return [
                update
                for update in told.get("result") or []
                if isinstance(update, dict) and isinstance(update.get("update_id"), int)
            ]
        raise _Pause(self._refused(told))

    def _refused(self, told: dict[str, Any]) -> float:
        """How long to wait after a refusal; a conflict means somebody else holds the token."""
        code = told.get("error_code")
        if code == 409:
            log.error("poll.conflict", alarm="another process or webhook uses this bot's token")
            return 3.0
        if code == 401:
            log.error("poll.unauthorized", alarm="Telegram does not know this bot's token")
            return 10.0
        parameters = told.get("parameters") or {}
        retry_after = parameters.get("retry_after", 1) if isinstance(parameters, dict) else 1
        log.warning("poll.refused", code=code)
        return float(retry_after)


class _Pause(Exception):  # noqa: N818 - not a fault, an order to wait
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


def webhook_routes(intake: Intake, path: str, secret: str) -> list[web.RouteDef]:
    """The webhook: the secret compared as bytes, at most 1 MiB, junk refused with 4xx."""
    expected = secret.encode()

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(errors="replace"), expected):
            return web.Response(status=401)
        if (request.content_length or 0) > LARGEST_BODY:
            return web.Response(status=413)
        try:
            update = json.loads(await request.read())
        except (ValueError, UnicodeDecodeError, RecursionError):
            return web.Response(status=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        try:
            await intake.keep([update])
        except StorageUnavailable:
            return web.Response(status=503, headers={"Retry-After": "1"})
        return web.Response()

    return [web.post(path, receive)]
