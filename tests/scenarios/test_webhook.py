"""Updates by webhook: the same inbox, the same bot; what is no update of Telegram's is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from storage.errors import StorageUnavailable
from storage.queue.inbox import Inbox
from tests.ports import free_port
from tests.scenarios.conftest import Stage, staged
from tests.scenarios.entry import ask_to_block, enter
from tests.scenarios.test_taps import CONFIRM

SECRET = "a-secret-of-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that is called by webhook."""
    port = free_port()
    hook = f"http://127.0.0.1:{port}/hook"
    async with staged(
        tmp_path,
        changed=lambda settings: replace(
            settings, webhook_url=hook, webhook_secret=SECRET, webhook_port=port
        ),
    ) as ready:
        yield ready


async def post(stage: Stage, content: bytes, *, given: bytes = SECRET.encode()) -> httpx.Response:
    assert stage.settings.webhook_url is not None
    async with httpx.AsyncClient(verify=False) as http:
        headers = [(HEADER.encode(), given)]
        return await http.post(stage.settings.webhook_url, content=content, headers=headers)


async def test_a_number_is_blocked_by_webhook(stage: Stage) -> None:
    phone = await enter(stage)
    await ask_to_block(phone)
    await phone.tap(CONFIRM, repeat=3)
    await phone.sees("✅", "A-20220124-0001")
    assert len(await stage.effects()) == 1
    token = stage.settings.bot_token
    told = (await stage.http.get(f"/bot{token}/getWebhookInfo")).json()["result"]
    assert told["url"] == stage.settings.webhook_url
    refused = await stage.http.get(f"/bot{token}/getUpdates")
    assert refused.status_code == 409, "poller and webhook are never there both"


async def test_a_polling_bot_removes_a_webhook_that_is_not_its_own(stage: Stage) -> None:
    phone = await enter(stage)
    await stage.stop_bot()
    stage.settings = replace(stage.settings, webhook_url=None)
    await stage.start_bot()
    await phone.tap("Number management")
    await phone.sees("Type any part")


async def test_what_is_no_update_is_refused(stage: Stage) -> None:
    update = b'{"update_id": 7, "message": {}}'
    assert (await post(stage, update, given=b"wrong")).status_code == 401
    assert (await post(stage, update, given="wröng".encode())).status_code == 401
    for junk in (
        b"",
        b"junk",
        b"[]",
        b"1",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 99999999999999999999}',
        b"\xff\xfe",
        b"[" * 100_000,
    ):
        assert (await post(stage, junk)).status_code == 400, junk[:40]
    large = b'{"update_id": 8, "x": "' + b"y" * (1 << 20) + b'"}'
    assert (await post(stage, large)).status_code == 413
    assert (await post(stage, update)).status_code == 200
    assert (await post(stage, update)).status_code == 200, "the same once more is fine"


async def test_slow_heads_by_the_hundred_hold_nobody_up(stage: Stage) -> None:
    port = stage.settings.webhook_port
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(300)]
    for _reader, writer in slow:
        writer.write(b"POST /hook HTTP/1.1\r\nX")
    assert (await post(stage, b'{"update_id": 7, "message": {}}')).status_code == 200
    # 256 of them may stay a while; whoever came before those has been let go.
    for reader, _writer in slow[:40]:
        assert await asyncio.wait_for(reader.read(), 60) == b""
    for _reader, writer in slow:
        writer.close()


async def test_a_body_that_does_not_come_is_not_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.updates.webhook.BODY_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.settings.webhook_port)
    head = f"POST /hook HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\nContent-Length: 100\r\n\r\n"
    writer.write(head.encode() + b'{"update_id"')
    answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_a_body_without_a_length_is_bounded_as_well(stage: Stage) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * (1 << 16)

    assert stage.settings.webhook_url is not None
    async with httpx.AsyncClient(verify=False) as http:
        answer = await http.post(
            stage.settings.webhook_url, content=body(), headers={HEADER: SECRET}
        )
    assert answer.status_code == 413


async def test_without_a_database_telegram_is_asked_to_come_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await enter(stage)

    async def no_database(*_args: object, **_more: object) -> None:
        raise StorageUnavailable("gone")

    with monkeypatch.context() as broken:
        broken.setattr(Inbox, "put", no_database)
        assert (await post(stage, b'{"update_id": 9}')).status_code == 503
        await phone.say("77012115526")
    await phone.sees("+7 701 211 55 26", "Usage details")
