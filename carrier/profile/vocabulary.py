"""A table of an operator's words: read without regard to case, said as the operator spells them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any


class Vocabulary(dict[str, Any]):
    """Folded words with their meanings; `spelled` says a meaning in the operator's own word."""

    def __init__(self, usual: Mapping[str, Any], told: Mapping[str, Any] | None = None) -> None:
        told = told or {}
        super().__init__({word.casefold(): meaning for word, meaning in {**usual, **told}.items()})
        self._spelled: dict[Hashable, str] = {}
        self.said_first: tuple[str, Any] = next(
            (one for one in (*told.items(), *usual.items()) if one[0].strip()), ("", None)
        )
        """The operator's own first word with its meaning; without any of its own the usual one."""
        # the operator's own word before the usual one, and of several the first
        for word, meaning in (*told.items(), *usual.items()):
            self._spelled.setdefault(meaning, word)

    def spelled(self, meaning: Hashable) -> str:
        """The word to say for `meaning`. Raises KeyError for what has none."""
        return self._spelled[meaning]
