"""Messages a bot changes or takes back."""

from __future__ import annotations

from sandbox.telegram.call import Call
from sandbox.telegram.content import (
    CAPTION_LIMIT,
    INPUT_MEDIA,
    TEXT_LIMIT,
    caption_of,
    input_media,
    message_text,
    preview_options,
)
from sandbox.telegram.errors import NOT_MODIFIED, bad_request
from sandbox.telegram.inline import message_of_inline_id
from sandbox.telegram.keyboards import check_at_server, inline_only, read_markup
from sandbox.telegram.members import may
from sandbox.telegram.polls import close_if_over
from sandbox.telegram.records import Json, Message
from sandbox.telegram.state import TelegramState
from sandbox.telegram.targets import check_not_blocked, find_chat, find_message, writable_chat

DELETABLE_SECONDS = 48 * 3600

_MEDIA = (*INPUT_MEDIA, "voice")
_REPLACED_BY_MEDIA = (
    "text",
    "entities",
    "link_preview_options",
    "has_media_spoiler",
    "show_caption_above_media",
)


def _edited(telegram: TelegramState, call: Call) -> Message:
    if not call.text("chat_id") and not call.integer("message_id"):
        if not call.text("inline_message_id"):
            raise bad_request("message identifier is not specified")
        found = message_of_inline_id(telegram, call.bot, call.text("inline_message_id"))
        if found is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return found
    chat = writable_chat(telegram, call)
    message = find_message(telegram, chat, call.integer("message_id"), "message to edit not found")
    if not message.by_bot or "forward_origin" in message.body:
        raise bad_request("message can't be edited")
    close_if_over(telegram, call.bot, message)
    return message


def _finish(
    telegram: TelegramState, call: Call, message: Message, before: Json, markup: Json | None
) -> Json | bool:
    message.body.pop("reply_markup", None)
    inline = inline_only(markup)
    if inline:
        message.body["reply_markup"] = inline
    if message.body == before:
        raise bad_request(NOT_MODIFIED)
    check_at_server(markup)
    check_not_blocked(telegram.state(call.bot, message.chat_id))
    message.body["edit_date"] = telegram.now()
    telegram.change_message(message)
    return message.body if message.by_bot else True


def edit_message_text(telegram: TelegramState, call: Call) -> Json | bool:
    """The method editMessageText; without reply_markup the keyboard goes away."""
    text = message_text(telegram, call)
    preview = preview_options(call)
    markup = read_markup(call)
    message = _edited(telegram, call)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    if len(text.text) > TEXT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    before = dict(message.body)
    text.put_into(message.body, "text", "entities")
    message.body.pop("link_preview_options", None)
    if preview:
        message.body["link_preview_options"] = preview
    return _finish(telegram, call, message, before, markup)


def edit_message_caption(telegram: TelegramState, call: Call) -> Json | bool:
    """The method editMessageCaption."""
    caption = caption_of(telegram, call)
    markup = read_markup(call)
    message = _edited(telegram, call)
    if not any(kind in message.body for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    if len(caption.text) > CAPTION_LIMIT:
        raise bad_request("MEDIA_CAPTION_TOO_LONG")
    before = dict(message.body)
    message.body.pop("show_caption_above_media", None)
    if call.flag("show_caption_above_media"):
        message.body["show_caption_above_media"] = True
    caption.put_into(message.body, "caption", "caption_entities")
    return _finish(telegram, call, message, before, markup)


def edit_message_reply_markup(telegram: TelegramState, call: Call) -> Json | bool:
    """The method editMessageReplyMarkup."""
    markup = read_markup(call)
    message = _edited(telegram, call)
    return _finish(telegram, call, message, dict(message.body), markup)


def edit_message_media(telegram: TelegramState, call: Call) -> Json | bool:
    """The method editMessageMedia."""
    if "media" not in call.params:
        raise bad_request("input media is not specified")
    content, caption = input_media(telegram, call, call.parsed("media", "input media"))
    markup = read_markup(call)
    message = _edited(telegram, call)
    if len(caption.text) > CAPTION_LIMIT:
        raise bad_request("MEDIA_CAPTION_TOO_LONG")
    before = dict(message.body)
    for name in (*_MEDIA, *_REPLACED_BY_MEDIA):
        message.body.pop(name, None)
    message.body |= content
    caption.put_into(message.body, "caption", "caption_entities")
    return _finish(telegram, call, message, before, markup)


def _check_deletable(telegram: TelegramState, message: Message) -> None:
    if telegram.now() - int(message.body["date"]) > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    if message.chat_id > 0 or message.by_bot:
        return
    if not may(
        telegram, telegram.store.bots[message.bot_id], message.chat_id, "can_delete_messages"
    ):
        raise bad_request("message can't be deleted")


def delete_message(telegram: TelegramState, call: Call) -> bool:
    """The method deleteMessage."""
    if not call.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not call.text("message_id"):
        raise bad_request("message identifier is not specified")
    chat = find_chat(telegram, call)
    absent = "message to delete not found"
    message = find_message(telegram, chat, call.integer("message_id"), absent)
    _check_deletable(telegram, message)
    telegram.delete_message(message)
    return True


def delete_messages(telegram: TelegramState, call: Call) -> bool:
    """The method deleteMessages; those that cannot be found are skipped."""
    if not call.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not call.text("message_ids"):
        raise bad_request("message identifiers are not specified")
    ids = call.parsed("message_ids", "message identifiers")
    if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
        raise bad_request("expected an Array of message identifiers")
    if len(ids) > 100:
        raise bad_request("too many message identifiers specified")
    chat = find_chat(telegram, call)
    found = [telegram.store.message(chat.bot_id, chat.chat_id, one) for one in ids]
    present = [message for message in found if message is not None]
    for message in present:
        _check_deletable(telegram, message)
    for message in present:
        telegram.delete_message(message)
    return True


METHODS = {
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "editmessagemedia": edit_message_media,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
}
