"""Looking for what was typed in a window that cannot use it: leaving is offered, not done.

What a person has half made in a window is not thrown away by what they type there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from aiogram.types import CallbackQuery
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.text import Text
from typing_extensions import override

from account.chapters.numbers import search_text
from account.errors import InputRefused, NumberInvalid
from account.values.identifiers import Msisdn
from bot.context.update_context import context_of

LOOK_FOR = "look_for"
"""The dispatcher's entry for what looks for a text, and the text itself in the dialog's data."""


def offer_search(manager: DialogManager, typed: str) -> bool:
    """Offer to leave the window and look for it; False for what cannot be looked for."""
    session = context_of(manager).session
    if session is None or session.company_id is None:
        return False
    try:
        manager.dialog_data[LOOK_FOR] = search_text(typed)
    except InputRefused:
        return False
    return True


def offer_number(manager: DialogManager, typed: str) -> None:
    """The same for a whole phone number only: anything else was meant for the window."""
    with suppress(NumberInvalid):
        offer_search(manager, Msisdn.parse(typed).digits)


def withdraw_offer(manager: DialogManager) -> None:
    """The window is drawn for something else."""
    manager.dialog_data.pop(LOOK_FOR, None)


class _Label(Text):
    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        text = str(manager.dialog_data[LOOK_FOR])
        with suppress(NumberInvalid):
            text = Msisdn.parse(text).shown
        return _("🔎 Search: {text}").format(text=text)


def _offered(_data: dict[str, Any], _widget: object, manager: DialogManager) -> bool:
    return bool(manager.dialog_data.get(LOOK_FOR))


async def _look(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    text = manager.dialog_data.get(LOOK_FOR)
    if text:
        await manager.middleware_data[LOOK_FOR](manager, str(text))


def look_for_button() -> Button:
    """The way out, while it is offered."""
    return Button(_Label(), id=LOOK_FOR, on_click=_look, when=_offered)
