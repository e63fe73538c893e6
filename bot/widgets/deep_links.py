"""Buttons below final words and documents: plain data (`go:…`) that works from anywhere, for ever.

The data may be forged, so it names only where to go; every right is asked for there
(`bot.handlers.commands`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _

from account.changes.action import ActionKind

if TYPE_CHECKING:
    from account.values.identifiers import Imei, Msisdn

GOING = "go:"
MENU, NUMBER, QUESTION = "go:menu", "go:number:", "go:ask:"
ALERT, MUTING = "go:alert:", "go:mute:"
MISSED, SCHEDULE = "go:missed:", "go:schedule:"
DEVICE, REQUESTS, PAYMENTS = "go:device:", "go:requests:", "go:payments:"
DELETE_NOW = "gone:"
"""Below a message for nobody else's eyes: it goes at once."""
WITH_A_CODE = "code"
"""What `/start` says for whoever comes by the link in the SMS with a secret code (S14-1)."""
ASKED_ALONE = frozenset({ActionKind.BLOCK, ActionKind.UNBLOCK, ActionKind.ESIM_SHOW})
"""Changes without parameters: what such a button may ask."""


def way_in(username: str) -> str:
    """The address in that SMS; it opens the bot where a secret code is asked for."""
    return f"https://t.me/{username}?start={WITH_A_CODE}"


def to_menu() -> InlineKeyboardButton:
    """⌂ Menu."""
    return InlineKeyboardButton(text=_("⌂ Menu"), callback_data=MENU)


def to_number(msisdn: Msisdn) -> InlineKeyboardButton:
    """The number's card."""
    return InlineKeyboardButton(text=msisdn.shown, callback_data=NUMBER + msisdn.digits)


def to_alert(rule_id: str) -> InlineKeyboardButton:
    """The rule that an alert came of: to mute it, or delete it."""
    return InlineKeyboardButton(text=_("🔕 This rule"), callback_data=ALERT + rule_id)


def to_muting(msisdn: Msisdn) -> InlineKeyboardButton:
    """Where alerts of that number are muted."""
    return InlineKeyboardButton(text=_("🔕 This number"), callback_data=MUTING + msisdn.digits)


def to_schedule(schedule_id: str = "") -> InlineKeyboardButton:
    """That schedule, or the list of them."""
    return InlineKeyboardButton(text=_("🕒 Schedule"), callback_data=SCHEDULE + schedule_id)


def doing_now(schedule_id: str) -> InlineKeyboardButton:
    """The question of the change that a schedule has missed."""
    return InlineKeyboardButton(text=_("▶ Do it now"), callback_data=MISSED + schedule_id)


def asking_about_device(
    kind: ActionKind, msisdn: Msisdn, imei: Imei, label: str
) -> InlineKeyboardButton:
    """The terms of a re-registration or a duplicate of that device."""
    data = f"{DEVICE}{kind.value}:{msisdn.digits}:{imei.key}"
    return InlineKeyboardButton(text=label, callback_data=data)


def to_requests(msisdn: Msisdn) -> InlineKeyboardButton:
    """The requests history of the number's devices."""
    label = _("🕘 Requests history")
    return InlineKeyboardButton(text=label, callback_data=REQUESTS + msisdn.digits)


def to_payments(msisdn: Msisdn) -> InlineKeyboardButton:
    """The payments of the number."""
    return InlineKeyboardButton(text=_("🧾 Payments"), callback_data=PAYMENTS + msisdn.digits)


def asking(
    kind: ActionKind, msisdn: Msisdn, label: str, *, danger: bool = False
) -> InlineKeyboardButton:
    """The question of a change that needs no parameters."""
    return InlineKeyboardButton(
        text=label,
        callback_data=f"{QUESTION}{kind.value}:{msisdn.digits}",
        style="danger" if danger else None,
    )
