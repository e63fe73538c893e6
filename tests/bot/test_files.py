"""A file on its way: that it is in the chat, and that nothing is owed any more, is one truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.types import Chat as Place
from aiogram.types import Document, Message

from account.documents.document import DocumentState
from account.effects.effect import Channel, OutboxMessage
from bot.delivery.files import FileDelivery
from bot.ops.clock import SteadyClock
from bot.texts.language import Catalogues
from storage.open import Stores
from tests.storage.builders import a_document_order

LEASE = timedelta(seconds=30)


class Chat:
    """A Telegram that takes every file."""

    async def send_document(self, *_args: Any, **_named: Any) -> Any:
        return Message(
            message_id=7,
            date=datetime.now(UTC),
            chat=Place(id=5, type="private"),
            document=Document(file_id="file-1", file_unique_id="1"),
        )


async def test_a_file_is_crossed_out_and_noted_as_sent_in_one(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in between, it stayed "ready" for ever and was not sent again by its name."""
    now = datetime.now(UTC)
    await stores.documents.order(a_document_order(), now, [])
    document = await stores.documents.claim("one", now, LEASE)
    assert document is not None
    word = OutboxMessage(
        channel=Channel.TELEGRAM,
        to="5",
        kind="document.ready",
        expires_at=now + timedelta(hours=1),
        parameters={"document": document.id},
    )
    await stores.documents.made(document, b"whole", "a.xlsx", 1, [word])
    (row,) = await stores.outbox.claim("one", now, LEASE, 1)
    ready = await stores.documents.read(document.id)
    assert ready is not None

    seen: set[tuple[int, DocumentState]] = set()
    write = stores.database.write

    async def watched(work: Any) -> Any:
        outcome = await write(work)
        there = await stores.documents.read(document.id)
        assert there is not None
        seen.add((await stores.outbox.waiting(), there.state))
        return outcome

    monkeypatch.setattr(stores.database, "write", watched)
    catalogues = Catalogues()
    files = FileDelivery(cast("Bot", Chat()), stores, cast("Any", None), SteadyClock(), catalogues)
    with catalogues.speaking("en"):
        await files.send(row, ready, cast("Any", None))

    assert seen == {(0, DocumentState.SENT)}
