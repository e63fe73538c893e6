"""Labels of numbers in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from account.chapters.labels import MOST_CENTRES, CostCentre
from account.effects.effect import Effect
from account.errors import TooManyCostCentres
from account.values.identifiers import Msisdn
from account.values.labels import NO_LABEL, LabelField, NumberLabel, folded
from tests.account.fakes.ledger import Ledger


class MemoryLabels:
    """`LabelStore` over a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.rows: dict[tuple[str, str], NumberLabel] = {}
        self.used: dict[tuple[str, str], datetime] = {}

    async def of(self, company_id: str, msisdns: Sequence[Msisdn]) -> Mapping[str, NumberLabel]:
        asked = [one.digits for one in msisdns]
        return {d: self.rows[company_id, d] for d in asked if (company_id, d) in self.rows}

    async def put(
        self,
        company_id: str,
        msisdn: Msisdn,
        changes: Mapping[LabelField, str | None],
        now: datetime,
        effects: Sequence[Effect],
    ) -> NumberLabel:
        row = self.rows.get((company_id, msisdn.digits), NO_LABEL)
        if LabelField.LABEL in changes:
            row = replace(row, label=changes[LabelField.LABEL])
        if LabelField.CENTRE in changes:
            name = changes[LabelField.CENTRE]
            known = {one.key: one.name for one in await self.centres(company_id)}
            if name is not None and folded(name) not in known and len(known) >= MOST_CENTRES:
                raise TooManyCostCentres(MOST_CENTRES)
            row = replace(row, centre=None if name is None else known.get(folded(name), name))
        row = replace(row, gone=False)
        self.rows[company_id, msisdn.digits] = row
        self.used[company_id, msisdn.digits] = now
        self._ledger.carry_out(effects)
        return row

    async def found(self, company_id: str, text: str, limit: int) -> Sequence[Msisdn]:
        return [
            Msisdn(digits)
            for (company, digits), row in sorted(self.rows.items())
            if company == company_id
            and not row.gone
            and any(folded(text) in folded(told) for told in (row.label, row.centre) if told)
        ][:limit]

    async def centres(self, company_id: str) -> Sequence[CostCentre]:
        found: dict[str, list[tuple[str, str]]] = {}
        for (company, digits), row in self.rows.items():
            if company == company_id and row.centre and not row.gone:
                found.setdefault(folded(row.centre), []).append((row.centre, digits))
        return [
            CostCentre(
                key, those[0][0], len(those), max(self.used[company_id, d] for _, d in those)
            )
            for key, those in sorted(found.items())
        ]

    async def rename_centre(
        self,
        company_id: str,
        key: str,
        name: str | None,
        now: datetime,
        effects: Sequence[Effect],
    ) -> int:
        those = [
            whose
            for whose, row in self.rows.items()
            if whose[0] == company_id and folded(row.centre or "") == key
        ]
        for whose in those:
            self.rows[whose] = replace(self.rows[whose], centre=name)
            self.used[whose] = now
        self._ledger.carry_out(effects if those else ())
        return len(those)

    async def of_centre(
        self, company_id: str, key: str, *, offset: int, limit: int
    ) -> tuple[Sequence[Msisdn], int]:
        those = [
            Msisdn(digits)
            for (company, digits), row in sorted(self.rows.items())
            if company == company_id and not row.gone and folded(row.centre or "") == key
        ]
        return those[offset : offset + limit], len(those)

    async def left(self, company_id: str, msisdns: Sequence[Msisdn], now: datetime) -> None:
        self._mark(company_id, msisdns, gone=True)

    async def returned(self, company_id: str, msisdns: Sequence[Msisdn]) -> None:
        self._mark(company_id, msisdns, gone=False)

    def _mark(self, company_id: str, msisdns: Sequence[Msisdn], *, gone: bool) -> None:
        for msisdn in msisdns:
            row = self.rows.get((company_id, msisdn.digits))
            if row is not None:
                self.rows[company_id, msisdn.digits] = replace(row, gone=gone)
