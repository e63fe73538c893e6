"""A Telegram that survives: updates until they are confirmed, chats as people see them, faults.

An update is offered again until an offset confirms it or a webhook answers 200, whatever happened
to the process that read it. Of every hundred calls three are answered 502, five 429, and three are
carried out with the answer lost on the way.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from crashlab.checks.received_files import ANSWERED, BY, ReceivedFiles, read_parts
from crashlab.rng import drawn
from crashlab.world.chats import Chat, ChatMessage

FAULTS = {"502": 0.03, "429": 0.05, "lost": 0.03}
RETRY_AFTER, PUT_OFF = 1, 6
ASKS = "ap:y:"
"""What is in the buttons of a question for approval."""
ME = {"id": 1000001, "is_bot": True, "first_name": "Lab", "username": "lab_bot"}
REACHING = ("sendmessage", "senddocument", "editmessagetext", "editmessagereplymarkup")
"""Methods that do nothing in a chat whose person has blocked the bot."""
Method = Callable[[dict[str, Any]], Any]


class RefusedError(Exception):
    """Telegram answers 400; the text is its description."""


class BlockedError(Exception):
    """The person has blocked the bot: Telegram answers 403."""


@dataclass
class Press:
    """A press of a button; `answers` counts the tries to answer it."""

    chat_id: int
    update_id: int
    consumed: bool = False
    consumed_at: float = 0.0
    """As `time.monotonic`."""
    answers: int = 0


class Telegram:
    """The Bot API for one bot."""

    def __init__(self, rng: random.Random) -> None:
        self._luck = rng
        self.faults = dict(FAULTS)
        self.late_questions = 0.0
        """The share of questions for approval that are put off for `PUT_OFF` seconds."""
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.calls: dict[str, int] = {}
        self.faulted: dict[str, int] = {}
        self.updates: list[dict[str, Any]] = []
        self.parcels = ReceivedFiles()
        self.blocked: set[int] = set()
        """Chats whose people have blocked the bot."""
        self._away: dict[int, list[list[float]]] = {}
        """When they did and took it back, as `time.time`."""
        self.came = asyncio.Event()
        self._update_id = 10**6
        self._polls = 0
        self._methods: dict[str, Method] = {
            "getme": lambda _body: ME,
            "getwebhookinfo": lambda _body: {"url": "", "pending_update_count": len(self.updates)},
            "sendmessage": self._send,
            "senddocument": self._send_file,
            "editmessagetext": self._edit,
            "editmessagereplymarkup": self._edit,
            "deletemessage": self._delete,
            "answercallbackquery": self._answer,
        }

    # --- what people do ---

    def chat(self, chat_id: int) -> Chat:
        """The chat with that person."""
        return self.chats.setdefault(chat_id, Chat(chat_id))

    def type(self, chat_id: int, text: str) -> None:
        """A person sends a text."""
        chat = self.chat(chat_id)
        chat.last_id += 1
        message = {
            "message_id": chat.last_id,
            "date": int(time.time()),
            "chat": _private(chat_id),
            "from": _user(chat_id),
            "text": text,
        }
        self._push({"message": message})

    def press(self, chat_id: int, message: ChatMessage, data: str) -> None:
        """A person presses a button; every press is an update of its own."""
        query_id = str(self._update_id + 1)
        self.presses[query_id] = Press(chat_id, self._update_id + 1)
        self._push(
            {
                "callback_query": {
                    "id": query_id,
                    "from": _user(chat_id),
                    "chat_instance": "1",
                    "message": _message(chat_id, message),
                    "data": data,
                }
            }
        )

    def block(self, chat_id: int, *, blocked: bool) -> None:
        """A person blocks the bot, or takes it back."""
        (self.blocked.add if blocked else self.blocked.discard)(chat_id)
        away = self._away.setdefault(chat_id, [])
        if blocked:
            away.append([time.time(), math.inf])
        elif away:
            away[-1][1] = time.time()
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        self._push(
            {
                "my_chat_member": {
                    "chat": _private(chat_id),
                    "from": _user(chat_id),
                    "date": int(time.time()),
                    "old_chat_member": _member(before),
                    "new_chat_member": _member(after),
                }
            }
        )

    def was_blocked(self, chat_id: int, since: float, until: float) -> bool:
        """Whether that person had blocked the bot at any time between the two moments."""
        away = self._away.get(chat_id, ())
        return any(begun <= until and since <= ended for begun, ended in away)

    def _push(self, update: dict[str, Any]) -> None:
        self._update_id += 1
        self.updates.append({"update_id": self._update_id, **update})
        self.came.set()

    def confirm(self, update_ids: set[int]) -> None:
        """The bot has them: they are never offered again."""
        for update in self.updates:
            query = update.get("callback_query")
            if query is not None and update["update_id"] in update_ids:
                press = self.presses[query["id"]]
                press.consumed, press.consumed_at = True, time.monotonic()
        self.updates = [one for one in self.updates if one["update_id"] not in update_ids]

    # --- what the bot calls ---

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One method of the Bot API, with its fault."""
        method = request.match_info["method"].lower()
        body = await read_body(request)
        self.calls[method] = self.calls.get(method, 0) + 1
        query = self.presses.get(str(body.get("callback_query_id")))
        if query is not None:
            query.answers += 1
        fault = drawn(self._luck, self.faults)
        body |= {BY: request.match_info.get("process", ""), ANSWERED: fault != "lost"}
        if fault is not None:
            self.faulted[fault] = self.faulted.get(fault, 0) + 1
        asks = ASKS in str(body.get("reply_markup"))
        if asks and self.late_questions and self._luck.random() < self.late_questions:
            return _error(429, "Too Many Requests", {"retry_after": PUT_OFF})
        if fault == "502":
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if fault == "429":
            return _error(429, "Too Many Requests", {"retry_after": RETRY_AFTER})
        try:
            if method in REACHING and int(body.get("chat_id") or 0) in self.blocked:
                raise BlockedError  # noqa: TRY301 - one place for all answers of Telegram
            result = await self._do(method, body)
        except BlockedError:
            return _error(403, "Forbidden: bot was blocked by the user")
        except RefusedError as refused:
            return _error(400, f"Bad Request: {refused}")
        except ConflictError:
            return _error(409, "Conflict: terminated by other getUpdates request")
        if fault == "lost":
            reset(request)
        return web.json_response({"ok": True, "result": result})

    async def _do(self, method: str, body: dict[str, Any]) -> Any:
        if method == "getupdates":
            return await self._get_updates(body)
        known = self._methods.get(method)
        return True if known is None else known(body)

    async def _get_updates(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        self._polls += 1
        mine = self._polls
        self.came.set()
        offset = int(body.get("offset") or 0)
        confirmed = {one["update_id"] for one in self.updates if one["update_id"] < offset}
        self.confirm(confirmed)
        until = time.monotonic() + min(float(body.get("timeout") or 0), 25.0)
        while not self.updates and mine == self._polls:
            self.came.clear()
            try:
                await asyncio.wait_for(self.came.wait(), max(0.0, until - time.monotonic()))
            except TimeoutError:
                break
        if mine != self._polls:
            raise ConflictError
        return self.updates[: int(body.get("limit") or 100)]

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        chat = self.chat(int(body["chat_id"]))
        chat.last_id += 1
        shown = _shown(chat.last_id, body)
        chat.show(shown)
        return _message(chat.id, shown)

    def _send_file(self, body: dict[str, Any]) -> dict[str, Any]:
        parcel = self.parcels.take(body)
        message = self._send({**body, "text": parcel.caption})
        return {**message, "document": parcel.shown}

    def _edit(self, body: dict[str, Any]) -> dict[str, Any]:
        chat = self.chat(int(body["chat_id"]))
        before = chat.shown.get(int(body["message_id"]))
        if before is None:
            raise RefusedError("message to edit not found")
        after = _shown(before.id, {"text": before.text, **body})
        if (before.text, before.markup) == (after.text, after.markup):
            raise RefusedError("message is not modified: specified new message content")
        chat.show(after)
        return _message(chat.id, after)

    def _delete(self, body: dict[str, Any]) -> bool:
        chat = self.chat(int(body["chat_id"]))
        message_id = int(body["message_id"])
        if message_id > chat.last_id:
            raise RefusedError("message to delete not found")
        chat.shown.pop(message_id, None)
        chat.changed.set()
        return True

    def _answer(self, body: dict[str, Any]) -> bool:
        press = self.presses.get(str(body.get("callback_query_id")))
        if press is None:
            raise RefusedError("query is too old and response timeout expired")
        if body.get("text"):
            self.chat(press.chat_id).tell("alert", str(body["text"]))
        return True


class ConflictError(Exception):
    """Another poll has come."""


async def read_body(request: web.Request) -> dict[str, Any]:
    """Parameters, as JSON or as a form."""
    if request.content_type == "multipart/form-data":
        return await read_parts(request)
    raw = await request.read()
    if request.content_type == "application/json":
        return dict(json.loads(raw or b"{}"))
    return {key: values[0] for key, values in parse_qs(raw.decode()).items()}


def reset(request: web.Request) -> None:
    """Cut the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()


def _error(code: int, text: str, parameters: dict[str, Any] | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": text}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)


def _shown(message_id: int, body: dict[str, Any]) -> ChatMessage:
    markup = body.get("reply_markup") or ""
    if not isinstance(markup, str):
        markup = json.dumps(markup)
    rows = json.loads(markup).get("inline_keyboard", []) if markup else []
    buttons = [(one["text"], one.get("callback_data", "")) for row in rows for one in row]
    text = str(body.get("text") or "").replace("\u00a0", " ")
    return ChatMessage(message_id, text, buttons, markup)


def _message(chat_id: int, shown: ChatMessage) -> dict[str, Any]:
    message = {
        "message_id": shown.id,
        "date": int(time.time()),
        "chat": _private(chat_id),
        "from": ME,
        "text": shown.text or "-",
    }
    if shown.markup:
        message["reply_markup"] = json.loads(shown.markup)
    return message


def _private(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "type": "private", "first_name": "Lab"}


def _member(status: str) -> dict[str, Any]:
    """The bot in somebody's private chat."""
    until = {"until_date": 0} if status == "kicked" else {}
    return {"user": ME, "status": status, **until}


def _user(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "Lab", "language_code": "en"}
