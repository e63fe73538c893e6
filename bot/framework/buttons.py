"""Buttons of windows, without a model's validation of each: a window has a dozen of them.

What a button says and does comes from our own widgets as text. aiogram_dialog's widgets find the
maker of buttons in the module they are in, and a window asks one factory for its markup: these two
places are given ours. A button of anything else is made as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram_dialog.utils import intent_callback_data
from aiogram_dialog.widgets.kbd import button as buttons
from aiogram_dialog.widgets.kbd import select as choices
from aiogram_dialog.widgets.markup.inline_keyboard import InlineKeyboardFactory

from bot.framework.unvalidated import construct

if TYPE_CHECKING:
    from aiogram_dialog import DialogManager

MAKERS = (buttons, choices)
"""The modules of aiogram_dialog whose widgets make buttons of text alone."""
_TEXTS = frozenset({"text", "callback_data", "url", "style", "icon_custom_emoji_id"})


def plain_button(**fields: Any) -> InlineKeyboardButton:
    """A button; of text alone without validation."""
    if isinstance(fields.get("style"), ButtonStyle):
        fields["style"] = fields["style"].value
    text = type(fields.get("text")) is str and fields.keys() <= _TEXTS
    if text and all(value is None or type(value) is str for value in fields.values()):
        return construct(InlineKeyboardButton, None, fields)
    return InlineKeyboardButton(**fields)


async def plain_markup(
    _factory: object, _data: object, manager: DialogManager, keyboard: list[list[Any]]
) -> InlineKeyboardMarkup:
    """The rows as a markup, each button with the id of the window that it belongs to."""
    intent_id = manager.current_context().id
    for row in keyboard:
        for button in row:
            if isinstance(button, InlineKeyboardButton):
                named = intent_callback_data(intent_id, button.callback_data)
                button.__dict__["callback_data"] = named
    return construct(InlineKeyboardMarkup, None, {"inline_keyboard": keyboard})


def use_plain_buttons() -> None:
    """Have aiogram_dialog make buttons and markups so."""
    for module in MAKERS:
        vars(module)["InlineKeyboardButton"] = plain_button
    InlineKeyboardFactory.render_markup = plain_markup  # type: ignore[method-assign, assignment]
