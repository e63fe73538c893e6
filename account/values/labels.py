"""What a company calls its numbers itself: who uses one, and who pays for it (LB-1, LB-3).

Both are ours and never told to the operator, whose own label of a number is another thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

from account.values.identifiers import clean_text

CLEAR = "-"
"""A lone one takes the text away."""


class LabelField(StrEnum):
    """What of the two is meant. Values are persisted."""

    LABEL = "label"
    CENTRE = "centre"


LONGEST = {LabelField.LABEL: 64, LabelField.CENTRE: 32}
"""In characters."""


@dataclass(frozen=True, slots=True)
class NumberLabel:
    """The company's own words for one number; None where it has none."""

    label: str | None = None
    centre: str | None = None
    gone: bool = False
    """The number was not the company's when it was looked at last."""

    def of(self, field: LabelField) -> str | None:
        """One of the two."""
        return self.label if field is LabelField.LABEL else self.centre


NO_LABEL = NumberLabel()


def label_text(typed: str, field: LabelField) -> str | None:
    """The text to keep, on one line and in NFC; None for a lone `-`, which clears.

    A sign that would begin a formula stays text. Raises `TextRefused`.
    """
    text = normalize("NFC", " ".join(typed.split()))
    return None if text == CLEAR else clean_text(text, LONGEST[field])


def folded(text: str) -> str:
    """The text without regard to case and blanks: equal ones are one cost centre."""
    return " ".join(normalize("NFC", text).casefold().split())
