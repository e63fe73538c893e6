"""A webhook that Telegram's calls do not reach: the alarm, health, and the way back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiogram.types import WebhookInfo
from structlog.testing import capture_logs

from bot.updates import webhook as module
from bot.updates.webhook import Webhook
from tests.settings import plain

HOOK = "https://bot.example/hook"
SECRET = "s" * 20


def info(failed_at: datetime | None) -> WebhookInfo:
    return WebhookInfo(
        url=HOOK,
        has_custom_certificate=False,
        pending_update_count=2 if failed_at else 0,
        last_error_date=failed_at,
        last_error_message="Wrong response from the webhook: 401 Unauthorized",
    )


class Telegram:
    """Says of the webhook what is next on its list, and then waits for ever."""

    def __init__(self, *told: WebhookInfo) -> None:
        self._told = list(told)
        self.looked = asyncio.Event()

    async def set_webhook(self, *_args: Any, **_named: Any) -> None:
        """It is set."""

    async def get_webhook_info(self) -> WebhookInfo:
        if not self._told:
            self.looked.set()
            await asyncio.Event().wait()
        return self._told.pop(0)


class Calls:
    """A receiver whose intake keeps everything."""

    def __init__(self, telegram: Telegram) -> None:
        async def keep(_updates: object) -> None:
            """Kept."""

        settings = replace(plain(), webhook_url=HOOK, webhook_secret=SECRET)
        self.webhook = Webhook(
            bot=cast("Any", telegram),
            intake=cast("Any", SimpleNamespace(keep=keep)),
            settings=settings,
            counted=lambda _status: None,
        )

    def state(self) -> str | bool:
        """What health is told."""
        return self.webhook.state

    async def call(self) -> None:
        """Telegram's call comes through."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        request = SimpleNamespace(headers=headers, content_length=2, read=self._body)
        response = await self.webhook._receive(cast("Any", request))
        assert response.status == 200

    @staticmethod
    async def _body() -> bytes:
        return b'{"update_id": 1, "message": {}}'


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0)


async def looks(webhook: Webhook, telegram: Telegram) -> list[Any]:
    """Let it look until Telegram has nothing more to say; the alarms."""
    with capture_logs() as logs:
        looking = asyncio.ensure_future(webhook.announce())
        await telegram.looked.wait()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    return [one for one in logs if "alarm" in one]


async def test_it_becomes_dark_once_and_light_with_the_next_call() -> None:
    failed = datetime.now(UTC) - timedelta(minutes=1)
    telegram = Telegram(info(None), info(failed), info(failed))
    calls = Calls(telegram)
    assert calls.state() is True
    [alarm] = await looks(calls.webhook, telegram)
    assert alarm["event"] == "webhook.dark"
    assert "the secret's header does not come through" in alarm["why"]
    assert calls.state() == "dark"
    await calls.call()
    assert calls.state() is True


async def test_an_error_before_the_last_call_is_over_and_a_new_one_is_an_alarm_again() -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    calls = Calls(telegram := Telegram(info(before)))
    await looks(calls.webhook, telegram)
    await calls.call()
    calls.webhook._bot = cast("Any", telegram := Telegram(info(before)))
    assert await looks(calls.webhook, telegram) == []
    assert calls.state() is True
    after = datetime.now(UTC) + timedelta(minutes=1)
    calls.webhook._bot = cast("Any", telegram := Telegram(info(after)))
    assert [one["event"] for one in await looks(calls.webhook, telegram)] == ["webhook.dark"]
    assert calls.state() == "dark"


async def test_it_is_light_again_when_telegram_says_so() -> None:
    failed = datetime.now(UTC)
    calls = Calls(telegram := Telegram(info(failed), info(None)))
    await looks(calls.webhook, telegram)
    assert calls.state() is True
