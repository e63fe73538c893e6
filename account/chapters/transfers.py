"""Balance transfer: money from one prepaid number of a company to another (S37).

Money is created and lost nowhere: the operator moves it in one transaction, and its word on the
transfer is the truth, because balances move by themselves as well. What is bounded for a day is
counted in the same transaction that accepts a transfer, so that no two of them pass the bound.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from typing_extensions import override

from account.changes.action import Action, ActionKind, ChangeRequest
from account.changes.parameters import ChangeParameters
from account.changes.spec import ChangeSpec, number_of
from account.chapters.numbers import NumberInventory, NumbersQuery, find_numbers
from account.effects.effect import AddToDailyTotal, Bound, DailyTotals, Effect
from account.effects.history import HistoryEntry, HistoryEvent
from account.errors import (
    BalanceNotTold,
    FundsInsufficient,
    NumberInDebt,
    NumberNotFound,
    NumberStateRefused,
    PaymentMethodUnknown,
    RecipientStateRefused,
    StepUpRequired,
    TakenOverLately,
    TransferDayBound,
    TransferOfCredit,
    TransferToItself,
    TransferTooLarge,
    TransferTooSmall,
)
from account.identity.permissions import Actor, require
from account.values.clock import Clock
from account.values.identifiers import Msisdn
from account.values.money import ZERO, Money
from account.values.number import Number, NumberState, PaymentMethod
from account.values.page import Page
from account.values.rights import Right

TO, TIYN, FEE, MOVED = "to", "tiyn", "fee", "moved"
SENDER_HAS, RECIPIENT_HAS = "sender_has", "recipient_has"
"""The names in a row; sums are in tiyn."""
SENDER_LEFT, RECIPIENT_LEFT = "sender_left", "recipient_left"
"""What the operator's receipt tells, in tiyn: both balances after, and `FEE`."""


LEAST, MOST, MOST_A_DAY = Money(1_00), Money(100_000_00), Money(500_000_00)
CODE_FROM = Money(10_000_00)


@dataclass(frozen=True, slots=True)
class TransferRules:
    """The bounds of S37-2; which ones an operator sets is in docs/deploy.md."""

    least: Money = LEAST
    most: Money = MOST
    most_a_day: Money = MOST_A_DAY
    """All transfers of one company on one day of Almaty together."""
    code_from: Money = CODE_FROM
    """From where the company's transfers of the day reach this sum a one-time code is needed, so
    that an amount in small parts needs it too."""
    fee: Money = ZERO
    """What the operator charges the sender for one transfer, on top of the amount."""


TakenOver = Callable[[Msisdn], Awaitable[bool]]
"""Tells whether somebody else may have the number by now (S16-5; `SensitiveNumbers.recent`)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a transfer rests on: both numbers, and what the company moved today without it."""

    sender: Number
    recipient: Number
    moved: Money
    taken_over: bool = False
    """The sender's SIM card or forwarding changed within 72 h."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What can be moved from one number to the other at this moment."""

    sender: Number
    recipient: Number
    rules: TransferRules
    left_today: Money

    @property
    def most(self) -> Money:
        """The largest amount that every bound allows, below `rules.least` when nothing can go."""
        return min(self.rules.most, self.left_today, funds_of(self.sender) - self.rules.fee)

    @property
    def code_from(self) -> Money:
        """The least amount that needs a one-time code now: with it the day's sum is reached."""
        moved = self.rules.most_a_day - self.left_today
        return max(self.rules.least, self.rules.code_from - moved)


@dataclass(frozen=True, slots=True)
class TransferParameters(ChangeParameters):
    """To whom and how much; the rest is what the summary tells besides, None where nothing told it.

    The fee, both balances before, and what the company had moved that day.
    """

    recipient: Msisdn
    amount: Money
    fee: Money | None = None
    sender_has: Money | None = None
    recipient_has: Money | None = None
    moved: Money | None = None

    @override
    def told(self) -> dict[str, str]:
        sums = {
            TIYN: self.amount,
            FEE: self.fee,
            SENDER_HAS: self.sender_has,
            RECIPIENT_HAS: self.recipient_has,
            MOVED: self.moved,
        }
        told = {name: str(money.tiyn) for name, money in sums.items() if money is not None}
        return {TO: self.recipient.digits, **told}

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        names = (FEE, SENDER_HAS, RECIPIENT_HAS, MOVED)
        rest = (Money(int(told[name])) if name in told else None for name in names)
        return cls(Msisdn(told[TO]), Money(int(told[TIYN])), *rest)


class Transfer(ChangeSpec[Pair, TransferParameters]):
    """One transfer; two from one number wait for each other (S37-4)."""

    kind = ActionKind.TRANSFER
    right = Right.TRANSFER
    parameters = TransferParameters
    what = "balance.transfer"
    lock_key = "transfer"
    state_tells = False
    sends_again = False

    def __init__(
        self,
        carrier: NumberInventory,
        rules: TransferRules,
        totals: DailyTotals,
        clock: Clock,
        taken_over: TakenOver,
    ) -> None:
        self._carrier = carrier
        self._rules = rules
        self._totals = totals
        self._clock = clock
        self._taken_over = taken_over

    @override
    async def read(self, plan: ChangeRequest[TransferParameters]) -> Pair:
        """Both numbers. Raises `NumberNotFound` for either, `CarrierUnavailable`."""
        sender, recipient, taken_over = await asyncio.gather(
            number_of(self._carrier, plan.company_id, plan.msisdn),
            self._carrier.number(plan.company_id, plan.parameters.recipient),
            self._taken_over(plan.msisdn),
        )
        if recipient is None:
            raise NumberNotFound
        # A confirmed transfer is a part of the day's sum already.
        moved = ZERO if plan.confirmed else await self.moved_today(plan.company_id)
        return Pair(sender, recipient, moved, taken_over)

    async def taken_over(self, msisdn: Msisdn) -> bool:
        """Whether somebody else may have the number by now. Raises `CarrierUnavailable`."""
        return await self._taken_over(msisdn)

    async def moved_today(self, company_id: str) -> Money:
        """What the company's transfers of this day add up to, those under way included."""
        return Money(await self._totals.taken(_name(company_id), self._clock.now()))

    @override
    def number(self, subject: Pair) -> Number:
        """The sender; the recipient was read as a number of the same company."""
        return subject.sender

    @override
    def check(self, subject: Pair, parameters: TransferParameters) -> None:
        """Refuse by S37-1 to S37-3, the people's own mistakes first."""
        check_sender(subject.sender)
        check_recipient(subject.sender, subject.recipient)
        if subject.taken_over:
            raise TakenOverLately
        amount, rules = parameters.amount, self._rules
        if amount < rules.least:
            raise TransferTooSmall(rules.least)
        if amount > rules.most:
            raise TransferTooLarge(rules.most)
        if subject.moved + amount > rules.most_a_day:
            raise TransferDayBound(_rest(rules, subject.moved))
        missing = amount + rules.fee - funds_of(subject.sender)
        if missing > ZERO:
            raise FundsInsufficient(missing)

    @override
    def with_facts(self, subject: Pair, parameters: TransferParameters) -> TransferParameters:
        """Fee and balances before (S37-5), and what the need of a code rests on."""
        return replace(
            parameters,
            fee=self._rules.fee,
            sender_has=subject.sender.funds,
            recipient_has=subject.recipient.funds,
            moved=subject.moved,
        )

    @override
    def fingerprint(self, subject: Pair, parameters: TransferParameters) -> str:
        """The fee. A balance that moved leaves the summary true; states `check` looks at again."""
        return str(self._rules.fee.tiyn)

    @override
    def is_applied(self, subject: Pair, parameters: TransferParameters) -> None:
        """No balance can tell: the operator's word on the transfer is the truth."""

    @override
    def amount_needs_code(self, parameters: TransferParameters) -> bool:
        """Needed from the sum of the day on that `TransferRules.code_from` names (G-8)."""
        return parameters.amount + (parameters.moved or ZERO) >= self._rules.code_from

    @override
    async def needs_code_now(self, plan: ChangeRequest[TransferParameters]) -> bool:
        """By the larger of both sums: the summary's, and what others have moved since."""
        if self.needs_code(plan.parameters) or plan.confirmed:
            return self.needs_code(plan.parameters)
        moved = await self.moved_today(plan.company_id)
        return plan.parameters.amount + moved >= self._rules.code_from

    @override
    def audit_fields(self, parameters: TransferParameters) -> dict[str, str]:
        """Where to, how much, and for how much; no balances."""
        return TransferParameters(parameters.recipient, parameters.amount, parameters.fee).told()

    @override
    def on_accepted(self, action: Action[TransferParameters], now: datetime) -> Sequence[Effect]:
        """The amount counts towards the day's bounds from the confirmation on.

        The sum that the question was asked with may have grown: who has typed no code is asked for
        one by the total itself.
        """
        amount, rules = action.parameters.amount, self._rules
        bounds = [Bound(rules.most_a_day.tiyn, lambda left: TransferDayBound(Money(left)))]
        if not action.proven(now):
            bounds.append(Bound(rules.code_from.tiyn - 1, lambda _left: StepUpRequired()))
        return [AddToDailyTotal(_name(action.company_id), now, amount.tiyn, bounds)]

    @override
    def on_done(self, action: Action[TransferParameters], now: datetime) -> Sequence[Effect]:
        """The history of the recipient shows it too (S37-5)."""
        told = TransferParameters(action.msisdn, action.parameters.amount).told()
        entry = HistoryEntry(
            at=now,
            what=HistoryEvent.TRANSFER_IN,
            result="done",
            administrator_id=action.administrator_id,
            administrator=action.administrator,
            company_id=action.company_id,
            number=action.parameters.recipient.digits,
            parameters=told,
            reference=action.reference,
        )
        return [entry]

    @override
    def on_rejected(self, action: Action[TransferParameters], now: datetime) -> Sequence[Effect]:
        """What was not moved does not count."""
        at = action.accepted_at or now
        return [AddToDailyTotal(_name(action.company_id), at, -action.parameters.amount.tiyn)]


class Transfers:
    """What people choose from before the question."""

    def __init__(self, carrier: NumberInventory, spec: Transfer, rules: TransferRules) -> None:
        self._carrier = carrier
        self._spec = spec
        self._rules = rules

    async def numbers(self, actor: Actor, search: str, offset: int, limit: int) -> Page[Number]:
        """Numbers that can send and receive: Active and prepaid (S37-1, S37-3).

        Raises the refusals of `require` and `CarrierUnavailable`.
        """
        company = require(actor, Right.TRANSFER)
        query = NumbersQuery(search, NumberState.ACTIVE, offset, limit, PaymentMethod.ADVANCE)
        return await find_numbers(self._carrier, company.id, query)

    async def sender(self, actor: Actor, msisdn: Msisdn) -> Number:
        """The number, if it may send. Raises `ChangeRefused`, `NumberNotFound`."""
        number = await self._number(actor, msisdn)
        check_sender(number)
        if await self._spec.taken_over(msisdn):
            raise TakenOverLately
        return number

    async def quote(self, actor: Actor, sender: Msisdn, recipient: Msisdn) -> Quote:
        """Both numbers and what can be moved. Raises `ChangeRefused`, `NumberNotFound`."""
        company = require(actor, Right.TRANSFER)
        pair = await asyncio.gather(self._number(actor, sender), self._number(actor, recipient))
        check_sender(pair[0])
        check_recipient(*pair)
        moved = await self._spec.moved_today(company.id)
        return Quote(*pair, self._rules, _rest(self._rules, moved))

    async def _number(self, actor: Actor, msisdn: Msisdn) -> Number:
        company = require(actor, Right.TRANSFER)
        number = await self._carrier.number(company.id, msisdn)
        if number is None:
            raise NumberNotFound
        require(actor, Right.TRANSFER, number)
        return number


def check_sender(number: Number) -> None:
    """Active and prepaid.

    Raises `TransferOfCredit`, `PaymentMethodUnknown`, `NumberStateRefused`, `NumberInDebt`.
    """
    _check_prepaid(number)
    if number.state is NumberState.DEBT:
        raise NumberInDebt(number.state, number.debt)
    if number.state is not NumberState.ACTIVE:
        raise NumberStateRefused(number.state)


def check_recipient(sender: Number, recipient: Number) -> None:
    """Another number, Active and prepaid. Raises `ChangeRefused`."""
    if recipient.msisdn == sender.msisdn:
        raise TransferToItself
    _check_prepaid(recipient)
    if recipient.state is not NumberState.ACTIVE:
        raise RecipientStateRefused(recipient.state)


def _check_prepaid(number: Number) -> None:
    if number.payment is PaymentMethod.OTHER:
        raise PaymentMethodUnknown
    if number.payment is not PaymentMethod.ADVANCE:
        raise TransferOfCredit


def funds_of(number: Number) -> Money:
    """What the number has. Raises `BalanceNotTold`: what is not known is not nothing."""
    if number.funds is None:
        raise BalanceNotTold
    return number.funds


def _rest(rules: TransferRules, moved: Money) -> Money:
    return max(ZERO, rules.most_a_day - moved)


def _name(company_id: str) -> str:
    """The day's total of a company."""
    return f"transfer:{company_id}"
