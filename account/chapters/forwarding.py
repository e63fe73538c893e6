"""Call forwarding: four rules of a number, each with its target (S20, 3GPP TS 22.082).

Forwarding hands calls, and the codes that are read out in them, to somebody else. So setting a
rule takes the number over in the sense of safety.md section 2; switching one off does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from typing_extensions import override

from account.changes.action import ActionKind, ChangeRequest
from account.changes.spec import ChangeSpec, number_of
from account.chapters.numbers import NumberInventory, NumbersQuery
from account.errors import (
    ForwardingAbroad,
    ForwardingToItself,
    InputRefused,
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
"""The parameters: a `Condition`, or `ALL` where rules are switched off; digits; seconds."""
ABROAD, YES = "abroad", "yes"
"""The parameter by which a target abroad was confirmed with its price in view (S20-3)."""
WAS, LOOP = "was", "loop"
"""What the summary tells besides: the present target, and the numbers of a loop."""
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


class SetForwarding(ChangeSpec[Forwarded]):
    """Set or change one rule (S20-1, S20-3)."""

    kind = ActionKind.FORWARDING_SET
    right = Right.CHANGE_FORWARDING
    what = "forwarding.set"
    lock_key = "forwarding"
    step_up = True
    takes_over = True

    def __init__(self, carrier: ForwardingRules) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest) -> Forwarded:
        """The number, its rules, and whether the new one closes a loop."""
        found = await _read(self._carrier, plan)
        loop = await _loop(self._carrier, plan.company_id, plan.msisdn, plan.parameters[TARGET])
        return Forwarded(found.number, found.rules, loop)

    @override
    def number(self, subject: Forwarded) -> Number:
        """The number whose calls are forwarded."""
        return subject.number

    @override
    def check(self, subject: Forwarded, parameters: Mapping[str, str]) -> None:
        """Only Active; the target is one that may be called, and not the number itself."""
        check_active(subject.number)
        target = parse_target("+" + parameters[TARGET])
        if target == subject.number.msisdn:
            raise ForwardingToItself
        if target.region != "KZ" and parameters.get(ABROAD) != YES:
            raise ForwardingAbroad
        timed = parameters[CONDITION] == Condition.NO_ANSWER
        if (TIMER in parameters) is not timed or (timed and _timer(parameters) not in TIMERS):
            raise InputRefused("not a timer of this condition")

    @override
    def facts(self, subject: Forwarded, parameters: Mapping[str, str]) -> Mapping[str, str]:
        """What is replaced, and the way back of a loop (S20-4)."""
        rule = subject.rule(parameters[CONDITION])
        told = {WAS: rule.target} if rule is not None and rule.active else {}
        return {**told, LOOP: ">".join(subject.loop)} if subject.loop else told

    @override
    def fingerprint(self, subject: Forwarded, parameters: Mapping[str, str]) -> str:
        """The number's state and the rule that is replaced."""
        rule = subject.rule(parameters[CONDITION])
        now = "" if rule is None else f"{rule.target}|{rule.active}|{rule.timer}"
        return f"{subject.number.state}|{now}"

    @override
    def is_applied(self, subject: Forwarded, parameters: Mapping[str, str]) -> bool:
        """The rule is there and active, with this target and timer."""
        rule = subject.rule(parameters[CONDITION])
        return (
            rule is not None
            and rule.active
            and rule.target == parameters[TARGET]
            and (TIMER not in parameters or rule.timer == _timer(parameters))
        )


class SwitchForwardingOff(ChangeSpec[Forwarded]):
    """Switch off one rule or all; targets are kept (S20-1)."""

    kind = ActionKind.FORWARDING_OFF
    right = Right.CHANGE_FORWARDING
    what = "forwarding.off"
    lock_key = "forwarding"

    def __init__(self, carrier: ForwardingRules) -> None:
        self._carrier = carrier

    @override
    async def read(self, plan: ChangeRequest) -> Forwarded:
        """The number and its rules."""
        return await _read(self._carrier, plan)

    @override
    def number(self, subject: Forwarded) -> Number:
        """The number whose calls are forwarded."""
        return subject.number

    @override
    def check(self, subject: Forwarded, parameters: Mapping[str, str]) -> None:
        """Only Active (state table)."""
        check_active(subject.number)

    @override
    def fingerprint(self, subject: Forwarded, parameters: Mapping[str, str]) -> str:
        """The number's state; whatever the rules are by then, afterwards they are off."""
        return subject.number.state.value

    @override
    def is_applied(self, subject: Forwarded, parameters: Mapping[str, str]) -> bool:
        """Nothing is forwarded under that condition any more."""
        if parameters[CONDITION] == ALL:
            return not subject.any_active
        rule = subject.rule(parameters[CONDITION])
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
        found = await _read(self._carrier, ChangeRequest(company.id, msisdn, {}))
        require(actor, Right.READ_FORWARDING, found.number)
        return found

    async def targets(self, actor: Actor, search: str, offset: int, limit: int) -> Page[Number]:
        """The company's Active numbers, to choose a target from."""
        company = require(actor, Right.CHANGE_FORWARDING)
        wish = NumbersQuery(search, NumberState.ACTIVE, offset, limit)
        return await self._carrier.numbers(company.id, wish)


def setting(
    condition: Condition, target: Msisdn, timer: int | None = None, *, abroad: bool = False
) -> dict[str, str]:
    """The parameters of a new rule; the timer counts for no-answer alone."""
    wish = {CONDITION: condition.value, TARGET: target.digits}
    if condition is Condition.NO_ANSWER:
        wish[TIMER] = str(timer or USUAL_TIMER)
    if abroad:
        wish[ABROAD] = YES
    return wish


def parse_target(text: str) -> Msisdn:
    """A typed target: mobile or city, at home or abroad. Raises `TargetInvalid` (S20-3)."""
    try:
        return Msisdn.parse_called(text)
    except NumberInvalid:
        raise TargetInvalid from None


def check_active(number: Number) -> None:
    """Forwarding is changed on Active numbers. Raises `NumberStateRefused`, `NumberInDebt`."""
    if number.state is NumberState.DEBT:
        raise NumberInDebt(number.state, number.debt)
    if number.state is not NumberState.ACTIVE:
        raise NumberStateRefused(number.state)


async def _read(carrier: ForwardingRules, plan: ChangeRequest) -> Forwarded:
    number, rules = await asyncio.gather(
        number_of(carrier, plan), carrier.forwarding(plan.company_id, plan.msisdn)
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


def _timer(parameters: Mapping[str, str]) -> int:
    return int(parameters[TIMER])


CHANGES = (
    SetForwarding,
    SwitchForwardingOff,
)
"""The kinds of change of this chapter that need nothing but the operator."""
