"""A table of an operator's words: read without regard to case and to blanks, `_` and `-` in them,
said as the operator spells them.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Self

_BETWEEN = re.compile(r"[\s_-]+")


@lru_cache(maxsize=4096)
def compact(word: str) -> str:
    """`pendingactive` of `Pending_Active`, `pending-active` and `PENDING ACTIVE`."""
    return _BETWEEN.sub("", word).casefold()


class Words(frozenset[str]):
    """Words of one meaning in small letters; what stands between their parts counts not."""

    def __new__(cls, words: Iterable[str]) -> Self:
        """With each of them in one piece as well."""
        told = [word.strip().casefold() for word in words]
        return super().__new__(cls, {*told, *map(compact, told)})

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or (
            isinstance(word, str) and super().__contains__(compact(word))
        )


class Meanings(dict[str, Any]):
    """Folded words with their meanings; a word in another spelling means the same.

    `exact`: but for its case a word is only itself, as what gives rights has to be.
    """

    def __init__(self, told: Mapping[str, Any], *, exact: bool = False) -> None:
        super().__init__({word.casefold(): meaning for word, meaning in told.items()})
        self._written = {} if exact else {compact(word): word for word in self}

    def __missing__(self, word: str) -> Any:
        return super().__getitem__(self._written[compact(word)])

    def __contains__(self, word: object) -> bool:
        return super().__contains__(word) or (
            isinstance(word, str) and compact(word) in self._written
        )

    def get(self, word: str, default: Any = None) -> Any:
        """The meaning of a word in small letters."""
        found = dict.get(self, word, self)
        if found is self:
            written = self._written.get(compact(word))
            found = default if written is None else self[written]
        return found


class Vocabulary(Meanings):
    """The usual words and an operator's; `spelled` says a meaning in the operator's own word."""

    def __init__(
        self,
        usual: Mapping[str, Any],
        told: Mapping[str, Any] | None = None,
        *,
        exact: bool = False,
    ) -> None:
        told = told or {}
        super().__init__({**usual, **told}, exact=exact)
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
