"""Which numbers: a list that grows with everything that is sent, until it is begun again.

Nothing of a text or a file stays but its numbers and the lines of what was not read; a list that is
not used is forgotten after an hour.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from account.changes.sets.change_set import LIST_LIFE
from account.changes.sets.gathering import Gathering
from account.changes.sets.ports import NumberListStore
from account.effects.effect import AddToDailyTotal, Bound, EffectStore
from account.errors import (
    ListFileFault,
    ListFileRefused,
    ListFilesExceeded,
    SetEmpty,
    SetTooLarge,
)
from account.identity.permissions import Actor, require
from account.lists.list_file import MOST_BYTES, ListFile, ListFiles, Sheet
from account.lists.number_list import NumberList
from account.lists.pasted_text import read_text
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.number import Number
from account.values.page import Page
from account.values.rights import Right

MOST_LISTED = 10_000
"""Numbers in a list, whatever may be done with it."""
MOST_KEPT = 5 * MOST_LISTED
"""Numbers that are kept while sheets or columns are chosen."""
PAGE = 100
"""Rows that are asked for at once."""
FILES_AN_HOUR = 30
"""Files of one person that are read in an hour by the clock."""

Fetch = Callable[[], Awaitable[bytes]]
"""Brings a file's content. Raises `ListFileRefused`."""


Turn = Callable[[int, int], Awaitable[Page[Number]]]
"""Brings a page of a list from an offset on, so many rows. Raises `CarrierUnavailable`."""


class NumberSelection:
    """Puts one person's list together. Every method raises the refusals of `require`."""

    def __init__(
        self, store: NumberListStore, clock: Clock, files: ListFiles, effects: EffectStore
    ) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._effects = effects

    async def gathered(self, actor: Actor) -> Gathering:
        """What there is so far."""
        company = require(actor, Right.LIST_NUMBERS)
        since = self._clock.now() - LIST_LIFE
        return await self._store.gathered(actor.telegram_id, actor.session_id, company.id, since)

    async def add_text(self, actor: Actor, text: str) -> Gathering:
        """Add what a text holds, or ask for its column.

        Raises `SetEmpty` for a text in which nothing was read or told, `SetTooLarge`.
        """
        present = await self.gathered(actor)
        read = read_text(text, present.numbers.lines + 1)
        if isinstance(read, NumberList) and not read.numbers and not read.left_out:
            raise SetEmpty
        return await self._keep(actor, present.with_text(read))

    async def add_file(self, actor: Actor, size: int | None, fetch: Fetch) -> Gathering:
        """Add what a file lists, or ask for its sheet or column; `size` in bytes, where it is told.

        Nothing is fetched of a file that is too large, or one too many. Raises `ListFileRefused`,
        `ListFilesExceeded`, `SetEmpty` for a file without a number, `SetTooLarge`.
        """
        require(actor, Right.LIST_NUMBERS)
        if size is not None and size > MOST_BYTES:
            raise ListFileRefused(ListFileFault.LARGE)
        await self._effects.write([file_of_hour(actor.telegram_id, self._clock.now())])
        file = _without_lines(await self._files.read(await fetch()))
        if not file.sheets and not file.hidden:
            raise SetEmpty
        return await self._keep(actor, (await self.gathered(actor)).with_file(file))

    async def tick(self, actor: Actor, msisdn: Msisdn) -> Gathering:
        """Add a number, or take it out again. Raises `SetTooLarge`."""
        present = await self.gathered(actor)
        if any(one.msisdn == msisdn for one in present.numbers.numbers):
            return await self._keep(actor, present.without({msisdn}))
        return await self._keep(actor, present.with_ticked([msisdn]))

    async def tick_all(self, actor: Actor, turn: Turn) -> tuple[Gathering, int]:
        """Add every number of a list as it is now; and how many of its rows could not be read.

        Nothing is added of a list that is too large: raises `SetTooLarge`, and `CarrierUnavailable`
        as `turn` does.
        """
        present = await self.gathered(actor)
        found: list[Msisdn] = []
        left_out = offset = 0
        while True:
            page = await turn(offset, PAGE)
            if page.total > MOST_LISTED:
                raise SetTooLarge(MOST_LISTED)
            found += (number.msisdn for number in page.rows)
            left_out += page.left_out
            # A page may have no row that could be read, and others behind it.
            before, offset = offset, page.end
            if offset >= page.total or offset <= before:
                break
        return await self._keep(actor, present.with_ticked(found)), left_out

    async def choose_sheet(self, actor: Actor, mark: str, index: int | None) -> Gathering:
        """Take that sheet, from 0, or all of them; what is not asked about changes nothing.

        `mark` is the question's. Raises `SetTooLarge`.
        """
        present = await self.gathered(actor)
        asked = len(present.sheets) if mark == present.mark else 0
        if not asked or (index is not None and not 0 <= index < asked):
            return present
        return await self._keep(actor, present.with_sheets(index))

    async def choose_column(self, actor: Actor, mark: str, index: int) -> Gathering:
        """Take that column, from 0; one that is not asked about changes nothing.

        `mark` is the question's. Raises `SetTooLarge`.
        """
        present = await self.gathered(actor)
        if mark != present.mark or not 0 <= index < len(present.columns):
            return present
        return await self._keep(actor, present.with_column(index))

    async def add_hidden(self, actor: Actor) -> Gathering:
        """Add what was left out for being hidden. Raises `SetTooLarge`."""
        return await self._keep(actor, (await self.gathered(actor)).with_hidden())

    async def start_again(self, actor: Actor) -> None:
        """Forget the list."""
        require(actor, Right.LIST_NUMBERS)
        await self._store.drop(actor.telegram_id)

    async def _keep(self, actor: Actor, gathered: Gathering) -> Gathering:
        if len(gathered.numbers) > MOST_LISTED or gathered.size > MOST_KEPT:
            raise SetTooLarge(MOST_LISTED)
        company, now = actor.company, self._clock.now()
        await self._store.keep(actor.telegram_id, actor.session_id, company.id, gathered, now)
        return gathered


def file_of_hour(telegram_id: int, now: datetime) -> AddToDailyTotal:
    """One file more of that person's in this hour. Refuses with `ListFilesExceeded`."""
    name = f"list.files:{telegram_id}:{now:%H}"
    return AddToDailyTotal(name, now, 1, (Bound(FILES_AN_HOUR, lambda _left: ListFilesExceeded()),))


def _without_lines(file: ListFile) -> ListFile:
    """The file's own rows: lines that are pasted afterwards do not go on from them."""
    return replace(file, sheets=tuple(map(_without_line, file.sheets)))


def _without_line(sheet: Sheet) -> Sheet:
    if isinstance(sheet.read, NumberList):
        return replace(sheet, read=replace(sheet.read, lines=0))
    columns = tuple(
        replace(column, numbers=replace(column.numbers, lines=0)) for column in sheet.read.columns
    )
    return replace(sheet, read=replace(sheet.read, columns=columns))
