"""The faults of docs/safety.md, one by one: what people see, what is counted, that it heals.

What one change sees when its own answer is lost stands in test_faults.py, whole processes that die
or lose their PostgreSQL in test_crashes.py and test_several_processes.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config.settings import Settings
from bot.ops import logs
from bot.updates import coalescing
from bot.updates.chat_queue import MOST_HELD
from storage.engine.sqlite import _Link, _raw
from tests.ports import free_port
from tests.postgres import PostgresServer, postgres_server, postgres_url  # noqa: F401
from tests.scenarios.conftest import TOKEN, Stage, staged
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.test_taps import CONFIRM, answered

NUMBER = "77012115526"
READ = "/product"
SECOND_TRIES_AT_ONCE = 10  # what `RetryBudget` keeps in reserve for an operator that was well


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.scenarios.phone.PATIENCE", 120.0)


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that waits a second for the operator, not eight."""
    async with staged(tmp_path, changed=lambda usual: replace(usual, carrier_seconds=1)) as ready:
        yield ready


NoteFigure = Callable[[str, object], None]


@pytest.fixture
def shown(request: pytest.FixtureRequest) -> NoteFigure:
    """Notes a figure of docs/reliability.md; `pytest --junitxml` shows them all."""
    return lambda name, value: request.node.user_properties.append((name, value))


async def until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    for _ in range(3000):
        if await true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not so in time: {what}")


async def _none(asked: Awaitable[float]) -> bool:
    return not await asked


async def figure(stage: Stage, name: str) -> float:
    """A sample of what `/metrics` would show."""
    assert stage.app is not None
    registry = stage.app.observing.metrics.registry
    await stage.app.observing._waiting.figures()
    return sum(
        sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == name
    )


def lag_p99(stage: Stage) -> float:
    """Milliseconds of the loop's lag, for the table of docs/reliability.md."""
    assert stage.app is not None
    lags = sorted(stage.app.observing._lags)
    return round(lags[int(len(lags) * 0.99)] * 1000, 1) if lags else 0.0


# --- the operator is slow or down ---


@pytest.mark.parametrize("kind", ["http_500", "hang_before_effect"])
async def test_an_operator_that_is_down_is_not_asked_more_than_people_tap(
    hasty: Stage, kind: str, shown: NoteFigure
) -> None:
    stage = hasty
    phones = [await enter(stage) for _ in range(3)]
    assert stage.app is not None
    inbox = stage.app.stores.inbox
    await stage.http.delete("/sandbox/operator/calls")
    await stage.fault("operator", kind, match=READ, times=None, seconds=60)
    asked_for = 0
    for phone in phones:
        for _ in range(20):
            await phone.say(NUMBER)
            asked_for += 1
    await until(lambda: _none(inbox.waiting()), "all have been answered")
    for phone in phones:
        await phone.sees("does not answer")
    asked = sum((await stage.http.get("/sandbox/operator/calls")).json().values())
    assert 0 < asked <= 1.1 * asked_for + SECOND_TRIES_AT_ONCE
    shown("calls per message", round(asked / asked_for, 2))
    shown("loop lag p99, ms", lag_p99(stage))
    await stage.http.delete("/sandbox/faults")

    async def again() -> bool:
        await phones[0].say(NUMBER)
        await until(lambda: _none(inbox.waiting()), "it is answered")
        return "Usage details" in "".join((await phones[0].window()).buttons)

    await until(again, "it works again by itself")


async def test_others_tap_on_while_somebody_waits_for_the_operator(stage: Stage) -> None:
    waiting, other = await enter(stage), await enter(stage, NUMBER)
    await stage.fault("operator", "hang_before_effect", match=READ, seconds=60, times=None)
    before = len(await waiting.answers())
    await waiting.tap("Number management")
    for _ in range(10):
        await other.tap("FAQ")
        await other.tap("Menu")
        await other.sees("Number management")
    told = [answer["text"] for answer in (await waiting.answers())[before:]]
    assert not any("does not answer" in text for text in told), "nobody waited for that"
    await stage.http.delete("/sandbox/faults")


# --- Telegram has enough ---


async def test_telegram_s_limits_hold_up_the_chat_they_are_about_and_drop_nothing(
    stage: Stage,
) -> None:
    hasty, calm = await enter(stage), await enter(stage, NUMBER)
    await stage.http.post("/sandbox/telegram/limits", json={"on": True})
    await ask_to_block(calm, "77010542007")
    for _ in range(12):
        await hasty.say("/menu")
    await calm.tap("⛔ Block +7")
    await calm.sees("✅ ", "A-20220124-0001")
    assert stage.app is not None
    stores = stage.app.stores

    async def quiet() -> bool:
        return not (await stores.inbox.waiting() or await stores.outbox.waiting())

    await until(quiet, "all that was owed has been delivered")
    await stage.http.post("/sandbox/telegram/limits", json={"on": False})
    await hasty.command("/menu")
    finals = [m for m in await calm.messages() if m.text.startswith("✅ ")]
    assert len(finals) == 1


# --- the disk is full, the database read-only ---


Failing = Callable[[], AbstractAsyncContextManager[None]]


async def unconfirmed(stage: Stage) -> int:
    """Updates that Telegram still keeps: the offset has not passed them."""
    answer = await stage.http.get(f"/bot{TOKEN}/getWebhookInfo")
    return int(answer.json()["result"]["pending_update_count"])


async def nothing_half_done(stage: Stage, failing: Failing) -> None:
    """A confirmation and a long text while nothing can be written; then it can again."""
    phone, other = await enter(stage), await enter(stage, NUMBER)
    await ask_to_block(phone)
    async with failing():
        # Long, so that it needs room that is not there.
        await other.say("7" * 4000)
        await phone.tap(CONFIRM)
        await asyncio.sleep(2)
        assert await unconfirmed(stage) >= 2, "the offset has not moved"
        assert await stage.effects() == []
        assert not any("✅" in message.text for message in await phone.messages())
    await phone.sees("✅ ", "A-20220124-0001")
    await until(lambda: _none(unconfirmed(stage)), "all is confirmed")
    assert [effect["number"] for effect in await stage.effects()] == [NUMBER]
    await other.say(NUMBER)
    await other.sees("+7 701 211 55 26", "Usage details")


@pytest.mark.parametrize(
    "pragma",
    [
        pytest.param("PRAGMA max_page_count = 1", id="full"),
        pytest.param("PRAGMA query_only = ON", id="read-only"),
    ],
)
async def test_a_disk_that_takes_nothing_keeps_the_offset_and_heals(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, pragma: str
) -> None:
    transaction = _Link.transaction

    def limited(self: _Link, begin: str, work: Any) -> Any:
        connection = self._connection or self._connect()
        _raw(connection).execute(pragma)
        return transaction(self, begin, work)

    @asynccontextmanager
    async def failing() -> AsyncIterator[None]:
        with monkeypatch.context() as disk:
            disk.setattr(_Link, "transaction", limited)
            yield

    await nothing_half_done(stage, failing)


@pytest.mark.postgres
async def test_a_read_only_postgres_keeps_the_offset_and_heals(
    tmp_path: Path,
    postgres_server: PostgresServer,  # noqa: F811
    postgres_url: str,  # noqa: F811
) -> None:
    name = postgres_url.rpartition("/")[2]
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

    @asynccontextmanager
    async def failing() -> AsyncIterator[None]:
        postgres_server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        postgres_server.sql(cut)
        yield
        postgres_server.sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        postgres_server.sql(cut)

    async with staged(
        tmp_path, changed=lambda usual: replace(usual, database_url=postgres_url)
    ) as stage:
        await nothing_half_done(stage, failing)


# --- poison ---


async def test_a_poisonous_update_costs_itself_only(stage: Stage) -> None:
    phone, other = await enter(stage), await enter(stage, NUMBER)
    assert stage.app is not None
    poison = {"message": {"message_id": "no number", "chat": {"id": phone.id}, "text": "secret"}}
    for _ in range(3):
        raw = await stage.http.post(f"/sandbox/users/{phone.id}/raw", json=poison)
        assert raw.is_success, raw.text
    await other.say("77010542006")
    await other.sees("+7 701 054 20 06", "Usage details")
    await phone.say("77010542007")
    await phone.sees("+7 701 054 20 07", "Usage details")
    figures = await stage.app.stores.gauges.read(stage.clock.now())
    assert figures.quarantined == 3
    assert figures.inbox == 0


# --- a flood ---


@pytest.mark.usefixtures("hurried")
async def test_a_flood_by_one_does_not_hold_up_another(
    stage: Stage, shown: NoteFigure, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if each press were another one: equal ones are passed over.
    monkeypatch.setattr(coalescing, "STALE_AFTER", timedelta(hours=1))
    flood, other = await enter(stage), await enter(stage, NUMBER)
    window = await flood.window()
    before = len(await flood.answers())
    await flood.tap("FAQ", message=window, repeat=500)
    assert stage.app is not None
    for _ in range(5):
        await other.tap("FAQ")
        await other.tap("Menu")
        await other.sees("Number management")
    waiting = await stage.app.stores.inbox.waiting()
    assert waiting, "ten taps of another one were through before the flood was"
    assert stage.app.chat_queue.waiting <= 2 * MOST_HELD, "of a flood little is held in memory"
    shown("of 500 presses waiting after ten taps of another one", waiting)
    shown("loop lag p99, ms", lag_p99(stage))
    await answered(flood, before + 500)


# --- somebody else holds the token ---


def alarms(event: str) -> int:
    """How often the event was logged with a field `alarm`."""
    return logs.ALARMS[event]


async def test_somebody_else_who_polls_is_an_alarm(stage: Stage) -> None:
    phone = await enter(stage)
    before = alarms("poll.conflict")
    await stage.http.get(f"/bot{TOKEN}/getUpdates", params={"timeout": 0, "offset": 0})

    async def rung() -> bool:
        return alarms("poll.conflict") > before

    await until(rung, "an alarm")
    assert await figure(stage, "myaccount_alarms_total") >= 1
    await phone.say("77010542006")
    await phone.sees("+7 701 054 20 06", "Usage details")


async def test_a_webhook_set_by_somebody_else_is_an_alarm_and_is_removed(stage: Stage) -> None:
    phone = await enter(stage)
    before = alarms("webhook.unknown")
    theirs = {"url": "http://127.0.0.1:9/theirs"}
    assert (await stage.http.post(f"/bot{TOKEN}/setWebhook", json=theirs)).is_success

    async def rung() -> bool:
        return alarms("webhook.unknown") > before

    await until(rung, "an alarm")
    await phone.say("77010542006")
    await phone.sees("+7 701 054 20 06", "Usage details")
    info = await stage.http.get(f"/bot{TOKEN}/getWebhookInfo")
    assert info.json()["result"]["url"] == ""


async def test_our_webhook_replaced_by_somebody_else_is_an_alarm_and_is_set_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    ours = f"http://127.0.0.1:{port}/telegram"
    monkeypatch.setattr("bot.updates.webhook.LOOK_EVERY", 0.2)
    before = alarms("webhook.unknown")

    def with_webhook(usual: Settings) -> Settings:
        return replace(usual, webhook_url=ours, webhook_secret="s" * 20, webhook_port=port)

    async with staged(tmp_path, changed=with_webhook) as stage:
        phone = await enter(stage)
        for theirs in ({"url": "http://127.0.0.1:9/theirs"}, {"url": ""}):
            await asyncio.sleep(1.1)  # Telegram takes one setting a second
            assert (await stage.http.post(f"/bot{TOKEN}/setWebhook", json=theirs)).is_success
            seen = alarms("webhook.unknown")

            async def rung(seen: int = seen) -> bool:
                info = await stage.http.get(f"/bot{TOKEN}/getWebhookInfo")
                url = info.json()["result"]["url"]
                return url == ours and alarms("webhook.unknown") > min(seen, before)

            await until(rung, "an alarm, and ours is set again")
        assert alarms("webhook.unknown") >= before + 2
        await phone.say("77010542006")
        await phone.sees("+7 701 054 20 06", "Usage details")
