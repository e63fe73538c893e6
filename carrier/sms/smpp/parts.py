"""A text as the parts in which a phone gets it (3GPP TS 23.038 and 23.040).

A letter of the GSM alphabet takes a septet, one of its extension two; 160 of them are one message,
with the head that joins parts 153 are left. Any other letter makes the whole text UCS-2: 70 and 67
units of two octets. A letter is never cut: no pair of surrogates, no mark from what it stands on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import count

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
_EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_GSM = {letter: bytes([code]) for code, letter in enumerate(_BASIC) if code != _ESCAPE} | {
    letter: bytes([_ESCAPE, code]) for letter, code in _EXTENSION.items()
}
_JOINING_HEAD = 6
"""Octets of the user data header: length, kind, its length, reference, parts, which."""
MOST_PARTS = 255


class Coding(IntEnum):
    """`data_coding` of SMPP: the centre's own alphabet, taken to be GSM's, or UCS-2."""

    GSM = 0
    UCS2 = 8


_ALONE = {Coding.GSM: 160, Coding.UCS2: 140}
_JOINED = {Coding.GSM: 153, Coding.UCS2: 134}
"""Octets of text in a part as SMPP carries them: a septet has an octet of its own there."""


@dataclass(frozen=True, slots=True)
class Part:
    """What goes into one `submit_sm`; `joined`: its content begins with a head."""

    coding: Coding
    content: bytes
    joined: bool


def parts(text: str, reference: int) -> tuple[Part, ...]:
    """The text in as many parts as it needs; they are known by `reference` (0 to 255).

    Raises ValueError for more than 255 parts.
    """
    coding = Coding.GSM if all(letter in _GSM for letter in text) else Coding.UCS2
    letters = [_encoded(letter, coding) for letter in _letters(text)]
    whole = b"".join(letters)
    if len(whole) <= _ALONE[coding]:
        return (Part(coding, whole, joined=False),)
    contents = list(_filled(letters, _JOINED[coding]))
    if len(contents) > MOST_PARTS:
        raise ValueError("a text of more than 255 parts")
    head = bytes([_JOINING_HEAD - 1, 0, 3, reference & 0xFF, len(contents)])
    numbered = zip(count(1), contents, strict=False)
    return tuple(Part(coding, head + bytes([n]) + content, joined=True) for n, content in numbered)


def _letters(text: str) -> Iterator[str]:
    """Letters with the marks that stand on them."""
    letter = ""
    for sign in text:
        if letter and not unicodedata.combining(sign):
            yield letter
            letter = ""
        letter += sign
    if letter:
        yield letter


def _encoded(letter: str, coding: Coding) -> bytes:
    if coding is Coding.GSM:
        return b"".join(_GSM[sign] for sign in letter)
    return letter.encode("utf-16-be", "replace")


def _filled(letters: list[bytes], most: int) -> Iterator[bytes]:
    content = b""
    for letter in letters:
        if content and len(content) + len(letter) > most:
            yield content
            content = b""
        content += letter
    yield content
