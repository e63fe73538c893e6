"""Rows of a list on their way into the core: whose they are, and which of them cannot be read.

A row of another company's leaves no trace, not even a count. One of ours that cannot be read is
left out, counted, and logged with the field's name and nothing of its contents.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from account.values.page import Page
from carrier.apis import Api
from carrier.http import OperatorHttp
from carrier.tmf.wire import values
from carrier.tmf.wire.decoding import Unread
from carrier.tmf.wire.parts import Owned, RelatedParty
from carrier.tmf.wire.values import Malformed

Row = TypeVar("Row")
Read = TypeVar("Read")
Whole = TypeVar("Whole", bound=Owned)


def readable(row: Row | Unread) -> Row:
    """The row as a struct. Raises `Malformed` with the field that stands in the way."""
    if isinstance(row, Unread):
        raise Malformed(row.field)
    return row


class LeftOut:
    """Rows of one answer that could not be read."""

    def __init__(self, http: OperatorHttp, api: Api) -> None:
        self._http = http
        self._api = api
        self.count = 0

    def add(self, field: str) -> None:
        """One more, for that field."""
        self.count += 1
        self._http.decoding_faults.row(self._api.value, field)


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """A part of a list as it came, from `offset` on; the list has `total` rows."""

    http: OperatorHttp
    api: Api
    rows: Sequence[Row | Unread]
    offset: int
    total: int

    def read(
        self,
        how: Callable[[Row], Read | None],
        mine: Callable[[Row | Unread], bool],
    ) -> Page[Read]:
        """The rows that are `mine`, read; None is one that was not asked for.

        What `how` raises `Malformed` for is left out.
        """
        left_out = LeftOut(self.http, self.api)
        found = []
        for row in self.rows:
            if not mine(row):
                continue
            try:
                one = how(readable(row))
            except Malformed as fault:
                left_out.add(fault.field)
                continue
            if one is not None:
                found.append(one)
        return self.page(found, left_out)

    def page(self, found: Sequence[Read], left_out: LeftOut) -> Page[Read]:
        """What was made of the rows; the next page begins behind all of them."""
        end = self.offset + len(self.rows) if len(found) < len(self.rows) else None
        return Page(tuple(found), self.offset, self.total, left_out.count, end)


@dataclass(frozen=True, slots=True)
class Sifted(Generic[Read]):
    """A list that was read whole, and of it what fits, in its order; `left_out` could not be read.

    Where those would stand nobody knows: they are told with the last page.
    """

    rows: Sequence[Read]
    left_out: int

    def __len__(self) -> int:
        return len(self.rows)

    def page(self, offset: int, limit: int) -> Page[Read]:
        """A page of it."""
        shown = tuple(self.rows[offset : offset + limit])
        last = offset + limit >= len(self.rows)
        return Page(shown, offset, len(self.rows), self.left_out if last else 0)


def parties(row: Owned | Unread) -> Sequence[RelatedParty]:
    """Who is what to a row; nobody where that cannot be read."""
    return (row.parties if isinstance(row, Unread) else row.relatedParty) or ()


def owned(row: Owned | Unread, company_id: str, roles: Collection[str]) -> bool:
    """Whether the company is one of these to a row. In doubt it is not."""
    return any(one.party == company_id and values.word(one.role) in roles for one in parties(row))
