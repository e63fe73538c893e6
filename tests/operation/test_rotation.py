"""Webhook secret and bot token are changed as docs/operation/rotation.md says; the key elsewhere.

The secret key's change beside a running bot: `tests/scenarios/test_rotate_key.py`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.telegram.routes import TelegramRoutes
from tests.postgres import postgres_server, postgres_url  # noqa: F401
from tests.scenarios.cluster import SECRET, Cluster, clustered
from tests.scenarios.conftest import TOKEN, Stage, stage  # noqa: F401
from tests.scenarios.entry import enter
from tests.scenarios.test_taps import data_of

FRESH = "a-fresh-secret-of-the-webhook-9876543210"
FRESH_TOKEN = "1000001:scenario-bot-1111111111111111111111"


@pytest.fixture
async def cluster(tmp_path: Path, postgres_url: str) -> AsyncIterator[Cluster]:  # noqa: F811
    async with clustered(tmp_path, postgres_url) as ready:
        yield ready


async def refused(cluster: Cluster) -> int:
    """Telegram's calls that a receiver has refused, over all."""
    told = "".join([await cluster.figures(name) for name in ("one", "two")])
    found = re.findall(r'myaccount_webhook_calls_total{status="401"} ([0-9]+)', told)
    return sum(map(int, found))


@pytest.mark.postgres
@pytest.mark.slow
async def test_the_webhook_s_secret_changes_machine_by_machine(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)
    await cluster.receivers("one", "two")
    phone = await cluster.enter()
    window = await phone.window()
    faq = data_of(window, "FAQ")
    before, pressed, calls = len(await phone.answers()), 0, 0
    steps = (
        {"MYACCOUNT_WEBHOOK_SECRET": SECRET, "MYACCOUNT_WEBHOOK_SECRET_ALSO": FRESH},
        {"MYACCOUNT_WEBHOOK_SECRET": FRESH, "MYACCOUNT_WEBHOOK_SECRET_ALSO": SECRET},
        {"MYACCOUNT_WEBHOOK_SECRET": FRESH, "MYACCOUNT_WEBHOOK_SECRET_ALSO": ""},
    )
    for step in steps:
        for name in ("one", "two"):
            calls += await refused(cluster)
            given = {**cluster.members[name].environment, **step}
            cluster.members[name].environment = {k: v for k, v in given.items() if v}
            restart = asyncio.get_running_loop().create_task(cluster.restart(name))
            while not restart.done():
                await phone.tap_data(window.id, faq)
                pressed += 1
                await asyncio.sleep(0.2)
            await restart
    await cluster.nothing_waits()
    assert len(await phone.answers()) >= before + pressed, "every press was answered"
    assert calls + await refused(cluster) == 0
    assert '"alarm"' not in cluster.log("one", "two")
    old = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    answer = await cluster.http.post(cluster.balancer.url, json={"update_id": 1}, headers=old)
    assert await refused(cluster) == 1, "the figure is the right one"
    assert answer.status_code == 401, "who knows the old one has nothing of it"


async def test_the_bot_s_token_is_revoked_and_another_given(stage: Stage) -> None:  # noqa: F811
    phone = await enter(stage)
    [telegram] = [one for one in stage.sandbox._routes if isinstance(one, TelegramRoutes)]
    bot = telegram._telegram.bot_of_token(TOKEN)
    await stage.stop_bot()
    bot.token = telegram._telegram._default_token = FRESH_TOKEN
    await phone.say("77012115526")
    stage.settings = replace(stage.settings, bot_token=FRESH_TOKEN)
    await stage.start_bot()
    await phone.sees("Tariff: ", "+7 701 211 55 26")
