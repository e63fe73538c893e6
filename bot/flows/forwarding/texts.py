"""What call forwarding says (S20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from typing_extensions import override

from account.changes.action import ActionKind
from account.chapters.forwarding import (
    Condition,
    ForwardingOffParameters,
    ForwardingParameters,
    Rule,
)
from account.values.identifiers import Msisdn
from bot.flows.confirm.texts import ChangeWords
from bot.texts.facts import number_label
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.changes.action import Action
    from account.effects.history import HistoryEntry


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


class SetForwardingWords(ChangeWords[ForwardingParameters]):
    """One rule is set or changed."""

    kind = ActionKind.FORWARDING_SET
    history = N_("Call forwarding set")

    @override
    def question(self, action: Action[ForwardingParameters]) -> str:
        return _("Forward {number} to {target}?").format(
            number=action.msisdn.shown, target=action.parameters.target.shown
        )

    @override
    def happens(self, action: Action[ForwardingParameters]) -> list[str]:
        """When, instead of what, and what else goes there (S20-2)."""
        asked = action.parameters
        when = condition_word(asked.condition)
        if asked.timer is not None:
            when += f", {seconds_word(asked.timer)}"
        lines = [_("when: {condition}").format(condition=when)]
        if asked.was is not None and asked.was != asked.target.digits:
            lines.append(_("until now: {target}").format(target=target_shown(asked.was)))
        if asked.condition is Condition.UNCONDITIONAL:
            lines.append(_("the other rules are kept and suspended while this one is on"))
        if asked.abroad:
            lines.append(_("forwarded calls cost as international calls of this number"))
        lines.append(_("codes that are read out by a call go to the target as well"))
        return lines

    @override
    def warnings(self, action: Action[ForwardingParameters], login: Msisdn | None) -> list[str]:
        """A loop among the company's own numbers (S20-4)."""
        if not action.parameters.loop:
            return []
        way = " → ".join(map(target_shown, action.parameters.loop))
        return [
            _("calls would come back to this number: {way} forwards them to it").format(way=way)
        ]

    @override
    def button(self, action: Action[ForwardingParameters]) -> str:
        return number_label(_("🔀 Forward to {target}"), action.parameters.target)

    @override
    def done(self, action: Action[ForwardingParameters]) -> str:
        return _("Forwarded to {target} ({condition})").format(
            target=action.parameters.target.shown,
            condition=condition_word(action.parameters.condition),
        )

    @override
    def not_done(self, action: Action[ForwardingParameters]) -> str:
        return _("Not forwarded to {target}").format(target=action.parameters.target.shown)

    @override
    def told(self, entry: HistoryEntry) -> str:
        asked = ForwardingParameters.read(entry.parameters, {})
        return f"{condition_word(asked.condition)} → {asked.target.shown}"

    @override
    def enter(self, action: Action[ForwardingParameters]) -> str:
        return _("🔒 Enter the 6 digits to forward {number} to {target}.").format(
            number=action.msisdn.shown, target=action.parameters.target.shown
        )

    @override
    def code(self) -> str:
        return _(
            "My Account code to forward calls of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


class ForwardingOffWords(ChangeWords[ForwardingOffParameters]):
    """One rule or all are switched off."""

    kind = ActionKind.FORWARDING_OFF
    history = N_("Call forwarding switched off")
    danger = True

    @override
    def question(self, action: Action[ForwardingOffParameters]) -> str:
        if action.parameters.condition is None:
            return _("Cancel all forwarding of {number}?").format(number=action.msisdn.shown)
        return _("Switch off forwarding of {number} ({condition})?").format(
            number=action.msisdn.shown, condition=which_rules(action.parameters.condition)
        )

    @override
    def happens(self, action: Action[ForwardingOffParameters]) -> list[str]:
        if action.parameters.condition is None:
            return [_("calls reach the number itself"), _("the targets are kept for later")]
        return [_("the target is kept for later"), _("the other rules stay as they are")]

    @override
    def button(self, action: Action[ForwardingOffParameters]) -> str:
        if action.parameters.condition is None:
            return _("Cancel all forwarding")
        return _("Switch off: {condition}").format(
            condition=which_rules(action.parameters.condition)
        )

    @override
    def done(self, action: Action[ForwardingOffParameters]) -> str:
        return _("Forwarding switched off ({condition})").format(
            condition=which_rules(action.parameters.condition)
        )

    @override
    def not_done(self, action: Action[ForwardingOffParameters]) -> str:
        return _("Not switched off: forwarding ({condition})").format(
            condition=which_rules(action.parameters.condition)
        )

    @override
    def told(self, entry: HistoryEntry) -> str:
        return which_rules(ForwardingOffParameters.read(entry.parameters, {}).condition)

    @override
    def code(self) -> str:
        return _(
            "My Account code to switch off forwarding of the number …{last4}: {code}. Valid 3 "
            "minutes. Tell it to nobody."
        )


def which_rules(condition: Condition | None) -> str:
    """The rule of a condition, or all of them."""
    return _("all rules") if condition is None else condition_word(condition)


WORDS = (
    SetForwardingWords(),
    ForwardingOffWords(),
)
