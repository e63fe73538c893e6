"""What stays on one line of a message: a figure with its unit, a day with its time.

Telephone numbers keep their plain blanks. Which texts are numbers to tap Telegram's servers decide
by no rule that is told, and whoever copies one pastes it into programs that take no other blank.
"""

from __future__ import annotations

import re

from account.kazakhstan.currency import SIGN

_NBSP = "\u00a0"
_KEPT = re.compile(r"(<(code|pre)\b[^>]*>.*?</\2>|<[^>]*>)", re.DOTALL)
"""Not touched: what a touch copies, and tags."""
_BETWEEN = re.compile(
    # A figure and its unit, but not a telephone number and a word behind it.
    rf"(?<=[0-9])(?<![0-9]{{3}} [0-9]{{2}} [0-9]{{2}}) (?=(?:[^\W\d_]{{1,4}}|%|{SIGN})(?![^\W\d_]))"
    r"|(?<=[0-9]{2}\.[0-9]{2}\.[0-9]{4}) (?=[0-9]{2}:[0-9]{2})"
)


def kept_together(text: str) -> str:
    """The text, plain or HTML, with blanks that do not break where a line must not."""
    parts = _KEPT.split(text)
    # Of each three one is outside, one a piece that is kept, one the name of its tag.
    return "".join(
        _BETWEEN.sub(_NBSP, part) if at % 3 == 0 else part
        for at, part in enumerate(parts)
        if at % 3 != 2 and part
    )
