"""Messages a bot sends: texts, files of all kinds and albums.

The order of checks is that of the original server; a bad text to an unknown chat complains of the
text. Nothing is written before every check has passed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from sandbox.telegram.call import Call
from sandbox.telegram.content import (
    CAPTION_LIMIT,
    INPUT_MEDIA,
    TEXT_LIMIT,
    caption_of,
    input_media,
    looks_of_media,
    message_text,
    preview_options,
)
from sandbox.telegram.entities import Formatted
from sandbox.telegram.errors import bad_request
from sandbox.telegram.keyboards import check_at_server, check_for_chat, inline_only, read_markup
from sandbox.telegram.media import media_of_call
from sandbox.telegram.records import Chat, Json, Message
from sandbox.telegram.state import TelegramState
from sandbox.telegram.targets import check_not_blocked, writable_chat
from sandbox.telegram.topics import in_thread, thread_of

_WITHOUT_CAPTION = {"video_note", "sticker"}


def _reply_parameters(call: Call) -> tuple[int, bool]:
    """The message replied to (0 for none), and whether it may be absent. Raises 400."""
    given = call.params.get("reply_parameters")
    if given is None:
        allowed = call.flag("allow_sending_without_reply")
        return call.integer("reply_to_message_id"), allowed
    try:
        parsed = json.loads(given)
    except ValueError:
        raise bad_request("can't parse reply parameters JSON object") from None
    if not isinstance(parsed, dict):
        raise bad_request("object expected as reply parameters")
    allowed = parsed.get("allow_sending_without_reply") in (True, "true")
    try:
        return int(parsed.get("message_id", 0)), allowed
    except (TypeError, ValueError):
        raise bad_request("can't parse reply parameters: bad message_id") from None


class Outgoing:
    """What every sending method shares, in the order of the original's checks."""

    def __init__(self, telegram: TelegramState, call: Call) -> None:
        self.telegram = telegram
        self.call = call
        reply_to, may_be_absent = _reply_parameters(call)
        self.markup = read_markup(call)
        self.chat: Chat = writable_chat(telegram, call)
        check_for_chat(self.markup, self.chat.chat_id)
        self.reply: Json | None = self._replied(reply_to, may_be_absent=may_be_absent)
        self.thread = thread_of(telegram, call, self.chat, self.reply)

    def _replied(self, message_id: int, *, may_be_absent: bool) -> Json | None:
        if message_id <= 0:
            return None
        found = self.telegram.store.message(self.chat.bot_id, self.chat.chat_id, message_id)
        if found is None:
            if may_be_absent:
                return None
            raise bad_request("message to be replied not found")
        return {key: value for key, value in found.body.items() if key != "reply_to_message"}

    def send(self, content: Json, *, forwarded: bool = False) -> Message:
        """Put the message into the chat after the checks of Telegram's own servers."""
        check_at_server(self.markup)
        check_not_blocked(self.chat)
        body: Json = in_thread(self.thread)
        if self.reply is not None:
            body["reply_to_message"] = self.reply
        body |= content
        if self.call.flag("protect_content"):
            body["has_protected_content"] = True
        inline = inline_only(self.markup)
        if inline and not forwarded:
            body["reply_markup"] = inline
        message = self.telegram.add_message(self.call.bot, self.chat.chat_id, body, by_bot=True)
        self._keep_keyboard(message)
        return message

    def _keep_keyboard(self, message: Message) -> None:
        """A reply keyboard belongs to the chat, not to the message."""
        state = self.chat.state
        before = dict(state)
        state.pop("action", None)
        markup = self.markup or {}
        if "keyboard" in markup or "force_reply" in markup:
            state["reply_keyboard"] = self.markup
            state["keyboard_message"] = message.message_id
        elif "remove_keyboard" in markup:
            state.pop("reply_keyboard", None)
            state.pop("keyboard_message", None)
        if state != before:
            self.telegram.store.save_chat(self.chat)
            self.telegram.tell_chat(
                self.chat.bot_id,
                self.chat.chat_id,
                "keyboard",
                reply_keyboard=state.get("reply_keyboard"),
            )


def send_message(telegram: TelegramState, call: Call) -> Json:
    """The method sendMessage."""
    text = message_text(telegram, call)
    preview = preview_options(call)
    outgoing = Outgoing(telegram, call)
    if len(text.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    content: Json = {}
    text.put_into(content, "text", "entities")
    if preview:
        content["link_preview_options"] = preview
    return outgoing.send(content).body


def _send_media(telegram: TelegramState, call: Call, kind: str) -> Json:
    content = media_of_call(telegram, call, kind, call.text(kind), call.params)
    content |= looks_of_media(kind, call.params)
    caption = caption_of(telegram, call) if kind not in _WITHOUT_CAPTION else Formatted("", [])
    outgoing = Outgoing(telegram, call)
    if len(caption.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    caption.put_into(content, "caption", "caption_entities")
    return outgoing.send(content).body


def _sender(kind: str) -> Callable[[TelegramState, Call], Json]:
    def send(telegram: TelegramState, call: Call) -> Json:
        return _send_media(telegram, call, kind)

    return send


def send_media_group(telegram: TelegramState, call: Call) -> list[Json]:
    """The method sendMediaGroup."""
    items = call.parsed("media", "media")
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputMedia")
    if not 2 <= len(items) <= 10:
        raise bad_request("media group must include 2-10 items")
    contents: list[Json] = []
    for item in items:
        content, caption = input_media(telegram, call, item)
        if len(caption.text) > CAPTION_LIMIT:
            raise bad_request("message caption is too long")
        caption.put_into(content, "caption", "caption_entities")
        contents.append(content)
    outgoing = Outgoing(telegram, call)
    group = str(secrets.randbelow(10**17) + 10**17)
    return [outgoing.send({"media_group_id": group, **content}).body for content in contents]


METHODS = {
    "sendmessage": send_message,
    **{f"send{kind}": _sender(kind) for kind in (*INPUT_MEDIA, "voice")},
    "sendvideonote": _sender("video_note"),
    "sendsticker": _sender("sticker"),
    "sendmediagroup": send_media_group,
}
