"""Commands and buttons outside of windows: they work from anywhere and leave what was open.

Buttons below final words and documents (`bot.widgets.deep_links`) may be forged: they name only
where to go, and every right is asked for there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Filter
from aiogram.fsm.state import State
from aiogram.types import BotCommand, CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import DialogManager, ShowMode, StartMode

from account.access.employees import Employees
from account.access.login import Login
from account.changes.action import ActionKind
from account.errors import InputRefused, SessionExpired
from account.identity.permissions import check_offered
from account.values.capabilities import Capability
from account.values.identifiers import Msisdn
from bot.context import states
from bot.context.update_context import context_of
from bot.flows.alerts.handlers import follow_alert
from bot.flows.approvals.handlers import decide
from bot.flows.approvals.texts import APPROVE, REJECT
from bot.flows.confirm.handlers import start_question
from bot.flows.devices import handlers as devices
from bot.flows.freezes.handlers import disown, disown_by_link, linked
from bot.flows.freezes.texts import PRESSED
from bot.flows.schedules.handlers import follow_missed, follow_schedule
from bot.flows.sets.approval import look
from bot.flows.sets.handlers import follow_set
from bot.flows.sets.texts import ASKED
from bot.flows.sets.texts import GOING as SET_GOING
from bot.widgets.deep_links import (
    ASKED_ALONE,
    DELETE_NOW,
    GOING,
    NUMBER,
    PAYMENTS,
    QUESTION,
    WITH_A_CODE,
)
from bot.widgets.page import home
from bot.widgets.passing_messages import delete_at_once

PLACES: dict[str, State] = {
    "menu": states.Menu.main,
    "numbers": states.Numbers.list,
    "documents": states.Documents.menu,
    "transfer": states.Transfers.sender,
    "profile": states.Profile.main,
    "language": states.Language.choose,
    "help": states.Faq.list,
    "privacy": states.Privacy.policy,
}
RESTS_ON = {"transfer": Capability.TRANSFERS}
"""What the operator must have for a command to lead anywhere."""
OPEN_TO_ALL = frozenset({"language", "help", "privacy"})


def commands(
    lacks: frozenset[Capability] = frozenset(), only: Collection[str] | None = None
) -> list[BotCommand]:
    """The commands as Telegram shows them, in the language in use, at such an operator.

    `only` are the names of some of them.
    """
    words = {
        "menu": _("Menu"),
        "numbers": _("Number management"),
        "documents": _("Documents & reports"),
        "transfer": _("Balance transfer"),
        "profile": _("Administrator profile"),
        "language": _("Language"),
        "help": _("Questions and answers"),
        # Telegram leads there from the bot's profile where the command is in the list.
        "privacy": _("Privacy policy"),
        "logout": _("Log out"),
    }
    return [
        BotCommand(command=name, description=word)
        for name, word in words.items()
        if RESTS_ON.get(name) not in lacks and (only is None or name in only)
    ]


_HELP = frozenset({"help", "помощь", "көмек", "справка", "анықтама"})


def place_said(text: str) -> str | None:
    """The command whose name in the language in use was typed as a word: `Меню`; None for others.

    Not the way out: nobody leaves by a word.
    """
    said = text.strip().rstrip(".!?").casefold()
    if said in _HELP:
        return "help"
    named = {one.description.casefold(): one.command for one in commands(only=PLACES)}
    return named.get(said)


class Named(Filter):
    """A message that is one of these commands, with or without this bot's name behind it."""

    def __init__(self, *names: str) -> None:
        self._names = frozenset(names)

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, str]:
        """The command's name as `command`."""
        text = message.text or ""
        if not text.startswith("/"):
            return False
        # A slash may stand alone, or before nothing but spaces.
        name, _at, whose = (text[1:].split(maxsplit=1) or [""])[0].partition("@")
        if name.lower() not in self._names:
            return False
        # Known since the start, and asked for once.
        ours = not whose or whose.lower() == ((await bot.me()).username or "").lower()
        return {"command": name.lower()} if ours else False


Handler = Callable[[CallbackQuery, DialogManager], Awaitable[None]]


class BelowMessage(Filter):
    """A tap on a button that stands below a message, not in a window."""

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Handler]:
        """What handles it as `handle`, by what its data begins with."""
        data = query.data or ""
        return next(
            ({"handle": h} for start, h in BELOW_MESSAGES.items() if data.startswith(start)), False
        )


async def press(query: CallbackQuery, dialog_manager: DialogManager, handle: Handler) -> None:
    """One entry for all of them: each router and each filter is asked at every tap there is."""
    await handle(query, dialog_manager)


async def start(message: Message, dialog_manager: DialogManager) -> None:
    """`/start` works from anywhere, with or without a deep link's payload."""
    token = linked(message.text)
    if token is not None:
        await disown_by_link(dialog_manager, token)
    if (message.text or "").split()[1:] == [WITH_A_CODE]:
        await open_for_a_code(dialog_manager)
    else:
        await open_first_window(dialog_manager)


async def open_for_a_code(dialog_manager: DialogManager) -> None:
    """Whoever is known is at home already; else the window that leads to the secret code.

    In the language that Telegram names: they have an SMS in their hand, and the button for another
    one is a window away.
    """
    context = context_of(dialog_manager)
    where = await home(context)
    await dialog_manager.start(
        states.Employee.number if where == states.Login.phone else where,
        mode=StartMode.RESET_STACK,
        show_mode=ShowMode.DELETE_AND_SEND,
    )


async def open_first_window(dialog_manager: DialogManager) -> None:
    """The language first, then the login, then always the menu."""
    context = context_of(dialog_manager)
    person = context.unit.person
    if person is None or not person.chosen:
        target = states.Language.choose
    else:
        target = await home(context)
    await dialog_manager.start(
        target, mode=StartMode.RESET_STACK, show_mode=ShowMode.DELETE_AND_SEND
    )


async def go(_message: Message, dialog_manager: DialogManager, command: str) -> None:
    """A command that names a place."""
    if command not in OPEN_TO_ALL:
        actor = await context_of(dialog_manager).actor()
        if actor.only is not None:
            await open_first_window(dialog_manager)
            return
        if command in RESTS_ON:
            check_offered(actor.company, RESTS_ON[command])
    mode = StartMode.NORMAL if _returns(dialog_manager, command) else StartMode.RESET_STACK
    await dialog_manager.start(PLACES[command], mode=mode, show_mode=ShowMode.DELETE_AND_SEND)


def _returns(manager: DialogManager, command: str) -> bool:
    """Whether the place opens above the present window, which comes back behind it."""
    if command not in OPEN_TO_ALL or context_of(manager).session is None:
        return False
    present = manager.current_context().state.group if manager.has_context() else None
    return present not in {None, *(PLACES[name].group for name in OPEN_TO_ALL)}


async def log_out(_message: Message, dialog_manager: DialogManager) -> None:
    """`/logout`: an administrator's session ends; an employee's number is closed (S14-1)."""
    context = context_of(dialog_manager)
    if context.session is not None:
        await context.use(Login).log_out(context.session)
        await context.session_changed()
    elif (number := await context.use(Employees).log_out(context.telegram_id)) is not None:
        await context.tell(
            _("You have closed {number}. Send /start to see it again.").format(number=number.shown)
        )
    await dialog_manager.start(
        states.Login.phone, mode=StartMode.RESET_STACK, show_mode=ShowMode.DELETE_AND_SEND
    )


async def follow(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    """A button below a final word: to the menu, to a number, or to its next question.

    The window comes below the message, which stays.
    """
    data = query.data or ""
    context = context_of(dialog_manager)
    if context.session is None:
        raise SessionExpired
    before = _present(dialog_manager)
    context.below = True
    await _open(data, dialog_manager)
    if before is not None:
        with suppress(TelegramBadRequest):
            await context.bot.delete_message(context.unit.chat_id, before)


async def _open(data: str, manager: DialogManager) -> None:
    """Open what the button names; what cannot be asked ends at the number's card."""
    if await devices.follow(data, manager) or await follow_alert(data, manager):
        return
    if await follow_missed(data, manager) or await follow_schedule(data, manager):
        return
    kind, _colon, asked = data.removeprefix(QUESTION).partition(":")
    alone = data.startswith(QUESTION) and kind in {one.value for one in ASKED_ALONE}
    question = ActionKind(kind) if alone else None
    try:
        number = Msisdn.parse(
            asked if question else data.removeprefix(NUMBER).removeprefix(PAYMENTS)
        )
    except InputRefused:
        await manager.start(states.Menu.main, mode=StartMode.RESET_STACK)
        return
    if question and await start_question(manager, question, number, mode=StartMode.RESET_STACK):
        return
    window = states.Payments.list if data.startswith(PAYMENTS) else states.Card.main
    await manager.start(window, data={"msisdn": number.digits}, mode=StartMode.RESET_STACK)


def _present(manager: DialogManager) -> int | None:
    """The message of the present window, which goes once another has come below."""
    return manager.current_stack().last_message_id if manager.has_context() else None


BELOW_MESSAGES: dict[str, Handler] = {
    GOING: follow,
    APPROVE: decide,
    REJECT: decide,
    ASKED: look,
    SET_GOING: follow_set,
    PRESSED: disown,
    DELETE_NOW: delete_at_once,
}
"""By what their data begins with; all of it may be forged."""


def commands_router() -> Router:
    """Handlers that stand before every window."""
    router = Router(name="commands")
    router.message.register(start, Named("start"))
    router.message.register(go, Named(*PLACES))
    router.message.register(log_out, Named("logout"))
    router.callback_query.register(press, BelowMessage())
    return router
