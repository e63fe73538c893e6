"""The activation code of an eSIM as a picture that a telephone scans.

The picture is read back before anybody gets it: a symbol that says something else would be found
out by the person, with the old card gone already.
"""

from __future__ import annotations

from io import BytesIO

import segno
import zxingcpp

LEVEL = "m"
QUIET_ZONE = 4
"""Modules around the symbol (ISO/IEC 18004, 6.3.8)."""
_PIXELS = 12
"""Of a module in the picture: what Telegram makes of it is still sharp."""
_LOOK = 4
"""The same where it is read back."""


class UnreadableSymbolError(Exception):
    """What was drawn does not say what it should."""


def qr_symbol(text: str) -> bytes:
    """A PNG of the symbol, level M with its quiet zone. Raises `UnreadableSymbolError`."""
    symbol = segno.make_qr(text, error=LEVEL, boost_error=False)
    if read_back(symbol) != text:
        raise UnreadableSymbolError
    picture = BytesIO()
    symbol.save(picture, kind="png", scale=_PIXELS, border=QUIET_ZONE)
    return picture.getvalue()


def read_back(symbol: segno.QRCode) -> str | None:
    """What a reader that has nothing of ours finds in it; None for nothing."""
    lines = symbol.matrix_iter(scale=_LOOK, border=QUIET_ZONE)
    pixels = b"".join(bytes(0 if dark else 255 for dark in line) for line in lines)
    width = int(symbol.symbol_size(scale=_LOOK, border=QUIET_ZONE)[0])
    picture = memoryview(pixels).cast("B", (width, width))
    found = zxingcpp.read_barcodes(picture)
    return found[0].text if len(found) == 1 else None
