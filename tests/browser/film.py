"""Pictures for the README out of a browser test: stills, and a moving one.

The moving one is an animated PNG, which browsers show as any other picture. It is put together
from the screenshots' own chunks, so no picture library is needed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import Locator, expect

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FOLDER = Path(__file__).parent.parent.parent / "docs" / "pictures"
# The looks that make the film, with the seconds for which each of them stands.
FRAMES = {
    "log-in": 1.5,
    "code-asked": 1.5,
    "sms": 1.5,
    "menu": 1.5,
    "numbers": 1.5,
    "card": 2.5,
    "confirm": 2.5,
    "blocked": 2.5,
    "usage-order": 2.0,
    "document": 3.5,
}
# What stands at the top of a frame, where the chat's end alone would not tell it.
TOPS = {"card": "Active since", "blocked": "✅ Blocked", "document": ".xlsx"}
STILLS = {"card": "card.png", "confirm": "question.png", "document": "file.png"}


class Film:
    """Screenshots of one element of one size, in their order."""

    def __init__(self, stage: Locator) -> None:
        self._stage = stage
        self._frames: list[tuple[bytes, float]] = []

    async def look(self, name: str) -> None:
        """Keep what stands there now, when this look belongs to the film."""
        if name not in FRAMES:
            return
        if name in TOPS:
            told = self._stage.locator(".from-bot").filter(has_text=TOPS[name]).last
            await told.evaluate("message => message.scrollIntoView({block: 'start'})")
        # No button under the pointer, no bubble still glowing, no notice floating above the chat.
        await self._stage.page.mouse.move(0, 0)
        notice = self._stage.locator(".answer p")
        while True:
            await expect(notice).to_have_count(0, timeout=15_000)
            picture = await self._stage.screenshot(animations="disabled")
            if await notice.count() == 0:
                break
        self._frames.append((picture, FRAMES[name]))
        if name in STILLS:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / STILLS[name]).write_bytes(picture)

    def keep(self) -> None:
        """Write the film."""
        assert len(self._frames) == len(FRAMES), "looks of the film are missing"
        (FOLDER / "main-job.png").write_bytes(animated(self._frames))


def animated(frames: list[tuple[bytes, float]]) -> bytes:
    """One animated PNG, played again and again; each frame with its seconds."""
    headers = {_data(picture, b"IHDR") for picture, _ in frames}
    assert len(headers) == 1, "frames differ in size or colours"
    (header,) = headers
    size = header[:8]
    parts = [
        SIGNATURE,
        _chunk(b"IHDR", header),
        _chunk(b"acTL", struct.pack(">II", len(frames), 0)),
    ]
    number = 0
    for picture, seconds in frames:
        control = struct.pack(">8sIIHHBB", size, 0, 0, round(seconds * 100), 100, 0, 0)
        parts.append(_chunk(b"fcTL", struct.pack(">I", number) + control))
        pixels = _data(picture, b"IDAT")
        if number == 0:
            parts.append(_chunk(b"IDAT", pixels))
            number = 1
        else:
            parts.append(_chunk(b"fdAT", struct.pack(">I", number + 1) + pixels))
            number += 2
    return b"".join([*parts, _chunk(b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _data(picture: bytes, wanted: bytes) -> bytes:
    return b"".join(data for kind, data in _chunks(picture) if kind == wanted)


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(picture):
        length, kind = struct.unpack_from(">I4s", picture, at)
        yield kind, picture[at + 8 : at + 8 + length]
        at += 12 + length
