"""Seals that the bot cannot open, while it runs: an alarm, and what they hold is still owed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select, update

from account.effects.effect import Channel, OutboxMessage
from bot.ops import logs
from storage.encryption.sealer import LEFT_FOR
from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores
from storage.queue.inbox import QUARANTINED, UNOPENED, NewUpdate
from storage.tables.access import sessions
from storage.tables.inbox import inbox
from storage.tables.outbox import outbox
from tests.bot.test_traps import a_message, quiet
from tests.scenarios.conftest import Stage
from tests.scenarios.entry import enter
from tests.storage.builders import a_document_order

LEASE = timedelta(seconds=30)


@pytest.fixture
async def stranger(stage: Stage) -> AsyncIterator[Stores]:
    """A process with another key, as if nobody had asked for its check value."""
    opened = open_stores(
        stage.settings.database_url, Secrets.from_master(b"another master secret entirely!!")
    )
    yield opened
    await opened.close()


def own(stage: Stage) -> Stores:
    assert stage.app is not None
    return stage.app.stores


async def rows(stage: Stage, statement: Any) -> list[Any]:
    return await own(stage).database.read(lambda conn: list(conn.execute(statement)))


async def until(stage: Stage, statement: Any) -> Any:
    """Wait for its first row."""
    for _ in range(3000):
        if found := await rows(stage, statement):
            return found[0]
        await asyncio.sleep(0.02)
    raise AssertionError(statement)


async def parts(stage: Stage) -> dict[str, str]:
    assert stage.app is not None
    async with TestClient(TestServer(stage.app.observing.application())) as client:
        answer: aiohttp.ClientResponse = await client.get("/health")
        told: dict[str, str] = (await answer.json())["parts"]
        return told


async def test_an_update_waits_for_who_can_open_it(
    stage: Stage, stranger: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.updates.intake.REOPEN_EVERY", 0.1)
    phone = await enter(stage)
    await quiet(stage)
    assert (await parts(stage))["seals"] == "ok"
    before = logs.ALARMS["seal.broken"]
    assert stage.app is not None
    payload = json.dumps(a_message(phone, 901, "77012115526")).encode()
    kept = NewUpdate(stage.app.bot.id, 901, phone.id, stage.clock.now(), payload)
    await stranger.inbox.put([kept])
    row = await until(
        stage, select(inbox.c.id, inbox.c.sealed, inbox.c.why).where(inbox.c.state == QUARANTINED)
    )
    assert row.why == UNOPENED
    assert row.sealed is not None
    assert logs.ALARMS["seal.broken"] > before
    assert (await parts(stage))["seals"] == "failing"
    # The chat goes on meanwhile.
    await phone.tap("Number management")
    await phone.sees("Type any part")
    # As when the key comes that it was sealed with.
    sealed = own(stage).sealer.seal(payload, f"inbox:t:{stage.app.bot.id}:901")
    mended = update(inbox).where(inbox.c.id == row.id).values(sealed=sealed)
    await own(stage).database.write(lambda conn: conn.execute(mended).close())
    await phone.sees("+7 701 211 55 26", "Usage details")


async def test_a_file_that_does_not_open_is_still_owed(stage: Stage, stranger: Stores) -> None:
    phone = await enter(stage)
    now = stage.clock.now()
    [session] = await rows(stage, select(sessions).where(sessions.c.telegram_id == phone.id))
    order = a_document_order(
        telegram_id=phone.id,
        administrator_id=session.administrator_id,
        company_id=session.company_id,
    )
    await stranger.documents.order(order, now, [])
    made = await stranger.documents.claim("w", now, LEASE)
    assert made is not None
    assert await stranger.documents.made(made, b"file", "file.xlsx", 1, [])
    word = OutboxMessage(
        channel=Channel.TELEGRAM,
        to=str(phone.id),
        kind="document.ready",
        expires_at=now + timedelta(hours=24),
        parameters={"document": made.id},
        key="the file",
    )
    await own(stage).outbox.owe(word)
    assert stage.app is not None
    stage.app.signal.ring()
    row = await until(
        stage,
        select(outbox.c.state, outbox.c.due).where(
            outbox.c.key == "the file", outbox.c.due > now + LEFT_FOR - timedelta(minutes=1)
        ),
    )
    assert row.state == "owed"
    assert (await parts(stage))["seals"] == "failing"
