"""Texts of documents, without catalogues in this room.

A maker writes its texts in English and marks them with `N_`, so that they are found for the
catalogues; the words of the person's language come from whoever puts the rooms together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Words: TypeAlias = Callable[[str, str], str]
"""(language, English text) → the text in that language."""


def N_(text: str) -> str:  # noqa: N802 - the name that extraction looks for
    """The text itself, marked for translation."""
    return text
