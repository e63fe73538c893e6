"""Which numbers: a list that grows with everything that is pasted, until it is begun again.

Nothing of the text stays but its numbers and the lines of what was not read; a list that is not
used is forgotten after an hour.
"""

from __future__ import annotations

from account.changes.sets.change_set import LIST_LIFE
from account.changes.sets.ports import Gathering, NumberListStore
from account.errors import SetEmpty, SetTooLarge
from account.identity.permissions import Actor, require
from account.lists.pasted_text import read_text
from account.lists.tables import ColumnsAsked
from account.values.clock import Clock
from account.values.rights import Right

MOST_LISTED = 10_000
"""Numbers in a list, whatever may be done with it."""


class NumberSelection:
    """Puts one person's list together. Every method raises the refusals of `require`."""

    def __init__(self, store: NumberListStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def gathered(self, actor: Actor) -> Gathering:
        """What there is so far."""
        company = require(actor, Right.LIST_NUMBERS)
        since = self._clock.now() - LIST_LIFE
        return await self._store.gathered(actor.telegram_id, actor.session_id, company.id, since)

    async def add_text(self, actor: Actor, text: str) -> Gathering:
        """Add what a text holds, or ask for its column.

        Raises `SetEmpty` for a text in which nothing was read or told, `SetTooLarge`.
        """
        present = (await self.gathered(actor)).numbers
        read = read_text(text, present.lines + 1)
        if isinstance(read, ColumnsAsked):
            return await self._keep(actor, Gathering(present, read.columns))
        if not read.numbers and not read.left_out:
            raise SetEmpty
        return await self._keep(actor, Gathering(present.with_more(read)))

    async def choose_column(self, actor: Actor, index: int) -> Gathering:
        """Take that column, from 0; one that is not asked about changes nothing."""
        present = await self.gathered(actor)
        if not 0 <= index < len(present.columns):
            return present
        more = present.columns[index].numbers
        return await self._keep(actor, Gathering(present.numbers.with_more(more)))

    async def start_again(self, actor: Actor) -> None:
        """Forget the list."""
        require(actor, Right.LIST_NUMBERS)
        await self._store.drop(actor.telegram_id)

    async def _keep(self, actor: Actor, gathered: Gathering) -> Gathering:
        if len(gathered.numbers) > MOST_LISTED:
            raise SetTooLarge(MOST_LISTED)
        company, now = actor.company, self._clock.now()
        await self._store.keep(actor.telegram_id, actor.session_id, company.id, gathered, now)
        return gathered
