from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.app import Sandbox
from sandbox.world import World
from tests.sandbox.telegram.side import BotSide, PeopleSide


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A sandbox that answers on a free port."""
    made = World(tmp_path / "world")
    async with Sandbox(made):
        yield made


@pytest.fixture
async def session(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(world.http_url) as opened:
        yield opened


@pytest.fixture
async def bot(session: aiohttp.ClientSession) -> BotSide:
    made = BotSide(session)
    await made.ok("getMe")
    return made


@pytest.fixture
async def people(session: aiohttp.ClientSession, bot: BotSide) -> PeopleSide:
    """One administrator, who has pressed Start; the update is confirmed."""
    made = PeopleSide(session)
    await made.arrive()
    await made.say("/start")
    [start] = await bot.updates()
    await bot.updates(offset=start["update_id"] + 1)
    return made
