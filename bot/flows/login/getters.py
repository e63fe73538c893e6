"""What the windows of the login show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiogram.fsm.state import State
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager

from account.values.identifiers import Msisdn
from bot.context import states
from bot.context.update_context import UpdateContext, context_of
from bot.widgets.text import said

COUNTDOWN_STEP = 10
"""Seconds between two drawings of the countdown; Telegram does not like to be asked oftener."""


def phone_of(manager: DialogManager) -> Msisdn:
    """The number that was typed in this login."""
    return Msisdn(manager.dialog_data["phone"])


async def get_phone(**_data: Any) -> dict[str, Any]:
    """The first window of the login."""
    return {"where": ["My Account", _("Log in")]}


async def get_reset_phone(**_data: Any) -> dict[str, Any]:
    """The first window of the reset."""
    return {"where": ["My Account", _("Forgot password?")]}


async def get_password(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The number whose password is asked for."""
    return {
        "where": ["My Account", _("Log in")],
        "phone": phone_of(dialog_manager).shown,
        "refused": "refused" in dialog_manager.dialog_data,
    }


async def get_code(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """The seconds until another code can be sent, counted down while there are any."""
    context = context_of(dialog_manager)
    resend_at = datetime.fromisoformat(dialog_manager.dialog_data["resend_at"])
    asked = bool(dialog_manager.dialog_data.get("no_code"))
    where_else = _(
        "For Tele2/Altel and foreign numbers, and for 72 hours after a SIM replacement or a change "
        "of call forwarding, the code is sent to the registered e-mail. Without a registered "
        "e-mail, contact corporate support: {support}"
    )
    return {
        "where": ["My Account", _("Forgot password?")],
        "phone": phone_of(dialog_manager).shown,
        "resend": countdown(context, resend_at, states.Login.code),
        "where_else": said("\n" + where_else, support=context.support) if asked else "",
        "may_ask_where": not asked,
    }


def countdown(context: UpdateContext, resend_at: datetime, window: State) -> str:
    """The label of "Send again"; while there are seconds to wait, `window` is drawn again."""
    left = max(0, -int(-(resend_at - context.now()).total_seconds() // 1))
    if not left:
        return _("Send again")
    context.redraw_later(min(left, COUNTDOWN_STEP), window)
    return _("Send again in {n} s").format(n=left)


async def get_new_password(**_data: Any) -> dict[str, Any]:
    """The new password, typed twice."""
    return {"where": ["My Account", _("New password")]}
