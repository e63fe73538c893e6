"""What the parsers share: the entity, the refusal, and UTF-16 lengths."""

from __future__ import annotations

from typing import Any

Entity = dict[str, Any]


class ParseError(ValueError):
    """The mark-up is wrong; the text is what Telegram says about it."""


def utf16(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def byte_offset(text: str, position: int) -> int:
    """Telegram names places in bytes of UTF-8."""
    return len(text[:position].encode("utf-8", "surrogatepass"))


def link_entity(url: str, label: str) -> Entity | None:
    """The entity of a link, None when the address is none (the label then stays plain)."""
    address = (url or label).strip()
    if address.startswith("tg://user?id="):
        number = address.removeprefix("tg://user?id=")
        if number.isdigit():
            return {"type": "text_mention", "user": {"id": int(number)}}
        return None
    scheme, separator, rest = address.partition("://")
    if separator and scheme.lower() in {"http", "https", "tg", "ton", "mailto"}:
        host = rest.split("/")[0]
        if not host or " " in address:
            return None
        return {"type": "text_link", "url": address if "/" in rest else address + "/"}
    if " " in address or "." not in address.split("/")[0].strip("."):
        return None
    return {"type": "text_link", "url": f"http://{address}" + ("" if "/" in address else "/")}
