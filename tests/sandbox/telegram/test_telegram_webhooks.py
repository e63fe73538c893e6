"""Webhooks: secret, order, retries, answers that are calls, and the refusals of setWebhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, until

BAD = "400 Bad Request: "


class Receiver:
    """A bot's web server that remembers what came and answers as told."""

    def __init__(self) -> None:
        self.url = ""
        self.secrets: list[str | None] = []
        self.texts: list[str] = []
        self.failures = 0
        self.reply: dict[str, Any] = {}
        self.delay = 0.0
        self.busy = 0
        self.busiest = 0

    async def take(self, request: web.Request) -> web.Response:
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        await asyncio.sleep(self.delay)
        self.busy -= 1
        if self.failures > 0:
            self.failures -= 1
            return web.Response(status=500)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.texts.append((await request.json())["message"]["text"])
        return web.json_response(self.reply)

    async def got(self, number: int) -> list[str]:
        async def arrived() -> bool:
            return len(self.texts) >= number

        await until(arrived)
        return self.texts


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_updates_are_pushed_with_the_secret(
    bot: BotSide, people: PeopleSide, receiver: Receiver
) -> None:
    status, body = await bot.call("setWebhook", url=receiver.url, secret_token="s-1_A")
    assert (status, body["description"]) == (200, "Webhook was set")
    _, body = await bot.call("setWebhook", url=receiver.url, secret_token="s-1_A")
    assert body["description"] == "Webhook is already set"
    await people.say("one")
    assert await receiver.got(1) == ["one"]
    assert receiver.secrets == ["s-1_A"]
    assert (await bot.refused("getUpdates")).startswith(
        "409 Conflict: can't use getUpdates method while webhook is active"
    )

    async def all_taken() -> bool:
        return not (await bot.ok("getWebhookInfo"))["pending_update_count"]

    await until(all_taken)
    _, body = await bot.call("deleteWebhook")
    assert body["description"] == "Webhook was deleted"
    _, body = await bot.call("deleteWebhook")
    assert body["description"] == "Webhook is already deleted"
    await people.say("two")
    assert len(await bot.updates(offset=1)) == 1


@pytest.mark.slow
async def test_a_failure_is_told_and_tried_again_in_order(
    bot: BotSide, people: PeopleSide, receiver: Receiver
) -> None:
    receiver.failures = 2
    await bot.ok("setWebhook", url=receiver.url)
    for text in ("one", "two"):
        await people.say(text)
    await asyncio.sleep(0.3)
    info = await bot.ok("getWebhookInfo")
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )
    assert info["pending_update_count"] == 2
    assert await receiver.got(2) == ["one", "two"]


async def test_chats_go_in_parallel_up_to_the_limit(
    bot: BotSide, people: PeopleSide, receiver: Receiver
) -> None:
    for person in range(701, 707):
        await people.arrive(person)
    receiver.delay = 0.1
    await bot.ok("setWebhook", url=receiver.url, max_connections=3)
    for person in range(701, 707):
        await people.say("x", person=person)
    await receiver.got(6)
    assert receiver.busiest == 3


async def test_an_answer_with_a_method_is_carried_out(
    bot: BotSide, people: PeopleSide, receiver: Receiver
) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": ADMINISTRATOR, "text": "from the hook"}
    await bot.ok("setWebhook", url=receiver.url)
    await people.say("one")
    await receiver.got(1)

    async def carried_out() -> bool:
        return (await people.texts())[-1] == "from the hook"

    await until(carried_out)


async def test_a_waiting_poll_ends_when_a_webhook_is_set(
    bot: BotSide, people: PeopleSide, receiver: Receiver
) -> None:
    poll = asyncio.ensure_future(bot.refused("getUpdates", offset=1, timeout=30))
    await asyncio.sleep(0.1)
    await bot.ok("setWebhook", url=receiver.url)
    assert await poll == "409 Conflict: terminated by setWebhook request"


async def test_pending_updates_can_be_dropped(bot: BotSide, people: PeopleSide) -> None:
    await people.say("one")
    await bot.ok("deleteWebhook", drop_pending_updates=True)
    assert await bot.updates(offset=1) == []


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"url": "http://bot.example/hook"}, "bad webhook: An HTTPS URL must be provided"),
        ({"url": "https://bot.example:8080/"}, "bad webhook: Webhook can be set up only on ports"),
        ({"url": "https://"}, "invalid webhook URL specified"),
        ({"secret_token": "x" * 257}, "secret token is too long"),
        ({"secret_token": "не то"}, "secret token contains unallowed characters"),
    ],
)
async def test_refusals(bot: BotSide, params: dict[str, Any], said: str) -> None:
    asked = {"url": "https://bot.example/hook", **params}
    assert (await bot.refused("setWebhook", **asked)).startswith(BAD + said)


async def test_twice_in_a_second(bot: BotSide, receiver: Receiver) -> None:
    await bot.ok("setWebhook", url=receiver.url)
    said = await bot.refused("setWebhook", url=receiver.url + "?other")
    assert said == "429 Too Many Requests: retry after 1"


async def test_nobody_listens(
    bot: BotSide, people: PeopleSide, session: aiohttp.ClientSession
) -> None:
    await bot.ok("setWebhook", url="http://127.0.0.1:9/hook")
    await people.say("one")

    async def tried() -> bool:
        return "last_error_date" in await bot.ok("getWebhookInfo")

    await until(tried)
    assert (await bot.ok("getWebhookInfo"))["last_error_message"] == "Connection refused"
