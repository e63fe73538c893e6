"""What becomes of a message owed: which word follows when it is refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage
from aiogram.types import Chat, Message
from sqlalchemy import select

from account.changes.safety_notices import NOT_ME
from account.effects.effect import Channel, OutboxMessage, Priority
from account.errors import CarrierUnavailable, OutcomeUnknown, PostFault, PostRefused
from bot.delivery import acknowledgement
from bot.delivery.concurrency import AT_ONCE
from bot.delivery.letter_texts import LETTERS, Letter
from bot.delivery.rate_limiter import RateLimiter
from bot.delivery.sender import OutboxSender
from bot.ops.clock import SteadyClock
from bot.texts.language import Catalogues
from bot.workers.pool import WorkerPool
from storage.errors import StorageUnavailable
from storage.open import Stores
from storage.queue.outbox import OWED
from storage.tables.outbox import outbox
from tests.storage.builders import a_document_order

CHAT = "5"


class ClosedChat:
    """A Telegram that refuses every message, with the error it is told."""

    def __init__(self, error: type[TelegramAPIError]) -> None:
        self._error = error

    async def send_message(self, chat_id: int, text: str, **_named: Any) -> Any:
        raise self._error(cast("Any", SendMessage(chat_id=chat_id, text=text)), "no")


class RefusingPost:
    """A post that takes nothing, for the reason it is told."""

    def __init__(self, code: str, fault: PostFault = PostFault.LETTER) -> None:
        self._refusal = PostRefused(code, fault)

    async def sms(self, *_args: Any) -> None:
        raise self._refusal

    async def mail(self, *_args: Any, **_named: Any) -> None:
        raise self._refusal


class NamedBot:
    """What an SMS with a secret code says of where the bot is."""

    async def me(self) -> Any:
        return SimpleNamespace(username="my_account_bot")


def delivery(
    stores: Stores,
    post: Any = None,
    telegram: Any = None,
    resurface: Any = None,
    notifications: Any = None,
) -> OutboxSender:
    return OutboxSender(
        rate_limiter=RateLimiter(),
        bot=cast("Bot", telegram),
        stores=stores,
        notifier=post,
        carrier=cast("Any", None),
        clock=SteadyClock(),
        catalogues=Catalogues(),
        owner="one",
        resurface=resurface,
        notifications=notifications,
        set_files=cast("Any", None),
        alerts=cast("Any", None),
    )


async def refused(
    stores: Stores, code: str, message: OutboxMessage, fault: PostFault = PostFault.LETTER
) -> list[tuple[str, str]]:
    """What is owed to whom after the post has refused that message for good."""
    await stores.outbox.owe(message)
    pool = delivery(stores, RefusingPost(code, fault), NamedBot())
    for row in await pool.claim(10):
        await pool.deliver(row)
    owed = select(outbox.c.kind, outbox.c.to).where(outbox.c.state == OWED)
    rows = await stores.database.read(lambda conn: conn.execute(owed).all())
    return [(row.kind, row.to) for row in rows]


@pytest.mark.parametrize(
    ("code", "fault", "told"),
    [
        ("SMTP.550", PostFault.ADDRESS, "document.not_mailed"),
        ("SMTP.552", PostFault.SIZE, "document.too_large"),
        ("MAIL.TOO_LARGE", PostFault.SIZE, "document.too_large"),
        ("SMTP.554", PostFault.LETTER, "document.not_taken"),
        ("MAIL.NOT_SET_UP", PostFault.LETTER, "document.not_taken"),
    ],
)
async def test_a_refused_letter_with_a_file_is_told_in_one_sentence(
    stores: Stores, code: str, fault: PostFault, told: str
) -> None:
    """Of what it was refused for, and never of a code, where none was."""
    letter = await a_letter(stores)
    assert await refused(stores, code, letter, fault) == [(told, CHAT)]


async def test_a_letter_that_waits_is_told_once_and_its_end_as_well(stores: Stores) -> None:
    letter = await a_letter(stores)
    await stores.outbox.owe(letter)
    (row,) = await delivery(stores, Busy()).claim(10)
    for attempts in range(12):
        tried = replace(row, attempts=attempts)
        await delivery(stores, Busy(), NamedBot()).deliver(tried)
    assert await owed_to_chats(stores) == ["document.mail_waits"]
    over = replace(row, expires_at=SteadyClock().now() - timedelta(seconds=1))
    await delivery(stores, Busy(), NamedBot()).deliver(over)
    assert await owed_to_chats(stores) == ["document.mail_waits", "document.not_taken"]


async def owed_to_chats(stores: Stores) -> list[str]:
    owed = select(outbox.c.kind).where(outbox.c.to == CHAT).order_by(outbox.c.id)
    return [row.kind for row in await stores.database.read(lambda conn: conn.execute(owed).all())]


class Busy:
    """A mail server that takes nothing now."""

    async def mail(self, *_args: Any, **_named: Any) -> None:
        raise CarrierUnavailable("the mail server answered 451")


async def a_letter(stores: Stores) -> OutboxMessage:
    """A file's letter, owed by nobody yet."""
    now = SteadyClock().now()
    await stores.documents.order(a_document_order(), now, [])
    document = await stores.documents.claim("one", now, timedelta(seconds=30))
    assert document is not None
    await stores.documents.made(document, b"whole", "a.xlsx", 1, [])
    return OutboxMessage(
        channel=Channel.MAIL,
        to="assel@demo.example",
        kind="document.ready",
        expires_at=now + timedelta(hours=24),
        parameters={"document": document.id, "chat": CHAT},
        language="en",
        key=f"{document.id}:mail",
    )


@pytest.mark.parametrize("kind", LETTERS)
async def test_only_a_code_is_called_a_code_that_did_not_come(
    stores: Stores, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LETTERS, kind, lambda _told: Letter("", kind))
    message = OutboxMessage(
        channel=Channel.SMS,
        to="77010542006",
        kind=kind,
        expires_at=SteadyClock().now() + timedelta(minutes=3),
        parameters={"chat": CHAT},
        language="en",
    )
    owed = await refused(stores, "SMS.REJECTED", message)
    word = [("code.refused", CHAT)] if kind.startswith("code.") else []
    assert owed == word


async def test_who_resets_a_password_is_not_told_that_there_was_a_code(stores: Stores) -> None:
    """It would tell a stranger that the number is an administrator's (S02-8)."""
    message = OutboxMessage(
        channel=Channel.SMS,
        to="77010542006",
        kind="code.reset",
        expires_at=SteadyClock().now() + timedelta(minutes=3),
        parameters={"code": "123456"},
        language="en",
    )
    assert await refused(stores, "SMS.REJECTED", message) == []


@pytest.mark.parametrize(
    "error", [TelegramForbiddenError, TelegramNotFound, TelegramUnauthorizedError]
)
async def test_what_telegram_does_not_let_in_now_stays_owed(
    stores: Stores, error: type[TelegramAPIError]
) -> None:
    """D5: who is blocked now comes back, and a wrong token is mended."""
    now = SteadyClock().now()
    message = OutboxMessage(
        channel=Channel.TELEGRAM,
        to=CHAT,
        kind="employee.ended",
        expires_at=now + timedelta(hours=24),
        parameters={"number": "77010542006"},
    )
    await stores.outbox.owe(message)
    pool = delivery(stores, telegram=ClosedChat(error))
    [row] = await pool.claim(10)
    await pool.deliver(row)
    assert await stores.outbox.waiting() == 1
    assert await pool.claim(10) == []
    [again] = await stores.outbox.claim("one", now + timedelta(hours=1), timedelta(seconds=60), 1)
    assert again.parameters == message.parameters


class ForgetfulBot:
    """A Telegram that tells the bot's name only now and then."""

    def __init__(self) -> None:
        self.name: str | None = None

    async def me(self) -> Any:
        if self.name is None:
            raise TelegramUnauthorizedError(cast("Any", None), "no")
        return SimpleNamespace(username=self.name)


class UnsurePost:
    """A post that has taken what it was handed, and whose answers get lost."""

    def __init__(self) -> None:
        self.handed: list[tuple[str, ...]] = []

    async def sms(self, _phone: Any, text: str, reference: str) -> None:
        self.handed.append((reference, text))
        raise OutcomeUnknown("no answer")

    async def mail(self, _to: Any, subject: str, text: str, reference: str) -> None:
        self.handed.append((reference, subject, text))
        raise OutcomeUnknown("no answer")


@pytest.mark.parametrize(
    ("channel", "to"), [(Channel.SMS, "77010542006"), (Channel.MAIL, "assel@demo.example")]
)
@pytest.mark.parametrize(
    ("kind", "told"),
    [("secret.code", {"code": "ABCDE-12345"}), ("password.changed", {NOT_ME: "token"})],
)
@pytest.mark.parametrize("first", [None, "my_account_bot"])
async def test_what_is_handed_over_once_more_says_the_same(
    stores: Stores, channel: Channel, to: str, kind: str, told: dict[str, str], first: str | None
) -> None:
    """Two texts under one reference are two messages: the name of the bot came in between."""
    now = SteadyClock().now()
    message = OutboxMessage(
        channel, to, kind, now + timedelta(hours=1), told, language="en", key="one"
    )
    await stores.outbox.owe(message)
    post, telegram = UnsurePost(), ForgetfulBot()
    telegram.name = first
    for moment, name in ((now, first), (now + timedelta(minutes=10), "renamed_bot")):
        telegram.name = name
        pool = delivery(stores, post, telegram)
        [row] = await stores.outbox.claim("one", moment, timedelta(seconds=60), 1)
        await pool.deliver(row)
    assert len(post.handed) == 2
    assert len(set(post.handed)) == 1
    assert post.handed[0][0] == "one"


class HangingMail:
    """A post whose mail server never answers, and which notes the SMS it is handed."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.hangs = asyncio.Event()
        self.texts: asyncio.Queue[str] = asyncio.Queue()

    async def sms(self, _phone: Any, text: str, _reference: str) -> None:
        await self.texts.put(text)

    async def mail(self, *_args: Any, **_named: Any) -> None:
        self.hangs.set()
        await self.end.wait()


def a_notice(channel: Channel, to: str) -> OutboxMessage:
    expires_at = SteadyClock().now() + timedelta(hours=24)
    return OutboxMessage(
        channel=channel, to=to, kind="login.locked", expires_at=expires_at, language="en"
    )


async def test_a_mail_server_that_hangs_holds_up_mail_alone(stores: Stores) -> None:
    """Once sixteen letters hung, no SMS and no word in a chat left for as long."""
    for n in range(2 * AT_ONCE):
        await stores.outbox.owe(a_notice(Channel.MAIL, f"{n}@demo.example"))
    post = HangingMail()
    office = delivery(stores, post)
    pool = WorkerPool("delivery", office.claim, office.deliver, concurrency=AT_ONCE)
    running = asyncio.ensure_future(pool.run())
    await post.hangs.wait()
    await stores.outbox.owe(a_notice(Channel.SMS, "77010542006"))
    pool.ring()
    assert "several wrong passwords" in await post.texts.get()
    post.end.set()
    await pool.stop(5)
    await running


class ParticularChat:
    """A Telegram that takes no buttons and no files."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def send_message(
        self, chat_id: int, text: str, reply_markup: Any = None, **_: Any
    ) -> Any:
        if reply_markup is not None:
            raise TelegramBadRequest(cast("Any", None), "Bad Request: BUTTON_TYPE_INVALID")
        self.texts.append(text)
        return Message(
            message_id=7, date=SteadyClock().now(), chat=Chat(id=chat_id, type="private")
        )

    async def send_document(self, *_args: Any, **_named: Any) -> Any:
        raise TelegramEntityTooLarge(cast("Any", None), "Request Entity Too Large")


async def test_a_word_is_told_without_the_buttons_that_telegram_refuses(stores: Stores) -> None:
    chat = ParticularChat()
    office = delivery(stores, telegram=chat, resurface=_stays)
    await stores.outbox.owe(
        OutboxMessage(
            channel=Channel.TELEGRAM,
            to=CHAT,
            kind="reminder.register",
            expires_at=SteadyClock().now() + timedelta(hours=24),
            parameters={"month": "2021-12"},
        )
    )
    [row] = await office.claim(10)
    await office.deliver(row)
    assert await stores.outbox.waiting() == 0
    [text] = chat.texts
    assert "12.2021" in text


async def test_a_file_that_telegram_refuses_is_told(stores: Stores) -> None:
    now = SteadyClock().now()
    await stores.documents.order(a_document_order(), now, [])
    document = await stores.documents.claim("one", now, timedelta(seconds=30))
    assert document is not None
    ready = OutboxMessage(
        channel=Channel.TELEGRAM,
        to=CHAT,
        kind="document.ready",
        expires_at=now + timedelta(hours=24),
        parameters={"document": document.id},
        key=f"{document.id}:ready",
    )
    await stores.documents.made(document, b"whole", "a.xlsx", 1, [ready])
    chat = ParticularChat()
    office = delivery(stores, telegram=chat, resurface=_stays, notifications=_Everybody())
    for _ in range(2):
        for row in await office.claim(10):
            await office.deliver(row)
    assert await stores.outbox.waiting() == 0
    [text] = chat.texts
    assert "Telegram did not accept the file" in text
    assert document.reference in text


async def _stays(*_args: Any, **_named: Any) -> None:
    """Nobody's window comes down."""


class _Everybody:
    """Who may read everything."""

    async def barred(self, *_args: Any) -> None:
        return None


NOTICES = {"sim.replaced"}
"""The letters and SMS that everything else may overtake."""


@pytest.mark.parametrize("kind", LETTERS)
def test_codes_and_warnings_overtake_notices(kind: str) -> None:
    """A new kind of letter has to say which it is, here and in `account.effects.effect`."""
    letter = replace(a_notice(Channel.SMS, "77010542006"), kind=kind)
    if kind.startswith("code."):
        assert letter.priority is Priority.CODE
    else:
        assert (letter.priority is Priority.NOTICE) == (kind in NOTICES)


@pytest.mark.parametrize("kind", ["set.preview", "set.template", "labels.file"])
def test_a_file_that_was_asked_for_overtakes_notices(kind: str) -> None:
    owed = replace(a_notice(Channel.TELEGRAM, "5"), kind=kind)
    assert owed.priority is Priority.FILE


class OpenChat:
    """A Telegram that takes every message and counts them."""

    def __init__(self) -> None:
        self.came = 0

    async def send_message(self, chat_id: int, text: str, **_named: Any) -> Message:
        self.came += 1
        date = SteadyClock().now()
        return Message(message_id=self.came, date=date, chat=Chat(id=chat_id, type="private"))


@pytest.mark.parametrize("outage", [1, 3])
async def test_what_arrived_is_crossed_out_when_the_database_can_be_written_again(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, outage: int
) -> None:
    """Another process stood still with SQLite's lock: the message came again after its lease."""
    monkeypatch.setattr(acknowledgement, "AGAIN_AFTER", 0.0)
    delivered, tries = stores.outbox.delivered, 0

    async def locked(*args: Any) -> bool:
        nonlocal tries
        tries += 1
        if tries <= outage:
            raise StorageUnavailable
        return await delivered(*args)

    monkeypatch.setattr(stores.outbox, "delivered", locked)
    expires = SteadyClock().now() + timedelta(hours=1)
    word = OutboxMessage(channel=Channel.TELEGRAM, to=CHAT, kind="code.refused", expires_at=expires)
    await stores.outbox.owe(word)
    telegram = OpenChat()
    pool = delivery(stores, telegram=telegram, resurface=_stays)
    for row in await pool.claim(10):
        await pool.deliver(row)
    still_owed = select(outbox.c.id).where(outbox.c.state == OWED)
    rows = await stores.database.read(lambda conn: conn.execute(still_owed).all())
    assert (telegram.came, tries, list(rows)) == (1, outage + 1, [])


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("schedule.missed", {"schedule": "none"}),
        ("subscription.ended", {"subscription": "none"}),
        ("action.final", {"action": "none"}),
        ("approval.closed", {"action": "none", "company": "TOO Demo", "asked": "none"}),
        ("set.final", {"set": "none"}),
        ("document.failed", {"document": "none"}),
        ("no.such.kind", {}),
    ],
)
async def test_what_is_no_longer_true_is_given_up_and_nothing_is_said(
    stores: Stores, kind: str, parameters: dict[str, str]
) -> None:
    expires = SteadyClock().now() + timedelta(hours=1)
    word = OutboxMessage(
        channel=Channel.TELEGRAM, to=CHAT, kind=kind, expires_at=expires, parameters=parameters
    )
    await stores.outbox.owe(word)
    telegram = OpenChat()
    pool = delivery(stores, telegram=telegram, resurface=_stays)
    for row in await pool.claim(10):
        await pool.deliver(row)
    rows = await stores.database.read(lambda conn: conn.execute(select(outbox.c.state)).all())
    assert (telegram.came, [row.state for row in rows]) == (0, ["dead"])
