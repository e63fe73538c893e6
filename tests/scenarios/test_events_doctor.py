"""What `myaccount doctor` says of the operator's events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.doctor import command, events
from bot.cli.doctor.verdict import Warn
from tests.scenarios.cluster import until
from tests.scenarios.conftest import staged
from tests.scenarios.test_events import hubs, listening, operator, row_of, told


async def test_a_subscription_is_told_with_its_last_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with listening(tmp_path) as stage:
        said = await events.check(stage.settings)
        assert said == "TMF622: subscribed to since 2022-01-24 10:00 UTC, none came yet"
        [hub] = await hubs(stage)
        await stage.http.post(hub["callback"], json={})

        async def heard() -> bool:
            return (await row_of(stage)).heard_at is not None

        await until(heard, "an event was noted")
        said = await events.check(stage.settings)
        assert said.endswith(", the last 2022-01-24 10:00")
        await command.doctor(stage.settings)
        out = capsys.readouterr().out
        assert f"ok    events: {said}" in out.splitlines()
        assert hub["callback"].split("/")[-2] not in out


async def test_a_hub_that_refused_a_way_that_is_shut_and_what_was_left(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        assert await events.check(stage.settings) == "none: changes are asked about"
        await operator(stage, hub=501)
        await stage.stop_bot()
        stage.settings = told(stage.settings)
        said = await events.check(stage.settings)
        assert isinstance(said, Warn)
        assert "/events: the port is closed" in said
        assert said.endswith("; so it is while the bot does not run")
        await stage.start_bot()

        async def refused() -> bool:
            assert stage.app is not None
            rows = (await stage.app.stores.event_subscriptions.all()).values()
            return any(row.refused for row in rows)

        await until(refused, "the hub refused")
        said = await events.check(stage.settings)
        assert isinstance(said, Warn)
        assert said.startswith("TMF622: its hub said 501 at 2022-01-24 10:00 UTC: changes are")
        assert "MYACCOUNT_EVENTS_URL" not in said, "the way is open"
        astray = replace(stage.settings, events_url=stage.sandbox.world.http_url)
        assert "status 404: something else answers there" in await events.check(astray)
        await stage.stop_bot()
        stage.settings = replace(stage.settings, events_url=None)
        assert isinstance(await events.check(stage.settings), Warn)
