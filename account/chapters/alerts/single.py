"""What is asked of the operator number by number, and what it comes to: allowances, spend, roaming.

Each costs a call of its own, so a rule about them is of at most `MOST_NUMBERS`, looked at hourly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Protocol

from account.chapters.alerts.ports import CompanyNumbers
from account.chapters.alerts.rule import AlertRule, Measure, Scope
from account.chapters.allowances import Allowance
from account.chapters.labels import LabelStore
from account.chapters.usage import Usage, UsageQuery, UsageSum
from account.errors import CarrierUnavailable
from account.values.identifiers import Msisdn
from account.values.labels import folded
from account.values.page import Page, Unreadable
from account.values.periods import Month, Period, today

MOST_NUMBERS = 200
PAGE = 100
NEARLY, ARMED_BELOW = 80, 10
"""Per cent that are told, and so far below a level that it is told again."""


class AllowanceReader(Protocol):
    """Allowances of one number, as `AllowanceSource` has them; raises `CarrierUnavailable`."""

    async def allowances(self, company_id: str, msisdn: Msisdn) -> Page[Allowance]:
        """All of them, expired ones too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that was read of a number: the level it has reached, and the highest that it has
    not fallen well below. `value` and `threshold` are in the measure's unit.
    """

    subject: str
    reached: int
    held: int
    value: int | None = None
    threshold: int = 0
    detail: str = ""


class SingleReadings:
    """Reads single numbers. Every method raises `CarrierUnavailable`."""

    def __init__(
        self, numbers: CompanyNumbers, labels: LabelStore, allowances: AllowanceReader, usage: Usage
    ) -> None:
        self._numbers = numbers
        self._labels = labels
        self._allowances = allowances
        self._usage = usage

    async def numbers_of(self, company_id: str, rules: Sequence[AlertRule]) -> list[Msisdn]:
        """The numbers that any of the rules is about, in their order."""
        found: set[str] = set()
        for scope, target in sorted({(one.scope, one.target) for one in rules}):
            found |= {one.digits for one in await self.covered(company_id, scope, target)}
        return [Msisdn(digits) for digits in sorted(found)]

    async def covered(self, company_id: str, scope: Scope, target: str) -> Sequence[Msisdn]:
        """The numbers that a rule is about; of too many, so many that it shows."""
        most = MOST_NUMBERS + 1
        if scope is Scope.NUMBER:
            return [Msisdn(target)]
        if scope is Scope.CENTRE:
            rows, _total = await self._labels.of_centre(company_id, target, offset=0, limit=most)
            return rows
        if scope is Scope.LABEL:
            alike = await self._labels.found(company_id, target, most)
            own = await self._labels.of(company_id, alike)
            return [
                one
                for one in alike
                if (label := own[one.digits].label) is not None and folded(label) == target
            ]
        return await self._listed(company_id, target if scope is Scope.ACCOUNT else None)

    async def _listed(self, company_id: str, account: str | None) -> Sequence[Msisdn]:
        """Of the company's list; one that is longer counts as a whole, whatever the account."""
        found: list[Msisdn] = []
        offset = 0
        while True:
            page = await self._numbers.page(company_id, offset=offset, limit=PAGE)
            long = page.total > MOST_NUMBERS
            found += [one.msisdn for one in page.rows if long or account in (None, one.account)]
            before, offset = offset, page.end
            if offset >= page.total or offset <= before or len(found) > MOST_NUMBERS:
                return found

    async def read(
        self, company_id: str, msisdn: Msisdn, rules: Sequence[AlertRule], now: datetime
    ) -> Mapping[str, Sequence[Reading]]:
        """What each of the rules is to be compared with, by its id."""
        wanted = {one.measure for one in rules}
        allowances: Sequence[Reading] = ()
        spent: tuple[int, bool] | None = None
        roaming: Sequence[Reading] = ()
        if Measure.ALLOWANCE in wanted:
            allowances = await self.allowances(company_id, msisdn, now)
        if Measure.SPEND in wanted:
            spent = await self._spent(company_id, msisdn, now)
        if Measure.ROAMING in wanted:
            roaming = await self._roaming(company_id, msisdn, now)
        found: dict[str, Sequence[Reading]] = {}
        for rule in rules:
            if rule.measure is Measure.ALLOWANCE:
                found[rule.id] = allowances
            elif rule.measure is Measure.ROAMING:
                found[rule.id] = roaming
            elif spent is not None:
                found[rule.id] = _spend(rule, *spent, Month.of(today(now)))
        return found

    async def allowances(self, company_id: str, msisdn: Msisdn, now: datetime) -> Sequence[Reading]:
        """Allowances with an end, each by itself; a new period is another one."""
        page = await self._allowances.allowances(company_id, msisdn)
        return [
            _allowance(one, one.left, one.total)
            for one in page.rows
            if one.left is not None and one.total and not one.over(now)
        ]

    async def _spent(self, company_id: str, msisdn: Msisdn, now: datetime) -> tuple[int, bool]:
        """What was charged this month, in tiyn, and whether all of it could be read."""
        day = today(now)
        query = UsageQuery(msisdn, Period(Month.of(day).first, day))
        unreadable = Unreadable()
        spent = UsageSum()
        async with aclosing(self._usage.stream(company_id, query, unreadable)) as pages:
            async for rows in pages:
                for row in rows:
                    spent.add(row)
        return spent.cost.shown.tiyn, not unreadable.rows

    async def _roaming(self, company_id: str, msisdn: Msisdn, now: datetime) -> Sequence[Reading]:
        """Whether anything of today or yesterday happened abroad."""
        day = today(now)
        query = UsageQuery(msisdn, Period(day - timedelta(days=1), day))
        unreadable = Unreadable()
        async with aclosing(self._usage.stream(company_id, query, unreadable)) as pages:
            async for rows in pages:
                for row in rows:
                    if row.roaming is not None:
                        return [Reading("", 1, 1, detail=row.roaming)]
        return () if unreadable.rows else [Reading("", 0, 0)]


async def read_all(
    readings: SingleReadings,
    company_id: str,
    asked: Sequence[tuple[Msisdn, Sequence[AlertRule]]],
    now: datetime,
) -> list[Mapping[str, Sequence[Reading]]]:
    """What was read of each; of one that could not be read nothing (AL-5).

    Raises `CarrierUnavailable` where it was none of them.
    """
    read: list[Mapping[str, Sequence[Reading]]] = []
    failed: CarrierUnavailable | None = None
    for msisdn, rules in asked:
        try:
            read.append(await readings.read(company_id, msisdn, rules, now))
        except CarrierUnavailable as fault:
            read.append({})
            failed = fault
    if failed is not None and not any(read):
        raise failed
    return read


def _allowance(one: Allowance, left: int, total: int) -> Reading:
    used = max(0, total - left) * 100
    levels = (NEARLY * total, 100 * total)
    armed = ARMED_BELOW * total
    ends = "" if one.ends is None else one.ends.isoformat()
    key = blake2s(f"{one.source}\n{one.use}\n{one.name}\n{ends}".encode(), digest_size=6)
    return Reading(
        subject=key.hexdigest(),
        reached=sum(used >= level for level in levels),
        held=sum(used > level - armed for level in levels),
        value=left,
        threshold=total,
        detail=f"{one.measure.value} {one.use} {one.name}",
    )


def _spend(rule: AlertRule, spent: int, whole: bool, month: Month) -> Sequence[Reading]:
    """Once a month: what is charged does not become less. Less than all of it proves nothing."""
    over = spent > rule.threshold
    if not over and not whole:
        return ()
    return [Reading(str(month), int(over), 1, spent, rule.threshold)]
