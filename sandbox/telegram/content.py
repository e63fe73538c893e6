"""What a message carries: its text, caption, media and the fields of each, from a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.entities import Formatted, format_text
from sandbox.telegram.errors import bad_request
from sandbox.telegram.media import media_of_call
from sandbox.telegram.records import Json
from sandbox.telegram.state import TelegramState

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
RAW_BYTES = 32_768

CONTENT_FIELDS = (
    "text",
    "entities",
    "link_preview_options",
    "document",
    "photo",
    "animation",
    "audio",
    "caption",
    "caption_entities",
    "has_media_spoiler",
    "show_caption_above_media",
    "sticker",
    "voice",
    "video",
    "video_note",
    "location",
    "venue",
    "poll",
    "contact",
    "dice",
    "game",
    "invoice",
    "paid_media",
)


INPUT_MEDIA = ("animation", "audio", "document", "photo", "video")
_LOOKS = {
    "has_spoiler": "has_media_spoiler",
    "show_caption_above_media": "show_caption_above_media",
}
_PREVIEW_FIELDS = (
    "is_disabled",
    "url",
    "prefer_small_media",
    "prefer_large_media",
    "show_above_text",
)


def message_text(telegram: TelegramState, call: Call) -> Formatted:
    """The text of sendMessage and editMessageText. Raises 400."""
    raw = call.text("text")
    if not raw:
        raise bad_request("message text is empty")
    if len(raw.encode("utf-8", "surrogatepass")) > RAW_BYTES:
        raise bad_request("text is too long")
    text = format_text(raw, call.text("parse_mode"), call.params.get("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    return _known_mentions(telegram, text)


def caption_of(telegram: TelegramState, call: Call) -> Formatted:
    """The caption of a call, possibly empty. Raises 400."""
    caption = format_text(
        call.text("caption"), call.text("parse_mode"), call.params.get("caption_entities")
    )
    return _known_mentions(telegram, caption)


def preview_options(call: Call) -> Json | None:
    """What is kept of link_preview_options, None when nothing is."""
    options = call.parsed("link_preview_options", "link preview options")
    if isinstance(options, dict):
        kept = {name: options[name] for name in _PREVIEW_FIELDS if options.get(name)}
        return kept or None
    return {"is_disabled": True} if call.flag("disable_web_page_preview") else None


def input_media(telegram: TelegramState, call: Call, item: Any) -> tuple[Json, Formatted]:
    """Content and caption of an InputMedia. Raises 400."""
    if not isinstance(item, dict):
        raise bad_request("expected an Object as InputMedia")
    kind = item.get("type")
    if kind not in INPUT_MEDIA:
        raise bad_request("unsupported media type specified")
    content = media_of_call(telegram, call, kind, str(item.get("media", "")), item)
    content |= looks_of_media(kind, item)
    entities = item.get("caption_entities")
    caption = format_text(
        str(item.get("caption") or ""),
        str(item.get("parse_mode") or ""),
        json.dumps(entities) if entities else None,
    )
    return content, _known_mentions(telegram, caption)


def looks_of_media(kind: str, said: Mapping[str, Any]) -> Json:
    """How a photo or video is shown: blurred, below its caption."""
    looks = {}
    if kind in {"photo", "video", "animation"}:
        for given, name in _LOOKS.items():
            if str(said.get(given, "")).lower() in {"true", "yes", "1"}:
                looks[name] = True
    return looks


def _known_mentions(telegram: TelegramState, text: Formatted) -> Formatted:
    """A mention by id names somebody the bot can know, or is plain text."""
    kept = []
    for entity in text.entities:
        if entity["type"] == "text_mention":
            user_id = entity.get("user", {}).get("id")
            if not isinstance(user_id, int) or user_id < 0 or user_id not in telegram.store.people:
                continue
            entity["user"] = telegram.user(user_id)
        kept.append(entity)
    return Formatted(text.text, kept)
