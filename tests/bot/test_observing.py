"""What those who run a process see: figures, health, and nothing about a person."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import structlog
from aiohttp.test_utils import TestClient, TestServer

from account.errors import BadCredentials
from bot.config.environment import read
from bot.config.errors import BadSetting
from bot.config.settings import Settings
from bot.config.variables import METRICS_PORT
from bot.http import server
from bot.http.server import PortBusy
from bot.ops import logs, metrics
from bot.ops.health import HealthPages
from bot.ops.metrics import Metrics, Present, Waiting
from carrier.breaker import BreakerState
from storage.errors import StorageUnavailable
from storage.queue.gauges import Figures
from tests.ports import free_port
from tests.settings import plain

NOW = datetime(2022, 1, 24, 10, 0, tzinfo=UTC)
FIGURES = Figures(
    inbox=3,
    oldest_update=NOW - timedelta(seconds=7),
    quarantined=1,
    actions={"accepted": 2, "sent": 0, "unknown": 1, "offered": 4},
    oldest_unknown=NOW - timedelta(seconds=90),
    messages=5,
    due_message=11,
    last_message=20,
    documents=2,
)


class Clock:
    def now(self) -> datetime:
        return NOW


class Gauges:
    """A database that can be away."""

    def __init__(self) -> None:
        self.figures = FIGURES
        self.readings = 0
        self.away = False
        self.open = asyncio.Event()
        self.open.set()

    async def read(self, _now: datetime) -> Figures:
        self.readings += 1
        await self.open.wait()
        if self.away:
            raise StorageUnavailable
        return self.figures


@asynccontextmanager
async def looked_at(gauges: Gauges) -> AsyncIterator[tuple[HealthPages, TestClient]]:  # type: ignore[type-arg]
    counted = Metrics()
    waiting = Waiting(gauges, Clock(), counted)  # type: ignore[arg-type]
    counted.registry.register(waiting)
    breakers = {"TMF637": BreakerState.OPEN}
    present = Present(lambda: breakers, BreakerState, {"outbox": 2})
    counted.registry.register(present)
    observing = HealthPages(counted, waiting)
    async with TestClient(TestServer(observing.application())) as client:
        yield observing, client


async def page(client: TestClient, path: str = "/metrics") -> str:  # type: ignore[type-arg]
    async with client.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_the_figures_are_shown() -> None:
    async with looked_at(Gauges()) as (observing, client):
        observing.metrics.operator_call("TMF637", "timeout", 6.0)
        observing.metrics.telegram_call("sendMessage", "ok", 0.02)
        observing.metrics.webhook_call(401)
        observing.metrics.loop_lag(0.2)
        text = await page(client)
    for line in (
        "myaccount_inbox_waiting 3.0",
        "myaccount_inbox_lag_seconds 7.0",
        "myaccount_inbox_quarantined 1.0",
        'myaccount_seals_broken_total{kind="outbox"} 2.0',
        'myaccount_actions{state="unknown"} 1.0',
        "myaccount_actions_oldest_unknown_seconds 90.0",
        "myaccount_outbox_waiting 5.0",
        "myaccount_documents_waiting 2.0",
        'myaccount_operator_call_seconds_count{api="TMF637",outcome="timeout"} 1.0',
        'myaccount_telegram_call_seconds_count{method="sendMessage",outcome="ok"} 1.0',
        'myaccount_webhook_calls_total{status="401"} 1.0',
        'myaccount_operator_breaker{api="TMF637",state="open"} 1.0',
        'myaccount_operator_breaker{api="TMF637",state="closed"} 0.0',
        'myaccount_loop_lag_seconds_bucket{le="0.1"} 0.0',
        "myaccount_database_up 1.0",
    ):
        assert line in text.splitlines(), line
    assert "process_start_time_seconds" in text


async def test_many_who_look_cost_one_reading() -> None:
    gauges = Gauges()
    async with looked_at(gauges) as (_observing, client):
        await asyncio.gather(*(page(client, path) for path in ["/metrics", "/health"] * 10))
        assert gauges.readings == 1


async def test_a_database_that_is_away_is_told_by_name() -> None:
    gauges = Gauges()
    gauges.away = True
    async with looked_at(gauges) as (_observing, client):
        async with client.get("/health") as answer:
            assert answer.status == 503
            told = await answer.json()
        assert told["status"] == "failing"
        assert told["parts"] == {"database": "failing", "loop": "ok"}
        text = await page(client)
        assert "myaccount_database_up 0.0" in text
        assert "myaccount_inbox_waiting" not in text


async def test_a_database_that_hangs_does_not_hang_the_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "READING_SECONDS", 0.05)
    gauges = Gauges()
    gauges.open.clear()
    async with looked_at(gauges) as (_observing, client):
        for _ in range(3):
            async with client.get("/health") as answer:
                assert answer.status == 503
        # A database that is away is no reason to start the process again.
        assert '"status": "ok"' in await page(client, "/live")
        assert gauges.readings == 1
        gauges.open.set()
        async with asyncio.timeout(60):
            while (await client.get("/health")).status == 503:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert '"status": "ok"' in await page(client, "/health")


async def test_a_part_that_does_not_work_is_told_by_name() -> None:
    async with looked_at(Gauges()) as (observing, client):
        observing.watch("poller", lambda: False)
        async with client.get("/health") as answer:
            assert answer.status == 503
            assert (await answer.json())["parts"]["poller"] == "failing"


async def test_a_loop_that_stood_still_is_told() -> None:
    async with looked_at(Gauges()) as (observing, client):
        observing._lags.append(10.0)
        async with client.get("/health") as answer:
            assert (await answer.json())["parts"]["loop"] == "failing"


async def test_refusals_are_counted_by_their_code() -> None:
    class Login:
        async def with_password(self, _telegram_id: int, password: str, *, right: str) -> str:
            if password != right:
                raise BadCredentials
            return "in"

    async with looked_at(Gauges()) as (observing, client):
        login = observing.metrics.counting_refusals("login", Login())
        assert await login.with_password(7, "a", right="a") == "in"
        for _ in range(2):
            with pytest.raises(BadCredentials):
                await login.with_password(7, "b", right="a")
        text = await page(client)
    assert f'myaccount_refusals_total{{code="{BadCredentials.code}",where="login"}} 2.0' in text


async def test_an_alarm_in_the_log_is_an_alarm_here() -> None:
    logs.set_up("INFO")
    before = logs.ALARMS["test.alarm"]
    structlog.get_logger("test").error("test.alarm", alarm="somebody holds the token")
    structlog.get_logger("test").error("test.no_alarm")
    async with looked_at(Gauges()) as (_observing, client):
        text = await page(client)
    assert f'myaccount_alarms_total{{event="test.alarm"}} {before + 1:.1f}' in text
    assert "test.no_alarm" not in text


async def test_a_message_is_seen_waiting_until_it_is_gone() -> None:
    moment = 100.0
    gauges, counted = Gauges(), Metrics()
    waiting = Waiting(gauges, Clock(), counted, lambda: moment)  # type: ignore[arg-type]

    async def lag() -> float:
        await waiting.figures()
        shown = {family.name: family for family in waiting.collect()}
        return shown["myaccount_outbox_lag_seconds"].samples[0].value

    assert await lag() == 0
    moment = 130.0
    gauges.figures = replace(FIGURES, last_message=30)
    assert await lag() == 30
    moment = 140.0
    # What waited is gone; what waits now came between the first look and the second.
    gauges.figures = replace(FIGURES, due_message=25, last_message=30)
    assert await lag() == 10
    moment = 150.0
    gauges.figures = replace(FIGURES, due_message=None, last_message=30)
    assert await lag() == 0


# --- the port ---


def settings(**changes: object) -> Settings:
    return replace(plain(), **changes)  # type: ignore[arg-type]


async def test_the_loopback_port_is_served() -> None:
    port = free_port()
    async with looked_at(Gauges()) as (observing, _client):
        assert await observing.serve(settings(metrics_port=port)) == port
        url = f"http://127.0.0.1:{port}/health"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            assert answer.status == 200
        await observing.close()


async def test_a_taken_port_stops_only_who_chose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with looked_at(Gauges()) as (observing, _client):
            assert await observing.serve(settings(metrics_port=port)) is None
            chosen = settings(metrics_port=port, metrics_port_chosen=True)
            monkeypatch.setattr(server, "PORT_SECONDS", 0.0)
            with pytest.raises(PortBusy, match="MYACCOUNT_METRICS_PORT"):
                await observing.serve(chosen)
            assert await observing.serve(settings(metrics_port=0)) is None


def test_the_port_is_a_setting() -> None:
    given = {
        "MYACCOUNT_BOT_TOKEN": "1000001:scenario-bot-0000000000000000000000",
        "MYACCOUNT_CARRIER_URL": "http://127.0.0.1:9",
    }
    plain = read(given)
    assert (plain.metrics_host, plain.metrics_port) == ("127.0.0.1", METRICS_PORT)
    assert not plain.metrics_port_chosen
    off = read({**given, "MYACCOUNT_METRICS_PORT": "0"})
    assert off.metrics_port == 0
    with pytest.raises(BadSetting, match="MYACCOUNT_METRICS_PORT"):
        read({**given, "MYACCOUNT_METRICS_PORT": "70000"})
