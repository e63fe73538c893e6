"""One update from the inbox to its end: validated alone, handled in its chat's turn, written once.

Whatever goes wrong stays with its own update: `bot.updates.error_boundary` says what the person
sees of it, and what cannot be read at all, or is never taken, is set aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import CallbackQuery, Update, User
from aiogram.utils.i18n import gettext as _
from aiogram_dialog import ShowMode
from pydantic import ValidationError

from bot.context.callback_answer import CallbackAnswer
from bot.context.stack_reader import as_typed, present_data, present_window
from bot.context.typed_secrets import TypedSecrets
from bot.context.update_context import UpdateContext
from bot.framework.presses import Presses
from bot.telegram.quick_json import decoded
from bot.texts.language import Catalogues, first_guess
from bot.updates import coalescing, raw_update
from bot.updates.command_menus import CommandMenus
from bot.updates.error_boundary import ErrorBoundary
from bot.updates.groups import Groups
from bot.widgets.page import asks, out_of_date
from storage.errors import ConnectionsExhausted, SealBroken, StorageUnavailable
from storage.fsm_storage import unit_in_use
from storage.unit_of_work import ConversationUnitOfWork

if TYPE_CHECKING:
    from account.identity.sessions import SessionLimits
    from bot.context.queued_update import QueuedUpdate
    from bot.context.use_cases import UseCases
    from bot.updates.chat_queue import ChatQueue
    from bot.updates.recovery import Recovery
    from storage.open import Stores
    from storage.queue.inbox import InboxRow

log = structlog.get_logger(__name__)

CLOSE_TRIES = 5
REMEMBERED_PRESSES = 10_000
PRESS_LIFE = timedelta(seconds=150)
MOST_FAULTS = 5
"""After so many failures of a database that answers everything else, the update is the fault."""

_context: ContextVar[UpdateContext] = ContextVar("context")


def current_context() -> UpdateContext:
    """The context of the update that is being handled in this task."""
    return _context.get()


class UpdateProcessor:
    """Receives updates for the queue."""

    def __init__(
        self,
        *,
        bot: Bot,
        dispatcher: Dispatcher,
        use_cases: UseCases,
        stores: Stores,
        catalogues: Catalogues,
        recovery: Recovery,
        limits: SessionLimits,
        owner: str,
        worked: Callable[[], None],
        chat_queue: ChatQueue,
    ) -> None:
        self._chat_queue = chat_queue
        self._bot = bot
        self._dispatcher = dispatcher
        self._presses = Presses(dispatcher)
        self._use_cases = use_cases
        self._stores = stores
        self._units = stores.units
        self._inbox = stores.inbox
        self._catalogues = catalogues
        self._recovery = recovery
        self._boundary = ErrorBoundary(recovery, use_cases.clock)
        self._limits = limits
        self._owner = owner
        self._worked = worked
        self._groups = Groups(bot, stores, catalogues, use_cases.clock)
        self._menus = CommandMenus(bot)
        self._faults: dict[int, int] = {}
        self._pressed: dict[int, str] = {}
        """What each person pressed last; a kindness, so forgetting it does no harm."""
        self._secrets = TypedSecrets()
        self._newest: dict[int, int] = {}
        """The message that each person typed last; a kindness as well."""

    async def receive(self, queued: QueuedUpdate) -> bool:
        """Handle an update; False when the database did not let us and it must be tried again."""
        before = self._stores.effects.written
        try:
            if queued.row is None:
                await self._request(queued)
            else:
                await self._kept(queued)
        except StorageUnavailable as fault:
            log.warning("storage.unavailable", error=type(fault).__name__)
            if queued.row is None or isinstance(fault, ConnectionsExhausted):
                return False
            return await self._is_poison(queued.row.id)
        except Exception as error:
            log.exception("update.failed", error=type(error).__name__)
            return queued.row is None or await self._set_aside(queued.row.id, error)
        if queued.row is not None:
            self._faults.pop(queued.row.id, None)
        if self._stores.effects.written != before:
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

    async def _kept(self, queued: QueuedUpdate) -> None:
        row = queued.row
        assert row is not None
        try:
            payload = decoded(self._inbox.payload(row))
            if row.kind != "telegram":
                await self._own(queued, payload)
                return
            if raw_update.is_edited(payload):
                typed = raw_update.typed_anew(payload, self._newest)
                if typed is None:
                    await self._inbox.done([row.id])
                    return
                payload = typed
            if raw_update.is_service(payload):
                await self._inbox.done([row.id])
                return
            repeated = self._repeated(row, payload)
            update = raw_update.read(payload, self._bot)
        except (SealBroken, ValidationError, ValueError, RecursionError) as poison:
            await self._set_aside(row.id, poison, begun=False)
            return
        await self._telegram(update, queued, row.id, repeated=repeated)

    def _repeated(self, row: InboxRow, payload: Any) -> bool:
        """Tell whether the person said the same again further back in line
        (bot.updates.coalescing).
        """
        if self._use_cases.clock.now() - row.received_at < coalescing.STALE_AFTER:
            return False
        request = coalescing.press_in(payload)
        if request is None:
            return False
        for later in self._chat_queue.behind(row.chat_id or 0, coalescing.LOOK_AHEAD):
            # One that cannot be read is set aside when its own turn comes.
            with suppress(SealBroken, ValueError, RecursionError):
                if coalescing.press_in(decoded(self._inbox.payload(later))) == request:
                    return True
        return False

    async def _telegram(
        self, update: Update, queued: QueuedUpdate, inbox_id: int, *, repeated: bool
    ) -> None:
        event = update.message or update.callback_query or update.my_chat_member
        user = getattr(event, "from_user", None)
        if event is None or user is None:
            await self._inbox.done([inbox_id])
            return
        chat = getattr(event, "chat", None)
        query, tap = update.callback_query, queued.tap
        if query is not None:
            chat = None if query.message is None else query.message.chat
            tap = tap or CallbackAnswer(self._bot, query.id, late=queued.late)
        if chat is None or chat.type != "private" or user.is_bot or _says_nothing(query):
            await self._apart(update, user, tap)
            await self._inbox.done([inbox_id])
            return
        unit = await self._units.open(chat.id, user.id, self._bot.id)
        if unit.language is None:
            guess = first_guess(user.language_code)
            unit.set_language(guess, self._use_cases.clock.now(), chosen=False)
        if update.my_chat_member is not None:
            member = update.my_chat_member.new_chat_member
            unit.set_blocked(self._use_cases.clock.now(), blocked=member.status == "kicked")
            await self._close(unit, inbox_id)
            return
        if unit.blocked:
            # Who speaks to us has let us in again, whether or not we were told.
            unit.set_blocked(self._use_cases.clock.now(), blocked=False)
        if repeated and (update.message is None or not asks(present_window(unit))):
            # Answered first: what is closed comes to nobody any more, should this process die.
            if tap is not None:
                await tap.end()
            await self._close(unit, inbox_id)
            return
        if query is not None and self._is_an_old_press(queued):
            # Telegram has forgotten it: the sentence comes as a message.
            await self._in_turn(
                unit, None, lambda context: self._boundary.afresh(context, out_of_date())
            )
            await self._close(unit, inbox_id)
            return
        self._touch(unit)
        error = await self._in_turn(unit, tap, lambda context: self._feed(update, context))
        await self._close(unit, None if error else inbox_id)
        if error is not None:
            await self._inbox.quarantine(inbox_id, error)

    async def _apart(self, update: Update, user: User, tap: CallbackAnswer | None) -> None:
        """What no conversation is had about: a tap is answered, a group perhaps told where."""
        if tap is not None:
            await tap.end()
        elif update.message is not None:
            await self._groups.answer(update.message, user)

    def _is_an_old_press(self, queued: QueuedUpdate) -> bool:
        """Whether a press was put back after Telegram itself would have forgotten it."""
        row = queued.row
        if row is None or row.replayed_at is None:
            return False
        return self._use_cases.clock.now() - row.received_at > PRESS_LIFE

    async def _close(self, unit: ConversationUnitOfWork, inbox_id: int | None) -> None:
        """Write the unit of work, patiently: handling the update once more is to be avoided."""
        for attempt in range(CLOSE_TRIES):
            with suppress(StorageUnavailable):
                written = await self._units.close(unit, inbox_id, self._owner)
                break
            await asyncio.sleep(0.1 * 2**attempt)
        else:
            written = await self._units.close(unit, inbox_id, self._owner)
        if not written:
            # This process stood still so long that another one has taken the chat over.
            log.warning("claim.lost")
        elif unit.came_back:
            self._worked()

    def _touch(self, unit: ConversationUnitOfWork) -> None:
        """Note that a live session is in use. What we do of ourselves keeps no session alive."""
        now = self._use_cases.clock.now()
        if unit.session is not None and unit.session.alive(now, self._limits):
            unit.touch(now)

    async def _request(self, queued: QueuedUpdate) -> None:
        """Draw a window anew, when the person still is in it."""
        unit = await self._units.open(queued.chat_id, queued.chat_id, self._bot.id)
        mode = ShowMode.DELETE_AND_SEND if queued.request == "resurface" else ShowMode.EDIT
        present = present_window(unit)
        if present is None or queued.about not in ("", present):
            return
        await self._in_turn(
            unit, None, lambda context: self._recovery.show(context, mode), queued.tries
        )
        await self._close(unit, None)

    async def _own(self, queued: QueuedUpdate, payload: dict[str, Any]) -> None:
        """A kept request of our own: after a message below it, the window comes down again."""
        assert queued.row is not None
        unit = await self._units.open(queued.chat_id, queued.chat_id, self._bot.id)
        present = present_window(unit)
        if present is not None:

            async def resurface(context: UpdateContext) -> None:
                context.over = str(payload.get("over") or "")
                if payload.get("window") == present and _is_about(payload, unit):
                    await self._recovery.afresh(context, str(payload.get("number") or ""))
                else:
                    await self._recovery.show(context, ShowMode.DELETE_AND_SEND)

            await self._in_turn(unit, None, resurface)
        await self._close(unit, queued.row.id)

    async def _in_turn(
        self,
        unit: ConversationUnitOfWork,
        tap: CallbackAnswer | None,
        work: Callable[[UpdateContext], Any],
        tries: int = 0,
    ) -> str | None:
        """Run `work` as this person's update; the name of an error nobody expected, or None."""
        context = UpdateContext(
            use_cases=self._use_cases,
            unit=unit,
            bot=self._bot,
            language=unit.language or "en",
            limits=self._limits,
            tap=tap,
            chat_queue=self._chat_queue,
            tries=tries,
            secrets=self._secrets,
        )
        with self._speaking(context), unit_in_use(unit):
            if tap is not None:
                tap.hurry(_("⏳ One moment…"))
            try:
                error = await self._boundary.run(context, work)
                await self._menus.show(context)
                return error
            finally:
                if tap is not None:
                    await tap.end()

    async def _feed(self, update: Update, context: UpdateContext) -> None:
        query = update.callback_query
        if query is not None and query.message is not None:
            context.pressed_on = query.message.message_id
            press = f"{context.pressed_on} {query.data}"
            context.pressed_again = self._pressed.get(context.telegram_id) == press
            self._pressed[context.telegram_id] = press
            if len(self._pressed) > REMEMBERED_PRESSES:
                del self._pressed[next(iter(self._pressed))]
        if update.message is not None:
            self._newest[context.telegram_id] = update.message.message_id
            if len(self._newest) > REMEMBERED_PRESSES:
                del self._newest[next(iter(self._newest))]
            update = update.model_copy(update={"message": as_typed(update.message)})
        if not await self._presses.handle(self._bot, update, context=context):
            await self._dispatcher.feed_update(self._bot, update, context=context)
        if context.comes_back:
            await self._boundary.come_back(context)

    @contextmanager
    def _speaking(self, context: UpdateContext) -> Iterator[None]:
        token = _context.set(context)
        try:
            with self._catalogues.speaking(context.language):
                yield
        finally:
            _context.reset(token)


def _is_about(payload: dict[str, Any], unit: ConversationUnitOfWork) -> bool:
    """Whether the present window waits for the change that ended, and not for another one."""
    action = payload.get("action")
    return not action or present_data(unit).get("action") == action


def _says_nothing(query: CallbackQuery | None) -> bool:
    """A tap on a button that is none of ours: of a game, or of what Telegram invents."""
    return query is not None and query.data is None
