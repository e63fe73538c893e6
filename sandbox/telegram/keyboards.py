"""Reply mark-up: read, checked and reduced to the fields Telegram knows."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.records import Json

PER_ROW = 12
IN_ALL = 300
MARKUP_BYTES = 32_768
DATA_BYTES = 64

_STYLES = {"danger", "success", "primary"}
_LOOKS = ("style", "icon_custom_emoji_id")
_ACTIONS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
)
_REPLY_ACTIONS = (
    "request_contact",
    "request_location",
    "request_poll",
    "request_users",
    "request_chat",
    "web_app",
)
_REPLY_OPTIONS = (
    "is_persistent",
    "resize_keyboard",
    "one_time_keyboard",
    "input_field_placeholder",
    "selective",
)


def read_markup(call: Call) -> Json | None:
    """The reply_markup of a call, cleaned; None when absent or empty. Raises 400."""
    raw = call.params.get("reply_markup")
    if raw is None:
        return None
    try:
        markup = json.loads(raw)
    except ValueError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if len(raw.encode()) > MARKUP_BYTES:
        raise bad_request("reply markup is too long")
    if "keyboard" in markup:
        return _reply_keyboard(markup)
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "inline_keyboard", "InlineKeyboardMarkup")
        return {"inline_keyboard": _cut([[_inline(button) for button in row] for row in rows])}
    for name in ("remove_keyboard", "force_reply"):
        if markup.get(name):
            kept = ("selective", "input_field_placeholder")
            return {name: True, **{key: markup[key] for key in kept if markup.get(key)}}
    return None


def inline_only(markup: Json | None) -> Json | None:
    """Only inline keyboards with buttons come back in messages."""
    return markup if markup and markup.get("inline_keyboard") else None


def check_for_chat(markup: Json | None, chat_id: int) -> None:
    """What depends on the chat the message goes to. Raises 400."""
    if not markup or chat_id > 0:
        return
    for row in markup.get("keyboard", []):
        for button in row:
            if button.get("request_contact"):
                raise bad_request("phone number can be requested in private chats only")
            if button.get("request_location"):
                raise bad_request("location can be requested in private chats only")


def check_at_server(markup: Json | None) -> None:
    """What Telegram's servers find wrong, after everything else was right. Raises 400."""
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if len(button.get("callback_data", "").encode()) > DATA_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
            if len(button.get("copy_text", {}).get("text", "")) > 256:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _rows(value: Any, field: str, owner: str) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad_request(f'field "{field}" must be of type Array')
    for row in value:
        if not isinstance(row, list):
            raise bad_request(f'field "{field}" of the {owner} must be an Array of Arrays')
    return value


def _cut(rows: list[list[Json | None]]) -> list[list[Json]]:
    kept: list[list[Json]] = []
    left = IN_ALL
    for row in rows:
        buttons = [button for button in row if button][: min(PER_ROW, left)]
        left -= len(buttons)
        if buttons:
            kept.append(buttons)
    return kept


def _text_of(button: Any, what: str) -> str:
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    if "text" not in button:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    return button["text"].strip()


def _looks(button: Json) -> Json:
    looks = {name: button[name] for name in _LOOKS if button.get(name)}
    if looks.get("style") not in _STYLES:
        looks.pop("style", None)
    return looks


def _inline(button: Any) -> Json | None:
    text = _text_of(button, "inline keyboard button")
    action = _inline_action(button)
    if not action:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if not text and not button.get("icon_custom_emoji_id"):
        return None
    return {"text": text, **action, **_looks(button)}


def _inline_action(button: Json) -> Json:
    for name in _ACTIONS:
        value = button.get(name)
        if value is None or (value == "" and not name.startswith("switch")):
            continue
        if name == "url":
            return {name: _checked_url(str(value))}
        if name == "copy_text":
            if not isinstance(value, dict) or not value.get("text"):
                continue
            return {name: {"text": str(value["text"])}}
        if name == "callback_data" and not isinstance(value, str):
            raise bad_request(
                'can\'t parse inline keyboard button: Field "callback_data" must be of type String'
            )
        return {name: value}
    return {}


def _checked_url(url: str) -> str:
    address = url.strip()
    if address.lower().startswith(("tg:", "ton:", "mailto:", "tonsite:")):
        return address
    whole = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(whole)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("http://")
    reason = ""
    if parts.scheme.lower() not in {"http", "https"}:
        reason = "Unsupported URL protocol"
    elif not host:
        reason = "URL host is empty"
    elif "." not in host or " " in address:
        reason = "Wrong HTTP URL"
    if reason:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {reason}")
    return whole if parts.path or parts.query else f"{whole}/"


def _reply_keyboard(markup: Json) -> Json:
    rows = _rows(markup["keyboard"], "keyboard", "ReplyKeyboardMarkup")
    keyboard = _cut([[_reply_button(button) for button in row] for row in rows])
    options = {name: markup[name] for name in _REPLY_OPTIONS if markup.get(name)}
    return {"keyboard": keyboard, **options}


def _reply_button(button: Any) -> Json | None:
    if isinstance(button, str):
        return {"text": button.strip()} if button.strip() else None
    text = _text_of(button, "keyboard button")
    if not text:
        return None
    actions = {name: button[name] for name in _REPLY_ACTIONS if button.get(name)}
    return {"text": text, **actions, **_looks(button)}
