"""Actions history: what was done, by whom, on which number, with what result (S29, 3.8).

Append-only and chained; nothing here is ever changed. Secrets do not come in, numbers are kept
whole because the administrator is entitled to them, and masked in logs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from account.effects.history import HistoryEntry, HistoryEvent, Result
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.page import Page
from account.values.periods import Period, check_history_period, today
from account.values.rights import Right

PAGE = 8
_REFERENCE = re.compile(r"[A-Z]-[0-9]{8}-[0-9]{4,9}")
ON_THE_WAY: tuple[Result, ...] = ("accepted", "proposed", "unknown")
"""How far an action has come; the line of its end takes the place of such a line (S29)."""


class HistoryKind(StrEnum):
    """What entries are about; a persisted parameter of files."""

    CHANGES = "changes"
    """All that is in none of the others."""
    DOCUMENTS = "documents"
    VIEWED = "viewed"
    ACCESS = "access"


OF_KIND: Mapping[HistoryKind, frozenset[str]] = {
    HistoryKind.DOCUMENTS: frozenset({HistoryEvent.DOCUMENT_ORDERED}),
    HistoryKind.VIEWED: frozenset({HistoryEvent.USAGE_SEEN, "sim.revealed", "esim.shown"}),
    HistoryKind.ACCESS: frozenset(
        {
            *(
                HistoryEvent.LOGIN,
                HistoryEvent.LOGIN_REFUSED,
                HistoryEvent.LOGOUT,
                HistoryEvent.PASSWORD_CHANGED,
            ),
            *(HistoryEvent.ACCOUNT_REMOVED, HistoryEvent.FROZEN, HistoryEvent.THAWED),
            "email.changed",
        }
    ),
}
"""What the history calls entries of each kind; what a new build writes is a change until told."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What part of the history is wanted: whole days in Almaty, one number or all, one kind."""

    period: Period
    number: Msisdn | None = None
    offset: int = 0
    limit: int = PAGE
    kind: HistoryKind | None = None
    reference: str | None = None
    """Of an action, a schedule, a set: then also of every number of the set."""

    def wants(self, what: str) -> bool:
        """Tell whether entries called so are of the kind that is wanted."""
        if self.kind is None:
            return True
        if self.kind in OF_KIND:
            return what in OF_KIND[self.kind]
        return not any(what in those for those in OF_KIND.values())


def reference_in(text: str) -> str | None:
    """The reference that was typed, in any case; None for anything else."""
    typed = text.strip().upper()
    return typed if _REFERENCE.fullmatch(typed) else None


class ActionsHistory:
    """The history of the chosen company, newest first."""

    def __init__(self, history: HistoryStore, clock: Clock) -> None:
        self._history = history
        self._clock = clock

    async def page(self, actor: Actor, query: HistoryQuery) -> Page[HistoryEntry]:
        """A page of entries, an action being one of them. At most 12 months back (S29).

        Raises `PeriodRefused` and the refusals of `require`.
        """
        company = require(actor, Right.READ_HISTORY)
        day = today(self._clock.now())
        check_history_period(query.period, day)
        return await self._history.page(company.id, query)


class HistoryStore(Protocol):
    """The append-only, chained history."""

    async def append(self, entry: HistoryEntry) -> None:
        """Add one entry."""

    async def page(self, company_id: str, query: HistoryQuery) -> Page[HistoryEntry]:
        """Entries of the company, newest first; without logins and other entries of no company.

        Of the entries of one action within the period, those `ON_THE_WAY` are there only as long
        as a later one is not.
        """
