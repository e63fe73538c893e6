"""Call forwarding: four rules of a number, each with its target (S20, 3GPP TS 22.082).

Forwarding hands calls, and the codes that are read out in them, to somebody else. So setting a
rule takes the number over in the sense of safety.md section 2; switching one off does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, Self

from typing_extensions import override

from account.changes.action import ActionKind, ChangeRequest
from account.changes.parameters import ChangeParameters
from account.changes.spec import ChangeSpec, number_of
from account.chapters.numbers import NumberInventory, NumbersQuery, find_numbers
from account.errors import (
    ForwardingAbroad,
    ForwardingToItself,
    InputRefused,
    NumberFault,
    NumberInDebt,
    NumberInvalid,
    NumberNotFound,
    NumberStateRefused,
    TargetInvalid,
)
from account.identity.permissions import Actor, require
from account.values.identifiers import Msisdn
from account.values.number import Number, NumberState
from account.values.page import Page
from account.values.rights import Right

CONDITION, TARGET, TIMER = "condition", "target", "timer"
ABROAD, YES, WAS, LOOP = "abroad", "yes", "was", "loop"
"""The names in a row; a condition may be `ALL` where rules are switched off."""
ALL = "all"
TIMERS = (5, 10, 15, 20, 25, 30)
USUAL_TIMER = 20
MOST_FOLLOWED = 8
"""Numbers whose rules are read in search of a loop."""


class Condition(StrEnum):
    """When calls are forwarded; values are the operator's and CAMARA's."""

    UNCONDITIONAL = "unconditional"
    BUSY = "conditional_busy"
    NO_ANSWER = "conditional_no_answer"
    """After `TIMER` seconds."""
    NOT_REACHABLE = "conditional_not_reachable"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the operator has it. `target` are digits; `timer` are seconds, no-answer only.

    `suspended`: active, but kept from acting by an unconditional rule (S20-2).
    """

    condition: Condition
    target: str
    active: bool
    suspended: bool = False
    timer: int | None = None


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A number with its rules; `loop` are the numbers by which a call would come back to it."""

    number: Number
    rules: tuple[Rule, ...]
    loop: tuple[str, ...] = ()

    def rule(self, condition: str) -> Rule | None:
        """The rule of that condition; None when none was ever set."""
        return next((rule for rule in self.rules if rule.condition == condition), None)

    @property
    def any_active(self) -> bool:
        """Whether anything is forwarded at all."""
        return any(rule.active for rule in self.rules)


class ForwardingRules(NumberInventory, Protocol):
    """Rules of call forwarding, asked of the operator (TMF637).

    Raises `CarrierUnavailable` when no answer could be had in time.
    """

    async def forwarding(self, company_id: str, msisdn: Msisdn) -> tuple[Rule, ...] | None:
        """The rules of call forwarding of one number of that company; None for another's."""


@dataclass(frozen=True, slots=True)
class ForwardingParameters(ChangeParameters):
    """One rule: when, where to, and after how many seconds where it is of no-answer.

    `abroad`: a target abroad was confirmed with its price in view (S20-3). What the summary tells
    besides: `was`, the digits of the present target, and `loop`, those of the numbers of a loop.
    """

    condition: Condition
    target: Msisdn
    timer: int | None = None
    abroad: bool = False
    was: str | None = None
    loop: tuple[str, ...] = ()

    @override
    def told(self) -> dict[str, str]:
        told = {CONDITION: self.condition.value, TARGET: self.target.digits}
        if self.timer is not None:
            told[TIMER] = str(self.timer)
        if self.abroad:
            told[ABROAD] = YES
        if self.was is not None:
            told[WAS] = self.was
        return {**told, LOOP: ">".join(self.loop)} if self.loop else told

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        return cls(
            Condition(told[CONDITION]),
            Msisdn(told[TARGET]),
            int(told[TIMER]) if TIMER in told else None,
            ABROAD in told,
            told.get(WAS),
            tuple(told[LOOP].split(">")) if LOOP in told else (),
        )


@dataclass(frozen=True, slots=True)
class ForwardingOffParameters(ChangeParameters):
    """Which rule; None is all of them."""

    condition: Condition | None

    @override
    def told(self) -> dict[str, str]:
        return {CONDITION: ALL if self.condition is None else self.condition.value}

    @override
    @classmethod
    def read(cls, told: Mapping[str, str], sealed: Mapping[str, str]) -> Self:
        condition = told[CONDITION]
        return cls(None if condition == ALL else Condition(condition))


class SetForwarding(ChangeSpec[Forwarded, ForwardingParameters]):
    """Set or change one rule (S20-1, S20-3)."""

    kind = ActionKind.FORWARDING_SET
    right = Right.CHANGE_FORWARDING
    parameters = ForwardingParameters
    what = "forwarding.set"
    lock_key = "forwarding"
    listed = True
    step_up = True
    takes_over = True

    def __init__(self, carrier: ForwardingRules) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest[ForwardingParameters]) -> Forwarded:
        """The number, its rules, and whether the new one closes a loop."""
        found = await _read(self._carrier, plan.company_id, plan.msisdn)
        target = plan.parameters.target
        loop = await _loop(self._carrier, plan.company_id, plan.msisdn, target.digits)
        return Forwarded(found.number, found.rules, loop)

    @override
    def number(self, subject: Forwarded) -> Number:
        """The number whose calls are forwarded."""
        return subject.number

    @override
    def check(self, subject: Forwarded, parameters: ForwardingParameters) -> None:
        """Only Active; the target is one that may be called, and not the number itself."""
        check_active(subject.number)
        target = parse_target("+" + parameters.target.digits)
        if target == subject.number.msisdn:
            raise ForwardingToItself
        if target.region != "KZ" and not parameters.abroad:
            raise ForwardingAbroad
        timed = parameters.condition is Condition.NO_ANSWER
        if (parameters.timer not in TIMERS) if timed else (parameters.timer is not None):
            raise InputRefused("not a timer of this condition")

    @override
    def with_facts(
        self, subject: Forwarded, parameters: ForwardingParameters
    ) -> ForwardingParameters:
        """What is replaced, and the way back of a loop (S20-4)."""
        rule = subject.rule(parameters.condition)
        was = rule.target if rule is not None and rule.active else None
        return replace(parameters, was=was, loop=subject.loop)

    @override
    def fingerprint(self, subject: Forwarded, parameters: ForwardingParameters) -> str:
        """The number's state and the rule that is replaced."""
        rule = subject.rule(parameters.condition)
        now = "" if rule is None else f"{rule.target}|{rule.active}|{rule.timer}"
        return f"{subject.number.state}|{now}"

    @override
    def is_applied(self, subject: Forwarded, parameters: ForwardingParameters) -> bool:
        """The rule is there and active, with this target and timer."""
        rule = subject.rule(parameters.condition)
        return (
            rule is not None
            and rule.active
            and rule.target == parameters.target.digits
            and (parameters.timer is None or rule.timer == parameters.timer)
        )


class SwitchForwardingOff(ChangeSpec[Forwarded, ForwardingOffParameters]):
    """Switch off one rule or all; targets are kept (S20-1)."""

    kind = ActionKind.FORWARDING_OFF
    right = Right.CHANGE_FORWARDING
    parameters = ForwardingOffParameters
    what = "forwarding.off"
    schedulable = True
    lock_key = "forwarding"
    listed = True

    def __init__(self, carrier: ForwardingRules) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest[ForwardingOffParameters]) -> Forwarded:
        """The number and its rules."""
        return await _read(self._carrier, plan.company_id, plan.msisdn)

    @override
    def number(self, subject: Forwarded) -> Number:
        """The number whose calls are forwarded."""
        return subject.number

    @override
    def check(self, subject: Forwarded, parameters: ForwardingOffParameters) -> None:
        """Only Active (state table)."""
        check_active(subject.number)

    @override
    def fingerprint(self, subject: Forwarded, parameters: ForwardingOffParameters) -> str:
        """The number's state; whatever the rules are by then, afterwards they are off."""
        return subject.number.state.value

    @override
    def is_applied(self, subject: Forwarded, parameters: ForwardingOffParameters) -> bool:
        """Nothing is forwarded under that condition any more."""
        if parameters.condition is None:
            return not subject.any_active
        rule = subject.rule(parameters.condition)
        return rule is None or not rule.active


class Forwarding:
    """Reads of a number's rules, and of the numbers calls may go to."""

    def __init__(self, carrier: ForwardingRules) -> None:
        self._carrier = carrier

    async def of(self, actor: Actor, msisdn: Msisdn) -> Forwarded:
        """The number with its rules.

        Raises `NumberNotFound`, `CarrierUnavailable` and the refusals of `require`.
        """
        company = require(actor, Right.READ_FORWARDING)
        found = await _read(self._carrier, company.id, msisdn)
        require(actor, Right.READ_FORWARDING, found.number)
        return found

    async def targets(self, actor: Actor, search: str, offset: int, limit: int) -> Page[Number]:
        """The company's Active numbers, to choose a target from."""
        company = require(actor, Right.CHANGE_FORWARDING)
        query = NumbersQuery(search, NumberState.ACTIVE, offset, limit)
        return await find_numbers(self._carrier, company.id, query)


def setting(
    condition: Condition, target: Msisdn, timer: int | None = None, *, abroad: bool = False
) -> ForwardingParameters:
    """A new rule; the timer counts for no-answer alone."""
    timed = condition is Condition.NO_ANSWER
    return ForwardingParameters(
        condition, target, (timer or USUAL_TIMER) if timed else None, abroad
    )


def parse_target(text: str) -> Msisdn:
    """A typed target: mobile or city, at home or abroad. Raises `TargetInvalid` (S20-3), and
    `NumberInvalid` for a number of Telegram's own.
    """
    try:
        return Msisdn.parse_called(text)
    except NumberInvalid as refused:
        if refused.reason is NumberFault.ANONYMOUS:
            raise
        raise TargetInvalid from None


def check_active(number: Number) -> None:
    """Forwarding is changed on Active numbers. Raises `NumberStateRefused`, `NumberInDebt`."""
    if number.state is NumberState.DEBT:
        raise NumberInDebt(number.state, number.debt)
    if number.state is not NumberState.ACTIVE:
        raise NumberStateRefused(number.state)


async def _read(carrier: ForwardingRules, company_id: str, msisdn: Msisdn) -> Forwarded:
    number, rules = await asyncio.gather(
        number_of(carrier, company_id, msisdn), carrier.forwarding(company_id, msisdn)
    )
    if rules is None:
        raise NumberNotFound
    return Forwarded(number, rules)


async def _loop(
    carrier: ForwardingRules, company_id: str, start: Msisdn, target: str
) -> tuple[str, ...]:
    """The company's numbers by which a call would come back to `start`, empty when it would not.

    Where rules of other companies or operators lead is not known.
    """
    ways: list[tuple[str, ...]] = [(target,)]
    seen = {start.digits, target}
    for _ in range(MOST_FOLLOWED):
        if not ways:
            break
        way = ways.pop(0)
        for rule in await _rules_of(carrier, company_id, way[-1]):
            if rule.target == start.digits:
                return way
            if rule.target not in seen:
                seen.add(rule.target)
                ways.append((*way, rule.target))
    return ()


async def _rules_of(carrier: ForwardingRules, company_id: str, digits: str) -> list[Rule]:
    """The rules of that number that act; none when it is not the company's."""
    try:
        number = Msisdn(digits)
    except ValueError:
        return []
    rules = await carrier.forwarding(company_id, number)
    return [rule for rule in rules or () if rule.active and not rule.suspended]


CHANGES = (
    SetForwarding,
    SwitchForwardingOff,
)
"""The kinds of change of this chapter that need nothing but the operator."""
