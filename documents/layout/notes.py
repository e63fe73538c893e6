"""Sentences below a table that are known only when its rows have gone by.

A sum over less than all says so: what was not told, not rated or left out is counted while the rows
are written, and the sentence stands there only when there is something to say.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from account.values.page import Unreadable
from documents.layout.blocks import Value
from documents.text.marker import N_

Row = TypeVar("Row")

NOT_TOLD = N_("Amounts the operator did not provide: {n}. They are not included in the total.")
NOT_RATED = N_("Records not yet rated by the operator: {n}. Their cost is not in the total.")


LEFT_OUT = N_("Records of the operator that could not be read: {n}. They are not in this file.")

WORD = N_("not told")
"""In the place of an amount that is added up and that the operator did not tell."""


NOT_REGISTERED = N_("not registered yet")
"""In the place of the registration number of an invoice that the portal does not know yet."""


def or_word(value: Value, word: str) -> Value:
    """The value of a cell, or the word where there is none."""
    return word if value is None else value


class Note(Sequence[str]):
    """One sentence with `{n}` in it, absent while nothing was counted: the lines of a `Prose`.

    It counts itself what it is about, or reads it from `unreadable`.
    """

    def __init__(self, sentence: str, unreadable: Unreadable | None = None) -> None:
        self._sentence = sentence
        self._unreadable = unreadable
        self._counted = 0

    @property
    def rows(self) -> int:
        """What there is to tell."""
        return self._counted + (0 if self._unreadable is None else self._unreadable.rows)

    async def counted(
        self, pages: AsyncIterable[Sequence[Row]], count: Callable[[Row], int]
    ) -> AsyncIterator[Sequence[Row]]:
        """The same pages; `count` says how often a row has what the sentence is about."""
        async for page in pages:
            self._counted += sum(map(count, page))
            yield page

    @property
    def text(self) -> str:
        """The sentence, empty while there is nothing to say."""
        return self._sentence.format(n=self.rows) if self.rows else ""

    def __len__(self) -> int:
        return 1 if self.rows else 0

    def __getitem__(self, index: Any) -> Any:
        return [self.text][: len(self)][index]
