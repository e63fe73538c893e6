"""Faults on the Bot API, the world's clock, and what survives a violent end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tests.sandbox.telegram.side import ADMINISTRATOR, BotSide, PeopleSide, until


async def broken(bot: BotSide, text: str) -> None:
    with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        await bot.send(text)


async def test_answers_of_trouble(bot: BotSide, people: PeopleSide) -> None:
    asked = {"chat_id": ADMINISTRATOR, "text": "x"}
    await people.fault("http_500", match="sendMessage")
    assert await bot.refused("sendMessage", **asked) == "500 Internal Server Error"
    await people.fault("http_429", match="sendMessage", seconds=7)
    async with bot.session.post("/bot42:TEST/sendMessage", json=asked) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        assert (await answer.json())["parameters"] == {"retry_after": 7}
    await people.fault("reject", match="sendMessage")
    said = await bot.refused("sendMessage", **asked)
    assert said == "403 Forbidden: bot was blocked by the user"
    await bot.send("works again")
    assert await people.texts() == ["/start", "works again"]


async def test_connections_that_break(bot: BotSide, people: PeopleSide) -> None:
    await people.fault("hang_before_effect", match="sendMessage", seconds=0.1)
    await broken(bot, "never")
    await people.fault("hang_after_effect", match="sendMessage", seconds=0.1)
    await broken(bot, "done")
    await people.fault("reset_after_effect", match="sendMessage")
    await broken(bot, "done too")
    await people.fault("late_effect", match="sendMessage", seconds=0.1)
    await broken(bot, "late")

    async def came() -> bool:
        return await people.texts() == ["/start", "done", "done too", "late"]

    await until(came)


async def test_delay(bot: BotSide, people: PeopleSide) -> None:
    await people.fault("delay", match="sendMessage", seconds=0.3)
    started = time.monotonic()
    await bot.send("slow")
    assert time.monotonic() - started >= 0.3


async def test_faults_are_listed_and_cleared(bot: BotSide, people: PeopleSide) -> None:
    await people.fault("http_500", times=None)
    [fault] = await people.do("GET", "faults")
    assert (fault["kind"], fault["taken"]) == ("http_500", 0)
    await people.do("DELETE", "faults")
    await bot.send()
    status, said = await people.fails("POST", "faults", {"target": "moon", "kind": "delay"})
    assert status == 400
    assert said.startswith("target must be one of")


async def test_the_clock(people: PeopleSide, bot: BotSide) -> None:
    moment = "2022-01-24T16:04:00+06:00"
    shown = await people.do("POST", "clock", {"now": moment})
    assert shown["now"].startswith("2022-01-24T10:04:00")
    sent = await bot.ok("sendMessage", chat_id=ADMINISTRATOR, text="x")
    assert sent["date"] == 1643018640
    status, _ = await people.fails("POST", "clock", {"now": "2022-01-24T16:04:00"})
    assert status == 400


async def started(data: Path) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    return process, line.decode().split()[-1]


@pytest.mark.slow
async def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    process, address = await started(tmp_path)
    async with aiohttp.ClientSession(address) as session:
        people, bot = PeopleSide(session), BotSide(session)
        await bot.ok("setMyCommands", commands=[{"command": "menu", "description": "Menu"}])
        await people.arrive()
        await people.say("/start")
        for number in range(20):
            await bot.send(f"message {number}")
        file = await bot.upload("sendDocument", "document", b"kept", "a.txt", chat_id="700")
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    process, address = await started(tmp_path)
    async with aiohttp.ClientSession(address) as session:
        people, bot = PeopleSide(session), BotSide(session)
        assert (await people.texts())[1:21] == [f"message {number}" for number in range(20)]
        [update] = await bot.updates()
        assert update["message"]["text"] == "/start"
        assert await bot.ok("getMyCommands") == [{"command": "menu", "description": "Menu"}]
        path = await bot.ok("getFile", file_id=file["result"]["document"]["file_id"])
        async with session.get(f"/file/bot42:TEST/{path['file_path']}") as answer:
            assert await answer.read() == b"kept"
        assert await bot.send() == 23
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 60) == 0
