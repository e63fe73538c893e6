"""What people do with their rules, and who may hear of what they bring (AL-1, AL-8, AL-9)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from account.chapters.alerts.ports import AlertStore
from account.chapters.alerts.rule import (
    AMOUNTS,
    MOST_OF_PERSON,
    NEEDS,
    SINGLE,
    AlertRule,
    Look,
    Measure,
    QuietHours,
    Scope,
    look_id,
)
from account.chapters.alerts.single import MOST_NUMBERS, SingleReadings
from account.chapters.labels import LabelStore
from account.chapters.numbers import NumberInventory, NumbersQuery
from account.errors import (
    AlertNoData,
    AlertRuleGone,
    AlertScopeUnknown,
    AlertTooWide,
    AmountFault,
    AmountInvalid,
    CarrierUnavailable,
    InputRefused,
    NumberNotFound,
)
from account.identity.directory import Company, Directory
from account.identity.permissions import GRANTED, RESTS_ON, Actor, check_offered, may, require
from account.identity.sessions import Sessions
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.labels import folded
from account.values.money import Money
from account.values.number import Number
from account.values.rights import Right

FOR_GOOD = timedelta(days=36500)
MOST_ALIKE = 100
"""Numbers that a typed label or account may be found in, looked at for one that is called so."""
KNOWN_FOR = timedelta(hours=1)
MOST_KNOWN = 10_000
"""People of whom it is remembered whether a company is theirs."""


class AlertRules:
    """One's own rules in the chosen company. Every method raises the refusals of `require`."""

    def __init__(
        self,
        carrier: NumberInventory,
        labels: LabelStore,
        store: AlertStore,
        clock: Clock,
        readings: SingleReadings,
    ) -> None:
        self._readings = readings
        self._carrier = carrier
        self._labels = labels
        self._store = store
        self._clock = clock

    async def own(self, actor: Actor) -> Sequence[AlertRule]:
        """The person's, the oldest first."""
        company = require(actor, Right.LIST_NUMBERS)
        return await self._store.rules(actor.administrator_id, company.id)

    async def look(self, actor: Actor, *, single: bool = False) -> Look | None:
        """How fresh what is known of the company is; `single`: of numbers read one by one."""
        company = require(actor, Right.LIST_NUMBERS)
        return await self._store.look(look_id(company.id, single=single))

    def measures(self, actor: Actor) -> Sequence[Measure]:
        """What the person may be told of at this operator."""
        company = require(actor, Right.LIST_NUMBERS)
        return [
            one
            for one in Measure
            if (needed := NEEDS.get(one)) is None
            or (may(actor, needed, company.id) and RESTS_ON.get(needed) not in company.lacks)
        ]

    async def read(self, actor: Actor, rule_id: str) -> AlertRule:
        """One of the person's. Raises `AlertRuleGone` for any other."""
        company = require(actor, Right.LIST_NUMBERS)
        rule = await self._store.rule(rule_id)
        if (
            rule is None
            or rule.administrator_id != actor.administrator_id
            or rule.company_id != company.id
        ):
            raise AlertRuleGone
        return rule

    async def add(
        self,
        actor: Actor,
        measure: Measure,
        scope: Scope = Scope.COMPANY,
        target: str = "",
        threshold: Money | None = None,
    ) -> AlertRule:
        """Make one. Raises `TooManyAlertRules`, `AmountInvalid`, `NumberNotFound` for a number that
        is not the company's, `AlertNoData` where the operator does not tell it of that number,
        `AlertTooWide` for more numbers than are read one by one, `CarrierUnavailable`.
        """
        company = require(actor, Right.LIST_NUMBERS)
        if measure in NEEDS:
            require(actor, NEEDS[measure])
            check_offered(company, NEEDS[measure])
        if (measure in AMOUNTS) != (threshold is not None and threshold.tiyn > 0):
            raise AmountInvalid(AmountFault.MALFORMED)
        if scope is Scope.NUMBER:
            number = await self._carrier.number(company.id, Msisdn(target))
            if number is None:
                raise NumberNotFound
            require(actor, Right.LIST_NUMBERS, number)
            await self._check_told(measure, number)
        elif measure in SINGLE:
            covered = await self._readings.covered(company.id, scope, target)
            if len(covered) > MOST_NUMBERS:
                raise AlertTooWide(MOST_NUMBERS)
        now = self._clock.now()
        rule = AlertRule(
            id=uuid.uuid4().hex,
            company_id=company.id,
            administrator_id=actor.administrator_id,
            telegram_id=actor.telegram_id,
            measure=measure,
            scope=scope,
            target=target,
            threshold=0 if threshold is None else threshold.tiyn,
            made_at=now,
        )
        await self._store.add(rule, MOST_OF_PERSON, now)
        return rule

    async def _check_told(self, measure: Measure, number: Number) -> None:
        """Raises `AlertNoData` for what the operator does not tell of it now."""
        untold = (
            (measure is Measure.FUNDS and number.funds is None)
            or (measure is Measure.LIMIT and number.individual_limit is None)
            or (
                measure is Measure.ALLOWANCE
                and not await self._readings.allowances(
                    number.company_id, number.msisdn, self._clock.now()
                )
            )
        )
        if untold:
            raise AlertNoData

    async def remove(self, actor: Actor, rule_id: str) -> None:
        """Forget one. Raises `AlertRuleGone`."""
        await self._store.remove((await self.read(actor, rule_id)).id)

    async def mute(self, actor: Actor, rule_id: str, until: datetime | None) -> None:
        """Tell nothing of one until then, or everything again. Raises `AlertRuleGone`."""
        await self._store.mute((await self.read(actor, rule_id)).id, until)

    async def mute_number(self, actor: Actor, msisdn: Msisdn, until: datetime | None) -> None:
        """Tell nothing of a number of the company's until then, by whatever rule; None: again.

        Raises `NumberNotFound`, `CarrierUnavailable`.
        """
        company = await self._own_number(actor, msisdn)
        await self._store.mute_number(actor.administrator_id, company.id, msisdn, until)

    async def number_muted_until(self, actor: Actor, msisdn: Msisdn) -> datetime | None:
        """Until when nothing is told of a number, if so. Raises as `mute_number`."""
        company = await self._own_number(actor, msisdn)
        until = await self._store.number_muted_until(actor.administrator_id, company.id, msisdn)
        return until if until is not None and self._clock.now() < until else None

    async def _own_number(self, actor: Actor, msisdn: Msisdn) -> Company:
        company = require(actor, Right.LIST_NUMBERS)
        number = await self._carrier.number(company.id, msisdn)
        if number is None:
            raise NumberNotFound
        return require(actor, Right.LIST_NUMBERS, number)

    async def named(self, actor: Actor, typed: str) -> tuple[Scope, str]:
        """What a person means by a typed text: a number, a cost centre, a label or an account.

        Raises `AlertScopeUnknown`, `CarrierUnavailable`.
        """
        company = require(actor, Right.LIST_NUMBERS)
        with suppress(InputRefused):
            return Scope.NUMBER, Msisdn.parse(typed).digits
        text = folded(typed)
        if text and may(actor, Right.READ_LABELS, company.id):
            if any(one.key == text for one in await self._labels.centres(company.id)):
                return Scope.CENTRE, text
            found = await self._labels.found(company.id, text, MOST_ALIKE)
            for own in (await self._labels.of(company.id, found)).values():
                if own.label is not None and folded(own.label) == text:
                    return Scope.LABEL, text
        if text.isascii() and text.isdigit():
            query = NumbersQuery(search=text, limit=MOST_ALIKE)
            page = await self._carrier.numbers(company.id, query)
            if any(number.account == text for number in page.rows):
                return Scope.ACCOUNT, text
        raise AlertScopeUnknown

    async def quiet(self, actor: Actor) -> QuietHours:
        """One's own quiet hours."""
        require(actor, Right.LIST_NUMBERS)
        return await self._store.quiet(actor.administrator_id)

    async def set_quiet(self, actor: Actor, quiet: QuietHours) -> None:
        """Choose them."""
        require(actor, Right.LIST_NUMBERS)
        await self._store.set_quiet(actor.administrator_id, quiet)


class AlertHearers:
    """Who may hear an alert at this moment: asked when it is looked for, and when it is told."""

    def __init__(self, directory: Directory, sessions: Sessions, clock: Clock) -> None:
        self._directory = directory
        self._sessions = sessions
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, bool]] = {}

    async def may_hear(self, telegram_id: int, administrator_id: str, company_id: str) -> bool:
        """Whether it is worth looking for them: whose company it is, is asked once in `KNOWN_FOR`.

        Where the operator does not say, it is: who is told is asked again when it is told.
        """
        if not await self.has_chat(telegram_id, administrator_id):
            return False
        whose, now = (administrator_id, company_id), self._clock.now()
        asked_at, heard = self._known.get(whose, (now - KNOWN_FOR, False))
        if asked_at <= now < asked_at + KNOWN_FOR:
            return heard
        try:
            heard = await self._company(administrator_id, company_id) is not None
        except CarrierUnavailable:
            return True
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[whose] = (now, heard)
        return heard

    async def has_chat(self, telegram_id: int, administrator_id: str) -> bool:
        """Whether it is still that person's chat: nobody logged out there, or in as another."""
        last = await self._sessions.last_in(telegram_id)
        return (
            last is not None and last.ended_at is None and last.administrator_id == administrator_id
        )

    async def company(
        self, telegram_id: int, administrator_id: str, company_id: str
    ) -> Company | None:
        """The company as they may see it now; None for who has lost the chat, it or the right.

        Raises `CarrierUnavailable`: then it is told later, or not at all.
        """
        if not await self.has_chat(telegram_id, administrator_id):
            return None
        return await self._company(administrator_id, company_id)

    async def _company(self, administrator_id: str, company_id: str) -> Company | None:
        for company in await self._directory.companies(administrator_id):
            if company.id == company_id and Right.LIST_NUMBERS in GRANTED[company.role]:
                return company
        return None
