"""Labels and cost centres of the company's numbers: ours, by company, never the operator's (LB-1).

Only what the operator names as the company's own at this moment is labelled or shown with a label.
One that was not there when it was looked at keeps its words for 90 days, for its return to the same
company; no other company ever sees them, and no employee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from account.effects.effect import Effect
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import NumberNotFound
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, LabelField, NumberLabel, folded, label_text
from account.values.number import Number, NumberReader
from account.values.rights import Right

MOST_CENTRES = 500
"""Cost centres of a company."""
LATELY = 10
"""So many of those last used are offered."""
KEPT_FOR = timedelta(days=90)
"""How long the words of a number are kept that has left the company."""


@dataclass(frozen=True, slots=True)
class CostCentre:
    """One of the company's; `key` is the same for names that differ in case and blanks alone."""

    key: str
    name: str
    numbers: int
    used_at: datetime


@dataclass(frozen=True, slots=True)
class LabelledNumber:
    """A number of the company with its words."""

    number: Number
    label: NumberLabel


class Labels:
    """Reads and changes of the chosen company's labels. Every change stands in the history."""

    def __init__(self, carrier: NumberReader, store: LabelStore, clock: Clock) -> None:
        self._carrier = carrier
        self._store = store
        self._clock = clock

    async def of(self, actor: Actor, msisdn: Msisdn) -> LabelledNumber:
        """A number and its words. Raises the refusals of `require`, `CarrierUnavailable`."""
        return await self._read(actor, msisdn, Right.READ_LABELS)

    async def change(
        self, actor: Actor, msisdn: Msisdn, field: LabelField, typed: str
    ) -> NumberLabel:
        """Give it the typed label or cost centre; a lone `-` takes it away.

        A cost centre that is there already keeps its spelling. Raises `TextRefused`,
        `TooManyCostCentres`, the refusals of `require`, `CarrierUnavailable`.
        """
        text = label_text(typed, field)
        known = await self._read(actor, msisdn, Right.CHANGE_LABELS)
        if known.label.of(field) == text:
            return known.label
        now = self._clock.now()
        entry = HistoryEntry.by(
            actor,
            HistoryEvent.LABELLED,
            at=now,
            number=msisdn,
            parameters={field.value: text or ""},
        )
        company_id = known.number.company_id
        return await self._store.put(company_id, msisdn, {field: text}, now, [entry])

    async def centres(self, actor: Actor) -> Sequence[CostCentre]:
        """The company's cost centres by name. Raises the refusals of `require`."""
        return await self._store.centres(require(actor, Right.READ_LABELS).id)

    async def lately(self, actor: Actor) -> Sequence[CostCentre]:
        """Those used last, the latest first. Raises the refusals of `require`."""
        every = await self.centres(actor)
        return sorted(every, key=lambda one: one.used_at, reverse=True)[:LATELY]

    async def rename_centre(self, actor: Actor, key: str, typed: str) -> int:
        """Call a cost centre so; a lone `-` takes it from its numbers. How many those were.

        One that is called so already takes them in, and keeps its spelling. Rules of alerts that
        are about it go along. Raises `TextRefused`, the refusals of `require`.
        """
        company = require(actor, Right.CHANGE_LABELS)
        name = label_text(typed, LabelField.CENTRE)
        known = {one.key: one for one in await self._store.centres(company.id)}
        if key not in known:
            return 0
        if name is not None and folded(name) != key and folded(name) in known:
            name = known[folded(name)].name
        entry = HistoryEntry.by(
            actor,
            HistoryEvent.LABELLED,
            at=self._clock.now(),
            parameters={"was": known[key].name, "centre": name or ""},
        )
        return await self._store.rename_centre(company.id, key, name, self._clock.now(), [entry])

    async def _read(self, actor: Actor, msisdn: Msisdn, right: Right) -> LabelledNumber:
        company = require(actor, right)
        number = await self._carrier.number(company.id, msisdn)
        if number is None:
            raise NumberNotFound
        require(actor, right, number)
        found = await self._store.of(company.id, [msisdn])
        return LabelledNumber(number, found.get(msisdn.digits, NO_LABEL))


class LabelStore(Protocol):
    """The words of companies for their numbers."""

    async def of(self, company_id: str, msisdns: Sequence[Msisdn]) -> Mapping[str, NumberLabel]:
        """Those of these numbers, by digits; without numbers that have none.

        To be asked only of what the operator names as the company's.
        """

    async def put(
        self,
        company_id: str,
        msisdn: Msisdn,
        changes: Mapping[LabelField, str | None],
        now: datetime,
        effects: Sequence[Effect],
    ) -> NumberLabel:
        """Change these of its words and write the effects; what it has then.

        A cost centre gets the spelling it has already. Raises `TooManyCostCentres`.
        """

    async def found(self, company_id: str, text: str, limit: int) -> Sequence[Msisdn]:
        """Numbers with the text in their words, without regard to case, by number."""

    async def centres(self, company_id: str) -> Sequence[CostCentre]:
        """The cost centres, by name."""

    async def rename_centre(
        self,
        company_id: str,
        key: str,
        name: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> int:
        """Write all its numbers' cost centre so, None takes it away; and write the effects.

        How many numbers those were; of none, nothing.
        """

    async def of_centre(
        self, company_id: str, key: str, *, offset: int, limit: int
    ) -> tuple[Sequence[Msisdn], int]:
        """Numbers of the cost centre, by number, and how many there are."""

    async def left(self, company_id: str, msisdns: Sequence[Msisdn], now: datetime) -> None:
        """These are not the company's now: they are found no more."""

    async def returned(self, company_id: str, msisdns: Sequence[Msisdn]) -> None:
        """These are the company's again."""
