"""Telegram's HTML: few tags, four named characters, and refusals that name the byte."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.telegram.entities.parsed import Entity, ParseError, byte_offset, link_entity, utf16

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"[^\s=>/\"']*")
_BARE_VALUE = re.compile(r"[0-9A-Za-z.-]*")


@dataclass
class _Open:
    tag: str
    argument: str
    place: int
    text_offset: int
    characters: int


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1]) if found[1] else int(found[2], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.plain: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip_spaces(self) -> None:
        while self.peek().isspace():
            self.at += 1

    def add(self, piece: str) -> None:
        self.plain.append(piece)
        self.length += utf16(piece)

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "&" and (found := _CHARACTER.match(self.text, self.at)):
                self.add(_character(found))
                self.at = found.end()
            elif character != "<":
                self.add(character)
                self.at += 1
            elif self.text.startswith("</", self.at):
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            tag = self.open[-1].tag
            raise ParseError(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self.plain), self.entities

    def start_tag(self) -> None:
        place = byte_offset(self.text, self.at)
        found = _NAME.match(self.text, self.at + 1)
        assert found is not None
        self.at = found.end()
        tag = found[0].lower()
        if not self.peek():
            raise ParseError(f"Unclosed start tag at byte offset {place}")
        if tag not in _TYPES:
            raise ParseError(f'Unsupported start tag "{tag}" at byte offset {place}')
        argument = ""
        while self.peek() != ">":
            self.skip_spaces()
            if self.peek() == ">":
                break
            name, value = self.attribute(tag, place)
            argument = _argument(tag, name, value) or argument
        self.at += 1
        if tag == "span" and argument != "tg-spoiler":
            raise ParseError(f'Tag "span" must have class "tg-spoiler" at byte offset {place}')
        self.open.append(_Open(tag, argument, place, self.length, len(self.plain)))

    def attribute(self, tag: str, place: int) -> tuple[str, str]:
        found = _ATTRIBUTE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        name = found[0].lower()
        if not self.peek():
            raise ParseError(f'Unclosed start tag "{tag}" at byte offset {place}')
        if not name:
            raise ParseError(f'Empty attribute name in the tag "{tag}" at byte offset {place}')
        self.skip_spaces()
        if self.peek() != "=":
            if not self.peek():
                raise ParseError(f'Unclosed start tag "{tag}" at byte offset {place}')
            return name, ""
        self.at += 1
        self.skip_spaces()
        if not self.peek():
            raise ParseError(f'Unclosed start tag "{tag}" at byte offset {place}')
        return name, self.value(tag, place)

    def value(self, tag: str, place: int) -> str:
        quote = self.peek()
        if quote not in "\"'":
            found = _BARE_VALUE.match(self.text, self.at)
            assert found is not None
            self.at = found.end()
            if self.peek() and not self.peek().isspace() and self.peek() != ">":
                where = byte_offset(self.text, self.at)
                raise ParseError(f"Unexpected end of name token at byte offset {where}")
            return found[0].lower()
        end = self.text.find(quote, self.at + 1)
        if end < 0 or end + 1 >= len(self.text):
            raise ParseError(f'Unclosed start tag "{tag}" at byte offset {place}')
        raw = self.text[self.at + 1 : end]
        self.at = end + 1
        return _CHARACTER.sub(_character, raw)

    def end_tag(self) -> None:
        place = byte_offset(self.text, self.at)
        if not self.open:
            raise ParseError(f"Unexpected end tag at byte offset {place}")
        found = _NAME.match(self.text, self.at + 2)
        assert found is not None
        self.at = found.end()
        name = found[0].lower()
        self.skip_spaces()
        if self.peek() != ">":
            raise ParseError(f"Unclosed end tag at byte offset {place}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise ParseError(
                f"Unmatched end tag at byte offset {place},"
                f' expected "</{opened.tag}>", found "</{name}>"'
            )
        self.close(opened)

    def close(self, opened: _Open) -> None:
        length = self.length - opened.text_offset
        if length == 0:
            return
        kind = _TYPES[opened.tag]
        entity: Entity = {"type": kind, "offset": opened.text_offset, "length": length}
        if kind == "text_link":
            label = "".join(self.plain[opened.characters :])
            link = link_entity(opened.argument, label)
            if link is None:
                return
            entity |= link
        elif kind == "pre":
            self.close_pre(entity)
            return
        elif kind == "code" and opened.argument and self.open and self.open[-1].tag == "pre":
            entity["language"] = opened.argument
        elif kind == "custom_emoji":
            if not opened.argument.isdigit():
                raise ParseError("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = opened.argument
        elif kind == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        self.entities.append(entity)

    def close_pre(self, entity: Entity) -> None:
        """<pre><code class="language-x"> of one extent is one entity with a language."""
        last = self.entities[-1] if self.entities else {}
        same = (last.get("offset"), last.get("length")) == (entity["offset"], entity["length"])
        if same and last.get("type") == "code":
            self.entities.pop()
            if "language" in last:
                entity["language"] = last["language"]
        self.entities.append(entity)


def _argument(tag: str, name: str, value: str) -> str:
    wanted = {
        ("a", "href"): value,
        ("span", "class"): value,
        ("tg-emoji", "emoji-id"): value,
        ("blockquote", "expandable"): "expandable",
    }
    if tag == "code" and name == "class" and value.startswith("language-"):
        return value.removeprefix("language-")
    return wanted.get((tag, name), "")


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Plain text and entities. Raises `ParseError`."""
    plain, entities = _Reader(text).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return plain, entities
