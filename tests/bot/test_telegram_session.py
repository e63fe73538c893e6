"""The Bot API's client: two ways out, its own and aiogram's, that leave each other alone."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.types import BotCommand, BufferedInputFile
from aiohttp import web

from bot.telegram.client import StaleConnectionError, make_bot
from bot.updates.poller import Poller
from tests.settings import plain

MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async def slowly(request: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        result = True if request.match_info["method"] == "setMyCommands" else MESSAGE
        return web.json_response({"ok": True, "result": result})

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", slowly)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    client = make_bot(replace(plain(), telegram_url=url))
    yield client
    await client.session.close()
    await runner.cleanup()


async def test_aiograms_first_own_call_hangs_up_nobody(bot: Bot) -> None:
    """aiogram closes itself before its first session (found by the crash lab)."""
    words = asyncio.create_task(bot.send_message(5, "x"))
    await asyncio.sleep(0.1)
    await asyncio.gather(
        bot.set_my_commands([BotCommand(command="menu", description="Menu")]),
        bot.send_document(5, BufferedInputFile(b"x", "x.txt")),
        bot.send_message(5, "x"),
    )
    assert (await words).message_id == 1


async def test_nothing_leaves_after_it_was_closed(bot: Bot) -> None:
    """Neither way out is opened anew: nobody would close it."""
    await bot.send_message(5, "x")
    await bot.session.close()
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(5, "x")
    with pytest.raises(TelegramNetworkError):
        await bot.send_document(5, BufferedInputFile(b"x", "x.txt"))
    gc.collect()


async def test_a_warm_connection_that_is_hung_up_is_told_from_a_lost_answer() -> None:
    """A fresh one that breaks may be Telegram's trouble; a warm one was most likely closed."""
    asked: list[str] = []

    async def once(request: web.Request) -> web.Response:
        asked.append(request.path)
        if len(asked) > 1:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"ok": True, "result": True})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", once)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bot = make_bot(replace(plain(), telegram_url=url))
    try:
        await bot.answer_callback_query("1")
        with pytest.raises(StaleConnectionError):
            await bot.answer_callback_query("1")
        with pytest.raises(TelegramNetworkError) as lost:
            await bot.answer_callback_query("1")
        assert not isinstance(lost.value, StaleConnectionError), "over a fresh connection"
    finally:
        await bot.session.close()
        await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_call_is_followed_to_where_a_redirect_points(status: int) -> None:
    """Texts, files and the token would be shown to whoever stands there."""
    followed: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        followed.append(request.path)
        return web.json_response({"ok": True, "result": MESSAGE})

    async def away(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": f"{url}/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/elsewhere", elsewhere)
    app.router.add_route("*", "/{rest:.*}", away)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bot = make_bot(replace(plain(), telegram_url=url))
    try:
        with pytest.raises(TelegramAPIError):
            await bot.send_message(5, "x")
        with pytest.raises(TelegramAPIError):
            await bot.send_document(5, BufferedInputFile(b"x", "x.txt"))
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientPayloadError):
                await a_poller(session, f"{url}/getUpdates")._ask(None)
        assert followed == []
    finally:
        await bot.session.close()
        await runner.cleanup()


def a_poller(session: aiohttp.ClientSession, url: str) -> Poller:
    return Poller(
        session=session,
        url=url,
        intake=None,  # type: ignore[arg-type]
        leases=None,  # type: ignore[arg-type]
        clock=None,  # type: ignore[arg-type]
        owner="me",
        first_poll=lambda: None,
        drop_webhook=None,  # type: ignore[arg-type]
        observer=lambda _method, _outcome, _seconds: None,
    )
