"""MarkdownV2 and the older Markdown, with the refusals people know by heart."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram.entities.parsed import Entity, ParseError, byte_offset, link_entity, utf16

_RESERVED = set("_*[]()~`>#+-=|{}.!")
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
_MARKS = (
    ("```", "pre"),
    ("||", "spoiler"),
    ("__", "underline"),
    ("![", "custom_emoji"),
    ("`", "code"),
    ("*", "bold"),
    ("_", "italic"),
    ("~", "strikethrough"),
    ("[", "text_link"),
)
_ENDS = {kind: mark for mark, kind in _MARKS} | {"text_link": "]", "custom_emoji": "]"}


@dataclass
class _Open:
    kind: str
    place: int
    text_offset: int
    characters: int
    language: str = ""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.plain: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def add(self, character: str) -> None:
        self.plain.append(character)
        self.length += utf16(character)

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.text):
            self.step()
        if self.open and self.open[-1].kind == "blockquote":
            self.close(self.open.pop())
        if self.open:
            last = self.open[-1]
            place = byte_offset(self.text, last.place)
            raise ParseError(f"Can't find end of {_NAMES[last.kind]} entity at byte offset {place}")
        return "".join(self.plain), self.entities

    def step(self) -> None:
        character = self.text[self.at]
        following = self.text[self.at + 1 : self.at + 2]
        if character == "\\" and following and 0 < ord(following) < 127:
            self.add(following)
            self.at += 2
            return
        inside = self.open[-1].kind if self.open else ""
        if inside and self.ends(inside):
            self.end(inside)
        elif inside in {"code", "pre"} or (character not in _RESERVED and character != "\n"):
            self.add(character)
            self.at += 1
        elif character == "\n":
            self.new_line()
        else:
            self.begin(character)

    def ends(self, inside: str) -> bool:
        mark = _ENDS.get(inside, "")
        if inside == "blockquote" or not self.text.startswith(mark, self.at):
            return False
        return not (inside == "italic" and self.text.startswith("__", self.at))

    def new_line(self) -> None:
        quoted_on = self.text.startswith("\n>", self.at)
        if self.open and self.open[-1].kind == "blockquote":
            if quoted_on:
                self.at += 1
            else:
                self.close(self.open.pop())
        self.add("\n")
        self.at += 1

    def begin(self, character: str) -> None:
        line_start = self.at == 0 or self.text[self.at - 1] == "\n"
        if character == ">" and line_start and not self.open:
            self.push("blockquote", 1)
            return
        for mark, kind in _MARKS:
            if self.text.startswith(mark, self.at):
                self.push(kind, len(mark))
                if kind == "pre":
                    self.language()
                return
        raise ParseError(
            f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
        )

    def push(self, kind: str, width: int) -> None:
        self.open.append(_Open(kind, self.at, self.length, len(self.plain)))
        self.at += width

    def language(self) -> None:
        end = self.at
        while end < len(self.text) and not self.text[end].isspace() and self.text[end] != "`":
            end += 1
        if end > self.at and end < len(self.text) and self.text[end] != "`":
            self.open[-1].language = self.text[self.at : end]
            self.at = end
        if self.text.startswith("\n", self.at):
            self.at += 1

    def end(self, inside: str) -> None:
        opened = self.open.pop()
        self.at += len(_ENDS[inside])
        url = ""
        if inside in {"text_link", "custom_emoji"} and self.text.startswith("(", self.at):
            url = self.url()
        elif inside == "custom_emoji":
            raise ParseError("Custom emoji entity must contain a tg://emoji URL")
        self.close(opened, url)

    def url(self) -> str:
        begin = self.at
        self.at += 1
        address: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] == "\\" and self.at + 1 < len(self.text):
                self.at += 1
            address.append(self.text[self.at])
            self.at += 1
        if self.at >= len(self.text):
            place = byte_offset(self.text, begin)
            raise ParseError(f"Can't find end of a URL at byte offset {place}")
        self.at += 1
        return "".join(address)

    def close(self, opened: _Open, url: str = "") -> None:
        length = self.length - opened.text_offset
        if length == 0:
            return
        entity: Entity = {"type": opened.kind, "offset": opened.text_offset, "length": length}
        if opened.kind == "text_link":
            link = link_entity(url, "".join(self.plain[opened.characters :]))
            if link is None:
                return
            entity |= link
        elif opened.kind == "custom_emoji":
            entity["custom_emoji_id"] = url.removeprefix("tg://emoji?id=")
        elif opened.language:
            entity["language"] = opened.language
        self.entities.append(entity)


def parse_markdown_v2(text: str) -> tuple[str, list[Entity]]:
    """Plain text and entities. Raises `ParseError`."""
    return _Reader(text).read()


_OLD_MARKS = (("```", "pre"), ("`", "code"), ("*", "bold"), ("_", "italic"), ("[", "text_link"))


def parse_markdown(text: str) -> tuple[str, list[Entity]]:
    """The older Markdown: nothing nests, only `_*`[` can be escaped. Raises `ParseError`."""
    reader = _Reader(text)
    while reader.at < len(text):
        character = text[reader.at]
        following = text[reader.at + 1 : reader.at + 2]
        if character == "\\" and following and following in "_*`[":
            reader.add(following)
            reader.at += 2
            continue
        mark, kind = next((m for m in _OLD_MARKS if text.startswith(m[0], reader.at)), ("", ""))
        if not kind:
            reader.add(character)
            reader.at += 1
            continue
        _old_entity(reader, mark, kind)
    return "".join(reader.plain), reader.entities


def _old_entity(reader: _Reader, mark: str, kind: str) -> None:
    place = byte_offset(reader.text, reader.at)
    reader.push(kind, len(mark))
    if kind == "pre":
        reader.language()
    end = reader.text.find(_ENDS[kind], reader.at)
    if end < 0:
        raise ParseError(f"Can't find end of the entity starting at byte offset {place}")
    for character in reader.text[reader.at : end]:
        reader.add(character)
    reader.at = end + len(_ENDS[kind])
    url = reader.url() if kind == "text_link" and reader.text.startswith("(", reader.at) else ""
    reader.close(reader.open.pop(), url)
