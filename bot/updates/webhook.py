"""The webhook: where Telegram calls us, told to Telegram and watched over.

Whoever has the bot's token can set a webhook of their own or take ours away. So what Telegram says
of it is looked at every minute; a stranger's address is an alarm, and ours is set again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiohttp import web

from account.values.durations import boottime
from bot.http.application import application
from bot.http.server import BODY_SECONDS, HttpServer
from bot.telegram.client import outcome_of
from bot.updates.intake import ALLOWED_UPDATES, LARGEST_BODY, usable
from bot.updates.webhook_health import delivery_failure
from storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.updates.intake import Intake

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 256
"""Telegram opens at most a hundred, and a proxy of ours one for each call."""
LOOK_EVERY = 60.0
FRESH_SECONDS = 180.0
FIRST_PAUSE, SLOWEST_PAUSE = 1.0, 30.0


class Webhook:
    """Receives Telegram's calls, and keeps Telegram calling. `counted` gets every status."""

    def __init__(
        self,
        *,
        bot: Bot,
        intake: Intake,
        settings: Settings,
        counted: Callable[[int], None],
    ) -> None:
        assert settings.webhook_url is not None
        assert settings.webhook_secret is not None
        self._bot = bot
        self._intake = intake
        self._settings = settings
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret
        self._taken_secrets = [
            one.encode() for one in (self._secret, settings.webhook_secret_also) if one
        ]
        self._counted = counted
        self._seen_at = boottime()
        self._heard_at: datetime | None = None
        self._dark: str | None = None

    @property
    def state(self) -> str | bool:
        """How it is with Telegram's calls, for health: `dark` when they do not reach us."""
        return "dark" if self._dark is not None else self.fresh

    @property
    def path(self) -> str:
        """What is listened to."""
        return urlsplit(self._url).path or "/"

    @property
    def fresh(self) -> bool:
        """Whether Telegram knew our address when it was last asked, not long ago."""
        return boottime() - self._seen_at < FRESH_SECONDS

    # --- Telegram calls us ---

    async def serve(self) -> HttpServer:
        """Listen for Telegram's calls. Raises `PortBusy`, `BadSetting`."""
        server = HttpServer(self.application(), MOST_CONNECTIONS)
        host, port = self._settings.webhook_host, self._settings.webhook_port
        taken = await server.start(host, port, "MYACCOUNT_WEBHOOK_PORT")
        log.info("webhook.listens", address=f"{host}:{taken}{self.path}")
        return server

    def application(self) -> web.Application:
        """The one page."""
        return application({("POST", self.path): self._receive}, LARGEST_BODY)

    async def _receive(self, request: web.Request) -> web.Response:
        status = await self._taken(request)
        self._counted(status)
        if status == 200:
            # By the wall clock: it is compared with what Telegram calls the time.
            self._heard_at, self._dark = datetime.now(UTC), None
        return web.Response(status=status, headers={"Retry-After": "1"} if status == 503 else None)

    async def _taken(self, request: web.Request) -> int:
        """Keep an update; the status to answer. The secret is compared as bytes, first of all."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        sent = given.encode(errors="replace")
        # Both are compared, whichever it is: how long it takes tells nothing.
        if not sum(hmac.compare_digest(sent, one) for one in self._taken_secrets):
            return 401
        if (request.content_length or 0) > LARGEST_BODY:
            return 413
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
            update = json.loads(body)
        except TimeoutError:
            return 408
        except web.HTTPRequestEntityTooLarge:
            return 413
        except (ValueError, RecursionError, web.RequestPayloadError):
            return 400
        if not usable(update):
            return 400
        try:
            await self._intake.keep([update])
        except StorageUnavailable:
            return 503
        return 200

    # --- we tell Telegram ---

    async def announce(self) -> None:
        """Tell Telegram where to call, and look that it stays so, until cancelled."""
        pause = FIRST_PAUSE
        known = False
        while True:
            try:
                if not known:
                    await self._set()
                    known, pause = True, FIRST_PAUSE
                self._seen_at = boottime()
                await asyncio.sleep(LOOK_EVERY)
                known = await self._still_ours()
            except TelegramAPIError as fault:
                if known or outcome_of(fault) != "refused":
                    log.warning("telegram.fault", error=type(fault).__name__)
                else:
                    log.exception(
                        "webhook.refused",
                        alarm="no updates come",
                        error=type(fault).__name__,
                        why=f"MYACCOUNT_WEBHOOK_URL: {fault.message[:200]}",
                    )
                await asyncio.sleep(pause)
                pause = min(pause * 2, SLOWEST_PAUSE)

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._url, secret_token=self._secret, allowed_updates=list(ALLOWED_UPDATES)
        )

    async def _still_ours(self) -> bool:
        present = await self._bot.get_webhook_info()
        if present.url == self._url:
            self._note(delivery_failure(present, self._heard_at))
            return True
        log.error(
            "webhook.unknown",
            alarm="somebody else set or removed the webhook; set again, revoke the token",
        )
        return False

    def _note(self, dark: str | None) -> None:
        """An alarm, once as long as it lasts."""
        if dark is not None and self._dark is None:
            log.error("webhook.dark", alarm="Telegram's calls do not reach us", why=dark)
        self._dark = dark
