"""What devices, their changes and their requests say (S21 to S25)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiogram.utils.i18n import gettext as _
from typing_extensions import override

from account.changes.action import ActionKind, ActionState
from account.chapters.devices.registrations import (
    IMEI,
    OTHER_OPERATOR,
    OTHER_OWNER,
    DeviceParameters,
    RegistrationKind,
)
from account.chapters.devices.requests import Condition
from account.effects.effect import Channel
from account.values.identifiers import Imei
from account.values.periods import shown_moment
from bot.flows.confirm.texts import ChangeWords
from bot.texts.failures import reason
from bot.widgets.deep_links import asking_about_device, to_requests
from documents.text.marker import N_

if TYPE_CHECKING:
    from datetime import datetime

    from aiogram.types import InlineKeyboardButton

    from account.changes.action import Action
    from account.chapters.devices.registrations import Registration
    from account.chapters.devices.requests import DeviceRequest
    from account.effects.history import HistoryEntry
    from account.values.number import NumberState

RULES = {
    "kk": "https://adilet.zan.kz/kaz/docs/V1800017028",
    "ru": "https://adilet.zan.kz/rus/docs/V1800017028",
}
"""The rules of registration: order No. 226 of 23 May 2018. There is no English text."""


def registered_as(registration: Registration) -> str:
    """How and since when."""
    kind = {
        RegistrationKind.ORIGINAL: _("original since {at}"),
        RegistrationKind.DUPLICATE: _("duplicate since {at}"),
    }[registration.kind]
    return kind.format(at=shown_moment(registration.since))


def kind_word(kind: ActionKind) -> str:
    """What was asked for."""
    return {
        ActionKind.REGISTER_DEVICE: _("Registration"),
        ActionKind.DEREGISTER_DEVICE: _("Deregistration"),
        ActionKind.REREGISTER_DEVICE: _("Re-registration"),
        ActionKind.DUPLICATE_DEVICE: _("Registration of a duplicate"),
    }[kind]


def condition_shown(request: DeviceRequest, now: datetime) -> str:
    """The column "Condition" of a request, with its sign (S25)."""
    condition = request.condition(now)
    told = {
        Condition.ACCEPTED: _("⏳ {kind}: accepted"),
        Condition.IN_PROGRESS: _("⏳ {kind}: in progress"),
        Condition.OVERDUE: _("⏳ {kind}: overdue, the result still comes"),
        Condition.REGISTERED: _("✅ Registered"),
        Condition.REREGISTERED: _("✅ Re-registered"),
        Condition.DUPLICATED: _("✅ Duplicate registered"),
        Condition.REMOVED: _("✅ Registration removed"),
        Condition.REJECTED: _("⚠️ {kind}: rejected. {why}"),
    }[condition]
    why = reason(request.reason_code) if condition is Condition.REJECTED else ""
    return told.format(kind=kind_word(request.kind), why=why)


def done_words(kind: ActionKind, imei: Imei) -> str:
    """That it was done, with the device."""
    return {
        ActionKind.REGISTER_DEVICE: _("Device {imei} registered"),
        ActionKind.DEREGISTER_DEVICE: _("Registration of the device {imei} removed"),
        ActionKind.REREGISTER_DEVICE: _("Device {imei} re-registered"),
        ActionKind.DUPLICATE_DEVICE: _("Duplicate of the device {imei} registered"),
    }[kind].format(imei=imei.full)


def not_done_words(kind: ActionKind, imei: Imei) -> str:
    """That it was not done, with the device."""
    return {
        ActionKind.REGISTER_DEVICE: _("Device {imei} not registered"),
        ActionKind.DEREGISTER_DEVICE: _("Registration of the device {imei} not removed"),
        ActionKind.REREGISTER_DEVICE: _("Device {imei} not re-registered"),
        ActionKind.DUPLICATE_DEVICE: _("Duplicate of the device {imei} not registered"),
    }[kind].format(imei=imei.full)


class DeviceWords(ChangeWords[DeviceParameters]):
    """What the four changes have in common: the device, the promise, and where people go next."""

    @override
    def done(self, action: Action[DeviceParameters]) -> str:
        return done_words(action.kind, action.parameters.imei)

    @override
    def not_done(self, action: Action[DeviceParameters]) -> str:
        return not_done_words(action.kind, action.parameters.imei)

    @override
    def told(self, entry: HistoryEntry) -> str:
        told = entry.parameters.get(IMEI, "")
        return Imei(told).full if re.fullmatch(r"[0-9]{14}", told) else told

    @override
    def under_way(self, action: Action[DeviceParameters]) -> str:
        """Hours, and by which way the result comes (T11)."""
        accepted = (
            _(
                "⏳ Accepted · action {reference}. The result comes by e-mail and here within "
                "8 hours; nothing else is needed from you."
            )
            if told_by_email(action)
            else _(
                "⏳ Accepted · action {reference}. The result comes by SMS and here within "
                "8 hours; nothing else is needed from you."
            )
        )
        return accepted.format(reference=action.reference or "…")

    @override
    def code(self) -> str:
        return _(
            "My Account code to change a device of the number …{last4}: {code}. Valid 3 minutes. "
            "Tell it to nobody."
        )

    @override
    def below(
        self, action: Action[DeviceParameters], state: NumberState | None
    ) -> list[InlineKeyboardButton]:
        """What is left to try, and the history of requests (S21-2, S25)."""
        leads: list[InlineKeyboardButton] = []
        if action.kind is ActionKind.REGISTER_DEVICE and action.state is ActionState.REJECTED:
            imei = action.parameters.imei
            ways = {
                ActionKind.REREGISTER_DEVICE: (_("🔄 Re-register"), {OTHER_OWNER}),
                ActionKind.DUPLICATE_DEVICE: (
                    _("➕ Register duplicate"),
                    {OTHER_OWNER, OTHER_OPERATOR},
                ),
            }
            leads = [
                asking_about_device(kind, action.msisdn, imei, label)
                for kind, (label, reasons) in ways.items()
                if action.reason_code in reasons
            ]
        return [*leads, to_requests(action.msisdn)]


class RegisterWords(DeviceWords):
    """A free device (S21)."""

    kind = ActionKind.REGISTER_DEVICE
    history = N_("Device registration")

    @override
    def question(self, action: Action[DeviceParameters]) -> str:
        return _("Register the device {imei} with {number}?").format(
            imei=action.parameters.imei.full, number=action.msisdn.shown
        )

    @override
    def happens(self, action: Action[DeviceParameters]) -> list[str]:
        """With whom, for how much, and how soon (S21-3)."""
        return [
            _("the IMEI is registered with the company's BIN and this number"),
            _("it is free of charge"),
            _within(action),
        ]

    @override
    def button(self, action: Action[DeviceParameters]) -> str:
        return _("📲 Register {imei}").format(imei=action.parameters.imei.full)


class DeregisterWords(DeviceWords):
    """A device leaves the number (S22)."""

    kind = ActionKind.DEREGISTER_DEVICE
    history = N_("Device deregistration")
    danger = True

    @override
    def enter(self, action: Action[DeviceParameters]) -> str:
        return _("🔒 Enter the 6 digits to deregister the device {imei}.").format(
            imei=action.parameters.imei.full
        )

    @override
    def question(self, action: Action[DeviceParameters]) -> str:
        return _("Deregister the device {imei} from {number}?").format(
            imei=action.parameters.imei.full, number=action.msisdn.shown
        )

    @override
    def happens(self, action: Action[DeviceParameters]) -> list[str]:
        return [
            _("the registration of the IMEI with this number is removed"),
            _("networks may stop serving a device that nobody has registered"),
            _within(action),
        ]

    @override
    def button(self, action: Action[DeviceParameters]) -> str:
        return _("🗑 Deregister {imei}").format(imei=action.parameters.imei.full)


class ReregisterWords(DeviceWords):
    """A device of another owner becomes the company's (S23)."""

    kind = ActionKind.REREGISTER_DEVICE
    history = N_("Device re-registration")

    @override
    def question(self, action: Action[DeviceParameters]) -> str:
        return _("Re-register the device {imei} with {number}?").format(
            imei=action.parameters.imei.full, number=action.msisdn.shown
        )

    @override
    def happens(self, action: Action[DeviceParameters]) -> list[str]:
        """Of the previous owner no more than a masked number."""
        owner = action.parameters.owner
        return [
            _("the IMEI is deregistered from the previous BIN/IIN and number ({previous})").format(
                previous="—" if owner is None else owner.msisdn.masked
            ),
            _("it is registered with the company's BIN and this number"),
            _within(action),
        ]

    @override
    def enter(self, action: Action[DeviceParameters]) -> str:
        return _("🔒 Enter the 6 digits to re-register the device {imei}.").format(
            imei=action.parameters.imei.full
        )

    @override
    def button(self, action: Action[DeviceParameters]) -> str:
        return _("🔄 Re-register {imei}").format(imei=action.parameters.imei.full)


class DuplicateWords(DeviceWords):
    """A device is registered beside its owner's registration (S24)."""

    kind = ActionKind.DUPLICATE_DEVICE
    history = N_("Registration of a duplicate")

    @override
    def question(self, action: Action[DeviceParameters]) -> str:
        return _("Register a duplicate of the device {imei} with {number}?").format(
            imei=action.parameters.imei.full, number=action.msisdn.shown
        )

    @override
    def happens(self, action: Action[DeviceParameters]) -> list[str]:
        return [
            _("the IMEI is registered with the company's BIN and this number"),
            _("the present registration stays; the ownership of the device does not change"),
            _within(action),
        ]

    @override
    def button(self, action: Action[DeviceParameters]) -> str:
        return _("➕ Register duplicate {imei}").format(imei=action.parameters.imei.full)


def terms_of(kind: ActionKind) -> str:
    """What is accepted before a re-registration or a duplicate (S23, S24)."""
    if kind is ActionKind.REREGISTER_DEVICE:
        return _(
            "Re-registration: the IMEI is deregistered from the previous BIN/IIN and number and "
            "registered with the company's BIN and this number. You will be asked for the number "
            "and the IIN or BIN of the previous owner."
        )
    return _(
        "Duplicate: the IMEI is registered with the company's BIN and this number, and the "
        "present registration stays. Registration of an employee's device with a corporate number "
        "does not imply the transfer of ownership of the device."
    )


def result_line(kind: ActionKind, imei: Imei, *, done: bool, reason_code: str | None) -> str:
    """The result in an SMS."""
    if done:
        return done_words(kind, imei) + "."
    return f"{not_done_words(kind, imei)}. {reason(reason_code)}"


def told_by_email(action: Action[DeviceParameters]) -> bool:
    """The result goes by e-mail, as the one-time codes of who asked do; else by SMS."""
    result = action.parameters.result
    return result is not None and result.address.channel is Channel.MAIL


def _within(action: Action[DeviceParameters]) -> str:
    if told_by_email(action):
        return _("the result comes by e-mail and here within 8 hours")
    return _("the result comes by SMS and here within 8 hours")


WORDS = (
    RegisterWords(),
    DeregisterWords(),
    ReregisterWords(),
    DuplicateWords(),
)
