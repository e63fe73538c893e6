"""Text as it was typed: what belongs to no number, and what may not be in a name."""

import re

from account.errors.typed import TextFault, TextRefused

# Marks without a width that phones and word processors leave in copied numbers: soft hyphen,
# zero-width characters, marks of writing direction, BOM.
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff" + _BIDI
AS_TYPED_NUMBER = str.maketrans({"\u00a0": " ", "\u202f": " "} | dict.fromkeys(_INVISIBLE))

_CONTROLS_BUT_TAB_AND_NEWLINE = "\u0000-\u0008\u000b-\u001f\u007f-\u009f"
_UNSAFE_IN_TEXT = re.compile(f"[{_CONTROLS_BUT_TAB_AND_NEWLINE}{_BIDI}\ud800-\udfff]")


def require(pattern: str, value: str) -> None:
    """Hold the constructor to the normal form; the value stays out of the message."""
    if re.fullmatch(pattern, value) is None:
        raise ValueError(f"not in the normal form {pattern}")


def digits_of(text: str) -> str | None:
    """The digits of a phone number or of a part of one, or None when the text is something else.

    For search: only digits, spaces, brackets, hyphens and plus, and at least three digits. A
    leading 8 stays an 8.
    """
    typed = text.translate(AS_TYPED_NUMBER).strip()
    if re.fullmatch(r"[0-9 ()+\-]+", typed) is None:
        return None
    digits = re.sub(r"[^0-9]", "", typed)
    return digits if len(digits) >= 3 else None


def clean_text(text: str, limit: int) -> str:
    """Free text without the white space around it, at most `limit` characters.

    Raises TextRefused for what PostgreSQL or an encoder chokes on (NUL, lone surrogates), what
    turns the direction of writing, other control characters, and for text with nothing visible.
    """
    stripped = text.strip()
    if _UNSAFE_IN_TEXT.search(stripped):
        raise TextRefused(TextFault.FORBIDDEN_CHARACTERS)
    if not stripped.strip(_INVISIBLE):
        raise TextRefused(TextFault.EMPTY)
    if len(stripped) > limit:
        raise TextRefused(TextFault.TOO_LONG, limit)
    return stripped
