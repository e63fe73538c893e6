"""What is kept of one person, for whoever asks what that is, and its erasure by the operator.

What proves who ordered what stays: confirmed changes, the history, and which Telegram account ever
logged in as whom, on which the rule of the second administrator rests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from account.changes.holds import SUPPORT
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import SupportRefused
from account.values.clock import Clock
from account.values.identifiers import Msisdn

Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""By table: each row with its columns; no secret, no digest and nothing sealed is among them."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a number stands for here: administrators of that login number, and chats."""

    msisdn: Msisdn
    administrator_ids: frozenset[str]
    telegram_ids: frozenset[int]

    @property
    def known(self) -> bool:
        """Whether anything was ever kept."""
        return bool(self.administrator_ids or self.telegram_ids)


class PersonalDataStore(Protocol):
    """Every method raises `StorageUnavailable`."""

    async def person(self, msisdn: Msisdn) -> Person:
        """Who that number is or was, as a login number or by a secret code."""

    async def rows(self, person: Person) -> Rows:
        """All that is kept of them."""

    async def under_way(self, person: Person) -> int:
        """Changes, sets, schedules and papers of theirs that have not ended."""

    async def erase(self, person: Person, entry: HistoryEntry) -> Mapping[str, int] | None:
        """Delete what may go and write the entry, all or none; deleted rows by table.

        None, and nothing, where something is under way.
        """


class PersonalData:
    """For the keepers of the bot. Every method raises `StorageUnavailable`."""

    def __init__(self, store: PersonalDataStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def read(self, msisdn: Msisdn) -> Rows:
        """What is kept. Raises `SupportRefused` for somebody who was never here."""
        return await self._store.rows(await self._known(msisdn))

    async def erase(self, msisdn: Msisdn, keeper: str, reason: str) -> Mapping[str, int]:
        """Delete what may go; how many rows, by table.

        Raises `SupportRefused` for somebody who was never here, and while a change of theirs has
        not ended: its truth is still owed to them.
        """
        person = await self._known(msisdn)
        entry = HistoryEntry(
            at=self._clock.now(),
            what=HistoryEvent.PERSON_ERASED,
            result="done",
            administrator_id=f"{SUPPORT}:{keeper}",
            administrator=keeper,
            parameters={"person": " ".join(sorted(person.administrator_ids)), "reason": reason},
            channel=SUPPORT,
        )
        erased = await self._store.erase(person, entry)
        if erased is None:
            count = await self._store.under_way(person)
            raise SupportRefused(
                f"{count} of their changes, schedules or papers have not ended: wait or cancel"
            )
        return erased

    async def _known(self, msisdn: Msisdn) -> Person:
        person = await self._store.person(msisdn)
        if not person.known:
            raise SupportRefused("nobody with this number was ever here")
        return person


def export_lines(rows: Rows, msisdn: Msisdn, now: datetime) -> Sequence[Mapping[str, object]]:
    """What is handed over: a head, and one object for each row."""
    head = {"person": msisdn.digits, "at": now.isoformat(), "rows": sum(map(len, rows.values()))}
    return [head, *({"table": name, **row} for name, those in rows.items() for row in those)]
