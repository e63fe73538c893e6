"""What services are called, what they cost and give, and what switching them says (S11, S12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from typing_extensions import override

from account.changes.action import ActionKind
from account.chapters.allowances import Measure
from account.chapters.services.changes import (
    NAMES,
    ServiceOffParameters,
    ServiceOnParameters,
    names_in,
)
from account.chapters.services.offerings import Group, Offering, Volume, VolumeUnit
from bot.flows.allowances.texts import amount_shown, use_word
from bot.flows.confirm.texts import ChangeWords
from bot.texts.facts import language
from bot.texts.service_errors import in_language
from documents.text.marker import N_

if TYPE_CHECKING:
    from account.changes.action import Action
    from account.effects.history import HistoryEntry
    from account.values.money import Money

LONGEST_ON_BUTTON, LONGEST_NAME = 40, 120
LONGEST_BESIDE = 22
"""Characters of a name that a verb stands beside, on a button as wide as a telephone."""
LONGEST_TERMS = 1200
"""Characters: a summary is one message, whatever the operator writes."""


def clipped(text: str, longest: int) -> str:
    """The text, with an end that says when something is missing."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def group_word(group: Group) -> str:
    """A group of services, in the guide's words where it knows the group."""
    known = {
        "roaming-voice": _("Voice roaming"),
        "roaming-voice-special": _("Special offers"),
        "roaming-voice-international": _("International calls"),
        "roaming-data": _("Data roaming"),
        "roaming-data-packs": _("Data packs"),
        "voice": _("Voice"),
        "voice-offnet": _("Extra minutes for offnet mobile calls"),
        "voice-landline": _("Extra minutes for calling landline numbers"),
        "sms": _("SMS"),
        "data": _("Data (internet)"),
    }
    return known.get(group.id) or clipped(group.name or group.id, LONGEST_NAME)


def price_shown(price: Money, *, monthly: bool) -> str:
    """`390 ₸`, `250 ₸ a month`, or that it is free."""
    if not price:
        return _("free of charge")
    if monthly:
        return _("{amount} a month").format(amount=price.shown(language()))
    return price.shown(language())


def price_of(offering: Offering) -> str:
    """What it costs, with what is charged once beside the first month."""
    price = price_shown(offering.price, monthly=offering.monthly)
    if offering.activation is None:
        return price
    return _("{price} and {amount} once for activation").format(
        price=price, amount=offering.activation.shown(language())
    )


def volume_shown(volume: Volume) -> str:
    """`50 min`, `100 SMS`, `5 GB`, Unlimited."""
    if volume.amount is None or volume.unit is None:
        return _("Unlimited")
    if volume.unit is VolumeUnit.MINUTES:
        return _("{n} min").format(n=volume.amount)
    if volume.unit is VolumeUnit.SMS:
        return amount_shown(Measure.SMS, volume.amount)
    return amount_shown(Measure.BYTES, volume.amount * 1024**2)


def lasts_shown(offering: Offering) -> str:
    """How long it goes on once it is on."""
    if offering.days is not None:
        return ngettext("valid {n} day", "valid {n} days", offering.days).format(n=offering.days)
    if offering.to_month_end:
        return _("valid to the end of the month")
    return _("works until it is disabled")


def terms_shown(offering: Offering) -> str:
    """The operator's terms, shortened when they would fill the message."""
    return clipped(in_language(offering.terms), LONGEST_TERMS)


def enable_word(names: Mapping[str, str]) -> str:
    """The button that enables it: by its name, where all of that is seen on a telephone."""
    name = in_language(names)
    if len(name) > LONGEST_BESIDE:
        return _("Enable this service")
    return _("Enable {service}").format(service=name)


def disable_word(names: Mapping[str, str]) -> str:
    """The button that disables it, in the same way."""
    name = in_language(names)
    if len(name) > LONGEST_BESIDE:
        return _("Disable this service")
    return _("Disable {service}").format(service=name)


class ServiceOnWords(ChangeWords[ServiceOnParameters]):
    """A service is switched on and paid for (S12)."""

    kind = ActionKind.SERVICE_ON
    history = N_("Service enabled")

    @override
    def question(self, action: Action[ServiceOnParameters]) -> str:
        return _("Enable {service} for {number}?").format(
            service=_name(action.parameters.offering.names), number=action.msisdn.shown
        )

    @override
    def happens(self, action: Action[ServiceOnParameters]) -> list[str]:
        """Price, volume, how long, terms."""
        offering = action.parameters.offering
        price = price_of(offering)
        lines = [_("price: {price}").format(price=price)]
        if offering.charged_at_once:
            lines[0] = (
                _("price: {price}; the first month is charged at once")
                if offering.monthly
                else _("price: {price}, charged once, at once")
            ).format(price=price)
        if offering.by_use:
            lines.append(_("each use is charged in addition"))
        if offering.volume is not None:
            lines.append(_("it gives: {volume}").format(volume=volume_shown(offering.volume)))
        lines.append(lasts_shown(offering))
        if terms := terms_shown(offering):
            lines.append(_("terms: {terms}").format(terms=terms))
        return lines

    @override
    def button(self, action: Action[ServiceOnParameters]) -> str:
        return enable_word(action.parameters.offering.names)

    @override
    def done(self, action: Action[ServiceOnParameters]) -> str:
        return _("{service}: enabled").format(service=_name(action.parameters.offering.names))

    @override
    def not_done(self, action: Action[ServiceOnParameters]) -> str:
        return _("{service}: not enabled").format(service=_name(action.parameters.offering.names))

    @override
    def told(self, entry: HistoryEntry) -> str:
        return in_language(names_in(entry.parameters)) if NAMES in entry.parameters else ""

    @override
    def code(self) -> str:
        return _(
            "My Account code to enable a service of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


class ServiceOffWords(ChangeWords[ServiceOffParameters]):
    """A service is switched off; what is left of it is lost (S11)."""

    kind = ActionKind.SERVICE_OFF
    history = N_("Service disabled")
    danger = True

    @override
    def question(self, action: Action[ServiceOffParameters]) -> str:
        return _("Disable {service} for {number}?").format(
            service=_name(action.parameters.names), number=action.msisdn.shown
        )

    @override
    def happens(self, action: Action[ServiceOffParameters]) -> list[str]:
        """What is lost (S11-1)."""
        lost = [
            f"{use_word(one.use, one.name)} {amount_shown(one.measure, one.left)}"
            for one in action.parameters.left
            if one.left != 0
        ]
        lines = [_("the service stops at once")]
        if lost:
            lines.append(_("what is left of it is lost: {lost}").format(lost=", ".join(lost)))
        return [*lines, _("nothing that was paid for it is given back")]

    @override
    def button(self, action: Action[ServiceOffParameters]) -> str:
        return disable_word(action.parameters.names)

    @override
    def done(self, action: Action[ServiceOffParameters]) -> str:
        return _("{service}: disabled").format(service=_name(action.parameters.names))

    @override
    def not_done(self, action: Action[ServiceOffParameters]) -> str:
        return _("{service}: not disabled").format(service=_name(action.parameters.names))

    @override
    def told(self, entry: HistoryEntry) -> str:
        return in_language(names_in(entry.parameters)) if NAMES in entry.parameters else ""

    @override
    def code(self) -> str:
        return _(
            "My Account code to disable a service of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )


def _name(names: Mapping[str, str]) -> str:
    return clipped(in_language(names), LONGEST_NAME)


WORDS = (
    ServiceOnWords(),
    ServiceOffWords(),
)
