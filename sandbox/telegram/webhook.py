"""Webhooks: updates pushed to the bot, in order for each chat, until it says 2xx or they expire.

One deviation from Telegram is needed in a sandbox: plain http, any port and loopback addresses are
allowed.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request, too_many
from sandbox.telegram.polling import Polls, keep_allowed_updates
from sandbox.telegram.records import Bot, Json
from sandbox.telegram.state import TelegramState

ANSWER_TIMEOUT = 60.0
DEFAULT_CONNECTIONS = 40
LONGEST_RETRY_AFTER = 3600.0
GONE_SECONDS = 23 * 3600.0

_PORTS = {80, 88, 443, 8443}
_HERE = {"127.0.0.1", "localhost", "::1"}
_SECRET = re.compile(r"[A-Za-z0-9_-]*")

RunMethod = Callable[[Bot, dict[str, str]], Awaitable[None]]


class Webhooks:
    """The webhook settings of all bots, and the pushing."""

    def __init__(self, telegram: TelegramState, polls: Polls, run_method: RunMethod) -> None:
        self._telegram = telegram
        self._polls = polls
        self._run_method = run_method
        self._last_set: dict[int, float] = {}
        self._pushers: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self.methods: dict[str, Callable[[Call], Json]] = {
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
        }

    async def start(self) -> None:
        """Go on pushing to the webhooks that were set before the restart."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT)
        self._session = aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(limit=0)
        )
        for bot in self._telegram.store.bots.values():
            if bot.settings.get("webhook", {}).get("url"):
                self._begin(bot)

    async def close(self) -> None:
        """Close the connections; the pushing tasks belong to the cloud."""
        tasks = list(self._pushers.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # methods

    def set_webhook(self, call: Call) -> Json:
        """The method setWebhook. Raises 400, 429."""
        url = call.text("url").strip()
        if not url:
            return self.delete_webhook(call)
        _check_url(url)
        secret = call.text("secret_token")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        connections = min(max(call.integer("max_connections", DEFAULT_CONNECTIONS), 1), 100)
        bot = call.bot
        new = {"url": url, "secret_token": secret, "max_connections": connections}
        old = bot.settings.get("webhook", {})
        now = time.monotonic()
        keep_allowed_updates(self._telegram, call)
        self._drop_pending(call)
        if {key: old.get(key) for key in new} == new:
            self._telegram.store.commit()
            return {"result": True, "description": "Webhook is already set"}
        if now - self._last_set.get(bot.id, -10.0) < 1.0:
            raise too_many(1)
        self._last_set[bot.id] = now
        bot.settings["webhook"] = new
        self._telegram.store.save_settings(bot)
        self._telegram.store.commit()
        self._polls.terminate(bot, "terminated by setWebhook request")
        self._begin(bot)
        return {"result": True, "description": "Webhook was set"}

    def delete_webhook(self, call: Call) -> Json:
        """The method deleteWebhook."""
        bot = call.bot
        self._drop_pending(call)
        was_set = bool(bot.settings.pop("webhook", None))
        if was_set:
            self._telegram.store.save_settings(bot)
            pusher = self._pushers.pop(bot.id, None)
            if pusher is not None:
                pusher.cancel()
        self._telegram.store.commit()
        said = "Webhook was deleted" if was_set else "Webhook is already deleted"
        return {"result": True, "description": said}

    def get_webhook_info(self, call: Call) -> Json:
        """The method getWebhookInfo."""
        webhook = call.bot.settings.get("webhook", {})
        now = self._telegram.world.clock.timestamp()
        info: Json = {
            "url": webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": self._telegram.store.count_updates(call.bot.id, now),
        }
        if webhook:
            info["max_connections"] = webhook["max_connections"]
            info["ip_address"] = "127.0.0.1"
            for name in ("last_error_date", "last_error_message"):
                if name in webhook:
                    info[name] = webhook[name]
        if call.bot.settings.get("allowed_updates"):
            info["allowed_updates"] = call.bot.settings["allowed_updates"]
        return {"result": info}

    def _drop_pending(self, call: Call) -> None:
        if call.flag("drop_pending_updates"):
            self._telegram.store.forget_updates_below(call.bot.id, call.bot.next_update)

    # pushing

    def _begin(self, bot: Bot) -> None:
        old = self._pushers.pop(bot.id, None)
        if old is not None:
            old.cancel()
        self._pushers[bot.id] = self._telegram.begin(self._push_all(bot))

    async def _push_all(self, bot: Bot) -> None:
        """Hand out what waits: the oldest update of every chat that has none on its way."""
        arrival = self._telegram.arrival(bot.id)
        busy: dict[int, asyncio.Task[None]] = {}
        try:
            while True:
                arrival.clear()
                self._hand_out(bot, busy)
                waiter = asyncio.ensure_future(arrival.wait())
                try:
                    await asyncio.wait(
                        {waiter, *busy.values()}, return_when=asyncio.FIRST_COMPLETED
                    )
                finally:
                    waiter.cancel()
                for queue in [queue for queue, task in busy.items() if task.done()]:
                    busy.pop(queue).result()
        finally:
            for task in busy.values():
                task.cancel()
            await asyncio.gather(*busy.values(), return_exceptions=True)

    def _hand_out(self, bot: Bot, busy: dict[int, asyncio.Task[None]]) -> None:
        now = self._telegram.world.clock.timestamp()
        self._telegram.store.forget_expired(bot.id, now)
        most = bot.settings["webhook"]["max_connections"]
        for update_id, queue, body, expires in self._telegram.store.updates(bot.id, 1000, now):
            if len(busy) >= most:
                return
            if queue not in busy:
                busy[queue] = asyncio.get_running_loop().create_task(
                    self._push(bot, update_id, body, expires)
                )

    async def _push(self, bot: Bot, update_id: int, body: str, expires: float) -> None:
        wait = 0.0
        longest = random.uniform(60.0, 120.0)  # noqa: S311 - spreads retries, guards nothing
        while self._telegram.world.clock.timestamp() < expires:
            done, retry_after = await self._post(bot, body)
            if done:
                break
            await asyncio.sleep(retry_after or wait)
            wait = min(max(2.0, wait * 2), longest)
        self._telegram.store.forget_update(bot.id, update_id)
        self._telegram.store.commit()

    async def _post(self, bot: Bot, body: str) -> tuple[bool, float]:
        """One attempt: whether it is done with, and the Retry-After if one was given."""
        assert self._session is not None
        webhook = bot.settings["webhook"]
        headers = {"Content-Type": "application/json"}
        if webhook["secret_token"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
        try:
            async with self._session.post(
                webhook["url"], data=body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                content = await answer.read()
                if answer.status // 100 == 2:
                    webhook.pop("gone_since", None)
                    await self._execute(bot, content)
                    return True, 0.0
                reason = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                self._failed(bot, reason)
                if answer.status == 410:
                    self._gone(bot)
                return False, _retry_after(answer.headers.get("Retry-After", ""))
        except TimeoutError:
            self._failed(bot, "Read timeout expired")
        except aiohttp.ClientConnectorError:
            self._failed(bot, "Connection refused")
        except (aiohttp.ClientError, OSError):
            self._failed(bot, "Connection reset by peer")
        return False, 0.0

    def _failed(self, bot: Bot, reason: str) -> None:
        webhook = bot.settings.get("webhook")
        if webhook is None:
            return
        webhook["last_error_date"] = self._telegram.now()
        webhook["last_error_message"] = reason
        self._telegram.store.save_settings(bot)
        self._telegram.store.commit()

    def _gone(self, bot: Bot) -> None:
        """A webhook that answers 410 for most of a day is taken away."""
        webhook = bot.settings["webhook"]
        since = webhook.setdefault("gone_since", self._telegram.now())
        if self._telegram.now() - since > GONE_SECONDS:
            self.delete_webhook(Call(bot, "deletewebhook"))

    async def _execute(self, bot: Bot, content: bytes) -> None:
        try:
            said: Any = json.loads(content)
        except ValueError:
            return
        if isinstance(said, dict) and isinstance(said.get("method"), str):
            texts = {
                name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                for name, value in said.items()
                if value is not None and value != ""
            }
            await self._run_method(bot, texts)


def _retry_after(header: str) -> float:
    return min(float(header), LONGEST_RETRY_AFTER) if header.isdigit() else 0.0


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if not host or " " in url:
        raise bad_request("invalid webhook URL specified")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if host not in _HERE and port not in {None, *_PORTS}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
