"""A text with its entities, trimmed and ordered as Telegram returns it.

Offsets and lengths count UTF-16 units throughout.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.entities.automatic import automatic_entities
from sandbox.telegram.entities.html import parse_html
from sandbox.telegram.entities.markdown import parse_markdown, parse_markdown_v2
from sandbox.telegram.entities.parsed import Entity, ParseError, utf16
from sandbox.telegram.errors import bad_request

__all__ = ["Formatted", "format_text", "utf16"]

_ORDER = {"blockquote": 0, "expandable_blockquote": 0, "pre": 9, "code": 9}
_MERGED = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_LITERAL = {"code", "pre"}
_WRITTEN = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
}
_KEPT_FIELDS = ("url", "user", "language", "custom_emoji_id")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


@dataclass
class Formatted:
    """A text ready to be put into a message."""

    text: str
    entities: list[Entity]

    def __bool__(self) -> bool:
        return bool(self.text)

    def put_into(self, body: dict[str, Any], text: str, entities: str) -> None:
        """Set (or remove) the two fields of a Message."""
        body.pop(text, None)
        body.pop(entities, None)
        if self.text:
            body[text] = self.text
        if self.entities:
            body[entities] = self.entities


def format_text(text: str, parse_mode: str, entities: str | None) -> Formatted:
    """The text a message will carry. Raises `ApiError` for what cannot be parsed."""
    parse = _parser(parse_mode)
    text = text.replace("\r", "")
    if parse is not None:
        try:
            plain, found = parse(text)
        except ParseError as error:
            raise bad_request(f"can't parse entities: {error}") from None
    else:
        plain, found = text, _given(entities, text)
    plain = _CONTROL.sub(" ", plain)
    plain, found = _trimmed(plain, found)
    found = _settled(found)
    return Formatted(plain, _ordered(found + automatic_entities(plain, found)))


def _parser(parse_mode: str) -> Any:
    modes = {
        "": None,
        "none": None,
        "html": parse_html,
        "markdown": parse_markdown,
        "markdownv2": parse_markdown_v2,
    }
    try:
        return modes[parse_mode.lower()]
    except KeyError:
        raise bad_request("unsupported parse_mode") from None


def _given(raw: str | None, text: str) -> list[Entity]:
    if not raw:
        return []
    try:
        listed = json.loads(raw)
    except ValueError:
        raise bad_request("can't parse entities JSON object") from None
    if not isinstance(listed, list):
        return []
    whole = utf16(text)
    found: list[Entity] = []
    for entity in listed:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
        if kind not in _WRITTEN or not isinstance(offset, int) or not isinstance(length, int):
            continue
        length = min(length, whole - offset)
        if offset < 0 or length <= 0:
            continue
        kept = {name: entity[name] for name in _KEPT_FIELDS if name in entity}
        found.append({"type": kind, "offset": offset, "length": length, **kept})
    return found


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    left = len(text) - len(text.lstrip())
    shift = utf16(text[:left])
    kept_text = text.strip()
    whole = utf16(kept_text)
    kept: list[Entity] = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] + entity["length"] - shift, whole)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return kept_text, kept


def _settled(entities: list[Entity]) -> list[Entity]:
    """Nothing lies inside code, and equal neighbours are one."""
    literal = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _LITERAL]
    settled: list[Entity] = []
    for entity in _ordered(entities):
        start, end = entity["offset"], entity["offset"] + entity["length"]
        covers = entity["type"] in {"blockquote", "expandable_blockquote"}
        if (
            entity["type"] not in _LITERAL
            and not covers
            and any(start < to and end > since for since, to in literal)
        ):
            continue
        for other in settled:
            if (
                other["type"] == entity["type"]
                and entity["type"] in _MERGED
                and start <= other["offset"] + other["length"]
            ):
                other["length"] = max(other["length"], end - other["offset"])
                break
        else:
            settled.append(dict(entity))
    return settled


def _ordered(entities: list[Entity]) -> list[Entity]:
    return sorted(
        entities, key=lambda e: (e["offset"], -e["length"], _ORDER.get(e["type"], 5), e["type"])
    )
