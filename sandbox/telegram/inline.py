"""Inline mode: a person asks a bot from any chat, the bot answers with results, one is chosen.

A chosen result becomes a message of the person's, sent `via_bot`. One with an inline keyboard has
an `inline_message_id`, by which the bot edits it and which its taps carry in place of the message.
"""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from sandbox.telegram.addresses import made_up_file
from sandbox.telegram.call import Call
from sandbox.telegram.entities import format_text
from sandbox.telegram.errors import QUERY_TOO_OLD, bad_request
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.media import content_of, content_of_upload, known_file
from sandbox.telegram.records import Bot, Json, Message
from sandbox.telegram.state import LIFETIMES, TelegramState

MOST_RESULTS = 50
RESULT_ID_BYTES = 64
PREPARED_SECONDS = 24 * 3600

_MEDIA = {
    "photo": ("photo", "photo_url"),
    "gif": ("animation", "gif_url"),
    "mpeg4_gif": ("animation", "mpeg4_url"),
    "video": ("video", "video_url"),
    "audio": ("audio", "audio_url"),
    "voice": ("voice", "voice_url"),
    "document": ("document", "document_url"),
    "sticker": ("sticker", ""),
}
_PLAIN = {"article", "location", "venue", "contact", "game"}


def ask(
    telegram: TelegramState, bot: Bot, person: int, query: str, offset: str, where: str
) -> Json:
    """A person types `@bot query`: the InlineQuery goes to the bot."""
    query_id = str(3_000_000_000_000_000_000 + secrets.randbelow(10**17))
    asked = {"id": query_id, "from": telegram.user(person), "query": query, "offset": offset}
    if where:
        asked["chat_type"] = where
    chat = telegram.state(bot, person)
    kept = {"query": query, "asked": telegram.world.clock.timestamp(), "answer": None}
    chat.state.setdefault("inline", {})[query_id] = kept
    telegram.store.save_chat(chat)
    update_id = telegram.push(bot, "inline_query", person, asked)
    telegram.store.commit()
    return {"inline_query_id": query_id, "update_id": update_id}


def asked_of(telegram: TelegramState, bot: Bot, query_id: str) -> tuple[int, Json] | None:
    """Who asked and what was answered, None when the bot was never asked it."""
    for person in telegram.store.people:
        kept = telegram.state(bot, person).state.get("inline", {}).get(query_id)
        if kept is not None:
            return person, kept
    return None


def answer_inline_query(telegram: TelegramState, call: Call) -> bool:
    """The method answerInlineQuery."""
    results = call.parsed("results", "inline query results")
    if not isinstance(results, list):
        raise bad_request("expected an Array of inline query results")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    for result in results:
        _check_result(result)
    if len({result["id"] for result in results}) != len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    found = asked_of(telegram, call.bot, call.text("inline_query_id"))
    now = telegram.world.clock.timestamp()
    if found is None or now - found[1]["asked"] > LIFETIMES["inline_query"]:
        raise bad_request(QUERY_TOO_OLD)
    person, _ = found
    chat = telegram.state(call.bot, person)
    answer = {"results": results, "next_offset": call.text("next_offset")}
    if button := call.parsed("button", "inline query results button"):
        answer["button"] = button
    chat.state["inline"][call.text("inline_query_id")]["answer"] = answer
    telegram.store.save_chat(chat)
    return True


def _check_result(result: Any) -> None:
    if not isinstance(result, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    if not isinstance(result.get("id"), str) or not result["id"]:
        raise bad_request("can't parse inline query result: Can't find field \"id\"")
    if len(result["id"].encode()) > RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    kind = result.get("type")
    if kind not in _MEDIA and kind not in _PLAIN:
        raise bad_request("can't parse inline query result: Unsupported type specified")
    if kind == "article" and not isinstance(result.get("input_message_content"), dict):
        raise bad_request("can't parse inline query result: Message content is empty")


def choose(
    telegram: TelegramState, bot: Bot, person: int, query_id: str, result: Json
) -> tuple[Json, Json]:
    """The content of the message that the person sends, and the ChosenInlineResult. Raises 400."""
    content = {**_content(telegram, bot, result), "via_bot": bot.as_user()}
    if result.get("reply_markup"):
        markup = {"reply_markup": json.dumps(result["reply_markup"])}
        content["reply_markup"] = read_markup(Call(bot, "", markup))
    kept = telegram.state(bot, person).state["inline"][query_id]
    chosen = {"result_id": result["id"], "from": telegram.user(person), "query": kept["query"]}
    return content, chosen


def _content(telegram: TelegramState, bot: Bot, result: Json) -> Json:
    given = result.get("input_message_content")
    if isinstance(given, dict):
        return _written(given)
    kind = result["type"]
    if kind in _MEDIA:
        return _media(telegram, bot, result)
    place = {name: result[name] for name in ("latitude", "longitude") if name in result}
    if kind == "location":
        return {"location": place}
    if kind == "venue":
        names = {name: result[name] for name in ("title", "address")}
        return {"venue": {"location": place, **names}, "location": place}
    if kind == "contact":
        names = {name: result[name] for name in ("phone_number", "first_name")}
        return {"contact": names}
    title = str(result.get("game_short_name", "game"))
    return {"game": {"title": title, "description": title, "photo": []}}


def _written(given: Json) -> Json:
    if "message_text" not in given:
        if "phone_number" in given:
            return {"contact": given}
        return {"location": {name: given[name] for name in ("latitude", "longitude")}}
    entities = given.get("entities")
    text = format_text(
        str(given["message_text"]),
        str(given.get("parse_mode") or ""),
        json.dumps(entities) if entities else None,
    )
    if not text:
        raise bad_request("message text is empty")
    content: Json = {}
    text.put_into(content, "text", "entities")
    return content


def _media(telegram: TelegramState, bot: Bot, result: Json) -> Json:
    kind, address = _MEDIA[result["type"]]
    file_id = result.get(f"{result['type']}_file_id")
    if file_id:
        content: Json = {kind: content_of(telegram, known_file(telegram, bot, kind, str(file_id)))}
    else:
        made = made_up_file(telegram, kind, str(result.get(address, "")))
        content = content_of_upload(telegram, bot, made, kind)
    caption = format_text(str(result.get("caption") or ""), str(result.get("parse_mode") or ""), "")
    caption.put_into(content, "caption", "caption_entities")
    return content


def inline_id(message: Message) -> str:
    """The inline_message_id of a message sent through the bot."""
    named = f"{message.chat_id}:{message.message_id}".encode()
    return base64.urlsafe_b64encode(named).decode().rstrip("=")


def message_of_inline_id(telegram: TelegramState, bot: Bot, given: str) -> Message | None:
    """The message with this inline_message_id, if it was sent through this bot."""
    try:
        named = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
        chat_id, message_id = (int(part) for part in named.split(":"))
    except ValueError:
        return None
    message = telegram.store.message(bot.id, chat_id, message_id)
    through = (message.body.get("via_bot") or {}).get("id") if message else None
    return message if through == bot.id else None


def save_prepared_inline_message(telegram: TelegramState, call: Call) -> Json:
    """The method savePreparedInlineMessage: kept for a day, as far as the bot can see."""
    result = call.parsed("result", "inline query result")
    _check_result(result)
    if call.integer("user_id") not in telegram.store.people:
        raise bad_request("user not found")
    expires = telegram.now() + PREPARED_SECONDS
    return {"id": secrets.token_urlsafe(12), "expiration_date": expires}


METHODS = {
    "answerinlinequery": answer_inline_query,
    "savepreparedinlinemessage": save_prepared_inline_message,
}
