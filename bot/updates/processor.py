"""One update from the inbox to its end: validated alone, handled in its chat's turn, written once.

Whatever goes wrong stays with its own update. The person gets a sentence; the conversation keeps
the window it had (its state is put back), so that the buttons on the screen go on working.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import Update, User
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import ShowMode
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent
from pydantic import ValidationError

from account.errors import (
    CompanyNotAccessible,
    CompanyNotChosen,
    DetailsBanned,
    EmployeeAccessEnded,
    MyAccountError,
    SessionExpired,
)
from bot.context.callback_answer import Tap
from bot.context.stack_reader import as_typed, present_window
from bot.context.update_context import Visit
from bot.texts.errors import refusal
from bot.texts.language import Catalogues, first_guess
from bot.updates import coalescing
from bot.updates.recovery import LOST_WINDOW
from bot.widgets.page import asks, out_of_date
from storage.errors import SealBroken, StorageUnavailable
from storage.fsm_storage import turn_in_use
from storage.unit_of_work import Turn

if TYPE_CHECKING:
    from account.identity.sessions import SessionLimits
    from bot.context.queued_update import Letter
    from bot.context.use_cases import House
    from bot.updates.chat_queue import Gate
    from bot.updates.recovery import Recovery
    from storage.open import Stores
    from storage.queue.inbox import InboxRow

log = structlog.get_logger(__name__)

CLOSE_TRIES = 5
REMEMBERED_PRESSES = 10_000
PRESS_LIFE = timedelta(seconds=150)
MOST_FAULTS = 5
"""After so many failures of a database that answers everything else, the update is the fault."""

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
        stores: Stores,
        catalogues: Catalogues,
        recovery: Recovery,
        limits: SessionLimits,
        owner: str,
        worked: Callable[[], None],
        gate: Gate,
    ) -> None:
        self._gate = gate
        self._bot = bot
        self._dispatcher = dispatcher
        self._house = house
        self._stores = stores
        self._turns = stores.turns
        self._inbox = stores.inbox
        self._catalogues = catalogues
        self._recovery = recovery
        self._limits = limits
        self._owner = owner
        self._worked = worked
        self._faults: dict[int, int] = {}
        self._pressed: dict[int, str] = {}
        """What each person pressed last; a kindness, so forgetting it does no harm."""

    async def receive(self, letter: Letter) -> bool:
        """Handle a letter; False when the database did not let us and it must be tried again."""
        before = self._stores.deeds.written
        try:
            if letter.row is None:
                await self._wish(letter)
            else:
                await self._kept(letter)
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
            return letter.row is not None and await self._is_poison(letter.row.id)
        except Exception as error:
            log.exception("update.failed", error=type(error).__name__)
            return letter.row is None or await self._set_aside(letter.row.id, error)
        if letter.row is not None:
            self._faults.pop(letter.row.id, None)
        if self._stores.deeds.written != before:
            self._worked()
        return True

    async def _is_poison(self, row_id: int) -> bool:
        """Tell the database's outage from an update that it will never take; set that one aside."""
        try:
            await self._inbox.waiting()
        except StorageUnavailable:
            return False
        self._faults[row_id] = self._faults.get(row_id, 0) + 1
        if self._faults[row_id] < MOST_FAULTS:
            return False
        return await self._set_aside(row_id, StorageUnavailable())

    async def _set_aside(self, row_id: int, error: Exception, *, begun: bool = True) -> bool:
        """Quarantine an update; its content is not logged: it may be somebody's password."""
        log.warning("update.quarantined", error=type(error).__name__)
        try:
            await self._inbox.quarantine(row_id, type(error).__name__, begun=begun)
        except StorageUnavailable:
            return False
        self._faults.pop(row_id, None)
        return True

    async def _kept(self, letter: Letter) -> None:
        row = letter.row
        assert row is not None
        try:
            payload = json.loads(self._inbox.payload(row))
            if row.kind != "telegram":
                await self._own(letter, payload)
                return
            repeated = self._repeated(row, payload)
            update = Update.model_validate(_read(payload), context={"bot": self._bot})
        except (SealBroken, ValidationError, ValueError, RecursionError) as poison:
            await self._set_aside(row.id, poison, begun=False)
            return
        await self._telegram(update, letter, row.id, repeated=repeated)

    def _repeated(self, row: InboxRow, payload: Any) -> bool:
        """Tell whether the person said the same again further back in line
        (bot.updates.coalescing).
        """
        if self._house.clock.now() - row.received_at < coalescing.STALE_AFTER:
            return False
        wish = coalescing.wish_in(payload)
        if wish is None:
            return False
        for later in self._gate.behind(row.chat_id or 0, coalescing.LOOK_AHEAD):
            # One that cannot be read is set aside when its own turn comes.
            with suppress(SealBroken, ValueError, RecursionError):
                if coalescing.wish_in(json.loads(self._inbox.payload(later))) == wish:
                    return True
        return False

    async def _telegram(
        self, update: Update, letter: Letter, inbox_id: int, *, repeated: bool
    ) -> None:
        event = update.message or update.callback_query or update.my_chat_member
        user = getattr(event, "from_user", None)
        if event is None or user is None:
            await self._inbox.done([inbox_id])
            return
        chat = getattr(event, "chat", None)
        query, tap = update.callback_query, letter.tap
        if query is not None:
            chat = None if query.message is None else query.message.chat
            tap = tap or Tap(self._bot, query.id, late=letter.late)
        if chat is None or chat.type != "private" or user.is_bot:
            await self._in_a_group(update, user, tap)
            await self._inbox.done([inbox_id])
            return
        turn = await self._turns.open(chat.id, user.id, self._bot.id)
        if turn.language is None:
            guess = first_guess(user.language_code)
            turn.set_language(guess, self._house.clock.now(), chosen=False)
        if update.my_chat_member is not None:
            member = update.my_chat_member.new_chat_member
            turn.set_blocked(self._house.clock.now(), blocked=member.status == "kicked")
            await self._close(turn, inbox_id)
            return
        if turn.blocked:
            # Who speaks to us has let us in again, whether or not we were told.
            turn.set_blocked(self._house.clock.now(), blocked=False)
        if repeated and (update.message is None or not asks(present_window(turn))):
            # Answered first: what is closed comes to nobody any more, should this process die.
            if tap is not None:
                await tap.end()
            await self._close(turn, inbox_id)
            return
        if query is not None and self._is_an_old_press(letter):
            # Telegram has forgotten it: the sentence comes as a message.
            await self._in_turn(turn, None, lambda visit: self._afresh(visit, out_of_date()))
            await self._close(turn, inbox_id)
            return
        self._touch(turn)
        error = await self._in_turn(turn, tap, lambda visit: self._feed(update, visit))
        await self._close(turn, None if error else inbox_id)
        if error is not None:
            await self._inbox.quarantine(inbox_id, error)

    def _is_an_old_press(self, letter: Letter) -> bool:
        """Whether a press was put back after Telegram itself would have forgotten it."""
        row = letter.row
        if row is None or row.replayed_at is None:
            return False
        return self._house.clock.now() - row.received_at > PRESS_LIFE

    async def _close(self, turn: Turn, inbox_id: int | None) -> None:
        """Write the turn, with some patience: handling it once more is what is to be avoided."""
        for attempt in range(CLOSE_TRIES):
            with suppress(StorageUnavailable):
                written = await self._turns.close(turn, inbox_id, self._owner)
                break
            await asyncio.sleep(0.1 * 2**attempt)
        else:
            written = await self._turns.close(turn, inbox_id, self._owner)
        if not written:
            # This process stood still so long that another one has taken the chat over.
            log.warning("claim.lost")
        elif turn.came_back:
            self._worked()

    def _touch(self, turn: Turn) -> None:
        """Note that a live session is in use. What we do of ourselves keeps no session alive."""
        now = self._house.clock.now()
        if turn.session is not None and turn.session.alive(now, self._limits):
            turn.touch(now)

    async def _wish(self, letter: Letter) -> None:
        """Draw a window anew, when the person still is in it."""
        turn = await self._turns.open(letter.chat_id, letter.chat_id, self._bot.id)
        mode = ShowMode.DELETE_AND_SEND if letter.wish == "resurface" else ShowMode.EDIT
        present = present_window(turn)
        if present is None or letter.about not in ("", present):
            return
        await self._in_turn(
            turn, None, lambda visit: self._recovery.show(visit, mode), letter.tries
        )
        await self._close(turn, None)

    async def _own(self, letter: Letter, payload: dict[str, Any]) -> None:
        """A kept wish of our own: after a message below it, the window comes down again."""
        assert letter.row is not None
        turn = await self._turns.open(letter.chat_id, letter.chat_id, self._bot.id)
        present = present_window(turn)
        if present is not None:

            async def resurface(visit: Visit) -> None:
                visit.over = str(payload.get("over") or "")
                if payload.get("window") == present:
                    await self._recovery.afresh(visit)
                else:
                    await self._recovery.show(visit, ShowMode.DELETE_AND_SEND)

            await self._in_turn(turn, None, resurface)
        await self._close(turn, letter.row.id)

    async def _in_turn(
        self, turn: Turn, tap: Tap | None, work: Callable[[Visit], Any], tries: int = 0
    ) -> str | None:
        """Run `work` as this person's update; the name of an error nobody expected, or None."""
        visit = Visit(
            house=self._house,
            turn=turn,
            bot=self._bot,
            language=turn.language or "en",
            limits=self._limits,
            tap=tap,
            gate=self._gate,
            tries=tries,
        )
        with self._speaking(visit), turn_in_use(turn):
            if tap is not None:
                tap.hurry(_("⏳ One moment…"))
            try:
                return await self._guarded(visit, work)
            finally:
                if tap is not None:
                    await tap.end()

    async def _guarded(self, visit: Visit, work: Callable[[Visit], Any]) -> str | None:
        try:
            await work(visit)
        except StorageUnavailable:
            raise
        except LOST_WINDOW as lost:
            await self._lost(visit, lost)
        except SessionExpired as ended:
            known = visit.turn.session is not None
            await self._afresh(visit, refusal(ended) if known else "")
        except (EmployeeAccessEnded, DetailsBanned) as ended:
            # What is on the screen may no longer be seen.
            await self._afresh(visit, refusal(ended))
        except CompanyNotAccessible as refused:
            if visit.tap is None or isinstance(refused, CompanyNotChosen):
                # The menu says it itself, and leads on; a sentence alone would lead nowhere.
                await self._afresh(visit, "")
            else:
                visit.turn.revert_slots()
                await self._tell(visit, refusal(refused))
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

    async def _lost(self, visit: Visit, lost: Exception) -> None:
        """A fresh window, or the present one once more after the second of two equal presses.

        That one finds another window on its message already; the first was heard.
        """
        twice = visit.pressed_again and isinstance(lost, OutdatedIntent | UnknownIntent)
        if not twice or present_window(visit.turn) is None:
            await self._afresh(visit, out_of_date())
            return
        try:
            await self._recovery.show(visit, ShowMode.EDIT)
        except (MyAccountError, *LOST_WINDOW):
            await self._afresh(visit, "")
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _feed(self, update: Update, visit: Visit) -> None:
        query = update.callback_query
        if query is not None and query.message is not None:
            press = f"{query.message.message_id} {query.data}"
            visit.pressed_again = self._pressed.get(visit.telegram_id) == press
            self._pressed[visit.telegram_id] = press
            if len(self._pressed) > REMEMBERED_PRESSES:
                del self._pressed[next(iter(self._pressed))]
        if update.message is not None:
            update = update.model_copy(update={"message": as_typed(update.message)})
        await self._dispatcher.feed_update(self._bot, update, visit=visit)

    async def _afresh(self, visit: Visit, sentence: str) -> None:
        if sentence:
            await self._tell(visit, sentence)
        try:
            await self._recovery.afresh(visit)
        except MyAccountError as refused:
            # The old window stays where it was; its next tap asks for a fresh one again.
            visit.turn.revert_slots()
            await self._tell(visit, refusal(refused))
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _tell(self, visit: Visit, sentence: str) -> None:
        try:
            await visit.tell(sentence)
        except TelegramAPIError as fault:
            log.warning("telegram.fault", error=type(fault).__name__)

    async def _in_a_group(self, update: Update, user: User, tap: Tap | None) -> None:
        """One neutral line in a group, nothing else; a tap is only answered."""
        try:
            if tap is not None:
                await tap.end()
            elif update.message is not None and (update.message.text or "").startswith("/"):
                person = await self._stores.people.read(user.id)
                language = person.language if person is not None else None
                with self._catalogues.speaking(language or first_guess(user.language_code)):
                    line = _("My Account works in a private chat only.")
                await self._bot.send_message(update.message.chat.id, line)
        except TelegramAPIError as fault:
            log.info("telegram.fault", error=type(fault).__name__)

    @contextmanager
    def _speaking(self, visit: Visit) -> Iterator[None]:
        token = _visit.set(visit)
        try:
            with self._catalogues.speaking(visit.language):
                yield
        finally:
            _visit.reset(token)


def _read(payload: Any) -> Any:
    """An update without the buttons of the window that was tapped: a model of each, read by nobody.

    Only the outermost shape is looked at; whether it is an update is for the model to say.
    """
    query = payload.get("callback_query") if isinstance(payload, dict) else None
    message = query.get("message") if isinstance(query, dict) else None
    if isinstance(message, dict):
        message.pop("reply_markup", None)
        message.pop("entities", None)
    return payload
