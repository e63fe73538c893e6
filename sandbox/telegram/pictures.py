"""Pictures: how large one is, and plain ones made up where Telegram would scale or draw.

Nothing is decoded here. A smaller size or a thumbnail is a plain blue picture of the right
dimensions: the shape of a message is the original's, the look is not.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from pathlib import Path

UNKNOWN = (1280, 720)


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG, JPEG or GIF, `UNKNOWN` for anything else."""
    return size_of_picture(path.read_bytes()[: 1 << 16]) or UNKNOWN


def size_of_picture(head: bytes) -> tuple[int, int] | None:
    """Width and height by the first bytes of a file, None when they are no picture's."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return int(width), int(height)
    if head[:6] in {b"GIF87a", b"GIF89a"} and len(head) >= 10:
        width, height = struct.unpack("<HH", head[6:10])
        return int(width), int(height)
    at = 2
    while head.startswith(b"\xff\xd8") and at + 9 < len(head) and head[at] == 0xFF:
        if 0xC0 <= head[at + 1] <= 0xC3:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return None


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The same proportions with neither side over `side`; never larger than it was."""
    longest = max(width, height)
    if longest <= side:
        return width, height
    return max(1, width * side // longest), max(1, height * side // longest)


@lru_cache(maxsize=64)
def plain_png(width: int, height: int) -> bytes:
    """A plain blue picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    row = b"\x00" + b"\x3a\x7b\xd5" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(row * height)),
            chunk(b"IEND", b""),
        )
    )
