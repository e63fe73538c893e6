"""Paid media: photos and videos that people pay stars for, and who bought them.

Bought by `POST /sandbox/users/{id}/payments` with the message's id; nothing is charged.
"""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.content import CAPTION_LIMIT, caption_of
from sandbox.telegram.errors import bad_request
from sandbox.telegram.media import media_of_call
from sandbox.telegram.payments import PAYLOAD_BYTES, STARS, payments_of
from sandbox.telegram.records import Bot, Json, Message
from sandbox.telegram.sending import Outgoing
from sandbox.telegram.state import TelegramState

DEAREST = 25_000
MOST = 10
KINDS = ("photo", "video")


def send_paid_media(telegram: TelegramState, call: Call) -> Json:
    """The method sendPaidMedia: the bot sees what it sent in full."""
    stars = call.integer("star_count")
    if not 1 <= stars <= DEAREST:
        raise bad_request("STARS_AMOUNT_INVALID")
    payload = call.text("payload")
    if len(payload.encode()) > PAYLOAD_BYTES:
        raise bad_request("EXTENDED_MEDIA_PAYLOAD_INVALID")
    items = call.parsed("media", "media")
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputPaidMedia")
    if not 1 <= len(items) <= MOST:
        raise bad_request(f"paid media must include 1-{MOST} items")
    media = [_item(telegram, call, item) for item in items]
    caption = caption_of(telegram, call)
    outgoing = Outgoing(telegram, call)
    if len(caption.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    content: Json = {"paid_media": {"star_count": stars, "paid_media": media}}
    if call.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    caption.put_into(content, "caption", "caption_entities")
    message = outgoing.send(content)
    chat = telegram.state(call.bot, message.chat_id)
    chat.state.setdefault("paid_media", {})[str(message.message_id)] = {"payload": payload}
    telegram.store.save_chat(chat)
    return message.body


def _item(telegram: TelegramState, call: Call, item: Any) -> Json:
    """An InputPaidMedia as the PaidMedia of a message. Raises 400."""
    if not isinstance(item, dict):
        raise bad_request("expected an Object as InputPaidMedia")
    kind = item.get("type")
    if kind not in KINDS:
        raise bad_request("unsupported paid media type specified")
    content = media_of_call(telegram, call, kind, str(item.get("media", "")), item)
    return {"type": kind, **content}


def buy(telegram: TelegramState, bot: Bot, message: Message, payer: int) -> Json | None:
    """A person pays for the media of a message; None when they have it already.

    The bot gets `purchased_paid_media` when it gave a payload and the chat is no channel.
    """
    kept = telegram.state(bot, message.chat_id).state.get("paid_media", {})
    payload = kept.get(str(message.message_id), {}).get("payload", "")
    bought = payments_of(bot)
    key = f"paid_media:{message.chat_id}:{message.message_id}:{payer}"
    if key in bought:
        return None
    paid = message.body["paid_media"]
    bought[key] = {
        "kind": "paid_media",
        "chat": message.chat_id,
        "from": payer,
        "invoice": {"payload": payload},
        "query": {"currency": STARS, "total_amount": paid["star_count"]},
        "media": paid["paid_media"],
        "state": "paid",
        "charge": f"{payer}_{secrets.token_hex(8)}",
        "asked": telegram.world.clock.timestamp(),
        "paid_at": telegram.now(),
    }
    telegram.store.save_settings(bot)
    update_id = None
    if payload and message.body["chat"]["type"] != "channel":
        told = {"from": telegram.user(payer), "paid_media_payload": payload}
        update_id = telegram.push(bot, "purchased_paid_media", payer, told)
    return {"charge": bought[key]["charge"], "update_id": update_id}


METHODS = {"sendpaidmedia": send_paid_media}
