"""How every window is built: header, facts, buttons, and always a way back.

The header says where the person is (company › number › section); the getter gives it as `where`.
The last row leads back and to the menu. Typing in a window that asks for nothing searches.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram.enums import ContentType
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.api.entities import DialogUpdateEvent
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Keyboard, Row
from aiogram_dialog.widgets.text import Format, Text
from typing_extensions import override

from account.access.employees import Employees
from bot.context import states
from bot.context.update_context import UpdateContext, context_of
from bot.widgets.search_offer import look_for_button, withdraw_offer
from bot.widgets.secret_messages import SecretInput, delete_typed_again
from bot.widgets.text import Html, Msgid, Value, quoted

_ASKING: set[str] = set()
"""Windows that wait for something to be typed."""

Getter = Callable[..., Awaitable[dict[str, Any]]]
OnClick = Callable[[CallbackQuery, Button, DialogManager], Awaitable[None]]


class Header(Text):
    """The crumbs of `where`, the last one bold."""

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        *path, here = data["where"]
        return " › ".join([*(quoted(crumb) for crumb in path), f"<b>{quoted(here)}</b>"])


class Notice(Text):
    """One sentence about what was just typed or tapped, until the person's next tap or message.

    A window that is drawn anew by itself, below a message that came meanwhile or after a fault,
    says it again; but for what the message itself has made untrue (`UpdateContext.over`).
    """

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        kept = manager.dialog_data
        sentence = kept.pop("notice", None)
        if sentence is None and isinstance(manager.event, DialogUpdateEvent):
            sentence = kept.get("said")
            over = context_of(manager).over
            if sentence and over and over in sentence:
                sentence = None
        if sentence:
            kept["said"] = sentence
        else:
            kept.pop("said", None)
            withdraw_offer(manager)
        return f"\n{sentence}" if sentence else ""


def notice(manager: DialogManager, sentence: str) -> None:
    """Have the window say this sentence below its facts; `Html` or plain text."""
    manager.dialog_data["notice"] = str(quoted(sentence))


async def reply(manager: DialogManager, sentence: str) -> None:
    """Say one sentence: as an alert on the tap, or in the window where the person typed."""
    context = context_of(manager)
    if context.tap is None:
        notice(manager, sentence)
    else:
        await context.tell(sentence)


async def to_menu(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Leave whatever it was for the menu, or for the login without a session."""
    await begin_anew(manager)


async def begin_anew(manager: DialogManager) -> None:
    """Show the menu; or the login, below its greeting, which is sent before the window."""
    target = await home(context_of(manager))
    below = target == states.Login.phone
    mode = ShowMode.DELETE_AND_SEND if below else ShowMode.AUTO
    await manager.start(target, mode=StartMode.RESET_STACK, show_mode=mode)


async def home(context: UpdateContext) -> State:
    """Where a conversation begins anew: an administrator's menu, an employee's card, the login.

    The chat whose session ran out is asked for the password alone.
    """
    if context.session is not None:
        return states.Menu.main
    if await context.use(Employees).knows(context.telegram_id):
        return states.Employee.card
    return states.Login.phone if context.ran_out is None else states.Login.password


async def leave(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Close the dialog; the one below it, or the menu, is shown."""
    if len(manager.current_stack().intents) > 1:
        await manager.done()
    else:
        await begin_anew(manager)


def back_to(state: State) -> OnClick:
    """Go to another window of the same dialog."""

    async def go(_event: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        await manager.switch_to(state)

    return go


def way_back(
    back: OnClick | None = leave,
    *,
    before: Sequence[Keyboard] = (),
    label: Text | None = None,
    menu: bool = True,
    when: WhenCondition = None,
) -> Row:
    """The last row of a window; `before` are short buttons that share it."""
    buttons: list[Keyboard] = list(before)
    if back is not None:
        buttons.append(Button(label or Msgid("‹ Back"), id="back", on_click=back))
    if menu:
        buttons.append(Button(Msgid("⌂ Menu"), id="menu", on_click=to_menu))
    return Row(*buttons, when=when)


ANSWER_TYPING = "answer_typing"
"""The dispatcher's entry for what answers whatever is typed where nothing was asked."""


async def typed_anything(
    message: Message, _input: MessageInput | None, manager: DialogManager
) -> None:
    """Digits open or search numbers, words search, anything else gets a sentence."""
    await manager.middleware_data[ANSWER_TYPING](message, manager)


def asks(window: str | None) -> bool:
    """Tell whether what is typed in that window answers it; elsewhere it opens or searches."""
    return window in _ASKING


def out_of_date() -> str:
    """To whom presses what is no longer there; the window follows."""
    return _("That window is out of date. Here is a fresh one.")


class Page(Window):
    """A window that says so when a button is pressed that it does not have.

    What is typed anew takes back the search that it offered.

    Such buttons stand on a message of an earlier moment: one that a crash left behind, or that is
    replaced while a finger is on it. The second of two equal presses has found its work done.
    """

    @override
    async def process_message(
        self, message: Message, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        withdraw_offer(manager)
        secret = isinstance(self.on_message, SecretInput)
        if not secret and await delete_typed_again(context_of(manager), message):
            notice(manager, _("This has been read already. Your message was deleted."))
            return True
        return await super().process_message(message, dialog, manager)

    async def process_callback(
        self, callback: CallbackQuery, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        """See aiogram_dialog, which passes over it in silence."""
        if not await super().process_callback(callback, dialog, manager):
            context = context_of(manager)
            if not context.pressed_again:
                await context.tell(out_of_date())
        return True


def page(
    state: State,
    *facts: Text,
    keyboard: Sequence[Keyboard] = (),
    getter: Getter,
    typing: MessageInput | None = None,
    back: Row | None = None,
) -> Window:
    """A window of the house. `back` None is the usual ‹ Back and ⌂ Menu."""
    if typing is not None:
        _ASKING.add(str(state.state))
    return Page(
        Header(),
        *facts,
        Notice(),
        *keyboard,
        look_for_button(),
        way_back() if back is None else back,
        typing or MessageInput(typed_anything, content_types=ContentType.ANY),
        state=state,
        getter=getter,
        parse_mode="HTML",
    )


__all__ = [
    "Format",
    "Getter",
    "Header",
    "Html",
    "Msgid",
    "Notice",
    "ShowMode",
    "Value",
    "asks",
    "back_to",
    "leave",
    "notice",
    "page",
    "to_menu",
    "way_back",
]
