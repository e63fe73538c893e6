"""getUpdates: what is confirmed is gone, what is not comes again, one poll at a time."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, buttons


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_unconfirmed_updates_come_again(bot: BotSide, people: PeopleSide) -> None:
    first = (await people.say("one"))["update_id"]
    await people.say("two")
    assert texts(await bot.updates(offset=1)) == ["one", "two"]
    assert texts(await bot.updates(offset=first, timeout=5, limit=1)) == ["one"]
    assert texts(await bot.updates(offset=first + 1)) == ["two"]
    assert texts(await bot.updates(offset=2)) == ["two"]


async def test_a_negative_offset_forgets_the_rest(bot: BotSide, people: PeopleSide) -> None:
    for text in ("one", "two", "three"):
        await people.say(text)
    assert texts(await bot.updates(offset=-2)) == ["two", "three"]
    assert texts(await bot.updates(offset=1)) == ["two", "three"]


async def test_a_waiting_poll_wakes_up(bot: BotSide, people: PeopleSide) -> None:
    poll = asyncio.ensure_future(bot.updates(offset=1, timeout=30))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await people.say("wake up")
    assert texts(await poll) == ["wake up"]
    assert time.monotonic() - started < 20


async def test_the_older_poll_is_terminated(bot: BotSide, people: PeopleSide) -> None:
    older = asyncio.ensure_future(bot.refused("getUpdates", offset=1, timeout=30))
    await asyncio.sleep(0.5)
    newer = asyncio.ensure_future(bot.updates(offset=1, timeout=30))
    assert await older == (
        "409 Conflict: terminated by other getUpdates request;"
        " make sure that only one bot instance is running"
    )
    await people.say("hello")
    assert texts(await newer) == ["hello"]


async def test_a_poll_whose_client_hung_up_is_no_conflict(bot: BotSide, people: PeopleSide) -> None:
    left = asyncio.ensure_future(bot.updates(offset=1, timeout=30))
    await asyncio.sleep(0.5)
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    again = asyncio.ensure_future(bot.updates(offset=1, timeout=30))
    await asyncio.sleep(0.5)
    await people.say("hello")
    assert texts(await again) == ["hello"]
    calls = await people.do("GET", "telegram/calls?method=getUpdates")
    assert [call["error_code"] for call in calls if not call["ok"]] == []


@pytest.mark.slow
async def test_a_busy_loop_is_slowed_down(bot: BotSide, people: PeopleSide) -> None:
    await bot.updates(offset=7)
    started = time.monotonic()
    assert await bot.updates(offset=7) == []
    assert 2.5 < time.monotonic() - started < 20


async def test_updates_do_not_wait_for_ever(bot: BotSide, people: PeopleSide) -> None:
    await bot.send(reply_markup=buttons([("A", "a")]))
    await people.tap(text="A")
    await people.say("still here")
    await people.pass_time(151)
    assert texts(await bot.updates(offset=1)) == ["still here"]
    await people.pass_time(24 * 3600)
    assert await bot.updates(offset=2) == []


async def test_allowed_updates(bot: BotSide, people: PeopleSide) -> None:
    await bot.send(reply_markup=buttons([("A", "a")]))
    await bot.updates(allowed_updates=["callback_query"], offset=1)
    assert (await people.say("not wanted"))["update_id"] is None
    await people.tap(text="A")
    await bot.updates(offset=2, allowed_updates="not a list")
    assert (await people.say("still not wanted"))["update_id"] is None
    await bot.updates(offset=3, allowed_updates=[])
    assert (await people.say("wanted"))["update_id"] is not None
    kinds = [next(iter(set(update) - {"update_id"})) for update in await bot.updates(offset=4)]
    assert kinds == ["callback_query", "message"]


async def test_bots_live_side_by_side(
    session: aiohttp.ClientSession, bot: BotSide, people: PeopleSide
) -> None:
    other = BotSide(session, "43:OTHER")
    me = await other.ok("getMe")
    assert me["username"] == "my_account_43_bot"
    to_other = PeopleSide(session, bot="43")
    said = await other.refused("sendMessage", chat_id=ADMINISTRATOR, text="x")
    assert said.startswith("403")
    await to_other.say("hello, other")
    assert texts(await other.updates()) == ["hello, other"]
    assert await bot.updates() == []
    assert await people.texts() == ["/start"]


async def test_parameters_come_from_everywhere(
    session: aiohttp.ClientSession, bot: BotSide, people: PeopleSide
) -> None:
    address = "/bot42:TEST/sendMessage"

    async def sent(answer: aiohttp.ClientResponse) -> str:
        body = await answer.json()
        return str(body["result"]["text"])

    async with session.get(f"{address}?chat_id=700&text=query") as answer:
        assert await sent(answer) == "query"
    async with session.post(address, data={"chat_id": "700", "text": "форма"}) as answer:
        assert await sent(answer) == "форма"
    async with session.post(f"{address}?chat_id=700", json={"text": "json"}) as answer:
        assert await sent(answer) == "json"
    form = aiohttp.FormData({"chat_id": "700"})
    form.add_field("text", "части", content_type="text/plain; charset=utf-8")
    async with session.post(address, data=form(), chunked=True) as answer:
        assert await sent(answer) == "части"
    async with session.post(address, data=form(), params={"chat_id": ""}) as answer:
        assert answer.status == 200
    async with session.post(
        address, data=b"[1]", headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 400
