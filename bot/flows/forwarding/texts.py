"""What call forwarding says (S20)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from typing_extensions import override

from account.changes.action import ActionKind
from account.chapters.forwarding import (
    ABROAD,
    ALL,
    CONDITION,
    LOOP,
    TARGET,
    TIMER,
    WAS,
    Condition,
    Rule,
)
from account.values.identifiers import Msisdn
from bot.flows.confirm.texts import ChangeWords
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.changes.action import Action
    from account.effects.history import Entry


def condition_word(condition: Condition) -> str:
    """When calls are forwarded."""
    return {
        Condition.UNCONDITIONAL: _("All calls"),
        Condition.BUSY: _("Busy"),
        Condition.NO_ANSWER: _("No answer"),
        Condition.NOT_REACHABLE: _("Not reachable"),
    }[condition]


def target_shown(digits: str) -> str:
    """A target as people write it; one that is no E.164 number as it is."""
    try:
        return Msisdn(digits).shown
    except ValueError:
        return digits


def seconds_word(seconds: int) -> str:
    """The timer of no-answer."""
    return ngettext("after {n} second", "after {n} seconds", seconds).format(n=seconds)


def rule_shown(rule: Rule | None) -> str:
    """Where calls go under a condition, and since when they do not."""
    if rule is None:
        return _("not set")
    target = target_shown(rule.target)
    if rule.timer is not None:
        target += f", {seconds_word(rule.timer)}"
    if not rule.active:
        return _("off ({target})").format(target=target)
    if rule.suspended:
        return _("{target}, suspended by all calls").format(target=target)
    return target


class SetForwardingWords(ChangeWords):
    """One rule is set or changed."""

    kind = ActionKind.FORWARDING_SET
    history = N_("Call forwarding set")

    @override
    def question(self, action: Action) -> str:
        return _("Forward {number} to {target}?").format(
            number=action.msisdn.shown, target=target_shown(action.parameters[TARGET])
        )

    @override
    def happens(self, action: Action) -> list[str]:
        """See `ChangeWords` (S20-2)."""
        told = action.parameters
        condition = Condition(told[CONDITION])
        when = condition_word(condition)
        if TIMER in told:
            when += f", {seconds_word(int(told[TIMER]))}"
        lines = [_("when: {condition}").format(condition=when)]
        if told.get(WAS, told[TARGET]) != told[TARGET]:
            lines.append(_("until now: {target}").format(target=target_shown(told[WAS])))
        if condition is Condition.UNCONDITIONAL:
            lines.append(_("the other rules are kept and suspended while this one is on"))
        if ABROAD in told:
            lines.append(_("forwarded calls cost as international calls of this number"))
        lines.append(_("codes that are read out by a call go to the target as well"))
        return lines

    @override
    def warnings(self, action: Action, login: Msisdn | None) -> list[str]:
        """A loop among the company's own numbers (S20-4)."""
        if LOOP not in action.parameters:
            return []
        way = " → ".join(target_shown(digits) for digits in action.parameters[LOOP].split(">"))
        return [
            _("calls would come back to this number: {way} forwards them to it").format(way=way)
        ]

    @override
    def button(self, action: Action) -> str:
        return _("🔀 Forward to {target}").format(target=target_shown(action.parameters[TARGET]))

    @override
    def done(self, action: Action) -> str:
        return _("Forwarded to {target} ({condition})").format(
            target=target_shown(action.parameters[TARGET]),
            condition=condition_word(Condition(action.parameters[CONDITION])),
        )

    @override
    def not_done(self, action: Action) -> str:
        return _("Not forwarded to {target}").format(target=target_shown(action.parameters[TARGET]))

    @override
    def told(self, entry: Entry) -> str:
        return forwarding_told(entry)

    @override
    def code(self) -> str:
        return _(
            "My Account code to forward calls of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


class ForwardingOffWords(ChangeWords):
    """One rule or all are switched off."""

    kind = ActionKind.FORWARDING_OFF
    history = N_("Call forwarding switched off")
    danger = True

    @override
    def question(self, action: Action) -> str:
        if action.parameters[CONDITION] == ALL:
            return _("Cancel all forwarding of {number}?").format(number=action.msisdn.shown)
        return _("Switch off forwarding of {number} ({condition})?").format(
            number=action.msisdn.shown, condition=_which(action.parameters)
        )

    @override
    def happens(self, action: Action) -> list[str]:
        if action.parameters[CONDITION] == ALL:
            return [_("calls reach the number itself"), _("the targets are kept for later")]
        return [_("the target is kept for later"), _("the other rules stay as they are")]

    @override
    def button(self, action: Action) -> str:
        if action.parameters[CONDITION] == ALL:
            return _("Cancel all forwarding")
        return _("Switch off: {condition}").format(condition=_which(action.parameters))

    @override
    def done(self, action: Action) -> str:
        return _("Forwarding switched off ({condition})").format(
            condition=_which(action.parameters)
        )

    @override
    def not_done(self, action: Action) -> str:
        return _("Not switched off: forwarding ({condition})").format(
            condition=_which(action.parameters)
        )

    @override
    def told(self, entry: Entry) -> str:
        return forwarding_told(entry)

    @override
    def code(self) -> str:
        return _(
            "My Account code to switch off forwarding of the number …{last4}: {code}. Valid 3 "
            "minutes. Tell it to nobody."
        )


def forwarding_told(entry: Entry) -> str:
    """`Busy → +7 …`, or which rules were switched off."""
    which = _which(entry.parameters)
    target = entry.parameters.get(TARGET)
    return which if target is None else f"{which} → {target_shown(target)}"


def _which(parameters: Mapping[str, str]) -> str:
    condition = parameters[CONDITION]
    return _("all rules") if condition == ALL else condition_word(Condition(condition))


WORDS = (
    SetForwardingWords(),
    ForwardingOffWords(),
)
