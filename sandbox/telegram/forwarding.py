"""Copies and forwards, of one message and of several."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.telegram.call import Call
from sandbox.telegram.content import CAPTION_LIMIT, CONTENT_FIELDS, caption_of
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.records import Json, Message
from sandbox.telegram.sending import Outgoing
from sandbox.telegram.state import TelegramState
from sandbox.telegram.targets import find_chat, find_message

MOST = 100


def _source(telegram: TelegramState, call: Call, message_id: int, verb: str) -> Message:
    source_chat = find_chat(telegram, call, "from_chat_id")
    absent = f"message to {verb} not found"
    source = find_message(telegram, source_chat, message_id, absent)
    if source.body.get("has_protected_content"):
        raise bad_request("message has protected content and can't be forwarded")
    return source


def _content(source: Message) -> Json:
    content = {name: source.body[name] for name in CONTENT_FIELDS if name in source.body}
    if not content:
        raise bad_request("message can't be copied")
    return content


def _origin(source: Message) -> Json:
    """Who wrote it first, as a `MessageOrigin`."""
    body = source.body
    if body.get("forward_origin"):
        origin: Json = body["forward_origin"]
        return origin
    if body["chat"]["type"] == "channel":
        place = {"chat": body["chat"], "message_id": source.message_id}
        return {"type": "channel", **place, "date": body["date"]}
    return {"type": "user", "sender_user": body["from"], "date": body["date"]}


def copy_message(telegram: TelegramState, call: Call) -> Json:
    """The method copyMessage: the same content as a message of the bot's own."""
    outgoing = Outgoing(telegram, call)
    content = _content(_source(telegram, call, call.integer("message_id"), "copy"))
    if "caption" in call.params and "text" not in content:
        caption = caption_of(telegram, call)
        if len(caption.text) > CAPTION_LIMIT:
            raise bad_request("message caption is too long")
        caption.put_into(content, "caption", "caption_entities")
    return {"message_id": outgoing.send(content).message_id}


def forward_message(telegram: TelegramState, call: Call) -> Json:
    """The method forwardMessage."""
    outgoing = Outgoing(telegram, call)
    source = _source(telegram, call, call.integer("message_id"), "forward")
    return outgoing.send(_forwarded(source), forwarded=True).body


def _forwarded(source: Message) -> Json:
    try:
        content = _content(source)
    except ApiError:
        raise bad_request("message can't be forwarded") from None
    return {**content, "forward_origin": _origin(source)}


def _several(verb: str) -> Callable[[TelegramState, Call], list[Json]]:
    def send_several(telegram: TelegramState, call: Call) -> list[Json]:
        ids = call.parsed("message_ids", "message identifiers")
        if not ids:
            raise bad_request("message identifiers are not specified")
        if not isinstance(ids, list) or not all(type(one) is int for one in ids):
            raise bad_request("expected an Array of message identifiers")
        if len(ids) > MOST:
            raise bad_request(f"too many messages to {verb}")
        if ids != sorted(set(ids)):
            raise bad_request("message identifiers must be in a strictly increasing order")
        outgoing = Outgoing(telegram, call)
        contents = [content for one in ids if (content := _or_none(telegram, call, one, verb))]
        if not contents:
            raise bad_request(f"there are no messages to {verb}")
        forwarded = verb == "forward"
        return [
            {"message_id": outgoing.send(content, forwarded=forwarded).message_id}
            for content in contents
        ]

    return send_several


def _or_none(telegram: TelegramState, call: Call, message_id: int, verb: str) -> Json | None:
    """What is sent for one of several; those that cannot be are skipped."""
    find_chat(telegram, call, "from_chat_id")
    try:
        source = _source(telegram, call, message_id, verb)
        content = _forwarded(source) if verb == "forward" else _content(source)
    except ApiError:
        return None
    if verb == "copy" and call.flag("remove_caption"):
        content.pop("caption", None)
        content.pop("caption_entities", None)
    return content


METHODS = {
    "copymessage": copy_message,
    "copymessages": _several("copy"),
    "forwardmessage": forward_message,
    "forwardmessages": _several("forward"),
}
