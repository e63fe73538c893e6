"""Buttons below final words and documents: plain data (`go:…`) that works from anywhere, for ever.

The data may be forged, so it names only where to go; every right is asked for there
(`bot.handlers.commands`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _

if TYPE_CHECKING:
    from account.actions import ActionKind
    from account.identifiers import Msisdn

MENU, NUMBER, QUESTION = "go:menu", "go:number:", "go:ask:"


def to_menu() -> InlineKeyboardButton:
    """⌂ Menu."""
    return InlineKeyboardButton(text=_("⌂ Menu"), callback_data=MENU)


def to_number(msisdn: Msisdn) -> InlineKeyboardButton:
    """The number's card."""
    return InlineKeyboardButton(text=msisdn.shown, callback_data=NUMBER + msisdn.digits)


def asking(
    kind: ActionKind, msisdn: Msisdn, label: str, *, danger: bool = False
) -> InlineKeyboardButton:
    """The question of a change that needs no parameters."""
    return InlineKeyboardButton(
        text=label,
        callback_data=f"{QUESTION}{kind.value}:{msisdn.digits}",
        style="danger" if danger else None,
    )
