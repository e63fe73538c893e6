"""The QR symbol of an activation code: what a reader that is not ours makes of the picture."""

from __future__ import annotations

import struct
import zlib

import pytest
import segno
import zxingcpp

from account.values.identifiers import ActivationCode
from bot.flows.esim.qr_symbol import QUIET_ZONE, UnreadableSymbolError, qr_symbol

CODE = "LPA:1$rsp.example.kz$04386-AGYFT-A74Y8-3F815"
LONG = f"LPA:1$rsp.example.kz${'A1-' * 70}"


def pixels(png: bytes) -> list[list[int]]:
    """The lines of a picture of two colours, 1 for light: PNG without a library that draws."""
    chunks, at = dict[bytes, bytes](), 8
    while at < len(png):
        (size,), name = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        chunks[name] = chunks.get(name, b"") + png[at + 8 : at + 8 + size]
        at += size + 12
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour, width) == (1, 0, height)
    lines, stride = zlib.decompress(chunks[b"IDAT"]), 1 + (width + 7) // 8
    rows = [bytes(stride)]
    for n in range(height):
        row = lines[n * stride : (n + 1) * stride]
        assert row[0] in (0, 2)  # as it is, or what has changed since the line above
        above = rows[-1][1:] if row[0] else bytes(stride)
        rows.append(row[:1] + bytes((a + b) % 256 for a, b in zip(row[1:], above, strict=False)))
    return [[row[1 + x // 8] >> (7 - x % 8) & 1 for x in range(width)] for row in rows[1:]]


@pytest.mark.parametrize(
    "told", [CODE, f"{CODE}$1.3.6.1.4.1.31746$1", f"{CODE}$$1", "LPA:1$a.kz$x-Yz", LONG]
)
def test_the_picture_itself_is_read_back(told: str) -> None:
    text = ActivationCode.told(told).scanned
    rows = pixels(qr_symbol(text))
    picture = memoryview(bytes(255 * one for row in rows for one in row))
    [found] = zxingcpp.read_barcodes(picture.cast("B", (len(rows), len(rows))))
    assert (found.text, found.ec_level) == (text, "M")


def test_the_quiet_zone_is_four_modules_wide_and_the_symbol_small() -> None:
    text = ActivationCode.told(CODE).scanned
    rows = pixels(qr_symbol(text))
    scale = len(rows) // (29 + 2 * QUIET_ZONE)
    assert len(rows) == (29 + 2 * QUIET_ZONE) * scale
    for line in (*rows[: 4 * scale], *(row[: 4 * scale] for row in rows)):
        assert set(line) == {1}
    assert not any(rows[4 * scale][4 * scale : 5 * scale])


def test_capitals_make_it_smaller() -> None:
    shown, scanned = (
        segno.make_qr(one, error="m", boost_error=False) for one in (CODE, CODE.upper())
    )
    assert (shown.designator, scanned.designator) == ("4-M", "3-M")


def test_what_does_not_say_what_it_should_reaches_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    other = segno.make_qr("LPA:1$OTHER.KZ$X", error="m", boost_error=False)
    monkeypatch.setattr(segno, "make_qr", lambda *_, **__: other)
    with pytest.raises(UnreadableSymbolError) as raised:
        qr_symbol(CODE.upper())
    assert str(raised.value) == ""
