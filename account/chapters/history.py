"""Actions history: what was done, by whom, on which number, with what result (S29, 3.8).

Append-only and chained; nothing here is ever changed. Secrets do not come in, numbers are kept
whole because the administrator is entitled to them, and masked in logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from account.effects.history import Entry
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.page import Page
from account.values.periods import Period, check_history_period, today
from account.values.rights import Right

PAGE = 8


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What part of the history is wanted: whole days in Almaty, one number or all."""

    period: Period
    number: Msisdn | None = None
    offset: int = 0
    limit: int = PAGE


class ActionsHistory:
    """The history of the chosen company, newest first."""

    def __init__(self, history: HistoryStore, clock: Clock) -> None:
        self._history = history
        self._clock = clock

    async def page(self, actor: Actor, wish: HistoryQuery) -> Page[Entry]:
        """A page of entries. At most 12 months back (S29).

        Raises `PeriodRefused` and the refusals of `require`.
        """
        company = require(actor, Right.READ_HISTORY)
        day = today(self._clock.now())
        check_history_period(wish.period, day)
        return await self._history.page(company.id, wish)


class HistoryStore(Protocol):
    """The append-only, chained history."""

    async def append(self, entry: Entry) -> None:
        """Add one entry."""

    async def page(self, company_id: str, wish: HistoryQuery) -> Page[Entry]:
        """Entries of the company, newest first; without logins and other entries of no company."""
