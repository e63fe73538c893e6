"""The shape of an update without what is in it, for those who look for what is wrong with it.

No text that anybody typed, no name, no whole number: lengths, last four digits, and the few words
that Telegram itself puts there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from account.values.periods import shown_moment

MOST_LINES, MOST_ITEMS = 200, 5
OF_TELEGRAM = frozenset({"type", "status"})
"""Members whose text is a word of the Bot API."""
MOMENTS = frozenset({"date", "edit_date"})
_NAME = re.compile("[a-z][a-z0-9_]{0,63}")
_WORD = re.compile("[a-z_]{1,32}")


def outline(content: bytes) -> Iterator[str]:
    """A line for each member, as `message.text: 12 characters`."""
    try:
        update = json.loads(content)
    except (ValueError, RecursionError):
        yield f"no JSON that can be read, {len(content)} bytes"
        return
    yield from islice(_lines("", "", update), MOST_LINES)


def _lines(path: str, name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            shown = key if _NAME.fullmatch(key) else "?"
            yield from _lines(f"{path}.{shown}" if path else shown, shown, member)
    elif isinstance(value, list):
        yield f"{path}: {len(value)} items"
        for number, item in enumerate(value[:MOST_ITEMS]):
            yield from _lines(f"{path}[{number}]", name, item)
    else:
        yield f"{path or 'update'}: {_masked(name, value)}"


def _masked(name: str, value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if name in OF_TELEGRAM and _WORD.fullmatch(value):
            return value
        return f"{len(value)} characters"
    if not isinstance(value, int):
        return "a number"
    if name in MOMENTS and 0 < value < 1 << 32:
        return shown_moment(datetime.fromtimestamp(value, UTC))
    digits = str(abs(value))
    return digits if len(digits) <= 4 else f"…{digits[-4:]}"
