"""The commands that Telegram offers in a chat: those of the kind of person who is in it.

A guest has the default ones, which `describe` sets; an administrator those of their role in the
company; an employee those of one number. A kindness: every command asks for its right by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommandScopeChat

from account.errors import CompanyNotAccessible, CompanyNotChosen
from account.identity.permissions import may
from account.values.rights import Right
from bot.handlers.commands import commands

if TYPE_CHECKING:
    from aiogram import Bot

    from account.identity.permissions import Actor
    from bot.context.update_context import UpdateContext

log = structlog.get_logger(__name__)

REMEMBERED = 10_000
GUEST = frozenset({"menu", "language", "help", "privacy"})
EMPLOYEE = GUEST | {"logout"}
"""Their menu is the card of their number."""
ADMINISTRATOR = EMPLOYEE | {"profile"}
OF_A_RIGHT = {
    "numbers": (Right.LIST_NUMBERS,),
    "documents": (Right.ORDER_DOCUMENTS, Right.READ_HISTORY),
    "transfer": (Right.TRANSFER,),
}
"""What else an administrator has, with any of these rights in the chosen company."""


class CommandMenus:
    """Shows them; what this process has shown already is not sent again."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._shown: dict[int, tuple[frozenset[str], str]] = {}

    async def show(self, context: UpdateContext) -> None:
        """The menu for who this update was from, as far as it was asked for. Faults are no matter.

        Called within the person's language.
        """
        names = _names(context)
        chat_id = context.unit.chat_id
        if names is None or self._shown.get(chat_id, (GUEST, ""))[0] == names == GUEST:
            return
        if self._shown.get(chat_id) == (names, context.language):
            return
        self._shown[chat_id] = names, context.language
        if len(self._shown) > REMEMBERED:
            del self._shown[next(iter(self._shown))]
        scope = BotCommandScopeChat(chat_id=chat_id)
        try:
            if names == GUEST:
                await self._bot.delete_my_commands(scope=scope)
            else:
                await self._bot.set_my_commands(commands(only=names), scope=scope)
        except TelegramAPIError as fault:
            self._shown.pop(chat_id, None)
            log.info("commands.unshown", error=type(fault).__name__)


def _names(context: UpdateContext) -> frozenset[str] | None:
    """None where the update did not ask who the person is."""
    actor = context.acting
    if actor is None:
        return GUEST if context.session is None else None
    if actor.only is not None:
        return EMPLOYEE
    return ADMINISTRATOR | _by_right(actor)


def _by_right(actor: Actor) -> frozenset[str]:
    try:
        company = actor.company.id
    except (CompanyNotAccessible, CompanyNotChosen):
        return frozenset()
    return frozenset(
        name
        for name, rights in OF_A_RIGHT.items()
        if any(may(actor, right, company) for right in rights)
    )
