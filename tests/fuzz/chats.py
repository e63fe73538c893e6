"""Telegram in memory: chats as the Bot API keeps them, and an eye on everything that is sent.

It takes the place of the HTTP session of the real `Bot`, so that thousands of steps fit into a
minute. What Telegram would refuse is refused here; what Telegram would not notice and a person
would is noted as a breach.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from io import BytesIO
from itertools import count
from typing import Any
from zipfile import ZipFile, is_zipfile

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    Chat,
    Document,
    File,
    InlineKeyboardMarkup,
    Message,
    User,
)

from sandbox.telegram.entities.html import parse_html
from sandbox.telegram.entities.parsed import ParseError, utf16

BOT = User(id=1_000_001, is_bot=True, first_name="My Account", username="my_account_bot")
LONGEST_TEXT, LONGEST_CAPTION, LONGEST_ANSWER, LONGEST_DATA = 4096, 1024, 200, 64
FAULTS = ("500", "429", "lost", "answer lost", "blocked")


@dataclass
class ChatMessage:
    """A message as it stands in a chat; `rows` are (label, callback data)."""

    id: int
    text: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    own: bool = True


@dataclass(frozen=True)
class Issued:
    """A button that once was in somebody's chat."""

    chat_id: int
    message_id: int
    data: str


class Telegram(BaseSession):
    """All chats. `look` is shown every text that leaves, with the chat it goes to."""

    def __init__(self, now: Callable[[], datetime], look: Callable[[int, str, str], None]) -> None:
        super().__init__()
        self.chats: dict[int, dict[int, ChatMessage]] = {}
        self.issued: list[Issued] = []
        self.breaches: list[str] = []
        self.answered: list[str] = []
        self.files: dict[str, str] = {}
        """What is read in each file, by Telegram's name of it."""
        self.contents: dict[str, bytes] = {}
        """What people's own files hold, by Telegram's name of each."""
        self.trouble: list[str] = []
        """The faults of the next calls, in their order."""
        self._now = now
        self._look = look
        self._ids = count(1)

    def next_id(self) -> int:
        return next(self._ids)

    def window(self, chat_id: int) -> ChatMessage | None:
        """The newest message with buttons."""
        with_buttons = [m for m in self.chats.get(chat_id, {}).values() if m.own and m.rows]
        return with_buttons[-1] if with_buttons else None

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(
        self, url: str, *_args: Any, **_kwargs: Any
    ) -> AsyncGenerator[bytes, None]:
        """What a person has sent as a file."""
        yield self.contents.get(url.rpartition("/")[2], b"")

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own
    ) -> Any:
        """Take one call, as a fault or as Telegram would."""
        self._check(method)
        fault = self.trouble.pop(0) if self.trouble else None
        if fault == "500":
            raise TelegramServerError(method, "Internal Server Error")
        if fault == "429":
            raise TelegramRetryAfter(method, "Too Many Requests", retry_after=3)
        if fault == "lost":
            raise TelegramNetworkError(method, "connection lost")
        if fault == "blocked" and hasattr(method, "chat_id"):
            raise TelegramForbiddenError(method, "Forbidden: bot was blocked by the user")
        serve = getattr(self, f"_{method.__api_method__}", None)
        result = True if serve is None else serve(bot, method)
        if fault == "answer lost":
            raise TelegramNetworkError(method, "no answer")
        return result

    # --- what is served ---

    def _getMe(self, _bot: Bot, _method: Any) -> User:  # noqa: N802
        return BOT

    def _getChat(self, _bot: Bot, method: Any) -> None:  # noqa: N802
        raise TelegramBadRequest(method, "Bad Request: chat not found")

    def _getFile(self, _bot: Bot, method: Any) -> File:  # noqa: N802
        name = method.file_id
        return File(file_id=name, file_unique_id=name, file_path=f"documents/{name}")

    def _sendMessage(self, bot: Bot, method: Any) -> Message:  # noqa: N802
        return self._put(bot, method, self.next_id(), method.text)

    def _sendDocument(self, bot: Bot, method: Any) -> Message:  # noqa: N802
        sent = self._put(bot, method, self.next_id(), method.caption or "")
        if isinstance(method.document, BufferedInputFile):
            file_id = f"file-{sent.message_id}"
            self.files[file_id] = _words_of(bytes(method.document.data))
        else:
            file_id = method.document
        self._look(method.chat_id, "sendDocument", self.files[file_id])
        document = Document(file_id=file_id, file_unique_id=file_id)
        return sent.model_copy(update={"document": document})

    def _sendPhoto(self, bot: Bot, method: Any) -> Message:  # noqa: N802
        return self._put(bot, method, self.next_id(), method.caption or "")

    def _editMessageText(self, bot: Bot, method: Any) -> Message:  # noqa: N802
        old = self._own(method, "message to edit not found")
        rows = _rows(method.reply_markup)
        if (old.text, old.rows) == (method.text, rows):
            raise TelegramBadRequest(method, "Bad Request: message is not modified")
        return self._put(bot, method, old.id, method.text)

    def _editMessageReplyMarkup(self, bot: Bot, method: Any) -> Message:  # noqa: N802
        old = self._own(method, "message to edit not found")
        if old.rows == _rows(method.reply_markup):
            raise TelegramBadRequest(method, "Bad Request: message is not modified")
        return self._put(bot, method, old.id, old.text)

    def _deleteMessage(self, _bot: Bot, method: Any) -> bool:  # noqa: N802
        if self.chats.get(method.chat_id, {}).pop(method.message_id, None) is None:
            raise TelegramBadRequest(method, "Bad Request: message to delete not found")
        return True

    def _answerCallbackQuery(self, _bot: Bot, method: Any) -> bool:  # noqa: N802
        self.answered.append(method.callback_query_id)
        return True

    @staticmethod
    def _asker(method: TelegramMethod[Any]) -> int:
        """Whose tap is answered: the ids of queries name the person."""
        _n, _, person = str(getattr(method, "callback_query_id", "")).partition(":")
        return int(person or 0)

    def _own(self, method: Any, refusal: str) -> ChatMessage:
        old = self.chats.get(method.chat_id, {}).get(method.message_id)
        if old is None or not old.own:
            raise TelegramBadRequest(method, f"Bad Request: {refusal}")
        return old

    def _put(self, bot: Bot, method: Any, message_id: int, text: str) -> Message:
        shown = ChatMessage(message_id, text, _rows(method.reply_markup))
        chat = self.chats.setdefault(method.chat_id, {})
        chat[message_id] = shown
        self.issued.extend(Issued(method.chat_id, message_id, data) for _, data in shown.rows)
        return Message(
            message_id=message_id,
            date=self._now(),
            chat=Chat(id=method.chat_id, type="private"),
            from_user=BOT,
            text=text or None,
        ).as_(bot)

    # --- what is looked at ---

    def _check(self, method: TelegramMethod[Any]) -> None:
        name = method.__api_method__
        chat_id = getattr(method, "chat_id", None) or self._asker(method)
        text = getattr(method, "text", None) or getattr(method, "caption", None) or ""
        rows = _rows(getattr(method, "reply_markup", None))
        plain = text
        if getattr(method, "parse_mode", None) == "HTML":
            try:
                plain = parse_html(text)[0]
            except ParseError as error:
                self.breaches.append(f"{name}: no HTML ({error}): {text!r}")
        longest = LONGEST_CAPTION if name == "sendDocument" else LONGEST_TEXT
        if name == "answerCallbackQuery":
            longest = LONGEST_ANSWER
        if utf16(plain) > longest:
            self.breaches.append(f"{name}: {utf16(plain)} signs of {longest}")
        if name in ("sendMessage", "editMessageText") and not plain.strip():
            self.breaches.append(f"{name}: an empty text")
        for label, data in rows:
            if not 1 <= len(data.encode()) <= LONGEST_DATA or not label.strip():
                self.breaches.append(f"{name}: button {label!r} with {data!r}")
        if _unsayable(text) or any(_unsayable(label) for label, _ in rows):
            self.breaches.append(f"{name}: half a sign is sent")
            return
        whole = "\n".join([plain, *(label for label, _ in rows)])
        self._look(chat_id, name, whole)


def _words_of(content: bytes) -> str:
    """Everything that stands in the sheets of a workbook; of other files nothing is read."""
    if not is_zipfile(BytesIO(content)):
        return ""
    with ZipFile(BytesIO(content)) as book:
        parts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
    return unescape("\n".join(parts))


def _unsayable(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)


def _rows(markup: object) -> list[tuple[str, str]]:
    if not isinstance(markup, InlineKeyboardMarkup):
        return []
    return [
        (button.text, button.callback_data)
        for row in markup.inline_keyboard
        for button in row
        if button.callback_data is not None
    ]
