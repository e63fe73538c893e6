"""One update from the inbox to its end: validated alone, handled in its chat's turn, written once.

Whatever goes wrong stays with its own update. The person gets a sentence; the conversation keeps
the window it had (its state is put back), so that the buttons on the screen go on working.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import Update
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import ShowMode
from aiogram_dialog.api.entities import DEFAULT_STACK_ID
from aiogram_dialog.api.exceptions import (
    InvalidStackIdError,
    OutdatedIntent,
    UnknownIntent,
    UnknownState,
    UnregisteredDialogError,
    UnregisteredWindowError,
)
from pydantic import ValidationError

from account.errors import MyAccountError, SessionExpired
from bot.language import Catalogues, first_guess
from bot.sentences import refusal
from bot.visit import Tap, Visit
from storage.errors import StorageUnavailable
from storage.fsm import turn_in_use
from storage.turns import Turn

if TYPE_CHECKING:
    from account.sessions import SessionLimits
    from bot.gate import Gate, Letter
    from bot.house import House
    from bot.recovery import Recovery
    from storage.inbox import Inbox
    from storage.turns import TurnStore

log = structlog.get_logger(__name__)

HURRY_AFTER = 0.25
"""Seconds after which a tap is answered, whatever the work behind it (windows.md)."""

LOST_WINDOW = (
    UnknownIntent,
    OutdatedIntent,
    UnknownState,
    InvalidStackIdError,
    UnregisteredDialogError,
    UnregisteredWindowError,
)

_visit: ContextVar[Visit] = ContextVar("visit")


def visit_here() -> Visit:
    """The visit of the update that is being handled in this task."""
    return _visit.get()


class Reception:
    """Receives letters for the gate."""

    def __init__(
        self,
        *,
        bot: Bot,
        dispatcher: Dispatcher,
        house: House,
        turns: TurnStore,
        inbox: Inbox,
        catalogues: Catalogues,
        recovery: Recovery,
        limits: SessionLimits,
        worked: Callable[[], None],
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._house = house
        self._turns = turns
        self._inbox = inbox
        self._catalogues = catalogues
        self._recovery = recovery
        self._limits = limits
        self._worked = worked
        self.gate: Gate | None = None

    async def receive(self, letter: Letter) -> bool:
        """Handle a letter; False when the database did not let us and it must be tried again."""
        try:
            if letter.row is None:
                await self._wish(letter)
            else:
                await self._kept(letter)
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
            return False
        self._worked()
        return True

    async def _kept(self, letter: Letter) -> None:
        row = letter.row
        assert row is not None
        try:
            payload = json.loads(self._inbox.payload(row))
            if row.kind != "telegram":
                await self._own(letter, payload)
                return
            update = Update.model_validate(payload, context={"bot": self._bot})
        except (ValidationError, ValueError, MyAccountError) as poison:
            # Its content is not logged: it may be somebody's password.
            log.warning("update.quarantined", error=type(poison).__name__)
            await self._inbox.quarantine(row.id, type(poison).__name__)
            return
        await self._telegram(update, row.id)

    async def _telegram(self, update: Update, inbox_id: int) -> None:
        event = update.message or update.callback_query or update.my_chat_member
        user = getattr(event, "from_user", None)
        if event is None or user is None:
            await self._inbox.done([inbox_id])
            return
        chat = getattr(event, "chat", None)
        if update.callback_query is not None and update.callback_query.message is not None:
            chat = update.callback_query.message.chat
        if chat is None or chat.type != "private" or user.is_bot:
            await self._in_a_group(update)
            await self._inbox.done([inbox_id])
            return
        turn = await self._turns.open(chat.id, user.id, self._bot.id)
        if turn.language is None:
            guess = first_guess(user.language_code)
            turn.set_language(guess, self._house.clock.now(), chosen=False)
        if update.my_chat_member is not None:
            member = update.my_chat_member.new_chat_member
            turn.set_blocked(self._house.clock.now(), blocked=member.status == "kicked")
            await self._turns.close(turn, inbox_id)
            return
        query = update.callback_query
        tap = None if query is None else Tap(query.id, self._answer)
        quarantine = await self._in_turn(turn, tap, lambda visit: self._feed(update, visit))
        if quarantine is not None:
            await self._turns.close(turn, None)
            await self._inbox.quarantine(inbox_id, quarantine)
        else:
            await self._turns.close(turn, inbox_id)

    async def _wish(self, letter: Letter) -> None:
        """Draw a window anew, when the person still is in it."""
        turn = await self._turns.open(letter.chat_id, letter.chat_id, self._bot.id)
        mode = ShowMode.DELETE_AND_SEND if letter.wish == "resurface" else ShowMode.EDIT
        if letter.about and letter.about != present_window(turn):
            return
        if present_window(turn) is None:
            return
        await self._in_turn(turn, None, lambda visit: self._recovery.show(visit, mode))
        await self._turns.close(turn, None)

    async def _own(self, letter: Letter, payload: dict[str, Any]) -> None:
        """A kept wish of our own: after a message below it, the window comes down again."""
        assert letter.row is not None
        turn = await self._turns.open(letter.chat_id, letter.chat_id, self._bot.id)
        if present_window(turn) is not None:

            async def resurface(visit: Visit) -> None:
                finished = payload.get("window")
                if finished and finished == present_window(turn):
                    await self._recovery.afresh(visit, show_mode=ShowMode.DELETE_AND_SEND)
                else:
                    await self._recovery.show(visit, ShowMode.DELETE_AND_SEND)

            await self._in_turn(turn, None, resurface)
        await self._turns.close(turn, letter.row.id)

    async def _in_turn(
        self, turn: Turn, tap: Tap | None, work: Callable[[Visit], Any]
    ) -> str | None:
        """Run `work` as this person's update; the name of an error nobody expected, or None."""
        assert self.gate is not None
        visit = Visit(
            house=self._house,
            turn=turn,
            bot=self._bot,
            language=turn.language or "en",
            limits=self._limits,
            tap=tap,
            gate=self.gate,
        )
        turn.touch(self._house.clock.now())
        with self._speaking(visit), turn_in_use(turn):
            hurry = self._hurry(tap)
            try:
                return await self._guarded(visit, work)
            finally:
                if hurry is not None:
                    hurry.cancel()
                await self._answer_at_last(tap)

    async def _guarded(self, visit: Visit, work: Callable[[Visit], Any]) -> str | None:
        try:
            await work(visit)
        except StorageUnavailable:
            raise
        except LOST_WINDOW:
            await self._afresh(visit, _("That window is out of date. Here is a fresh one."))
        except SessionExpired as ended:
            known = visit.turn.session is not None
            await self._afresh(visit, refusal(ended) if known else "")
        except MyAccountError as refused:
            visit.turn.revert_slots()
            await self._tell(visit, refusal(refused))
        except TelegramForbiddenError:
            visit.turn.set_blocked(self._house.clock.now(), blocked=True)
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)
            visit.turn.revert_slots()
            visit.redraw_after_fault(1)
        except Exception as error:
            log.exception("update.failed", error=type(error).__name__)
            visit.turn.revert_slots()
            await self._tell(visit, refusal(MyAccountError()))
            return type(error).__name__
        return None

    async def _feed(self, update: Update, visit: Visit) -> None:
        await self._dispatcher.feed_update(self._bot, update, visit=visit)

    async def _afresh(self, visit: Visit, sentence: str) -> None:
        if sentence:
            await self._tell(visit, sentence)
        try:
            await self._recovery.afresh(visit)
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _tell(self, visit: Visit, sentence: str) -> None:
        try:
            await visit.tell(sentence)
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _in_a_group(self, update: Update) -> None:
        """One neutral line in a group, nothing else; a tap is only answered."""
        try:
            if update.callback_query is not None:
                await self._answer(update.callback_query.id, None, alert=False)
            elif update.message is not None and (update.message.text or "").startswith("/"):
                with self._catalogues.speaking("en"):
                    line = _("My Account works in a private chat only.")
                await self._bot.send_message(update.message.chat.id, line)
        except TelegramAPIError as fault:
            log.info("telegram.fault", error=type(fault).__name__)

    async def _answer(self, query_id: str, text: str | None, *, alert: bool) -> None:
        try:
            await self._bot.answer_callback_query(query_id, text=text, show_alert=alert)
        except TelegramAPIError as fault:
            # Too old, or Telegram is away: the tap stops spinning by itself.
            log.info("callback.unanswered", error=type(fault).__name__)

    def _hurry(self, tap: Tap | None) -> asyncio.Task[None] | None:
        if tap is None:
            return None
        loop = asyncio.get_running_loop()
        return loop.create_task(tap.hurry(HURRY_AFTER, _("⏳ One moment…")))

    async def _answer_at_last(self, tap: Tap | None) -> None:
        if tap is not None:
            await tap.answer()

    @contextmanager
    def _speaking(self, visit: Visit) -> Iterator[None]:
        token = _visit.set(visit)
        try:
            with self._catalogues.speaking(visit.language):
                yield
        finally:
            _visit.reset(token)


def present_window(turn: Turn) -> str | None:
    """The name of the window the person is in, as aiogram_dialog has kept it; None without one."""
    intents = _kept_data(turn, f"aiogd:stack:{DEFAULT_STACK_ID}").get("intents") or []
    if not intents:
        return None
    state = _kept_data(turn, f"aiogd:context:{intents[-1]}").get("state")
    return str(state) if state else None


def _kept_data(turn: Turn, destiny: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(turn.slot((turn.chat_id, f"||{destiny}")).data)
    return data
