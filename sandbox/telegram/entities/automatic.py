"""What Telegram recognises by itself: commands, links, mentions, phone numbers and the like."""

from __future__ import annotations

import re

from sandbox.telegram.entities.parsed import Entity, utf16

_TOP_LEVEL = "com|org|net|kz|ru|info|io|me|dev|app|test|example|biz|edu|gov|uk|de|eu|int|ai|tel"
_PATTERNS = (
    (
        "bot_command",
        re.compile(r"(?<![\w/<>@#])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?!\w)")),
    (
        "url",
        re.compile(
            r"(?<![\w@])(?:(?:https?|tg|ton)://[^\s<>\"«»]+"
            rf"|(?:[a-zA-Z0-9-]+\.)+(?:{_TOP_LEVEL})(?!\w)(?:[:/?#][^\s<>\"«»]*)?)"
        ),
    ),
    ("mention", re.compile(r"(?<![\w/@.])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w&/#])#(?=\w*[^\W\d_])\w{1,256}")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{3,8}(?!\w)")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d(?:[ ()-]{0,2}\d){9,14}(?!\d)")),
)
_LINK_TAIL = ".,:;!?'\")]}»"
_OPAQUE = {"code", "pre", "text_link", "text_mention", "custom_emoji"} | {k for k, _ in _PATTERNS}


def automatic_entities(text: str, written: list[Entity]) -> list[Entity]:
    """The entities found in `text` outside of what the bot itself marked as code or link."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in written if e["type"] in _OPAQUE]
    narrow = text.isascii() or all(character <= "\uffff" for character in text)
    found: list[Entity] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            piece = match[0].rstrip(_LINK_TAIL) if kind == "url" else match[0]
            offset = match.start() if narrow else utf16(text[: match.start()])
            end = offset + utf16(piece)
            if end > offset and not any(offset < to and end > since for since, to in taken):
                taken.append((offset, end))
                found.append({"type": kind, "offset": offset, "length": end - offset})
    return found
