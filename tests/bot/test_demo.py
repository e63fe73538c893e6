"""`myaccount demo`: whose variables hold, and what it says when the port is taken."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.__main__ import parser
from bot.cli.demo import OWN, own_environment, sandbox_command, why_not_started
from bot.config.errors import BadSetting
from bot.config.variables import PREFIX, Variables
from sandbox.app import Sandbox
from sandbox.world import World


def test_variables_hold_and_the_demo_s_own_are_refused_by_name() -> None:
    given = {"MYACCOUNT_SESSION_MINUTES": "25", "HOME": "/root", "MYACCOUNT_LOG_LEVEL": " "}
    assert own_environment(given) == {"MYACCOUNT_SESSION_MINUTES": "25"}
    with pytest.raises(BadSetting) as refused:
        own_environment({**given, "MYACCOUNT_CARRIER_URL": "https://example.com"})
    assert str(refused.value).startswith("MYACCOUNT_CARRIER_URL: the demonstration brings its own")


def test_the_demo_s_own_variables_are_variables() -> None:
    declared = {PREFIX + name.upper() for name in Variables.model_fields}
    assert {PREFIX + name for name in OWN} <= declared


def test_every_option_reaches_the_sandbox() -> None:
    arguments = ["demo", "--port", "9090", "--numbers", "300", "--now", "2022-01-24T10:00:00+06:00"]
    command = sandbox_command(
        parser().parse_args([*arguments, "--awkward", "7", "--dialect", "plain"])
    )
    for pair in (
        ("--numbers", "300"),
        ("--now", arguments[-1]),
        ("--awkward", "7"),
        ("--port", "9090"),
    ):
        assert command[command.index(pair[0]) + 1] == pair[1]


def test_the_targets_of_make_hand_everything_on() -> None:
    text = (Path(__file__).parents[2] / "Makefile").read_text()
    [line] = [part for part in text.split("\n\n") if part.startswith("demo:")]
    for name in ("PORT", "NOW", "NUMBERS", "DIALECT", "AWKWARD"):
        assert f"--{name.lower()} $({name})" in line


async def test_a_left_over_sandbox_is_named(tmp_path: Path) -> None:
    async with Sandbox(World(tmp_path)) as sandbox:
        address = sandbox.world.http_url
        said = await asyncio.to_thread(why_not_started, address, {})
        by_make = await asyncio.to_thread(why_not_started, address, {"MAKELEVEL": "1"})
    assert said.startswith(f"Another sandbox runs on {address} (process ")
    assert said.endswith("End it, or choose another port: --port 9090")
    assert by_make.endswith("choose another port: make demo PORT=9090")


async def test_somebody_else_s_port_is_told_as_that(tmp_path: Path) -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        return web.Response(text="Hello")

    app = web.Application()
    app.router.add_get("/{any:.*}", elsewhere)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        said = await asyncio.to_thread(why_not_started, address, {})
    finally:
        await runner.cleanup()
    assert said == f"Something else uses {address}. Choose another port: --port 9090"
