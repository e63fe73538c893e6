"""What to do when a window is lost, old or unknown, or a session has ended.

Nobody is ever locked out: one fresh window and one sentence, in the person's language (traps 5 and
6). The conversation's state is dropped first, so that no name of an older version is in the way.
"""

from __future__ import annotations

from contextlib import suppress

from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.state import State
from aiogram.types import Chat, User
from aiogram_dialog import ShowMode, StartMode
from aiogram_dialog.api.entities import (
    DEFAULT_STACK_ID,
    DialogAction,
    DialogStartEvent,
    DialogUpdate,
    DialogUpdateEvent,
)
from aiogram_dialog.api.exceptions import (
    InvalidStackIdError,
    OutdatedIntent,
    UnknownIntent,
    UnknownState,
    UnregisteredDialogError,
    UnregisteredWindowError,
)

from account.errors import CompanyNotChosen, MyAccountError
from bot.context import states
from bot.context.stack_reader import drop_conversation, window_message
from bot.context.update_context import UpdateContext
from bot.widgets.page import home

LOST_WINDOW = (
    UnknownIntent,
    OutdatedIntent,
    UnknownState,
    InvalidStackIdError,
    UnregisteredDialogError,
    UnregisteredWindowError,
)
"""What aiogram_dialog raises for a button, a window or a name that it does not know (any more)."""


class Recovery:
    """Starts windows from outside of a conversation, inside of the same unit of work."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher) -> None:
        self._bot = bot
        self._dispatcher = dispatcher

    async def afresh(self, context: UpdateContext, msisdn: str = "") -> None:
        """Drop the conversation, its window included, and open the first window below.

        That is the card of `msisdn`, where one is told and it can be shown; the menu; the choice of
        a company where one is wanted first; or the login.
        """
        before = window_message(context.unit)
        drop_conversation(context.unit)
        if not (msisdn and await self._card(context, msisdn)):
            target = await home(context)
            try:
                await self._start(context, target)
            except CompanyNotChosen:
                drop_conversation(context.unit)
                await self._start(context, states.Companies.choose)
        # Where the fresh window could not be shown yet, the old one is better than none.
        if before is not None and window_message(context.unit) is not None:
            with suppress(TelegramAPIError):
                await self._bot.delete_message(context.unit.chat_id, before)

    async def _card(self, context: UpdateContext, msisdn: str) -> bool:
        """Whether the card of that number could be opened for a person in a session."""
        if context.session is None:
            return False
        try:
            await self._start(context, states.Card.main, {"msisdn": msisdn})
        except MyAccountError:
            drop_conversation(context.unit)
            return False
        return True

    async def _start(
        self, context: UpdateContext, state: State, data: dict[str, str] | None = None
    ) -> None:
        """Open a window alone on the stack."""
        event = DialogStartEvent(
            **self._whom(context),
            action=DialogAction.START,
            data=data,
            new_state=state,
            mode=StartMode.RESET_STACK,
            show_mode=ShowMode.SEND,
            access_settings=None,
        )
        await self._feed(event, context)

    async def show(self, context: UpdateContext, show_mode: ShowMode) -> None:
        """Draw the present window anew, if there is one."""
        event = DialogUpdateEvent(
            **self._whom(context), action=DialogAction.UPDATE, data=None, show_mode=show_mode
        )
        await self._feed(event, context)

    def _whom(self, context: UpdateContext) -> dict[str, object]:
        chat_id = context.unit.chat_id
        return {
            "from_user": User(id=chat_id, is_bot=False, first_name=""),
            "chat": Chat(id=chat_id, type="private"),
            "intent_id": None,
            "stack_id": DEFAULT_STACK_ID,
            "thread_id": None,
            "business_connection_id": None,
        }

    async def _feed(self, event: DialogUpdateEvent, context: UpdateContext) -> None:
        # As aiogram_dialog's own updater does it: `feed_update` would parse the event anew and
        # lose what it is.
        await self._dispatcher.propagate_event(
            update_type="update",
            event=DialogUpdate(aiogd_update=event.as_(self._bot)),
            bot=self._bot,
            event_from_user=event.from_user,
            event_chat=event.chat,
            event_thread_id=None,
            context=context,
            **self._dispatcher.workflow_data,
        )
