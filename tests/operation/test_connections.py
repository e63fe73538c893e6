"""No connection is free, as docs/operation/connections.md says: nothing is lost, and it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from bot.updates.processor import MOST_FAULTS
from storage.engine.postgres import PostgresDatabase
from storage.errors import ConnectionsExhausted
from tests.operation.test_backup import said, shown
from tests.postgres import NoServerError, PostgresServer, private_server
from tests.scenarios.cluster import Cluster, clustered, until
from tests.scenarios.conftest import Stage, stage  # noqa: F401
from tests.scenarios.entry import ask_to_block, enter
from tests.storage.builders import NOW

NUMBER = "77012115526"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """Of its own: nobody else is to find it full."""
    try:
        with private_server() as ready:
            ready.sql("CREATE DATABASE bot")
            yield ready
    except NoServerError as none:
        pytest.skip(f"POSTGRESQL NOT TESTED: {none}")


@asynccontextmanager
async def crowded(url: str) -> AsyncIterator[None]:
    """Others have taken every connection of the server, those of the bot too."""
    taken: list[Any] = []
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"

    async def fill() -> None:
        while True:
            try:
                taken.append(await asyncpg.connect(url))
            except asyncpg.TooManyConnectionsError:
                return

    async def all_theirs() -> bool:
        ended = await taken[0].fetch(end, "myaccount")
        await fill()
        return not ended

    await fill()
    try:
        await until(all_theirs, "no connection is the bot's")
        yield
    finally:
        for connection in taken:
            connection.terminate()


@pytest.mark.postgres
@pytest.mark.slow
async def test_a_full_server_loses_nothing(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)
    async with clustered(tmp_path, server.url("bot")) as cluster:
        await cluster.pollers("one")
        phone = await cluster.enter()
        await ask_to_block(phone, NUMBER)
        async with crowded(server.url("postgres")):
            await phone.tap(f"⛔ Block {shown(NUMBER)}", repeat=3)
            await told(cluster)
            assert await cluster.effects(NUMBER) == []
        await said(phone, "✅ Blocked", NUMBER)
        assert await cluster.effects(NUMBER) == ["block"]
        await cluster.nothing_waits()
        await cluster.well("one")
        stores = cluster.stores()
        assert (await stores.gauges.read(NOW)).quarantined == 0
        await stores.close()
        assert await cluster.stop("one") == 0


async def told(cluster: Cluster) -> None:
    """Wait until the alarm is in the log."""

    async def alarm() -> bool:
        return '"storage.exhausted"' in cluster.log("one")

    await until(alarm, "the alarm")
    [line] = [one for one in cluster.log("one").splitlines() if '"storage.exhausted"' in one][:1]
    assert '"why": "server"' in line.replace('":"', '": "')


@pytest.mark.postgres
async def test_a_process_whose_own_are_busy_says_so_once_a_minute(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = PostgresDatabase(make_url(server.url("bot")), pool_size=1)
    monkeypatch.setattr(database._engine.pool, "_timeout", 0.05)
    held = await database._engine.connect()
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(ConnectionsExhausted):
                await database.read(lambda conn: conn.exec_driver_sql("SELECT 1").scalar())
    assert [(one["event"], one["why"]) for one in logs] == [("storage.exhausted", "process")]
    await held.close()
    assert await database.read(lambda conn: conn.exec_driver_sql("SELECT 1").scalar()) == 1
    await database.close()


async def test_an_update_that_found_no_connection_is_no_poison(
    stage: Stage,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often: the next look finds one, which is how a poisonous update looks."""
    phone = await enter(stage)
    assert stage.app is not None
    stores, tries = stage.app.stores, 0
    opened = type(stores.units).open

    async def busy(self: Any, *arguments: Any, **more: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries <= MOST_FAULTS + 2:
            raise ConnectionsExhausted("no connection is free")
        return await opened(self, *arguments, **more)

    monkeypatch.setattr("bot.updates.chat_queue.FIRST_RETRY", 0.01)
    monkeypatch.setattr(type(stores.units), "open", busy)
    await phone.say(NUMBER)
    await phone.sees("Tariff: ", shown(NUMBER))
    assert tries > MOST_FAULTS
    assert (await stores.gauges.read(stage.clock.now())).quarantined == 0
