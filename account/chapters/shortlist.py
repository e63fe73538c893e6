"""What an administrator goes back to: favourite numbers, numbers and accounts of late (S05, S31).

Kept by person and company: of another company nothing is ever read. What stands here is no word on
whose a number is; the lists look each one up among the company's own before they show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from account.changes.spec import number_of
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.number import NumberReader
from account.values.rights import Right

LATELY, FAVOURITES = 4, 20
"""Of each kind so many of late are kept, and so many favourites."""
SHOWN = 4
"""So many stand above a list."""


class ShortlistKind(Enum):
    """What is kept. Persisted: values are never renamed."""

    NUMBER = "number"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """A number's digits or an account's number; when it was last used, aware, UTC."""

    value: str
    used_at: datetime
    favourite: bool


class ShortlistStore(Protocol):
    """Where it is kept. Every method raises `StorageUnavailable`."""

    async def used(
        self,
        administrator_id: str,
        company_id: str,
        listed: ShortlistKind,
        value: str,
        now: datetime,
    ) -> None:
        """Note the use; of those that are no favourites the latest `LATELY` stay."""

    async def mark(
        self,
        administrator_id: str,
        company_id: str,
        listed: ShortlistKind,
        value: str,
        now: datetime,
        *,
        favourite: bool,
    ) -> None:
        """Make it a favourite, or none any more."""

    async def read(
        self, administrator_id: str, company_id: str, listed: ShortlistKind
    ) -> Sequence[Shortlisted]:
        """Favourites first, the latest used first."""


class Shortlist:
    """The person's own, in the chosen company."""

    def __init__(self, carrier: NumberReader, store: ShortlistStore, clock: Clock) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock

    async def numbers(self, actor: Actor) -> Sequence[Shortlisted]:
        """Numbers to show first, `SHOWN` of them. Raises the refusals of `require`."""
        return (await self._numbers(actor))[:SHOWN]

    async def favourite(self, actor: Actor, msisdn: Msisdn) -> bool:
        """Whether the number is a favourite. Raises the refusals of `require`."""
        return any(
            one.favourite and one.value == msisdn.digits for one in await self._numbers(actor)
        )

    async def opened(self, actor: Actor, msisdn: Msisdn) -> None:
        """Note that a number was opened. Raises the refusals of `require`."""
        company = require(actor, Right.LIST_NUMBERS)
        now = self._clock.now()
        await self._store.used(
            actor.administrator_id, company.id, ShortlistKind.NUMBER, msisdn.digits, now
        )

    async def turn(self, actor: Actor, msisdn: Msisdn) -> bool | None:
        """Make the number a favourite or none any more: whether it is one now, None where there are
        `FAVOURITES` already and nothing has changed.

        Raises the refusals of `require`, `NumberNotFound` also for another company's number,
        `CarrierUnavailable`.
        """
        company = require(actor, Right.LIST_NUMBERS)
        number = await number_of(self._carrier, company.id, msisdn)
        require(actor, Right.LIST_NUMBERS, number)
        present = [one.value for one in await self._numbers(actor) if one.favourite]
        favourite = msisdn.digits not in present
        if favourite and len(present) >= FAVOURITES:
            return None
        await self._store.mark(
            actor.administrator_id,
            company.id,
            ShortlistKind.NUMBER,
            msisdn.digits,
            self._clock.now(),
            favourite=favourite,
        )
        return favourite

    async def account(self, actor: Actor) -> str | None:
        """The account of the last order. Raises the refusals of `require`."""
        company = require(actor, Right.ORDER_DOCUMENTS)
        kept = await self._store.read(actor.administrator_id, company.id, ShortlistKind.ACCOUNT)
        return kept[0].value if kept else None

    async def ordered(self, actor: Actor, account: str) -> None:
        """Note the account that something was ordered of. Raises the refusals of `require`."""
        company = require(actor, Right.ORDER_DOCUMENTS)
        now = self._clock.now()
        await self._store.used(
            actor.administrator_id, company.id, ShortlistKind.ACCOUNT, account, now
        )

    async def _numbers(self, actor: Actor) -> Sequence[Shortlisted]:
        company = require(actor, Right.LIST_NUMBERS)
        return await self._store.read(actor.administrator_id, company.id, ShortlistKind.NUMBER)
